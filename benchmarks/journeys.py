"""What do touchpoints cost beside the automation rules and the pipeline of core?

    bin/bench journeys

Reads ODOO_RC and KEHU_DATABASE, a database with customer_experience and crm installed
that is thrown away afterwards: `base_automation` is installed into it. The peers are a
time-based rule of `base_automation` that gives each record a to-do, and the kanban of
`crm.lead`.
"""

import os
import sys
from datetime import date, timedelta

from _common import Bench, multiply

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

BUYERS, MOVED, LEADS, MANY = 2_000, 5_000, 300, 200_000
FAR = date.today() + timedelta(days=400)


def buyers(env: api.Environment, phase, number: int):
    """Journeys of buyers of as many homes, signed long ago."""
    units = env["cx.unit"].create(
        [{"name": f"{phase.id}-{n}", "phase_id": phase.id} for n in range(number)]
    )
    partners = env["res.partner"].create(
        [{"name": f"Buyer {n}"} for n in range(number)]
    )
    return env["cx.journey"].create(
        [
            {"partner_id": partner.id, "unit_id": unit.id}
            for partner, unit in zip(partners, units, strict=True)
        ]
    )


def project(env: api.Environment):
    company = env.company
    department = env["hr.department"].create({"name": "Service"})
    company.resource_calendar_id = env["resource.calendar"].create(
        {"name": "Office", "company_id": company.id}
    )
    return env["cx.project"].create(
        {"name": "Riverside", "lead_dept_id": department.id}
    )


def phase_of(env: api.Environment, name: str):
    found = env["cx.project"].search([], limit=1) or project(env)
    return env["cx.phase"].create(
        {
            "name": name,
            "project_id": found.id,
            "customer_manager_id": env.ref("base.user_admin").id,
        }
    )


def measure_generation(bench: Bench) -> None:
    """G1: touchpoints with to-dos for many buyers, beside a rule for as many leads."""
    env = bench.env
    journeys = buyers(env, phase_of(env, "Generated"), BUYERS)
    templates = env["cx.touchpoint.template"]
    before = env["mail.activity"].search_count([])
    rule = templates.search([("scope", "=", "journey"), ("event", "=", "signed")])[:1]
    (templates.search([]) - rule).active = False
    rule.write(
        {
            "due_offset": 0,
            "due_direction": "after",
            "has_window": False,
            "responsible": "manager",
        }
    )
    rule.active = False
    journeys.with_context(tracking_disable=True).date_signed = date.today()
    rule.active = True
    planner = env["cx.planner"]

    def generate() -> None:
        planner._plan(journeys.phase_id, templates=rule, cause="rule")
        planner._cron_ready()

    seconds, queries = bench.timed(generate)
    number = env["cx.touchpoint"].search_count([("journey_id", "in", journeys.ids)])
    todos = env["mail.activity"].search_count([]) - before
    if not todos:
        raise SystemExit(f"{number} touchpoints, and no to-do")
    ours = seconds / todos
    print(f"{number:,} touchpoints with {todos:,} to-dos in {queries} queries")
    print(f"{ours * 1e3:.2f} ms each")
    peer = automation(bench)
    print(f"a rule of base_automation: {peer * 1e3:.2f} ms each")
    bench.check(
        "G1 base_automation / generated touchpoint", peer / ours, 25, least=True
    )


def automation(bench: Bench) -> float:
    """Seconds that a rule of core takes for each lead that gets a to-do."""
    env = bench.env
    env["crm.lead"].create([{"name": f"Lead {n}"} for n in range(LEADS)])
    model = env["ir.model"]._get("crm.lead")
    rule = env["base.automation"].create(
        {
            "name": "Call",
            "model_id": model.id,
            "trigger": "on_time_created",
            "trg_date_range": 1,
            "trg_date_range_type": "hour",
            "trg_date_range_mode": "after",
            "action_server_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Call",
                        "model_id": model.id,
                        "state": "next_activity",
                        "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
                        "activity_user_type": "specific",
                        "activity_user_id": env.user.id,
                        "usage": "base_automation",
                    },
                )
            ],
        }
    )
    env.flush_all()
    env.cr.execute("UPDATE crm_lead SET create_date = now() - interval '2 hours'")
    env.cr.execute(
        "UPDATE base_automation SET last_run = now() - interval '1 day',"
        " create_date = now() - interval '2 days' WHERE id = %s",
        [rule.id],
    )
    env.invalidate_all()
    before = env["mail.activity"].search_count([])
    seconds, _queries = bench.timed(rule._cron_process_time_based_actions)
    made = env["mail.activity"].search_count([]) - before
    if not made:
        raise SystemExit("the rule of base_automation did nothing")
    return seconds / made


def measure_move(bench: Bench) -> None:
    """Moving one milestone that the dates of many buyers hang on."""
    env = bench.env
    env["cx.touchpoint.template"].with_context(active_test=False).search(
        []
    ).active = True
    phase = phase_of(env, "Moved")
    batch = env["cx.batch"].create(
        {"name": "Batch", "phase_id": phase.id, "kind": "delivery"}
    )
    journeys = buyers(env, phase, MOVED)
    journeys.unit_id.delivery_batch_id = batch
    kind = env["cx.milestone.type"].search([("code", "=", "ho_start")], limit=1)
    milestone = env["cx.milestone"].search(
        [("type_id", "=", kind.id), ("batch_id", "=", batch.id)], limit=1
    ) or env["cx.milestone"].create({"type_id": kind.id, "batch_id": batch.id})
    milestone.date_planned = FAR
    env.flush_all()
    templates = env["cx.touchpoint"].search([("batch_id", "=", batch.id)]).template_id
    templates |= (
        env["cx.touchpoint"].search([("journey_id", "in", journeys.ids)]).template_id
    )

    def move() -> None:
        milestone.date_planned = FAR + timedelta(days=3)

    seconds, queries = bench.timed(move)
    print(f"moved in {seconds:.2f} s: {queries} queries, {len(templates)} templates")
    each = queries / max(1, len(templates))
    bench.check(f"queries a template, {MOVED:,} buyers moved", each, 10)


def measure_boards(bench: Bench) -> None:
    """G2 and G5: the idle tick and the board, with very many journeys."""
    env = bench.env
    phase = phase_of(env, "Large")
    journey = buyers(env, phase, 1)
    env["cx.touchpoint"].search([("state", "=", "planned")])._engine().write(
        {"state": "cancelled"}
    )
    touchpoint = env["cx.touchpoint"].create(
        {
            "title": "Call",
            "phase_id": phase.id,
            "stage_id": journey.stage_id.id,
            "journey_id": journey.id,
            "date_due": FAR,
        }
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE cx_touchpoint SET state = 'planned', date_ready = %s WHERE id = %s",
        [FAR, touchpoint.id],
    )
    # one journey for each customer and home: in the way of copies
    env.cr.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'cx_journey'"
        " AND indexdef LIKE 'CREATE UNIQUE%%(partner_id, unit_id)%%'",
        [],
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(f'DROP INDEX "{name}"')
    stages = env["cx.stage"].search([("code", ">", "A")]).ids
    multiply(
        env,
        journey,
        MANY,
        {"stage_id": f"(ARRAY{stages})[1 + mod(n, {len(stages)})]"},
    )
    env.cr.execute("SELECT max(id) FROM cx_journey")
    last = env.cr.fetchone()[0]
    multiply(env, touchpoint, MANY, {"journey_id": f"{last} - {MANY} + n"})
    lead = env["crm.lead"].create({"name": "Lead", "type": "opportunity"})
    pipeline = env["crm.stage"].search([]).ids
    multiply(
        env,
        lead,
        MANY,
        {"stage_id": f"(ARRAY{pipeline})[1 + mod(n, {len(pipeline)})]"},
    )
    partners = env["res.partner"]
    cheapest = bench.best(
        lambda: partners.web_search_read([], {"display_name": {}}, limit=1)
    )
    idle = bench.best(env["cx.planner"]._cron_ready)
    print(f"tick {idle * 1e3:.2f} ms, cheapest call {cheapest * 1e3:.2f} ms")
    bench.check(f"G2 idle tick, {MANY:,} planned / cheapest call", idle / cheapest, 0.2)
    ours = bench.best(lambda: board(env["cx.journey"], ["next_touchpoint_date"]))
    peer = bench.best(lambda: board(env["crm.lead"], ["expected_revenue"]))
    print(f"board {ours * 1e3:.0f} ms, kanban of leads {peer * 1e3:.0f} ms")
    bench.check(f"G5 journey board / kanban of {MANY:,} leads", ours / peer, 0.5)


def board(model, names: list[str]) -> None:
    """What a kanban by stage asks for: the columns, and the first cards of each."""
    columns = ["display_name", "partner_id", "activity_state", *names]
    specification = {name: {} for name in columns}
    model.web_read_group(
        [],
        groupby=["stage_id"],
        aggregates=["__count"],
        auto_unfold=True,
        unfold_read_specification=specification,
        unfold_read_default_limit=40,
    )


def main() -> int:
    name = os.environ["KEHU_DATABASE"]
    words = ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=error"]
    odoo.tools.config.parse_config(words)
    with Registry(name).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        peer = env["ir.module.module"].search([("name", "=", "base_automation")])
        peer.button_immediate_install()
    with Registry(name).cursor() as cr:
        try:
            bench = Bench(api.Environment(cr, SUPERUSER_ID, {}))
            measure_generation(bench)
            measure_move(bench)
            measure_boards(bench)
        finally:
            cr.rollback()
    return bool(bench.missed)


if __name__ == "__main__":
    sys.exit(main())
