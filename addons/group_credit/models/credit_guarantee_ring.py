from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..engine.guarantee import rings


class CreditGuaranteeRing(models.Model):
    """Firms that vouch for one another, so that one default calls all (互保、联保圈).

    Follows from the confirmed guarantees; nobody enters it.
    """

    _name = "credit.guarantee.ring"
    _description = "Ring of Guarantees"
    _order = "size desc, id"

    name = fields.Char("Circle", compute="_compute_name")
    partner_ids = fields.Many2many("res.partner", string="Members", readonly=True)
    size = fields.Integer("Number of Members", readonly=True, aggregator=None)
    circle = fields.Json(
        "Members in Order",
        readonly=True,
        help="One shortest circle, each vouching for the next.",
    )
    relation_ids = fields.Many2many(
        "credit.relation", string="Guarantees", readonly=True
    )
    amount = fields.Monetary(
        "Guaranteed Inside the Ring",
        readonly=True,
        help="The sum of the known amounts, at the rates of the day of computation.",
    )
    unknown_count = fields.Integer(
        "Amounts Not Known", readonly=True, help="Guarantees whose amount is missing."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    group_ids = fields.Many2many(
        "credit.group",
        string="Groups Concerned",
        compute="_compute_group_ids",
        search="_search_group_ids",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )

    @api.depends("circle")
    def _compute_name(self):
        # sudo: the name of a party to the ring belongs to the ring
        Partner = self.env["res.partner"].sudo()
        ids = {node for ring in self for node in ring.circle or []}
        known = {p.id: p.name for p in Partner.browse(ids).exists()}
        for ring in self:
            names = [known[node] for node in ring.circle or [] if node in known]
            ring.name = " → ".join([*names, *names[:1]])

    @api.depends("partner_ids")
    def _compute_group_ids(self):
        members = self.env["credit.group.member"].search(
            self._membership_domain() & Domain("partner_id", "in", self.partner_ids.ids)
        )
        by_partner = members.grouped("partner_id")
        for ring in self:
            rows = members.browse().union(
                *(by_partner.get(p, members.browse()) for p in ring.partner_ids)
            )
            ring.group_ids = rows.group_id

    @api.model
    def _membership_domain(self):
        return self.env["credit.group.member"]._current_domain() & Domain(
            "group_id.state", "!=", "dissolved"
        )

    def _search_group_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        members = self.env["credit.group.member"].search(
            self._membership_domain() & Domain("group_id", "in", value)
        )
        return Domain("partner_ids", "in", members.partner_id.ids)

    # Following the guarantees

    @api.model
    def _is_concerned(self, partners):
        """Whether a guarantee, of today or of the past, names one of ``partners``."""
        return bool(
            self.env["credit.relation"]
            # sudo: rings follow from all guarantees, whoever may read them
            .sudo()
            .search_count(
                Domain("kind", "=", "guarantee")
                & (
                    Domain("holder_id", "in", partners.ids)
                    | Domain("held_id", "in", partners.ids)
                ),
                limit=1,
            )
        )

    @api.model
    def _refresh(self, company):
        """Bring the rings of ``company`` in line with the guarantees in force today."""
        company = company.root_id
        self = self.sudo()  # likewise
        day = fields.Date.context_today(self)
        facts = self.env["credit.relation"].search(
            self.env["credit.graph"]._fact_domain(company)
            & Domain("kind", "=", "guarantee")
        )
        facts = facts.filtered(lambda r: r._holds_on(day))
        found = rings((r.holder_id.id, r.held_id.id) for r in facts)
        place = {node: n for n, ring in enumerate(found) for node in ring.members}
        inside = [facts.browse() for _ring in found]
        for (holder, held), own in facts.grouped(
            lambda r: (r.holder_id.id, r.held_id.id)
        ).items():
            if holder in place and place[holder] == place.get(held):
                inside[place[holder]] += own
        known = {
            frozenset(ring.partner_ids.ids): ring
            for ring in self.search([("company_id", "=", company.id)])
        }
        new = []
        for ring, own in zip(found, inside, strict=True):
            vals = self._prepare(ring, own, company, day)
            if ring.members in known:
                known.pop(ring.members).write(vals)
            else:
                new.append(vals)
        self.union(*known.values()).unlink()
        self.create(new)

    @api.model
    def _prepare(self, ring, guarantees, company, day):
        currency = company.currency_id
        amount = sum(
            (g.currency_id or currency)._convert(
                g.guarantee_amount, currency, company, day
            )
            for g in guarantees
        )
        return {
            "company_id": company.id,
            "partner_ids": [Command.set(sorted(ring.members))],
            "size": len(ring),
            "circle": list(ring.circle),
            "relation_ids": [Command.set(guarantees.ids)],
            "amount": amount,
            "unknown_count": len(guarantees.filtered(lambda g: not g.guarantee_amount)),
        }
