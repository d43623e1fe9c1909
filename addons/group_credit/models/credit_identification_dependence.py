from dataclasses import dataclass, field

from odoo import api, models

from .credit_identification import Plan


@dataclass
class DependencePlan(Plan):
    """Who would fall together, and with whom it would begin."""

    heads: set = field(default_factory=set)


class CreditIdentification(models.AbstractModel):
    """Groups by economic dependence: they overlap with control groups and with one
    another."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.identification"

    @api.model
    def _reconcile_dependence(self, company, plans, groups):
        """Compare the dependence groups of one component with those that are."""
        # sudo: the program proposes, people decide
        Change = self.env["credit.group.change"].sudo()
        touched, left = groups.browse(), groups
        for plan in plans:
            # a group goes on with its core company; overlapping is no merger
            group = left.filtered(lambda g, p=plan: g.root_id.id in p.heads)[:1]
            left -= group
            if group:
                touched |= Change._propose(group, plan, groups.browse())
            else:
                touched |= self._new_group(company, plan, group, "dependence")
        for group in left:
            touched |= Change._propose_end(group)
        return touched

    @api.model
    def _dependence_plans(self, relations, graph):
        control = [set(found.members) for found in graph.groups()]
        block_of = {node: block for block in control for node in block}
        facts = {
            (r.held_id.id, r.holder_id.id): r.id
            for r in relations
            if r.kind == "dependence"
        }
        plans = []
        for found in graph.dependence_groups():
            members = set(found.members) - graph.persons - graph.stop
            # inside one control group a dependence changes nothing
            if len(members) < 2 or any(members <= block for block in control):
                continue
            heads = set(found.heads) & members
            reasons = {
                node: self._dependence_reason(node, found, members, block_of, facts)
                for node in members
            }
            root = min(
                heads or members,
                key=lambda node: (-len(reasons[node]["carried"]), node),
            )
            plans.append(
                DependencePlan(members, reasons=reasons, root=root, heads=heads)
            )
        return plans

    @api.model
    def _dependence_reason(self, node, found, members, block_of, facts):
        """On whom ``node`` depends, who depends on it, and who stands or falls with it
        by control; parties and relations, put into words when shown."""
        links = found.links
        on = [[head, facts[node, head]] for dep, head in links if dep == node]
        carried = [[dep, facts[dep, node]] for dep, head in links if head == node]
        linked = {party for link in links for party in link}
        block = block_of.get(node, set()) & members & linked - {node}
        return {
            "kind": "dependence",
            "via": [],
            "on": on,
            "carried": carried,
            "with": [] if on or carried else sorted(block),
            "step": 0 if node in found.heads else 1 if on else 2,
            "criteria": ["dependence"],
        }
