"""Files of registers: BODS and GLEIF, from the upload to the relations."""

import base64
import json
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import GroupCreditCase
from odoo.addons.group_credit.tests.test_engine_bods import interest, relationship
from odoo.addons.group_credit.tests.test_engine_gleif import (
    CHILD,
    PARENT,
    document,
    record,
)

DATA = Path(__file__).parent / "data"


def entity(ref, name=None, **details):
    return {
        "recordId": ref,
        "recordType": "entity",
        "recordDetails": {
            "entityType": {"type": "registeredEntity"},
            "name": name or ref,
            **details,
        },
    }


def person(ref, name=None):
    return {
        "recordId": ref,
        "recordType": "person",
        "recordDetails": {"names": [{"fullName": name or ref}]},
    }


def holding(holder, held, exact, ref=None, **vals):
    return relationship(
        interest(exact=exact, startDate="2020-01-01"),
        interestedParty=holder,
        subject=held,
        recordId=ref or f"{holder}-{held}",
        **vals,
    )


class RegisterCase(GroupCreditCase):
    def upload(self, content, role="reviewer", **vals):
        if isinstance(content, list):
            content = json.dumps(content).encode()
        elif isinstance(content, Path):
            content = content.read_bytes()
        return (
            self.env["credit.relation.import"]
            .with_user(self.users[role])
            .create(
                {
                    "file": base64.b64encode(content),
                    "filename": "x.json",
                    "create_partners": True,
                    **vals,
                }
            )
        )

    def preview(self, content, **vals):
        job = self.upload(content, **vals)
        job.action_preview()
        return job

    def run_import(self, content, confirm=True, **vals):
        job = self.preview(content, **vals)
        job.confirm = confirm
        job.action_import()
        self.assertEqual(job.state, "done")
        return job

    def statuses(self, job):
        return job.line_ids.mapped("status")

    def controlled(self, relations):
        graph = self.env["credit.graph"]._build(relations)
        name = self.env["res.partner"].browse
        return {(name(a).name, name(b).name) for a, b in graph.pairs()}


@tagged("post_install", "-at_install")
class TestImportBods(RegisterCase):
    def test_every_sample_twice(self):
        for path in sorted(DATA.glob("bods-*.json")):
            with self.subTest(path=path.name):
                first = self.run_import(path)
                self.assertEqual(set(self.statuses(first)), {"new"})
                self.assertEqual(first.progress, 100)
                relations = first.line_ids.relation_id
                self.assertEqual(len(relations), len(first.line_ids))
                partners = self.env["res.partner"].search_count([])
                again = self.preview(path)
                self.assertEqual(set(self.statuses(again)), {"unchanged"})
                self.assertFalse(again.todo_count)
                self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_joint_holding_controls_nothing_alone(self):
        job = self.run_import(DATA / "bods-joint-ownership.json")
        self.assertEqual(
            self.controlled(job.line_ids.relation_id),
            {("Joint shareholding", "CHRINON LTD")},
        )

    def test_nominator_controls_the_nomination(self):
        job = self.run_import(DATA / "bods-nomination.json")
        relations = job.line_ids.relation_id
        self.assertEqual(
            self.controlled(relations),
            {("Silvia Teixeira Perez", "Perez-Rivero nomination")},
        )
        details = relations.filtered(lambda r: r.kind == "indirect").source_details
        self.assertIn("interest: otherInfluenceOrControl", details)
        self.assertIn("statement: hwleh32009704598690303203954451508270", details)

    def test_indirect_share_is_kept_and_not_counted(self):
        statements = [
            *(entity("h"), entity("m"), entity("c"), person("p")),
            holding("p", "h", 60),
            holding("h", "c", 30),
            relationship(
                interest(direct="indirect", exact=60),
                interestedParty="p",
                subject="c",
                recordId="sum",
            ),
        ]
        job = self.run_import(statements)
        relations = job.line_ids.relation_id
        indirect = relations.filtered(lambda r: r.kind == "indirect")
        self.assertEqual(indirect.equity_pct, 60)
        # 60 % is what the chain already says, so it must not control
        self.assertEqual(self.controlled(relations), {("p", "h")})

    def test_bands_and_unknown_shares(self):
        statements = [
            *(entity("a"), entity("b"), entity("c")),
            relationship(
                interest("votingRights", exclusiveMinimum=50, maximum=75),
                **{"interestedParty": "a", "subject": "b", "recordId": "1"},
            ),
            relationship(interest(), interestedParty="a", subject="c", recordId="2"),
        ]
        relations = self.run_import(statements).line_ids.relation_id
        band, unknown = relations
        self.assertEqual(
            (band.votes_min, band.votes_max, band.min_exclusive), (50, 75, True)
        )
        self.assertEqual((unknown.votes_min, unknown.votes_max), (0, 100))
        self.assertEqual(self.controlled(relations), {("a", "b")})

    def test_updated_statement_changes_and_ends(self):
        base = [entity("a"), entity("b")]
        board = interest("appointmentOfBoard", startDate="2020-01-01")
        ends = {"interestedParty": "a", "subject": "b"}
        shares = interest(exact=60, startDate="2020-01-01")
        job = self.run_import([*base, relationship(shares, board, **ends)])
        equity, seats = job.line_ids.relation_id
        more = interest(exact=80, startDate="2020-01-01")
        updated = relationship(
            more, status="updated", **ends, statementDate="2025-01-01"
        )
        job = self.run_import([*base, updated])
        self.assertEqual(self.statuses(job), ["changed", "changed"])
        self.assertEqual(equity.equity_pct, 80)
        self.assertEqual(fields.Date.to_string(seats.valid_to), "2025-01-01")
        self.assertIn("no longer stated", job.line_ids[1].reason)
        closed = relationship(more, status="closed", **ends, statementDate="2026-01-01")
        self.run_import([*base, closed])
        self.assertEqual(fields.Date.to_string(equity.valid_to), "2026-01-01")

    def test_latest_statement_of_a_file_counts(self):
        base = [entity("a"), entity("b")]
        for days, expected in (("13", 70), ("31", 60)):
            statements = [
                holding("a", "b", 60, statementDate=f"2025-01-0{days[0]}"),
                holding("a", "b", 70, statementDate=f"2025-01-0{days[1]}"),
            ]
            job = self.preview([*base, *statements])
            self.assertEqual(len(job.line_ids), 1)
            self.assertEqual(job.line_ids.values["equity_pct"], expected)

    def test_two_statements_of_one_fact_count_once(self):
        statements = [
            *(entity("a"), entity("b")),
            holding("a", "b", 40, ref="1"),
            holding("a", "b", 40, ref="2"),
        ]
        job = self.run_import(statements)
        self.assertEqual(self.statuses(job), ["new", "unchanged"])
        self.assertEqual(len(job.line_ids.relation_id), 1)
        again = self.preview(statements)
        self.assertEqual(self.statuses(again), ["unchanged", "unchanged"])

    def test_other_sources_are_not_counted_twice(self):
        self.relate("a>b 40", source="report", valid_from="2020-01-01")
        same = self.preview([entity("a"), entity("b"), holding("a", "b", 40)])
        self.assertEqual(self.statuses(same), ["unchanged"])
        self.assertIn("Annual Report", same.line_ids.reason)
        other = self.preview([entity("a"), entity("b"), holding("a", "b", 45)])
        self.assertEqual(self.statuses(other), ["rejected"])
        self.assertIn("Decide which is right", other.line_ids.reason)

    def test_wrong_rows_are_refused_and_the_others_arrive(self):
        statements = [
            *(entity("a"), entity("b"), person("p")),
            *(entity("nobody", " "), holding("a", "b", 60)),
            holding("a", "p", 60),
            holding("p", "p", 60, ref="self"),
            holding("ghost", "b", 10),
            holding("nobody", "b", 10),
            holding("p", "b", 160),
            holding("p", "b", -1, ref="minus"),
        ]
        job = self.run_import(statements)
        self.assertEqual(self.statuses(job), ["new"] + ["rejected"] * 6)
        for line, words in zip(
            job.line_ids[1:],
            (
                *("p is a person", "treasury", "not described", "unknown to"),
                *("0 to 100", "0 to 100"),
            ),
            strict=True,
        ):
            self.assertIn(words, line.reason)

    def test_a_person_cannot_hold_himself_through_a_ring(self):
        ring = [holding("p", "a", 60), holding("a", "b", 60), holding("b", "p", 60)]
        job = self.preview([person("p"), entity("a"), entity("b"), *ring])
        self.assertEqual(self.statuses(job), ["new", "new", "rejected"])

    def test_holdings_above_100_are_refused_when_confirmed(self):
        statements = [entity("x"), entity("a"), entity("b")]
        statements += [holding("a", "x", 70), holding("b", "x", 45)]
        job = self.run_import(statements)
        self.assertEqual(self.statuses(job), ["new", "rejected"])
        self.assertIn("115 %", job.line_ids[1].reason)
        self.assertEqual(job.progress, 100)

    def test_cut_file_imports_nothing_unless_told_to(self):
        whole = json.dumps([entity("a"), entity("b"), holding("a", "b", 60)])
        more = json.dumps([holding("b", "c", 60)])
        job = self.preview((whole[:-1] + ", " + more[1:-20]).encode())
        self.assertTrue(job.cut_text)
        self.assertEqual(self.statuses(job), ["new"])
        with self.assertRefused("breaks off"):
            job.action_import()
        self.assertFalse(job.line_ids.relation_id)
        job.accept_cut = True
        job.action_import()
        self.assertEqual(len(job.line_ids.relation_id), 1)

    def test_older_version_is_refused(self):
        with self.assertRefused("version 0.4"):
            self.preview([{"statementID": "1", "statementType": "entityStatement"}])

    def test_unknown_partners_without_leave_to_create(self):
        self.partner("a")
        statements = [entity("a"), entity("b"), entity("c")]
        statements += [holding("a", "b", 60), holding("b", "c", 60)]
        job = self.preview(statements, create_partners=False)
        self.assertEqual(self.statuses(job), ["rejected", "foreign"])
        self.assertIn("Unknown: b", job.line_ids[0].reason)

    def test_partners_are_found_by_number_before_name(self):
        number = {"identifiers": [{"scheme": "CN-X", "id": "91110000600037341L"}]}
        right = self.partner("Old Name", company_registry="91110000600037341L")
        self.partner("a", company_registry="91330783717672584H")
        job = self.preview([entity("x", "a", **number), entity("b")])
        self.assertEqual(self.party(job, "x").partner_id, right)
        # a number that contradicts the name wins over it
        job = self.preview(
            [entity("y", "a", identifiers=[{"scheme": "CN-X", "id": "1"}]), entity("b")]
        )
        self.assertFalse(self.party(job, "y").partner_id)

    def party(self, job, ref):
        return self.env["credit.party"].search(
            [("import_id", "=", job.id), ("ref", "=", ref)]
        )

    def test_two_persons_of_one_name_are_two_partners(self):
        statements = [person("1", "张三"), person("2", "张三")]
        statements += [entity("a"), entity("b")]
        statements += [holding("1", "a", 60), holding("2", "b", 60)]
        self.person("张三")
        job = self.run_import(statements)
        holders = job.line_ids.relation_id.holder_id
        self.assertEqual(len(holders), 2)
        self.assertNotIn(self.person("张三"), holders)
        again = self.preview(statements)
        self.assertEqual(self.statuses(again), ["unchanged"] * 2)

    def test_a_corrected_party_stays_corrected(self):
        wrong, right = self.partner("a"), self.partner("A Holding")
        statements = [entity("a"), entity("b"), holding("a", "b", 60)]
        job = self.preview(statements, role="officer")
        party = self.party(job, "a").with_user(self.users["officer"])
        self.assertEqual((party.partner_id, party.matched_by), (wrong, "name"))
        party.partner_id = right
        job.action_compare()
        job.action_import()
        self.assertEqual(job.line_ids.relation_id.holder_id, right)
        again = self.preview(statements)
        self.assertEqual(self.statuses(again), ["unchanged"])
        with self.assertRaises(AccessError):
            party.name = "forged"

    def test_state_bodies_arrive_as_such(self):
        state = entity("s", "国资委", entityType={"type": "stateBody"})
        job = self.run_import([state, entity("a"), holding("s", "a", 100)])
        self.assertTrue(job.line_ids.relation_id.holder_id.credit_is_state_body)

    def test_mixed_bag_of_one_company_in_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["reviewer"].company_ids |= other
        statements = [entity("a"), entity("b"), holding("a", "b", 60)]
        self.run_import(statements)
        job = self.run_import(statements, company_id=other.id)
        self.assertEqual(self.statuses(job), ["new"])
        self.assertEqual(job.line_ids.relation_id.company_id, other)


@tagged("post_install", "-at_install")
class TestImportGleif(RegisterCase):
    def test_sample_gives_control_without_a_percentage(self):
        job = self.run_import(DATA / "gleif-relationship.json", source="data")
        self.assertEqual(self.statuses(job), ["new"])
        relation = job.line_ids.relation_id
        self.assertEqual(relation.kind, "consolidation")
        self.assertEqual(relation.holder_id.name, "横店集团控股有限公司")
        self.assertEqual(relation.holder_id.credit_lei, PARENT)
        self.assertEqual(relation.holder_id.company_registry, "91330783717672584H")
        self.assertEqual(relation.holder_id.country_id.code, "CN")
        self.assertEqual(
            self.controlled(relation),
            {("横店集团控股有限公司", "橫華國際金融股份有限公司")},
        )
        again = self.preview(DATA / "gleif-relationship.json", source="data")
        self.assertEqual(self.statuses(again), ["unchanged"])

    def test_direct_and_ultimate_parent_that_are_one(self):
        both = document(record(), record(kind="IS_ULTIMATELY_CONSOLIDATED_BY"))
        job = self.run_import(both)
        self.assertEqual(self.statuses(job), ["new", "unchanged"])
        self.assertEqual(self.statuses(self.preview(both)), ["unchanged"] * 2)

    def test_retired_and_annulled_records(self):
        relation = self.run_import(document(record())).line_ids.relation_id
        self.run_import(document(record(registration="RETIRED")))
        self.assertEqual(fields.Date.to_string(relation.valid_to), "2024-05-06")
        job = self.run_import(document(record(registration="ANNULLED")))
        self.assertEqual(self.statuses(job), ["changed"])
        self.assertEqual(relation.state, "revoked")
        again = self.preview(document(record(registration="ANNULLED")))
        self.assertEqual(self.statuses(again), ["unchanged"])

    def test_a_new_parent_ends_the_old_one(self):
        other = "001GPB6A9XPE8XJICC14"
        self.partner("new", credit_lei=CHILD)
        old = self.run_import(
            document(
                record(parent=other),
                record(parent=other, kind="IS_INTERNATIONAL_BRANCH_OF"),
            )
        ).line_ids.relation_id
        parent = old.filtered(lambda r: ":direct:" in r.source_record)
        ultimate = document(record(kind="IS_ULTIMATELY_CONSOLIDATED_BY"))
        self.run_import(ultimate)
        self.assertFalse(parent.valid_to, "direct and ultimate are two facts")
        moved = document(record(end="").replace("2016-02-23", "2020-03-01"))
        job = self.run_import(moved)
        self.assertEqual(sorted(self.statuses(job)), ["changed", "new"])
        self.assertEqual(fields.Date.to_string(parent.valid_to), "2020-03-01")
        self.assertFalse((old - parent).valid_to, "a branch stays one")
        self.assertEqual(set(self.statuses(self.preview(moved))), {"unchanged"})

    def test_a_refused_parent_ends_nothing(self):
        old = self.run_import(document(record())).line_ids.relation_id
        moved = record(parent=PARENT).replace(PARENT, "001GPB6A9XPE8XJICC14")
        moved = moved.replace("2016-02-23", "2020-03-01")
        self.run_import(document(moved), create_partners=False)
        self.assertFalse(old.valid_to)

    def test_partner_found_by_number_gets_its_lei(self):
        partner = self.partner("横店集团", company_registry="91330783717672584H")
        self.run_import(DATA / "gleif-relationship.json", confirm=False)
        self.assertEqual(partner.credit_lei, PARENT)
        self.assertEqual(partner.name, "横店集团")

    def test_reporting_exceptions(self):
        lei = "001GPB6A9XPE8XJICC14"
        partner = self.partner("a", credit_lei=lei)
        job = self.run_import(DATA / "gleif-exceptions.xml", confirm=False)
        self.assertEqual(self.statuses(job), ["new"])
        self.assertEqual(partner.credit_direct_exemption, "NO_KNOWN_PERSON")
        self.assertFalse(partner.credit_ultimate_exemption)
        again = self.preview(DATA / "gleif-exceptions.xml")
        self.assertEqual(self.statuses(again), ["unchanged"])
        withdrawn = {
            "LEI": lei,
            "ExceptionCategory": "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT",
            "ExceptionReason": ["NO_KNOWN_PERSON"],
            "Extension": {"Deletion": {"DeletedAt": "2024-06-24T18:20:28Z"}},
        }
        self.run_import([withdrawn], confirm=False)
        self.assertFalse(partner.credit_direct_exemption)

    def test_forged_files_are_refused_in_words(self):
        head = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
        with self.assertRefused("document type"):
            self.preview(document(record(status="&e;"), head=head))
        whole = document(*[record()] * 3)
        job = self.preview(whole[: len(whole) // 2])
        self.assertTrue(job.cut_text)

    def test_lei_of_a_partner(self):
        partner = self.partner("a", credit_lei=f" {CHILD.lower()} ")
        self.assertEqual(partner.credit_lei, CHILD)
        for number in (CHILD[:-1] + "1", "1", "x" * 20):
            with self.assertRefused("LEI", ValidationError):
                partner.credit_lei = number
