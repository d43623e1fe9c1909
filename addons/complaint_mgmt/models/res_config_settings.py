from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_web_form = fields.Boolean(
        related="company_id.complaint_web_form", readonly=False
    )
    complaint_finance_id = fields.Many2one(
        related="company_id.complaint_finance_id", readonly=False
    )
    complaint_recourse = fields.Html(
        related="company_id.complaint_recourse", readonly=False
    )
