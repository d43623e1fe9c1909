from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ..engine.pool import latest_end
from .credit_fact import REVIEWER

#: What the contract says; it stands once the pool is in force.
CONTRACT = {
    *("kind", "unit_id", "date_start", "date_end", "custodian_id", "fund_account"),
    *("company_id", "currency_id", "payroll"),
}


class CreditPool(models.Model):
    """Borrowers who stand for each other: employees of one unit (集团客户授信贷款), or
    households of a joint-liability group (联保小组)."""

    _name = "credit.pool"
    _description = "Borrower Pool"
    _inherit = ["system.fields.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _system_fields = (
        *("number", "state", "activated_by_id", "renewed_on", "dissolved_on"),
        "revision",
    )

    number = fields.Char(readonly=True, copy=False)
    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("employees", "Employees of One Unit"), ("joint", "Joint-liability Group")],
        required=True,
        default="employees",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    unit_id = fields.Many2one(
        "res.partner",
        "Employer",
        domain="[('is_company', '=', True)]",
        index="btree_not_null",
        ondelete="restrict",
    )
    payroll = fields.Boolean(
        "Wages Paid Through Us", help="The employer pays its wages through us."
    )
    head_id = fields.Many2one(
        "res.partner", "Head of the Pool", index="btree_not_null", ondelete="restrict"
    )
    date_start = fields.Date("Signed On", tracking=True)
    date_end = fields.Date("Ends On", tracking=True)
    renewed_on = fields.Date(readonly=True, copy=False, tracking=True)
    custodian_id = fields.Many2one("res.partner", ondelete="restrict")
    fund_account = fields.Char(help="Own account of the guarantee fund.")
    fund_pct = fields.Float("Guarantee Fund (%)", compute="_compute_fund_pct")
    member_ids = fields.One2many("credit.pool.member", "pool_id", "Members")
    entry_ids = fields.One2many("credit.pool.entry", "pool_id", "Entries")
    member_count = fields.Integer(compute="_compute_sums")
    loan = fields.Monetary("Loans Agreed", compute="_compute_sums")
    owed = fields.Monetary("Outstanding", compute="_compute_sums")
    fund = fields.Monetary("Guarantee Fund", compute="_compute_sums")
    fund_due = fields.Monetary("Fund Required", compute="_compute_sums")
    state = fields.Selection(
        [("draft", "Applied For"), ("active", "In Force"), ("dissolved", "Dissolved")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    activated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    dissolved_on = fields.Date(readonly=True, copy=False)
    note = fields.Text()
    # counts the changes under lock: see _lock
    revision = fields.Integer(readonly=True, copy=False)

    @api.depends("company_id", "date_start")
    def _compute_fund_pct(self):
        for pool in self:
            pool.fund_pct = pool._parameter("pool_fund_pct")

    @api.depends("member_ids.loan", "member_ids.date_left", "entry_ids")
    def _compute_sums(self):
        for pool in self:
            members = pool.member_ids.filtered(lambda member: not member.date_left)
            pool.member_count = len(members)
            pool.loan = sum(members.mapped("loan"))
            pool.owed = sum(pool.member_ids.mapped("owed"))
            pool.fund = sum(pool.member_ids.mapped("paid_in"))
            pool.fund_due = sum(members.mapped("due"))

    def _parameter(self, code):
        day = self.date_start or fields.Date.context_today(self)
        company = self.company_id or self.env.company
        return self.env["credit.parameter"]._value(code, company, day)

    @api.constrains("date_start", "date_end", "renewed_on")
    def _check_dates(self):
        for pool in self.filtered(lambda pool: pool.date_start and pool.date_end):
            months = pool._parameter("pool_max_months")
            latest = latest_end(pool.renewed_on or pool.date_start, months)
            if not pool.date_start < pool.date_end <= latest:
                raise ValidationError(
                    self.env._(
                        "Ends On: the contract of “%(pool)s” ends after it begins and "
                        "on %(latest)s at the latest (%(months)s months). Renew it "
                        "then.",
                        pool=pool.name,
                        latest=format_date(self.env, latest),
                        months=months,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        for vals in vals_list:
            vals["number"] = self.env["ir.sequence"].next_by_code("credit.pool")
        return super(CreditPool, entered).create(vals_list)

    def write(self, vals):
        settled = self.filtered(lambda pool: pool.state != "draft")
        if settled and CONTRACT & set(vals) and not self.env.su:
            raise UserError(
                self.env._(
                    "The contract of “%(pool)s” is in force and stands. Dissolve the "
                    "pool, and apply for another one.",
                    pool=settled[:1].name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(pool.state != "draft" or pool.entry_ids for pool in self):
            raise UserError(
                self.env._("A pool that was in force stays on record: archive it.")
            )

    def _lock(self):
        """One change of a pool at a time: what one owes decides for the others.

        Who waited for the lock still sees the sums from before it. So the row is
        changed, not only locked: PostgreSQL then refuses the second transaction, and
        the server tries it again with the sums as they are.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE credit_pool SET revision = COALESCE(revision, 0) + 1"
                " WHERE id = ANY(%s) RETURNING id",
                self.ids,
            )
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def _check_reviewer(self):
        if not (self.env.su or self.env.user.has_group(REVIEWER)):
            raise UserError(
                self.env._(
                    "Only a reviewer puts a pool in force, dissolves it or lets "
                    "members go. Ask one."
                )
            )
        self.check_access("write")

    def action_activate(self):
        """The union has checked the unit and its members."""
        self._check_reviewer()
        for pool in self:
            if pool.state != "draft":
                raise UserError(
                    self.env._("“%(pool)s” is in force already.", pool=pool.name)
                )
            if pool.create_uid == self.env.user and not self.env.su:
                raise UserError(
                    self.env._(
                        "You prepared “%(pool)s” yourself: another reviewer puts it in "
                        "force.",
                        pool=pool.name,
                    )
                )
            unmet = pool._unmet()
            if unmet:
                raise UserError(
                    self.env._(
                        "“%(pool)s” cannot be put in force. Still missing: %(unmet)s.",
                        pool=pool.name,
                        unmet=", ".join(unmet),
                    )
                )
            # sudo: the state is set by the system
            pool.sudo().write({"state": "active", "activated_by_id": self.env.uid})

    def _unmet(self):
        members = self.member_ids.filtered(lambda member: not member.date_left)
        unmet = []
        if not (self.date_start and self.date_end):
            unmet.append(self.env._("dates of the contract"))
        if not (self.custodian_id and (self.fund_account or "").strip()):
            unmet.append(self.env._("custodian and account of the guarantee fund"))
        if self.head_id not in members.partner_id:
            unmet.append(self.env._("a head who is a member"))
        if self.kind == "employees":
            if not self.unit_id:
                unmet.append(self.env._("the employer"))
            if not self.payroll:
                unmet.append(self.env._("wages paid through us"))
            if not all(members.mapped("fixed_income")):
                unmet.append(self.env._("fixed income of every member"))
        least = self._parameter("pool_min_members") if self.kind == "joint" else 2
        if len(members) < least:
            unmet.append(self.env._("%(count)s members at least", count=least))
        if any(member.loan <= 0 for member in members):
            unmet.append(self.env._("the loan of every member"))
        return unmet

    def action_renew(self):
        """The contract goes on from today, for as long as a new one may."""
        self._check_reviewer()
        for pool in self:
            if pool.state != "active":
                raise UserError(
                    self.env._("“%(pool)s” is not in force.", pool=pool.name)
                )
            today = fields.Date.context_today(pool)
            months = pool._parameter("pool_max_months")
            # sudo: the contract stands but for this
            pool.sudo().write(
                {"renewed_on": today, "date_end": latest_end(today, months)}
            )

    def action_dissolve(self):
        """The pool ends once nobody owes anything; the fund may then be paid back."""
        self._check_reviewer()
        self._lock()
        for pool in self:
            if pool.state != "active":
                raise UserError(
                    self.env._("“%(pool)s” is not in force.", pool=pool.name)
                )
            owing = pool.member_ids.filtered("owed")
            if owing:
                raise UserError(
                    self.env._(
                        "“%(pool)s” cannot be dissolved: %(names)s still owe. It ends "
                        "once every member has repaid.",
                        pool=pool.name,
                        names=", ".join(owing.mapped("display_name")),
                    )
                )
            today = fields.Date.context_today(pool)
            # sudo: the state is set by the system
            pool.sudo().write({"state": "dissolved", "dissolved_on": today})
