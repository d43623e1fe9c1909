"""Working time: from an instant to a deadline, and from two instants to a duration.

The arithmetic knows nothing of Odoo, reads no clock and uses whole seconds only. A
calendar is a set of half-open intervals of time: those of the weekly pattern, replaced
on the dates of the exceptions, minus the closures. Within the range of days asked for
so far it is kept as a sorted table of intervals with running totals, so that a deadline
costs two binary searches.

>>> office = WorkTime(
...     tz="Asia/Shanghai",
...     week={day: [(510, 720), (810, 1080)] for day in range(5)},
...     exceptions={
...         date(2026, 2, 14): None,  # a make-up Saturday with the hours of a Monday
...         **{date(2026, 2, day): () for day in range(15, 24)},  # Spring Festival
...     },
... )
>>> friday = datetime(2026, 2, 13, 8, 0, tzinfo=timezone.utc)  # 16:00 in Shanghai
>>> office.add(friday, 8 * 3600).isoformat()
'2026-02-14T08:00:00+00:00'
>>> office.measure(friday, datetime(2026, 2, 24, 0, 30, tzinfo=timezone.utc))
36000
>>> office.is_workday(date(2026, 2, 16)), office.is_workday(date(2026, 2, 14))
(False, True)
>>> office.shift_workdays(date(2026, 2, 13), 2)
datetime.date(2026, 2, 24)
>>> office.end_of_workdays(friday, 2).isoformat()
'2026-02-24T10:00:00+00:00'
>>> office.end_of_calendar_days(friday, 3).isoformat()
'2026-02-24T16:00:00+00:00'
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

Minutes = Sequence[tuple[int, int]]
Spans = list[tuple[int, int]]

DAY_MINUTES = 24 * 60
HORIZON_DAYS = 4000
MAX_DAYS = 200 * 366  # so that a mistyped year or duration cannot fill the memory
_YEAR = 366
_FIRST_DAY = date.min.toordinal() + 1
_END_DAY = date.max.toordinal() - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_DAY = _EPOCH.toordinal()
_SECOND = timedelta(seconds=1)


class WorkTimeError(ValueError):
    """The calendar or the question makes no sense."""


class NoWorkingTimeError(WorkTimeError):
    """The calendar has no working time, or none within the horizon."""


def _epoch(moment: datetime) -> int:
    """Whole seconds since 1970; the fraction of a second is dropped.

    >>> _epoch(datetime(1970, 1, 1, 8, 0, 1, 999999, tzinfo=ZoneInfo("Asia/Shanghai")))
    1
    """
    if moment.tzinfo is None:
        raise WorkTimeError(f"{moment!r} has no time zone")
    return (moment - _EPOCH) // _SECOND


def _utc(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def clean_intervals(intervals: Iterable[tuple[int, int]]) -> Minutes:
    """Sort the intervals of one day, and refuse those that no day can have.

    >>> clean_intervals([(810, 1080), (510, 720)])
    ((510, 720), (810, 1080))
    >>> clean_intervals([(510, 720), (700, 800)])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    WorkTimeError: 08:30-12:00 and 11:40-13:20 overlap
    """
    cleaned = tuple(sorted((start, end) for start, end in intervals))
    for start, end in cleaned:
        if not (isinstance(start, int) and isinstance(end, int)):
            raise WorkTimeError(f"{start!r} and {end!r} are not whole minutes")
        if not 0 <= start < end <= DAY_MINUTES:
            raise WorkTimeError(f"{_label(start, end)} is no interval of a day")
    for before, after in pairwise(cleaned):
        if after[0] < before[1]:
            raise WorkTimeError(f"{_label(*before)} and {_label(*after)} overlap")
    return cleaned


def _label(start: int, end: int) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start, end))


def _merge(spans: Iterable[tuple[int, int]]) -> Spans:
    """Join the spans that touch or overlap.

    >>> _merge([(5, 7), (0, 2), (2, 4), (6, 9)])
    [(0, 4), (5, 9)]
    """
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class _Table:
    """The working time of the days ``[first, last)`` (ordinals of dates)."""

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    totals: list[int]  # working seconds from the first interval to the end of this one
    days: list[int]  # the workdays, as ordinals
    closes: list[int]  # their close of business

    def before(self, seconds: int) -> int:
        """Working seconds of the table up to an instant."""
        at = bisect_right(self.starts, seconds) - 1
        return self.totals[at] - max(0, self.ends[at] - seconds) if at >= 0 else 0


@dataclass(frozen=True)
class WorkTime:
    """The working time of one calendar.

    :param tz: name of an IANA time zone; all hours are wall-clock hours there
    :param week: weekday (Monday is 0) -> intervals in minutes, 1440 being 24:00
    :param exceptions: date -> the intervals of that date; ``()`` is a rest day,
        ``None`` a make-up day with the standard hours: those of the Monday of its week,
        or of the first working weekday where Monday is free
    :param second_week: pattern of every other week, if it differs
    :param closures: instants between which nobody works, whatever the pattern says
    """

    tz: str
    week: Mapping[int, Minutes]
    exceptions: Mapping[date, Minutes | None] = field(default_factory=dict)
    second_week: Mapping[int, Minutes] | None = None
    closures: Sequence[tuple[datetime, datetime]] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _closed: Spans = field(init=False, repr=False, compare=False)
    # One reference to an immutable table: threads that share a calendar may replace it,
    # never see half of it.
    _table: _Table | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        try:
            zone = ZoneInfo(self.tz)
        except (OSError, TypeError, ValueError, KeyError) as error:
            raise WorkTimeError(f"There is no time zone {self.tz!r}") from error
        self._set("_zone", zone)
        self._set("week", self._clean_week(self.week))
        if self.second_week is not None:
            self._set("second_week", self._clean_week(self.second_week))
        self._set(
            "exceptions",
            {
                day: self._standard(day) if hours is None else clean_intervals(hours)
                for day, hours in self.exceptions.items()
            },
        )
        closed = [(_epoch(start), _epoch(end)) for start, end in self.closures]
        self._set("_closed", _merge(span for span in closed if span[0] < span[1]))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @staticmethod
    def _clean_week(week: Mapping[int, Minutes]) -> dict[int, Minutes]:
        if unknown := set(week) - set(range(7)):
            raise WorkTimeError(f"No such weekday: {sorted(unknown)}")
        return {day: clean_intervals(hours) for day, hours in week.items()}

    def is_empty(self) -> bool:
        """Whether there are no hours at all, closures aside."""
        weeks = (self.week, self.second_week or {}, self.exceptions)
        return not any(hours for week in weeks for hours in week.values())

    # -- days --------------------------------------------------------------------------

    def _pattern(self, ordinal: int) -> Mapping[int, Minutes]:
        """The weekly pattern that holds on a day; the parity is Odoo's."""
        second = self.second_week is not None and (ordinal - 1) // 7 % 2
        return self.second_week if second else self.week

    def _standard(self, day: date) -> Minutes:
        pattern = self._pattern(day.toordinal())
        return next((pattern[day] for day in range(7) if pattern.get(day)), ())

    def hours_of(self, day: date) -> Minutes:
        """The intervals of a date in minutes, closures aside."""
        hours = self.exceptions.get(day)
        if hours is None:
            hours = self._pattern(day.toordinal()).get(day.weekday(), ())
        return hours

    def _instant(self, ordinal: int, minute: int, *, end: bool = False) -> int:
        """The instant of a wall-clock time.

        A time that the clocks skip is as far after the gap as it lies in it. Of a time
        that comes twice the first counts for a start and the second for an end, so that
        the repeated hour is worked through; but 24:00 is the instant when the next date
        begins.
        """
        if minute == DAY_MINUTES:
            ordinal, minute, end = ordinal + 1, 0, False
        wall = datetime.fromordinal(ordinal) + timedelta(minutes=minute)
        first = wall.replace(tzinfo=self._zone, fold=0)
        offset = first.utcoffset()
        if end:
            # In a gap fold=1 would give the earlier instant: take the later of the two.
            offset = min(offset, first.replace(fold=1).utcoffset())
        return (wall - offset - _EPOCH.replace(tzinfo=None)) // _SECOND

    def _open(self, start: int, end: int) -> Spans:
        """What the closures leave of a span."""
        spans = []
        at = bisect_right(self._closed, (start, start))
        if at and self._closed[at - 1][1] > start:
            at -= 1
        for closed_from, closed_to in self._closed[at:]:
            if closed_from >= end:
                break
            if start < closed_from:
                spans.append((start, closed_from))
            start = max(start, closed_to)
        if start < end:
            spans.append((start, end))
        return spans

    def _build(self, first: int, last: int) -> _Table:
        first, last = max(first, _FIRST_DAY), min(last, _END_DAY)
        spans: Spans = []
        days: list[int] = []
        closes: list[int] = []
        midnight = self._instant(first, 0)
        for ordinal in range(first, last):
            start_of_day, midnight = midnight, self._instant(ordinal + 1, 0)
            hours = self.hours_of(date.fromordinal(ordinal))
            if not hours:
                continue
            if midnight - start_of_day == 86400:
                day = [(start_of_day + a * 60, start_of_day + b * 60) for a, b in hours]
            else:
                day = [
                    (self._instant(ordinal, a), self._instant(ordinal, b, end=True))
                    for a, b in hours
                ]
                day = _merge((start, end) for start, end in day if start < end)
            if self._closed:
                day = [left for span in day for left in self._open(*span)]
            if day:
                spans += day
                days.append(ordinal)
                closes.append(day[-1][1])
        starts, ends, totals, total = [], [], [], 0
        for start, end in _merge(spans):
            total += end - start
            starts.append(start)
            ends.append(end)
            totals.append(total)
        return _Table(first, last, starts, ends, totals, days, closes)

    def _cover(self, first: int, last: int) -> _Table:
        """A table that holds at least these days.

        It grows by its own length, so that reaching far costs no more than twice the
        days that are really needed.
        """
        table = self._table
        if table and table.first <= first and last <= table.last:
            return table
        if last - first > MAX_DAYS or not _FIRST_DAY <= first <= last <= _END_DAY:
            raise NoWorkingTimeError("The deadline or the period is out of any reason")
        if table and max(last, table.last) - min(first, table.first) > MAX_DAYS:
            table = None
        if table:
            grown = table.last - table.first
            if first < table.first:
                first = min(first, max(table.first - grown, last - MAX_DAYS))
            else:
                first = table.first
            last = max(last, table.last)
            if last > table.last:
                last = max(last, min(table.last + grown, first + MAX_DAYS))
        else:
            first, last = first - 31, last + _YEAR
        table = self._build(first, last)
        self._set("_table", table)
        return table

    def _around(self, *moments: int) -> _Table:
        """A table that holds these instants, with room for a usual deadline."""
        days = [_EPOCH_DAY + moment // 86400 for moment in moments]
        return self._cover(min(days) - 2, max(days) + 3)

    def _further(self, table: _Table, day: int, step: int) -> _Table:
        """The table with more days after (before) those that it has.

        :param day: where the search began
        """
        reached = table.last if step > 0 else table.first
        worked = table.days[-1 if step > 0 else 0] if table.days else day
        since = max(day, worked) if step > 0 else min(day, worked)
        at_the_end = reached in (_FIRST_DAY, _END_DAY)
        if abs(reached - since) > HORIZON_DAYS or at_the_end:
            raise NoWorkingTimeError(
                f"No working time within {HORIZON_DAYS} days of "
                f"{date.fromordinal(since).isoformat()}"
            )
        if step > 0:
            return self._cover(table.first, min(reached + _YEAR, _END_DAY))
        return self._cover(max(reached - _YEAR, _FIRST_DAY), table.last)

    # -- seconds -----------------------------------------------------------------------

    def add(self, start: datetime, seconds: int) -> datetime:
        """The earliest instant by which so many working seconds have passed.

        A span that fits exactly ends at closing time, not at the next opening. With
        negative seconds: the latest instant from which so many are left until start.
        """
        at = _epoch(start)
        if not seconds:
            return _utc(at)
        day = _EPOCH_DAY + at // 86400
        table = self._around(at)
        if seconds > 0:
            target = table.before(at) + seconds
            while not table.totals or table.totals[-1] < target:
                table = self._further(table, day, 1)
                target = table.before(at) + seconds
            index = bisect_left(table.totals, target)
        else:
            while (target := table.before(at) + seconds) < 0:
                table = self._further(table, day, -1)
            index = bisect_right(table.totals, target)
        return _utc(table.ends[index] - table.totals[index] + target)

    def measure(self, start: datetime, end: datetime) -> int:
        """Working seconds in ``[start, end)``; negative if the end comes first."""
        first, last = _epoch(start), _epoch(end)
        table = self._around(first, last)
        return table.before(last) - table.before(first)

    # -- dates -------------------------------------------------------------------------

    def date_of(self, moment: datetime) -> date:
        """The date on the calendar's wall at an instant."""
        return _utc(_epoch(moment)).astimezone(self._zone).date()

    def is_workday(self, day: date) -> bool:
        """Whether any working time falls on a date."""
        ordinal = day.toordinal()
        table = self._cover(ordinal - 1, ordinal + 1)
        index = bisect_left(table.days, ordinal)
        return index < len(table.days) and table.days[index] == ordinal

    def shift_workdays(self, day: date, n: int) -> date:
        """The n-th workday strictly after a date, or before it if n is negative."""
        if not n:
            return day
        table, index = self._workday(day.toordinal(), n)
        return date.fromordinal(table.days[index])

    def _workday(self, ordinal: int, n: int) -> tuple[_Table, int]:
        step = 1 if n > 0 else -1
        table = self._cover(ordinal - 1, ordinal + 1)
        while True:
            if n > 0:
                index = bisect_right(table.days, ordinal) + n - 1
            else:
                index = bisect_left(table.days, ordinal) + n
            if 0 <= index < len(table.days):
                return table, index
            table = self._further(table, ordinal, step)

    def end_of_workdays(self, start: datetime, n: int) -> datetime:
        """Close of business of the n-th workday after the date of the start."""
        if n < 1:
            raise WorkTimeError("The number of workdays must be at least 1")
        table, index = self._workday(self.date_of(start).toordinal(), n)
        return _utc(table.closes[index])

    def end_of_calendar_days(
        self, start: datetime, n: int, roll: bool = True
    ) -> datetime:
        """24:00 of the n-th day after the date of the start.

        :param roll: a last day that is no workday gives way to the next workday
        """
        if n < 0:
            raise WorkTimeError("The number of days cannot be negative")
        day = date.fromordinal(self.date_of(start).toordinal() + n)
        if roll and not self.is_workday(day):
            day = self.shift_workdays(day, 1)
        return _utc(self._instant(day.toordinal(), DAY_MINUTES))
