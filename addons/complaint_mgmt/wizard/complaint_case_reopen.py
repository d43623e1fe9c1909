from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintCaseReopen(models.TransientModel):
    _name = "complaint.case.reopen"
    _description = "Reopen Complaints"

    case_ids = fields.Many2many(
        comodel_name="complaint.case",
        string="Complaints",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Text(required=True)
    stage_id = fields.Many2one(
        comodel_name="complaint.stage",
        string="Continue in",
        required=True,
        domain=[("kind", "not in", ("closed", "ended"))],
        default=lambda self: self._default_stage_id(),
    )

    def _default_stage_id(self):
        return self.env["complaint.stage"].search(
            [("kind", "=", "investigate")], limit=1
        )

    def action_reopen(self):
        self.ensure_one()
        if not self.case_ids.filtered("closed_at"):
            raise UserError(self.env._("None of these complaints is closed."))
        self.case_ids.filtered("closed_at").write(
            {"stage_id": self.stage_id.id, "reopen_reason": self.reason}
        )
        return {"type": "ir.actions.act_window_close"}
