"""A credit line under fire: server processes, one hot line, a worker killed midway."""

import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import psutil
import pytest
from kehu import databases, postgres
from kehu.odoo import odoo
from kehu.testing import free_port

CLIENTS = 16
LIMIT = 160
TRIES = 15  # of each client: more than fit together
PREPARE = f"""
company = env.company
today = fields.Date.today()
terms = dict(limit={LIMIT}, net_limit={LIMIT}, company_id=company.id,
             currency_id=company.currency_id.id, date_start=today - timedelta(days=9),
             date_end=today + timedelta(days=300))
group = env["credit.group"].create({{"name": "Race"}})
members = env["res.partner"].create(
    [{{"name": f"Race {{i}}", "is_company": True}} for i in range({CLIENTS})])
env["credit.group.member"].create(
    [{{"group_id": group.id, "partner_id": m.id}} for m in members])
lines = env["credit.line"]
top = lines._record_event(
    "grant", {{**terms, "group_id": group.id, "allocation": "roll_up"}}, "Race").line_id
for member in members:
    lines._record_event("grant", {{**terms, "group_id": group.id, "parent_id": top.id,
                                  "partner_id": member.id}}, "Race")
user = env["res.users"].create({{
    "name": "Race", "login": "race", "company_id": company.id,
    "company_ids": [company.id],
    "group_ids": [env.ref("group_credit.group_group_credit_interface").id]}})
key = env["res.users.apikeys"].with_user(user).sudo()._generate(
    "rpc", "race", fields.Datetime.now() + timedelta(days=1))
env.cr.commit()
print("READY", json.dumps([key, top.id, members.ids]))
"""
KILLED = """
env["credit.line"].reserve(partner_id={partner}, amount={amount}, origin_model="race",
                           origin_id="killed")
os.kill(os.getpid(), signal.SIGKILL)
"""
SWEEP = "env['credit.line']._sweep(); env.cr.commit()"
IMPORTS = """
import json, os, signal
from datetime import timedelta
from odoo import fields
"""


def shell(database: str, script: str) -> str:
    words = odoo("shell", "-d", database, "--no-http", "--log-level=error")
    done = subprocess.run(
        words,
        input=IMPORTS + script,
        text=True,
        capture_output=True,
        timeout=60,
        env=postgres.environment(),
    )
    return done.stdout


def call(url: str, key: str, method: str, **values):
    """One call of the JSON-2 service; the answer, or the words of the refusal."""
    request = urllib.request.Request(
        f"{url}/json/2/credit.line/{method}",
        json.dumps(values).encode(),
        {"Authorization": f"bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return True, json.load(answer)
    except urllib.error.HTTPError as error:
        return False, json.load(error)["message"]


@pytest.fixture(scope="module")
def race():
    database = f"kehu_race_{os.getpid()}"
    databases.clone(databases.template(demo=False), database)
    port = free_port()
    out = shell(database, PREPARE)
    key, top, members = json.loads(out.split("READY ")[1].splitlines()[0])
    server = subprocess.Popen(
        odoo(
            *("-d", database, "--workers=8", f"--http-port={port}"),
            *("--max-cron-threads=0", "--log-level=error"),
        ),
        env=postgres.environment(),
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(url)
    yield database, server, url, key, top, members
    server.send_signal(signal.SIGINT)
    server.wait(30)
    databases.drop(database)


def wait_for(url: str):
    for _attempt in range(60):
        try:
            urllib.request.urlopen(f"{url}/web/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server does not answer")


def counters(database: str, line: int) -> tuple[float, float, float]:
    row = postgres.sql(
        f"SELECT used, reserved FROM credit_line WHERE id = {line}", database
    )
    ledger = postgres.sql(
        f"SELECT COALESCE(sum(used), 0) FROM credit_usage WHERE root_id = {line}",
        database,
    )
    return (*map(float, row.split("|")), float(ledger))


def test_nothing_is_overdrawn_though_workers_die(race):
    database, server, url, key, top, members = race
    granted, refused = [], []

    def client(number: int):
        for step in range(TRIES):
            values = {
                "partner_id": members[number],
                "amount": 1,
                "origin_model": "race",
                "origin_id": f"{number}-{step}",
            }
            while True:  # the same step again where the connection broke
                try:
                    good, answer = call(url, key, "draw", **values)
                    break
                except (OSError, ValueError):
                    time.sleep(0.1)
            (granted if good else refused).append(answer)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for _kill in range(3):
        time.sleep(0.4)
        workers = psutil.Process(server.pid).children()
        workers[len(workers) // 2].kill()
    for thread in threads:
        thread.join()
    shell(database, SWEEP)
    used, reserved, ledger = counters(database, top)
    assert (used, reserved, ledger) == (LIMIT, 0, LIMIT)
    assert len(granted) == LIMIT and len(refused) == CLIENTS * TRIES - LIMIT
    assert all("not enough room" in words for words in refused), set(refused)
    assert postgres.sql("SELECT count(*) FROM credit_hold", database).strip() == "0"
    what_a_killed_worker_took_comes_back(database, url, key, top, members)


def what_a_killed_worker_took_comes_back(database, url, key, top, members):
    """On the full line: room for one, taken by a process that dies uncommitted."""
    good, _answer = call(
        url, key, "repay", origin_model="race", origin_id="0-0", component="r"
    )
    assert good
    shell(database, KILLED.format(partner=members[0], amount=1))
    assert counters(database, top) == (LIMIT - 1, 1, LIMIT - 1)
    # whoever needs the room settles what is left, without waiting for the cron
    good, answer = call(
        url,
        key,
        "draw",
        partner_id=members[1],
        amount=1,
        origin_model="race",
        origin_id="after",
    )
    assert good, answer
    assert counters(database, top) == (LIMIT, 0, LIMIT)
