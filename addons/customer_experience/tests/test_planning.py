from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestPlanning(CxCommon):
    def setUp(self):
        super().setUp()
        self.opening = self._new_batch("opening")
        self.site_open = self._milestone("site_open", self.opening)

    def test_setting_a_milestone_generates_dated_touchpoints(self):
        self.assertFalse(self.phase.touchpoint_ids)
        self.site_open.date_planned = date(2026, 3, 31)
        touchpoint = self._touchpoints("B01")
        self.assertEqual(touchpoint.date_due, date(2026, 2, 28))
        self.assertEqual(touchpoint.date_due_original, date(2026, 2, 28))
        self.assertEqual(touchpoint.phase_id, self.phase)
        self.assertFalse(touchpoint.batch_id, "once for the phase, not for each batch")
        self.assertEqual(touchpoint.stage_id.code, "B")
        self.assertEqual(touchpoint.department_id, self.service)
        self.assertEqual(touchpoint.user_id, self.staff, "head of the department")
        self.assertTrue(touchpoint.is_mot)
        self.assertTrue(touchpoint.is_overdue, "past at birth is overdue at once")

    def test_actual_beats_forecast_beats_plan(self):
        self.site_open.date_planned = date(2026, 6, 30)
        due = self._touchpoints("B01")
        self.assertEqual(due.date_due, date(2026, 5, 30))
        self.site_open.date_forecast = date(2026, 7, 10)
        self.assertEqual(due.date_due, date(2026, 6, 10))
        self.site_open.date_actual = date(2026, 3, 1)
        self.assertEqual(due.date_due, date(2026, 2, 1))
        self.site_open.date_planned = date(2026, 8, 30)
        self.assertEqual(due.date_due, date(2026, 2, 1), "the plan no longer counts")

    def test_batch_scope_window_and_working_days(self):
        self.site_open.date_planned = date(2026, 3, 31)
        check = self._touchpoints("B02")
        self.assertEqual(check.batch_id, self.opening)
        self.assertEqual(check.date_start, date(2026, 3, 26))
        self.assertEqual(check.date_due, date(2026, 3, 31))
        self.env["resource.calendar.exception"].create(
            {
                "calendar_id": self.calendar.id,
                "date": date(2026, 3, 28),
                "kind": "work",
            }
        )
        self.env["cx.planner"]._plan(self.phase, cause="rule")
        self.assertEqual(check.date_start, date(2026, 3, 27), "make-up Saturday counts")

    def test_phase_counts_its_first_batch(self):
        second = self._new_batch("opening", name="Batch 2")
        self.site_open.date_planned = date(2026, 9, 30)
        self._milestone("site_open", second).date_planned = date(2026, 6, 30)
        appoint = self._touchpoints("B01")
        self.assertEqual(len(appoint), 1)
        self.assertEqual(appoint.date_due, date(2026, 5, 30))
        self.assertEqual(len(self._touchpoints("B02")), 2, "each batch its own")
        second.active = False
        self.assertEqual(appoint.date_due, date(2026, 8, 30))
        gone = self._touchpoints("B02", batch_id=second)
        self.assertEqual(gone.state, "cancelled")

    def test_moving_a_milestone_moves_touchpoints_and_logs_it(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02")
        self.site_open.date_forecast = date(2026, 6, 25)
        self.assertEqual(touchpoint.date_due, date(2026, 6, 25))
        self.assertEqual(touchpoint.date_due_original, date(2026, 6, 15))
        self.assertEqual(touchpoint.moved_days, 10)
        self.site_open.date_forecast = date(2026, 6, 20)
        self.assertRecordValues(
            touchpoint.log_ids.sorted("id"),
            [
                {
                    "date_old": date(2026, 6, 15),
                    "date_new": date(2026, 6, 25),
                    "cause": "milestone",
                },
                {
                    "date_old": date(2026, 6, 25),
                    "date_new": date(2026, 6, 20),
                    "cause": "milestone",
                },
            ],
        )
        self.assertIn("Sales site opening", touchpoint.log_ids[0].note)

    def test_a_second_run_changes_nothing(self):
        self.site_open.date_planned = date(2026, 6, 15)
        before = self.phase.touchpoint_ids
        self.env["cx.planner"]._plan(self.phase, cause="rule")
        self.phase.invalidate_recordset()
        self.assertEqual(self.phase.touchpoint_ids, before)
        self.assertFalse(before.log_ids)
        self.site_open.note = "no date"
        self.assertFalse(before.log_ids)

    def test_done_and_skipped_never_move(self):
        self.site_open.date_planned = date(2026, 6, 15)
        appoint, publish = self._touchpoints("B01"), self._touchpoints("B04")
        self._provide(appoint)
        appoint.state = "done"
        publish.write({"state": "skipped", "skip_reason": "Nothing adverse"})
        self.site_open.date_planned = date(2026, 7, 15)
        self.assertEqual(appoint.date_due, date(2026, 5, 15))
        self.assertEqual(publish.date_due, date(2026, 6, 8))
        self.site_open.date_planned = False
        self.assertEqual((appoint.state, publish.state), ("done", "skipped"))

    def _provide(self, touchpoint):
        touchpoint.action_start()
        for evidence in touchpoint.evidence_ids:
            evidence.write({"file": b"YQ==", "value": "https://example.com/1"})

    def test_locked_ones_stay_and_are_flagged(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02")
        touchpoint.write({"locked": True, "lock_reason": "Agreed with the owner"})
        self.site_open.date_planned = date(2026, 7, 15)
        self.assertEqual(touchpoint.date_due, date(2026, 6, 15))
        self.assertTrue(touchpoint.anchor_moved)
        self.assertEqual(touchpoint.date_suggested, date(2026, 7, 15))
        self.site_open.date_planned = False
        self.assertFalse(touchpoint.date_suggested)
        self.assertEqual(touchpoint.state, "planned", "a person decides")
        self.site_open.date_planned = date(2026, 8, 14)
        touchpoint.action_unlock()
        self.assertEqual(touchpoint.date_due, date(2026, 8, 14))
        self.assertFalse(touchpoint.anchor_moved)

    def test_started_work_keeps_its_date(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02")
        touchpoint.action_start()
        self.site_open.date_planned = date(2026, 7, 15)
        self.assertEqual(touchpoint.date_due, date(2026, 6, 15))
        self.assertTrue(touchpoint.anchor_moved)

    def test_a_date_set_by_hand_is_locked_and_logged(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02").with_user(self.manager)
        touchpoint.date_due = date(2026, 6, 8)
        self.assertTrue(touchpoint.locked)
        self.assertEqual(touchpoint.date_start, date(2026, 6, 8))
        self.assertEqual(touchpoint.log_ids.cause, "manual")
        self.assertEqual(touchpoint.log_ids.create_uid, self.manager)
        self.site_open.date_planned = date(2026, 7, 15)
        self.assertEqual(touchpoint.date_due, date(2026, 6, 8))

    def test_losing_the_anchor_cancels_and_its_return_revives(self):
        self.site_open.date_planned = date(2026, 3, 9)
        touchpoint = self._touchpoints("B02")
        self.assertEqual(touchpoint.state, "ready")
        self.assertTrue(touchpoint.activity_ids)
        self.site_open.date_planned = False
        self.assertEqual(touchpoint.state, "cancelled")
        self.assertFalse(touchpoint.activity_ids)
        self.site_open.date_forecast = date(2026, 9, 9)
        self.assertEqual(touchpoint.state, "planned")
        self.assertEqual(touchpoint.date_due, date(2026, 9, 9))
        self.assertEqual(len(self._touchpoints("B02")), 1)

    def test_deleting_the_milestone_cancels(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02")
        self.site_open.with_user(self.manager).unlink()
        self.assertEqual(touchpoint.state, "cancelled")

    def test_far_away_goes_back_to_planned(self):
        self.site_open.date_planned = date(2026, 3, 9)
        touchpoint = self._touchpoints("B02")
        self.assertEqual(touchpoint.state, "ready")
        self.site_open.date_planned = date(2026, 12, 9)
        self.assertEqual(touchpoint.state, "planned")
        self.assertFalse(touchpoint.activity_ids)
        self.site_open.date_planned = date(2026, 3, 12)
        self.assertEqual(touchpoint.state, "ready")
        self.assertEqual(touchpoint.activity_ids.date_deadline, date(2026, 3, 12))
        self.site_open.date_planned = date(2026, 3, 10)
        self.assertEqual(touchpoint.activity_ids.date_deadline, date(2026, 3, 10))

    def test_ready_lays_out_the_evidence(self):
        self.site_open.date_planned = date(2026, 3, 9)
        touchpoint = self._touchpoints("B02")
        self.assertEqual(
            touchpoint.evidence_ids.mapped("kind"), ["photo", "photo", "photo"]
        )
        self.assertTrue(all(touchpoint.evidence_ids.mapped("required")))
        self.assertEqual(touchpoint.activity_ids.user_id, self.manager)
        self.assertEqual(touchpoint.activity_ids.date_deadline, date(2026, 3, 9))

    def test_fit_out_chooses_between_templates(self):
        delivery = self._new_batch("delivery")
        self._milestone("ho_start", delivery).date_planned = date(2026, 12, 1)
        fitted, shell = self._touchpoints("E03F"), self._touchpoints("E03")
        self.assertEqual(fitted.date_due, date(2026, 8, 3))
        self.assertFalse(shell)
        self.assertEqual(fitted.department_id, self.engineering)
        self.phase.fit_out = "shell"
        self.assertEqual(fitted.state, "cancelled")
        self.assertEqual(self._touchpoints("E03").date_due, date(2026, 9, 2))

    def test_archiving_the_phase_cancels_and_back(self):
        self.site_open.date_planned = date(2026, 6, 15)
        touchpoint = self._touchpoints("B02")
        self.phase.active = False
        self.assertEqual(touchpoint.state, "cancelled")
        self.project.active = False
        self.project.active = True
        self.assertEqual(touchpoint.state, "planned")

    def test_owner_is_told_of_moves_of_more_than_three_days(self):
        self.site_open.date_planned = date(2026, 6, 15)
        domain = [
            ("model", "=", "cx.phase"),
            ("res_id", "=", self.phase.id),
            ("message_type", "=", "user_notification"),
        ]
        self.site_open.date_planned = date(2026, 6, 18)
        self.assertFalse(self.env["mail.message"].search(domain))
        self.site_open.date_planned = date(2026, 6, 25)
        messages = self.env["mail.message"].search(domain)
        told = messages.mapped("partner_ids")
        self.assertEqual(told, self.manager.partner_id | self.staff.partner_id)
        self.assertEqual(len(messages), 2, "one message for each, however many moved")

    def test_time_zone_of_the_company_decides_what_day_it_is(self):
        self.assertEqual(self.env["cx.planner"]._today(self.company), TODAY)
        self.calendar.tz = "Pacific/Honolulu"
        self.assertEqual(
            self.env["cx.planner"]._today(self.company), TODAY - timedelta(1)
        )

    def test_skip_if_past(self):
        template = self._template("B02")
        template.skip_if_past = True
        self.site_open.date_planned = date(2026, 2, 20)
        skipped = self._touchpoints("B02")
        self.assertEqual(skipped.state, "skipped")
        self.assertTrue(skipped.skip_reason)
        self.assertEqual(self._touchpoints("B04").state, "ready", "not asked to skip")

    def test_calendar_without_working_time_is_refused_in_words(self):
        self.calendar.attendance_ids.unlink()
        with self.assertRefused(UserError, "working hours"):
            self.site_open.date_planned = date(2026, 6, 15)

    def test_companies_are_planned_by_their_own_calendar(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        branch.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Six days",
                "company_id": branch.id,
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    fields.Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                        }
                    )
                    for day in range(6)
                ],
            }
        )
        department = self.env["hr.department"].create(
            {"name": "Branch CS", "company_id": branch.id}
        )
        project = self.env["cx.project"].create(
            {
                "name": "Branch project",
                "company_id": branch.id,
                "lead_dept_id": department.id,
            }
        )
        phase = self.env["cx.phase"].create(
            {"name": "Phase 1", "project_id": project.id}
        )
        self._milestone("web_live", phase).date_planned = date(2026, 3, 5)
        self._milestone("web_live").date_planned = date(2026, 3, 5)
        dates = {t.company_id: t.date_due for t in self._touchpoints("A05")}
        self.assertEqual(
            dates, {self.company: date(2026, 3, 10), branch: date(2026, 3, 9)}
        )
