from odoo import fields, models


class ApprovalDecideAspect(models.TransientModel):
    _name = "approval.decide.aspect"
    _description = "Answer on an Aspect"

    wizard_id = fields.Many2one("approval.decide", required=True, ondelete="cascade")
    name = fields.Char(string="Aspect", required=True)
    verdict = fields.Selection(
        [("yes", "Yes"), ("conditional", "Conditional"), ("no", "No")], string="Answer"
    )
    condition = fields.Char()
    met = fields.Boolean(string="Condition Met")
