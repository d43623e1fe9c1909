"""The clock of a time limit: replayed from what happened, and able to explain itself.

A clock is not a deadline that is pushed about. It is a target, a start and the list of
what happened since; the deadline, the time used and the verdict are read off by
replaying that list on a calendar. So the same history always gives the same deadline,
and a clock can say line by line why its deadline is what it is. Nothing here reads the
time of day: whoever wants to know whether a clock is overdue says what time it is.

>>> office = WorkTime("Asia/Shanghai", {d: [(510, 720), (810, 1080)] for d in range(5)})
>>> def at(day, hour, minute=0):
...     return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))
>>> history = [Event("pause", at(11, 11)), Event("resume", at(12, 14))]
>>> reading = replay(office, Target(480), at(11, 10), history)
>>> reading.deadline == at(13, 11, 30), reading.state
(True, 'running')
>>> replay(office, Target(480), at(11, 10), history[:1], now=at(12, 9)).remaining
25200
>>> replay(office, Target(3, "workday"), at(11, 10)).deadline == at(16, 18)
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Protocol
from zoneinfo import ZoneInfo

UNITS = ("minute", "workday", "calday", "absolute")
#: How far the line-by-line account of working intervals goes before it sums up.
MAX_LINES = 40
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class WorkTime(Protocol):
    """What a clock needs of a calendar: the engine of ``work_calendar`` has it."""

    tz: str

    def hours_of(self, day: date) -> Iterable[tuple[int, int]]: ...
    def date_of(self, moment: datetime) -> date: ...
    def is_workday(self, day: date) -> bool: ...
    def add(self, start: datetime, seconds: int) -> datetime: ...
    def measure(self, start: datetime, end: datetime) -> int: ...
    def end_of_workdays(self, start: datetime, n: int) -> datetime: ...
    def end_of_calendar_days(
        self, start: datetime, n: int, roll: bool = True
    ) -> datetime: ...


class ClockError(ValueError):
    """What is said to have happened cannot have happened to this clock."""


@dataclass(frozen=True)
class Target:
    """How long something may take.

    :param amount: working minutes, workdays or calendar days; unused if absolute
    :param roll: calendar days that end on a rest day end on the next workday
    :param due: the agreed instant of an absolute target
    """

    amount: int = 0
    unit: str = "minute"
    roll: bool = True
    due: datetime | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ClockError(f"There is no unit {self.unit!r}")
        if self.unit == "absolute":
            if self.due is None:
                raise ClockError("An absolute target needs its instant")
        elif self.amount < 1:
            raise ClockError("A target must allow at least 1")


@dataclass(frozen=True)
class Event:
    """Something that happened to a clock.

    ``kind`` is pause, resume, regrade, extend, stop or reopen.

    :param target: of a regrade, the new target
    :param work: of a regrade, the calendar of the new target if it is another one
    :param due: of an extension, the agreed deadline
    :param grace: seconds of working time that are left at least after a regrade
    :param floor: seconds of working time that are left at least after reopening
    """

    kind: str
    at: datetime
    target: Target | None = None
    work: WorkTime | None = None
    due: datetime | None = None
    grace: int = 0
    floor: int = 0
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class Reading:
    """What a clock shows.

    ``state`` is running, paused, breached, met or late; the last two are final.
    ``deadline`` is None while paused; ``remaining`` are working seconds.
    """

    state: str
    start: datetime
    deadline: datetime | None
    due: datetime
    original: datetime
    elapsed: int
    remaining: int
    budget: int
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    extended: int = 0
    lines: list[dict] = field(default_factory=list)


def replay(
    work: WorkTime,
    target: Target,
    start: datetime,
    events: Iterable[Event] = (),
    now: datetime | None = None,
    explain: bool = False,
) -> Reading:
    """Run a clock through its events and read it.

    :param now: what time it is, to tell an overdue clock from a running one
    :param explain: also give the account line by line
    """
    clock = _Clock(work, target, start)
    for event in events:
        clock.apply(event)
    return clock.reading(now, explain)


def advance(work: WorkTime, start: datetime, due: datetime, percent: int) -> datetime:
    """The instant at which so many per cent of the time to a deadline are used.

    >>> office = WorkTime("UTC", {day: [(540, 1020)] for day in range(5)})
    >>> start = datetime(2026, 3, 11, 10, tzinfo=timezone.utc)
    >>> advance(office, start, office.add(start, 8 * 3600), 50).isoformat()
    '2026-03-11T14:00:00+00:00'
    """
    budget = work.measure(start, due)
    if budget <= 0:
        return due
    left = budget - budget * percent // 100
    return work.add(due, -left) if left else due


def noon(work: WorkTime, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(work.tz))


class _Clock:
    """The state while the events pass by."""

    def __init__(self, work: WorkTime, target: Target, start: datetime) -> None:
        self.work, self.target, self.start = work, target, _utc(start)
        self.mode = target.unit
        self.pauses: list[tuple[datetime, datetime]] = []
        self.spans: list[tuple[str, datetime, datetime, str, str]] = []
        self.notes: list[dict] = []
        self.running_since: datetime | None = self.start
        self.paused_at: datetime | None = None
        self.stopped_at: datetime | None = None
        self.breached_at: datetime | None = None
        self.why = ("", "")
        self.last = self.start
        self.extended = 0
        self.exact = self.base()
        self.original = self.rounded()

    # -- the deadline ------------------------------------------------------------------

    def base(self) -> datetime:
        """Where the target ends without any interruption, before rounding."""
        target = self.target
        if target.unit == "minute":
            return self.work.add(self.start, target.amount * 60)
        if target.unit == "workday":
            return self.work.end_of_workdays(self.start, target.amount)
        if target.unit == "calday":
            return self.work.end_of_calendar_days(self.start, target.amount, False)
        return _utc(target.due)

    def shifted(self, exact: datetime, pause: tuple[datetime, datetime]) -> datetime:
        """Where a deadline moves by an interruption; never to an earlier instant."""
        begin, end = pause
        if self.mode == "calday":
            days = (self.work.date_of(end) - self.work.date_of(begin)).days
            day = self.work.date_of(exact - _SECOND) + days * _DAY
            return self.work.end_of_calendar_days(noon(self.work, day), 0, False)
        left = self.work.measure(begin, exact)
        return max(exact, self.work.add(end, left) if left > 0 else end)

    def rounded(self) -> datetime:
        """The deadline as it is told: close of business, or 24:00 of a workday."""
        if self.mode == "workday":
            day = self.work.date_of(self.exact - _SECOND)
            return self.work.end_of_workdays(noon(self.work, day - _DAY), 1)
        if self.mode == "calday":
            day = self.work.date_of(self.exact - _SECOND)
            return self.work.end_of_calendar_days(
                noon(self.work, day), 0, self.target.roll
            )
        return self.exact

    # -- events ------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        at = _utc(event.at)
        if at < self.last:
            raise ClockError(f"{event.kind} at {at} lies before {self.last}")
        handler = getattr(self, f"on_{event.kind}", None)
        if handler is None:
            raise ClockError(f"There is no event {event.kind!r}")
        if self.running_since and at > self.rounded() and not self.breached_at:
            self.breached_at = self.rounded()
        handler(at, event)
        self.last = at

    def note(self, kind: str, at: datetime, event: Event, **more) -> None:
        self.notes.append(
            {"kind": kind, "at": at, "reason": event.reason, "who": event.who, **more}
        )

    def retarget(self) -> None:
        self.mode = self.target.unit
        self.exact = self.base()
        for pause in self.pauses:
            self.exact = self.shifted(self.exact, pause)

    def on_pause(self, at: datetime, event: Event) -> None:
        if not self.running_since:
            raise ClockError("Only a running clock can be paused")
        if self.breached_at:
            raise ClockError("An overdue clock cannot be paused")
        self.spans.append(("ran", self.running_since, at, "", ""))
        self.running_since, self.paused_at = None, at
        self.why = (event.reason, event.who)

    def on_resume(self, at: datetime, event: Event) -> None:
        if not self.paused_at:
            raise ClockError("Only a paused clock can be resumed")
        self.spans.append(("paused", self.paused_at, at, *self.why))
        self.interrupted(self.paused_at, at)
        self.paused_at, self.running_since = None, at

    def interrupted(self, begin: datetime, end: datetime) -> None:
        self.pauses.append((begin, end))
        self.exact = self.shifted(self.exact, (begin, end))

    def on_stop(self, at: datetime, event: Event) -> None:
        if self.stopped_at:
            raise ClockError("The clock has stopped already")
        if self.paused_at:
            self.spans.append(("paused", self.paused_at, at, *self.why))
        else:
            self.spans.append(("ran", self.running_since, at, "", ""))
        self.running_since, self.stopped_at = None, at
        self.note("stop", at, event)

    def on_reopen(self, at: datetime, event: Event) -> None:
        """The time in which it was closed counts like a pause."""
        if not self.stopped_at:
            raise ClockError("Only a stopped clock can be reopened")
        begin = self.paused_at or self.stopped_at
        self.spans.append(("closed", self.stopped_at, at, event.reason, event.who))
        self.paused_at = self.stopped_at = None
        self.running_since = at
        if self.breached_at:
            return
        self.interrupted(begin, at)
        self.leave(at, event.floor)

    def leave(self, at: datetime, seconds: int) -> bool:
        """See to it that so much working time is left."""
        if self.work.measure(at, self.rounded()) >= seconds:
            return False
        self.exact, self.mode = self.work.add(at, seconds), "minute"
        return True

    def on_regrade(self, at: datetime, event: Event) -> None:
        """Another target from the same start; it is never missed without any notice."""
        if self.stopped_at:
            raise ClockError("A stopped clock keeps its target")
        if self.breached_at:
            self.note("regrade_late", at, event)
            return
        self.target, self.work = event.target, event.work or self.work
        self.retarget()
        self.extended = 0
        self.note("regrade", at, event, target=self.target)
        instant = self.paused_at or at
        if self.rounded() <= instant:
            budget = self.work.measure(self.start, self.rounded())
            grace = min(budget, event.grace) if budget > 0 else event.grace
            self.exact, self.mode = self.work.add(instant, grace), "minute"
            self.note("grace", at, event, seconds=grace)

    def on_extend(self, at: datetime, event: Event) -> None:
        if not self.running_since or self.breached_at:
            raise ClockError("Only a running clock that is in time can be extended")
        due = _utc(event.due)
        if due <= self.rounded():
            raise ClockError("The agreed deadline is not later than the present one")
        self.extended += (due - self.rounded()) // _SECOND
        self.note("extend", at, event, before=self.rounded(), due=due)
        self.exact, self.mode = due, "minute"

    # -- reading -----------------------------------------------------------------------

    def reading(self, now: datetime | None, explain: bool) -> Reading:
        due = self.rounded()
        now = _utc(now) if now else None
        breached_at = self.breached_at
        if self.running_since and now and now > due:
            breached_at = breached_at or due
        state = "running"
        if self.stopped_at:
            state = "late" if breached_at else "met"
        elif self.paused_at:
            state = "paused"
        elif breached_at:
            state = "breached"
        end = self.paused_at or self.stopped_at
        instant = end or max(now or self.last, self.start)
        return Reading(
            state=state,
            start=self.start,
            deadline=None if self.paused_at and not self.stopped_at else due,
            due=due,
            original=self.original,
            elapsed=self.elapsed(instant),
            remaining=self.left(instant, due),
            budget=self.work.measure(self.start, self.original),
            breached_at=breached_at,
            stopped_at=self.stopped_at,
            paused_at=None if self.stopped_at else self.paused_at,
            extended=self.extended,
            lines=self.lines(due, breached_at) if explain else [],
        )

    def left(self, instant: datetime, due: datetime) -> int:
        if self.mode == "calday":
            return (due - instant) // _SECOND
        return self.work.measure(instant, due)

    def elapsed(self, instant: datetime) -> int:
        ran = [(begin, end) for kind, begin, end, *_ in self.spans if kind == "ran"]
        if self.running_since:
            ran.append((self.running_since, max(instant, self.running_since)))
        return sum(self.work.measure(begin, end) for begin, end in ran)

    # -- explanation -------------------------------------------------------------------

    def lines(self, due: datetime, breached_at: datetime | None) -> list[dict]:
        """The account of the clock, in the order in which things happened."""
        lines = [_line("start", at=self.start, target=self.target)]
        spans = list(self.spans)
        if self.running_since and self.running_since < due:
            spans.append(("ran", self.running_since, due, "", ""))
        elif self.paused_at and not self.stopped_at:
            spans.append(("paused", self.paused_at, None, *self.why))
        body = []
        if self.mode == "minute" and self.target.unit == "minute":
            body += self.minute_lines(spans)
        else:
            body += self.day_lines() + [
                _line("paused", begin, end, reason=reason, who=who)
                for kind, begin, end, reason, who in spans
                if kind == "paused"
            ]
        body += [
            _line("closed", begin, end, reason=reason, who=who)
            for kind, begin, end, reason, who in spans
            if kind == "closed"
        ]
        body += [_line(note.pop("kind"), **note) for note in map(dict, self.notes)]
        lines += sorted(body, key=lambda line: line["at"])
        if self.paused_at and not self.stopped_at:
            return lines
        lines.append(_line("deadline", at=due))
        if breached_at:
            lines.append(_line("breached", at=breached_at))
        return lines

    def minute_lines(self, spans) -> list[dict]:
        budget = self.target.amount * 60
        lines, total = [], 0
        for kind, begin, end, reason, who in spans:
            if kind == "paused":
                lines.append(_line("paused", begin, end, reason=reason, who=who))
            if kind != "ran":
                continue
            for first, last in self.intervals(begin, end, MAX_LINES - len(lines)):
                seconds = self.work.measure(first, last)
                total += seconds
                lines.append(
                    _line("ran", first, last, seconds=seconds, total=total, of=budget)
                )
        return lines

    def intervals(self, begin: datetime, end: datetime, room: int):
        """The working intervals between two instants; the last one sums up."""
        zone = ZoneInfo(self.work.tz)
        day, last = self.work.date_of(begin), self.work.date_of(end)
        while day <= last:
            for start, close in self.work.hours_of(day):
                first, until = (
                    _utc(datetime.combine(day, time(0), zone) + timedelta(minutes=m))
                    for m in (start, close)
                )
                first, until = max(first, begin), min(until, end)
                if first >= until or not self.work.measure(first, until):
                    continue
                room -= 1
                if room <= 0:
                    yield first, end
                    return
                yield first, until
            day += _DAY

    def day_lines(self) -> list[dict]:
        """The days that count, the rest days between them, and the last one."""
        if self.target.unit == "calday":
            return self.calendar_day_lines()
        if self.target.unit != "workday":
            return []
        lines, count = [], 0
        day = self.work.date_of(self.start)
        rest = None
        while count < min(self.target.amount, MAX_LINES):
            day += _DAY
            if self.work.is_workday(day):
                if rest:
                    lines.append(self.day_line("rest", rest, day - _DAY))
                rest = None
                count += 1
                lines.append(
                    self.day_line("day", day, day, total=count, of=self.target.amount)
                )
            else:
                rest = rest or day
        return lines

    def calendar_day_lines(self) -> list[dict]:
        first = self.work.date_of(self.start) + _DAY
        last = self.work.date_of(self.base() - _SECOND)
        lines = [self.day_line("days", first, last, total=self.target.amount)]
        rolled = self.work.date_of(self.rounded() - _SECOND)
        exact = self.work.date_of(self.exact - _SECOND)
        if self.mode == "calday" and rolled != exact:
            lines.append(self.day_line("roll", exact, rolled))
        return lines

    def day_line(self, kind: str, first: date, last: date, **more) -> dict:
        line = _line(kind, at=noon(self.work, first), **more)
        line.update(first=first.isoformat(), last=last.isoformat())
        return line


def _line(kind: str, at: datetime, until: datetime | None = None, **more) -> dict:
    """One line of the account, as JSON can keep it."""
    line = {"kind": kind, "at": _text(at)}
    if until:
        line["until"] = _text(until)
    for name, value in more.items():
        if isinstance(value, datetime):
            value = _text(value)
        elif isinstance(value, Target):
            line.update(amount=value.amount, unit=value.unit)
            continue
        if value not in ("", None):
            line[name] = value
    return line


def _text(moment: datetime) -> str:
    return _utc(moment).strftime("%Y-%m-%d %H:%M:%S")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ClockError(f"{moment!r} has no time zone")
    return moment.astimezone(timezone.utc).replace(microsecond=0)
