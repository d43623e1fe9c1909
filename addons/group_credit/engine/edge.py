"""One dated fact of the share register: who holds, casts or appoints what in whom."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HUNDRED = Decimal(100)

#: Votes of a registered holder.
EQUITY = "equity"
#: Votes that another than the registered holder casts: the beneficial owner, or an
#: attorney.
NOMINEE, PROXY = "nominee", "proxy"
TRANSFERS = (NOMINEE, PROXY)
#: Seats that may be appointed, votes cast at board meetings.
BOARDS = ("board", "board_votes")
#: Control by the fact itself, whatever the votes.
DECISIVE = ("articles", "consolidation", "vie", "manual")
#: Recorded and reported, never control.
JOINT, INFLUENCE, DEPENDENCE = "joint", "influence", "dependence"
KINDS = frozenset(
    (EQUITY, *TRANSFERS, *BOARDS, *DECISIVE, JOINT, INFLUENCE, DEPENDENCE)
)


class Band(NamedTuple):
    """A percentage between two bounds; ``exclusive``: it is more than the lower one.

    Whether the upper bound is reached decides nothing: control needs more than a half.
    """

    low: Decimal = ZERO
    high: Decimal = ZERO
    exclusive: bool = False

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def plus(self, other: Band) -> Band:
        """The sum: it misses its lower bound as soon as one part does."""
        return Band(
            self.low + other.low,
            self.high + other.high,
            self.exclusive or other.exclusive,
        )


UNKNOWN = Band(ZERO, HUNDRED)


@dataclass(frozen=True)
class Edge:
    """``holder`` holds, casts or appoints something in ``held``.

    ``votes``, ``equity``
        per cent of the company, exact (``Decimal`` or ``int``; a float is refused,
        because 0.4909 + 0.0091 > 0.5 in binary). Votes and equity are two facts:
        neither stands in for the other.
    ``votes_min``, ``votes_max``, ``min_exclusive``
        votes known as a band only, in place of ``votes``. The band "over 25, up to 50"
        is 25, 50, exclusive; an unknown share is 0 and 100. A missing bound is 0 or
        100.
    ``kind``
        ``equity``: registered votes. ``nominee`` (代持) and ``proxy``: votes that
        ``holder`` casts in place of ``grantor``; without an amount all of the
        grantor's, without a grantor the stated votes are simply added. ``board`` and
        ``board_votes``: control by more than half of ``seats_total`` (seats
        appointable; votes at board meetings), or as a stated fact when no seats are
        given. ``articles``, ``consolidation``, ``vie``, ``manual``: control as a stated
        fact. ``joint``: party to a contract that demands unanimity. ``influence``:
        significant influence. ``dependence``: ``held`` depends on ``holder``.
    ``valid_from``, ``valid_to``
        half-open, ``None`` is open.

    Raises ``TypeError`` on a float, ``ValueError`` on an unknown kind, a share below
    zero, or bounds that contradict each other. Source: spec 2.2.

    >>> Edge("A", "B", votes=60, equity=60).band()
    Band(low=Decimal('60'), high=Decimal('60'), exclusive=False)
    >>> Edge("A", "B", votes_min=25, votes_max=50, min_exclusive=True).band()
    Band(low=Decimal('25'), high=Decimal('50'), exclusive=True)
    >>> Edge("A", "B", votes=0.6)
    Traceback (most recent call last):
    TypeError: votes must be a Decimal or an int, not 0.6
    """

    holder: Hashable
    held: Hashable
    votes: Decimal = ZERO
    equity: Decimal = ZERO
    kind: str = EQUITY
    votes_min: Decimal | None = None
    votes_max: Decimal | None = None
    min_exclusive: bool = False
    seats: int | None = None
    seats_total: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    grantor: Hashable | None = None

    def __post_init__(self):
        for name in ("votes", "equity", "votes_min", "votes_max"):
            value = getattr(self, name)
            if isinstance(value, int):
                object.__setattr__(self, name, Decimal(value))
            elif value is not None and not isinstance(value, Decimal):
                raise TypeError(f"{name} must be a Decimal or an int, not {value!r}")
            if value is not None and not value >= 0:
                raise ValueError(f"{name} must not be negative: {value}")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of relation: {self.kind!r}")
        low, high, exclusive = self.band()
        if low > high or (exclusive and low == high):
            raise ValueError(f"no share lies between {low} and {high}")

    def in_force(self, day: date | None) -> bool:
        """Whether the fact holds on ``day``; without a day every fact does."""
        if day is None:
            return True
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    def band(self) -> Band:
        """The votes as a band; an exact figure is a band without width."""
        if self.votes_min is None and self.votes_max is None:
            return Band(self.votes, self.votes)
        low = ZERO if self.votes_min is None else self.votes_min
        high = HUNDRED if self.votes_max is None else self.votes_max
        return Band(low, high, self.min_exclusive)

    @property
    def states_votes(self) -> bool:
        """Whether votes are stated: a proxy that states none covers all."""
        return (
            bool(self.votes) or self.votes_min is not None or self.votes_max is not None
        )


def in_force(edges: Iterable[Edge], day: date | None) -> Iterator[Edge]:
    """The edges that hold on ``day``."""
    return (edge for edge in edges if edge.in_force(day))
