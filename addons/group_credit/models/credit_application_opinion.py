from odoo import fields, models

from .credit_application import STAGES


class CreditApplicationOpinion(models.Model):
    """What somebody thought at a stage: written once, never changed."""

    _name = "credit.application.opinion"
    _description = "Opinion on an Application"
    _order = "id desc"
    _rec_name = "text"

    application_id = fields.Many2one(
        "credit.application", required=True, index=True, ondelete="restrict"
    )
    round = fields.Integer(required=True)
    stage = fields.Selection(STAGES, required=True)
    verdict = fields.Selection(
        [("agree", "Agree"), ("return", "Return"), ("refuse", "Refuse")], required=True
    )
    text = fields.Text("Opinion", required=True)
    user_id = fields.Many2one("res.users", string="Given By", required=True, index=True)
    date = fields.Datetime("Given On", required=True, default=fields.Datetime.now)
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    company_id = fields.Many2one(
        related="application_id.company_id", store=True, index=True
    )
