"""How long does a register of 100,000 holdings take, from the file to the relations?

    bin/bench relation_import

Reads ODOO_RC and KEHU_DATABASE, a database with group_credit installed, and commits
like the scheduler, batch by batch. Two files of 100,000 edges: BODS 0.4 in JSON Lines,
groups of a person, his company and nine subsidiaries, none known, so that every partner
is created; and GLEIF relationship records in XML between partners of which half are
known. Reading, preview and import count. A number as argument makes it a smaller run.
"""

import base64
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from unittest.mock import patch

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

EDGES = 100_000
SUBSIDIARIES = 9
SECONDS = 120
RECORD = (
    "<rr:RelationshipRecord><rr:Relationship>"
    "<rr:StartNode><rr:NodeID>{child}</rr:NodeID></rr:StartNode>"
    "<rr:EndNode><rr:NodeID>{parent}</rr:NodeID></rr:EndNode>"
    "<rr:RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</rr:RelationshipType>"
    "<rr:RelationshipPeriods><rr:RelationshipPeriod>"
    "<rr:StartDate>2020-01-01T00:00:00Z</rr:StartDate>"
    "<rr:PeriodType>RELATIONSHIP_PERIOD</rr:PeriodType>"
    "</rr:RelationshipPeriod></rr:RelationshipPeriods>"
    "<rr:RelationshipStatus>ACTIVE</rr:RelationshipStatus></rr:Relationship>"
    "<rr:Registration><rr:LastUpdateDate>2024-05-06T09:56:04Z</rr:LastUpdateDate>"
    "<rr:RegistrationStatus>PUBLISHED</rr:RegistrationStatus></rr:Registration>"
    "</rr:RelationshipRecord>"
)


def statement(record: str, kind: str, details: dict) -> str:
    return json.dumps(
        {
            "statementId": f"statement-{record}",
            "recordId": record,
            "recordType": kind,
            "recordStatus": "new",
            "statementDate": "2024-01-01",
            "recordDetails": details,
            "publicationDetails": {"bodsVersion": "0.4"},
        }
    )


def bods(edges: int) -> Iterator[str]:
    """Groups of one holding and its subsidiaries, under one person."""
    for group in range(edges // (SUBSIDIARIES + 1)):
        person, head = f"p{group}", f"h{group}"
        yield statement(
            person,
            "person",
            {
                "personType": "knownPerson",
                "names": [{"type": "legal", "fullName": f"Person {group}"}],
            },
        )
        companies = [head, *(f"s{group}-{i}" for i in range(SUBSIDIARIES))]
        for company in companies:
            yield statement(
                company,
                "entity",
                {
                    "entityType": {"type": "registeredEntity"},
                    "name": f"Bench {company}",
                },
            )
        holders = [person] + [head] * SUBSIDIARIES
        for holder, held in zip(holders, companies, strict=True):
            share = 75 if holder == person else 51
            yield statement(
                f"o-{held}",
                "relationship",
                {
                    "subject": held,
                    "interestedParty": holder,
                    "interests": [
                        {
                            "type": kind,
                            "directOrIndirect": "direct",
                            "startDate": "2020-01-01",
                            "share": {"exact": share},
                        }
                        for kind in ("shareholding", "votingRights")
                    ],
                },
            )


def lei(number: int) -> str:
    """A legal entity identifier with its two check digits (ISO 17442)."""
    stem = f"529900BENCH{number:07d}"
    digits = "".join(str(int(char, 36)) for char in stem)
    return f"{stem}{98 - int(digits + '00') % 97:02d}"


def gleif(edges: int) -> Iterator[str]:
    yield (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<rr:RelationshipData xmlns:rr='http://www.gleif.org/data/schema/rr/2016'>"
        "<rr:RelationshipRecords>"
    )
    for number in range(edges):
        parent = number // 10 * 10
        child = number + 1
        yield RECORD.format(child=lei(child), parent=lei(parent))
    yield "</rr:RelationshipRecords></rr:RelationshipData>"


def know_half(env: api.Environment, edges: int):
    env["res.partner"].with_context(tracking_disable=True)._load_records_create(
        [
            {"name": f"Known {n}", "is_company": True, "credit_lei": lei(n)}
            for n in range(edges // 2)
        ]
    )


def run(env: api.Environment, name: str, content: bytes) -> tuple[float, float, int]:
    """Seconds of preview and of import, and how many relations there are."""
    job = env["credit.relation.import"].create(
        {
            "file": base64.b64encode(content),
            "filename": name,
            "create_partners": name.endswith(".jsonl"),
        }
    )
    seconds = []
    for action in (job.action_preview, job.action_import):
        started = time.perf_counter()
        action()
        while job.state in ("reading", "importing"):
            # the context of a running cron: each batch is committed
            work = env["credit.relation.import"].with_context(ir_cron_progress_id=1)
            work._cron_work()
            job.invalidate_recordset()
        if job.state == "failed":
            raise SystemExit(f"{name}: {job.error}")
        env.flush_all()
        seconds.append(time.perf_counter() - started)
    found = env["credit.relation"].search_count([("import_id", "=", job.id)])
    return *seconds, found


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(env: api.Environment, edges: int) -> int:
    Cron = type(env["ir.cron"])

    def commit(cron, *args, **kwargs):
        cron.env.cr.commit()
        return float("inf")

    with patch.object(Cron, "_commit_progress", commit):
        before = peak()
        first = run(env, "register.jsonl", "\n".join(bods(edges)).encode())
        memory = peak() - before
        know_half(env, edges)
        second = run(env, "register.xml", "".join(gleif(edges)).encode())
    print(f"{'100,000 edges' if edges == EDGES else edges:24}", end="")
    print(f"{'preview s':>10}{'import s':>10}{'together':>10}{'relations':>11}")
    for label, (preview, applied, found) in (
        ("BODS, all new", first),
        ("GLEIF, half known", second),
    ):
        print(f"{label:24}{preview:10.1f}{applied:10.1f}", end="")
        print(f"{preview + applied:10.1f}{found:11}")
    print(f"memory above the start, the file included: {memory:.0f} MB")
    together = (first[0] + first[1]) * EDGES / edges
    verdict = "ok" if together <= SECONDS else "MISSED"
    print(f"BODS, 100,000 edges {together:.0f} s   <= {SECONDS}   {verdict}")
    return int(together > SECONDS)


def main() -> int:
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else EDGES
    name = os.environ["KEHU_DATABASE"]
    words = ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=error"]
    odoo.tools.config.parse_config(words)
    with Registry(name).cursor() as cr:
        return measure(api.Environment(cr, SUPERUSER_ID, {}), edges)


if __name__ == "__main__":
    sys.exit(main())
