import logging
from collections import Counter
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.graph import Partition

_logger = logging.getLogger(__name__)

BATCH = 500
# How many queued partners a person may be made to wait for.
AT_ONCE = 1000
# Kinds of groups that follow from relations.
COMPUTED = ("ownership", "dependence")


@dataclass
class Plan:
    """A group as it should be: what the engine found, and what people decided."""

    members: set
    ultimate: set = field(default_factory=set)
    flags: set = field(default_factory=set)
    reasons: dict = field(default_factory=dict)  # partner id -> basis as stored
    root: int | None = None

    def absorb(self, other):
        self.members |= other.members
        self.ultimate |= other.ultimate
        self.flags |= other.flags
        self.reasons |= other.reasons
        if len(other.reasons) > len(self.reasons) or not self.root:
            self.root = other.root or self.root


class CreditIdentification(models.AbstractModel):
    """Computes the groups around queued partners, and proposes what changes."""

    _name = "credit.identification"
    _description = "Identification of Groups"

    # The queue

    @api.model
    def _cron_identify(self):
        """Work the queue off, a batch at a time; stops when told, and resumes."""
        Todo = self.env["credit.identification.todo"]
        cron, Ring = self.env["ir.cron"], self.env["credit.guarantee.ring"]
        while batch := self._next_batch():
            company, partners = batch.company_id, batch.partner_id
            self._work_off(batch)
            if Ring._is_concerned(partners):
                Ring._refresh(company)
            remaining = Todo.search_count([("error", "=", False)])
            if not cron._commit_progress(len(batch), remaining=remaining):
                break

    @api.model
    def _cron_identify_all(self):
        """Queue everybody who appears in a confirmed relation: dates pass, overrides
        expire, and what failed deserves another try."""
        Todo = self.env["credit.identification.todo"]
        Todo.search([("error", "!=", False)]).unlink()
        for company in Todo._companies():
            domain = self.env["credit.graph"]._fact_domain(company)
            parties = set()
            for side in ("holder_id", "held_id"):
                rows = self.env["credit.relation"]._read_group(domain, [side])
                parties.update(partner.id for (partner,) in rows)
            members = self.env["credit.group.member"]._read_group(
                self._open_member_domain(company, COMPUTED), ["partner_id"]
            )
            parties.update(partner.id for (partner,) in members)
            Todo._add(self.env["res.partner"].browse(sorted(parties)), company)

    @api.model
    def _next_batch(self, company=None):
        domain = Domain("error", "=", False)
        if company:
            domain &= Domain("company_id", "=", company.root_id.id)
        # sudo: the queue is the program's own, nobody reads it
        queue = self.env["credit.identification.todo"].sudo()
        batch = queue.search(domain, limit=BATCH)
        return batch.filtered(lambda todo: todo.company_id == batch[0].company_id)

    @api.model
    def _work_off(self, batch):
        """Identify around the partners of one batch; returns new and changed groups."""
        company, partners = batch.company_id, batch.partner_id
        Todo = batch.browse()
        touched = self.env["credit.group"]
        for nodes, relations, ties in self.env["credit.graph"]._components(
            partners, company
        ):
            queued = Domain("partner_id", "in", nodes.ids) & Domain(
                "company_id", "=", company.id
            )
            try:
                with self.env.cr.savepoint():
                    touched |= self._identify_component(company, nodes, relations, ties)
            except Exception as error:
                # one broken component must not keep all the others from their groups
                _logger.exception("Identification failed around %s", nodes.ids[:10])
                Todo.search(queued).error = str(error)
            else:
                Todo.search(queued).unlink()
        batch.exists().filtered(lambda todo: not todo.error).unlink()
        return touched

    @api.model
    def _identify_now(self, company):
        """Work the company's queue off while somebody waits; says whether it is
        done."""
        # sudo: identification is the same for whoever starts it; its way in is guarded
        touched, done = self.env["credit.group"].sudo(), 0
        Ring, partners = self.env["credit.guarantee.ring"], self.env["res.partner"]
        while batch := self._next_batch(company):
            if done >= AT_ONCE:
                return touched, False
            done += len(batch)
            partners |= batch.partner_id
            touched |= self.sudo()._work_off(batch)  # see above
        if partners and Ring._is_concerned(partners):
            Ring._refresh(company)
        return touched, True

    # One component

    @api.model
    def _identify_component(self, company, nodes, relations, ties):
        """Compare what the facts say with the groups that are; returns groups with a
        new proposal."""
        graph = self.env["credit.graph"]._build(relations, ties, company)
        plans = [self._plan(found) for found in graph.groups()]
        plans = self._join_related(plans, relations, graph)
        dependence = self._dependence_plans(relations, graph)
        self._flag_large([*plans, *dependence], company)
        groups = self._groups_around(company, nodes, [*plans, *dependence])
        control = groups.filtered(lambda g: g.kind == "ownership")
        touched = self._reconcile(company, plans, control)
        touched |= self._reconcile_dependence(company, dependence, groups - control)
        return touched | groups._reevaluate_exemptions()

    @api.model
    def _flag_large(self, plans, company):
        limit = self.env["credit.parameter"]._value("group_size_review", company)
        for plan in plans:
            if len(plan.members) > limit:
                plan.flags.add("large")

    @api.model
    def _plan(self, found):
        holders = Counter(s.holder for b in found.bases.values() for s in b.via)
        heads = found.roots or found.members
        return Plan(
            members=set(found.members),
            ultimate=set(found.ultimate),
            flags=set(found.flags),
            reasons={
                node: basis.as_dict()
                | {"criteria": sorted(found.criteria.get(node, ()))}
                for node, basis in found.bases.items()
            },
            # the root above most members; in a circle the member above most others
            root=max(heads, key=lambda node: (holders[node], -node)),
        )

    @api.model
    def _join_related(self, plans, relations, graph):
        """Criterion (4): confirmed related parties join, although nobody controls
        them."""
        day = fields.Date.context_today(self)
        links = relations.filtered(
            lambda r: (
                r.kind == "related"
                and r._holds_on(day)
                and not {r.holder_id.id, r.held_id.id} & graph.stop
            )
        )
        if not links:
            return plans
        partition = Partition()
        for plan in plans:
            first = min(plan.members)
            for node in plan.members:
                partition.link(first, node)
        for link in links:
            partition.link(link.holder_id.id, link.held_id.id)
        joined = {}
        for plan in plans:
            name = partition.find(min(plan.members))
            if name in joined:
                joined[name].absorb(plan)
            else:
                joined[name] = plan
        for link in links:
            name = partition.find(link.holder_id.id)
            self._add_related(joined.setdefault(name, Plan(set())), link)
        return [plan for plan in joined.values() if len(plan.members) > 1]

    @api.model
    def _add_related(self, plan, link):
        """Both ends of a link become members, with the link as a reason of each."""
        for node, other in (
            (link.held_id, link.holder_id),
            (link.holder_id, link.held_id),
        ):
            if not node.is_company:
                continue
            plan.members.add(node.id)
            plan.root = plan.root or node.id
            reason = {"kind": "related", "via": [], "others": [], "criteria": [4]}
            reason = plan.reasons.setdefault(node.id, reason)
            if reason["kind"] == "related":
                reason["others"].append([other.id, link.id])
            elif 4 not in reason["criteria"]:
                reason["criteria"].append(4)

    @api.model
    def _open_member_domain(self, company, kinds=("ownership",)):
        return (
            self.env["credit.group.member"]._current_domain()
            & Domain("kind", "in", kinds)
            & Domain("group_id.state", "!=", "dissolved")
            & Domain("company_id", "child_of", company.root_id.id)
        )

    @api.model
    def _groups_around(self, company, nodes, plans):
        partners = set(nodes.ids).union(*(plan.members for plan in plans))
        members = (
            self.env["credit.group.member"]
            .sudo()  # the groups as they are, whoever may read them
            .search(
                self._open_member_domain(company, COMPUTED)
                & Domain("partner_id", "in", list(partners))
            )
        )
        return members.group_id

    # What is against what should be

    @api.model
    def _reconcile(self, company, plans, groups):
        # sudo: the program proposes, people decide
        Change = self.env["credit.group.change"].sudo()
        now = {group: set(group._members_on().partner_id.ids) for group in groups}
        match = self._match(plans, now)
        touched = groups.browse()
        for number, plan in enumerate(plans):
            origins = groups.filtered(lambda g, p=plan: now[g] & p.members)
            if number in match:
                group = match[number]
                merged = origins.filtered(lambda g: g not in match.values())
                touched |= Change._propose(group, plan, merged)
            else:
                touched |= self._new_group(company, plan, origins)
        matched = set(match.values())
        for group in groups.filtered(lambda g: g not in matched):
            if not any(now[group] & plan.members for plan in plans):
                touched |= Change._propose_end(group)
        return touched

    @api.model
    def _match(self, plans, now):
        """Plan number -> the group that goes on in it: the one with most members in
        common, confirmed ones first."""
        pairs = [
            (group.state != "candidate", len(now[group] & plan.members), -group.id, i)
            for i, plan in enumerate(plans)
            for group in now
            if now[group] & plan.members
        ]
        groups = {-group.id: group for group in now}
        match, used = {}, set()
        for _state, _common, key, number in sorted(pairs, reverse=True):
            if number not in match and key not in used:
                match[number] = groups[key]
                used.add(key)
        return match

    @api.model
    def _new_group(self, company, plan, origins, kind="ownership"):
        # sudo: a candidate is the program's proposal; people decide about it
        root = self.env["res.partner"].sudo().browse(plan.root)
        group = (
            self.env["credit.group"]
            .sudo()  # see above
            .create(
                {
                    # The parent's name is the group's name in the supervisor's returns.
                    "name": root.name,
                    "kind": kind,
                    "root_id": root.id,
                    "company_id": company.root_id.id,
                    "manager_id": origins[:1].manager_id.id,
                }
            )
        )
        # sudo: see above
        return self.env["credit.group.change"].sudo()._propose(group, plan, origins)
