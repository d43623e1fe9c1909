from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.pool import draw_problem

KINDS = [
    ("pay_in", "Paid into the Fund"),
    ("draw", "Loan Drawn"),
    ("repay", "Loan Repaid"),
    ("assume", "Assumed by the Others"),
    ("pay_back", "Paid Back from the Fund"),
]


class CreditPoolEntry(models.Model):
    """The ledger of a pool: what was paid in, drawn, repaid. Nothing is changed."""

    _name = "credit.pool.entry"
    _description = "Entry of a Borrower Pool"
    _order = "date desc, id desc"

    pool_id = fields.Many2one(
        related="member_id.pool_id", store=True, index=True, precompute=True
    )
    member_id = fields.Many2one(
        "credit.pool.member", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="pool_id.company_id", store=True)
    currency_id = fields.Many2one(related="pool_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default="pay_in")
    amount = fields.Monetary(required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    ref = fields.Char("Voucher")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)",
        "Amount: enter more than zero; the kind says the direction.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        members = self.env["credit.pool.member"].browse(
            {vals.get("member_id") for vals in vals_list} - {None, False}
        )
        members.pool_id._lock()
        entries = self.browse()
        for vals in vals_list:
            # one after the other: each is judged by what came before
            member = self.env["credit.pool.member"].browse(vals.get("member_id"))
            before = member._account() if member else None
            entry = super().create([vals])
            entry._check_entry(before)
            entries |= entry
        return entries

    # pylint: disable-next=method-required-super
    def write(self, vals):
        raise UserError(
            self.env._("An entry stands. Enter another one that sets it right.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("An entry of a pool stays on record."))

    def _check_entry(self, before):
        member, pool = self.member_id, self.pool_id
        if self.date > fields.Date.context_today(self):
            raise ValidationError(self.env._("Date: it lies in the future."))
        if pool.state != "active" and self.kind != "pay_back":
            raise UserError(self.env._("“%(pool)s” is not in force.", pool=pool.name))
        getattr(self, f"_check_{self.kind}", lambda *_args: None)(
            member, before, Decimal(str(self.amount))
        )

    def _check_draw(self, member, before, amount):
        if member.date_left or self.date > self.pool_id.date_end:
            raise UserError(
                self.env._(
                    "%(name)s cannot draw: they have left, or the contract has ended.",
                    name=member.display_name,
                )
            )
        problem = draw_problem(before, amount, Decimal(str(self.pool_id.fund_pct)))
        if problem == "fund":
            raise UserError(
                self.env._(
                    "%(name)s cannot draw before %(percent)s %% of the loan are paid "
                    "into the guarantee fund.",
                    name=member.display_name,
                    percent=f"{self.pool_id.fund_pct:g}",
                )
            )
        if problem == "loan":
            raise UserError(
                self.env._(
                    "%(name)s cannot draw more than the loan agreed.",
                    name=member.display_name,
                )
            )

    def _check_repay(self, member, before, amount):
        if amount > before.owed:
            raise UserError(
                self.env._("%(name)s owes less than that.", name=member.display_name)
            )

    def _check_assume(self, member, before, amount):
        self.pool_id._check_reviewer()
        self._check_repay(member, before, amount)

    def _check_pay_back(self, member, before, amount):
        self.pool_id._check_reviewer()
        if self.pool_id.state != "dissolved" and not member.date_left:
            raise UserError(
                self.env._(
                    "The fund is paid back once the pool is dissolved or the member "
                    "has left."
                )
            )
        if amount > before.paid_in:
            raise UserError(
                self.env._(
                    "%(name)s has paid in less than that.", name=member.display_name
                )
            )
