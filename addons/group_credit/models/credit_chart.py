from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import format_list

from .credit_reason import percent

LIMIT = 300
# How many neighbours an expansion adds at most; the next one adds more.
BY_STEP = 60
# A relation of one of these kinds is control by itself.
DECISIVE = ("articles", "consolidation", "vie", "manual")
VOTING = ("equity", "proxy", "nominee")


class CreditChart(models.AbstractModel):
    """Parties and relations as a graph to draw, as far as the reader may see them."""

    _name = "credit.chart"
    _description = "Structure Chart"

    @api.model
    def load(self, group_id=None, partner_id=None):
        """The chart of a group, or of a partner and what lies within two steps.

        ``{title, group_id, partner_id, flags, nodes, edges, truncated}``, at most 300
        nodes; ``expand`` brings neighbours of one of them.
        """
        if group_id:
            group = self.env["credit.group"].browse(group_id)
            partners, truncated = self._group_parties(group)
            title, flags = group.name, (group.flag_text or "").splitlines()
        else:
            group = self.env["credit.group"]
            partner = self.env["res.partner"].browse(partner_id or 0).exists()
            if not partner:
                raise MissingError(self.env._("This partner no longer exists."))
            partner.check_access("read")
            partners, truncated = self._around(partner, steps=2)
            title, flags = partner.display_name, []
        return {
            "title": title,
            "group_id": group.id or False,
            "partner_id": partner_id or False,
            "flags": flags,
            "truncated": truncated,
            **self._draw(partners, group),
        }

    @api.model
    def expand(self, partner_id, shown, group_id=None):
        """The chart with direct neighbours of one partner added, the largest first."""
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        around, _more = self._around(partner, limit=BY_STEP, known=shown)
        group = self.env["credit.group"].browse(group_id or [])
        return self._draw(partner.browse(shown) | around, group)

    @api.model
    def explain(self, partner_id, group_id=None):
        """Why a partner is in its groups: the steps of the proof, premises first."""
        Member = self.env["credit.group.member"]
        domain = Member._current_domain() & Domain("partner_id", "=", partner_id)
        if group_id:
            domain &= Domain("group_id", "=", group_id)
        found = Member.search(domain & Domain("group_id.state", "!=", "dissolved"))
        if not found:
            return [{"group": False, "steps": [], "note": self._outside(partner_id)}]
        criteria = dict(Member._fields["criterion"]._description_selection(self.env))
        return [
            {
                "group": {"id": member.group_id.id, "name": member.group_id.name},
                "criterion": criteria[member.criterion],
                "steps": self._steps(member),
                "note": member.note or "",
            }
            for member in found
        ]

    # Which parties

    @api.model
    def _in_force(self):
        """What holds today, drafts included: they are drawn as such."""
        today = fields.Date.context_today(self)
        return (
            Domain("state", "!=", "revoked")
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", today))
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">", today))
        )

    @api.model
    def _group_parties(self, group):
        """Controllers, members from the top down, then who else holds the members."""
        group.check_access("read")
        Member = self.env["credit.group.member"]
        members = Member.search(
            Member._current_domain() & Domain("group_id", "=", group.id),
            order="sequence, id",
            limit=LIMIT + 1,
        ).partner_id
        parties = group.controller_ids | (group.root_id & members) | members
        relations = self.env["credit.relation"].search(
            self._in_force() & Domain("held_id", "in", parties.ids)
        )
        weight = Counter()
        for relation in relations:
            weight[relation.holder_id] += relation.votes_pct
        others = (relations.holder_id | relations.grantor_id) - parties
        parties |= others.sorted(lambda p: (-weight[p], p.id))
        return parties[:LIMIT], len(parties) > LIMIT

    @api.model
    def _around(self, partner, steps=1, limit=LIMIT, known=()):
        """Partners within some steps that are not ``known``; two queries a step."""
        Relation, Tie = self.env["credit.relation"], self.env["credit.kinship"]
        parties = frontier = partner
        for _step in range(steps):
            seen = [*known, *parties.ids]
            relations = Relation.search(
                self._in_force()
                & self._links("holder_id", "held_id", frontier.ids, seen),
                order="votes_pct desc, id",
                limit=limit + 1,
            )
            ties = Tie.search(
                self._in_force()
                & self._links("person_id", "relative_id", frontier.ids, seen),
                limit=limit + 1,
            )
            around = relations.holder_id | relations.held_id
            around |= ties.person_id | ties.relative_id
            frontier = around - parties
            parties |= frontier
        return parties[:limit], len(parties) > limit

    @api.model
    def _links(self, one, other, inner, seen):
        """What has one end in ``inner`` and the other end not in ``seen``."""
        return (Domain(one, "in", inner) & Domain(other, "not in", seen)) | (
            Domain(other, "in", inner) & Domain(one, "not in", seen)
        )

    # How they are drawn

    @api.model
    def _draw(self, partners, group):
        """Nodes and edges; the number of queries does not depend on how many."""
        partners = partners.exists()._filtered_access("read")
        among = Domain("holder_id", "in", partners.ids)
        among &= Domain("held_id", "in", partners.ids)
        relations = self.env["credit.relation"].search(
            self._in_force() & among, order="id"
        )
        ties = self.env["credit.kinship"].search(
            self._in_force()
            & Domain("person_id", "in", partners.ids)
            & Domain("relative_id", "in", partners.ids),
            order="id",
        )
        Member = self.env["credit.group.member"]
        members = Member.search(
            Member._current_domain()
            & Domain("partner_id", "in", partners.ids)
            & Domain("group_id.state", "!=", "dissolved")
        )
        if group:
            members = members.filtered(lambda m: m.group_id == group)
        hidden = self._hidden_counts(partners)
        control = self._control_pairs(members)
        own = members.grouped("partner_id")
        groups = group or members.group_id
        edge = self._edge_maker(control)
        return {
            "nodes": [
                self._node(p, own.get(p, Member), groups, hidden[p]) for p in partners
            ],
            "edges": [
                *map(edge, relations),
                *map(self._tie, ties),
            ],
        }

    @api.model
    def _node(self, partner, members, groups, hidden):
        is_state = partner.credit_is_state_body or partner.credit_is_state_investment
        company = "state" if is_state else "company"
        flags = []
        if members.filtered(lambda m: m.origin == "manual"):
            flags.append("judged")
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "kind": company if partner.is_company else "person",
            "member": bool(members),
            "root": partner in groups.root_id,
            "controller": partner in groups.controller_ids,
            "groups": members.group_id.mapped("name"),
            "flags": flags,
            "hidden_children": hidden,
        }

    @api.model
    def _edge_maker(self, control):
        """Turns relations into edges; what is the same for all is read once.

        ``control`` are the pairs that the reasons of members rest on; whoever has such
        a reason is not judged by a single holding.
        """
        reasoned = {held for _holder, held in control}
        threshold = self.env["credit.parameter"]._value(
            "control_threshold", self.env.company
        )
        fields_ = self.env["credit.relation"]._fields
        labels = {
            name: dict(fields_[name]._description_selection(self.env))
            for name in ("kind", "source", "state")
        }

        def edge(relation):
            pair = (relation.holder_id.id, relation.held_id.id)
            is_control = pair in control or (
                pair[1] not in reasoned
                and (
                    relation.kind in DECISIVE
                    or (relation.kind in VOTING and relation.votes_pct > threshold)
                )
            )
            label = self._label(relation, labels["kind"][relation.kind])
            return {
                "id": f"r{relation.id}",
                "relation_id": relation.id,
                "source": pair[0],
                "target": pair[1],
                "kind": relation.kind,
                "equity": relation.equity_pct,
                "votes": relation.votes_pct,
                "label": label,
                "detail": self._detail(relation, label, labels),
                "control": is_control and relation.state == "confirmed",
                "state": relation.state,
            }

        return edge

    @api.model
    def _tie(self, tie):
        kinds = dict(tie._fields["kind"]._description_selection(self.env))
        return {
            "id": f"k{tie.id}",
            "source": tie.person_id.id,
            "target": tie.relative_id.id,
            "kind": "kinship",
            "tie": True,
            "label": kinds[tie.kind],
            "detail": kinds[tie.kind],
            "control": False,
            "state": tie.state,
        }

    @api.model
    def _label(self, relation, kind):
        """What stands on the line: short."""
        votes = percent(relation.votes_pct)
        if relation.is_range:
            sign = ">" if relation.min_exclusive else ""
            low, high = percent(relation.votes_min), percent(relation.votes_max)
            votes = f"{sign}{low}–{high}"
        if relation.kind != "equity":
            if relation.seats:
                return f"{kind} {relation.seats}/{relation.seats_total}"
            return kind if votes == "0" else f"{kind} {votes} %"
        shares = percent(relation.equity_pct)
        if shares == votes or (relation.is_range and shares == "0"):
            return f"{votes} %"
        return self.env._(
            "%(shares)s %% (votes %(votes)s %%)", shares=shares, votes=votes
        )

    @api.model
    def _detail(self, relation, label, labels):
        """What the line says when pointed at: basis, source, days, state."""
        kind, grantor = labels["kind"][relation.kind], relation.grantor_id
        since, until = (
            fields.Date.to_string(day) if day else ""
            for day in (relation.valid_from, relation.valid_to)
        )
        parts = [
            f"{relation.holder_id.name} → {relation.held_id.name}",
            f"{kind} {label}" if relation.kind == "equity" else label,
            grantor and self.env._("votes of %s", grantor.name),
            labels["source"].get(relation.source),
            since and self.env._("since %s", since),
            until and self.env._("until %s", until),
            relation.state == "draft" and labels["state"]["draft"],
        ]
        return " · ".join(filter(None, parts))

    @api.model
    def _control_pairs(self, members):
        """Holder and held wherever the reason of a member rests on that holding."""
        return {
            (stake["holder"], member.partner_id.id)
            for member in members
            for stake in (member.basis or {}).get("via", ())
        }

    @api.model
    def _hidden_counts(self, partners):
        """How many neighbours of each partner the chart does not show."""
        counts = Counter()
        for side, other in (("holder_id", "held_id"), ("held_id", "holder_id")):
            rows = self.env["credit.relation"]._read_group(
                self._in_force()
                & Domain(side, "in", partners.ids)
                & Domain(other, "not in", partners.ids),
                [side],
                [f"{other}:count_distinct"],
            )
            counts.update(dict(rows))
        return counts

    # Why

    @api.model
    def _steps(self, member):
        """The member's own reason after those of the companies it rests on."""
        Reason = self.env["credit.reason"]
        others = self.env["credit.group.member"].search(
            Domain("group_id", "=", member.group_id.id) & member._current_domain()
        )
        by_partner = {m.partner_id.id: m for m in others}
        needed, todo = [], [member]
        while todo:
            step = todo.pop()
            if step in needed:
                continue
            needed.append(step)
            for stake in (step.basis or {}).get("via", ()):
                if not stake["direct"] and stake["holder"] in by_partner:
                    todo.append(by_partner[stake["holder"]])
        needed.sort(key=lambda m: ((m.basis or {}).get("step", 0), m.id))
        return [
            {
                "id": step.partner_id.id,
                "name": step.partner_id.name,
                "sentences": Reason._sentences(step.basis),
            }
            for step in needed
            if step.basis
        ]

    @api.model
    def _outside(self, partner_id):
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        led = self.env["credit.group"].search(
            Domain("controller_ids", "in", partner.ids)
            & Domain("state", "!=", "dissolved")
        )
        if led:
            return self.env._(
                "Ultimate controller of %(groups)s. A person or a state body holds a "
                "group together without being a member of it.",
                groups=format_list(self.env, led.mapped("name")),
            )
        if partner.credit_is_state_body or partner.credit_is_state_investment:
            return self.env._(
                "A state body: the companies it owns are not one group merely for that."
            )
        return self.env._(
            "Not in a group: the confirmed relations do not tie it to a group of "
            "companies by control."
        )
