"""Economic-dependence groups: control groups, enlarged by whoever falls with them.

They overlap: a client that depends on A and on B is in both groups, and A and B stay
strangers. Contagion runs downstream (a supplier falls with its only customer); upstream
only where the dependence is mutual. So this is reachability, not a partition. A state
body holds no group together here either. Source: spec 1.4, 2.2 step 7; Annex 1 of the
large-exposure order of 2018; EBA/GL/2017/15.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .basis import order
from .edge import DEPENDENCE

if TYPE_CHECKING:
    from .control import ControlGraph


@dataclass(frozen=True)
class DependenceGroup:
    """``heads``: the parties whose failure spreads; ``members``: all that fall with
    them, the heads included; ``links``: the pairs (dependent, on) along which it
    spreads."""

    heads: frozenset
    members: frozenset
    links: tuple[tuple[Hashable, Hashable], ...]


def dependence_groups(
    graph: ControlGraph, links: Iterable[tuple[Hashable, Hashable]] = ()
) -> list[DependenceGroup]:
    """The largest groups, the biggest first; see ``ControlGraph.dependence_groups``."""
    pairs = {(e.held, e.holder) for e in graph.edges if e.kind == DEPENDENCE} | {*links}
    dependents = defaultdict(set)
    for dependent, on in pairs:
        if dependent != on and on not in graph.stop:
            dependents[on].add(dependent)
    blocks = _Blocks(graph)
    heads = defaultdict(set)
    for on in dependents:
        head = blocks.around(on)
        members, todo = set(head), list(head)
        while todo:
            for dependent in dependents.get(todo.pop(), ()):
                joining = blocks.around(dependent) - members
                members |= joining
                todo.extend(joining)
        heads[frozenset(members)] |= head
    largest = [m for m in heads if not any(m < other for other in heads)]
    largest.sort(key=lambda m: (-len(m), sorted(map(order, m))))
    return [
        DependenceGroup(
            frozenset(heads[members]),
            members,
            tuple(sorted((p for p in pairs if members.issuperset(p)), key=_by_names)),
        )
        for members in largest
    ]


class _Blocks:
    """Who stands and falls together with a party through control."""

    def __init__(self, graph: ControlGraph):
        self.graph = graph
        self.group = {
            n: group.members for group in graph.groups() for n in group.members
        }

    def around(self, node: Hashable) -> frozenset:
        """Its control group; of a person, the person and all that he controls."""
        if node in self.group:
            return self.group[node]
        under = self.graph._close([node])
        return frozenset([node]).union(*(self.group.get(y, {y}) for y in under))


def _by_names(pair: tuple) -> tuple:
    return tuple(map(order, pair))
