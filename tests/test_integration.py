"""The page for other systems: its example runs as printed, against a real server."""

import json
import re
import subprocess
import sys
from pathlib import Path

from kehu import postgres
from kehu.odoo import odoo

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = ("integration.md", "integration.zh_CN.md")
PREPARE = """
import json
from datetime import timedelta
from odoo import fields

today = fields.Date.today()
partner = env["res.partner"].create({"name": "Example", "is_company": True})
env["credit.line"]._record_event("grant", dict(
    partner_id=partner.id, limit=5000, net_limit=5000,
    currency_id=env.company.currency_id.id,
    date_start=today - timedelta(days=9), date_end=today + timedelta(days=90)), "x")
user = env["res.users"].create({
    "name": "Core banking", "login": "core.banking",
    "group_ids": [env.ref("group_credit.group_group_credit_interface").id]})
key = env["res.users.apikeys"].with_user(user).sudo()._generate(
    "rpc", "example", fields.Datetime.now() + timedelta(days=1))
env.cr.commit()
print("READY", json.dumps([partner.id, key]))
"""
SUMS = """SELECT string_agg(kind || ' ' || amount::float, ', ' ORDER BY u.id),
    max(l.used)::float, max(l.reserved)::float
    FROM credit_usage u JOIN credit_line l ON l.id = u.line_id
    WHERE origin_id = 'LN2026-018'"""


def example(page: str) -> str:
    text = (DOCS / page).read_text()
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


def test_the_example_is_the_same_in_both_languages():
    first, second = map(example, PAGES)
    assert first == second


def test_the_example_runs_as_printed_however_often(served):
    words = odoo("shell", "-d", served.database, "--no-http", "--log-level=error")
    done = subprocess.run(
        words,
        input=PREPARE,
        text=True,
        capture_output=True,
        timeout=60,
        env=postgres.environment(),
    )
    partner, key = json.loads(done.stdout.split("READY ")[1].splitlines()[0])
    code = example(PAGES[0])
    for printed, own in {
        "http://127.0.0.1:8069": served.url.rstrip("/"),
        '"…"': repr(key),
        "partner_id=42": f"partner_id={partner}",
    }.items():
        assert printed in code, f"the page no longer says {printed}"
        code = code.replace(printed, own)
    for _time in range(2):  # a broken connection: everything is sent again
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
        steps, used, reserved = postgres.sql(SUMS, served.database).strip().split("|")
        assert steps == "reserve 1000, draw 600, repay 200, release 400"
        assert (float(used), float(reserved)) == (400, 0)
