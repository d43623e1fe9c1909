"""What does the timeline of a customer cost beside a list of core?

    bin/bench customer_timeline

Reads ODOO_RC and KEHU_DATABASE, a database with complaint_mgmt and crm installed, and
rolls back what it writes. One customer has 10,000 complaints and 10,000 opportunities;
its first page of the timeline, with the counts of both, is read beside the first 80
opportunities as the list of core reads them with their count: each kind of record that
the timeline looks into should cost no more than such a list. The same with 100 of each
shows what the number of records costs.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

from _common import multiply

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

RECORDS, FEW, ROUNDS = 10_000, 100, 15
LIST = {
    "name": {},
    "stage_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "create_date": {},
}


def customer(env: api.Environment, total: int):
    partner = env["res.partner"].create({"name": f"Bench {total}"})
    case = env["complaint.case"].create(
        {
            "name": "Screen shattered",
            "channel": "mail",
            "partner_id": partner.id,
            "type_id": env.ref("complaint_mgmt.complaint_type_product_quality").id,
            "description": "<p>It shattered at night.</p>",
        }
    )
    lead = env["crm.lead"].create({"name": "Screens", "partner_id": partner.id})
    hourly = "now() - n * interval '1 hour'"
    unique = ("number", "access_token")
    multiply(env, case, total, {"received_at": hourly}, left_out=unique)
    multiply(env, lead, total, {"create_date": hourly}, left_out=unique)
    return partner


def timed(env: api.Environment, *works: Callable[[], object]) -> list[float]:
    """Milliseconds of each piece of work, in turn, from cold caches; the median."""
    seconds = [[] for _work in works]
    for _round in range(ROUNDS):
        for work, taken in zip(works, seconds, strict=True):
            env.invalidate_all()
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) * 1e3 for taken in seconds]


def measure(env: api.Environment) -> int:
    many, few = customer(env, RECORDS), customer(env, FEW)
    leads = env["crm.lead"]
    domain = [("partner_id", "=", many.id)]
    page, small, listed = timed(
        env,
        many.get_customer_timeline,
        few.get_customer_timeline,
        lambda: leads.web_search_read(
            domain, LIST, limit=80, order="create_date desc", count_limit=10_001
        ),
    )
    kinds = len(env["res.partner"]._timeline_sources())
    print(f"first page, {RECORDS:,} of each {page:9.2f} ms")
    print(f"first page, {FEW} of each    {small:9.2f} ms")
    print(f"list of 80 opportunities   {listed:9.2f} ms")
    missed = 0
    for what, value, target in (
        (f"page, each of {kinds} kinds / list of core", page / kinds / listed, 1.2),
        ("page of 20,000 records / page of 200", page / small, 3.0),
    ):
        missed += value > target
        verdict = "MISSED" if value > target else "ok"
        print(f"{what:42}{value:8.2f}  <= {target:<5}{verdict}")
    return int(bool(missed))


def main() -> int:
    name = os.environ["KEHU_DATABASE"]
    words = ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=error"]
    odoo.tools.config.parse_config(words)
    with Registry(name).cursor() as cr:
        code = measure(api.Environment(cr, SUPERUSER_ID, {}))
        cr.rollback()
    return code


if __name__ == "__main__":
    sys.exit(main())
