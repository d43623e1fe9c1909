"""What a file about ownership says, whatever its format: parties, interests, problems.

A reader (``bods``, ``gleif``, ``tabular``) yields these one by one, so that a file of
any length needs the memory of one record. A bad record becomes a ``Problem`` and the
reading goes on; a file that breaks off raises ``FileCut`` behind its last good record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from stdnum import lei as stdnum_lei

from .edge import HUNDRED, ZERO

#: What a party is; ``""`` where the file does not say.
ENTITY, PERSON, ARRANGEMENT, STATE, UNKNOWN = (
    "entity",
    "person",
    "arrangement",
    "state",
    "unknown",
)
#: A record is in force, has ended, or should never have been published.
ACTIVE, ENDED, VOID = "active", "ended", "void"


class BadFile(ValueError):
    """Nothing of the file can be used; ``code`` says why."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


class FileCut(BadFile):
    """The file breaks off behind record ``position``; what came before is whole."""

    def __init__(self, position: int, detail: str = ""):
        super().__init__("cut", detail)
        self.position = position


class Refused(ValueError):
    """One value of a record is impossible; becomes a ``Problem``."""

    def __init__(self, code: str, value: object = ""):
        super().__init__(code, value)
        self.code, self.value = code, str(value)


class Share(NamedTuple):
    """A share in per cent, exact or between two bounds.

    >>> str(Share(Decimal(25), Decimal(50), above=True))
    '> 25 %, <= 50 %'
    """

    low: Decimal
    high: Decimal
    above: bool = False  # more than the lower bound
    below: bool = False  # less than the upper bound

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __str__(self) -> str:
        if self.exact:
            return f"{self.low:f} %"
        low, high = ">" if self.above else ">=", "<" if self.below else "<="
        return f"{low} {self.low:f} %, {high} {self.high:f} %"


@dataclass(slots=True)
class Party:
    """An entity or a person as its source knows it. ``code`` is the number in the
    register of its home country."""

    position: int
    ref: str
    kind: str = ""
    name: str = ""
    lei: str = ""
    code: str = ""
    country: str = ""


@dataclass(slots=True)
class Interest:
    """``holder`` has something in ``held``, both given by the ``ref`` of a party.

    ``record`` is the statement at the source, ``ref`` one fact of it. ``kind`` is that
    of an edge of the control graph, or ``indirect`` for what is held through others
    and stands only as evidence. ``details`` are the words of the source.
    """

    position: int
    record: str
    ref: str
    holder: str
    held: str
    kind: str
    grantor: str = ""
    equity: Share | None = None
    votes: Share | None = None
    seats: int | None = None
    seats_total: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = ACTIVE
    stated_on: date | None = None
    details: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(slots=True)
class Exemption:
    """Why a company names no direct or ultimate parent to the LEI system."""

    position: int
    lei: str
    parent: str  # direct, ultimate
    reason: str  # "" once the reason is withdrawn


@dataclass(slots=True)
class Problem:
    """A record that cannot be taken: ``code`` names the reason, ``value`` what was
    found; whom it is about, as far as that can be told."""

    position: int
    ref: str
    code: str
    value: str = ""
    holder: str = ""
    held: str = ""


Record = Party | Interest | Exemption | Problem


def to_share(
    exact: object = None,
    low: object = None,
    high: object = None,
    above: object = None,
    below: object = None,
) -> Share | None:
    """A share from what a source gives; ``above`` and ``below`` are exclusive bounds
    (or marks that the bound beside them is exclusive). ``None`` if it gives nothing.

    >>> to_share(exact=Decimal("33.33333")).low
    Decimal('33.3333')
    >>> to_share(low=Decimal(25), above=True, high=Decimal(50))
    Share(low=Decimal('25'), high=Decimal('50'), above=True, below=False)
    >>> to_share(above=Decimal(75))
    Share(low=Decimal('75'), high=Decimal('100'), above=True, below=False)
    >>> to_share(exact=Decimal(101))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: ('share', Decimal('101'))
    """
    if exact is not None:
        value = _percent(exact)
        for bound, fits in ((low, value.__ge__), (high, value.__le__)):
            if bound is not None and not fits(_percent(bound)):
                raise Refused("bounds", f"{exact}, {bound}")
        return Share(value, value)
    is_above = above is not None and above is not False
    is_below = below is not None and below is not False
    if is_above and above is not True:
        low = above
    if is_below and below is not True:
        high = below
    if low is None and high is None:
        return None
    bottom = ZERO if low is None else _percent(low)
    top = HUNDRED if high is None else _percent(high)
    if bottom > top or (bottom == top and (is_above or is_below)):
        raise Refused("bounds", f"{bottom}, {top}")
    return Share(bottom, top, is_above and low is not None, is_below)


def _percent(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Refused("share", value)
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number <= HUNDRED:
        raise Refused("share", value)
    return round(number, 4) if number.as_tuple().exponent < -4 else number


def to_day(value: object) -> date | None:
    """The day of an ISO date or time, as written: no clock is moved to another zone.

    >>> to_day("2016-02-23T00:00:00.000+08:00"), to_day(None)
    (datetime.date(2016, 2, 23), None)
    >>> to_day("2016-02-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: ('date', '2016-02-30')
    """
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    try:
        day = date.fromisoformat(value[:10])
    except (TypeError, ValueError):
        raise Refused("date", value) from None
    if day.year < 1600 or value[10:11] not in ("", "T", " "):
        raise Refused("date", value)
    return day


@lru_cache(maxsize=65536)
def to_lei(value: str) -> str:
    """An LEI with the right check digits.

    >>> to_lei("3003005jy7ktp8l48n10 ")
    '3003005JY7KTP8L48N10'
    >>> to_lei("3003005JY7KTP8L48N11")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    Refused: ('lei', '3003005JY7KTP8L48N11')
    """
    code = stdnum_lei.compact(value)
    # the library leaves the length to its callers
    if len(code) != 20 or not code.isascii() or not stdnum_lei.is_valid(code):
        raise Refused("lei", value)
    return code


def check_interest(interest: Interest) -> None:
    """Refuse what no company can be: its own holder, or a fact that ends before it
    begins."""
    if interest.holder == interest.held:
        raise Refused("self", interest.held)
    start, end = interest.valid_from, interest.valid_to
    if start and end and end <= start:
        raise Refused("period", f"{start} – {end}")


def number_refs(interests: Sequence[Interest]) -> None:
    """Give each fact of one record its own number: its kind, and which one of it.

    >>> facts = [Interest(1, "r", "", "a", "b", kind) for kind in ("equity", "board")]
    >>> number_refs(facts); [fact.ref for fact in facts]
    ['r:equity', 'r:board']
    """
    seen: dict[str, int] = {}
    for interest in interests:
        count = seen[interest.kind] = seen.get(interest.kind, 0) + 1
        suffix = f":{count}" if count > 1 else ""
        interest.ref = f"{interest.record}:{interest.kind}{suffix}"
