"""Why a company is controlled, as data that a caller turns into sentences."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from .ballot import Stake
from .edge import BOARDS, EQUITY, HUNDRED, TRANSFERS, ZERO, Band

#: Kinds of basis beside the kinds of edges: a count of votes; a member that nobody
#: controls.
VOTES, ROOT = "votes", "root"


@dataclass(frozen=True)
class Basis:
    """Why ``held`` is controlled by ``seeds``.

    ``kind``   ``votes``, or the kind of the edge that decides; ``root``: it is free
    ``votes``  per cent that the seeds and what they control hold together
    ``base``   per cent of the votes that can be cast (100 less treasury shares)
    ``via``    the stakes that make it, the largest first; each holder is a seed or is
               itself controlled by an earlier step, so following ``via`` ends at the
               seeds
    ``step``   round of the fixpoint: 1 is direct control
    """

    held: Hashable
    seeds: frozenset
    kind: str
    votes: Decimal = ZERO
    base: Decimal = HUNDRED
    via: tuple[Stake, ...] = ()
    step: int = 0

    @property
    def share(self) -> Decimal:
        """Votes as a per cent of those that can be cast, to four digits."""
        return round(self.votes * HUNDRED / self.base, 4) if self.base else ZERO

    def as_dict(self) -> dict:
        """Plain data for JSON: amounts are strings, nodes stay as they are."""
        return {
            "held": self.held,
            "seeds": sorted(self.seeds, key=order),
            "kind": self.kind,
            "votes": str(self.votes),
            "base": str(self.base),
            "share": str(self.share),
            "step": self.step,
            "via": [
                {
                    "holder": stake.holder,
                    "direct": stake.holder in self.seeds,
                    "kind": stake.kind,
                    "votes": str(stake.votes.low),
                    "votes_max": str(stake.votes.high),
                    "seats": stake.seats,
                    "seats_total": stake.seats_total,
                    "grantor": stake.grantor,
                }
                for stake in self.via
            ],
        }


def order(node: Hashable) -> tuple[str, int, str]:
    """A sort key for nodes of any type: numbers by size, the rest by name."""
    if isinstance(node, int):
        return ("", node, "")
    return (type(node).__name__, 0, repr(node))


def by_weight(stake: Stake) -> tuple:
    """A sort key for stakes: the largest first, and no two different ones alike."""
    votes, total = stake.votes, stake.seats_total or 0
    size = (-votes.low, -votes.high, votes.exclusive, -stake.seats, total)
    return (*size, order(stake.holder), stake.kind, order(stake.grantor))


class Tally:
    """What a set of seeds brings to one company, counted while the fixpoint grows."""

    __slots__ = ("facts", "seats", "votes")

    def __init__(self):
        self.votes = Band()
        self.seats: dict[str, tuple[int, int | None]] = {}
        self.facts: set[str] = set()

    def add(self, stake: Stake):
        if stake.kind == EQUITY or stake.kind in TRANSFERS:
            self.votes = self.votes.plus(stake.votes)
        elif stake.kind in BOARDS and (stake.seats or stake.seats_total):
            seats, among = self.seats.get(stake.kind, (0, None))
            known = [n for n in (among, stake.seats_total) if n]
            self.seats[stake.kind] = (seats + stake.seats, max(known, default=None))
        else:
            self.facts.add(stake.kind)
