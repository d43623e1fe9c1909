from collections import Counter

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..engine.control import ControlGraph, Edge
from .credit_relation import as_decimal


class CreditIdentification(models.AbstractModel):
    """Feeds the engine from the tables, and turns what it finds into groups."""

    _name = "credit.identification"
    _description = "Identification of Groups"

    # From the tables to the engine

    @api.model
    def _relation_domain(self, company):
        """A company computes on what it has confirmed and on what is shared by all."""
        return Domain("state", "=", "confirmed") & Domain(
            "company_id", "in", [False, company.id]
        )

    @api.model
    def _build_graph(self, relations, as_of=None):
        """The control graph of ``relations`` on ``as_of`` (by default today); nodes
        are partner ids.
        """
        # sudo: flags of partners decide about control, whatever the user may read of
        # partners
        partners = (
            relations.holder_id | relations.held_id | relations.grantor_id
        ).sudo()
        return ControlGraph(
            [self._edge(relation) for relation in relations],
            as_of=as_of or fields.Date.context_today(self),
            stop=partners.filtered(
                lambda p: p.credit_is_state_body or p.credit_is_state_investment
            ).ids,
            treasury={
                p.id: as_decimal(p.credit_treasury_pct)
                for p in partners
                if p.credit_treasury_pct
            },
            persons=partners.filtered(lambda p: not p.is_company).ids,
        )

    @api.model
    def _edge(self, relation):
        bounds = {}
        if relation.is_range:
            bounds = {
                "votes_min": as_decimal(relation.votes_min),
                "votes_max": as_decimal(relation.votes_max),
                "min_exclusive": relation.min_exclusive,
            }
        return Edge(
            relation.holder_id.id,
            relation.held_id.id,
            votes=as_decimal(0 if relation.is_range else relation.votes_pct),
            equity=as_decimal(relation.equity_pct),
            kind=relation.kind,
            seats=relation.seats or None,
            seats_total=relation.seats_total or None,
            valid_from=relation.valid_from or None,
            valid_to=relation.valid_to or None,
            grantor=relation.grantor_id.id or None,
            **bounds,
        )

    # From the engine to groups

    @api.model
    def _identify(self, company):
        """Create a candidate for every control group that no group of the company
        covers yet.
        """
        # sudo: the computation must not depend on what the person who starts it may see
        relations = (
            self.env["credit.relation"].sudo().search(self._relation_domain(company))
        )
        found = self._build_graph(relations).groups()
        Member = self.env["credit.group.member"].sudo()
        taken = set(
            Member.search(
                Member._current_domain()
                & Domain("company_id", "in", [False, company.id])
                & Domain("kind", "=", "ownership")
                & Domain("group_id.state", "!=", "dissolved")
            ).partner_id.ids
        )
        vals_list = [
            self._prepare_group(group, company)
            for group in found
            if not taken.intersection(group.members)
        ]
        groups = self.env["credit.group"].sudo().create(vals_list)
        for group in groups:
            group.member_ids._link_parents()
        return groups.with_env(self.env)

    @api.model
    def _prepare_group(self, found, company):
        root = self._main_root(found)
        return {
            # The parent's name is the group's name in the returns to the supervisor.
            "name": root.sudo().name,
            "root_id": root.id,
            "controller_ids": [Command.set(list(found.ultimate))],
            "flags": sorted(found.flags),
            "company_id": company.id,
            "member_ids": [
                Command.create(self._prepare_member(found, node))
                for node in sorted(
                    found.members, key=lambda n: (n != root.id, found.bases[n].step, n)
                )
            ],
        }

    @api.model
    def _main_root(self, found):
        """The root above most members; in a circle without one, the member above most
        others.
        """
        holders = Counter(
            stake.holder for basis in found.bases.values() for stake in basis.via
        )
        candidates = found.roots or found.members
        return self.env["res.partner"].browse(
            max(candidates, key=lambda node: (holders[node], -node))
        )

    @api.model
    def _prepare_member(self, found, node):
        basis = found.bases[node]
        return {
            "partner_id": node,
            "sequence": 10 * (basis.step + 1),
            "criterion": str(min(found.criteria.get(node) or {4})),
            "origin": "computed",
            "basis": basis.as_dict()
            | {"criteria": sorted(found.criteria.get(node, ()))},
        }
