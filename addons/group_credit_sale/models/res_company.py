from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_count_drafts = fields.Boolean(
        "Draft Invoices Use Credit",
        help="Draft invoices that come from no order take room on the credit line.",
    )
