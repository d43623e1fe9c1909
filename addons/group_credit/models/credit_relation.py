from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.control import Edge
from ..engine.register import over_claimed

DIGITS = (7, 4)
PERCENT_FIELDS = ("equity_pct", "votes_pct", "votes_min", "votes_max")
# In the context: the values to create hold every default. An object, so that no client
# can send it.
DEFAULTS_GIVEN = object()


def as_decimal(value):
    """A stored percentage as the engine wants it: exact, four decimals.

    >>> as_decimal(49.09) + as_decimal(0.91) == 50
    True
    """
    return Decimal(f"{value:.4f}")


class CreditRelation(models.Model):
    _name = "credit.relation"
    _description = "Control Relation"
    _inherit = ["credit.fact"]
    _order = "held_id, votes_pct desc, id"
    _rec_name = "display_name"

    _party_fields = ("holder_id", "held_id", "grantor_id")
    _fact_fields = (
        *_party_fields,
        "kind",
        "equity_pct",
        "votes_pct",
        "is_range",
        "votes_min",
        "votes_max",
        "min_exclusive",
        "seats",
        "seats_total",
        "guarantee_amount",
        "currency_id",
    )

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
            ("related", "Other Related Party"),
            ("dealing", "Dealings Not at Arm's Length"),
            ("indirect", "Declared Indirect Interest"),
            ("guarantee", "Guarantee"),
        ],
        string="Basis",
        required=True,
        default="equity",
        tracking=True,
        help="Joint control, significant influence, dependence and guarantees are "
        "recorded, but by themselves they put nobody into a control group.",
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
    guarantee_amount = fields.Monetary(
        "Amount Guaranteed",
        tracking=True,
        help="What the holder answers for on behalf of the other. Zero: not known.",
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    source_ref = fields.Char(
        "Source ID",
        copy=False,
        help="Number of the statement at its source. An import of the same number "
        "updates this relation.",
    )
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

    def _add_missing_default_values(self, values):
        """An import looks for them once, not row by row."""
        if self.env.context.get("credit_new_relation") is DEFAULTS_GIVEN:
            return values
        return super()._add_missing_default_values(values)

    @api.onchange("grantor_id", "kind")
    def _onchange_kind(self):
        if self.kind not in ("proxy", "nominee"):
            self.grantor_id = False

    @api.constrains(*_fact_fields)
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
        return self._guarantee_problem() or self._date_problem()

    def _guarantee_problem(self):
        if self.guarantee_amount < 0:
            return self.env._(
                "Amount Guaranteed: %(amount)s is below zero. Enter what the guarantor "
                "answers for, or nothing if it is not known.",
                amount=f"{self.guarantee_amount:g}",
            )
        return False

    @api.constrains(
        *_fact_fields, "valid_from", "valid_to", "state", "active", "company_id"
    )
    def _check_holdings_total(self):
        """Confirmed shares of one company never exceed 100 % on any day.

        Two sources that disagree would otherwise both count. Which one is right is for
        a person to decide, so the message names the holders and the first such day.
        """
        checked = self.filtered(
            lambda r: (
                r.active
                and r.state == "confirmed"
                and r.kind == "equity"
                # sudo: reviewers may lack the right to read the partner's flags
                # elsewhere
                and not r.held_id.sudo().credit_holdings_unchecked
            )
        )
        if not checked:
            return
        # sudo: holdings that the user cannot see take their share all the same
        holdings = self.sudo().search(
            Domain("held_id", "in", checked.held_id.ids)
            & Domain("state", "=", "confirmed")
            & Domain("kind", "=", "equity")
        )
        for company in {relation.company_id.root_id for relation in holdings}:
            seen = holdings.filtered(
                lambda r, c=company: not r.company_id or r.company_id.root_id == c
            )
            for claim in over_claimed(relation._edge() for relation in seen):
                raise ValidationError(self._over_claim_text(claim))

    def _over_claim_text(self, claim):
        Partner = self.env["res.partner"]
        is_votes = claim.measure == "votes"
        holders = []
        for edge in claim.edges:
            share = edge.band().low if is_votes else edge.equity
            name = Partner.browse(edge.holder).display_name
            holders.append(f"{name} {share.normalize():f} %")
        day = claim.valid_from
        return self.env._(
            "On %(day)s the confirmed %(what)s of %(company)s add up to %(total)s %%: "
            "%(holders)s. End or revoke the holding that is out of date, or correct "
            "its figure.",
            day=fields.Date.to_string(day) if day else self.env._("any day"),
            what=self.env._("votes") if is_votes else self.env._("shares"),
            company=Partner.browse(claim.held).display_name,
            total=f"{claim.total.normalize():f}",
            holders=format_list(self.env, holders),
        )

    def _edge(self):
        """The relation as the engine reads it; its nodes are partner ids."""
        bounds = {}
        if self.is_range:
            bounds = {
                "votes_min": as_decimal(self.votes_min),
                "votes_max": as_decimal(self.votes_max),
                "min_exclusive": self.min_exclusive,
            }
        return Edge(
            self.holder_id.id,
            self.held_id.id,
            votes=as_decimal(0 if self.is_range else self.votes_pct),
            equity=as_decimal(self.equity_pct),
            kind=self.kind,
            seats=self.seats or None,
            seats_total=self.seats_total or None,
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
            grantor=self.grantor_id.id or None,
            **bounds,
        )

    @api.model
    def get_import_templates(self):
        # headings are matched with the labels of the fields, so they speak the language
        suffix = "_zh_CN" if self.env.lang == "zh_CN" else ""
        return [
            {
                "label": self.env._("Import Template for Control Relations"),
                "template": "/group_credit/static/template/"
                f"credit_relation{suffix}.xlsx",
            }
        ]
