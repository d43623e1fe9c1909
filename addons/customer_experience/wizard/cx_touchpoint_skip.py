from odoo import fields, models


class CxTouchpointSkip(models.TransientModel):
    _name = "cx.touchpoint.skip"
    _description = "Skip Touchpoints"

    touchpoint_ids = fields.Many2many(
        comodel_name="cx.touchpoint",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.touchpoint_ids.write({"state": "skipped", "skip_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
