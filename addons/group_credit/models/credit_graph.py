from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.control import ControlGraph
from ..engine.graph import Partition
from ..engine.kinship import Kinship
from .credit_identification import COMPUTED
from .credit_relation import as_decimal

# Links that the engine does not count, because they prove no control, or because the
# chain that they sum up is counted itself.
LINKS = ("related", "dealing", "indirect", "guarantee")


class CreditGraph(models.AbstractModel):
    """Feeds the engine from the tables. Everything runs under sudo: whether a company
    is controlled must not depend on what the person who asks may see."""

    _name = "credit.graph"
    _description = "Control Graph"

    @api.model
    def _fact_domain(self, company):
        """A company computes on what it and its branches confirmed, and on the
        shared."""
        return Domain("state", "=", "confirmed") & (
            Domain("company_id", "=", False)
            | Domain("company_id", "child_of", company.root_id.id)
        )

    @api.model
    def _is_stop(self, partner):
        return partner.credit_is_state_body or partner.credit_is_state_investment

    @api.model
    def _load(self, partners, company):
        """All confirmed relations and ties around ``partners``: whatever can bear on
        their groups.

        One query per step outwards, for all partners together. A state body is read
        upwards only: what else it owns has no bearing. Who is in one group so far is
        judged together, even where no relation links them any more.
        """
        # sudo: what controls whom does not depend on who asks
        graph = self.sudo()
        Relation = graph.env["credit.relation"]
        Tie = graph.env["credit.kinship"]
        # guarantees run across groups, and put nobody into one
        domain = self._fact_domain(company)
        linking = domain & Domain("kind", "!=", "guarantee")
        nodes = frontier = partners.sudo()  # likewise
        relations, ties = Relation, Tie
        while frontier:
            below = frontier.filtered(lambda p: not self._is_stop(p)).ids
            found = Relation.search(
                linking
                & (
                    Domain("held_id", "in", frontier.ids)
                    | Domain("holder_id", "in", below)
                    | Domain("grantor_id", "in", below)
                )
            )
            kin = Tie.search(
                domain
                & (
                    Domain("person_id", "in", below)
                    | Domain("relative_id", "in", below)
                )
            )
            relations, ties = relations | found, ties | kin
            around = found.holder_id | found.held_id | found.grantor_id
            around |= self._fellow_members(frontier, company).partner_id
            frontier = (around | kin.person_id | kin.relative_id) - nodes
            nodes |= frontier
        return nodes, relations, ties

    @api.model
    def _fellow_members(self, partners, company):
        """All members of the computed groups that ``partners`` are in."""
        # sudo: what is grouped does not depend on who asks
        Member = self.env["credit.group.member"].sudo()
        Identification = self.env["credit.identification"]
        domain = Identification._open_member_domain(company, COMPUTED)
        groups = Member.search(
            domain & Domain("partner_id", "in", partners.ids)
        ).group_id
        return Member.search(domain & Domain("group_id", "in", groups.ids))

    @api.model
    def _components(self, partners, company):
        """The same, cut into parts that have nothing to do with one another:
        ``(nodes, relations, ties)`` for each."""
        nodes, relations, ties = self._load(partners, company)
        stop = nodes.filtered(self._is_stop)
        partition = Partition()
        for node in nodes - stop:
            partition.find(node.id)
        sides = {}
        for fact in [*relations, *ties]:
            parties = {fact[n].id for n in fact._party_fields if fact[n]}
            inner = sorted(parties - set(stop.ids))
            sides[fact] = inner[0] if inner else None
            for other in inner[1:]:
                partition.link(inner[0], other)
        fellows = self._fellow_members(nodes - stop, company).grouped("group_id")
        for members in fellows.values():
            first, *others = (members.partner_id - stop).ids or [None]
            for other in others:
                partition.link(first, other)
        between = relations.filtered(lambda r: sides[r] is None)  # among state bodies
        mine = {partition.find(part[0]): ([], [], part) for part in partition.parts()}
        for fact, side in sides.items():
            if side is not None:
                own = mine[partition.find(side)]
                own[fact._name == "credit.kinship"].append(fact.id)
        for relation_ids, tie_ids, part in mine.values():
            own = relations.browse(relation_ids) | between
            yield self.env["res.partner"].browse(part), own, ties.browse(tie_ids)

    @api.model
    def _build(self, relations, ties=None, company=None, as_of=None):
        """The control graph on ``as_of`` (by default today)."""
        company = company or self.env.company
        day = as_of or fields.Date.context_today(self)
        value = self._parameters(company, day)
        relations = relations.sudo()  # the graph is the same for everybody
        partners = relations.holder_id | relations.held_id | relations.grantor_id
        treasury = partners.filtered("credit_treasury_pct")
        in_force = relations.filtered(
            lambda r: r.kind == "dealing" and r._holds_on(day)
        )
        return ControlGraph(
            [r._edge() for r in relations if r.kind not in LINKS],
            as_of=day,
            stop=partners.filtered(self._is_stop).ids,
            treasury={p.id: as_decimal(p.credit_treasury_pct) for p in treasury},
            persons=partners.filtered(lambda p: not p.is_company).ids,
            families=self._families(relations, ties, partners, day, value),
            threshold=as_decimal(value["control_threshold"]),
            board_half=value["board_half"],
            neutralise=value["neutralise"],
            arms_length_broken=[(r.holder_id.id, r.held_id.id) for r in in_force],
        )

    @api.model
    def _parameters(self, company, day):
        Parameter = self.env["credit.parameter"]
        names = (
            "control_threshold",
            "board_half",
            "neutralise",
            "family_profile",
            "main_investor_pct",
        )
        return {name: Parameter._value(name, company, day) for name in names}

    @api.model
    def _families(self, relations, ties, partners, day, value):
        """Main investors and key managers, each with the near relatives."""
        if not ties:
            return []
        # sudo: kinship counts for everybody, whoever may read it
        kin = Kinship([tie._tie() for tie in ties.sudo()], as_of=day)
        least = value["main_investor_pct"]
        main = relations.filtered(
            lambda r: (
                not r.holder_id.is_company
                and max(r.equity_pct, r.votes_pct, r.votes_max) >= least
            )
        ).holder_id
        managers = partners.credit_legal_rep_id | partners.credit_key_manager_ids
        clusters = [
            kin.cluster(person.id, value["family_profile"])
            for person in main | managers
        ]
        return [cluster for cluster in dict.fromkeys(clusters) if len(cluster) > 1]
