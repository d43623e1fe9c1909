from odoo import fields, models


class ApprovalRuleCheckLine(models.TransientModel):
    _name = "approval.rule.check.line"
    _description = "Finding on Approval Rules"

    wizard_id = fields.Many2one(
        "approval.rule.check", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("ok", "Fine"), ("warning", "Look At"), ("error", "Mend")],
        string="Result",
        required=True,
    )
    name = fields.Text(string="Finding", required=True)
