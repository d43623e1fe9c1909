from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY
from .test_survey import GOOD, SurveyCommon


@tagged("post_install", "-at_install")
class TestDay(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_user("cx_clerk", "user")
        cls.property = cls._new_department("Property", cls.clerk)
        cls.phase.customer_manager_id = cls.manager

    def board(self, user=None):
        headings = (
            self.env["cx.day"]
            .with_user(user or self.manager)
            .with_context(tz="Asia/Shanghai", lang="en_US")
            .board()
        )
        return {heading["key"]: heading for heading in headings}

    def touchpoint(self, days, user=None, **values):
        return self.env["cx.touchpoint"].create(
            {
                "title": f"In {days} days",
                "phase_id": self.phase.id,
                "stage_id": self.env["cx.stage"].search([("code", "=", "F")]).id,
                "journey_id": self.journey.id,
                "date_due": TODAY + timedelta(days=days),
                "user_id": (user or self.manager).id,
                **values,
            }
        )

    def test_touchpoints_by_day(self):
        for days in (-3, -1, 0, 1, 7, 8):
            self.touchpoint(days)
        self.touchpoint(0, user=self.staff)
        board = self.board()
        days = {
            key: [entry["day"] for entry in heading["entries"]]
            for key, heading in board.items()
        }
        self.assertEqual(
            days,
            {
                "late": ["2026-02-27", "2026-03-01"],
                "today": ["2026-03-02"],
                "week": ["2026-03-03", "2026-03-09"],
            },
        )
        self.assertIn(
            self.journey.partner_id.name, board["today"]["entries"][0]["subtitle"]
        )
        # a heading opens what it counts
        for heading in board.values():
            records = self.env[heading["model"]].with_user(self.manager)
            self.assertEqual(records.search_count(heading["domain"]), heading["count"])

    def test_customers_to_call(self):
        request = self.ask()
        self.answer(request, **{**GOOD, "nps": 3})
        followup = request.sudo().followup_ids
        self.assertEqual(self.board()["followups"]["entries"][0]["id"], followup.id)
        followup.with_user(self.manager).action_contacted()
        self.assertNotIn("followups", self.board())
        phone = self.ask(journey=self.journeys[1], channel="phone")
        entry = self.board()["surveys"]["entries"][0]
        self.assertEqual(entry["id"], phone.id)
        self.assertTrue(entry["due"])

    def test_defects_go_from_hand_to_hand(self):
        defect = self.env["cx.defect"].create(
            {
                "title": "Ceiling leaks",
                "unit_id": self.journey.unit_id.id,
                "component_id": self.env.ref("customer_experience.cx_component_wet").id,
                "dispatch_dept_id": self.property.id,
                "engineer_dept_id": self.engineering.id,
            }
        )
        self.assertEqual(self.board(self.clerk)["dispatch"]["count"], 1)
        defect.write({"user_id": self.other_staff.id, "state": "dispatched"})
        self.assertNotIn("dispatch", self.board(self.clerk))
        self.assertEqual(self.board(self.other_staff)["repair"]["count"], 1)
        defect.write({"opinion": "Torn", "state": "onsite"})
        defect.write({"repair_note": "Renewed", "state": "owner_check"})
        self.assertNotIn("repair", self.board(self.other_staff))
        defect.write({"accepted_by": "Buyer", "state": "accepted"})
        self.assertEqual(self.board()["callback"]["count"], 1)
        self.assertFalse(self.board(self.clerk))

    def test_nobody_s_board_is_empty(self):
        self.touchpoint(0)
        self.assertFalse(self.board(self.admin))
