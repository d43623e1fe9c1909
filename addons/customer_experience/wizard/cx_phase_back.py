from odoo import fields, models


class CxPhaseBack(models.TransientModel):
    _name = "cx.phase.back"
    _description = "Move a Phase Back"

    phase_id = fields.Many2one(comodel_name="cx.phase", required=True)
    code = fields.Char(related="phase_id.stage_id.code")
    stage_id = fields.Many2one(
        comodel_name="cx.stage",
        string="Back to",
        required=True,
        domain="[('code', '<', code)]",
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.phase_id.write({"stage_id": self.stage_id.id, "stage_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
