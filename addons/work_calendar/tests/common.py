from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

OFFICE = ((8.5, 12.0), (13.5, 18.0))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def local(text, zone="Asia/Shanghai"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def attendance(weekday, start, end, **values):
    values.setdefault("day_period", "morning" if start < 12 else "afternoon")
    return Command.create(
        {
            "name": f"{weekday} {start}",
            "dayofweek": str(weekday),
            "hour_from": start,
            "hour_to": end,
            **values,
        }
    )


class WorkCalendarCase(TransactionCase):
    """An office calendar in Shanghai and a user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other applications read the hours of a holiday in the user's time zone.
        cls.env.user.tz = "Asia/Shanghai"
        cls.Day = cls.env["resource.calendar.exception"]
        cls.company = cls.env["res.company"].create({"name": "Kehu Test"})
        cls.calendar = cls.make_calendar("Office")
        officer = "work_calendar.group_work_calendar_officer"
        cls.officer = cls.make_user("officer", officer)
        cls.employee = cls.make_user("employee", "base.group_user")
        cls.portal = cls.make_user("portal", "base.group_portal")

    @classmethod
    def make_calendar(cls, name, week=None, **values):
        week = week or {day: OFFICE for day in range(5)}
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    attendance(day, start, end)
                    for day, hours in week.items()
                    for start, end in hours
                ],
                **values,
            }
        )

    @classmethod
    def make_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"work_calendar_{name}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def make_day(cls, date, kind="rest", hours=False, **values):
        return cls.Day.create(
            {
                "calendar_id": cls.calendar.id,
                "date": date,
                "kind": kind,
                "hours": hours,
                **values,
            }
        )

    def core_hours(self, start, end, calendar=None):
        return (calendar or self.calendar).get_work_hours_count(start, end)

    def assertHours(self, start, end, hours):
        """Core and the engine count the same hours."""
        start, end = local(start), local(end)
        worktime = self.calendar._get_worktime()
        self.assertEqual(worktime.measure(start, end), hours * 3600)
        self.assertAlmostEqual(self.core_hours(start, end), hours)
