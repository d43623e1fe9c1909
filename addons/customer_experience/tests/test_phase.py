from datetime import date, timedelta

from psycopg2.errors import NotNullViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestPhase(CxCommon):
    def stage(self, code):
        return self.env.ref(f"customer_experience.cx_stage_{code.lower()}")

    def move(self, code, user=None, **vals):
        phase = self.phase.with_user(user or self.manager)
        phase.write({"stage_id": self.stage(code).id, **vals})

    def test_starts_in_a_and_moves_one_stage_at_a_time(self):
        self.assertEqual(self.phase.stage_id.code, "A")
        with self.assertRefused(UserError, "one stage at a time"):
            self.move("C")
        self.move("B")
        self.move("C")
        self.phase.with_user(self.manager).action_next_stage()
        self.assertEqual(self.phase.stage_id.code, "D")

    def test_all_seven_columns_are_shown(self):
        board = self.env["cx.phase"].with_context(read_group_expand=True)
        groups = board.web_read_group([], ["stage_id"], ["__count"])
        self.assertEqual(len(groups["groups"]), 7)

    def test_needs_a_manager_from_c_on_and_names_every_blocker(self):
        self.phase.customer_manager_id = False
        self.move("B")
        with self.assertRaises(UserError) as error:
            self.move("D")
        self.assertIn("one stage at a time", str(error.exception))
        self.assertIn("No customer manager", str(error.exception))

    def test_overdue_mandatory_work_keeps_the_phase_in_its_stage(self):
        self._milestone("web_live").date_actual = TODAY - timedelta(20)
        late = self._touchpoints("A05")
        with self.assertRefused(UserError, "A05 Club site linked"):
            self.move("B")
        late.with_user(self.manager).write(
            {"state": "skipped", "skip_reason": "No club here"}
        )
        self.move("B")

    def test_back_needs_a_reason(self):
        self.move("B")
        with self.assertRefused(UserError, "needs a reason"):
            self.move("A")
        with self.assertRefused(UserError, "needs a reason"):
            self.move("A", stage_reason="  ")
        wizard = Form(
            self.env["cx.phase.back"]
            .with_user(self.manager)
            .with_context(default_phase_id=self.phase.id)
        )
        wizard.stage_id = self.stage("A")
        wizard.reason = "Site not ready"
        wizard.save().action_confirm()
        self.assertEqual(self.phase.stage_id.code, "A")
        self.assertEqual(self.phase.stage_reason, "Site not ready")
        self.move("B")
        self.assertFalse(self.phase.stage_reason, "a reason is for one move")

    def test_staff_cannot_move_a_phase(self):
        with self.assertRaises(AccessError):
            self.move("B", user=self.staff)

    def test_import_meets_the_same_guard(self):
        result = (
            self.env["cx.phase"]
            .with_user(self.manager)
            .load([".id", "stage_id"], [[str(self.phase.id), "Handover"]])
        )
        self.assertIn("one stage at a time", result["messages"][0]["message"])
        self.assertEqual(self.phase.stage_id.code, "A")

    def test_counts_on_the_card(self):
        opening = self._new_batch("opening")
        self._milestone("web_live").date_planned = date(2026, 2, 2)
        self._milestone("site_open", opening).date_planned = date(2026, 3, 9)
        # overdue: A05 and B01; B04 today or within the week, B02 in a week
        self.assertEqual(self.phase.overdue_count, 2)
        self.assertEqual(self.phase.due_soon_count, 2)
        self.assertEqual(self.project.overdue_count, 2)
        overdue = self.env["cx.phase"].search(
            [("touchpoint_ids.is_overdue", "=", True)]
        )
        self.assertEqual(overdue, self.phase)

    def test_rotting(self):
        self.stage("A").rotting_threshold_days = 10
        self.phase.date_last_stage_update = self.env.cr.now() - timedelta(days=11)
        self.assertTrue(self.phase.is_rotting)

    def test_successor_takes_over_open_touchpoints(self):
        opening = self._new_batch("opening")
        self._milestone("site_open", opening).date_planned = date(2026, 3, 9)
        check, appoint = self._touchpoints("B02"), self._touchpoints("B01")
        publish = self._touchpoints("B04")
        publish.user_id = self.staff
        successor = self._new_user("cx_successor", "manager")
        self.phase.with_user(self.manager).customer_manager_id = successor
        self.assertEqual(check.user_id, successor)
        self.assertEqual(check.activity_ids.user_id, successor)
        self.assertEqual(appoint.user_id, self.staff, "belongs to the department head")
        self.assertEqual(publish.user_id, self.staff, "given to somebody by hand")

    def test_department_change_takes_open_touchpoints_along(self):
        delivery = self._new_batch("delivery")
        self._milestone("ho_start", delivery).date_planned = date(2026, 12, 1)
        team = self._touchpoints("E03F")
        self.assertEqual(
            (team.department_id, team.user_id), (self.engineering, self.other_staff)
        )
        repair = self._new_department("Repair", self._new_user("cx_repair", "user"))
        self.project.with_user(self.manager).role_ids.department_id = repair
        self.assertEqual(team.department_id, repair)
        self.assertEqual(team.user_id.login, "cx_repair")
        self.project.role_ids.unlink()
        self.assertEqual(team.department_id, self.service, "the lead does the rest")

    def test_project_needs_a_lead_department(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(NotNullViolation):
            self.env["cx.project"].create({"name": "No lead"})

    def test_phase_with_touchpoints_stays_in_its_project(self):
        self._milestone("web_live").date_planned = date(2026, 5, 5)
        other = self.project.copy({"name": "Other"})
        with self.assertRefused(ValidationError, "stays in its project"):
            self.phase.project_id = other
