from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import CxCommon


@tagged("post_install", "-at_install")
class TestWarranty(CxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builder = cls.env["res.partner"].create({"name": "Builder"})
        cls.phase.builder_id = cls.builder
        cls._milestone("completed").date_actual = date(2025, 1, 1)
        cls.journey = cls._new_journeys(1, date_signed=date(2024, 5, 1))
        cls.unit = cls.journey.unit_id

    def warranty(self, code, unit=None):
        return (unit or self.unit).warranty_ids.filtered(
            lambda warranty: warranty.component_id.code == code
        )

    def rule(self, code):
        return self.env.ref(f"customer_experience.cx_warranty_rule_{code}_residential")

    def run_notices(self):
        with patch.object(IrCron, "_commit_progress", return_value=60):
            self.env["cx.unit.warranty"]._cron_notices()

    def test_handover_starts_both_clocks(self):
        self.rule("wet").write({"promise_count": 5, "promise_unit": "y"})
        self.assertFalse(self.unit.warranty_ids)
        self.journey.with_user(self.manager).date_ho_done = date(2026, 1, 1)
        wet = self.warranty("wet")
        self.assertEqual(wet.builder_end, date(2030, 1, 1))
        self.assertEqual(wet.owner_legal_end, date(2030, 1, 1))
        self.assertEqual(wet.owner_end, date(2031, 1, 1))
        self.assertEqual(wet.exposure_days, 365)
        self.assertEqual(self.warranty("structure").owner_end, date(2076, 1, 1))
        self.assertEqual(self.warranty("heating").builder_end, date(2027, 3, 15))
        self.assertEqual(self.warranty("lamps").owner_end, date(2027, 1, 1))
        self.assertFalse(self.warranty("other").owner_end)

    def test_counted_once(self):
        self.journey.date_ho_done = date(2026, 1, 1)
        before = self.warranty("wet")
        self.rule("wet").write({"promise_count": 9, "promise_unit": "y"})
        self.unit._refresh_warranties()
        self.assertEqual(self.warranty("wet"), before)
        self.assertFalse(before.promised_end)
        # a corrected handover is another start
        self.journey.date_ho_done = date(2026, 1, 2)
        self.assertEqual(self.warranty("wet").owner_end, date(2035, 1, 2))
        self.journey.date_ho_done = False
        self.assertFalse(self.unit.warranty_ids)

    def test_the_clock_belongs_to_the_home(self):
        self.journey.date_ho_done = date(2026, 1, 1)
        ends = self.unit.warranty_ids.mapped("owner_end")
        self.journey.active = False
        buyer = self.env["res.partner"].create({"name": "Next owner"})
        self.env["cx.journey"].create(
            {
                "partner_id": buyer.id,
                "unit_id": self.unit.id,
                "date_signed": date(2026, 2, 1),
                "date_ho_done": date(2026, 3, 1),
            }
        )
        self.assertEqual(self.unit.warranty_ids.mapped("owner_end"), ends)
        self.assertEqual(self.unit._current_journey().partner_id, buyer)

    def test_completion_that_is_entered_late(self):
        self._milestone("completed").date_actual = False
        self.journey.date_ho_done = date(2026, 1, 1)
        self.assertFalse(self.warranty("wet").builder_end)
        self.assertEqual(self.warranty("wet").owner_end, date(2027, 1, 1))
        self._milestone("completed").with_user(self.manager).date_actual = date(
            2025, 1, 1
        )
        self.assertEqual(self.warranty("wet").owner_end, date(2030, 1, 1))

    def test_shops_have_no_floor(self):
        self.unit.usage = "commercial"
        self.journey.date_ho_done = date(2026, 3, 1)
        self.assertEqual(self.warranty("doors").owner_end, date(2027, 1, 1))

    def test_a_rule_of_the_city_and_of_a_day(self):
        self.env["cx.season"].create(
            {
                "kind": "heating",
                "city": "Harbin",
                "start_month": 10,
                "start_day": 20,
                "end_month": 4,
                "end_day": 20,
            }
        )
        self.project.city = "Harbin"
        self.rule("doors").copy(
            {"date_from": date(2026, 2, 1), "promise_count": 3, "promise_unit": "y"}
        )
        self.journey.date_ho_done = date(2026, 2, 1)
        self.assertEqual(self.warranty("heating").builder_end, date(2027, 4, 20))
        self.assertEqual(self.warranty("doors").owner_end, date(2029, 2, 1))

    def test_wrong_rules_are_refused(self):
        with self.assertRefused(ValidationError, "has a unit but no number"):
            self.rule("wet").with_user(self.admin).write({"law_count": 0})
        with self.assertRefused(ValidationError, "no day 31 in month 2"):
            self.env.ref("customer_experience.cx_season_heating").write(
                {"end_month": 2, "end_day": 31}
            )

    def test_nobody_writes_a_warranty(self):
        self.journey.date_ho_done = date(2026, 1, 1)
        mine = self.warranty("wet").with_user(self.admin)
        for attempt in (
            lambda: mine.write({"owner_end": date(2099, 1, 1)}),
            lambda: mine.unlink(),
            lambda: mine.copy(),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertTrue(mine.with_user(self.staff).owner_end)
        with self.assertRaises(AccessError):
            self.rule("wet").with_user(self.manager).promise_count = 4

    def test_owner_and_builder_hear_before_the_end(self):
        self.journey.date_ho_done = date(2026, 1, 1)
        Warranty = self.env["cx.unit.warranty"]
        Touchpoint = self.env["cx.touchpoint"]
        self.company.partner_id.lang = "en_US"
        with freeze_time("2026-11-10 04:00:00"):
            self.run_notices()
            owner = Touchpoint.search([("code", "=", "F04")])
            sweep = Touchpoint.search([("code", "=", "F05")])
            # what ends on 1 January 2027: two years after completion, one letter
            self.assertEqual(len(owner), 1)
            self.assertEqual(owner.journey_id, self.journey)
            self.assertEqual(owner.user_id, self.manager)
            self.assertRegex(owner.name, "Lamps|灯具")
            self.assertEqual(owner.date_due, date(2026, 12, 2))
            self.assertEqual(len(sweep), 1)
            self.assertEqual(sweep.department_id, self.engineering)
            self.run_notices()
            self.assertEqual(
                Touchpoint.search_count([("code", "in", ("F04", "F05"))]), 2
            )
        states = {
            "covered": "wet",
            "expiring": "doors",
            "expired": "blockage",
            "none": "other",
        }
        with freeze_time("2026-11-10 04:00:00"):
            self.unit.warranty_ids.invalidate_recordset(["state"])
            for state, code in states.items():
                self.assertEqual(self.warranty(code).state, state)
                found = Warranty.search(
                    [("unit_id", "=", self.unit.id), ("state", "=", state)]
                )
                self.assertIn(self.warranty(code), found)
                self.assertEqual(set(found.mapped("state")), {state})

    def test_two_hundred_handovers_in_few_queries(self):
        units = self.env["cx.unit"].create(
            [{"name": f"9-{n}", "phase_id": self.phase.id} for n in range(200)]
        )
        partners = self.env["res.partner"].create(
            [{"name": f"B{n}"} for n in range(200)]
        )
        journeys = self.env["cx.journey"].create(
            [
                {"unit_id": u.id, "partner_id": p.id, "date_signed": date(2025, 1, 1)}
                for u, p in zip(units, partners, strict=True)
            ]
        )
        self.library.active = False
        self.env.flush_all()
        units.invalidate_recordset()
        journeys.with_context(tracking_disable=True).date_ho_done = date(2026, 2, 1)
        self.assertEqual(len(units.warranty_ids), 200 * 15)
        units.warranty_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            units._refresh_warranties()
            self.env.flush_all()
