"""Control groups: components of the *control* relation, with roots, flags and reasons.

Components of raw ownership would merge 40 companies over one 5 % investor; components
of control do not. A group is a set of companies; persons and families hold it together
without being members, state bodies do neither. Source: spec 2.2 (formation order), 2.4,
2010 guideline Art. 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from .basis import ROOT, Basis, order
from .edge import EQUITY
from .graph import Partition, components

if TYPE_CHECKING:
    from .control import ControlGraph

#: The four features of Art. 3: (1) controls or is controlled by another member, (2)
#: controlled
#: with another member by one company, (3) controlled by a person or a family, (4) other
#: links.
CONTROL, COMMON, FAMILY, OTHER = 1, 2, 3, 4


@dataclass(frozen=True)
class Finding:
    """Something that a person must look at.

    ``exactly_half``  ``parties`` reach exactly the threshold in ``company``: joint
                      control?
    ``unknown``       the bands leave open whether ``parties`` control ``company``
    ``joint``         ``parties`` control ``company`` only unanimously (共同控制)
    ``conflict``      ``parties`` are unrelated and each controls ``company`` on its own
                      basis
    ``mutual``        ``parties`` control one another and nobody else controls them
    ``cross_holding`` ``parties`` hold shares in a circle
    ``overgranted``   ``parties`` were granted more votes in ``company`` than there are
    ``arms_length``   ``parties`` are held together by the state body ``company``
    """

    code: str
    parties: frozenset
    company: Hashable | None = None
    votes: Decimal | None = None


@dataclass(frozen=True)
class Group:
    """Companies that control holds together.

    ``members``   at least two companies
    ``roots``     members that no other member controls; empty in a self-controlled
                  block
    ``ultimate``  ultimate controlling parties (实际控制人): persons, state bodies, or
                  the roots
    ``flags``     codes of ``findings``
    ``bases``     member -> why it belongs (kind ``root``: nobody controls it)
    ``criteria``  member -> features of Art. 3 that it meets (1-4)
    """

    members: frozenset
    roots: frozenset
    ultimate: frozenset
    flags: frozenset
    bases: Mapping[Hashable, Basis] = field(compare=False)
    criteria: Mapping[Hashable, frozenset] = field(compare=False)
    findings: tuple[Finding, ...] = field(compare=False, default=())


class Survey:
    """One pass over a control graph. Only controllers that no company controls are
    counted from: what a controlled company controls, its controller controls as well.

    ``tops``     company that no company outside its own block controls -> its rounds
    ``blocks``   top -> companies that control one another with it
    ``outside``  person, state body or family -> its rounds
    ``above``    those of them that control something
    """

    def __init__(self, graph: ControlGraph):
        self.graph = graph
        self.tops: dict[frozenset, dict] = {}
        self.blocks: dict[Hashable, frozenset] = {}
        self._company_tops()
        units = [
            frozenset([node]) for node in graph.nodes if not self._is_company(node)
        ]
        units += [family for family in graph.families if len(family) > 1]
        units = sorted(dict.fromkeys(units), key=_unit_order)
        self.outside = {unit: graph._close(unit) for unit in units}

    def _is_company(self, node: Hashable) -> bool:
        return node not in self.graph.persons and node not in self.graph.stop

    def _company_tops(self):
        graph, covered, found = self.graph, set(), {}
        companies = [node for node in graph.nodes if self._is_company(node)]
        holders = graph._ballot.holders
        for node in sorted(
            companies, key=lambda n: any(map(self._is_company, holders.get(n, ())))
        ):
            if node not in covered:
                found[node] = graph._close([node])
                covered.update(y for y, step in found[node].items() if step)
        rings = components(graph.nodes, graph._stakes)
        ring_of = {node: ring for ring in rings for node in ring}
        for top in [node for node in found if node not in covered]:
            block = self._block(top, ring_of[top], found[top])
            if len(block) > 1:
                top = min(block, key=order)  # the same one, whatever was read first
                found[top] = graph._close([top])
                self.blocks[top] = block
            self.tops[frozenset([top])] = found[top]

    def _block(self, top: Hashable, ring: Iterable, rounds: Mapping) -> frozenset:
        """``top`` with the companies that it controls and that control it."""
        under = (q for q in ring if q in rounds and q != top and self._is_company(q))
        return frozenset([top, *(q for q in under if top in self.graph._close([q]))])

    @cached_property
    def above(self) -> dict[frozenset, dict]:
        return {
            unit: rounds
            for unit, rounds in self.outside.items()
            if len(rounds) > len(unit)
        }

    @cached_property
    def units(self) -> dict[frozenset, dict]:
        """Controllers on their own: persons, state bodies, families, free companies."""
        held = {
            y
            for unit, rounds in self.above.items()
            if not self._is_state(unit)
            for y in rounds
        }
        free = {unit: rounds for unit, rounds in self.tops.items() if not unit & held}
        return {**self.outside, **free}

    def _is_state(self, unit: frozenset) -> bool:
        return unit <= self.graph.stop

    # ------------------------------------------------------------------ components

    def groups(self) -> list[Group]:
        partition = Partition()
        for unit, rounds in (*self.tops.items(), *self.above.items()):
            if self._is_state(unit):
                continue
            companies = [node for node in rounds if self._is_company(node)]
            for node in companies[1:]:
                partition.link(companies[0], node)
        for finding in self.broken_arms_length():
            partition.link(*finding.parties)
        parts = [frozenset(part) for part in partition.parts() if len(part) > 1]
        parts.sort(key=lambda part: (-len(part), order(min(part, key=order))))
        where = {node: number for number, part in enumerate(parts) for node in part}
        tops, above, findings = (defaultdict(list) for _ in range(3))
        for units, into in ((self.tops, tops), (self.above, above)):
            for unit, rounds in units.items():
                for number in {where[node] for node in rounds if node in where}:
                    into[number].append(unit)
        for finding in self.findings():
            touched = {where.get(node) for node in (*finding.parties, finding.company)}
            if finding.parties in self.above and not self._is_state(finding.parties):
                touched |= {where.get(node) for node in self.above[finding.parties]}
            for number in touched - {None}:
                findings[number].append(finding)
        return [
            self._group(part, tops[number], above[number], findings[number])
            for number, part in enumerate(parts)
        ]

    def _group(self, members, tops, above, findings) -> Group:
        roots = frozenset(t for unit in tops for t in unit if t not in self.blocks)
        heads = {t: self.ultimate(t) for unit in tops for t in unit}
        ultimate = [parties or {t} & roots for t, parties in heads.items()]
        return Group(
            members,
            roots,
            frozenset().union(*ultimate),
            frozenset(finding.code for finding in findings),
            self._bases(members, tops, above),
            self._criteria(members, tops, above, findings),
            tuple(findings),
        )

    def _bases(self, members, tops, above) -> dict[Hashable, Basis]:
        """Every member's reason: the company above it, a person, a family, or none."""
        graph, bases = self.graph, {}
        people = [
            (unit, self.above[unit]) for unit in above if not self._is_state(unit)
        ]
        companies = [(unit, self.tops[unit]) for unit in sorted(tops, key=_unit_order)]
        for unit, rounds in (*companies, *people):
            for node, step in rounds.items():
                if step and node in members and node not in bases:
                    bases[node] = graph._basis(node, unit, rounds)
        for node in members - bases.keys():
            if node in self.blocks:
                other = frozenset([min(self.blocks[node] - {node}, key=order)])
                bases[node] = graph._basis(node, other, graph._close(other))
            else:
                bases[node] = Basis(node, frozenset([node]), ROOT)
        return bases

    def _criteria(self, members, tops, above, findings) -> dict[Hashable, frozenset]:
        met = defaultdict(set)
        for unit in tops:
            under = [
                y for y, step in self.tops[unit].items() if step and self._is_company(y)
            ]
            for node in (*unit, *under) if under else ():
                met[node].add(CONTROL)
            for node in under if len(under) > 1 else ():
                met[node].add(COMMON)
        for unit in above:
            if unit <= self.graph.persons:
                for node in self.above[unit]:
                    met[node].add(FAMILY)
        for finding in findings:
            if finding.code == "arms_length":
                for node in finding.parties:
                    met[node].add(OTHER)
        return {node: frozenset(met[node]) for node in members}

    # ------------------------------------------------------------------ who is behind

    @cached_property
    def _over(self) -> dict[Hashable, list[frozenset]]:
        """Node -> the persons, state bodies, families and top companies in control."""
        over = defaultdict(list)
        for unit, rounds in (*self.above.items(), *self.tops.items()):
            for node, step in rounds.items():
                if step:
                    over[node].append(unit)
        return over

    def ultimate(self, node: Hashable, *, joint: bool = True) -> frozenset:
        """The parties at the end of every chain above ``node``, or none."""
        parties, families = set(), []
        for unit in self._over.get(node, ()):
            if len(unit) > 1:
                families.append(unit)
            elif unit in self.tops:
                (top,) = unit
                block = self.blocks.get(top, ())
                if node not in block:
                    free = frozenset() if block else unit
                    parties |= self.ultimate(top, joint=joint) or free
            else:
                parties |= unit
        if not parties:
            for family in families:
                steps = self.graph.explain(family, node)
                parties |= {s.holder for step in steps for s in step.via} & family
        if not parties and joint:
            for party in self.graph._joint.get(node, ()):
                parties |= self.ultimate(party, joint=False) or {party}
        return frozenset(parties - {node})

    # ------------------------------------------------------------------ findings

    def findings(self) -> list[Finding]:
        """Everything for review, each once, in a stable order."""
        graph = self.graph
        found = [
            *self._borderline(),
            *self._conflicts(),
            *self.broken_arms_length(),
            *(Finding("joint", who, held) for held, who in graph._joint.items()),
            *(
                Finding("overgranted", who, held)
                for held, who in graph._ballot.overgranted
            ),
            *(Finding("mutual", block) for block in self._free_blocks()),
        ]
        circles = defaultdict(set)
        for edge in graph.edges:
            if (
                edge.kind == EQUITY
                and edge.holder != edge.held
                and (edge.equity or edge.band().high)
            ):
                circles[edge.holder].add(edge.held)
        rings = components(graph.nodes, circles)
        found += [
            Finding("cross_holding", frozenset(ring)) for ring in rings if len(ring) > 1
        ]
        return sorted(
            found,
            key=lambda f: (f.code, order(f.company), sorted(map(order, f.parties))),
        )

    def _free_blocks(self) -> Iterator[frozenset]:
        held = {node for rounds in self.above.values() for node in rounds}
        return (block for top, block in self.blocks.items() if top not in held)

    def _borderline(self) -> Iterator[Finding]:
        """Exactly the threshold, or too little known, for each controller by itself."""
        graph, seen = self.graph, defaultdict(list)
        for unit in self.units:
            rounds, tallies = graph._count(unit)
            possible = (
                graph._close(unit, possible=True) if graph._ballot.inexact else rounds
            )
            for held, tally in tallies.items():
                if held in rounds:
                    continue
                code = None
                if held in possible:
                    code = "unknown"
                elif graph._is_half(held, tally):
                    code = "exactly_half"
                if code and not any(unit >= smaller for smaller in seen[code, held]):
                    seen[code, held].append(unit)
                    yield Finding(code, unit, held, tally.votes.low)

    def _conflicts(self) -> Iterator[Finding]:
        """Companies under unrelated controllers, at the top of each chain."""
        covers = defaultdict(list)
        for unit, rounds in self.units.items():
            for node, step in rounds.items():
                if step:
                    covers[node].append(unit)
        disputed = {}
        for node, units in covers.items():
            rivals = [
                u | v for u, v in combinations(units, 2) if not self._related(u, v)
            ]
            if rivals:
                disputed[node] = frozenset().union(*rivals)
        for node, parties in disputed.items():
            for unit in covers[node]:
                basis = self.graph._basis(node, unit, self.units[unit])
                if any(stake.holder not in disputed for stake in basis.via):
                    yield Finding("conflict", parties, node)
                    break

    def _related(self, one: frozenset, other: frozenset) -> bool:
        """Whether two share a person or a family, or one is above the other."""
        if one & other or any(f & one and f & other for f in self.graph.families):
            return True
        reach = self.graph._close
        return (
            other <= reach(one, through_stop=True).keys()
            or one <= reach(other, through_stop=True).keys()
        )

    def broken_arms_length(self) -> list[Finding]:
        """Pairs not at arm's length under one state body (spec R4, C23)."""
        graph = self.graph
        if not graph.arms_length_broken:
            return []
        reach = {
            s: graph._close([s], through_stop=True)
            for s in sorted(graph.stop, key=order)
        }
        found = []
        for a, b in graph.arms_length_broken:
            body = next(
                (s for s, rounds in reach.items() if rounds.get(a) and rounds.get(b)),
                None,
            )
            if body is not None and a != b:
                found.append(Finding("arms_length", frozenset([a, b]), body))
        return found


def _unit_order(unit: frozenset) -> tuple:
    """Single controllers before families, then by name."""
    return (len(unit), sorted(map(order, unit)))
