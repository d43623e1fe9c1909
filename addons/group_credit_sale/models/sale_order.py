from odoo import api, fields, models
from odoo.exceptions import UserError

# Terms of a confirmed order that change what is owed.
TERMS = {"state", "order_line", "partner_id", "partner_invoice_id", "currency_id"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    credit_partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_credit_partner_id",
        store=True,
        precompute=True,
        help="The legal entity that will owe the invoice.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_open = fields.Monetary(
        "Confirmed and Not Invoiced",
        currency_field="company_currency_id",
        compute="_compute_credit_open",
        store=True,
    )

    # Serves the sum of what a customer has ordered and was not invoiced for.
    _credit_open_idx = models.Index(
        "(credit_partner_id, company_id) INCLUDE (credit_open) WHERE credit_open > 0"
    )

    @api.depends("partner_invoice_id.commercial_partner_id")
    def _compute_credit_partner_id(self):
        for order in self:
            partner = order.partner_invoice_id or order.partner_id
            order.credit_partner_id = partner.commercial_partner_id

    @api.depends(
        "state",
        "currency_rate",
        "order_line.price_total",
        "order_line.product_uom_qty",
        "order_line.qty_delivered",
        "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.price_total",
    )
    def _compute_credit_open(self):
        """What was ordered, or delivered beyond the order, less posted invoices."""
        for order in self:
            before = order.credit_open
            order.credit_open = order._credit_uninvoiced()
            if before != order.credit_open and order.credit_partner_id:
                self.env["credit.account"]._mark(
                    order.credit_partner_id, order.company_id
                )

    def _credit_uninvoiced(self):
        if self.state != "sale":
            return 0.0
        agreed = sum(
            line.price_total
            * max(1.0, line.qty_delivered / (line.product_uom_qty or 1.0))
            for line in self.order_line
            if not line.is_downpayment
        )
        invoiced = sum(
            line.price_total
            * -line.move_id.direction_sign
            / (line.move_id.invoice_currency_rate or 1.0)
            for line in self.order_line.invoice_lines
            if line.parent_state == "posted"
        )
        owed = agreed / (self.currency_rate or 1.0) - invoiced
        return max(self.company_currency_id.round(owed), 0.0)

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._credit_refusal()

    def write(self, vals):
        """Whatever raises what a confirmed order takes meets the same refusal."""
        if not TERMS & set(vals):
            return super().write(vals)
        confirmed = vals.get("state") == "sale"
        concerned = self if confirmed else self.filtered(lambda o: o.state == "sale")
        accounts = concerned._credit_accounts()
        with self.env["credit.account"]._guarding(accounts):
            result = super().write(vals)
            concerned._credit_sync_each(accounts)
        return result

    def _credit_accounts(self):
        return {
            (order.credit_partner_id, order.company_id)
            for order in self
            if order.credit_partner_id
        }

    def _credit_sync_each(self, accounts=()):
        """Book what these orders changed on each account, also one that they left."""
        accounts = set(accounts) | self._credit_accounts()
        for partner, company in sorted(accounts, key=lambda pair: pair[0].id):
            orders = self.filtered(
                lambda order, pair=(partner, company): (
                    (order.credit_partner_id, order.company_id) == pair
                )
            )
            orders._credit_sync(partner, company)

    def _credit_sync(self, partner, company):
        account = self.env["credit.account"]
        if not account._managed(partner, company):
            return
        guarded = not (self and all(order._credit_paid() for order in self))
        name = ", ".join(self.mapped("name"))
        allowance = sum(self._credit_overrides().mapped("company_amount"))
        try:
            account._sync(
                partner, company, guarded=guarded, allowance=allowance, name=name
            )
        except UserError as error:
            raise UserError(self._credit_words(partner, name, str(error))) from error

    def _credit_words(self, partner, name, reason):
        return self.env._(
            "%(order)s of %(customer)s is not possible on credit: %(reason)s Have it "
            "paid in advance, reduce it, or ask for a release.",
            order=name,
            customer=partner.display_name,
            reason=reason,
        )

    def _credit_paid(self):
        """Paid online in full: nothing is owed."""
        # sudo: payments are not for everybody who sells
        return bool(self.sudo().transaction_ids) and self.sudo()._is_paid()
