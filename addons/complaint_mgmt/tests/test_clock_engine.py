import doctest
import json
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from odoo.addons.work_calendar.engine import WorkTime

from ..engine import clock as engine
from ..engine.clock import ClockError, Event, Target, replay

OFFICE_HOURS = ((510, 720), (810, 1080))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _days(month, first, last):
    return [date(2026, month, day) for day in range(first, last + 1)]


REST = [
    *_days(1, 1, 3),
    *_days(2, 15, 23),
    *_days(4, 4, 6),
    *_days(5, 1, 5),
    *_days(6, 19, 21),
    *_days(9, 25, 27),
    *_days(10, 1, 7),
]
MAKE_UP = [
    date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
]
WEEK = {day: OFFICE_HOURS for day in range(5)}
ALWAYS = {day: [(0, 1440)] for day in range(7)}
OFF = dict.fromkeys(REST, ())
CHINA = {**OFF, **dict.fromkeys(MAKE_UP)}
CALENDARS = {
    "A": WorkTime("Asia/Shanghai", WEEK, CHINA),
    "A0": WorkTime("Asia/Shanghai", WEEK, OFF),
    "M": WorkTime("Asia/Shanghai", {day: [(600, 1320)] for day in range(7)}),
    "N": WorkTime("Asia/Shanghai", ALWAYS),
    "W": WorkTime("Asia/Shanghai", {day: [(480, 1200)] for day in range(6)}),
    "B": WorkTime("Europe/Berlin", {day: [(480, 1020)] for day in range(5)}),
    "B24": WorkTime("Europe/Berlin", ALWAYS),
}
A = CALENDARS["A"]
UNITS = {
    "minutes": "minute",
    "workdays_eod": "workday",
    "calendar_days_roll": "calday",
}


def at(month, day, hour=0, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def pause(begin, end, reason="waiting for evidence", who="Wang Li"):
    return [Event("pause", begin, reason=reason, who=who), Event("resume", end)]


#: Example E4: 8 working hours for an interim measure, received Wednesday 10:00.
INTERIM, RECEIVED = Target(480), at(3, 11, 10)


def interim(events=(), **kwargs):
    return replay(A, INTERIM, RECEIVED, events, **kwargs)


@tagged("post_install", "-at_install")
class TestClock(BaseCase):
    def assertDeadline(self, reading, *moment):
        self.assertEqual(reading.deadline, at(*moment))

    def test_doctests(self):
        result = doctest.testmod(engine, extraglobs={"WorkTime": WorkTime})
        self.assertFalse(result.failed)
        self.assertGreater(result.attempted, 5)

    def test_worked_examples(self):
        """Every example that is a start and a target, to the second."""
        path = file_path("work_calendar/tests/data/sla_cases.json")
        with open(path, encoding="utf-8") as source:
            cases = json.load(source)["cases"]
        done = 0
        for case in cases:
            if case["calendar"] not in CALENDARS:
                continue
            reading = replay(
                CALENDARS[case["calendar"]],
                Target(case["value"], UNITS[case["op"]]),
                datetime.fromisoformat(case["start"]),
            )
            with self.subTest(case["id"]):
                self.assertEqual(
                    reading.deadline, datetime.fromisoformat(case["expected"])
                )
            done += 1
        self.assertGreaterEqual(done, 25)

    # -- interruptions ---------------------------------------------------------

    def test_pause(self):
        """E9, E10 and E11."""
        waited = interim(pause(at(3, 11, 11), at(3, 12, 14)))
        self.assertDeadline(waited, 3, 13, 11, 30)
        overnight = interim(pause(at(3, 11, 19), at(3, 12, 7, 30)))
        self.assertDeadline(overnight, 3, 12, 10)
        tomb_sweeping = pause(at(4, 2, 15), at(4, 7, 10))
        reading = replay(A, INTERIM, at(4, 2, 9), tomb_sweeping)
        self.assertDeadline(reading, 4, 7, 15)
        self.assertEqual(reading.elapsed, 4 * 3600 + 1800)

    def test_closed_while_paused(self):
        """E12: what the customer kept us waiting for is not our delay."""
        events = [Event("pause", at(3, 11, 11)), Event("stop", at(3, 13, 16))]
        reading = interim(events, now=at(3, 20, 9))
        self.assertEqual((reading.state, reading.elapsed), ("met", 3600))
        self.assertFalse(reading.breached_at)

    def test_no_breach_while_paused(self):
        reading = interim([Event("pause", at(3, 11, 11))], now=at(3, 20, 9))
        self.assertEqual(reading.state, "paused")
        self.assertFalse(reading.deadline)
        self.assertEqual(reading.remaining, 7 * 3600)

    def test_reopened(self):
        """E13: the time in which it was closed is a pause."""
        closed = Event("stop", at(3, 11, 17))
        self.assertEqual(interim([closed]).elapsed, 5 * 3600 + 1800)
        reading = interim([closed, Event("reopen", at(3, 16, 9))])
        self.assertDeadline(reading, 3, 16, 11, 30)
        self.assertEqual(reading.state, "running")

    def test_reopened_with_new_facts(self):
        """E14: a new round has the whole time again."""
        reading = replay(A, INTERIM, at(3, 16, 9))
        self.assertDeadline(reading, 3, 17, 9)

    def test_reopened_with_a_floor(self):
        events = [
            Event("stop", at(3, 12, 9, 30)),
            Event("reopen", at(3, 16, 9), floor=4 * 3600),
        ]
        self.assertDeadline(interim(events), 3, 16, 14, 30)

    def test_breach_is_never_healed(self):
        events = [Event("stop", at(3, 13, 9)), Event("reopen", at(3, 16, 9))]
        reading = interim(events)
        self.assertEqual(reading.state, "breached")
        self.assertEqual(reading.breached_at, at(3, 12, 10))
        again = interim([*events, Event("stop", at(3, 16, 10))])
        self.assertEqual(again.state, "late")

    def test_appraisal_moves_calendar_days(self):
        """E25: 15 days and 4 of appraisal end on a Sunday, so on Monday."""
        appraisal = pause(at(3, 16, 9), at(3, 20, 9))
        target = Target(15, "calday")
        reading = replay(A, target, at(3, 10, 11), appraisal)
        self.assertDeadline(reading, 3, 31)
        self.assertDeadline(replay(A, target, at(3, 10, 11)), 3, 26)

    def test_workdays_end_with_business(self):
        """An hour of waiting on the last day costs a day, and only one."""
        target = Target(3, "workday")
        waited = pause(at(3, 16, 10), at(3, 16, 11))
        reading = replay(A, target, at(3, 11, 10), waited)
        self.assertDeadline(reading, 3, 17, 18)
        twice = [*waited, *pause(at(3, 16, 14), at(3, 16, 15))]
        self.assertDeadline(replay(A, target, at(3, 11, 10), twice), 3, 17, 18)

    # -- other targets ---------------------------------------------------------

    def test_raised_and_lowered(self):
        """E15, E15a and E16: the time already gone is not given back."""
        normal = Target(3, "workday")
        self.assertDeadline(replay(A, normal, RECEIVED), 3, 16, 18)
        raised = Event("regrade", at(3, 11, 15), target=INTERIM)
        self.assertDeadline(replay(A, normal, RECEIVED, [raised]), 3, 12, 10)
        lowered = Event("regrade", at(3, 12, 9), target=normal)
        self.assertDeadline(interim([lowered]), 3, 16, 18)

    def test_raised_too_late_has_a_grace(self):
        raised = Event("regrade", at(3, 13, 10), target=INTERIM, grace=4 * 3600)
        reading = replay(A, Target(3, "workday"), RECEIVED, [raised], at(3, 13, 11))
        self.assertDeadline(reading, 3, 13, 15, 30)
        self.assertEqual(reading.state, "running")
        short = Event("regrade", at(3, 13, 10), target=Target(60), grace=4 * 3600)
        reading = replay(A, Target(3, "workday"), RECEIVED, [short])
        self.assertDeadline(reading, 3, 13, 11)

    def test_pause_survives_another_target(self):
        events = [
            *pause(at(3, 11, 11), at(3, 12, 14)),
            Event("regrade", at(3, 12, 15), target=Target(480)),
        ]
        reading = replay(A, Target(960), RECEIVED, events)
        self.assertDeadline(reading, 3, 13, 11, 30)

    def test_overdue_stays_overdue(self):
        lowered = Event("regrade", at(3, 12, 11), target=Target(3, "workday"))
        reading = interim([lowered])
        self.assertEqual(reading.state, "breached")
        self.assertDeadline(reading, 3, 12, 10)

    def test_extension(self):
        agreed = Event("extend", at(3, 12, 9), due=at(3, 13, 18))
        reading = interim([agreed])
        self.assertDeadline(reading, 3, 13, 18)
        self.assertEqual(reading.original, at(3, 12, 10))
        self.assertEqual(reading.extended, 32 * 3600)
        late = Event("extend", at(3, 12, 11), due=at(3, 13, 18))
        with self.assertRaises(ClockError):
            interim([late])
        with self.assertRaises(ClockError):
            interim([Event("extend", at(3, 12, 9), due=at(3, 12, 9, 30))])

    def test_registered_late(self):
        """E29: received Wednesday, entered Thursday: overdue from birth."""
        reading = replay(A, Target(60), at(3, 11, 9), now=at(3, 12, 9))
        self.assertEqual(reading.state, "breached")
        self.assertEqual(reading.breached_at, at(3, 11, 10))

    def test_another_calendar_moves_a_running_clock(self):
        """E30: Friday is declared a holiday while the clock runs."""
        start = at(3, 12, 14)
        self.assertDeadline(replay(A, INTERIM, start), 3, 13, 14)
        holiday = WorkTime("Asia/Shanghai", WEEK, {**CHINA, date(2026, 3, 13): ()})
        self.assertDeadline(replay(holiday, INTERIM, start), 3, 16, 14)

    def test_ladder(self):
        """E37: 50 % and 80 %, two hours before, four and eight after."""
        due = interim().deadline
        self.assertEqual(engine.advance(A, RECEIVED, due, 50), at(3, 11, 15, 30))
        self.assertEqual(A.add(due, -7200), at(3, 11, 17, 30))
        self.assertEqual(engine.advance(A, RECEIVED, due, 80), at(3, 11, 17, 54))
        self.assertEqual(A.add(due, 4 * 3600), at(3, 12, 15, 30))
        self.assertEqual(A.add(due, 8 * 3600), at(3, 13, 10))

    def test_what_cannot_have_happened(self):
        for events in (
            [Event("resume", at(3, 11, 11))],
            [Event("pause", at(3, 11, 11)), Event("pause", at(3, 11, 12))],
            [Event("pause", at(3, 12, 11))],
            [Event("pause", at(3, 11, 9))],
            [Event("stop", at(3, 11, 11)), Event("stop", at(3, 11, 12))],
            [Event("reopen", at(3, 11, 11))],
            [Event("vanish", at(3, 11, 11))],
        ):
            with self.assertRaises(ClockError):
                interim(events)
        for target in ((0, "minute"), (3, "moon"), (1, "absolute")):
            with self.assertRaises(ClockError):
                Target(*target)

    # -- the account -----------------------------------------------------------

    def test_explanation_of_minutes(self):
        """The account of E9: what ran, what was waited for, and the sum."""
        reading = interim(pause(at(3, 11, 11), at(3, 12, 14)), explain=True)
        lines = [
            (line["kind"], line.get("seconds", 0) // 60, line.get("total", 0) // 60)
            for line in reading.lines
        ]
        self.assertEqual(
            lines,
            [
                ("start", 0, 0),
                ("ran", 60, 60),
                ("paused", 0, 0),
                ("ran", 240, 300),
                ("ran", 180, 480),
                ("deadline", 0, 0),
            ],
        )
        waited = reading.lines[2]
        self.assertEqual(waited["reason"], "waiting for evidence")
        self.assertEqual(waited["who"], "Wang Li")
        self.assertEqual(reading.lines[-1]["at"], "2026-03-13 03:30:00")
        json.dumps(reading.lines)

    def test_explanation_of_days(self):
        """E6: Friday, the make-up Saturday, the festival, Tuesday."""
        reading = replay(A, Target(3, "workday"), at(2, 12, 10), explain=True)
        days = [
            (line["kind"], line["first"], line["last"])
            for line in reading.lines
            if "first" in line
        ]
        self.assertEqual(
            days,
            [
                ("day", "2026-02-13", "2026-02-13"),
                ("day", "2026-02-14", "2026-02-14"),
                ("rest", "2026-02-15", "2026-02-23"),
                ("day", "2026-02-24", "2026-02-24"),
            ],
        )
        appraisal = pause(at(3, 16, 9), at(3, 20, 9))
        rolled = replay(A, Target(15, "calday"), at(3, 10, 11), appraisal, explain=True)
        roll = next(line for line in rolled.lines if line["kind"] == "roll")
        self.assertEqual((roll["first"], roll["last"]), ("2026-03-29", "2026-03-30"))

    def test_explanation_is_short(self):
        reading = replay(A, Target(480 * 100), RECEIVED, explain=True)
        self.assertLess(len(reading.lines), engine.MAX_LINES + 5)
        self.assertEqual(reading.lines[-2]["total"], 480 * 100 * 60)


MOMENTS = st.integers(0, 60 * 24 * 120).map(
    lambda minutes: at(1, 20) + timedelta(minutes=minutes)
)
TARGETS = st.one_of(
    st.builds(Target, st.integers(1, 5000)),
    st.builds(Target, st.integers(1, 20), st.just("workday")),
    st.builds(Target, st.integers(1, 60), st.just("calday")),
)
MINUTES = st.integers(1, 60 * 24 * 5)


@tagged("post_install", "-at_install")
class TestClockProperties(BaseCase):
    @settings(max_examples=60, deadline=None)
    @given(TARGETS, MOMENTS, MINUTES, MINUTES)
    def test_adjacent_pauses_are_one(self, target, start, first, second):
        begin = start + timedelta(minutes=1)
        middle = begin + timedelta(minutes=first)
        end = middle + timedelta(minutes=second)
        if replay(A, target, start).deadline < begin:
            return
        once = replay(A, target, start, pause(begin, end))
        twice = replay(A, target, start, pause(begin, middle) + pause(middle, end))
        self.assertEqual(once.deadline, twice.deadline)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 5000), MOMENTS, st.integers(1, 600), MINUTES)
    def test_waiting_outside_hours_is_free(self, minutes, start, wait, length):
        plain = replay(A, Target(minutes), start)
        begin = start + timedelta(minutes=wait)
        end = begin + timedelta(minutes=length)
        if plain.deadline < begin:
            return
        waited = replay(A, Target(minutes), start, pause(begin, end))
        self.assertGreaterEqual(waited.deadline, plain.deadline)
        cost = A.measure(begin, end)
        if end <= plain.deadline:
            self.assertEqual(A.measure(plain.deadline, waited.deadline), cost)
        if not cost and end <= plain.deadline:
            self.assertEqual(waited.deadline, plain.deadline)

    @settings(max_examples=60, deadline=None)
    @given(TARGETS, TARGETS, MOMENTS, MINUTES)
    def test_regrade_counts_from_the_start(self, old, new, start, later):
        when = start + timedelta(minutes=later)
        first = replay(A, old, start)
        event = Event("regrade", when, target=new, grace=4 * 3600)
        reading = replay(A, old, start, [event])
        if first.deadline < when:
            self.assertEqual(reading.deadline, first.deadline)
        else:
            fresh = replay(A, new, start).deadline
            self.assertGreater(reading.deadline, when)
            if fresh > when:
                self.assertEqual(reading.deadline, fresh)

    @settings(max_examples=60, deadline=None)
    @given(TARGETS, MOMENTS, MINUTES)
    def test_zone_of_the_reader_does_not_matter(self, target, start, later):
        stop = start + timedelta(minutes=later)
        for zone in (timezone.utc, ZoneInfo("America/New_York")):
            events = [Event("stop", stop.astimezone(zone))]
            there = replay(A, target, start.astimezone(zone), events, explain=True)
            here = replay(A, target, start, [Event("stop", stop)], explain=True)
            self.assertEqual(there, here)
            self.assertEqual(here.state == "met", stop <= here.due)
