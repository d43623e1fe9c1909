from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.exposure import Use

RELEASER = "group_credit.group_group_credit_reviewer"


class SaleOrder(models.Model):
    """What a salesperson reads about credit, and orders that wait for it."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "sale.order"

    credit_wait = fields.Boolean(
        "Waiting for Credit",
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Confirmed by itself as soon as the credit line has room again.",
    )
    credit_decision = fields.Selection(
        [
            ("ok", "Credit in Order"),
            ("warn", "Little Credit Left"),
            ("approval", "Needs a Release"),
            ("block", "Blocked"),
        ],
        string="Credit",
        compute="_compute_credit_decision",
    )
    credit_message = fields.Text(compute="_compute_credit_decision")
    credit_override_ids = fields.One2many("credit.override", "order_id")

    @api.depends("state", "amount_total", "partner_invoice_id", "company_id")
    @api.depends_context("lang")
    def _compute_credit_decision(self):
        for order in self:
            answer = {}
            if order.state in ("draft", "sent") and order.credit_partner_id:
                answer = order._credit_check()
            order.credit_decision = answer.get("decision")
            order.credit_message = "\n".join(answer.get("reasons", ()))

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def _credit_growth(self):
        """By how much the customer would owe more than the ledger has, once this order
        is confirmed; in the currency of the company."""
        account = self.env["credit.account"]
        partner, company = self.credit_partner_id, self.company_id
        stands = sum(
            (use.total for use in account._positions(partner, company).values()),
            Use().total,
        )
        would = account._target(partner, company, more=self._credit_amount())
        return would.total - stands

    def _credit_amount(self):
        return self.amount_total / (self.currency_rate or 1.0)

    def _credit_check(self):
        """The answer of the lines to this order; empty where credit is not managed."""
        self.ensure_one()
        partner, company = self.credit_partner_id, self.company_id
        account = self.env["credit.account"]
        if not account._managed(partner, company):
            return {}
        growth = self._credit_growth()
        if growth <= 0 or self._credit_paid():
            return {"decision": "ok", "reasons": []}
        # sudo: a salesperson learns the answer, no line and no figure
        lines = self.env["credit.line"].sudo().with_company(company)
        answer = lines.check(
            partner_id=partner.id,
            amount=growth,
            currency_id=company.currency_id.id,
        )
        return {"decision": answer["decision"], "reasons": answer["reasons"]}

    def _credit_refusal(self):
        """Why the order cannot be confirmed on credit, or False."""
        self.ensure_one()
        self.env["credit.account"]._open(self.credit_partner_id, self.company_id)
        answer = self._credit_check()
        if answer.get("decision") not in ("approval", "block"):
            return False
        if answer["decision"] == "approval" and self._credit_overrides():
            return False
        reason = " ".join(answer["reasons"])
        return self._credit_words(self.credit_partner_id, self.name, reason)

    def _credit_overrides(self):
        """Approved releases that cover the order as it is, and have not expired."""
        today = fields.Date.context_today(self)
        # sudo: who approved is not for everybody, that it was is
        return self.sudo().credit_override_ids.filtered(
            lambda release: (
                release.approval_state == "approved"
                and release.date_until >= today
                and release.order_id.currency_id.compare_amounts(
                    release.amount, release.order_id.amount_total
                )
                >= 0
            )
        )

    # ------------------------------------------------------------
    # WAITING
    # ------------------------------------------------------------

    def action_credit_wait(self):
        """Keep the quotation until there is room, then confirm it."""
        self.check_access("write")
        for order in self:
            if order.state not in ("draft", "sent"):
                raise UserError(
                    self.env._("%s is confirmed already.", order.display_name)
                )
        self.credit_wait = True

    def action_credit_override(self):
        """Ask for a release of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release of an Order"),
            "res_model": "credit.override",
            "view_mode": "form",
            "context": {
                "default_order_id": self.id,
                "default_amount": self.amount_total,
            },
        }

    def _validate_order(self):
        """A customer who signs is not met by the refusal: the order waits for credit,
        and the salesperson is told."""
        blocked = self.filtered(lambda order: order._credit_refusal())
        for order in blocked:
            order.credit_wait = True
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(order.user_id or self.env.user).id,
                summary=order.with_context(lang=order.user_id.lang).env._(
                    "Signed by the customer, waits for credit"
                ),
            )
        if rest := self - blocked:
            return super(SaleOrder, rest)._validate_order()
        return None

    @api.model
    def _cron_release(self):
        """Confirm the orders that wait, oldest first, as long as there is room."""
        orders = self.search(
            Domain("credit_wait", "=", True) & Domain("state", "in", ("draft", "sent")),
            order="date_order, id",
        )
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(orders))
        for order in orders:
            order._credit_release()
            if not progress(1):
                break

    def _credit_release(self):
        if self.is_expired or self._credit_refusal():
            return
        try:
            with self.env.cr.savepoint():
                self.action_confirm()
                self.credit_wait = False
                self.message_post(
                    body=self.env._("There is credit again: the order is confirmed.")
                )
        except UserError as error:
            self.message_post(body=str(error))
            self.credit_wait = False
