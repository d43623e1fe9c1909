from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CreditProduct(models.Model):
    _name = "credit.product"
    _description = "Credit Product"
    _inherit = ["mail.thread"]
    _order = "sequence, code, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, copy=False, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    balance = fields.Selection(
        [("on", "On Balance Sheet"), ("off", "Off Balance Sheet")],
        string="On or Off Balance",
        required=True,
        default="on",
        tracking=True,
    )
    secured = fields.Boolean(
        "Counted Less Margin",
        help="Such as acceptances, guarantees and letters of credit: what is covered "
        "by margin is not exposure.",
        tracking=True,
    )
    factor_ids = fields.One2many(
        "credit.product.factor", "product_id", string="Conversion Factors", copy=True
    )
    ccf = fields.Float(
        "Conversion Factor (%)",
        compute="_compute_ccf",
        help="Credit conversion factor in force today, for the regulatory exposure.",
    )
    note = fields.Text()
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    line_ids = fields.One2many("credit.line", "product_id", string="Lines")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "This product code is already in use."
    )

    @api.depends("factor_ids.ccf", "factor_ids.date_from")
    def _compute_ccf(self):
        today = fields.Date.context_today(self)
        for product in self:
            product.ccf = product._factor_on(today)

    def _factor_on(self, day):
        """The factor in force on ``day``: unknown products count in full."""
        known = self.factor_ids.filtered(lambda f: f.date_from and f.date_from <= day)
        return known.sorted("date_from")[-1:].ccf if known else 100.0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        line = (
            self.env["credit.line"]
            # sudo: a line that the user cannot see keeps the product all the same
            .sudo()
            .search(Domain("product_id", "in", self.ids), limit=1)
        )
        if line:
            raise UserError(
                self.env._(
                    "%(product)s has credit lines and stays as history. Archive it "
                    "instead.",
                    product=line.product_id.name,
                )
            )
