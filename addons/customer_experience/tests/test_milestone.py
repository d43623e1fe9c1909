from datetime import date, timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestMilestone(CxCommon):
    def test_phase_and_batch_get_their_milestones(self):
        codes = self.phase.milestone_ids.type_id.mapped("code")
        self.assertIn("web_live", codes)
        self.assertNotIn("opening", codes)
        batch = self._new_batch("opening")
        self.assertIn("opening", batch.milestone_ids.type_id.mapped("code"))
        self.assertNotIn("ho_start", batch.milestone_ids.type_id.mapped("code"))
        self.assertEqual(batch.milestone_ids.phase_id, self.phase)

    def test_given_milestones_are_not_doubled(self):
        web_live = self.env.ref("customer_experience.cx_milestone_type_web_live")
        phase = self._new_phase(
            "Phase 9",
            milestone_ids=[
                (0, 0, {"type_id": web_live.id, "date_planned": date(2026, 5, 5)})
            ],
        )
        self.assertEqual(
            self._milestone("web_live", phase).date_planned, date(2026, 5, 5)
        )

    def test_belongs_to_a_batch_or_to_the_phase(self):
        opening_type = self.env.ref("customer_experience.cx_milestone_type_opening")
        with self.assertRefused(ValidationError, "Opening batch"):
            self.env["cx.milestone"].create(
                {"type_id": opening_type.id, "phase_id": self.phase.id}
            )
        with self.assertRefused(ValidationError, "Opening batch"):
            self.env["cx.milestone"].create(
                {
                    "type_id": opening_type.id,
                    "batch_id": self._new_batch("delivery").id,
                }
            )

    def test_once_per_owner(self):
        milestone = self._milestone("web_live")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["cx.milestone"].create(
                {"type_id": milestone.type_id.id, "phase_id": self.phase.id}
            )

    def test_keeps_type_and_owner(self):
        milestone = self._milestone("web_live")
        with self.assertRefused(ValidationError, "keeps its type"):
            milestone.type_id = self._milestone("land").type_id
        with self.assertRefused(ValidationError, "keeps its phase and kind"):
            self._new_batch("opening").kind = "delivery"

    def test_actual_date_is_not_in_the_future(self):
        milestone = self._milestone("web_live")
        with self.assertRefused(ValidationError, "still to come"):
            milestone.date_actual = TODAY + timedelta(1)
        milestone.date_actual = TODAY
        self.assertEqual(milestone.date_effective, TODAY)

    def test_site_opening_needs_a_customer_manager(self):
        self.phase.customer_manager_id = False
        site_open = self._milestone("site_open", self._new_batch("opening"))
        site_open.date_forecast = TODAY
        with self.assertRefused(UserError, "customer manager"):
            site_open.date_actual = TODAY
        self.phase.customer_manager_id = self.manager
        site_open.date_actual = TODAY

    def test_slip_and_next_milestone_of_the_phase(self):
        late = self._milestone("drawings")
        late.write(
            {"date_planned": date(2026, 2, 20), "date_forecast": date(2026, 2, 25)}
        )
        self._milestone("land").date_actual = date(2025, 1, 5)
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        self.assertEqual(late.slip_days, 5)
        self.assertEqual(self.phase.next_milestone_name, late.type_id.name)
        self.assertEqual(self.phase.days_to_milestone, -5, "late and not reached")

    def test_date_changes_are_on_record(self):
        milestone = self._milestone("web_live")
        self.env.flush_all()
        self.cr.precommit.run()
        milestone.with_user(self.manager).date_planned = date(2026, 4, 1)
        self.cr.precommit.run()
        tracked = milestone.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("date_planned", tracked)
