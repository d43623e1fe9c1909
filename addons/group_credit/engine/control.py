"""Who controls whom, and why.

Control absorbs: all votes of a controlled company count in full, so 51 % of 51 % is
control (ownership, which multiplies, is another question: see ``ownership``).
``controlled_by`` is the least fixpoint of "more than half of the votes that can be
cast, or a fact that gives control"; the least one, so a company never pulls itself up
by its own bootstraps. Source: spec 2.1, 2.2; the definition of control in the 2003
guideline on group customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from . import grouping
from .ballot import Ballot
from .basis import VOTES, Basis, Tally, by_weight, order
from .dependence import DependenceGroup, dependence_groups
from .edge import (
    BOARDS,
    DECISIVE,
    EQUITY,
    HUNDRED,
    INFLUENCE,
    JOINT,
    TRANSFERS,
    Edge,
    in_force,
)
from .graph import components
from .ownership import Ownership

__all__ = ["Basis", "ControlGraph", "Edge"]


class ControlGraph:
    """The control relation among companies and persons on one day.

    ``edges``        facts (``Edge``); those not in force on ``as_of`` are left out
    ``as_of``        the day; ``None`` takes every edge
    ``stop``         state bodies: nobody controls them, and they hold no group together
    ``families``     clusters S0(P) of one person and their near relatives (``kinship``)
    ``treasury``     company -> per cent of its votes held by itself
    ``persons``      natural persons: they link a group and are never members; everybody
                     in a family is one
    ``threshold``    per cent that must be exceeded
    ``board_half``   half of the board suffices ("半数以上" read inclusively)
    ``neutralise``   votes of a company held by companies it controls are not counted
    ``arms_length_broken``
                     pairs with related transactions not at arm's length: a state body
                     above both holds them together after all (spec 0.1 S8, R4)

    Nothing here depends on the order of the edges. Without proxies and neutralising, a
    further edge never takes control away.

    >>> graph = ControlGraph([Edge("A", "B", votes=60), Edge("B", "C", votes=60)])
    >>> sorted(graph.pairs())
    [('A', 'B'), ('A', 'C'), ('B', 'C')]
    """

    def __init__(
        self,
        edges: Iterable[Edge],
        *,
        as_of: date | None = None,
        stop: Collection[Hashable] = (),
        families: Iterable[Collection[Hashable]] = (),
        treasury: Mapping[Hashable, Decimal] | None = None,
        persons: Collection[Hashable] = (),
        threshold: Decimal = Decimal(50),
        board_half: bool = False,
        neutralise: bool = False,
        arms_length_broken: Iterable[tuple[Hashable, Hashable]] = (),
    ):
        self.edges = tuple(in_force(edges, as_of))
        self.stop = frozenset(stop)
        self.families = [cluster for cluster in map(frozenset, families) if cluster]
        self.persons = frozenset(persons).union(*self.families)
        self.treasury = dict(treasury or {})
        self.threshold = threshold
        self.board_half = board_half
        self.arms_length_broken = tuple(arms_length_broken)
        self._ballot = Ballot(self.edges, self.treasury)
        self.nodes = tuple(self._ballot.nodes)
        self._stakes = self._ballot.stakes
        if neutralise:
            self._neutralise()

    def _neutralise(self):
        """Mute what companies hold in those that control them by the plain count."""
        outgoing = {holder: tuple(held) for holder, held in self._stakes.items()}
        muted = []
        for ring in components(self.nodes, outgoing):
            for node in ring if len(ring) > 1 else ():
                under = self._close([node])
                holders = self._ballot.holders.get(node, ())
                muted += [(node, z) for z in holders if z != node and z in under]
        for held, holder in muted:
            self._ballot.mute(held, holder)

    # ------------------------------------------------------------------ the fixpoint

    def _close(
        self,
        seeds: Iterable[Hashable],
        *,
        possible: bool = False,
        through_stop: bool = False,
    ) -> dict[Hashable, int]:
        """Seeds and what they control -> round of the fixpoint. Linear in the edges
        read.

        ``possible`` counts upper bounds instead of lower ones: what they might control.
        """
        return self._count(seeds, possible, through_stop)[0]

    def _count(self, seeds, possible=False, through_stop=False) -> tuple[dict, dict]:
        """The fixpoint with the tallies of every company that was reached."""
        rounds = dict.fromkeys(seeds, 0)
        tallies: dict[Hashable, Tally] = {}
        stop = () if through_stop else self.stop
        frontier, step = list(rounds), 0
        while frontier:
            step += 1
            touched = {}
            for holder in frontier:
                for held, stakes in self._stakes.get(holder, {}).items():
                    if held in rounds or held in stop:
                        continue
                    tally = touched[held] = tallies.setdefault(held, Tally())
                    for stake in stakes:
                        tally.add(stake)
            frontier = [
                y for y, tally in touched.items() if self._verdict(y, tally, possible)
            ]
            rounds.update(dict.fromkeys(frontier, step))
        return rounds, tallies

    def _verdict(
        self, held: Hashable, tally: Tally, possible: bool = False
    ) -> str | None:
        """What gives control of ``held``: ``votes``, the kind of a fact, or nothing."""
        base = self._ballot.base_of(held)
        if possible:
            if tally.votes.high * HUNDRED > self.threshold * base.low > 0:
                return VOTES
        elif base.high:
            margin = tally.votes.low * HUNDRED - self.threshold * base.high
            if margin > 0 or (margin == 0 and tally.votes.exclusive):
                return VOTES
        for kind, (seats, among) in tally.seats.items():
            if among is None:  # so many seats of nobody knows how many
                if possible:
                    return kind
            elif 2 * seats > among or (self.board_half and 2 * seats == among):
                return kind
        return next(
            (kind for kind in (*BOARDS, *DECISIVE) if kind in tally.facts), None
        )

    def _basis(
        self, held, seeds: frozenset, rounds: Mapping, kind: str | None = None
    ) -> Basis:
        """The reason for ``held``, from what was controlled before its own round."""
        step = rounds.get(held, len(rounds) + 1)
        before = [
            stake
            for holder, stakes in self._ballot.holders.get(held, {}).items()
            if rounds.get(holder, step) < step
            for stake in stakes
        ]
        tally = Tally()
        for stake in before:
            tally.add(stake)
        kind = kind or self._verdict(held, tally)
        kinds = (EQUITY, *TRANSFERS) if kind in (VOTES, INFLUENCE) else (kind,)
        via = [stake for stake in before if stake.kind in kinds or stake.kind == kind]
        via.sort(key=by_weight)
        base = self._ballot.base_of(held).high
        return Basis(held, seeds, kind, tally.votes.low, base, tuple(via), step)

    def _is_half(self, held: Hashable, tally: Tally) -> bool:
        """Whether the threshold is met exactly, in votes or on a board."""
        base = self._ballot.base_of(held)
        half = self.threshold * base.low
        if tally.votes.exact and base.exact and tally.votes.low * HUNDRED == half > 0:
            return True
        return any(2 * seats == among for seats, among in tally.seats.values())

    # ------------------------------------------------------------------ questions

    def controlled_by(self, seeds: Collection[Hashable]) -> dict[Hashable, Basis]:
        """Everything that ``seeds`` control together, each with its reason.

        A seed may be one company, one person, a family, or parties acting in concert.

        >>> graph = ControlGraph([Edge("A", "B", votes=100), Edge("B", "C", votes=40),
        ...                       Edge("A", "C", votes=20)])
        >>> basis = graph.controlled_by(["A"])["C"]
        >>> basis.kind, basis.votes, [(s.holder, int(s.votes.low)) for s in basis.via]
        ('votes', Decimal('60'), [('B', 40), ('A', 20)])
        """
        seeds = frozenset(seeds)
        rounds = self._close(seeds)
        return {y: self._basis(y, seeds, rounds) for y, step in rounds.items() if step}

    def explain(
        self, seed: Hashable | Collection[Hashable], target: Hashable
    ) -> list[Basis]:
        """The steps from ``seed`` to control of ``target``, premises first, ``target``
        last.

        Empty when there is no control. ``seed`` is a node, or a set of nodes acting
        together.

        >>> graph = ControlGraph([Edge("A", "C", votes=55), Edge("A", "T", votes=40),
        ...                       Edge("C", "T", votes=15)])
        >>> [(step.held, int(step.votes)) for step in graph.explain("A", "T")]
        [('C', 55), ('T', 55)]
        """
        together = isinstance(seed, (set, frozenset, list))
        seeds = frozenset(seed if together else [seed])
        rounds = self._close(seeds)
        if not rounds.get(target):
            return []
        needed, todo = {}, [target]
        while todo:
            node = todo.pop()
            if node not in needed and rounds[node]:
                needed[node] = self._basis(node, seeds, rounds)
                todo.extend(stake.holder for stake in needed[node].via)
        return sorted(
            needed.values(), key=lambda basis: (basis.step, order(basis.held))
        )

    def pairs(self) -> set[tuple[Hashable, Hashable]]:
        """All pairs (controller, controlled) of single nodes."""
        return {
            (x, y) for x in self.nodes for y, step in self._close([x]).items() if step
        }

    def influenced_by(
        self, seeds: Collection[Hashable], threshold: Decimal = Decimal(20)
    ) -> dict[Hashable, Basis]:
        """What ``seeds`` influence without controlling it: stated, or ``threshold`` %
        of votes.

        Recorded for the credit file; it never makes a group (spec 2.2, C37).
        """
        seeds = frozenset(seeds)
        rounds, tallies = self._count(seeds)
        return {
            held: self._basis(held, seeds, rounds, INFLUENCE)
            for held, tally in tallies.items()
            if held not in rounds
            and (
                INFLUENCE in tally.facts
                or tally.votes.low * HUNDRED
                >= threshold * self._ballot.base_of(held).high
            )
        }

    def joint_control(self) -> dict[Hashable, frozenset]:
        """Company -> the parties that control it only unanimously (共同控制)."""
        return dict(self._joint)

    @cached_property
    def _joint(self) -> dict[Hashable, frozenset]:
        parties = defaultdict(set)
        for edge in self.edges:
            if edge.kind == JOINT and edge.holder != edge.held:
                parties[edge.held].add(edge.holder)
        return {held: frozenset(together) for held, together in parties.items()}

    # ------------------------------------------------------------------ groups

    @cached_property
    def _survey(self) -> grouping.Survey:
        return grouping.Survey(self)

    def groups(self) -> list[grouping.Group]:
        """Control groups of two or more companies, the largest first.

        >>> edges = [Edge("P", "A", votes=51), Edge("P", "B", votes=80)]
        >>> (group,) = ControlGraph(edges, persons=["P"]).groups()
        >>> sorted(group.members), sorted(group.ultimate)
        (['A', 'B'], ['P'])
        """
        return self._survey.groups()

    def dependence_groups(
        self, links: Iterable[tuple[Hashable, Hashable]] = ()
    ) -> list[DependenceGroup]:
        """Control groups enlarged by the clients that depend on them; they may overlap.

        The links are the edges of kind ``dependence`` and the pairs (dependent, on).

        >>> graph = ControlGraph([Edge("A", "B", votes=60)])
        >>> (group,) = graph.dependence_groups([("C", "B")])
        >>> sorted(group.members), sorted(group.heads)
        (['A', 'B', 'C'], ['A', 'B'])
        """
        return dependence_groups(self, links)

    def findings(self) -> list[grouping.Finding]:
        """What needs a person's eye, inside groups and outside them."""
        return self._survey.findings()

    def ultimate_controllers(self, node: Hashable) -> frozenset:
        """实际控制人 of ``node``: persons, state bodies, free companies.

        Empty: no actual controller. Several: joint control, or a conflict to be
        resolved.
        """
        return self._survey.ultimate(node)

    def integrated_ownership(
        self, holder: Hashable, held: Hashable, *, net: bool = False
    ) -> Decimal | None:
        """Per cent owned along all chains; ``None``: see ``Ownership.integrated``."""
        return self._ownership.integrated(holder, held, net=net)

    @cached_property
    def _ownership(self) -> Ownership:
        return Ownership(self.edges, self.treasury)
