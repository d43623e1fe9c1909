from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.sql import SQL

from ..engine.limits import Terms, available

# Passed in the context key "credit_door" by a recorded event. No caller over RPC can
# send this very object.
DOOR = object()
# What an event changes; nobody writes it directly, except on a draft.
TERM_FIELDS = {
    "group_id",
    "partner_id",
    "product_id",
    "parent_id",
    "company_id",
    "currency_id",
    "has_limit",
    "limit",
    "net_limit",
    "low_risk_limit",
    "allocation",
    "revolving",
    "date_start",
    "date_end",
}
# What the posting of uses moves, always together with the ledger.
COUNTERS = (
    "used",
    "used_net",
    "used_low",
    "reserved",
    "reserved_net",
    "reserved_low",
    "margin",
    "regulatory",
    "outstanding",
    "rest_used",
    "rest_used_net",
)
OPEN_STATES = ("active", "frozen")


class CreditLine(models.Model):
    """The most that may be granted to a group, one of its members, or for one product.

    Terms change only by a recorded event (``_record_event``), counters only together
    with the ledger of uses.
    """

    _name = "credit.line"
    _description = "Credit Line"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "parent_path, id"
    _rec_names_search = ["code", "partner_id", "group_id", "product_id"]
    _parent_store = True
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name", search="_search_name")
    code = fields.Char("Line No.", readonly=True, copy=False, index="trigram")
    group_id = fields.Many2one(
        "credit.group", string="Group Customer", index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty on the line of a whole group.",
    )
    product_id = fields.Many2one(
        "credit.product", index="btree_not_null", ondelete="restrict"
    )
    parent_id = fields.Many2one(
        "credit.line", string="Line Above", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("credit.line", "parent_id", string="Lines Below")
    level = fields.Selection(
        [("group", "Whole Group"), ("member", "Member"), ("product", "Product")],
        compute="_compute_level",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the line holds for every company."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="All lines of one group are in one currency; uses may be in another.",
    )

    has_limit = fields.Boolean(
        "Limit of Its Own",
        default=True,
        help="Without one, the line shares what the line above has left.",
    )
    limit = fields.Monetary(
        default=0.0, help="Largest amount, whether covered in part or not."
    )
    net_limit = fields.Monetary(
        "Exposure Limit", default=0.0, help="Largest amount less margin and pledges."
    )
    low_risk_limit = fields.Monetary(
        default=0.0,
        help="For business that is covered whole by margin, deposits or treasury "
        "bonds.",
    )
    allocation = fields.Selection(
        [
            ("dedicated", "Dedicated"),
            ("shared", "Shared"),
            ("carve_out", "Carved Out"),
            ("roll_up", "Rolled Up"),
        ],
        string="Limits Below",
        required=True,
        default="dedicated",
        help="Dedicated: the limits below may not exceed this one together.\n"
        "Shared: each may be as large as this one, all together use no more.\n"
        "Carved out: limits below are set aside; lines without one share the rest.\n"
        "Rolled up: each level has its own limit, every use is checked on all levels.",
    )
    revolving = fields.Boolean(
        default=True, help="Repayment makes room again. Otherwise every draw counts."
    )
    date_start = fields.Date("Valid From")
    date_end = fields.Date("Valid Until", help="Last day, included.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("frozen", "Frozen"),
            ("expired", "Expired"),
            ("terminated", "Terminated"),
            ("defaulted", "Defaulted"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    used = fields.Monetary(default=0.0, readonly=True, copy=False)
    used_net = fields.Monetary("Exposure Used", default=0.0, readonly=True, copy=False)
    used_low = fields.Monetary("Low-Risk Used", default=0.0, readonly=True, copy=False)
    reserved = fields.Monetary(default=0.0, readonly=True, copy=False)
    reserved_net = fields.Monetary(
        "Exposure Reserved", default=0.0, readonly=True, copy=False
    )
    reserved_low = fields.Monetary(
        "Low-Risk Reserved", default=0.0, readonly=True, copy=False
    )
    margin = fields.Monetary(
        "Margin and Pledges",
        default=0.0,
        readonly=True,
        copy=False,
        help="Held for what is drawn.",
    )
    regulatory = fields.Monetary(
        "Regulatory Exposure", default=0.0, readonly=True, copy=False
    )
    outstanding = fields.Monetary(
        default=0.0, readonly=True, copy=False, help="Drawn and not yet repaid."
    )
    carved = fields.Monetary("Limits Set Aside", default=0.0, readonly=True, copy=False)
    carved_net = fields.Monetary(
        "Exposure Limits Set Aside", default=0.0, readonly=True, copy=False
    )
    rest_used = fields.Monetary(
        "Taken from the Rest", default=0.0, readonly=True, copy=False
    )
    rest_used_net = fields.Monetary(
        "Exposure Taken from the Rest", default=0.0, readonly=True, copy=False
    )

    available = fields.Monetary(
        compute="_compute_room",
        help="Room on this line and on every line above, if nothing stood in the way.",
    )
    drawable = fields.Monetary(
        compute="_compute_drawable",
        help="What can be drawn today: nothing on a line that is frozen, expired or "
        "not in force, here or above.",
    )
    obstacle = fields.Char(
        compute="_compute_drawable", help="Why nothing can be drawn today."
    )
    utilisation = fields.Float("Utilisation (%)", compute="_compute_utilisation")
    over_limit = fields.Boolean(
        compute="_compute_utilisation", search="_search_over_limit"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    note = fields.Text()
    reminded = fields.Integer(
        "Last Reminder", readonly=True, copy=False, help="Days before the end."
    )
    event_ids = fields.One2many("credit.line.event", "line_id", string="Events")
    usage_ids = fields.One2many("credit.usage", "line_id", string="Uses")
    usage_count = fields.Integer(compute="_compute_usage_count", string="Uses Below")
    child_count = fields.Integer(
        compute="_compute_usage_count", string="Number of Lines Below"
    )

    # One line in force per group, per customer, and per customer and product.
    _one_group_line = models.UniqueIndex(
        "(group_id, COALESCE(company_id, 0)) "
        "WHERE state IN ('active', 'frozen') AND partner_id IS NULL "
        "AND parent_id IS NULL",
        "The group already has a line in force.",
    )
    # Also serves the look-up of the line that a use is drawn on.
    _one_line = models.UniqueIndex(
        "(partner_id, COALESCE(product_id, 0), COALESCE(company_id, 0)) "
        "WHERE state IN ('active', 'frozen') AND partner_id IS NOT NULL",
        "The customer already has such a line in force.",
    )
    # Serves the search for lines over their limit.
    _over_idx = models.Index(
        '(id) WHERE has_limit AND (used + reserved > "limit" '
        "OR used_net + reserved_net > net_limit "
        "OR used_low + reserved_low > low_risk_limit)"
    )
    _limits_check = models.Constraint(
        'CHECK("limit" >= 0 AND net_limit >= 0 AND low_risk_limit >= 0)',
        "A limit cannot be negative.",
    )
    _net_check = models.Constraint(
        'CHECK(net_limit <= "limit")',
        "The exposure limit cannot be larger than the limit.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("group_id.name", "partner_id.name", "product_id.name", "level")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            # sudo: whoever reads the line may read of whom it is
            owner = line.sudo()
            if owner.level == "group" and owner.group_id:
                line.name = self.env._("%(group)s (Group)", group=owner.group_id.name)
                continue
            names = [owner.partner_id.name, owner.product_id.name]
            line.name = " · ".join(filter(None, names))

    def _search_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain.OR(
            Domain(f"{name}.name", operator, value)
            for name in ("partner_id", "group_id", "product_id")
        )

    @api.depends("partner_id", "product_id")
    def _compute_level(self):
        for line in self:
            line.level = (
                "product"
                if line.product_id
                else ("member" if line.partner_id else "group")
            )

    @api.depends_context("uid")
    def _compute_room(self):
        today = fields.Date.context_today(self)
        paths = self._path_terms()
        for line in self:
            path = paths.get(line._origin.id, [])
            free = [replace(t, state="active", start=None, end=None) for t in path]
            line.available = float(available(free, today).available)

    @api.depends_context("uid", "lang")
    def _compute_drawable(self):
        today = fields.Date.context_today(self)
        paths = self._path_terms()
        for line in self:
            path = paths.get(line._origin.id, [])
            verdict = available(path, today)
            line.drawable = float(verdict.available)
            # sudo: of a line above that may be hidden, only its level is told
            above = self.sudo().browse(line._path_ids() if path else [])
            line.obstacle = self._obstacle_words(verdict, above)

    @api.depends("limit", "used", "reserved", "net_limit", "used_net", "reserved_net")
    def _compute_utilisation(self):
        for line in self:
            taken = line.used_net + line.reserved_net
            line.utilisation = taken / line.net_limit * 100 if line.net_limit else 0.0
            line.over_limit = line.has_limit and (
                line.currency_id.compare_amounts(line.used + line.reserved, line.limit)
                > 0
                or line.currency_id.compare_amounts(taken, line.net_limit) > 0
                or line.currency_id.compare_amounts(
                    line.used_low + line.reserved_low, line.low_risk_limit
                )
                > 0
            )

    def _search_over_limit(self, operator, value):
        if operator != "in":
            return NotImplemented
        # the condition of the index, so that PostgreSQL answers from it
        query = SQL(
            'SELECT id FROM credit_line WHERE has_limit AND (used + reserved > "limit"'
            " OR used_net + reserved_net > net_limit"
            " OR used_low + reserved_low > low_risk_limit)"
        )
        found = Domain("id", "in", query)
        return found if True in value else ~found

    def _compute_usage_count(self):
        children = dict(
            self._read_group(
                [("parent_id", "in", self.ids)], ["parent_id"], ["__count"]
            )
        )
        uses = self.env["credit.usage"]._read_group(
            [("line_id", "child_of", self.ids)], ["line_id"], ["__count"]
        )
        for line in self:
            line.child_count = children.get(line._origin, 0)
            line.usage_count = sum(
                count
                for used, count in uses
                if used.parent_path.startswith(line.parent_path or "-")
            )

    def _path_ids(self):
        """Ids of the line and those above, most specific first."""
        return [int(part) for part in reversed(self.parent_path.split("/")) if part]

    def _path_terms(self):
        """``{line id: path as the engine knows it}``, most specific first."""
        paths = {line._origin.id: line._path_ids() for line in self if line.parent_path}
        if not paths:
            return {}
        self.flush_model()
        # not through records: the room follows from lines above that may be hidden
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT * FROM credit_line WHERE id IN %s",
                tuple({each for path in paths.values() for each in path}),
            )
        )
        terms = {row["id"]: self._row_terms(row) for row in rows}
        return {
            line_id: [terms[each] for each in path] for line_id, path in paths.items()
        }

    @api.model
    def _row_terms(self, row):
        """A line for the engine, from its record or its row."""

        def exact(*names):
            return sum((Decimal(str(row[name] or 0)) for name in names), Decimal(0))

        return Terms(
            limit=exact("limit") if row["has_limit"] else None,
            net_limit=exact("net_limit"),
            low_limit=exact("low_risk_limit"),
            used=exact("used", "reserved"),
            used_net=exact("used_net", "reserved_net"),
            used_low=exact("used_low", "reserved_low"),
            carved=exact("carved"),
            carved_net=exact("carved_net"),
            pool=exact("rest_used"),
            pool_net=exact("rest_used_net"),
            carve_out=row["allocation"] == "carve_out",
            state=row["state"],
            start=row["date_start"] or None,
            end=row["date_end"] or None,
            key=row["id"],
        )

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.model
    def _door_open(self):
        return self.env.context.get("credit_door") is DOOR

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_followed(vals)
            if not vals.get("code"):
                vals["code"] = self.env["ir.sequence"].next_by_code("credit.line")
            if "limit" in vals and "net_limit" not in vals:
                vals["net_limit"] = vals["limit"]
        self._keep_cursor()
        lines = super().create(vals_list)
        lines._check_place()
        return lines

    def write(self, vals):
        self._check_not_followed(vals)
        decided = self.filtered(lambda line: line.state != "draft")
        locked = TERM_FIELDS & set(vals)
        if decided and locked and not self._door_open():
            raise UserError(
                self.env._(
                    "%(fields)s of %(line)s change only by a recorded event, with its "
                    "reason and approval. Use “Request a Change” on the line.",
                    fields=self._labels(locked),
                    line=decided[0].name,
                )
            )
        self._keep_cursor()
        result = super().write(vals)
        if locked:
            self._check_place()
        return result

    def _check_not_followed(self, vals):
        """State and counters follow from events and uses, whoever asks."""
        followed = {"state", "carved", "carved_net", "reminded", *COUNTERS} & set(vals)
        if followed and not self._door_open():
            raise UserError(
                self.env._(
                    "%(fields)s of a credit line follow from its events and uses, and "
                    "are never entered.",
                    fields=self._labels(followed),
                )
            )

    @api.model
    def _labels(self, names):
        return format_list(
            self.env,
            [
                self._fields[name]._description_string(self.env)
                for name in sorted(names)
            ],
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        for line in self:
            # sudo: history counts whether or not the user may read it
            if line.state != "draft" or line.sudo().event_ids:
                raise UserError(
                    self.env._(
                        "%(line)s has a history, which is kept: it cannot be deleted. "
                        "Terminate it instead.",
                        line=line.name,
                    )
                )
