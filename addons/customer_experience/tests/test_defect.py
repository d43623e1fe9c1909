from datetime import UTC, date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ROLE, CxCommon

NOON = datetime(2026, 3, 2, 4, 0)


@tagged("post_install", "-at_install")
class TestDefect(CxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.property_user = cls._new_user("cx_property", "user")
        cls.property = cls._new_department("Property", cls.property_user)
        cls.project.role_ids = [
            Command.create(
                {
                    "role_id": cls.env.ref("customer_experience.cx_role_pm").id,
                    "department_id": cls.property.id,
                }
            )
        ]
        cls.phase.builder_id = cls.env["res.partner"].create({"name": "Builder"})
        cls._milestone("completed").date_actual = date(2025, 1, 1)
        cls.journey = cls._new_journeys(
            1, date_signed=date(2024, 5, 1), date_ho_done=date(2026, 1, 1)
        )
        cls.unit = cls.journey.unit_id
        cls.wet = cls.env.ref("customer_experience.cx_component_wet")

    def report(self, user=None, **vals):
        return (
            self.env["cx.defect"]
            .with_user(user or self.property_user)
            .create(
                {
                    "title": "Ceiling leaks",
                    "unit_id": self.unit.id,
                    "component_id": self.wet.id,
                    **vals,
                }
            )
        )

    def repair(self, defect):
        """As far as the owner's check, by the two departments."""
        defect.with_user(self.property_user).write(
            {"user_id": self.other_staff.id, "state": "dispatched"}
        )
        mine = defect.with_user(self.other_staff)
        mine.write({"opinion": "Membrane torn", "state": "onsite"})
        mine.write({"repair_note": "Membrane renewed", "state": "owner_check"})

    def test_a_report_is_dated_covered_and_given_to_two_departments(self):
        defect = self.report()
        self.assertEqual(defect.respond_by, NOON + timedelta(hours=24))
        self.assertEqual(defect.dispatch_dept_id, self.property)
        self.assertEqual(defect.engineer_dept_id, self.engineering)
        self.assertEqual(defect.journey_id, self.journey)
        self.assertEqual(defect.partner_id, self.journey.partner_id)
        self.assertEqual(defect.cover, "builder")
        self.assertEqual(defect.warranty_builder_until, date(2030, 1, 1))
        self.assertEqual(defect.activity_ids.user_id, self.property_user)
        urgent = self.report(is_urgent=True)
        self.assertEqual(urgent.respond_by, NOON + timedelta(minutes=30))

    def test_limits_can_count_working_time(self):
        self.env.ref("customer_experience.cx_repair_target_respond_normal").write(
            {"is_working_time": True, "minutes": 480}
        )
        friday = datetime(2026, 2, 27, 8, 0)  # 16:00 in Shanghai
        defect = self.report(reported_at=friday)
        worktime = self.calendar._get_worktime(self.company)
        due = worktime.add(friday.replace(tzinfo=UTC), 480 * 60)
        self.assertEqual(defect.respond_by, due.replace(tzinfo=None))
        self.assertEqual(defect.respond_by.date(), date(2026, 3, 2))

    def test_from_report_to_call_back(self):
        defect = self.report()
        self.repair(defect)
        self.assertEqual(defect.in_time_rate, 100)
        owner = defect.with_user(self.property_user)
        with self.assertRefused(UserError, "owner signs"):
            owner.action_accept()
        owner.write({"accepted_by": "Buyer 0", "state": "accepted"})
        self.assertEqual(defect.callback_by, NOON + timedelta(hours=48))
        self.assertEqual(defect.activity_ids.user_id, self.manager)
        caller = defect.with_user(self.manager)
        with self.assertRefused(UserError, "Call the owner back"):
            caller.action_close()
        with self.assertRefused(UserError, "how satisfied"):
            caller.write({"callback_result": "reached", "state": "closed"})
        self.assertEqual(defect.state, "accepted")
        caller.write(
            {"callback_result": "reached", "callback_rating": "4", "state": "closed"}
        )
        self.assertEqual(defect.closed_at, NOON)
        self.assertFalse(defect.activity_ids)

    def test_the_owner_sends_a_repair_back(self):
        defect = self.report()
        self.repair(defect)
        defect.with_user(self.property_user).action_send_back()
        self.assertEqual(defect.reject_count, 1)
        self.assertEqual(defect.state, "onsite")
        self.assertFalse(defect.fixed_at)

    def test_no_step_without_what_it_asks_for(self):
        defect = self.report(builder_id=False)
        for state, text in (
            ("dispatched", "Nobody is sent"),
            ("onsite", "Opinion on Site"),
            ("refused", "Choose why"),
            ("owner_check", "cannot go from"),
            ("closed", "cannot go from"),
        ):
            with self.subTest(state=state), self.assertRefused(UserError, text):
                defect.write({"state": state})
        defect.write({"refusal": "misuse", "state": "refused"})
        with self.assertRefused(UserError, "Ask a customer manager"):
            defect.action_reopen()
        defect.with_user(self.manager).action_reopen()
        self.assertEqual(defect.state, "new")

    def test_nothing_is_stamped_by_hand(self):
        defect = self.report()
        moment = fields.Datetime.now()
        for user in (self.property_user, self.manager, self.admin):
            mine = defect.with_user(user)
            for vals in (
                {"respond_by": moment},
                {"responded_at": moment},
                {"cover": "none"},
                {"chargeback_id": 1},
                {"reported_at": moment - timedelta(days=3)},
            ):
                with self.assertRefused(UserError, "by hand"):
                    mine.write(vals)
        with self.assertRefused(UserError, "by hand"):
            self.report(fixed_at=moment)
        with self.assertRefused(UserError, "still to come"):
            self.report(reported_at=moment + timedelta(hours=1))
        with self.assertRaises(AccessError):
            defect.with_user(self.admin).unlink()

    def test_an_import_meets_the_same_guards(self):
        with self.assertRefused(UserError, "cannot go from"):
            self.report(state="closed")
        names = ["title", "unit_id/.id", "state"]
        unit = str(self.unit.id)
        rows = [["Leak", unit, "New"], ["Crack", unit, "Closed"]]
        result = self.env["cx.defect"].with_user(self.property_user).load(names, rows)
        self.assertFalse(result["ids"])
        self.assertIn("cannot go from", result["messages"][0]["message"])

    def test_repeat(self):
        with freeze_time("2026-02-01 04:00:00"):
            first = self.report()
        again = self.report()
        self.assertEqual(again.repeat_of_id, first)
        self.assertTrue(again.is_repeat)
        door = self.env.ref("customer_experience.cx_component_doors")
        self.assertFalse(self.report(component_id=door.id).is_repeat)
        with freeze_time("2026-09-01 04:00:00"):
            self.assertFalse(self.report().is_repeat)

    def test_cover_as_reported_and_frozen(self):
        doors = self.env.ref("customer_experience.cx_component_doors")
        rule = self.env.ref("customer_experience.cx_warranty_rule_doors_residential")
        rule.write({"promise_count": 3, "promise_unit": "y"})
        self.journey.date_ho_done = date(2026, 1, 2)
        with freeze_time("2028-01-01 04:00:00"):
            defect = self.report(component_id=doors.id)
            self.assertEqual(defect.cover, "developer")
        with freeze_time("2030-01-01 04:00:00"):
            self.assertEqual(self.report(component_id=doors.id).cover, "none")
            defect.with_user(self.property_user).room = "Hall"
            self.assertEqual(defect.cover, "developer")
        before = self.report(reported_at=datetime(2025, 12, 1))
        self.assertEqual(before.cover, "builder")

    def test_late(self):
        defect = self.report(is_urgent=True)
        self.assertFalse(defect.is_late)
        with freeze_time("2026-03-02 04:31:00"):
            defect.invalidate_recordset(["is_late"])
            self.assertTrue(defect.is_late)
            late = self.env["cx.defect"].search([("is_late", "=", True)])
            self.assertIn(defect, late)
            self.repair(defect)
            self.assertEqual(defect.in_time_rate, 0)

    def test_charge_back(self):
        defect = self.report()
        self.repair(defect)
        with self.assertRefused(UserError, "has no cost"):
            defect.with_user(self.manager).action_charge()
        defect.with_user(self.property_user).cost = 1200
        with self.assertRaises(AccessError):
            defect.with_user(self.property_user).action_charge()
        action = defect.with_user(self.manager).action_charge()
        chargeback = self.env["cx.chargeback"].search(action["domain"])
        self.assertEqual(chargeback.amount, 1200)
        mine = chargeback.with_user(self.manager)
        with self.assertRefused(UserError, "Reason"):
            mine.action_notice()
        mine.write({"reason": "Clause 12", "state": "noticed"})
        self.assertEqual(chargeback.date_answer, date(2026, 3, 9))
        with self.assertRefused(UserError, "sent to the builder"):
            mine.builder_id = self.journey.partner_id
        with self.assertRefused(UserError, "is on KK"):
            defect.with_user(self.manager).action_charge()
        with self.assertRefused(UserError, "charged to the builder already"):
            defect.with_user(self.property_user).cost = 9000
        mine.action_accept()
        with self.assertRefused(UserError, "Settled With"):
            mine.action_settle()
        mine.write({"settlement": "Final account 7", "state": "settled"})
        with self.assertRefused(UserError, "cannot go from"):
            mine.action_cancel()
        with self.assertRaises(UserError):
            mine.unlink()

    def test_a_cancelled_charge_back_frees_its_repairs(self):
        defect = self.report(cost=500)
        defect.with_user(self.manager).action_charge()
        defect.chargeback_id.with_user(self.manager).action_cancel()
        self.assertFalse(defect.chargeback_id)

    def test_who_sees_what(self):
        defect = self.report()
        outsider = new_test_user(self.env, "cx_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            defect.with_user(outsider).read(["title"])
        colleague = self._new_user("cx_marketing", "user")
        Defect = self.env["cx.defect"]
        self.assertNotIn(defect, Defect.with_user(colleague).search([]))
        self.assertIn(defect, Defect.with_user(self.other_staff).search([]))
        self.assertIn(defect, Defect.with_user(self.manager).search([]))
        own = self.report(user=colleague)
        self.assertIn(own, Defect.with_user(colleague).search([]))
        with self.assertRaises(AccessError):
            self.env["cx.chargeback"].with_user(self.staff).search([])
        branch = self.env["res.company"].create({"name": "Branch"})
        stranger = new_test_user(
            self.env,
            "cx_stranger",
            groups=f"base.group_user,{ROLE % 'admin'}",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        for model in ("cx.defect", "cx.chargeback", "cx.unit.warranty"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))
