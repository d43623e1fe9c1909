from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .common import TODAY, CxCommon

PLANNER = "odoo.addons.customer_experience.models.cx_planner"


@tagged("post_install", "-at_install")
class TestCron(CxCommon):
    def run_cron(self, method, seconds=(60,)):
        """Run a job; `seconds` are what the scheduler says is left after each step."""
        left = iter([60, *seconds])
        last = [60]

        def progress(cron, processed=0, *, remaining=None, deactivate=False):
            last[0] = next(left, last[0])
            return last[0]

        with patch.object(IrCron, "_commit_progress", progress):
            getattr(self.env["cx.planner"], method)()

    def test_what_has_come_near_becomes_ready(self):
        self._milestone("web_live").date_planned = date(2026, 3, 20)
        touchpoint = self._touchpoints("A05")
        self.assertEqual((touchpoint.state, touchpoint.date_due.day), ("planned", 25))
        self.run_cron("_cron_ready")
        self.assertEqual(touchpoint.state, "planned")
        with patch(f"{PLANNER}.CxPlanner._today", lambda *a: date(2026, 3, 18)):
            self.run_cron("_cron_ready")
        self.assertEqual(touchpoint.state, "ready")
        self.assertEqual(len(touchpoint.evidence_ids), 2)
        self.assertEqual(touchpoint.activity_ids.user_id, self.manager)

    def test_catches_what_was_written_past_the_orm(self):
        milestone = self._milestone("web_live")
        self.cr.execute(
            "UPDATE cx_milestone SET date_planned = %s, date_effective = %s"
            " WHERE id = %s",
            [date(2026, 4, 1), date(2026, 4, 1), milestone.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.phase.touchpoint_ids)
        self.run_cron("_cron_plan")
        self.assertEqual(self._touchpoints("A05").date_due, date(2026, 4, 6))
        count = len(self.phase.touchpoint_ids)
        self.phase.planned_at = False
        self.run_cron("_cron_plan")
        self.assertEqual(len(self.phase.touchpoint_ids), count)

    def test_rolling_horizon(self):
        delivery = self._new_batch("delivery")
        self._new_journeys(2, unit={"delivery_batch_id": delivery.id})
        start = self._milestone("ho_start", delivery)
        start.date_planned = TODAY + timedelta(30 + 61)
        self.assertFalse(self._touchpoints("D05"))
        with patch(f"{PLANNER}.CxPlanner._today", lambda *a: TODAY + timedelta(1)):
            self.run_cron("_cron_plan")
        self.assertEqual(len(self._touchpoints("D05")), 2)

    def test_a_failing_template_does_not_stop_the_others(self):
        for code, day in (("web_live", 1), ("drawings", 2)):
            self._milestone(code).date_planned = date(2026, 4, day)
        self.env.flush_all()
        self.cr.execute("DELETE FROM cx_touchpoint")
        self.env.invalidate_all()
        rule = type(self.env["cx.touchpoint.template"])._rule

        def failing(template):
            if template.code == "A02":
                raise ZeroDivisionError
            return rule(template)

        with (
            patch.object(type(self.env["cx.touchpoint.template"]), "_rule", failing),
            self.assertLogs(PLANNER, "ERROR") as logged,
        ):
            self.run_cron("_cron_plan")
        self.assertIn("A02", logged.output[0])
        self.assertTrue(self._touchpoints("A05"))
        self.assertFalse(self._touchpoints("A02"))
        self.assertTrue(self.phase.planned_at)

    def test_a_phase_without_calendar_does_not_stop_the_others(self):
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        self.company.resource_calendar_id = False
        with self.assertRefused(UserError, "no working calendar"):
            self._milestone("web_live").date_planned = date(2026, 4, 2)
        with mute_logger(PLANNER):
            self.run_cron("_cron_plan")
        self.assertTrue(self.phase.planned_at)

    def test_stops_when_time_is_up_and_goes_on_where_it_stopped(self):
        phases = self.phase
        for number in range(2, 5):
            phases |= self._new_phase(f"Phase {number}")
        self.run_cron("_cron_plan", seconds=(60, 0))
        done = phases.filtered("planned_at")
        self.assertEqual(len(done), 2)
        first = dict.fromkeys(done, fields.Datetime.now() - timedelta(hours=1))
        for phase, moment in first.items():
            phase.planned_at = moment
        self.run_cron("_cron_plan")
        self.assertTrue(all(phases.mapped("planned_at")))
        self.assertEqual({p: p.planned_at for p in done}, first, "not done again")

    def test_ready_stops_when_time_is_up(self):
        with patch(f"{PLANNER}.READY_BATCH", 1):
            self._new_journeys(3, date_subscribed=TODAY)
            touchpoints = self._touchpoints("C01")
            touchpoints._engine().state = "planned"
            self.run_cron("_cron_ready", seconds=(0,))
            self.assertEqual(len(touchpoints.filtered(lambda t: t.state == "ready")), 1)
            self.run_cron("_cron_ready")
            self.assertEqual(set(touchpoints.mapped("state")), {"ready"})
