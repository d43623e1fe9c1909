"""How much faster than core's planning are 10,000 deadlines on a working calendar?

    bin/bench working_time

Reads ODOO_RC and KEHU_DATABASE, a database with work_calendar installed, and rolls back
what it writes. The calendar is what core can express, so that both must give the same
answers: Monday to Friday 8-12 and 13-17 in Paris, 24 closures. The peer is core as it
comes, without what work_calendar adds to it.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from random import Random
from statistics import median
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

DEADLINES = 10_000
CLOSURES = 24
ROUNDS = 5
TARGET = 300
START = datetime(2026, 1, 5, tzinfo=timezone.utc)


def make_calendar(env: api.Environment):
    company = env["res.company"].create({"name": "Benchmark"})
    calendar = env["resource.calendar"].create(
        {
            "name": "Benchmark",
            "company_id": company.id,
            "tz": "Europe/Paris",
            "attendance_ids": [
                (
                    0,
                    0,
                    {
                        "name": f"{day} {start}",
                        "dayofweek": str(day),
                        "hour_from": start,
                        "hour_to": start + 4,
                        "day_period": "morning" if start < 12 else "afternoon",
                    },
                )
                for day in range(5)
                for start in (8, 13)
            ],
        }
    )
    rng = Random(1)
    first = START.replace(tzinfo=None)
    days = sorted(rng.sample(range(500), CLOSURES))
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": first + timedelta(days=day),
                "date_to": first + timedelta(days=day + 1),
            }
            for day in days
        ]
    )
    env.flush_all()
    return calendar


def make_questions() -> list[tuple[datetime, int]]:
    """Starts within a year, and up to ten days of work in whole minutes."""
    rng = Random(2)
    questions = []
    for _number in range(DEADLINES):
        start = START + timedelta(seconds=rng.randrange(365 * 86400))
        questions.append((start, rng.randint(1, 4800) * 60))
    return questions


def timed(work: Callable[[], list]) -> tuple[float, list]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def measure(env: api.Environment) -> int:
    calendar, questions = make_calendar(env), make_questions()
    intervals = odoo.addons.resource.models.resource_calendar.ResourceCalendar
    core = intervals._attendance_intervals_batch

    def plan_hours() -> list[datetime]:
        with patch.object(type(calendar), "_attendance_intervals_batch", core):
            return [
                calendar.plan_hours(seconds / 3600, start, compute_leaves=True)
                for start, seconds in questions
            ]

    def with_table() -> list[datetime]:
        """From the records: hours and closures read, table built."""
        env.registry.clear_cache()
        env.invalidate_all()
        return cached()

    def cached() -> list[datetime]:
        worktime = calendar._get_worktime()
        return [worktime.add(start, seconds) for start, seconds in questions]

    peer, planned = timed(plan_hours)
    rounds = [timed(with_table) for _round in range(ROUNDS)]
    ours, deadlines = median(seconds for seconds, _found in rounds), rounds[0][1]
    again = median(timed(cached)[0] for _round in range(ROUNDS))

    different, wrong = compare(calendar._get_worktime(), planned, deadlines)
    print(f"{'10,000 deadlines':36}{'seconds':>10}{'x plan_hours':>14}")
    print(f"{'plan_hours(compute_leaves=True)':36}{peer:10.3f}{1:14}")
    print(f"{'ours, table built each time':36}{ours:10.4f}{peer / ours:14.0f}")
    print(f"{'ours, table cached':36}{again:10.4f}{peer / again:14.0f}")
    print(
        f"the same instant: {DEADLINES - different}; core later at the exact end of an "
        f"interval: {different - wrong}; otherwise different: {wrong}"
    )
    good = peer / ours >= TARGET and not wrong
    verdict = "ok" if good else "MISSED"
    print(f"E1 plan_hours / ours {peer / ours:.0f}   >= {TARGET}   {verdict}")
    return not good


def compare(worktime, planned, deadlines) -> tuple[int, int]:
    """How many answers differ, and how many of these by any working time or not at the
    end of an interval.

    Core counts in float hours, so its answers are rounded to the second.
    """
    different = wrong = 0
    second = timedelta(seconds=1)
    for theirs, ours in zip(planned, deadlines, strict=True):
        if abs(theirs - ours) < second:
            continue
        different += 1
        at_an_end = not worktime.measure(ours, ours + second)
        wrong += not (at_an_end and abs(worktime.measure(ours, theirs)) <= 1)
    return different, wrong


def main() -> int:
    name = os.environ["KEHU_DATABASE"]
    words = ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=error"]
    odoo.tools.config.parse_config(words)
    with Registry(name).cursor() as cr:
        try:
            return measure(api.Environment(cr, SUPERUSER_ID, {}))
        finally:
            cr.rollback()


if __name__ == "__main__":
    sys.exit(main())
