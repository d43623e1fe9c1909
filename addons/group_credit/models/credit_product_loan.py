from odoo import fields, models


class CreditProduct(models.Model):
    _inherit = "credit.product"

    is_loan = fields.Boolean(
        "Counts as a Loan",
        help="Its balance counts against the limit of loans to a single client.",
        tracking=True,
    )
