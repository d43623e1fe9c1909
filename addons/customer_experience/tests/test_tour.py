from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

ROLE = "customer_experience.group_customer_experience_%s"


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.staff = (
            new_test_user(
                cls.env, f"cx_{role}", groups=f"base.group_user,{ROLE % role}"
            )
            for role in ("manager", "user")
        )
        department = cls.env["hr.department"].create({"name": "Customer Service"})
        project = cls.env["cx.project"].create(
            {"name": "Tour project", "lead_dept_id": department.id}
        )
        cls.phase = cls.env["cx.phase"].create(
            {
                "name": "Tour phase",
                "project_id": project.id,
                "customer_manager_id": cls.manager.id,
            }
        )
        # nobody else's phases on the board
        (cls.env["cx.phase"].search([]) - cls.phase).active = False

    def touchpoint(self):
        return self.env["cx.touchpoint"].search(
            [("phase_id", "=", self.phase.id), ("code", "=", "A05")]
        )

    def test_manager_sets_and_moves_a_milestone(self):
        self.start_tour("/odoo/cx-phases", "cx_manager_tour", login="cx_manager")
        touchpoint = self.touchpoint()
        self.assertEqual(touchpoint.moved_days, 14)
        self.assertGreater(touchpoint.date_due, fields.Date.today() + timedelta(114))
        self.assertEqual(touchpoint.log_ids.create_uid, self.manager)
        self.assertEqual(self.phase.stage_id.code, "A")

    def test_staff_complete_a_touchpoint_with_evidence(self):
        web_live = self.phase.milestone_ids.filtered(
            lambda milestone: milestone.type_id.code == "web_live"
        )
        web_live.date_planned = fields.Date.today() - timedelta(20)
        self.touchpoint().user_id = self.staff
        self.start_tour("/odoo/my-touchpoints", "cx_staff_tour", login="cx_user")
        self.assertEqual(self.touchpoint().state, "done")
        self.assertEqual(self.touchpoint().done_by_id, self.staff)

    def test_a_gate_that_is_shut(self):
        phase = self.phase
        phase.project_id.gate_ids = self.env.ref("customer_experience.cx_gate_opening")
        batch = self.env["cx.batch"].create(
            {"name": "Tour batch", "kind": "opening", "phase_id": phase.id}
        )
        opening = batch.milestone_ids.filtered(lambda m: m.type_id.code == "opening")
        opening.date_planned = fields.Date.today() + timedelta(days=30)
        self.start_tour("/odoo/cx-gate-lights", "cx_gate_tour", login="cx_manager")
        self.assertFalse(opening.date_actual)
