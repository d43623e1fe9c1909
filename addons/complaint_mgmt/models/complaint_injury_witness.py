from odoo import api, fields, models


class ComplaintInjuryWitness(models.Model):
    _name = "complaint.injury.witness"
    _inherit = ["complaint.case.part"]
    _description = "Witness of an Injury"
    _with_case = True
    _order = "id"

    injury_id = fields.Many2one(
        comodel_name="complaint.injury", required=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(related="injury_id.case_id", store=True, index=True)
    name = fields.Char(required=True)
    contact = fields.Char(string="How to Reach")
    stays = fields.Boolean(string="Asked to Stay")
    said = fields.Text(string="What They Saw")
    statement = fields.Binary(
        string="Statement in Writing", attachment=True, help="Signed by the witness."
    )
    statement_filename = fields.Char(string="Name of the File")

    @api.constrains("statement")
    def _check_file(self):
        self._check_harmless("statement", "statement_filename")
