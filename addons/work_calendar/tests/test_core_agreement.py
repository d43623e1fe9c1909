"""Core's planning and the engine, on the same calendars."""

from datetime import datetime, timedelta
from random import Random

from odoo.tests import tagged

from .common import WorkCalendarCase, attendance, utc

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")
SEEDS = range(12)
QUESTIONS = 15


@tagged("post_install", "-at_install")
class TestCoreAgreement(WorkCalendarCase):
    def random_hours(self, random):
        """Away from midnight and from the hours in which clocks change: there core is
        known to be wrong.
        """
        bounds = sorted(random.sample(range(8, 46), random.choice((2, 4))))
        return [(bounds[at] / 2, bounds[at + 1] / 2) for at in range(0, len(bounds), 2)]

    def random_calendar(self, random):
        """A calendar of a company of its own, the only one with holidays: core counts
        those of every company. They do not overlap: other applications refuse that.
        """
        self.env["resource.calendar.leaves"].search([]).unlink()
        company = self.env["res.company"].create({"name": f"Random {random.random()}"})
        two_weeks = random.random() < 0.4
        attendances = [
            attendance(day, start, end, week_type=week_type)
            for week_type in (("0", "1") if two_weeks else (False,))
            for day in random.sample(range(7), random.randint(2, 6))
            for start, end in self.random_hours(random)
        ]
        start = utc("2026-01-01").date()
        days = []
        for offset in random.sample(range(250), 40):
            hours = random.choice((None, self.random_hours(random)))
            text = hours and ", ".join(
                "-".join(f"{int(hour)}:{int(hour * 60) % 60:02d}" for hour in pair)
                for pair in hours
            )
            days.append(
                (
                    0,
                    0,
                    {
                        "date": start + timedelta(days=offset),
                        "kind": random.choice(("rest", "work")),
                        "hours": text,
                    },
                )
            )
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Random",
                "company_id": company.id,
                "tz": random.choice(ZONES),
                "two_weeks_calendar": two_weeks,
                "attendance_ids": attendances,
                "exception_ids": days,
            }
        )
        self.close_at_random(random, calendar)
        return calendar.with_company(company)

    def close_at_random(self, random, calendar):
        for offset in random.sample(range(0, 250, 4), 5):
            hour = random.randint(0, 23)
            begin = datetime(2026, 1, 1, hour) + timedelta(days=offset)
            self.env["resource.calendar.leaves"].with_company(
                calendar.company_id
            ).create(
                {
                    "name": "Closed",
                    "calendar_id": random.choice((calendar.id, False)),
                    "date_from": begin,
                    "date_to": begin + timedelta(hours=random.randint(1, 60)),
                }
            )

    def test_random_calendars(self):
        exact_ends = 0
        for seed in SEEDS:
            random = Random(seed)
            calendar = self.random_calendar(random)
            worktime = calendar._get_worktime()
            for _question in range(QUESTIONS):
                start = utc("2026-01-05") + timedelta(minutes=random.randint(0, 300000))
                end = start + timedelta(minutes=random.randint(0, 60000))
                seconds = worktime.measure(start, end)
                with self.subTest(seed=seed, start=start, end=end):
                    hours = calendar.get_work_hours_count(start, end)
                    self.assertEqual(round(hours * 3600), seconds)
                seconds = random.randint(1, 4 * 480) * 60
                with self.subTest(seed=seed, start=start, seconds=seconds):
                    planned = calendar.plan_hours(
                        seconds / 3600, start, compute_leaves=True
                    )
                    deadline = worktime.add(start, seconds)
                    if abs(planned - deadline) > timedelta(seconds=1):
                        # Exactly at closing time: float rounding may send core to
                        # the next opening, no working time later.
                        exact_ends += 1
                        self.assertLessEqual(worktime.measure(deadline, planned), 1)
        self.assertLess(exact_ends, len(SEEDS) * QUESTIONS / 10)
