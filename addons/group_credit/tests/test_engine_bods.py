"""Beneficial Ownership Data Standard 0.4."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from odoo.tests import tagged

from ..engine import bods
from ..engine.bods import read_bods
from ..engine.records import Interest, Party, Problem, Share
from ..engine.stream import open_file
from .engine_case import EngineCase

DATA = Path(__file__).parent / "data"


def read(content):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return list(read_bods(open_file(io.BytesIO(content), len(content))))


def only(kind, found):
    return [record for record in found if isinstance(record, kind)]


def relationship(*interests, status="new", **vals):
    details = {
        "subject": vals.pop("subject", "c"),
        "interestedParty": vals.pop("interestedParty", "p"),
        "interests": list(interests),
        **vals.pop("details", {}),
    }
    return {
        "statementId": "s",
        "statementDate": "2024-05-01",
        "recordId": "r",
        "recordType": "relationship",
        "recordStatus": status,
        "recordDetails": details,
        **vals,
    }


def interest(kind="shareholding", direct="direct", **vals):
    share = {n: vals.pop(n) for n in list(vals) if "imum" in n or n == "exact"}
    share = {"share": share} if share else {}
    return {"type": kind, "directOrIndirect": direct, **share, **vals}


@tagged("post_install", "-at_install")
class TestEngineBods(EngineCase):
    def facts(self, *interests, **vals):
        found = read([relationship(*interests, **vals)])
        self.assertEqual(only(Problem, found), [])
        return only(Interest, found)

    def assertProblem(self, statement, code):
        found = read([statement])
        self.assertEqual([problem.code for problem in found], [code])

    def test_samples(self):
        counts = {}
        for path in sorted(DATA.glob("bods-*.json")):
            found = read(path.read_bytes())
            self.assertEqual(only(Problem, found), [], path.name)
            kinds = [i.kind for i in only(Interest, found)]
            counts[path.stem] = (len(only(Party, found)), *kinds)
        self.assertEqual(
            counts,
            {
                "bods-joint-ownership": (4, "equity", "equity", "equity"),
                "bods-mixed-direct-and-indirect-ownership": (
                    *(3, "equity", "influence", "indirect", "equity"),
                ),
                "bods-nomination": (
                    *(4, "manual", "influence", "influence", "indirect"),
                ),
                "bods-package": (2, "equity"),
            },
        )

    def test_lines_read_as_the_array(self):
        path = DATA / "bods-nomination.json"
        statements = json.loads(path.read_bytes())
        lines = "\n".join(json.dumps(s) for s in statements).encode()
        self.assertEqual(read(lines), read(path.read_bytes()))

    def test_parties(self):
        found = read((DATA / "bods-nomination.json").read_bytes())
        self.assertEqual(
            [(p.kind, p.name, p.code, p.country) for p in only(Party, found)],
            [
                ("person", "Silvia Teixeira Perez", "", "MX"),
                ("person", "Vanessa Rivero", "", "MX"),
                ("arrangement", "Perez-Rivero nomination", "", "MX"),
                ("entity", "Los Corazones de Plata", "CPL211105123", "MX"),
            ],
        )
        entity = {
            "recordId": "e",
            "recordType": "entity",
            "recordDetails": {
                "entityType": {"type": "stateBody"},
                "name": "国资委",
                "identifiers": [{"scheme": "XI-LEI", "id": "3003005JY7KTP8L48N10"}],
            },
        }
        anonymous = {
            "recordId": "x",
            "recordType": "person",
            "recordDetails": {"personType": "anonymousPerson"},
        }
        state, unknown = read([entity, anonymous])
        self.assertEqual((state.kind, state.lei), ("state", "3003005JY7KTP8L48N10"))
        self.assertEqual(unknown.kind, "unknown")

    def test_every_published_interest_type_is_read(self):
        with (DATA / "bods-interestType.csv").open(encoding="utf-8") as file:
            codes = [row["code"] for row in csv.DictReader(file)]
        self.assertEqual(set(codes), set(bods.KINDS) | bods.INFLUENCES)
        for code in codes:
            (fact,) = self.facts(interest(code))
            self.assertEqual(fact.kind, bods.KINDS.get(code, "influence"))

    def test_shares_and_votes_of_one_period_are_one_fact(self):
        (fact,) = self.facts(
            interest("votingRights", exact=60, startDate="2020-01-01"),
            interest(exact=20.5, startDate="2020-01-01"),
        )
        self.assertEqual(fact.votes.low, 60)
        self.assertEqual(fact.equity.low, Decimal("20.5"))
        self.assertEqual(fact.details["interest"], "votingRights, shareholding")
        facts = self.facts(
            interest(exact=30, startDate="2020-01-01", endDate="2022-01-01"),
            interest(exact=40, startDate="2022-01-01"),
            interest("votingRights", exact=55, startDate="2022-01-01"),
            interest("appointmentOfBoard"),
        )
        self.assertEqual(
            [(f.ref, f.equity and f.equity.low, f.votes) for f in facts],
            [
                ("bods:r:equity", 30, None),
                ("bods:r:equity:2", 40, Share(Decimal(55), Decimal(55))),
                ("bods:r:board", None, None),
            ],
        )
        self.assertEqual(facts[0].valid_to, date(2022, 1, 1))

    def test_bands(self):
        for bounds, expected in (
            ({"minimum": 25, "maximum": 50}, "&gt;= 25 %, <= 50 %"),
            ({"exclusiveMinimum": 25, "maximum": 50}, "> 25 %, <= 50 %"),
            ({"exclusiveMinimum": 75, "exclusiveMaximum": 100}, "> 75 %, < 100 %"),
            ({"exclusiveMinimum": True, "minimum": 50}, "> 50 %, <= 100 %"),
            ({"exact": 33.3333333}, "33.3333 %"),
        ):
            (fact,) = self.facts(interest("votingRights", **bounds))
            self.assertEqual(str(fact.votes), expected.replace("&gt;", ">"))

    def test_indirect_interests_are_no_edges(self):
        for fact in (
            *self.facts(interest(direct="indirect", exact=60)),
            *self.facts(
                interest(direct="unknown", exact=60),
                details={"componentRecords": ["x", "y"]},
            ),
        ):
            self.assertEqual(fact.kind, "indirect")
        # a register that does not tell (GB) means those who stand in its books
        (fact,) = self.facts(interest(direct="unknown", exact=60))
        self.assertEqual(fact.kind, "equity")
        self.assertEqual(fact.details["directness"], "unknown")

    def test_closed_records_end(self):
        (fact,) = self.facts(interest(exact=60), status="closed")
        self.assertEqual((fact.status, fact.valid_to), ("ended", date(2024, 5, 1)))
        (fact,) = self.facts(interest(exact=60, endDate="2023-01-01"), status="closed")
        self.assertEqual(fact.valid_to, date(2023, 1, 1))

    def test_wrong_statements_say_why(self):
        for statement, code in (
            (relationship(interest(exact=160)), "share"),
            (relationship(interest(exact=-1)), "share"),
            (relationship(interest(exact="60")), "share"),
            (relationship(interest(minimum=60, maximum=40)), "bounds"),
            (relationship(interest(startDate="2024-13-01")), "date"),
            (
                relationship(interest(startDate="2024-01-02", endDate="2024-01-01")),
                "period",
            ),
            (relationship(interest("magic")), "interest_type"),
            (relationship(interest(), subject="p"), "self"),
            (relationship(interest(), interestedParty={"reason": "x"}), "unspecified"),
            (relationship(interest(), interestedParty=""), "party"),
            (relationship(interest(), status="maybe"), "record_status"),
            (relationship(interest(), recordType="cake"), "record_type"),
            (relationship(interest(), recordId=""), "no_id"),
            (relationship("nonsense"), "record"),
            ({"recordId": "x", "recordType": "entity", "recordDetails": 5}, "record"),
            (
                {
                    "recordId": "x",
                    "recordType": "entity",
                    "recordDetails": {"identifiers": [{"scheme": "XI-LEI", "id": "1"}]},
                },
                "lei",
            ),
            (5, "record"),
        ):
            with self.subTest(code=code):
                self.assertProblem(statement, code)

    def test_nan_is_no_share(self):
        text = json.dumps([relationship(interest(exact=60))]).replace("60", "NaN")
        self.assertEqual([p.code for p in read(text.encode())], ["share"])

    def test_the_others_are_read_beside_a_wrong_one(self):
        good, bad = relationship(interest(exact=60)), relationship(interest(exact=160))
        found = read([bad, good | {"recordId": "g"}])
        self.assertEqual([type(r) for r in found], [Problem, Interest])
        self.assertEqual(found[0].position, 1)
