"""Rings of guarantees: firms that vouch for one another, so that one default calls all.

Source: 2010 guideline Art. 15 (mutual guarantees inside a group); spec 5, signal W33.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .basis import order
from .graph import components


@dataclass(frozen=True)
class Ring:
    """``members``: all firms that vouch for one another through any chain; ``circle``:
    one shortest circle through the first of them, each vouching for the next, as
    evidence."""

    members: frozenset
    circle: tuple

    def __len__(self) -> int:
        return len(self.members)


def rings(
    guarantees: Iterable[tuple[Hashable, Hashable]], min_size: int = 2
) -> list[Ring]:
    """Rings among pairs (guarantor, debtor), the largest first.

    >>> [ring] = rings([("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"), ("E", "E")])
    >>> sorted(ring.members), ring.circle
    (['A', 'B', 'C'], ('A', 'B', 'C'))
    """
    vouches = defaultdict(dict)  # an ordered set of debtors per guarantor
    for guarantor, debtor in guarantees:
        vouches[guarantor][debtor] = None
    found = [
        Ring(frozenset(ring), _circle(min(ring, key=order), frozenset(ring), vouches))
        for ring in components(list(vouches), vouches)
        if len(ring) >= max(min_size, 2)
    ]
    return sorted(found, key=lambda ring: (-len(ring), order(ring.circle[0])))


def _circle(start: Hashable, ring: frozenset, vouches) -> tuple:
    """A shortest way from ``start`` back to itself inside the ring (breadth first)."""
    came: dict[Hashable, Hashable] = {}
    line = [start]
    for node in line:
        for debtor in sorted(ring.intersection(vouches[node]), key=order):
            if debtor == start and node != start:
                path = [node]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return tuple(reversed(path))
            if debtor != start and debtor not in came:
                came[debtor] = node
                line.append(debtor)
    raise AssertionError("a ring of two or more has a circle through each member")
