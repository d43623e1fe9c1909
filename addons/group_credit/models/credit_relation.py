from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

DIGITS = (7, 4)
# What a relation states as a fact: once confirmed, only a reviewer may mend it.
FACT_FIELDS = (
    "holder_id",
    "held_id",
    "grantor_id",
    "kind",
    "equity_pct",
    "votes_pct",
    "is_range",
    "votes_min",
    "votes_max",
    "min_exclusive",
    "seats",
    "seats_total",
    "valid_from",
    "valid_to",
    "company_id",
)
PERCENT_FIELDS = ("equity_pct", "votes_pct", "votes_min", "votes_max")


def as_decimal(value):
    """A stored percentage as the engine wants it: exact, four decimals.

    >>> as_decimal(49.09) + as_decimal(0.91) == 50
    True
    """
    return Decimal(f"{value:.4f}")


class CreditRelation(models.Model):
    _name = "credit.relation"
    _description = "Control Relation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "held_id, votes_pct desc, id"
    _rec_name = "display_name"
    _check_company_auto = True

    holder_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Who holds the shares, casts the votes or names the board.",
    )
    held_id = fields.Many2one(
        "res.partner",
        string="Held Company",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    grantor_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="Whose votes the holder casts: the other party of the voting agreement, "
        "or the nominee in "
        "whose name the shares stand. These votes then count for the holder instead.",
    )
    kind = fields.Selection(
        [
            ("equity", "Shares"),
            ("proxy", "Votes by Agreement"),
            ("articles", "Articles of Association"),
            ("board", "Board Seats"),
            ("board_votes", "Votes at Board Meetings"),
            ("consolidation", "Consolidated Accounts"),
            ("nominee", "Nominee Holding"),
            ("vie", "VIE Contracts"),
            ("manual", "Other Actual Control"),
            ("joint", "Joint Control"),
            ("influence", "Significant Influence"),
            ("dependence", "Economic Dependence"),
        ],
        string="Basis",
        required=True,
        default="equity",
        tracking=True,
        help="Joint control, significant influence and dependence are recorded, but by "
        "themselves "
        "they put nobody into a control group.",
    )
    equity_pct = fields.Float("Shares %", digits=DIGITS, tracking=True, aggregator=None)
    votes_pct = fields.Float(
        "Votes %",
        digits=DIGITS,
        compute="_compute_votes_pct",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="Follows the shares when they change. Enter it where votes and shares "
        "differ.",
    )
    is_range = fields.Boolean(
        "Only a Range Known",
        tracking=True,
        help="The register publishes a band (for example more than 50 up to 75) and "
        "not the figure.",
    )
    votes_min = fields.Float(
        "Votes at Least %", digits=DIGITS, tracking=True, aggregator=None
    )
    votes_max = fields.Float(
        "Votes at Most %", digits=DIGITS, tracking=True, aggregator=None
    )
    min_exclusive = fields.Boolean(
        "More Than the Minimum", help="The band starts just above its lower end."
    )
    seats = fields.Integer("Seats Named", tracking=True, aggregator=None)
    seats_total = fields.Integer("Seats on the Board", tracking=True, aggregator=None)
    valid_from = fields.Date(
        tracking=True, help="First day of the relation. Empty: since ever."
    )
    valid_to = fields.Date(
        "Ended On",
        tracking=True,
        help="First day on which the relation no longer holds. Empty: still in force.",
    )
    source = fields.Selection(
        [
            ("register", "Business Register"),
            ("report", "Annual Report or Announcement"),
            ("contract", "Contract or Articles"),
            ("declaration", "Customer's Declaration"),
            ("investigation", "Due Diligence"),
            ("data", "Data Provider"),
            ("suggestion", "Suggestion"),
        ],
        default="investigation",
        tracking=True,
    )
    source_ref = fields.Char(
        "Source ID",
        copy=False,
        help="Number of the statement at its source. An import of the same number "
        "updates this relation.",
    )
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], default="medium"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    note = fields.Text("Notes")
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("revoked", "Revoked")],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        help="Only confirmed relations count for control.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: every company sees and uses the relation.",
    )
    active = fields.Boolean(default=True)

    # An import finds the rows it knows; one statement of a source is one relation.
    _source_ref_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(source, ''), source_ref) WHERE source_ref "
        "IS NOT NULL",
        "There is already a relation with this source and source ID.",
    )

    @api.depends("equity_pct")
    def _compute_votes_pct(self):
        for relation in self:
            relation.votes_pct = relation.equity_pct

    @api.depends(
        "holder_id",
        "held_id",
        "kind",
        "votes_pct",
        "votes_min",
        "votes_max",
        "is_range",
    )
    def _compute_display_name(self):
        for relation in self:
            holder = relation.holder_id.display_name
            held = relation.held_id.display_name
            name = f"{holder or ''} → {held or ''}"
            if relation.is_range:
                name += f" {relation.votes_min:g}–{relation.votes_max:g} %"
            elif relation.votes_pct:
                name += f" {relation.votes_pct:g} %"
            relation.display_name = name

    @api.onchange("grantor_id", "kind")
    def _onchange_kind(self):
        if self.kind not in ("proxy", "nominee"):
            self.grantor_id = False

    @api.constrains(*FACT_FIELDS)
    def _check_facts(self):
        for relation in self:
            problem = relation._fact_problem()
            if problem:
                raise ValidationError(problem)

    def _fact_problem(self):
        """What is wrong with the relation by itself, in words, or nothing.

        Also serves unsaved relations: the preview of an import shows the same words.
        """
        self.ensure_one()
        if self.holder_id == self.held_id:
            return self.env._(
                "%(name)s cannot hold itself: enter its own shares as treasury shares "
                "on its form.",
                name=self.holder_id.display_name,
            )
        if self.grantor_id and self.grantor_id in (self.holder_id | self.held_id):
            return self.env._(
                "Grantor: %(name)s is already the holder or the company held. Name the "
                "shareholder whose "
                "votes the holder casts.",
                name=self.grantor_id.display_name,
            )
        for name in PERCENT_FIELDS:
            if not 0 <= self[name] <= 100:
                return self.env._(
                    "%(field)s: %(value)s is not a percentage from 0 to 100.",
                    field=self._fields[name]._description_string(self.env),
                    value=f"{self[name]:g}",
                )
        if self.is_range and (
            self.votes_min > self.votes_max
            or (self.min_exclusive and self.votes_min == self.votes_max)
        ):
            return self.env._(
                "Votes at Least: no figure lies between %(low)s %% and %(high)s %%. "
                "Correct the range.",
                low=f"{self.votes_min:g}",
                high=f"{self.votes_max:g}",
            )
        if not 0 <= self.seats <= max(self.seats_total, 0):
            return self.env._(
                "Seats Named: %(seats)s seats of a board of %(total)s is not possible.",
                seats=self.seats,
                total=self.seats_total,
            )
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            return self.env._(
                "Ended On: a relation that begins on %(start)s cannot end on %(end)s. "
                "The end is the "
                "first day on which it no longer holds.",
                start=fields.Date.to_string(self.valid_from),
                end=fields.Date.to_string(self.valid_to),
            )
        return False

    @api.constrains(*FACT_FIELDS, "state", "active")
    def _check_holdings_total(self):
        """Confirmed shares of one company never exceed 100 % on any day.

        Two sources that disagree would otherwise both count. The remedy is a decision
        about
        which one is right, so the message names the holders and the first such day.
        """
        held = self.filtered(lambda r: r._is_counted_holding()).held_id
        held = held.filtered(lambda p: not p.sudo().credit_holdings_unchecked)
        if not held:
            return
        by_scope = defaultdict(self.browse)
        for relation in self.search(
            Domain("held_id", "in", held.ids) & self._counted_holding_domain()
        ):
            by_scope[relation.held_id] |= relation
        for partner, relations in by_scope.items():
            companies = relations.company_id
            for company in companies or [companies]:
                relations.filtered(
                    lambda r, c=company: not r.company_id or r.company_id == c
                )._check_total_of_one(partner)

    @api.model
    def _counted_holding_domain(self):
        return Domain("state", "=", "confirmed") & Domain("kind", "=", "equity")

    def _is_counted_holding(self):
        return self.active and self.state == "confirmed" and self.kind == "equity"

    def _check_total_of_one(self, partner):
        """Sweep over the days on which something begins: only there the total rises."""
        for day in sorted(
            {r.valid_from for r in self}, key=lambda d: (d is not False, d or 0)
        ):
            in_force = self.filtered(
                lambda r, d=day: (
                    (not r.valid_from or (d and r.valid_from <= d))
                    and (not r.valid_to or not d or d < r.valid_to)
                )
            )
            for field, label in (
                ("equity_pct", self.env._("shares")),
                ("votes_pct", self.env._("votes")),
            ):
                values = [
                    r.votes_min if field == "votes_pct" and r.is_range else r[field]
                    for r in in_force
                ]
                total = sum(map(as_decimal, values))
                if total > 100:
                    raise ValidationError(
                        self.env._(
                            "On %(day)s the confirmed %(what)s of %(company)s add up "
                            "to %(total)s %%: "
                            "%(holders)s. End or revoke the holding that is out of "
                            "date, or correct its "
                            "figure.",
                            day=fields.Date.to_string(day)
                            if day
                            else self.env._("any day"),
                            what=label,
                            company=partner.display_name,
                            total=f"{total.normalize():f}",
                            holders=format_list(
                                self.env,
                                [
                                    f"{r.holder_id.display_name} {value:g} %"
                                    for r, value in zip(in_force, values, strict=True)
                                ],
                            ),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft":
                self._check_reviewer()
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and any(r.state != vals["state"] for r in self):
            self._check_reviewer()
        if any(f in vals for f in FACT_FIELDS) and "confirmed" in self.mapped("state"):
            self._check_reviewer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if self.filtered(lambda r: r.state != "draft"):
            raise UserError(
                self.env._(
                    "A relation that was confirmed stays as history. Enter the day it "
                    "ended, or revoke it "
                    "if it never was true."
                )
            )

    def _check_reviewer(self):
        if not (
            self.env.su
            or self.env.user.has_group("group_credit.group_group_credit_reviewer")
        ):
            raise UserError(
                self.env._(
                    "Only a reviewer of Group Credit may confirm or revoke a relation, "
                    "or change what a "
                    "confirmed one states. Prepare it as a draft and ask a reviewer."
                )
            )

    def action_confirm(self):
        self.filtered(lambda r: r.state == "draft").write({"state": "confirmed"})

    def action_revoke(self):
        self.filtered(lambda r: r.state != "revoked").write({"state": "revoked"})

    def action_draft(self):
        self.filtered(lambda r: r.state != "draft").write({"state": "draft"})

    def _import_key(self):
        """What makes two rows without a source ID the same relation."""
        return (
            self.holder_id._origin.id,
            self.held_id._origin.id,
            self.grantor_id._origin.id,
            self.kind,
            self.valid_from,
        )

    def _import_differences(self, values):
        """Sentences "field: before → after" for the values an import would change."""
        new = self.new(values)
        differences = []
        for name in values:
            field = self._fields[name]
            before, after = self[name], new[name]
            if field.type == "many2one":
                before, after = before.display_name, after._origin.display_name
            elif field.type == "float":
                before, after = f"{before:.4f}", f"{after:.4f}"
            if before != after:
                label = field._description_string(self.env)
                differences.append(f"{label}: {before or '—'} → {after or '—'}")
        return differences

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Control Relations"),
                "template": "/group_credit/static/template/credit_relation.xlsx",
            }
        ]
