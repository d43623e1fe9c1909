from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestTouchpoint(CxCommon):
    def setUp(self):
        super().setUp()
        self._milestone("web_live").date_planned = date(2026, 3, 3)
        self.touchpoint = self._touchpoints("A05")
        self.touchpoint.user_id = self.staff
        self.mine = self.touchpoint.with_user(self.staff)

    def provide(self, touchpoint=None):
        for evidence in (touchpoint or self.mine).evidence_ids:
            evidence.value = "https://club.example.com/zone"

    def test_done_needs_the_required_evidence(self):
        with self.assertRaises(UserError) as error:
            self.mine.action_done()
        self.assertIn("Link on the project site", str(error.exception))
        self.assertIn("Project zone on the club site", str(error.exception))
        self.mine.evidence_ids[0].value = "https://project.example.com"
        with self.assertRaises(UserError) as error:
            self.mine.write({"state": "done"})
        self.assertNotIn("Link on the project site", str(error.exception))
        self.provide()
        self.mine.action_done()
        self.assertEqual(self.mine.date_done, TODAY)
        self.assertEqual(self.mine.done_by_id, self.staff)
        self.assertEqual(self.mine.on_time_rate, 100)
        self.assertFalse(self.mine.activity_ids)

    def test_planned_work_has_no_rows_yet_but_still_needs_evidence(self):
        self._milestone("drawings").date_planned = date(2026, 9, 1)
        planned = self._touchpoints("A02")
        self.assertEqual(planned.state, "planned")
        self.assertFalse(planned.evidence_ids)
        with self.assertRefused(UserError, "Review report"):
            planned.state = "done"
        planned.action_start()
        self.assertEqual(planned.evidence_ids.mapped("name"), ["Review report"])

    def test_evidence_has_the_right_shape(self):
        with self.assertRefused(UserError, "no web address"):
            self.mine.evidence_ids[0].value = "see mail"
        evidence = self.mine.evidence_ids[0]
        evidence.value = "   "
        self.assertFalse(evidence.is_provided)

    def test_staff_cannot_talk_evidence_away(self):
        evidence = self.mine.evidence_ids[0]
        for values in (
            {"required": False},
            {"is_provided": True},
            {"kind": "text"},
            {"deliverable_id": False},
            {"touchpoint_id": self.mine.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                evidence.write(values)
        with self.assertRefused(UserError, "stays on the list"):
            evidence.unlink()
        extra = self.env["cx.evidence"].with_user(self.staff)
        extra.create(
            {"touchpoint_id": self.mine.id, "name": "Photo", "kind": "photo"}
        ).unlink()

    def test_evidence_of_done_work_is_closed(self):
        self.provide()
        self.mine.action_done()
        with self.assertRefused(UserError, "part of the record"):
            self.mine.evidence_ids[0].value = "https://other.example.com"
        with self.assertRefused(UserError, "part of the record"):
            self.mine.evidence_ids.unlink()
        self.touchpoint.with_user(self.manager).action_reopen()
        self.mine.evidence_ids[0].value = "https://other.example.com"

    def test_staff_do_not_reopen(self):
        self.provide()
        self.mine.action_done()
        with self.assertRefused(UserError, "customer manager"):
            self.mine.state = "in_progress"
        self.touchpoint.with_user(self.manager).action_reopen()
        self.assertEqual(self.mine.state, "in_progress")
        self.assertFalse(self.mine.date_done)
        self.assertEqual(self.mine.on_time_rate, 0)

    def test_skipping(self):
        with self.assertRefused(UserError, "mandatory"):
            self.mine.write({"state": "skipped", "skip_reason": "No time"})
        bymanager = self.touchpoint.with_user(self.manager)
        with self.assertRefused(UserError, "needs a reason"):
            bymanager.state = "skipped"
        wizard = Form(
            self.env["cx.touchpoint.skip"]
            .with_user(self.manager)
            .with_context(active_ids=self.touchpoint.ids)
        )
        wizard.reason = "There is no club in this city"
        wizard.save().action_confirm()
        self.assertEqual(self.touchpoint.state, "skipped")
        self.assertFalse(self.touchpoint.activity_ids)
        with self.assertRefused(UserError, "customer manager"):
            self.mine.state = "ready"

    def test_staff_skip_what_is_optional(self):
        self.touchpoint.is_mandatory = False
        self.mine.write({"state": "skipped", "skip_reason": "Not wanted"})
        self.assertEqual(self.mine.state, "skipped")

    def test_cancelled_is_the_planners_word(self):
        with self.assertRefused(UserError, "cannot go from"):
            self.touchpoint.with_user(self.admin).state = "cancelled"
        self._milestone("web_live").date_planned = False
        self.assertEqual(self.touchpoint.state, "cancelled")
        with self.assertRefused(UserError, "cannot go from"):
            self.touchpoint.with_user(self.admin).state = "ready"

    def test_staff_change_the_work_not_the_plan(self):
        for values in (
            {"date_due": date(2026, 12, 1)},
            {"locked": True},
            {"is_mandatory": False},
            {"title": "Something else"},
            {"department_id": self.engineering.id},
        ):
            with self.subTest(values=values):
                with self.assertRefused(UserError, "only a customer manager"):
                    self.mine.write(values)
        self.mine.write({"channel": "phone", "note": "Talked to marketing"})

    def test_nobody_changes_what_the_planner_keeps(self):
        for values in (
            {"phase_id": self._new_phase("Phase 2").id},
            {"occurrence": 2},
            {"template_id": False},
            {"on_time_rate": 100},
            {"done_by_id": self.admin.id},
        ):
            with self.subTest(values=values):
                with self.assertRefused(UserError, "follow from"):
                    self.touchpoint.with_user(self.admin).write(values)

    def test_done_on_an_earlier_day_but_not_a_later_one(self):
        self.provide()
        with self.assertRefused(UserError, "still to come"):
            self.mine.write({"state": "done", "date_done": TODAY + timedelta(1)})
        self.mine.write({"state": "done", "date_done": TODAY - timedelta(3)})
        self.assertEqual(self.mine.date_done, TODAY - timedelta(3))

    def test_late_is_not_on_time(self):
        self._milestone("web_live").date_planned = date(2026, 2, 2)
        self.provide()
        self.mine.action_done()
        self.assertEqual(self.mine.on_time_rate, 0)
        rates = self.env["cx.touchpoint"]._read_group(
            [("state", "=", "done")], ["department_id"], ["on_time_rate:avg"]
        )
        self.assertEqual(rates, [(self.service, 0)])

    def test_work_without_a_template(self):
        values = {
            "title": "Thank-you visit",
            "phase_id": self.phase.id,
            "stage_id": self.phase.stage_id.id,
            "date_due": TODAY,
            "user_id": self.staff.id,
        }
        Touchpoint = self.env["cx.touchpoint"]
        with self.assertRaises(AccessError):
            Touchpoint.with_user(self.staff).create(values)
        visit = Touchpoint.with_user(self.manager).create(values)
        self.assertEqual(visit.display_name, "Thank-you visit")
        self.assertEqual(visit.activity_ids.user_id, self.staff)
        visit.date_due = TODAY + timedelta(9)
        self.assertFalse(visit.locked)
        self.env["cx.planner"]._plan(self.phase, cause="rule")
        self.assertEqual(visit.date_due, TODAY + timedelta(9))
        with self.assertRefused(UserError, "follow from"):
            visit.template_id = self._template("A05")
        visit.unlink()
        with self.assertRefused(UserError, "generated"):
            Touchpoint.with_user(self.manager).create(
                {**values, "template_id": self._template("A05").id}
            )
        with self.assertRefused(UserError, "needs a reason"):
            Touchpoint.with_user(self.manager).create({**values, "state": "skipped"})
        with self.assertRefused(UserError, "follow from"):
            Touchpoint.with_user(self.manager).create({**values, "on_time_rate": 100})
        imported = Touchpoint.with_user(self.manager).create(
            {**values, "state": "skipped", "skip_reason": "Before the system"}
        )
        self.assertEqual(imported.state, "skipped")

    def test_the_record_is_not_deleted(self):
        with self.assertRefused(UserError, "part of the record"):
            self.touchpoint.with_user(self.admin).unlink()

    def test_overdue_can_be_searched_both_ways(self):
        self._milestone("drawings").date_planned = date(2026, 1, 5)
        late = self._touchpoints("A02")
        Touchpoint = self.env["cx.touchpoint"]
        of_phase = Domain("phase_id", "=", self.phase.id)
        self.assertEqual(
            Touchpoint.search(of_phase & Domain("is_overdue", "=", True)), late
        )
        self.assertEqual(
            Touchpoint.search(of_phase & Domain("is_overdue", "=", False)),
            self.phase.touchpoint_ids - late,
        )
        self.assertEqual(late.days_left, -46)

    def test_columns_of_the_board(self):
        board = self.env["cx.touchpoint"].with_context(read_group_expand=True)
        groups = board.web_read_group(
            [("stage_id.code", "=", "F")], ["state"], ["__count"]
        )
        self.assertEqual(
            [group["state"] for group in groups["groups"]],
            ["planned", "ready", "in_progress", "done"],
        )

    def test_name_can_be_searched(self):
        found = self.env["cx.touchpoint"].search([("name", "ilike", "club site")])
        self.assertEqual(found, self.touchpoint)

    def test_ticking_off_the_todo_finishes_the_touchpoint(self):
        todo = self.mine.activity_ids
        with self.assertRefused(UserError, "Evidence is missing"):
            todo.action_feedback("All linked")
        self.assertTrue(todo.active)
        self.provide()
        todo.action_feedback("All linked")
        self.assertEqual(self.mine.state, "done")
        self.assertEqual(self.mine.note, "All linked")
        self.assertFalse(todo.active)
        other = self.mine.activity_schedule(summary="Say thanks", user_id=self.staff.id)
        other.action_feedback()
        self.assertFalse(other.active)

    def test_reassigning_moves_the_todo(self):
        self.assertEqual(self.touchpoint.activity_ids.user_id, self.staff)
        self.mine.user_id = self.manager
        self.assertEqual(self.touchpoint.activity_ids.user_id, self.manager)
        self.touchpoint.user_id = False
        self.assertFalse(self.touchpoint.activity_ids)
