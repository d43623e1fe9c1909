"""What a use takes from the lines above it, and how much room they leave.

Two measures are kept side by side: the *policy* exposure of a document is its amount
less margin and pledged deposits or treasury bonds, the *regulatory* one its amount
times the credit conversion factor, less the same. A use that is covered whole is
low-risk business: it counts against the low-risk limit alone.

A *path* runs from the most specific line (product, else member) up to the group's line.
All amounts of a path are in one currency; a document may be in another, at its rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Measures:
    """What is counted on every line of the path, in the currency of the lines."""

    used: Decimal = ZERO  # drawn, not covered whole
    used_net: Decimal = ZERO  # the same less its cover
    used_low: Decimal = ZERO  # drawn and covered whole
    reserved: Decimal = ZERO
    reserved_net: Decimal = ZERO
    reserved_low: Decimal = ZERO
    margin: Decimal = ZERO  # cover held for what is drawn
    regulatory: Decimal = ZERO

    def __add__(self, other: Measures) -> Measures:
        return Measures(*(a + b for a, b in zip(self, other, strict=True)))

    def __sub__(self, other: Measures) -> Measures:
        return Measures(*(a - b for a, b in zip(self, other, strict=True)))

    def __neg__(self) -> Measures:
        return Measures() - self

    def __iter__(self):
        return (getattr(self, field.name) for field in fields(self))

    def raised(self) -> tuple[Decimal, Decimal, Decimal]:
        """How much more of the nominal, net and low-risk limit is taken; never less
        than nothing."""
        return (
            max(ZERO, self.used + self.reserved),
            max(ZERO, self.used_net + self.reserved_net),
            max(ZERO, self.used_low + self.reserved_low),
        )


@dataclass(frozen=True)
class Position:
    """Where one document stands, in its own currency.

    ``rate`` is what one unit of that currency is worth in the currency of the lines.
    """

    drawn: Decimal = ZERO
    reserved: Decimal = ZERO
    cover: Decimal = ZERO
    cover_reserved: Decimal = ZERO
    rate: Decimal = Decimal(1)

    def reserve(self, amount: Decimal, cover: Decimal, rate: Decimal) -> Position:
        return replace(
            self,
            reserved=self.reserved + amount,
            cover_reserved=self.cover_reserved + cover,
            rate=rate,
        )

    def release(self, amount: Decimal) -> Position:
        """Give back what was reserved and not drawn, its cover in proportion.

        >>> Position(reserved=Decimal(100), cover_reserved=Decimal(30)).release(
        ...     Decimal(50)
        ... ).cover_reserved
        Decimal('15')
        """
        return replace(
            self,
            reserved=self.reserved - amount,
            cover_reserved=self.cover_reserved
            - _part(self.cover_reserved, amount, self.reserved),
        )

    def draw(self, amount: Decimal, cover: Decimal | None, rate: Decimal) -> Position:
        """Draw: from what is reserved first, the rest anew. Cover that nobody states
        is the part that was set aside with the reservation."""
        taken = min(amount, self.reserved)
        part = _part(self.cover_reserved, taken, self.reserved)
        return replace(
            self,
            drawn=self.drawn + amount,
            reserved=self.reserved - taken,
            cover=self.cover + (part if cover is None else cover),
            cover_reserved=self.cover_reserved - part,
            rate=rate,
        )

    def repay(self, amount: Decimal) -> Position:
        """Cover stays what it is until it is released, but never exceeds what it
        covers once everything is repaid."""
        drawn = self.drawn - amount
        return replace(self, drawn=drawn, cover=self.cover if drawn else ZERO)

    def secure(self, cover: Decimal) -> Position:
        """Take more cover, or release some (negative)."""
        return replace(self, cover=self.cover + cover)

    def measures(self, ccf: Decimal, quantum: Decimal = CENT) -> Measures:
        """Ordinary and low-risk amounts, net and regulatory exposure.

        Acceptance of 1,000, conversion factor 100 %, with 30 % and with full margin:

        >>> a = Position(drawn=Decimal(1000), cover=Decimal(300)).measures(Decimal(100))
        >>> int(a.used), int(a.used_net), int(a.used_low)
        (1000, 700, 0)
        >>> a = Position(drawn=Decimal(9), cover=Decimal(9)).measures(Decimal(100))
        >>> int(a.used), int(a.used_net), int(a.used_low)
        (0, 0, 9)
        """

        def there(amount: Decimal) -> Decimal:
            return (amount * self.rate).quantize(quantum, ROUND_HALF_UP)

        drawn, cover = there(self.drawn), there(self.cover)
        reserved = there(self.reserved)
        used = split(drawn, cover)
        planned = split(reserved, there(self.cover_reserved))
        converted = (drawn * ccf / 100).quantize(quantum, ROUND_HALF_UP)
        regulatory = max(ZERO, converted - cover)
        return Measures(*used, *planned, cover, regulatory)


def _part(whole: Decimal, amount: Decimal, of: Decimal) -> Decimal:
    return whole * amount / of if of else ZERO


def split(amount: Decimal, cover: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """``(nominal, net, low-risk)``: what is covered whole is low-risk business.

    >>> [int(x) for x in split(Decimal(100), Decimal(40))]
    [100, 60, 0]
    >>> [int(x) for x in split(Decimal(100), Decimal(100))]
    [0, 0, 100]
    """
    if amount > 0 and cover >= amount:
        return ZERO, ZERO, amount
    return amount, max(ZERO, amount - cover), ZERO


@dataclass(frozen=True)
class Terms:
    """One line as it stands: what was granted, and what is taken.

    ``carved`` are the limits of lines below that have one of their own, ``pool`` what
    the others below have taken; both count only where the line is carved out.
    """

    limit: Decimal | None  # None: no limit of its own, the line above decides
    net_limit: Decimal | None = None
    low_limit: Decimal = ZERO
    used: Decimal = ZERO
    used_net: Decimal = ZERO
    used_low: Decimal = ZERO
    carved: Decimal = ZERO
    carved_net: Decimal = ZERO
    pool: Decimal = ZERO
    pool_net: Decimal = ZERO
    carve_out: bool = False
    state: str = "active"
    start: date | None = None
    end: date | None = None
    key: int = 0

    def obstacle(self, day: date) -> str | None:
        """Why nothing can be drawn on ``day``: the state, or the dates."""
        if self.state != "active":
            return self.state
        if self.start and day < self.start:
            return "early"
        if self.end and day > self.end:
            return "expired"
        return None

    def room(self, pooled: bool) -> Decimal | None:
        """How much more of uncovered business fits; None: as much as above."""
        if self.limit is None:
            return None
        net_limit = self.limit if self.net_limit is None else self.net_limit
        rooms = [self.limit - self.used, net_limit - self.used_net]
        if self.carve_out and pooled:
            rooms += [
                self.limit - self.carved - self.pool,
                net_limit - self.carved_net - self.pool_net,
            ]
        return min(rooms)

    def fits(self, use: tuple[Decimal, Decimal, Decimal], pooled: bool) -> bool:
        """Whether ``use`` (nominal, net, low-risk) fits: each within its own limit.

        A bill of 40, half of it covered, is too large for a line of 30, however little
        exposure it is:

        >>> Terms(Decimal(30)).fits((Decimal(40), Decimal(20), ZERO), pooled=True)
        False
        """
        if self.limit is None:
            return True
        nominal, net, low = use
        net_limit = self.limit if self.net_limit is None else self.net_limit
        rooms = [
            (nominal, self.limit - self.used),
            (net, net_limit - self.used_net),
            (low, self.low_limit - self.used_low),
        ]
        if self.carve_out and pooled:
            rooms += [
                (nominal, self.limit - self.carved - self.pool),
                (net, net_limit - self.carved_net - self.pool_net),
            ]
        return all(part <= 0 or part <= room for part, room in rooms)

    def low_room(self) -> Decimal | None:
        return None if self.limit is None else self.low_limit - self.used_low


@dataclass(frozen=True)
class Verdict:
    """``available`` is never below zero; ``key`` names the line that decides."""

    available: Decimal
    obstacle: str | None = None
    key: int = 0


def available(path: Sequence[Terms], day: date, low_risk: bool = False) -> Verdict:
    """Room over the whole path, most specific line first.

    >>> day = date(2025, 6, 1)
    >>> group = Terms(Decimal(15000), used=Decimal(4000), key=1)
    >>> available([Terms(Decimal(20000), key=2), group], day)
    Verdict(available=Decimal('11000'), obstacle=None, key=1)
    >>> available([Terms(Decimal(20000), state="frozen", key=2), group], day)
    Verdict(available=Decimal('0'), obstacle='frozen', key=2)
    """
    for terms in path:
        obstacle = terms.obstacle(day)
        if obstacle:
            return Verdict(ZERO, obstacle, terms.key)
    best: Verdict | None = None
    pooled = True  # what is drawn on a line itself shares the rest of it
    for terms in path:
        room = terms.low_room() if low_risk else terms.room(pooled)
        if room is not None and (best is None or room < best.available):
            best = Verdict(max(ZERO, room), None, terms.key)
        pooled = terms.limit is None
    return best or Verdict(ZERO, "unlimited", path[-1].key if path else 0)


def refusing(
    path: Sequence[Terms], use: tuple[Decimal, Decimal, Decimal]
) -> Terms | None:
    """The first line of the path, most specific first, that ``use`` does not fit on.

    >>> path = [Terms(Decimal(30), key=2), Terms(Decimal(20), key=1)]
    >>> refusing(path, (Decimal(25), Decimal(25), ZERO)).key
    1
    """
    pooled = True
    for terms in path:
        if not terms.fits(use, pooled):
            return terms
        pooled = terms.limit is None
    return None


def check_children(
    mode: str, limit: Decimal, children: Sequence[Decimal]
) -> Decimal | None:
    """How much the limits below break the rule of the line above; None if not at all.

    ``dedicated`` and ``carve_out`` hand it out: all together must fit. ``shared``
    and ``roll_up`` let them exceed it together, because the use of each is checked on
    every level; but in ``shared`` mode none alone may be larger than the line above.

    >>> parts = [Decimal(n) for n in (2000, 2000, 1001)]
    >>> check_children("dedicated", Decimal(5000), parts)
    Decimal('1')
    >>> check_children("shared", Decimal(5000), parts)
    """
    if not children or mode == "roll_up":
        return None
    most = max(children) if mode == "shared" else sum(children, ZERO)
    return most - limit if most > limit else None
