from datetime import date, datetime

from psycopg2 import IntegrityError
from pytz import timezone as pytz_timezone

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import NoWorkingTimeError
from .common import WorkCalendarCase, attendance, local

SATURDAY, SUNDAY = "2026-03-14", "2026-03-15"
WEEK = ("2026-03-09 00:00", "2026-03-16 00:00")


@tagged("post_install", "-at_install")
class TestCalendarException(WorkCalendarCase):
    def test_rest_day(self):
        self.make_day("2026-03-11")
        self.assertHours(*WEEK, 32)

    def test_make_up_day(self):
        self.make_day(SATURDAY, "work")
        self.assertHours(*WEEK, 48)
        self.assertEqual(
            self.calendar.plan_hours(48, local(WEEK[0]), compute_leaves=True),
            local("2026-03-14 18:00"),
        )

    def test_make_up_day_with_its_own_hours(self):
        self.make_day(SATURDAY, "work", "9：00～11：30、13:00-24:00")
        self.assertEqual(self.calendar.exception_ids.hours, "09:00-11:30, 13:00-24:00")
        worktime = self.calendar._get_worktime()
        self.assertEqual(
            worktime.measure(local("2026-03-14 00:00"), local("2026-03-15 00:00")),
            13.5 * 3600,
        )

    def test_own_hours_on_a_working_day(self):
        self.make_day("2026-03-11", "work", "10:00-12:00")
        self.assertHours(*WEEK, 34)

    def test_half_a_day_off(self):
        self.make_day("2026-03-11", "rest", "13:30-18:00")
        self.assertHours(*WEEK, 35.5)
        self.make_day("2026-03-12", "rest", "11:00-14:00")
        self.assertHours(*WEEK, 34)

    def test_make_up_day_without_mondays(self):
        self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "0").unlink()
        self.calendar.attendance_ids.filtered(
            lambda a: a.dayofweek == "1" and a.day_period == "afternoon"
        ).unlink()
        self.assertHours(*WEEK, 27.5)
        self.make_day(SUNDAY, "work")
        self.assertHours(*WEEK, 31)

    def test_breaks(self):
        """The breaks that core asks for follow the exceptions too."""
        self.calendar.attendance_ids = [
            attendance(day, 12, 13.5, day_period="lunch") for day in range(5)
        ]
        self.make_day("2026-03-11")
        self.make_day(SATURDAY, "work")
        self.make_day(SUNDAY, "work", "10:00-18:00")
        breaks = self.calendar._attendance_intervals_batch(
            *map(local, WEEK), lunch=True
        )[False]
        self.assertEqual(
            [start.day for start, end, attendances in breaks], [9, 10, 12, 13, 14]
        )

    def test_days_of_core(self):
        """A make-up day is a day, a short one half a day, by core's own measure."""

        def days():
            return self.calendar.get_work_duration_data(*map(local, WEEK))

        self.make_day(SATURDAY, "work")
        self.assertEqual(days(), {"days": 6, "hours": 48})
        self.make_day(SUNDAY, "work", "08:00-10:00, 10:30-12:30")
        self.assertEqual(days(), {"days": 6.5, "hours": 52})
        self.make_day("2026-03-11", "rest", "08:30-12:00")
        self.assertEqual(days(), {"days": 6, "hours": 48.5})

    def test_unusual_days(self):
        self.make_day("2026-03-11")
        self.make_day(SATURDAY, "work")
        unusual = self.Day.with_context(
            default_calendar_id=self.calendar.id
        ).get_unusual_days("2026-03-09 00:00:00", "2026-03-15 15:59:59")
        free = [day for day, unusual in unusual.items() if unusual]
        self.assertEqual(free, ["2026-03-11", "2026-03-15"])

    def test_hours_of_a_date(self):
        """Core asks a calendar for a date's hours when someone takes it off."""
        self.make_day("2026-03-11")
        self.make_day(SATURDAY, "work")
        self.make_day(SUNDAY, "work", "07:00-11:00, 13:00-20:00")
        calendar = self.calendar
        self.assertFalse(calendar._works_on_date(date(2026, 3, 11)))
        self.assertTrue(calendar._works_on_date(date(2026, 3, 12)))
        self.assertTrue(calendar._works_on_date(date(2026, 3, 14)))
        saturday, sunday = date(2026, 3, 14), date(2026, 3, 15)
        self.assertEqual(calendar._get_hours_for_date(saturday), (8.5, 18))
        self.assertEqual(calendar._get_hours_for_date(saturday, "morning"), (8.5, 12))
        self.assertEqual(calendar._get_hours_for_date(sunday), (7, 20))
        self.assertEqual(calendar._get_hours_for_date(sunday, "morning"), (7, 11))
        self.assertEqual(calendar._get_hours_for_date(sunday, "afternoon"), (13, 20))
        monday = date(2026, 3, 9)
        self.assertEqual(calendar._get_hours_for_date(monday, "afternoon"), (13.5, 18))

    def test_resources(self):
        """People and machines on the calendar get the days in their own zone."""
        self.make_day("2026-03-11")
        self.make_day(SATURDAY, "work")
        resources = self.env["resource.resource"].create(
            [
                {"name": name, "calendar_id": calendar, "tz": zone}
                for name, calendar, zone in (
                    ("Shanghai", self.calendar.id, "Asia/Shanghai"),
                    ("Berlin", self.calendar.id, "Europe/Berlin"),
                    ("Free", False, "Asia/Shanghai"),
                )
            ]
        )
        start, end = local("2026-03-08 00:00"), local("2026-03-17 00:00")
        intervals = self.calendar._work_intervals_batch(start, end, resources)
        for resource in resources[:2]:
            first_hours = [
                (begin.day, begin.hour, begin.minute)
                for begin, stop, attendances in intervals[resource.id]
                if begin.hour < 12
            ]
            self.assertEqual(
                first_hours, [(day, 8, 30) for day in (9, 10, 12, 13, 14, 16)]
            )
            zone = pytz_timezone(resource.tz)
            self.assertEqual(
                [begin.utcoffset() for begin, *_rest in intervals[resource.id]],
                [zone.localize(datetime(2026, 3, 9)).utcoffset()] * 12,
            )
        # A resource without hours of its own is always there.
        self.assertEqual(
            [(begin, stop) for begin, stop, _rest in intervals[resources[2].id]],
            [(start, end)],
        )

    def test_domain_of_attendances(self):
        """Core can ask for some attendances only."""
        self.make_day(SATURDAY, "work")
        self.make_day(SUNDAY, "work", "09:00-10:00, 14:00-15:00")
        intervals = self.calendar._attendance_intervals_batch(
            local("2026-03-14 00:00"),
            local("2026-03-16 00:00"),
            domain=[("day_period", "=", "morning")],
        )[False]
        self.assertEqual(
            [(start.day, start.hour) for start, end, attendances in intervals],
            [(14, 8), (15, 9)],
        )

    def test_two_weeks(self):
        self.calendar.switch_calendar_type()
        self.calendar.attendance_ids.filtered(
            lambda a: a.week_type == "1" and a.day_period == "afternoon"
        ).unlink()
        worktime = self.calendar._get_worktime()
        total = 0
        for saturday, monday in ((14, 16), (21, 23)):
            start, end = local(f"2026-03-{monday} 00:00"), None
            end = local(f"2026-03-{monday + 7} 00:00")
            hours = worktime.measure(start, end) / 3600
            self.assertAlmostEqual(self.core_hours(start, end), hours)
            self.assertIn(hours, (40, 17.5))
            total += hours
            self.make_day(f"2026-03-{saturday}", "work")
            self.make_day(f"2026-03-{monday + 2}", "rest", "08:30-12:00")
        self.assertEqual(total, 57.5)
        for monday in (9, 16, 23):
            start = local(f"2026-03-{monday:02} 00:00")
            end = local(f"2026-03-{monday + 7} 00:00")
            measured = self.calendar._get_worktime().measure(start, end) / 3600
            self.assertAlmostEqual(self.core_hours(start, end), measured)

    def test_flexible_calendars_are_refused(self):
        flexible = self.make_calendar(
            "Flexible",
            schedule_type="flexible",
            hours_per_day=8,
            full_time_required_hours=40,
        )
        with self.assertRaisesRegex(UserError, "flexible hours"):
            flexible._get_worktime()
        with self.assertRaisesRegex(ValidationError, "flexible hours"):
            self.Day.create({"calendar_id": flexible.id, "date": SATURDAY})
        self.make_day(SATURDAY, "work")
        with self.assertRaisesRegex(ValidationError, "flexible hours"):
            self.calendar.schedule_type = "flexible"
        # Core's own planning on a flexible calendar is as before.
        self.assertTrue(self.core_hours(*map(local, WEEK), flexible))

    def test_contradiction(self):
        self.make_day(SATURDAY, "work", name="Spring Festival")
        message = "Office already has an entry for 2026-03-14: Make-up day · Spring"
        with self.assertRaisesRegex(ValidationError, message):
            self.make_day(SATURDAY)
        other = self.make_day(SUNDAY)
        with self.assertRaisesRegex(ValidationError, message):
            other.date = SATURDAY
        with self.assertRaisesRegex(ValidationError, "2026-03-16 is there twice"):
            self.calendar.exception_ids = [
                Command.create({"date": "2026-03-16", "kind": kind})
                for kind in ("rest", "work")
            ]
        self.assertEqual(len(self.calendar.exception_ids), 2)
        other.date = "2026-03-17"
        other.write({"date": "2026-03-17", "kind": "work"})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE resource_calendar_exception SET date = %s WHERE id = %s",
                (SATURDAY, other.id),
            )

    def test_wrong_hours(self):
        for hours, message in (
            ("morning", "“morning” is not understood"),
            ("9-12", "“9-12” is not understood"),
            ("12:00-09:00", "must end after they start"),
            ("22:00-06:00", "Split a night at midnight"),
            ("08:75-10:00", "must end after they start"),
            ("20:00-24:30", "no later than"),
            ("08:00-12:00, 11:00-13:00", "08:00-12:00, 11:00-13:00 overlap"),
        ):
            with (
                self.subTest(hours),
                self.env.cr.savepoint(),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self.make_day(SATURDAY, "work", hours)
        self.assertFalse(self.calendar.exception_ids)

    def test_wrong_zone(self):
        with self.assertRaisesRegex(ValidationError, "no time zone “Asia/Beijing”"):
            self.calendar.tz = "Asia/Beijing"
        with self.assertRaisesRegex(ValidationError, "no time zone “Mars”"):
            self.make_calendar("Mars", tz="Mars")

    def test_calendar_without_working_time(self):
        self.calendar.attendance_ids.unlink()
        self.assertFalse(self.calendar._works_on_date(date(2026, 3, 11)))
        with self.assertRaisesRegex(UserError, "has no working hours"):
            self.calendar._get_worktime()
        self.make_day(SATURDAY, "work", "09:00-10:00")
        worktime = self.calendar._get_worktime()
        self.assertEqual(worktime.add(local(WEEK[0]), 60), local("2026-03-14 09:01"))
        with self.assertRaisesRegex(NoWorkingTimeError, "within 4000 days"):
            worktime.add(local(WEEK[0]), 3601)

    def test_provisional(self):
        calendar = self.calendar
        deadline = local("2027-01-01 09:30")
        self.assertFalse(calendar._is_provisional(deadline))
        calendar.known_until = "2026-12-31"
        self.assertTrue(calendar._is_provisional(deadline))
        self.assertTrue(calendar._is_provisional(datetime(2027, 1, 1, 1, 30)))
        # 24:00 of the last day is still known; it is 16:00 of that day in UTC.
        self.assertFalse(calendar._is_provisional(datetime(2026, 12, 31, 16)))
        self.assertTrue(calendar._is_provisional(datetime(2026, 12, 31, 16, 0, 1)))

    def test_copy_of_a_calendar(self):
        self.make_day(SATURDAY, "work", name="Make-up")
        self.calendar.known_until = "2026-12-31"
        copy = self.calendar.copy()
        self.assertEqual(copy.exception_ids.mapped("name"), ["Make-up"])
        self.assertEqual(copy.known_until, self.calendar.known_until)
        self.assertEqual(self.calendar.exception_count, 1)

    def test_default_calendar_is_that_with_the_most_days(self):
        self.Day.search([]).unlink()
        company = self.company
        company.resource_calendar_id = self.make_calendar("Of the company")
        Day = self.Day.with_company(company)
        self.assertEqual(Day._default_calendar_id(), company.resource_calendar_id)
        self.make_day(SATURDAY)
        self.assertEqual(Day._default_calendar_id(), self.calendar)
        self.assertEqual(
            Day.action_open()["context"]["default_calendar_id"], self.calendar.id
        )
        day = Day.create({"date": SUNDAY})
        self.assertEqual(day.calendar_id, self.calendar)
