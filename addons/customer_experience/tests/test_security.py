from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TODAY, CxCommon

MODELS = [
    *("cx.stage", "cx.role", "cx.project", "cx.project.role", "cx.phase", "cx.batch"),
    *("cx.unit", "cx.milestone.type", "cx.milestone", "cx.journey", "cx.deliverable"),
    *("cx.touchpoint.template", "cx.touchpoint", "cx.evidence", "cx.reschedule.log"),
]


@tagged("post_install", "-at_install")
class TestSecurity(CxCommon):
    def setUp(self):
        super().setUp()
        self._milestone("web_live").date_planned = date(2026, 3, 3)
        delivery = self._new_batch("delivery")
        self._milestone("ho_start", delivery).date_planned = date(2026, 12, 1)
        self.service_work = self._touchpoints("A05")
        self.engineering_work = self._touchpoints("E03F")

    def test_outsiders_see_nothing(self):
        outsider = new_test_user(self.env, "cx_nobody", groups="base.group_user")
        for model in MODELS:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(outsider).search([])
        partner = self.env.user.partner_id.with_user(outsider)
        with self.assertRaises(AccessError):
            partner.read(["cx_journey_count"])

    def test_staff_see_the_work_of_their_department(self):
        seen = self.env["cx.touchpoint"].with_user(self.staff).search([])
        self.assertIn(self.service_work, seen)
        self.assertNotIn(self.engineering_work, seen)
        with self.assertRaises(AccessError):
            self.engineering_work.with_user(self.staff).read(["state"])
        other = self.env["cx.touchpoint"].with_user(self.other_staff)
        self.assertEqual(other.search([]).department_id, self.engineering)
        groups = other._read_group([], ["department_id"], ["__count"])
        self.assertEqual([group[0] for group in groups], [self.engineering])

    def test_being_given_work_is_enough_to_see_it(self):
        self.engineering_work.user_id = self.staff
        self.engineering_work.with_user(self.staff).action_start()
        evidence = self.env["cx.evidence"].with_user(self.staff)
        self.assertTrue(
            evidence.search([("touchpoint_id", "=", self.engineering_work.id)])
        )

    def test_a_move_to_another_department_counts_at_once(self):
        Touchpoint = self.env["cx.touchpoint"].with_user(self.other_staff)
        self.assertNotIn(self.service_work, Touchpoint.search([]))
        self.other_staff.employee_ids.department_id = self.service
        self.assertIn(self.service_work, Touchpoint.search([]))

    def test_staff_do_not_touch_the_plan(self):
        for record, values in (
            (self.project, {"name": "x"}),
            (self.phase, {"name": "x"}),
            (self._milestone("web_live"), {"date_planned": TODAY}),
            (self._new_journeys(1), {"date_subscribed": TODAY}),
            (self._template("A05"), {"due_offset": 1}),
        ):
            mine = record.with_user(self.staff)
            mine.read(["display_name"])
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                mine.write(values)
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                mine.unlink()

    def test_managers_run_projects_but_not_the_library(self):
        self._milestone("drawings").with_user(self.manager).date_planned = TODAY
        self.assertIn(
            self.engineering_work,
            self.env["cx.touchpoint"].with_user(self.manager).search([]),
        )
        for record in (self._template("A05"), self._milestone("land").type_id):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).write({"name": "x"})
        with self.assertRaises(AccessError):
            self.project.with_user(self.manager).unlink()
        self._template("A05").with_user(self.admin).due_offset = 4

    def test_stages_are_fixed(self):
        with self.assertRaises(AccessError):
            self.env["cx.stage"].with_user(self.admin).create(
                {"code": "H", "name": "More"}
            )
        with self.assertRaises(AccessError):
            self.phase.stage_id.with_user(self.admin).unlink()

    def test_the_log_is_written_by_nobody(self):
        self._milestone("web_live").date_planned = date(2026, 4, 3)
        log = self.service_work.log_ids.with_user(self.admin)
        self.assertTrue(log)
        for attempt in (
            lambda: log.write({"note": "x"}),
            lambda: log.unlink(),
            lambda: log.copy(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_companies_are_apart(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        stranger = new_test_user(
            self.env,
            "cx_stranger",
            groups="base.group_user,"
            "customer_experience.group_customer_experience_admin",
            company_id=branch.id,
            company_ids=[(6, 0, branch.ids)],
        )
        self._new_journeys(1, date_subscribed=TODAY)
        self._milestone("web_live").date_planned = date(2026, 4, 3)
        self.assertTrue(self.env["cx.reschedule.log"].search([]))
        self.assertTrue(self.env["cx.evidence"].search([]))
        for model in MODELS:
            if model in ("cx.stage", "cx.role", "cx.milestone.type"):
                continue
            if model in ("cx.touchpoint.template", "cx.deliverable"):
                continue  # the library is shared unless it names a company
            with self.subTest(model=model):
                seen = self.env[model].with_user(stranger)
                self.assertFalse(seen.search([]))
                self.assertEqual(seen._read_group([], [], ["__count"]), [(0,)])
        private = self._template("A05")
        private.company_id = self.company
        self.assertNotIn(
            private, self.env["cx.touchpoint.template"].with_user(stranger).search([])
        )
