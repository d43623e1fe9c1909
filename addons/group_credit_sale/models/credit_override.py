from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditOverride(models.Model):
    """Somebody of the credit department answers for an order beyond the line."""

    _name = "credit.override"
    _description = "Release of an Order"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    _approval_fields = ("order_id", "amount", "date_until", "reason")

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="order_id.credit_partner_id", string="Customer", store=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Requested By",
        default=lambda self: self.env.user,
        readonly=True,
        index=True,
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(
        required=True, tracking=True, help="The order may not come to more than this."
    )
    company_amount = fields.Float(compute="_compute_company_amount")
    date_until = fields.Date(
        "Valid Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=7),
        tracking=True,
    )
    reason = fields.Text(required=True, help="Why the customer is to be trusted.")

    _amount_check = models.Constraint(
        "CHECK(amount > 0)", "Amount: a release is of more than zero."
    )

    @api.depends("amount", "order_id.currency_rate")
    def _compute_company_amount(self):
        for release in self:
            rate = release.order_id.currency_rate or 1.0
            release.company_amount = release.amount / rate

    @api.constrains("amount", "order_id")
    def _check_amount(self):
        for release in self:
            order = release.order_id
            if (
                order.currency_id.compare_amounts(release.amount, order.amount_total)
                < 0
            ):
                raise ValidationError(
                    self.env._(
                        "Amount: %(order)s comes to more than what is to be released.",
                        order=order.name,
                    )
                )

    def _approval_approved(self, request):
        """An order that waits for credit need not wait for the hour."""
        if self.order_id.credit_wait:
            # sudo: who approves need not see crons
            self.env.ref("group_credit_sale.ir_cron_release").sudo()._trigger()
