"""The order of a timeline that is read page by page from many kinds of records.

An event is placed by ``(moment, kind, id)``: latest first, at one moment by the name of
its kind, within a kind the latest record first. A page ends at a place; the next one
begins behind it, whatever was added in between.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where an event stands; ``moment`` is naive UTC, a date counts as its midnight."""

    moment: datetime
    kind: str
    id: int


@dataclass(frozen=True)
class Source:
    """One kind of record that the timeline of a customer shows.

    ``kind`` is a short technical name that no other source has, ``name`` what the user
    reads. ``partner`` and ``date`` are stored fields of ``model``, best under one index
    ``(partner, date)``. ``details`` are fields whose values stand under the title,
    ``domain`` leaves records out, ``tone`` gives a record one of Bootstrap's colours.
    """

    kind: str
    name: str
    model: str
    icon: str = "fa-circle-o"
    partner: str = "partner_id"
    date: str = "create_date"
    details: tuple[str, ...] = ()
    domain: tuple = ()
    tone: Callable[[Any], str] | None = None


def moment(value: date | datetime) -> datetime:
    """The instant by which a date or datetime is placed.

    >>> moment(date(2026, 3, 1))
    datetime.datetime(2026, 3, 1, 0, 0)
    """
    return value if isinstance(value, datetime) else datetime.combine(value, time.min)


def behind(source: Source, is_date: bool, place: Place) -> list:
    """The domain of the events of ``source`` that come behind a place.

    >>> place = Place(datetime(2026, 3, 1, 8), "order", 7)
    >>> behind(Source("call", "Calls", "x", date="day"), True, place)
    [('day', '<=', datetime.date(2026, 3, 1))]
    >>> behind(Source("call", "Calls", "x", date="at"), False, place)
    [('at', '<', datetime.datetime(2026, 3, 1, 8, 0))]
    >>> behind(Source("visit", "Visits", "x", date="at"), False, place)
    [('at', '<=', datetime.datetime(2026, 3, 1, 8, 0))]
    """
    name, at = source.date, place.moment
    if is_date and at.time() != time.min:
        # a date of that day lies at its midnight, so before the place
        return [(name, "<=", at.date())]
    value = at.date() if is_date else at
    if source.kind == place.kind:
        same = ["&", (name, "=", value), ("id", "<", place.id)]
        return ["|", (name, "<", value), *same]
    return [(name, "<=" if source.kind > place.kind else "<", value)]


def latest(places: Iterable[Place], limit: int) -> list[Place]:
    """The first places of a page, in order.

    >>> day = datetime(2026, 3, 1)
    >>> [p.id for p in latest([Place(day, "b", 1), Place(day, "a", 2)], 5)]
    [2, 1]
    """
    ordered = sorted(places, key=lambda place: (place.kind, -place.id))
    ordered.sort(key=lambda place: place.moment, reverse=True)
    return ordered[:limit]
