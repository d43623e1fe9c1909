from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.pool import Account, contribution, expel_problem, leave_problem
from .credit_pool_entry import KINDS


class CreditPoolMember(models.Model):
    _name = "credit.pool.member"
    _description = "Member of a Borrower Pool"
    _order = "pool_id, id"
    _inherit = ["system.fields.mixin"]
    _rec_name = "partner_id"

    _system_fields = ("date_left", "leave_kind")

    pool_id = fields.Many2one(
        "credit.pool", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pool_id.company_id", store=True)
    currency_id = fields.Many2one(related="pool_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Member",
        required=True,
        index=True,
        domain="[('is_company', '=', False)]",
        ondelete="restrict",
    )
    fixed_income = fields.Boolean(help="Regular pay was proven.")
    loan = fields.Monetary("Loan Agreed", required=True)
    date_joined = fields.Date(required=True, default=fields.Date.context_today)
    date_left = fields.Date(readonly=True, copy=False)
    leave_kind = fields.Selection(
        [("exit", "Left"), ("expelled", "Expelled")], readonly=True, copy=False
    )
    leave_reason = fields.Text("Reason and Consent", copy=False)
    entry_ids = fields.One2many("credit.pool.entry", "member_id")
    due = fields.Monetary("To Pay In", compute="_compute_sums")
    drawn = fields.Monetary(compute="_compute_sums")
    owed = fields.Monetary("Outstanding", compute="_compute_sums")
    paid_in = fields.Monetary(compute="_compute_sums")

    _loan_positive = models.Constraint(
        "CHECK(loan >= 0)", "Loan Agreed: it cannot be negative."
    )
    _once = models.UniqueIndex(
        "(pool_id, partner_id) WHERE date_left IS NULL",
        "This person is a member of the pool already.",
    )

    @api.depends("loan", "entry_ids.amount", "pool_id.fund_pct")
    def _compute_sums(self):
        sums = {}
        for member, kind, amount in self.env["credit.pool.entry"]._read_group(
            [("member_id", "in", self.ids)], ["member_id", "kind"], ["amount:sum"]
        ):
            sums[member.id, kind] = amount
        for member in self:
            booked = {
                kind: sums.get((member._origin.id, kind), 0) for kind, _l in KINDS
            }
            rounded = member.pool_id.currency_id.round
            member.drawn = booked["draw"]
            member.owed = rounded(booked["draw"] - booked["repay"] - booked["assume"])
            member.paid_in = rounded(booked["pay_in"] - booked["pay_back"])
            percent = Decimal(str(member.pool_id.fund_pct))
            member.due = float(contribution(Decimal(str(member.loan)), percent))

    def _account(self):
        return Account(
            **{
                name: Decimal(str(self[name]))
                for name in ("loan", "drawn", "owed", "paid_in")
            }
        )

    @api.constrains("partner_id")
    def _check_person(self):
        for member in self:
            if member.partner_id.is_company:
                raise ValidationError(
                    self.env._(
                        "Member: %(name)s is a company; members are natural persons.",
                        name=member.partner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        members = super(CreditPoolMember, entered).create(vals_list)
        for pool in members.pool_id:
            if pool.state == "dissolved":
                raise UserError(
                    self.env._("“%(pool)s” is dissolved: nobody joins.", pool=pool.name)
                )
            if pool.state == "active":
                pool._check_reviewer()
        return members

    def write(self, vals):
        if {"loan", "partner_id", "pool_id"} & set(vals) and any(
            member.pool_id.state != "draft" for member in self
        ):
            self.pool_id._check_reviewer()
            if {"partner_id", "pool_id"} & set(vals):
                raise UserError(
                    self.env._("A member of a pool in force stays who they are.")
                )
            if any(member.drawn > vals.get("loan", member.loan) for member in self):
                raise UserError(
                    self.env._("Loan Agreed: more than that has been drawn already.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(member.pool_id.state != "draft" or member.entry_ids for member in self):
            raise UserError(
                self.env._("A member stays on record: let them leave instead.")
            )

    def action_leave(self):
        """A member leaves of their own will: every member has to be clear."""
        self._leave("exit")

    def action_expel(self):
        """A violator goes once the debt is recovered, or assumed by the others."""
        self._leave("expelled")

    def _leave(self, kind):
        self.pool_id._check_reviewer()
        self.pool_id._lock()
        for member in self:
            if member.date_left or member.pool_id.state != "active":
                raise UserError(
                    self.env._(
                        "%(name)s cannot leave: the pool is not in force, or they have "
                        "left already.",
                        name=member.display_name,
                    )
                )
            if not (member.leave_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Reason and Consent: say why %(name)s goes and that the head "
                        "of the pool agrees.",
                        name=member.display_name,
                    )
                )
            member._check_clear(kind)
            if member.partner_id == member.pool_id.head_id:
                raise UserError(
                    self.env._("Name another head of the pool before this one goes.")
                )
            # sudo: the day is set by the system
            member.sudo().write(
                {"date_left": fields.Date.context_today(member), "leave_kind": kind}
            )

    def _check_clear(self, kind):
        if kind == "expelled":
            if not expel_problem(self._account()):
                return
            raise UserError(
                self.env._(
                    "%(name)s still owes: recover it, or enter that the others assume "
                    "it, before you expel them.",
                    name=self.display_name,
                )
            )
        accounts = {m: m._account() for m in self.pool_id.member_ids}
        owing = self.browse(m.id for m in leave_problem(accounts, self))
        if not owing:
            return
        raise UserError(
            self.env._(
                "%(name)s cannot leave: %(owing)s still owe. A member leaves once all "
                "members have repaid.",
                name=self.display_name,
                owing=", ".join(owing.mapped("display_name")),
            )
        )
