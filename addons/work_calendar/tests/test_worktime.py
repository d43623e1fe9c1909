import doctest
import json
import os
import time
from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from ..engine import holiday_file, hours, worktime
from ..engine.worktime import NoWorkingTimeError, WorkTime, WorkTimeError

OFFICE_HOURS = ((510, 720), (810, 1080))


def days(year, month, first, last=None):
    return [date(year, month, day) for day in range(first, (last or first) + 1)]


REST_2026 = [
    *days(2026, 1, 1, 3),
    *days(2026, 2, 15, 23),
    *days(2026, 4, 4, 6),
    *days(2026, 5, 1, 5),
    *days(2026, 6, 19, 21),
    *days(2026, 9, 25, 27),
    *days(2026, 10, 1, 7),
]
WORK_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]
REST = {day: () for day in REST_2026}
CHINA = {**REST, **{day: None for day in WORK_2026}}


def every_day(*intervals, weekdays=range(7)):
    return {day: intervals for day in weekdays}


OFFICE_WEEK = every_day(*OFFICE_HOURS, weekdays=range(5))
CALENDARS = {
    "A": WorkTime("Asia/Shanghai", OFFICE_WEEK, CHINA),
    "A0": WorkTime("Asia/Shanghai", OFFICE_WEEK, REST),
    "M": WorkTime("Asia/Shanghai", every_day((600, 1320))),
    "N": WorkTime("Asia/Shanghai", every_day((0, 1440))),
    "W": WorkTime("Asia/Shanghai", every_day((480, 1200), weekdays=range(6))),
    "K": WorkTime("Asia/Shanghai", every_day((540, 1020), weekdays=range(5)), CHINA),
    "B": WorkTime("Europe/Berlin", every_day((480, 1020), weekdays=range(5))),
    "B24": WorkTime("Europe/Berlin", every_day((0, 1440))),
    "BN": WorkTime("Europe/Berlin", every_day((0, 360), (1320, 1440))),
}
OFFICE = CALENDARS["A"]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def local(text, zone="Asia/Shanghai"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@st.composite
def day_hours(draw):
    bounds = draw(
        st.lists(st.integers(0, 48), unique=True, min_size=2, max_size=6).map(sorted)
    )
    return tuple(
        (bounds[at] * 30, bounds[at + 1] * 30) for at in range(0, len(bounds) - 1, 2)
    )


ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",  # clocks move by half an hour
        "America/Sao_Paulo",  # clocks used to move at midnight
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Pacific/Apia",  # a whole day was skipped
        "UTC",
    ]
)
DATES = st.dates(date(2011, 1, 1), date(2013, 12, 31))
MOMENTS = st.datetimes(
    datetime(2011, 1, 1), datetime(2013, 12, 31), timezones=st.just(timezone.utc)
).map(lambda moment: moment.replace(second=0, microsecond=0))
SECONDS = st.integers(0, 60 * 86400)


@st.composite
def calendars(draw):
    week = draw(st.dictionaries(st.integers(0, 6), day_hours(), min_size=1))
    start = draw(DATES)
    kinds = st.one_of(st.just(()), st.none(), day_hours())
    exceptions = {
        start + timedelta(days=offset): draw(kinds)
        for offset in draw(st.sets(st.integers(0, 60), max_size=10))
    }
    weeks = st.dictionaries(st.integers(0, 6), day_hours(), min_size=1)
    second = draw(st.none() | weeks)
    closures = [
        (moment, moment + timedelta(minutes=minutes))
        for moment, minutes in draw(
            st.lists(st.tuples(MOMENTS, st.integers(0, 5000)), max_size=4)
        )
    ]
    return WorkTime(draw(ZONES), week, exceptions, second, closures)


@tagged("post_install", "-at_install")
class TestWorkTimeCases(BaseCase):
    """Answers worked out by hand."""

    def test_sla_cases(self):
        path = file_path("work_calendar/tests/data/sla_cases.json")
        with open(path, encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        self.assertGreater(len(cases), 25)
        for case in cases:
            calendar = CALENDARS[case["calendar"]]
            start = datetime.fromisoformat(case["start"].replace("Z", "+00:00"))
            value = case["value"]
            if case["op"] == "minutes":
                answer = calendar.add(start, 60 * value)
            elif case["op"] == "workdays_eod":
                answer = calendar.end_of_workdays(start, value)
            else:
                self.assertEqual(case["op"], "calendar_days_roll")
                answer = calendar.end_of_calendar_days(start, value)
            with self.subTest(case["id"]):
                self.assertEqual(
                    answer.isoformat(), case["expected"].replace("Z", "+00:00")
                )

    def test_pauses(self):
        """A pause is a difference of measures: nothing more is needed for one."""
        start = local("2026-03-11 10:00")
        done = OFFICE.measure(start, local("2026-03-11 11:00"))
        self.assertEqual(done, 3600)
        deadline = OFFICE.add(local("2026-03-12 14:00"), 480 * 60 - done)
        self.assertEqual(deadline, local("2026-03-13 11:30"))
        # A night off changes nothing.
        done = OFFICE.measure(start, local("2026-03-11 19:00"))
        deadline = OFFICE.add(local("2026-03-12 07:30"), 480 * 60 - done)
        self.assertEqual(deadline, local("2026-03-12 10:00"))
        # Over Qingming.
        done = OFFICE.measure(local("2026-04-02 09:00"), local("2026-04-02 15:00"))
        self.assertEqual(done, int(4.5 * 3600))
        deadline = OFFICE.add(local("2026-04-07 10:00"), 480 * 60 - done)
        self.assertEqual(deadline, local("2026-04-07 15:00"))

    def test_reminder_ladder(self):
        start, deadline = local("2026-03-11 10:00"), local("2026-03-12 10:00")
        self.assertEqual(OFFICE.add(start, 240 * 60), local("2026-03-11 15:30"))
        self.assertEqual(OFFICE.add(deadline, -2 * 3600), local("2026-03-11 17:30"))
        self.assertEqual(OFFICE.add(start, 384 * 60), local("2026-03-11 17:54"))
        self.assertEqual(OFFICE.add(deadline, 4 * 3600), local("2026-03-12 15:30"))
        self.assertEqual(OFFICE.add(deadline, 8 * 3600), local("2026-03-13 10:00"))

    def test_night_shift_over_the_change_of_clocks(self):
        nights = CALENDARS["BN"]
        # 22:00 to 06:00 is 7 hours when the clocks go forward, 9 when they go back.
        spring = local("2026-03-28 22:00", "Europe/Berlin")
        autumn = local("2026-10-24 22:00", "Europe/Berlin")
        self.assertEqual(
            nights.add(spring, 7 * 3600), local("2026-03-29 06:00", "Europe/Berlin")
        )
        self.assertEqual(
            nights.add(autumn, 9 * 3600), local("2026-10-25 06:00", "Europe/Berlin")
        )

    def test_boundaries_in_a_gap_or_a_fold(self):
        def hours(start, end, day):
            calendar = WorkTime("Europe/Berlin", {6: [(start, end)]})
            close = calendar.end_of_workdays(utc("2026-03-01"), 1)
            self.assertTrue(close)
            noon = datetime.combine(day, datetime.min.time(), timezone.utc)
            return calendar.measure(noon - timedelta(days=1), noon + timedelta(days=2))

        spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
        self.assertEqual(hours(150, 300, spring), 90 * 60)  # 02:30 counts as 03:30
        self.assertEqual(hours(60, 150, spring), 90 * 60)
        self.assertEqual(hours(120, 180, spring), 0)
        self.assertEqual(hours(150, 300, autumn), 210 * 60)  # from the first 02:30
        self.assertEqual(hours(60, 150, autumn), 150 * 60)  # to the second 02:30

    def test_midnight_is_exact(self):
        calendar = WorkTime("Asia/Shanghai", every_day((0, 1440), weekdays=range(5)))
        friday = local("2026-03-13 12:00")
        self.assertEqual(calendar.add(friday, 12 * 3600), local("2026-03-14 00:00"))
        self.assertEqual(
            calendar.add(friday, 12 * 3600 + 1), local("2026-03-16 00:00:01")
        )
        self.assertEqual(calendar.end_of_workdays(friday, 1), local("2026-03-17 00:00"))
        # Where the repeated hour begins at midnight, the day still ends when it ends.
        havana = WorkTime("America/Havana", {5: [(1320, 1440)]})
        self.assertEqual(
            havana.measure(utc("2026-10-31T00:00:00"), utc("2026-11-03T00:00:00")), 7200
        )

    def test_exceptions(self):
        start = local("2026-03-09 08:30")  # a Monday
        own = WorkTime(
            "Asia/Shanghai",
            OFFICE_WEEK,
            {
                date(2026, 3, 10): [(510, 720)],  # afternoon off
                date(2026, 3, 14): [(540, 600), (720, 780)],  # Saturday, own hours
                date(2026, 3, 15): None,  # Sunday, hours of a Monday
            },
        )
        self.assertEqual(
            own.measure(start, start + timedelta(days=7)),
            (4 * 8 + 3.5 + 2 + 8) * 3600,
        )
        self.assertEqual(own.end_of_workdays(start, 1), local("2026-03-10 12:00"))
        self.assertEqual(own.end_of_workdays(start, 5), local("2026-03-14 13:00"))

    def test_make_up_day_without_mondays(self):
        market = WorkTime("Asia/Shanghai", {2: [(600, 660)]}, {date(2026, 3, 14): None})
        self.assertEqual(market.hours_of(date(2026, 3, 14)), ((600, 660),))

    def test_two_weeks(self):
        first, second = {0: [(540, 600)]}, {1: [(540, 720)]}
        calendar = WorkTime("Asia/Shanghai", first, {}, second)
        monday = date(2026, 3, 9)
        parity = (monday.toordinal() - 1) // 7 % 2
        self.assertEqual(calendar.is_workday(monday), not parity)
        self.assertEqual(calendar.is_workday(monday + timedelta(days=7)), bool(parity))
        start = local("2026-03-09 00:00")
        self.assertEqual(calendar.measure(start, start + timedelta(days=14)), 4 * 3600)
        make_up = WorkTime(
            "Asia/Shanghai",
            first,
            {date(2026, 3, 14): None, date(2026, 3, 21): None},
            second,
        )
        self.assertEqual(
            {make_up.hours_of(day) for day in make_up.exceptions},
            {((540, 600),), ((540, 720),)},
        )

    def test_closures(self):
        calendar = WorkTime(
            "Asia/Shanghai",
            OFFICE_WEEK,
            closures=[
                (local("2026-03-13 00:00"), local("2026-03-14 00:00")),
                (local("2026-03-16 11:00"), local("2026-03-16 14:30")),
            ],
        )
        self.assertEqual(
            calendar.add(local("2026-03-12 14:00"), 480 * 60), local("2026-03-16 16:00")
        )
        self.assertFalse(calendar.is_workday(date(2026, 3, 13)))
        self.assertTrue(calendar.is_workday(date(2026, 3, 16)))
        self.assertEqual(
            calendar.shift_workdays(date(2026, 3, 12), 1), date(2026, 3, 16)
        )

    def test_counting_of_days(self):
        self.assertEqual(
            OFFICE.shift_workdays(date(2026, 2, 24), -3), date(2026, 2, 12)
        )
        self.assertEqual(OFFICE.shift_workdays(date(2026, 2, 16), 0), date(2026, 2, 16))
        start = local("2026-03-10 11:00")
        self.assertEqual(
            OFFICE.end_of_calendar_days(start, 19, roll=False),
            local("2026-03-30 00:00"),
        )
        # A make-up Saturday is no day to roll over.
        self.assertEqual(
            OFFICE.end_of_calendar_days(local("2026-05-06 10:00"), 3),
            local("2026-05-10 00:00"),
        )
        with self.assertRaises(WorkTimeError):
            OFFICE.end_of_workdays(start, 0)
        with self.assertRaises(WorkTimeError):
            OFFICE.end_of_calendar_days(start, -1)

    def test_nonsense_is_refused(self):
        for week in ({7: [(1, 2)]}, {0: [(5, 5)]}, {0: [(0, 1441)]}, {0: [(0, 1.5)]}):
            with self.subTest(week), self.assertRaises(WorkTimeError):
                WorkTime("UTC", week)
        with self.assertRaisesRegex(WorkTimeError, "09:00-11:00 and 10:00-12:00"):
            WorkTime("UTC", {0: [(600, 720), (540, 660)]})
        for zone in ("Asia/Beijing", "", "Asia", "../passwd", False):
            with self.subTest(zone), self.assertRaises(WorkTimeError):
                WorkTime(zone, {0: [(1, 2)]})
        with self.assertRaisesRegex(WorkTimeError, "time zone"):
            OFFICE.add(datetime(2026, 3, 11), 60)

    def test_no_working_time(self):
        start = local("2026-03-10 11:00")
        never = WorkTime("UTC", {})
        once = WorkTime("UTC", {}, {date(2026, 3, 20): [(0, 60)]})
        closed = WorkTime(
            "UTC", {0: [(0, 60)]}, closures=[(utc("2026-01-01"), utc("2046-01-01"))]
        )
        for calendar in (never, once, closed):
            for question in (
                lambda c: c.add(start, 3601),
                lambda c: c.shift_workdays(start.date(), 2),
                lambda c: c.end_of_workdays(start, 2),
            ):
                with self.assertRaisesRegex(NoWorkingTimeError, "4000 days"):
                    question(calendar)
        self.assertEqual(once.add(start, 3600), utc("2026-03-20T01:00:00"))
        self.assertEqual(never.measure(start, start + timedelta(days=9)), 0)
        with self.assertRaises(NoWorkingTimeError):
            never.end_of_calendar_days(start, 1)
        with self.assertRaises(NoWorkingTimeError):
            OFFICE.add(start, 10**12)
        with self.assertRaises(NoWorkingTimeError):
            OFFICE.measure(utc("0202-03-10"), start)

    def test_questions_of_far_apart_years(self):
        calendar = WorkTime("Asia/Shanghai", OFFICE_WEEK)
        for year in ("1900", "2100", "2600", "0500", "2026"):
            start = utc(f"{year}-03-10")
            self.assertEqual(calendar.measure(start, calendar.add(start, 9000)), 9000)
        self.assertLess(len(calendar._table.days), worktime.MAX_DAYS)

    def test_doctests(self):
        for module in (worktime, hours, holiday_file):
            results = doctest.testmod(module)
            self.assertGreater(results.attempted, 3)
            self.assertFalse(results.failed)


@tagged("post_install", "-at_install")
class TestWorkTimeProperties(BaseCase):
    """Laws that hold on any calendar."""

    @settings(deadline=None, max_examples=150)
    @given(calendars(), MOMENTS, SECONDS)
    def test_measure_undoes_add(self, calendar, start, seconds):
        try:
            end = calendar.add(start, seconds)
            back = calendar.add(end, -seconds)
        except NoWorkingTimeError:
            return
        self.assertEqual(calendar.measure(start, end), seconds)
        self.assertEqual(calendar.measure(back, end), seconds)
        if seconds:  # the earliest such instant
            second = timedelta(seconds=1)
            self.assertEqual(calendar.measure(start, end - second), seconds - 1)

    @settings(deadline=None, max_examples=100)
    @given(calendars(), MOMENTS, SECONDS, SECONDS)
    def test_add_in_two_steps(self, calendar, start, first, second):
        try:
            whole = calendar.add(start, first + second)
        except NoWorkingTimeError:
            return
        self.assertEqual(calendar.add(calendar.add(start, first), second), whole)

    @settings(deadline=None, max_examples=100)
    @given(calendars(), st.lists(MOMENTS, min_size=3, max_size=3), SECONDS)
    def test_order_is_kept(self, calendar, moments, seconds):
        one, two, three = sorted(moments)
        self.assertEqual(
            calendar.measure(one, three),
            calendar.measure(one, two) + calendar.measure(two, three),
        )
        self.assertGreaterEqual(calendar.measure(one, two), 0)
        self.assertEqual(calendar.measure(two, one), -calendar.measure(one, two))
        try:
            self.assertLessEqual(calendar.add(one, seconds), calendar.add(two, seconds))
        except NoWorkingTimeError:
            return

    @settings(deadline=None, max_examples=100)
    @given(calendars(), DATES, st.integers(1, 60))
    def test_workdays_step_by_step(self, calendar, day, count):
        try:
            reached = calendar.shift_workdays(day, count)
        except NoWorkingTimeError:
            return
        between = (day + timedelta(days=n) for n in range(1, (reached - day).days + 1))
        self.assertEqual(sum(map(calendar.is_workday, between)), count)
        self.assertTrue(calendar.is_workday(reached))
        self.assertLessEqual(
            calendar.shift_workdays(reached, -1), reached - timedelta(days=1)
        )

    @settings(deadline=None, max_examples=60)
    @given(calendars(), MOMENTS, MOMENTS, SECONDS)
    def test_the_way_to_the_table_does_not_matter(self, calendar, near, far, seconds):
        """The table grows in whatever order questions come; the answers stay."""
        fresh = WorkTime(
            calendar.tz,
            calendar.week,
            calendar.exceptions,
            calendar.second_week,
            calendar.closures,
        )
        fresh.measure(far, far)
        try:
            self.assertEqual(calendar.add(near, seconds), fresh.add(near, seconds))
        except NoWorkingTimeError:
            return
        self.assertEqual(calendar.measure(near, far), fresh.measure(near, far))

    @settings(deadline=None, max_examples=40)
    @given(calendars(), MOMENTS, st.integers(1, 3 * 1440))
    def test_measure_minute_by_minute(self, calendar, start, minutes):
        """Against a count of minutes on the wall, where no clock changes meanwhile."""
        zone = ZoneInfo(calendar.tz)
        ticks = [start + timedelta(minutes=n) for n in range(minutes + 1)]
        walls = [tick.astimezone(zone) for tick in ticks]
        if len({wall.utcoffset() for wall in walls}) > 1:
            return
        counted = sum(
            any(
                a <= wall.hour * 60 + wall.minute < b
                for a, b in calendar.hours_of(wall.date())
            )
            and not any(a <= tick < b for a, b in calendar.closures)
            for tick, wall in zip(ticks[:-1], walls[:-1], strict=True)
        )
        self.assertEqual(calendar.measure(start, ticks[-1]), counted * 60)

    def test_zone_of_the_server_does_not_matter(self):
        start = local("2026-02-13 16:00")
        expected = local("2026-02-14 16:00")
        self.addCleanup(time.tzset)
        for zone in ("UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Shanghai"):
            with patch.dict(os.environ, TZ=zone):
                time.tzset()
                calendar = WorkTime("Asia/Shanghai", OFFICE_WEEK, CHINA)
                self.assertEqual(calendar.add(start, 480 * 60), expected)
                self.assertEqual(
                    calendar.end_of_calendar_days(start, 0), local("2026-02-14 00:00")
                )
