"""When a touchpoint is due: offsets from an anchor date. Knows no clock and no Odoo."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

Unit = Literal["d", "bd", "w", "m", "y"]
Roll = Literal["none", "next", "prev"]
ONE_DAY = timedelta(days=1)


class Workdays(Protocol):
    """The part of a working calendar that offsets need."""

    def is_workday(self, day: date) -> bool: ...

    def shift_workdays(self, day: date, n: int) -> date: ...


def effective(
    actual: date | None, forecast: date | None, planned: date | None
) -> date | None:
    """The date that counts: what happened, else what is expected, else the plan.

    >>> effective(None, date(2026, 4, 10), date(2026, 3, 31))
    datetime.date(2026, 4, 10)
    >>> effective(None, None, None) is None
    True
    """
    return actual or forecast or planned or None


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day.

    >>> add_months(date(2026, 3, 31), -1), add_months(date(2024, 3, 31), -1)
    (datetime.date(2026, 2, 28), datetime.date(2024, 2, 29))
    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Offset:
    """So many days, working days, weeks, months or years before or after a date.

    Zero working days means the day itself, or the first working day after it.
    """

    count: int = 0
    unit: Unit = "d"
    before: bool = False

    def apply(self, day: date, workdays: Workdays) -> date:
        n = -self.count if self.before else self.count
        if self.unit == "bd":
            return workdays.shift_workdays(day, n) if n else roll(day, "next", workdays)
        if self.unit in ("m", "y"):
            return add_months(day, n * (12 if self.unit == "y" else 1))
        return day + timedelta(weeks=n) if self.unit == "w" else day + n * ONE_DAY


def roll(day: date, how: Roll, workdays: Workdays) -> date:
    """Leave a day alone, or move it to the nearest working day on one side."""
    if how == "none" or workdays.is_workday(day):
        return day
    return workdays.shift_workdays(day, 1 if how == "next" else -1)


@dataclass(frozen=True)
class Slot:
    """From the first to the last day on which a touchpoint is in time."""

    start: date
    due: date


@dataclass(frozen=True)
class Rule:
    """A due date and, for a window, the day from which the work may begin."""

    due: Offset
    start: Offset | None = None
    roll: Roll = "none"

    def slot(self, anchor: date, workdays: Workdays) -> Slot:
        due = roll(self.due.apply(anchor, workdays), self.roll, workdays)
        start = self.start.apply(anchor, workdays) if self.start else due
        return Slot(min(start, due), due)


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of the dates that are known.

    >>> earliest([None, date(2026, 5, 1), date(2026, 4, 1)])
    datetime.date(2026, 4, 1)
    >>> earliest([]) is None
    True
    """
    return min((day for day in days if day), default=None)
