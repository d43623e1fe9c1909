from odoo import fields, models


class ComplaintCapaCheck(models.TransientModel):
    _name = "complaint.capa.check"
    _description = "Effectiveness Check"

    capa_id = fields.Many2one(
        comodel_name="complaint.capa", required=True, readonly=True, ondelete="cascade"
    )
    recurrence_ids = fields.Many2many(related="capa_id.recurrence_ids")
    effective = fields.Selection(
        selection=[("yes", "Effective"), ("no", "Not effective")],
        string="The Measures Are",
        required=True,
    )
    note = fields.Text(
        string="How It Was Checked",
        required=True,
        help="Which lots, days and figures were looked at.",
    )

    def action_confirm(self):
        self.capa_id._check_judge(self.effective, self.note)
