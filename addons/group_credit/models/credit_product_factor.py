from odoo import fields, models


class CreditProductFactor(models.Model):
    """Credit conversion factors as dated facts with their source."""

    _name = "credit.product.factor"
    _description = "Credit Conversion Factor"
    _order = "product_id, date_from desc, id desc"
    _rec_name = "ccf"

    product_id = fields.Many2one(
        "credit.product", required=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date("In Force From", required=True, default="2000-01-01")
    ccf = fields.Float("Factor (%)", required=True, default=100.0)
    source = fields.Char(translate=True)
    verified = fields.Boolean(help="Somebody has compared the value with its source.")
    company_id = fields.Many2one(related="product_id.company_id", store=True)

    _one_a_day = models.UniqueIndex(
        "(product_id, date_from)",
        "The product already has a factor from that day on: change that one.",
    )
    _ccf_check = models.Constraint(
        "CHECK(ccf >= 0 AND ccf <= 100)", "A factor is between 0 and 100 %."
    )
