"""What do complaints with running time limits cost beside the pipeline of core?

    bin/bench complaints

Reads ODOO_RC and KEHU_DATABASE, a database with complaint_mgmt and crm installed, and
rolls back what it writes. The peer is `crm.lead`, which has no time limits at all, and
for the escalation a to-do made one by one. Where `helpdesk_mgmt_sla` of the OCA is
installed as well, its tickets are measured too.
"""

import os
import sys
from collections.abc import Callable

from _common import Bench, multiply

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

BATCH, SINGLES = 1_000, 40
CLOCKS = 100_000


def case_values(env: api.Environment, number: int) -> list[dict]:
    partner = env["res.partner"].search([], limit=1)
    kind = env.ref("complaint_mgmt.complaint_type_product_quality")
    remedy = env.ref("complaint_mgmt.complaint_remedy_repair")
    return [
        {
            "name": "Screen shattered",
            "channel": "mail",
            "partner_id": partner.id,
            "type_id": kind.id,
            "description": "<p>It shattered at night.</p>",
            "remedy_ids": [(6, 0, remedy.ids)],
        }
        for _index in range(number)
    ]


def lead_values(env: api.Environment, number: int) -> list[dict]:
    partner = env["res.partner"].search([], limit=1)
    return [
        {"name": "Screens", "partner_id": partner.id, "description": "<p>Screens.</p>"}
        for _index in range(number)
    ]


def ticket_values(env: api.Environment, number: int) -> list[dict]:
    team = env["helpdesk.ticket.team"].search([("use_sla", "=", True)], limit=1)
    return [
        {"name": "Screen", "description": "<p>Broken.</p>", "team_id": team.id}
        for _index in range(number)
    ]


def creation(bench: Bench, model: str, values: Callable) -> tuple[float, float, float]:
    """Milliseconds a record, in a batch and one by one, and queries in the batch."""
    env = bench.env
    records = env[model]
    records.create(values(env, 2))
    seconds, queries = bench.timed(lambda: records.create(values(env, BATCH)))
    singles = values(env, SINGLES)

    def one_by_one() -> None:
        for single in singles:
            records.create([single])
            env.flush_all()

    alone, _queries = bench.timed(one_by_one)
    batch, single = seconds * 1e3 / BATCH, alone * 1e3 / SINGLES
    asked = queries / BATCH
    print(f"{model:24}{batch:8.2f} ms batch, {single:6.2f} alone, {asked:.2f} queries")
    return batch, single, asked


def measure_creation(bench: Bench) -> None:
    ours = creation(bench, "complaint.case", case_values)
    lead = creation(bench, "crm.lead", lead_values)
    bench.check("B1 batch: complaint with 3 limits / lead", ours[0] / lead[0], 0.4)
    bench.check("B1 queries for each complaint of a batch", ours[2], 0.3)
    if "helpdesk.sla" in bench.env:
        ticket = creation(bench, "helpdesk.ticket", ticket_values)
        bench.check(
            "B1 batch: complaint / ticket with 2 SLAs", ours[0] / ticket[0], 0.25
        )
        bench.check(
            "B2 alone: complaint / ticket with 2 SLAs", ours[1] / ticket[1], 0.5
        )
    else:
        bench.check("alone: complaint with 3 limits / lead", ours[1] / lead[1], 1.25)


def measure_clocks(bench: Bench) -> None:
    env = bench.env
    case = env["complaint.case"].create(case_values(env, 1))
    clock = case.clock_ids.filtered(lambda clock: clock.metric == "reply")
    env.cr.execute("UPDATE complaint_clock SET check_at = NULL")
    multiply(env, clock, CLOCKS, {"check_at": "now() + interval '10 days'"})
    clocks = env["complaint.clock"]
    idle, queries = bench.timed(clocks._cron_due)
    env.cr.execute("DELETE FROM complaint_clock WHERE case_id = %s", [case.id])
    late = env["complaint.case"].create(case_values(env, BATCH))
    env.flush_all()
    env.cr.execute(
        "UPDATE complaint_clock SET check_at = now() - interval '1 hour',"
        " started_at = started_at - interval '30 days',"
        " deadline = deadline - interval '30 days' WHERE case_id = ANY(%s)",
        [late.ids],
    )
    env.invalidate_all()
    number = clocks.search_count([("case_id", "in", late.ids)])
    due, _queries = bench.timed(lambda: work_off(clocks))
    one = bench.timed(lambda: schedule_one_by_one(case))[0] / SINGLES
    each = due / number
    print(f"cron: {idle * 1e3:.2f} ms with nothing due, {each * 1e3:.2f} for each due")
    bench.check("B8 cron with nothing due, queries", queries, 1)
    bench.check(f"B8 cron with nothing due / {number:,} due", idle / due, 0.02)
    bench.check("B7 breach and escalation / one activity_schedule", each / one, 0.3)


def work_off(clocks) -> None:
    while ids := clocks._take_due():
        clocks._look_after(clocks.browse(ids))
        clocks.env.flush_all()


def schedule_one_by_one(case) -> None:
    for _index in range(SINGLES):
        case.activity_schedule("mail.mail_activity_data_todo", summary="Late")
        case.env.flush_all()


def main() -> int:
    name = os.environ["KEHU_DATABASE"]
    words = ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=error"]
    odoo.tools.config.parse_config(words)
    with Registry(name).cursor() as cr:
        try:
            bench = Bench(api.Environment(cr, SUPERUSER_ID, {}))
            measure_creation(bench)
            measure_clocks(bench)
        finally:
            cr.rollback()
    return bool(bench.missed)


if __name__ == "__main__":
    sys.exit(main())
