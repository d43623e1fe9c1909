from collections import Counter
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.difference import SAME, differences
from .credit_chart import LIMIT, VOTING
from .credit_reason import percent

# What may be tried: whatever can make control, and joint control, which ends it.
KINDS = (
    "equity",
    "proxy",
    "articles",
    "board",
    "consolidation",
    "nominee",
    "vie",
    "manual",
    "joint",
)


class CreditWhatIf(models.AbstractModel):
    """Which groups change if "A buys 11 % of B"? Computed on unsaved relations beside
    the real ones. Nothing is written, so whoever may read relations may try."""

    _name = "credit.what.if"
    _description = "What If"

    @api.model
    def compute(self, changes, shown=(), group_id=None):
        """What ``changes`` would do to the groups around their parties.

        A change is ``{mode, holder_id, held_id, kind, percent, seller_id}``; its mode
        ``buy`` adds to what the holder has (from ``seller_id``, if named), ``set``
        states what he has then, ``end`` takes the relation away. Returns ``{groups,
        warnings, nodes, edges, status}``: the groups that change, and the chart of
        ``shown`` and of all parties concerned as it would be.
        """
        self.env["credit.relation"].check_access("read")
        changes = [self._read(change) for change in changes]
        parties = self.env["res.partner"].union(
            *(c[name] for c in changes for name in ("holder", "held", "seller"))
        )
        company = self.env.company
        # The facts and who is controlled are the same for everybody: see credit.graph.
        _nodes, relations, ties = self.env["credit.graph"]._load(parties, company)
        scratch = relations
        for change in changes:
            scratch = self._apply(scratch, change)
        before = self._plans(relations, ties, company)
        after = self._plans(scratch, ties, company)
        groups, status = self._differences(before, after, company)
        concerned = parties | self._concerned(status, after)
        chart = self.env["credit.chart"]._draw(
            parties.browse(shown[: 2 * LIMIT]) | concerned[:LIMIT],
            self.env["credit.group"].browse(group_id or []),
        )
        self._redraw_nodes(chart["nodes"], before, after)
        return {
            "groups": groups,
            "warnings": self._warnings(scratch, changes),
            "status": status,
            "nodes": chart["nodes"],
            "edges": self._redraw_edges(chart["edges"], relations, scratch, after),
        }

    # The scratch copy

    @api.model
    def _read(self, change):
        """One change, checked: its parties as records, its percentage as a number."""
        Partner = self.env["res.partner"]
        parties = {
            name: Partner.browse(change.get(f"{name}_id") or []).exists()
            for name in ("holder", "held", "seller")
        }
        for partner in parties.values():
            partner.check_access("read")
        if not parties["holder"] or not parties["held"]:
            raise UserError(self.env._("Choose who holds, and the company held."))
        if parties["holder"] == parties["held"]:
            raise UserError(
                self.env._(
                    "%s cannot hold itself: choose another company.",
                    parties["held"].display_name,
                )
            )
        mode, kind = change.get("mode"), change.get("kind") or "equity"
        if mode not in ("buy", "set", "end") or kind not in KINDS:
            raise UserError(self.env._("This kind of change cannot be tried."))
        share = float(change.get("percent") or 0)
        wants_share = mode == "buy" or (mode == "set" and kind == "equity")
        if not 0 <= share <= 100 or (wants_share and not share):
            raise UserError(
                self.env._(
                    "Percentage: enter a figure above 0, up to 100. To take a holding "
                    "away, choose “no longer holds”."
                )
            )
        return {"mode": mode, "kind": kind, "percent": share, **parties}

    @api.model
    def _apply(self, relations, change):
        """``relations`` with the change made, in memory."""
        holder, held, share = change["holder"], change["held"], change["percent"]
        present = self._present(relations, holder, held, change["kind"])
        if change["mode"] == "end":
            if not present:
                raise UserError(
                    self.env._(
                        "%(holder)s holds nothing of this kind in %(held)s today.",
                        holder=holder.display_name,
                        held=held.display_name,
                    )
                )
            return relations - present
        votes = share
        if change["mode"] == "buy":
            if change["seller"]:
                relations = self._sell(relations, change)
            votes += sum(present.mapped("votes_pct"))
            share += sum(present.mapped("equity_pct"))
        return relations - present | self._unsaved(
            holder, held, change["kind"], share, votes
        )

    @api.model
    def _sell(self, relations, change):
        """The seller has so much less; its votes shrink in proportion."""
        seller, held = change["seller"], change["held"]
        present = self._present(relations, seller, held, "equity")
        has = sum(present.mapped("equity_pct"))
        if has < change["percent"]:
            raise UserError(
                self.env._(
                    "%(seller)s holds %(has)s %% of %(held)s and cannot sell %(sold)s "
                    "%%.",
                    seller=seller.display_name,
                    has=percent(has),
                    held=held.display_name,
                    sold=percent(change["percent"]),
                )
            )
        left = has - change["percent"]
        relations -= present
        if not left:
            return relations
        votes = sum(present.mapped("votes_pct")) * left / has
        return relations | self._unsaved(seller, held, "equity", left, votes)

    @api.model
    def _present(self, relations, holder, held, kind):
        today = fields.Date.context_today(self)
        return relations.filtered(
            lambda r: (
                r.holder_id == holder
                and r.held_id == held
                and r.kind == kind
                and r._holds_on(today)
            )
        )

    @api.model
    def _unsaved(self, holder, held, kind, share, votes):
        is_voting = kind in VOTING
        return (
            self.env["credit.relation"]
            # sudo: it joins relations that were read under sudo, and is never saved
            .sudo()
            .new(
                {
                    "holder_id": holder.id,
                    "held_id": held.id,
                    "kind": kind,
                    "equity_pct": min(share, 100) if kind == "equity" else 0,
                    "votes_pct": min(votes, 100) if is_voting else 0,
                    "state": "confirmed",
                }
            )
        )

    @api.model
    def _warnings(self, relations, changes):
        """Companies of which more than the whole would be held."""
        today = fields.Date.context_today(self)
        totals = Counter()
        for relation in relations:
            if relation.kind == "equity" and relation._holds_on(today):
                totals[relation.held_id] += Decimal(f"{relation.equity_pct:.4f}")
        return [
            self.env._(
                "%(company)s: the shares on record would add up to %(total)s %%. Say "
                "who sells, or enter what the others hold then.",
                company=held.display_name,
                total=percent(totals[held]),
            )
            for held in self.env["res.partner"].union(*(c["held"] for c in changes))
            if totals[held] > 100
        ]

    # What follows

    @api.model
    def _plans(self, relations, ties, company):
        """Groups as the facts make them, as an identification would find them."""
        Identification = self.env["credit.identification"]
        graph = self.env["credit.graph"]._build(relations, ties, company)
        plans = [Identification._plan(found) for found in graph.groups()]
        return Identification._join_related(plans, relations, graph)

    @api.model
    def _differences(self, before, after, company):
        """Groups that change, and for every partner concerned whether it joins or
        leaves."""
        grouped = set().union(*(plan.members for plan in before))
        names = self._group_names(grouped, company)
        found, status = [], {}
        for difference in differences(
            [plan.members for plan in before], [plan.members for plan in after]
        ):
            old = before[difference.before] if difference.before is not None else None
            new = after[difference.after] if difference.after is not None else None
            if difference.kind == SAME and old.ultimate == new.ultimate:
                continue
            for node in difference.joined:
                status[node] = "move" if node in grouped else "join"
            for node in difference.left:
                status.setdefault(node, "leave")
            name = self._plan_name(old or new, names if old else {})
            others = [self._plan_name(before[i], names) for i in difference.others]
            found.append(
                {"name": name, "others": others, **self._effect(difference, old, new)}
            )
        return found, status

    @api.model
    def _effect(self, difference, old, new):
        """What becomes of one group, with the people by name."""
        ultimate = [sorted(plan.ultimate) if plan else [] for plan in (old, new)]
        return {
            "kind": "controller" if difference.kind == SAME else difference.kind,
            "joined": self._people(difference.joined, new.reasons if new else {}),
            "left": self._people(difference.left),
            "controllers_before": self._people(ultimate[0]),
            "controllers_after": self._people(ultimate[1]),
            "size_before": len(old.members) if old else 0,
            "size_after": len(new.members) if new else 0,
        }

    @api.model
    def _group_names(self, partner_ids, company):
        """Partner -> name of the group it is in today, as far as the reader sees it."""
        Member = self.env["credit.group.member"]
        members = Member.search(
            self.env["credit.identification"]._open_member_domain(company)
            & Domain("partner_id", "in", list(partner_ids))
        )
        return {m.partner_id.id: m.group_id.name for m in members}

    @api.model
    def _plan_name(self, plan, names):
        known = Counter(names[node] for node in sorted(plan.members) if node in names)
        if known:
            return known.most_common(1)[0][0]
        # sudo: the core company's name is the name of the group that would arise
        return self.env["res.partner"].sudo().browse(plan.root).name

    @api.model
    def _people(self, ids, reasons=None):
        """Names, and for those who join the reason in words."""
        # sudo: the name of a party to the result belongs to the result
        partners = self.env["res.partner"].sudo().browse(sorted(ids))
        Reason = self.env["credit.reason"]
        return [
            {
                "id": partner.id,
                "name": partner.name,
                "reason": " ".join(Reason._sentences((reasons or {}).get(partner.id))),
            }
            for partner in partners
        ]

    # How it is drawn

    @api.model
    def _concerned(self, status, after):
        """Who joins, moves or leaves, and whose holdings are the reason."""
        concerned = set(status)
        for plan in after:
            for node in plan.members & set(status):
                stakes = plan.reasons.get(node, {}).get("via", ())
                concerned.update(stake["holder"] for stake in stakes)
        return self.env["res.partner"].browse(sorted(concerned))

    @api.model
    def _redraw_nodes(self, nodes, before, after):
        """Controllers and core companies as they would be."""
        was = set().union(*(plan.ultimate | {plan.root} for plan in before))
        ultimate = set().union(*(plan.ultimate for plan in after))
        roots = {plan.root for plan in after}
        for node in nodes:
            if node["id"] in was | ultimate | roots:
                node["controller"] = node["id"] in ultimate
                node["root"] = node["id"] in roots

    @api.model
    def _redraw_edges(self, edges, relations, scratch, after):
        """Relations that change give way to what is tried; control as it would be."""
        gone = {f"r{relation.id}" for relation in relations - scratch}
        reasons = {node: r for plan in after for node, r in plan.reasons.items()}
        control = {
            (stake["holder"], node)
            for node, basis in reasons.items()
            for stake in basis.get("via", ())
        }
        labels = {(e["source"], e["target"], e["kind"]): e["label"] for e in edges}
        drawn = [edge for edge in edges if edge["id"] not in gone]
        for edge in drawn:
            pair = (edge["source"], edge["target"])
            if reasons.get(pair[1], {}).get("via"):
                edge["control"] = edge["state"] == "confirmed" and pair in control
        make = self.env["credit.chart"]._edge_maker(control)
        for number, relation in enumerate(scratch - relations):
            edge = {**make(relation), "id": f"new{number}", "relation_id": False}
            before = labels.get((edge["source"], edge["target"], edge["kind"]))
            if before and before != edge["label"]:
                edge["label"] = f"{before} → {edge['label']}"
            drawn.append({**edge, "scratch": True})
        return drawn
