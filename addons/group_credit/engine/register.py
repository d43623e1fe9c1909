"""Checks of the share register before anything is computed from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from .edge import EQUITY, HUNDRED, Edge


@dataclass(frozen=True)
class OverClaim:
    """``held`` is claimed to more than the limit by ``edges``.

    ``measure`` is ``votes`` or ``equity``, ``total`` in per cent; the period is
    half-open, ``None`` is open.
    """

    held: Hashable
    measure: str
    total: Decimal
    valid_from: date | None
    valid_to: date | None
    edges: tuple[Edge, ...]


def over_claimed(edges: Iterable[Edge], limit: Decimal = HUNDRED) -> list[OverClaim]:
    """Companies and periods in which registered holders claim more than ``limit`` %.

    Only registered shares count (kind ``equity``, a holding of a company in itself
    included): proxies and nominees say who casts the same votes. Of a band the lower
    bound counts. Pass confirmed edges, of one company or of all. Source: spec 2.2.

    >>> claim, = over_claimed([Edge("A", "X", votes=60), Edge("B", "X", votes=55)])
    >>> claim.held, claim.measure, claim.total
    ('X', 'votes', Decimal('115'))
    """
    claims = defaultdict(list)
    for edge in edges:
        if edge.kind == EQUITY:
            for measure, share in (("votes", edge.band().low), ("equity", edge.equity)):
                if share:
                    claims[edge.held, measure].append((edge, share))
    return [
        claim
        for (held, measure), shares in claims.items()
        if sum(share for _edge, share in shares) > limit  # else no day can exceed it
        for claim in _periods(held, measure, shares, limit)
    ]


def _periods(held, measure, shares, limit) -> Iterable[OverClaim]:
    """The total between one change of the register and the next."""
    days = {e.valid_from or date.min for e, _share in shares}
    days |= {e.valid_to or date.max for e, _share in shares}
    for start, end in pairwise(sorted(days | {date.max})):
        valid = [(edge, share) for edge, share in shares if edge.in_force(start)]
        total = sum((share for _edge, share in valid), Decimal(0))
        if total > limit:
            yield OverClaim(
                held,
                measure,
                total,
                None if start == date.min else start,
                None if end == date.max else end,
                tuple(edge for edge, _share in valid),
            )
