from datetime import datetime

from odoo import api
from odoo.tests import tagged

from .common import WorkCalendarCase, attendance, local


@tagged("post_install", "-at_install")
class TestVersion(WorkCalendarCase):
    """What counts as a change of the working time, and who sees it when."""

    def assertBumps(self, change, calendar=None, bumps=True):
        calendar = calendar or self.calendar
        before, worktime = calendar.version, calendar._get_worktime(self.company)
        result = change()
        after = calendar._get_worktime(self.company)
        if bumps:
            self.assertGreater(calendar.version, before)
            self.assertIsNot(after, worktime)
        else:
            self.assertEqual(calendar.version, before)
            self.assertIs(after, worktime)
        return result

    def test_days(self):
        day = self.assertBumps(lambda: self.make_day("2026-03-11"))
        self.assertBumps(lambda: day.write({"kind": "work"}))
        self.assertBumps(lambda: day.write({"hours": "08:00-09:00"}))
        self.assertBumps(lambda: day.write({"date": "2026-03-12"}))
        self.assertBumps(lambda: day.write({"name": "Outing"}), bumps=False)
        other = self.make_calendar("Other")
        version = other.version
        self.assertBumps(lambda: day.write({"calendar_id": other.id}))
        self.assertGreater(other.version, version)
        self.assertBumps(day.unlink, other)

    def test_hours(self):
        calendar = self.calendar
        self.assertBumps(
            lambda: calendar.write({"attendance_ids": [attendance(5, 9, 10)]})
        )
        line = calendar.attendance_ids[-1]
        self.assertBumps(lambda: line.write({"hour_to": 11}))
        self.assertBumps(lambda: line.write({"name": "Saturday"}), bumps=False)
        self.assertBumps(line.unlink)

    def test_calendar(self):
        calendar = self.calendar
        self.assertBumps(lambda: calendar.write({"tz": "Europe/Berlin"}))
        self.assertBumps(lambda: calendar.write({"known_until": "2026-12-31"}))
        self.assertBumps(calendar.switch_calendar_type)
        self.assertBumps(lambda: calendar.write({"name": "Renamed"}), bumps=False)
        self.assertEqual(calendar.copy().version > 0, True)

    def make_leave(self, company=None, **values):
        Leave = self.env["resource.calendar.leaves"]
        return Leave.with_company(company or self.company).create(
            {
                "name": "Anniversary",
                "date_from": datetime(2026, 3, 12, 16),
                "date_to": datetime(2026, 3, 13, 15, 59, 59),
                **values,
            }
        )

    def test_holidays_of_the_company(self):
        leave = self.assertBumps(lambda: self.make_leave(calendar_id=self.calendar.id))
        self.assertHours("2026-03-09 00:00", "2026-03-16 00:00", 32)
        worktime = self.calendar._get_worktime()
        self.assertFalse(worktime.is_workday(datetime(2026, 3, 13).date()))
        deadline = worktime.add(local("2026-03-12 14:00"), 480 * 60)
        self.assertEqual(deadline, local("2026-03-16 14:00"))
        self.assertBumps(lambda: leave.write({"date_to": datetime(2026, 3, 13, 4)}))
        self.assertHours("2026-03-09 00:00", "2026-03-16 00:00", 36.5)
        self.assertBumps(leave.unlink)
        self.assertHours("2026-03-09 00:00", "2026-03-16 00:00", 40)

    def test_a_holiday_is_a_whole_day(self):
        """Its last second, at which core ends it, is no working time either."""
        calendar = self.make_calendar("Always", {day: [(0, 24)] for day in range(7)})
        self.make_leave(calendar_id=calendar.id)
        start = local("2026-03-13 00:00")
        worktime = calendar._get_worktime()
        self.assertEqual(worktime.measure(start, local("2026-03-14 00:00")), 0)
        self.assertEqual(worktime.add(start, 1), local("2026-03-14 00:00:01"))

    def test_holidays_of_another_company_do_not_matter(self):
        """Core lets any company's holiday without a calendar shorten everybody's."""
        other = self.env["res.company"].create({"name": "Other"})
        shared = self.make_calendar("Shared", company_id=False)
        start, end = local("2026-03-09 00:00"), local("2026-03-16 00:00")

        def hours(calendar, company=None):
            return calendar._get_worktime(company).measure(start, end) / 3600

        leave = self.assertBumps(lambda: self.make_leave(other), bumps=False)
        self.assertEqual(leave.company_id, other)
        self.assertEqual(hours(self.calendar), 40)
        # A shared calendar has no holidays of its own, but those of who asks.
        self.assertEqual(hours(shared), 40)
        self.assertEqual(hours(shared, self.company), 40)
        self.assertEqual(hours(shared, other), 32)
        self.assertBumps(lambda: self.make_leave())
        self.assertEqual(hours(self.calendar), 32)

    def test_time_off_of_one_person_does_not_matter(self):
        resource = self.env["resource.resource"].create(
            {"name": "Li", "calendar_id": self.calendar.id}
        )
        self.assertBumps(
            lambda: self.make_leave(
                calendar_id=self.calendar.id, resource_id=resource.id
            ),
            bumps=False,
        )
        self.assertHours("2026-03-09 00:00", "2026-03-16 00:00", 40)

    def test_queries(self):
        """Asking again costs a look at the version, and nothing in a loop."""
        self.calendar._get_worktime()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            for _time in range(100):
                self.calendar._get_worktime()
        values = [
            {"calendar_id": self.calendar.id, "date": f"2026-03-{day:02}"}
            for day in range(1, 31)
        ]
        self.Day.create(values[:1]).unlink()
        self.env.flush_all()
        with self.assertQueryCount(6):
            # contradictions, insert, calendar, stamp, its update and the company
            self.Day.create(values)
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestVersionAcrossTransactions(WorkCalendarCase):
    """Other cursors, as other processes have them: only the database is in common.

    Nothing tells the caches of another process about an edit, so neither must the edit
    clear a cache here.
    """

    def setUp(self):
        super().setUp()
        cleared = []
        self.patch(
            type(self.registry), "clear_cache", lambda *args: cleared.append(args)
        )
        self.addCleanup(self.assertFalse, cleared)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            calendar = env["resource.calendar"].create(
                {
                    "name": "Committed",
                    "tz": "Asia/Shanghai",
                    "attendance_ids": [attendance(0, 9, 17)],
                }
            )
            self.calendar_id = calendar.id
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uid, {})
            env["resource.calendar"].browse(self.calendar_id).unlink()

    def hours(self, cr):
        env = api.Environment(cr, self.uid, {})
        calendar = env["resource.calendar"].browse(self.calendar_id)
        start, end = local("2026-03-09 00:00"), local("2026-03-16 00:00")
        measured = calendar._get_worktime().measure(start, end) / 3600
        self.assertEqual(calendar.get_work_hours_count(start, end), measured)
        return measured

    def add_day(self, cr, date):
        env = api.Environment(cr, self.uid, {})
        env["resource.calendar.exception"].create(
            {"calendar_id": self.calendar_id, "date": date, "kind": "work"}
        )

    def test_commit_elsewhere(self):
        with self.registry.cursor() as here, self.registry.cursor() as there:
            self.assertEqual(self.hours(here), 8)
            self.add_day(there, "2026-03-11")
            self.assertEqual(self.hours(there), 16)
            there.commit()
            # This transaction still sees its snapshot, the next one the edit.
            self.assertEqual(self.hours(here), 8)
            here.rollback()
            self.assertEqual(self.hours(here), 16)

    def test_rollback_elsewhere(self):
        with self.registry.cursor() as here, self.registry.cursor() as there:
            self.add_day(there, "2026-03-11")
            self.assertEqual(self.hours(there), 16)
            there.rollback()
            self.assertEqual(self.hours(here), 8)
            # Another edit gets another version, though the first one never came to be.
            self.add_day(there, "2026-03-12")
            self.add_day(there, "2026-03-13")
            self.assertEqual(self.hours(there), 24)
            there.rollback()
