"""Level 2 of the LEI system: relationship records and reporting exceptions."""

import gzip
import io
import json
import tracemalloc
from datetime import date
from pathlib import Path

from odoo.tests import tagged

from ..engine.gleif import read_gleif
from ..engine.records import BadFile, Exemption, FileCut, Interest, Party, Problem
from ..engine.stream import open_file
from .engine_case import EngineCase

DATA = Path(__file__).parent / "data"
CHILD, PARENT = "3003005JY7KTP8L48N10", "30030096HNNZNN7BZK36"
NAMESPACE = "http://www.gleif.org/data/schema/rr/2016"
RECORD = """<{p}RelationshipRecord><{p}Relationship>
<{p}StartNode><{p}NodeID>{child}</{p}NodeID><{p}NodeIDType>LEI</{p}NodeIDType></{p}StartNode>
<{p}EndNode><{p}NodeID>{parent}</{p}NodeID><{p}NodeIDType>LEI</{p}NodeIDType></{p}EndNode>
<{p}RelationshipType>{kind}</{p}RelationshipType>
<{p}RelationshipPeriods><{p}RelationshipPeriod><{p}StartDate>2016-02-23T00:00:00.000+08:00</{p}StartDate>{end}<{p}PeriodType>RELATIONSHIP_PERIOD</{p}PeriodType></{p}RelationshipPeriod>
<{p}RelationshipPeriod><{p}StartDate>0202-01-01T00:00:00Z</{p}StartDate><{p}PeriodType>ACCOUNTING_PERIOD</{p}PeriodType></{p}RelationshipPeriod></{p}RelationshipPeriods>
<{p}RelationshipStatus>{status}</{p}RelationshipStatus></{p}Relationship>
<{p}Registration><{p}LastUpdateDate>2024-05-06T09:56:04.826+08:00</{p}LastUpdateDate><{p}RegistrationStatus>{registration}</{p}RegistrationStatus></{p}Registration>
</{p}RelationshipRecord>"""


def record(prefix="rr:", **vals):
    vals = {
        "child": CHILD,
        "parent": PARENT,
        "kind": "IS_DIRECTLY_CONSOLIDATED_BY",
        "end": "",
        "status": "ACTIVE",
        "registration": "PUBLISHED",
        **vals,
    }
    return RECORD.format(p=prefix, **vals)


def document(*records, prefix="rr:", head="", namespace=None):
    space = NAMESPACE if namespace is None else namespace
    name = f"xmlns{':' if prefix else ''}{prefix.rstrip(':')}"
    declared = f' {name}="{space}"' if space else ""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{head}"
        f"<{prefix}RelationshipData{declared}>"
        f"<{prefix}Header><{prefix}RecordCount>9</{prefix}RecordCount></{prefix}Header>"
        f"<{prefix}RelationshipRecords>{''.join(records)}</{prefix}RelationshipRecords>"
        f"</{prefix}RelationshipData>"
    ).encode()


def read(content):
    return list(read_gleif(open_file(io.BytesIO(content), len(content))))


def only(kind, found):
    return [each for each in found if isinstance(each, kind)]


@tagged("post_install", "-at_install")
class TestEngineGleif(EngineCase):
    def fact(self, **vals):
        (fact,) = only(Interest, read(document(record(**vals))))
        return fact

    def test_samples(self):
        found = read((DATA / "gleif-relationship.json").read_bytes())
        (fact,) = only(Interest, found)
        self.assertEqual((fact.holder, fact.held), (PARENT, CHILD))
        self.assertEqual(fact.kind, "consolidation")
        self.assertFalse(fact.equity or fact.votes)
        self.assertEqual(fact.valid_from, date(2016, 2, 23))
        self.assertEqual(fact.details["accounting standard"], "IFRS")
        names = {party.ref: party.name for party in only(Party, found) if party.name}
        self.assertEqual(names[PARENT], "横店集团控股有限公司")
        found = read((DATA / "gleif-exceptions.xml").read_bytes())
        self.assertEqual(
            [(e.parent, e.reason) for e in found],
            [
                ("direct", "NO_KNOWN_PERSON"),
                ("direct", "NON_CONSOLIDATING"),
                ("direct", "NON_PUBLIC"),
            ],
        )

    def test_any_prefix_and_none(self):
        expected = read(document(record()))
        self.assertEqual(len(only(Interest, expected)), 1)
        for prefix, namespace in (("ns0:", None), ("", None), ("", "")):
            content = document(record(prefix), prefix=prefix, namespace=namespace)
            self.assertEqual(read(content), expected)
        self.assertEqual(read(gzip.compress(document(record()))), expected)

    def test_json_of_the_golden_copy(self):
        plain = json.loads((DATA / "gleif-relationship.json").read_bytes())[0]

        def wrapped(value):
            if isinstance(value, dict):
                return {key: wrapped(each) for key, each in value.items()}
            if isinstance(value, list):
                return [wrapped(each) for each in value]
            return {"$": value}

        golden = wrapped(plain)
        periods = golden["Relationship"]["RelationshipPeriods"]
        golden["Relationship"]["RelationshipPeriods"] = {"RelationshipPeriod": periods}
        content = json.dumps({"relations": [{"RelationshipRecord": golden}]}).encode()
        self.assertEqual(read(content), read(json.dumps([plain]).encode()))

    def test_kinds_of_relationship(self):
        for kind, expected in (
            ("IS_DIRECTLY_CONSOLIDATED_BY", "consolidation"),
            ("IS_ULTIMATELY_CONSOLIDATED_BY", "consolidation"),
            ("IS_INTERNATIONAL_BRANCH_OF", "consolidation"),
            ("IS_FUND-MANAGED_BY", "influence"),
        ):
            self.assertEqual(self.fact(kind=kind).kind, expected)

    def test_endings(self):
        for vals, status, end in (
            ({}, "active", None),
            ({"registration": "LAPSED"}, "active", None),
            ({"status": "INACTIVE"}, "ended", date(2024, 5, 6)),
            ({"registration": "RETIRED"}, "ended", date(2024, 5, 6)),
            ({"registration": "ANNULLED"}, "void", None),
            ({"registration": "DUPLICATE"}, "void", None),
            (
                {"status": "INACTIVE", "end": "<rr:EndDate>2020-01-01</rr:EndDate>"},
                "ended",
                date(2020, 1, 1),
            ),
        ):
            fact = self.fact(**vals)
            self.assertEqual((fact.status, fact.valid_to), (status, end), vals)
        deleted = json.loads((DATA / "gleif-relationship.json").read_bytes())[:1]
        deleted[0]["Extension"] = {"Deletion": {"DeletedAt": "2024-06-24T18:20:28Z"}}
        (fact,) = only(Interest, read(json.dumps(deleted).encode()))
        self.assertEqual((fact.status, fact.valid_to), ("ended", date(2024, 6, 24)))

    def test_wrong_records_say_why(self):
        for vals, code in (
            ({"child": "3003005JY7KTP8L48N11"}, "lei"),
            ({"child": PARENT}, "self"),
            ({"kind": "IS_COUSIN_OF"}, "relationship_type"),
            ({"end": "<rr:EndDate>2015-01-01</rr:EndDate>"}, "period"),
            ({"end": "<rr:EndDate>soon</rr:EndDate>"}, "date"),
        ):
            found = read(document(record(**vals), record()))
            self.assertEqual([p.code for p in only(Problem, found)], [code])
            self.assertEqual(len(only(Interest, found)), 1)
        odd = [{"LEI": CHILD, "ExceptionCategory": "X", "ExceptionReason": "NO_LEI"}, 7]
        odd += [{"Cake": 1}, {"Relationship": "x"}]
        codes = [p.code for p in read(json.dumps(odd).encode())]
        self.assertEqual(
            codes, ["exception_category", "record", "record_type", "record"]
        )

    def test_withdrawn_exception(self):
        data = {
            "LEI": CHILD,
            "ExceptionCategory": "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
            "ExceptionReason": ["NO_LEI"],
        }
        deletion = {"Extension": {"Deletion": {"DeletedAt": "2024-06-24T18:20:28Z"}}}
        self.assertEqual(
            read(json.dumps([data, data | deletion]).encode()),
            [
                Exemption(1, CHILD, "ultimate", "NO_LEI"),
                Exemption(2, CHILD, "ultimate", ""),
            ],
        )

    def test_cut_in_half(self):
        whole = document(*[record()] * 50)
        for share in (3, 2, 1.5):
            found = []
            with self.assertRaises(FileCut) as cut:
                found.extend(
                    read_gleif(open_file(io.BytesIO(whole), len(whole)))
                    if share == 0
                    else self._until(whole[: int(len(whole) / share)], found)
                )
            self.assertEqual(len(only(Interest, found)), cut.exception.position)
            self.assertGreater(cut.exception.position, 5)

    def _until(self, content, found):
        for each in read_gleif(open_file(io.BytesIO(content), len(content))):
            found.append(each)
        return ()

    def test_entities_and_external_files_are_refused(self):
        secret = DATA / "README.md"
        laughs = "".join(
            f"<!ENTITY a{i} '{f'&a{i - 1};' * 10 if i else 'ha'}'>" for i in range(10)
        )
        for head, text in (
            (f"<!DOCTYPE x [{laughs}]>", "&a9;"),
            (f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{secret}'>]>", "&e;"),
            ("<!DOCTYPE x [<!ENTITY e SYSTEM 'http://127.0.0.1:1/x'>]>", "&e;"),
            ("<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>", "ACTIVE"),
            (f"<!DOCTYPE x [<!ENTITY % p SYSTEM 'file://{secret}'> %p;]>", "ACTIVE"),
        ):
            found = []
            with self.subTest(head=head[:40]), self.assertRaises(BadFile) as refused:
                self._until(document(record(status=text), head=head), found)
            self.assertEqual((refused.exception.code, found), ("doctype", []))

    def test_other_xml_is_no_file_of_the_lei_system(self):
        for content in (b"<html><body/></html>", b"<a", b"<a>" * 1000):
            with self.assertRaises(BadFile) as refused:
                read(content)
            self.assertEqual(refused.exception.code, "format")

    def test_memory_does_not_grow_with_the_file(self):
        peaks = []
        for length in (500, 5000):
            content = document(*[record()] * length)
            tracemalloc.start()
            count = sum(
                1 for _each in read_gleif(open_file(io.BytesIO(content), len(content)))
            )
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            self.assertEqual(count, 3 * length)
        self.assertLess(peaks[1], peaks[0] + 200_000)
