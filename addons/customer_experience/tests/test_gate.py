import base64
from datetime import date, timedelta
from io import BytesIO

from freezegun import freeze_time
from PIL import Image
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CxCommon

PNG = BytesIO()
Image.new("RGB", (2, 2)).save(PNG, "PNG")


@tagged("post_install", "-at_install")
class TestGate(CxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.env["cx.check.sheet"].create(
            {
                "name": "Opening",
                "milestone_type_id": cls.env.ref(
                    "customer_experience.cx_milestone_type_opening"
                ).id,
                "section_ids": [
                    Command.create(
                        {
                            "name": name,
                            "weight": weight,
                            "item_ids": [
                                Command.create(
                                    {"name": f"{name} {points}", "deduction": points}
                                )
                                for points in ("5", "3", "2", "1")
                            ],
                        }
                    )
                    for name, weight in (("Legal", 30), ("Props", 70))
                ],
            }
        )
        cls.gate = cls.env["cx.gate"].create(
            {
                "name": "Opening",
                "milestone_type_id": cls.sheet.milestone_type_id.id,
                "requirement_ids": [
                    Command.create({"kind": "check", "sheet_id": cls.sheet.id}),
                    Command.create(
                        {
                            "kind": "milestone",
                            "milestone_type_id": cls.env.ref(
                                "customer_experience.cx_milestone_type_permit"
                            ).id,
                        }
                    ),
                ],
            }
        )
        cls.project.gate_ids = cls.gate
        cls.batch = cls._new_batch("opening")
        cls.opening = cls._milestone("opening", cls.batch)
        cls.opening.date_planned = TODAY + timedelta(days=20)
        cls.permit = cls._milestone("permit", cls.batch)

    def item(self, section, points):
        return self.sheet.section_ids.filtered(
            lambda s: s.name == section
        ).item_ids.filtered(lambda i: i.deduction == points)

    def check(self, *found, user=None):
        """A submitted and countersigned check with these findings."""
        check = (
            self.env["cx.check"]
            .with_user(user or self.staff)
            .create(
                {
                    "sheet_id": self.sheet.id,
                    "batch_id": self.batch.id,
                    "line_ids": [
                        Command.create(
                            {
                                "item_id": self.item("Props", points).id,
                                "finding": f"Finding {n}",
                            }
                        )
                        for n, points in enumerate(found)
                    ],
                }
            )
        )
        check.action_submit()
        check.with_user(self.other_staff).action_countersign()
        return check

    def report(self, user=None):
        self.opening.with_user(user or self.manager).date_actual = TODAY

    def mend(self, line):
        line.with_user(self.other_staff).mending = "Label put up"
        line.with_user(self.other_staff).action_fix()
        line.with_user(self.staff).action_verify()

    def waive(self, requirement, until=TODAY + timedelta(days=9)):
        waiver = (
            self.env["cx.gate.waiver"]
            .with_user(self.manager)
            .create(
                {
                    "milestone_id": self.opening.id,
                    "requirement_id": requirement.id,
                    "reason": "Label arrives tomorrow",
                    "valid_until": until,
                }
            )
        )
        waiver.approval_submit()
        waiver.with_user(self.admin).approval_approve()
        return waiver

    # -- the examples of the procedure -----------------------------------------

    def test_79_is_refused(self):
        self.permit.date_actual = TODAY
        check = self.check("5", "5", "5", "5", "1")
        self.assertEqual((check.score, check.state), (79, "failed"))
        with self.assertRefused(RedirectWarning, "Opening: 79 points, 80 needed"):
            self.report()

    def test_80_with_an_open_5_is_refused_until_waived(self):
        self.permit.date_actual = TODAY
        check = self.check("5", "5", "5", "5")
        self.assertEqual((check.score, check.state), (80, "rectifying"))
        for line in check.line_ids[1:]:
            self.mend(line)
        with self.assertRefused(RedirectWarning, "1 findings to be mended"):
            self.report()
        self.waive(self.gate.requirement_ids[0])
        self.assertEqual(self.opening.gate_state, "waived")
        self.report()
        self.assertEqual(self.opening.gate_waived, self.gate.requirement_ids[0].name)
        self.assertIn("waivers for", self.opening.message_ids[0].body)

    def test_mended_it_opens(self):
        self.permit.date_actual = TODAY
        check = self.check("5", "3", "2")
        for line in check.line_ids[:2]:
            self.mend(line)
        self.assertEqual(check.state, "passed", "2 points do not block")
        self.assertEqual(self.opening.gate_state, "open")
        self.report()
        self.assertFalse(self.opening.gate_waived)

    def test_every_way_in_meets_the_gate(self):
        words = "not checked[^$]*not reached"
        with self.assertRefused(RedirectWarning, words):
            self.report()
        with self.assertRefused(RedirectWarning, words):
            self.batch.with_user(self.manager).write(
                {
                    "milestone_ids": [
                        Command.update(self.opening.id, {"date_actual": TODAY})
                    ]
                }
            )
        with self.assertRefused(RedirectWarning, words):
            self.opening.date_actual = TODAY  # the system, as a cron would
        result = (
            self.env["cx.milestone"]
            .with_user(self.manager)
            .load([".id", "date_actual"], [[str(self.opening.id), str(TODAY)]])
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.opening.date_actual)
        self.opening.unlink()
        with self.assertRefused(RedirectWarning, words):
            self.env["cx.milestone"].create(
                {
                    "type_id": self.sheet.milestone_type_id.id,
                    "batch_id": self.batch.id,
                    "date_actual": TODAY,
                }
            )

    def test_projects_without_gates_go_on(self):
        self.project.gate_ids = False
        self.report()
        self.assertFalse(self.opening.gate_state)

    def test_slip_shuts_the_gate_again(self):
        self.permit.date_actual = TODAY
        self.check()
        self.assertEqual(self.opening.gate_state, "open")
        planned = self.opening.date_planned
        self.opening.date_forecast = planned + timedelta(days=30)
        self.assertEqual(self.opening.gate_state, "open")
        self.opening.date_forecast = planned + timedelta(days=31)
        self.assertEqual(self.opening.gate_state, "shut")
        self.assertIn("postponed by 31 days", self.opening.gate_text)

    def test_check_grows_old(self):
        self.permit.date_actual = TODAY
        self.check()
        with freeze_time("2026-04-01 04:00:00"):
            self.opening.invalidate_recordset()
            self.assertEqual(self.opening.gate_state, "open")
        with freeze_time("2026-04-02 04:00:00"):
            self.opening.invalidate_recordset()
            self.assertIn("older than 30 days", self.opening.gate_text)

    def test_newer_version_of_the_sheet_counts(self):
        self.permit.date_actual = TODAY
        self.check()
        action = self.sheet.with_user(self.admin).action_new_version()
        newer = self.env["cx.check.sheet"].browse(action["res_id"])
        self.assertEqual((newer.version, newer.origin_id), (2, self.sheet))
        self.assertFalse(self.sheet.active)
        check = (
            self.env["cx.check"]
            .with_user(self.staff)
            .create({"sheet_id": newer.id, "batch_id": self.batch.id})
        )
        self.assertEqual(self.opening.gate_state, "open", "not submitted yet")
        check.action_submit()
        check.with_user(self.other_staff).action_countersign()
        self.assertEqual(self.opening.gate_state, "open")

    def test_no_sale_in_a_batch_that_is_shut(self):
        journey = self._new_journeys(1, unit={"opening_batch_id": self.batch.id})
        with self.assertRefused(ValidationError, "no home of the batch can be sold"):
            journey.with_user(self.manager).date_subscribed = TODAY
        unit = self.env["cx.unit"].create({"name": "9-1", "phase_id": self.phase.id})
        other = journey.copy({"unit_id": unit.id, "date_subscribed": TODAY})
        with self.assertRefused(ValidationError, "no home of the batch can be sold"):
            other.unit_id = journey.unit_id
        self.project.gate_ids = False
        journey.date_subscribed = TODAY

    def test_defects_before_handover(self):
        self.project.gate_ids = self.env["cx.gate"].create(
            {
                "name": "Handover",
                "milestone_type_id": self.env.ref(
                    "customer_experience.cx_milestone_type_ho_start"
                ).id,
                "requirement_ids": [Command.create({"kind": "defects"})],
            }
        )
        batch = self._new_batch("delivery", name="Delivery")
        start = self._milestone("ho_start", batch)
        journey = self._new_journeys(1, unit={"delivery_batch_id": batch.id})
        component = self.env["cx.component"].search([], limit=1)
        defect = self.env["cx.defect"].create(
            {
                "title": "Leak",
                "unit_id": journey.unit_id.id,
                "component_id": component.id,
                "severity": "1",
            }
        )
        with self.assertRefused(RedirectWarning, "1 severe defects are open"):
            start.date_actual = TODAY
        defect.severity = "3"
        with self.assertRefused(RedirectWarning, "0 of 1 mended, 95 % needed"):
            start.date_actual = TODAY

    # -- waivers ---------------------------------------------------------------

    def test_waivers_end_and_are_granted_once(self):
        requirement = self.gate.requirement_ids[0]
        self.permit.date_actual = TODAY
        self.waive(requirement, until=TODAY)
        self.assertEqual(self.opening.gate_state, "waived")
        with freeze_time("2026-03-03 04:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self.opening.gate_state, "shut")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.env["cx.gate.waiver"].create(
                {
                    "milestone_id": self.opening.id,
                    "requirement_id": requirement.id,
                    "reason": "Again",
                    "valid_until": TODAY,
                }
            )

    def test_who_waives(self):
        vals = {
            "milestone_id": self.opening.id,
            "requirement_id": self.gate.requirement_ids[0].id,
            "reason": "Please",
            "valid_until": TODAY,
        }
        with self.assertRaises(AccessError):
            self.env["cx.gate.waiver"].with_user(self.staff).create(vals)
        waiver = self.env["cx.gate.waiver"].with_user(self.manager).create(vals)
        waiver.approval_submit()
        with self.assertRaises(UserError):
            waiver.approval_approve()
        self.assertEqual(self.opening.gate_state, "shut", "asked for is not granted")
        with self.assertRefused(ValidationError, "Waived: this is noted"):
            self.opening.with_user(self.manager).gate_waived = "All"

    # -- checks ----------------------------------------------------------------

    def test_submitted_findings_stand(self):
        check = self.check("5")
        line = check.line_ids
        for vals in ({"deduction": "1"}, {"finding": "x"}, {"cause_key": "x"}):
            with self.assertRefused(UserError, "submitted and stays"):
                line.with_user(self.manager).write(vals)
        with self.assertRefused(UserError, "submitted and stays"):
            line.with_user(self.manager).unlink()
        with self.assertRefused(UserError, "submitted and stays"):
            check.with_user(self.manager).date = date(2026, 1, 1)
        with self.assertRefused(UserError, "cannot be entered"):
            line.with_user(self.manager).state = "verified"
        for vals in ({"submitted_at": False}, {"countersigned_by_id": False}):
            with self.assertRefused(UserError, "cannot be entered"):
                check.with_user(self.manager).write(vals)
        with self.assertRefused(UserError, "cannot be entered"):
            check.with_user(self.manager).score = 100
        with self.assertRefused(UserError, "has been used"):
            self.item("Props", "5").with_user(self.admin).deduction = "0.5"

    def test_two_pairs_of_eyes(self):
        check = (
            self.env["cx.check"]
            .with_user(self.staff)
            .create({"sheet_id": self.sheet.id, "batch_id": self.batch.id})
        )
        self.assertEqual(check.score, 98, "not countersigned")
        with self.assertRefused(UserError, "somebody else cross-checks"):
            check.action_countersign()
        with self.assertRefused(UserError, "findings that stand"):
            check.with_user(self.other_staff).action_countersign()
        check.inspector_ids = self.other_staff
        with self.assertRefused(UserError, "somebody else cross-checks"):
            check.action_countersign()  # entered it, whoever is named now
        line = self.check("3").line_ids
        line.with_user(self.other_staff).mending = "Done"
        line.with_user(self.other_staff).action_fix()
        with self.assertRefused(UserError, "somebody else sees"):
            line.with_user(self.other_staff).action_verify()
        with self.assertRefused(UserError, "cannot be entered"):
            line.with_user(self.other_staff).fixed_by_id = False
        line.with_user(self.staff).action_reject()
        self.assertEqual(line.state, "open")

    def test_forged_defaults(self):
        forged = {
            "default_submitted_at": "2026-03-01 00:00:00",
            "default_countersigned_by_id": self.other_staff.id,
            "default_state": "verified",
        }
        check = (
            self.env["cx.check"]
            .with_user(self.staff)
            .with_context(**forged)
            .create(
                {
                    "sheet_id": self.sheet.id,
                    "batch_id": self.batch.id,
                    "line_ids": [
                        Command.create(
                            {"item_id": self.item("Props", "5").id, "finding": "x"}
                        )
                    ],
                }
            )
        )
        self.assertFalse(check.submitted_at or check.countersigned_by_id)
        self.assertEqual((check.state, check.line_ids.state), ("draft", "open"))

    def test_what_was_mended_stands(self):
        line = self.check("3").line_ids
        self.mend(line)
        with self.assertRefused(UserError, "is settled"):
            line.with_user(self.manager).mending = "Nothing"

    def test_gates_are_not_taken_off(self):
        project = self.project.with_user(self.manager)
        other = self.gate.copy({"name": "Another"})
        project.gate_ids |= other
        for gates in ([Command.clear()], [Command.unlink(self.gate.id)]):
            with self.assertRefused(AccessError, "Only an administrator"):
                project.gate_ids = gates
        self.project.with_user(self.admin).gate_ids = other

    def test_touchpoints_of_another_fit_out_do_not_count(self):
        handover = self.env.ref("customer_experience.cx_gate_handover")
        bare = handover.requirement_ids.filtered(
            lambda requirement: requirement.template_id.code == "E05"
        )
        start = self._milestone("ho_start", self._new_batch("delivery", name="D"))
        self.phase.fit_out = "fitted"
        self.assertFalse(bare._unmet(start))
        self.phase.fit_out = "shell"
        self.assertTrue(bare._unmet(start))

    def test_waiving_findings(self):
        three, five = self.check("3", "5").line_ids.sorted("deduction")
        (three | five).mending = "Stays"
        with self.assertRefused(AccessError, "Only a customer manager"):
            three.with_user(self.staff).action_waive()
        with self.assertRefused(UserError, "is systemic"):
            five.with_user(self.manager).action_waive()
        three.with_user(self.manager).action_waive()
        self.assertFalse(three.is_blocking)

    def test_next_round_takes_what_is_open(self):
        check = self.check("5", "3")
        self.mend(check.line_ids[0])
        action = check.with_user(self.staff).action_new_round()
        again = self.env["cx.check"].browse(action["res_id"])
        self.assertEqual((again.round, again.previous_id), (2, check))
        self.assertEqual(again.line_ids.mapped("deduction"), ["3"])
        self.assertEqual(again.line_ids.state, "open")

    def test_photos_are_pictures(self):
        vals = {"item_id": self.item("Props", "1").id, "finding": "x"}
        check = (
            self.env["cx.check"]
            .with_user(self.staff)
            .create({"sheet_id": self.sheet.id, "batch_id": self.batch.id})
        )
        good = base64.b64encode(PNG.getvalue())
        check.line_ids = [Command.create({**vals, "photo": good})]
        for content in (b"<svg onload='x()'/>", b"%PDF-1.4", b"MZ program"):
            with self.assertRefused(ValidationError, "no picture"):
                check.line_ids.photo = base64.b64encode(content)

    def test_wrong_input(self):
        delivery = self._new_batch("delivery", name="Delivery")
        with self.assertRefused(ValidationError, "another kind of batch"):
            self.env["cx.check"].create(
                {"sheet_id": self.sheet.id, "batch_id": delivery.id}
            )
        with self.assertRefused(ValidationError, "once it took place"):
            self.env["cx.check"].create(
                {
                    "sheet_id": self.sheet.id,
                    "batch_id": self.batch.id,
                    "date": TODAY + timedelta(days=1),
                }
            )
        other = self.env.ref("customer_experience.cx_check_item_legal_1")
        with self.assertRefused(ValidationError, "is not on the sheet"):
            self.env["cx.check"].create(
                {
                    "sheet_id": self.sheet.id,
                    "batch_id": self.batch.id,
                    "line_ids": [Command.create({"item_id": other.id, "finding": "x"})],
                }
            )

    def test_printed(self):
        check = self.check("5", "2")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.staff)
            ._render_qweb_html("customer_experience.report_check", check.ids)
        )
        for words in (b"Finding 0", b"Props 5", b"No finding", b"93"):
            self.assertIn(words, html)

    def test_other_companies_see_nothing(self):
        check = self.check("5")
        stranger = self._new_user("cx_stranger", "manager")
        company = self.env["res.company"].create({"name": "Other"})
        stranger.write({"company_ids": company.ids, "company_id": company.id})
        for record in (check, check.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])

    def test_seeds(self):
        sheet = self.env.ref("customer_experience.cx_check_sheet_opening")
        self.assertEqual(sheet.section_ids.mapped("weight"), [30, 30, 10, 20, 10])
        gate = self.env.ref("customer_experience.cx_gate_opening")
        self.assertEqual(
            gate.requirement_ids.template_id.mapped("code"),
            ["B01", "B03", "B05", "B07"],
        )
