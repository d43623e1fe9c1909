from odoo.tests import new_test_user, tagged

from .common import CxCommon


@tagged("post_install", "-at_install")
class TestTimeline(CxCommon):
    """What the timeline of a buyer tells of touchpoints and defects, and to whom."""

    def test_touchpoints(self):
        journey = self._new_journeys(1)
        stage = self.env.ref("customer_experience.cx_stage_c")
        values = {
            "journey_id": journey.id,
            "phase_id": self.phase.id,
            "stage_id": stage.id,
            "user_id": self.staff.id,
        }
        past, near, later, skipped = self.env["cx.touchpoint"].create(
            [
                values | {"title": "Call", "date_due": "2026-02-27"},
                values | {"title": "Visit", "date_due": "2026-03-02"},
                values | {"title": "Letter", "date_due": "2026-03-03"},
                values | {"title": "No", "date_due": "2026-02-03"},
            ]
        )
        skipped.write({"state": "skipped", "skip_reason": "Abroad"})
        partner = journey.partner_id
        told = partner.with_user(self.staff).get_customer_timeline(kinds=["touchpoint"])
        self.assertEqual([each["id"] for each in told["events"]], [near.id, past.id])
        self.assertTrue(told["events"][0]["is_date"])
        self.assertEqual([each["id"] for each in told["upcoming"]], later.ids)
        self.assertIn(
            {
                "name": "Units Bought",
                "value": journey.unit_id.display_name,
                "tone": "info",
            },
            told["facts"],
        )
        self.assertNotIn(skipped.id, [each["id"] for each in told["events"]])
        outsider = new_test_user(self.env, "cx_nobody", groups="base.group_user")
        told = partner.with_user(outsider).get_customer_timeline()
        self.assertFalse(
            [each for each in told["kinds"] if each["kind"] == "touchpoint"]
        )
        self.assertNotIn("Units Bought", [fact["name"] for fact in told["facts"]])
