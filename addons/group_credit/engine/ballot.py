"""Who can cast which votes of each company on one day.

Registered votes go to the registered holder; a nominee's votes go to the beneficial
owner; an owner's votes go to the attorney while the proxy runs. Treasury shares cast no
vote. What comes out is a table ``holder -> held -> stakes`` on which control is
computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from .edge import (
    BOARDS,
    DECISIVE,
    EQUITY,
    HUNDRED,
    INFLUENCE,
    JOINT,
    NOMINEE,
    PROXY,
    TRANSFERS,
    UNKNOWN,
    ZERO,
    Band,
    Edge,
)

WHOLE = Band(HUNDRED, HUNDRED)


class Stake(NamedTuple):
    """What one holder brings to the control of one company."""

    holder: Hashable
    kind: str
    votes: Band = Band()
    seats: int = 0
    seats_total: int | None = None
    grantor: Hashable | None = None


class Ballot:
    """The table of stakes.

    ``stakes``       holder -> held -> list of ``Stake``
    ``holders``      held -> holder -> the same lists
    ``base``         held -> votes that can be cast, where these are not all
    ``overgranted``  (held, parties) where the proxies of one grantor exceed what he has
    ``inexact``      somewhere only a band is known, or seats without their total
    """

    def __init__(self, edges: Iterable[Edge], treasury: Mapping[Hashable, Decimal]):
        self.stakes: dict[Hashable, dict[Hashable, list[Stake]]] = defaultdict(dict)
        self.holders: dict[Hashable, dict[Hashable, list[Stake]]] = defaultdict(dict)
        self.base: dict[Hashable, Band] = {}
        self.nodes: dict[Hashable, None] = {}  # insertion-ordered set
        self.overgranted: list[tuple[Hashable, frozenset]] = []
        self.inexact = False
        own = {node: Band(votes, votes) for node, votes in treasury.items()}
        grants: dict[str, dict[tuple, list[Edge]]] = {
            kind: defaultdict(list) for kind in TRANSFERS
        }
        for edge in edges:
            self.nodes[edge.holder] = self.nodes[edge.held] = None
            if edge.holder == edge.held:
                self._hold_own(own, edge)
            elif edge.kind in TRANSFERS and edge.grantor is not None:
                self.nodes[edge.grantor] = None
                grants[edge.kind][edge.held, edge.grantor].append(edge)
            elif edge.kind in (EQUITY, *TRANSFERS):
                if edge.band().high:
                    self._add(edge.held, Stake(edge.holder, edge.kind, edge.band()))
            elif edge.kind in (*BOARDS, *DECISIVE, JOINT, INFLUENCE):
                self._add(
                    edge.held,
                    Stake(
                        edge.holder,
                        edge.kind,
                        Band(),
                        edge.seats or 0,
                        edge.seats_total,
                    ),
                )
        for kind in (
            NOMINEE,
            PROXY,
        ):  # a proxy covers what the beneficial owner has by then
            self._transfer(kind, grants[kind])
        for node, band in own.items():
            self.reduce(node, band)

    @staticmethod
    def _hold_own(own: dict, edge: Edge):
        """A holding in oneself is treasury stock; said twice it is still one."""
        if edge.kind == EQUITY:
            band = edge.band() if edge.states_votes else Band(edge.equity, edge.equity)
            own[edge.held] = max(own.get(edge.held, Band()), band)

    def _add(self, held: Hashable, stake: Stake):
        stakes = self.stakes[stake.holder].setdefault(held, [])
        self.holders[held][stake.holder] = stakes
        stakes.append(stake)
        if not stake.votes.exact or (stake.seats and not stake.seats_total):
            self.inexact = True

    def base_of(self, held: Hashable) -> Band:
        """Per cent of the votes of ``held`` that can be cast at all."""
        return self.base.get(held, WHOLE)

    def reduce(self, held: Hashable, band: Band):
        """Take votes that nobody may cast out of the votes that count."""
        base = self.base_of(held)
        self.base[held] = Band(
            max(ZERO, base.low - band.high), max(ZERO, base.high - band.low)
        )
        self.inexact |= not band.exact

    def mute(self, held: Hashable, holder: Hashable):
        """Neutralise all votes of ``holder`` in ``held``."""
        stakes = self.stakes[holder][held]
        self.reduce(held, total(stakes))
        stakes[:] = [
            stake for stake in stakes if stake.kind not in (EQUITY, *TRANSFERS)
        ]

    def _transfer(self, kind: str, grants: Mapping[tuple, list[Edge]]):
        """Move votes from grantors to those who cast them, a whole kind at once.

        Several grants that together exceed what the grantor has cannot all be good:
        each attorney has at least what the others leave, at most what he was granted.
        """
        moved = []
        for (held, grantor), edges in grants.items():
            stakes = self.holders[held].get(grantor, [])
            votes = [stake for stake in stakes if stake.kind in (EQUITY, *TRANSFERS)]
            owned = total(votes) if votes else None
            granted = [e.band() if e.states_votes else owned or UNKNOWN for e in edges]
            high = sum((band.high for band in granted), ZERO)
            if owned and high > owned.high:
                parties = frozenset([grantor, *(edge.holder for edge in edges)])
                self.overgranted.append((held, parties))
            for edge, band in zip(edges, granted, strict=True):
                moved.append((held, edge, _within(band, owned, high - band.high)))
            if votes:
                stakes[:] = [stake for stake in stakes if stake not in votes]
                if all(edge.states_votes for edge in edges):
                    low = sum((band.low for band in granted), ZERO)
                    kept = Band(
                        max(ZERO, owned.low - high), max(ZERO, owned.high - low)
                    )
                    if kept.high:
                        stakes.append(Stake(grantor, EQUITY, kept))
        for held, edge, band in moved:
            if edge.holder != held:  # voted by the company itself: cast by nobody
                self._add(held, Stake(edge.holder, kind, band, grantor=edge.grantor))


def total(stakes: Iterable[Stake]) -> Band:
    """The votes of all stakes together."""
    band = Band()
    for stake in stakes:
        band = band.plus(stake.votes)
    return band


def _within(granted: Band, owned: Band | None, others: Decimal) -> Band:
    """A grant, cut to what the grantor owns and the ``others`` may leave of it."""
    if (
        owned is None
    ):  # the grantor's holding is not on record: the grant speaks for itself
        return granted
    low = min(granted.low, max(ZERO, owned.low - others))
    high = min(granted.high, owned.high)
    return Band(low, high, granted.exclusive and low == granted.low)
