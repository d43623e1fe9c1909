from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from .common import local
from .test_worktime import CHINA, OFFICE_WEEK, REST_2026, WORK_2026

# Two more readings of the notice that must agree with the shipped rows.
WORKDAYS_BY_MONTH = {1: 21, 2: 16, 3: 22, 4: 21, 5: 19, 6: 21}
WORKDAYS_BY_MONTH |= {7: 23, 8: 21, 9: 22, 10: 18, 11: 21, 12: 23}


@tagged("post_install", "-at_install")
class TestChina2026(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env.ref("work_calendar.resource_calendar_china")
        cls.days = cls.calendar.exception_ids.filtered(
            lambda day: day.date.year == 2026
        )

    def test_rows(self):
        by_kind = self.days.grouped("kind")
        self.assertEqual(sorted(by_kind["rest"].mapped("date")), REST_2026)
        self.assertEqual(sorted(by_kind["work"].mapped("date")), WORK_2026)
        self.assertFalse(self.days.filtered(lambda day: not day.source or day.hours))
        self.assertFalse(self.calendar.company_id)

    def test_engine_of_the_calendar(self):
        worktime = self.calendar._get_worktime()
        self.assertEqual(worktime.tz, "Asia/Shanghai")
        self.assertEqual(
            {day: tuple(hours) for day, hours in worktime.week.items()}, OFFICE_WEEK
        )
        day, months = date(2026, 1, 1), {}
        while day.year == 2026:
            months[day.month] = months.get(day.month, 0) + worktime.is_workday(day)
            hours = worktime.hours_of(day)
            if day in CHINA:
                self.assertEqual(bool(hours), CHINA[day] is None, day)
            day += timedelta(days=1)
        self.assertEqual(months, WORKDAYS_BY_MONTH)

    def test_core_follows(self):
        start, end = local("2026-02-01 00:00"), local("2026-03-01 00:00")
        self.assertEqual(self.calendar.get_work_hours_count(start, end), 16 * 8)
        self.assertEqual(
            self.calendar.plan_hours(8, local("2026-02-13 16:00"), compute_leaves=True),
            local("2026-02-14 16:00"),
        )
