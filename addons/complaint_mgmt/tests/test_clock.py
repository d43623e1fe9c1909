from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon

#: Wednesday 11 March 2026, 10:00 in Shanghai.
WEDNESDAY = datetime(2026, 3, 11, 2)


@tagged("post_install", "-at_install")
class TestClock(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env.ref("work_calendar.resource_calendar_china")
        cls.company.resource_calendar_id = cls.calendar
        cls.evidence = cls.env.ref("complaint_mgmt.complaint_pause_reason_evidence")
        cls.team.user_id = cls.manager

    def setUp(self):
        super().setUp()
        self.clocks_at(WEDNESDAY)

    def clocks_at(self, moment):
        if getattr(self, "_frozen", None):
            self._frozen.stop()
        self._frozen = freeze_time(moment)
        self._frozen.start()
        self.addCleanup(lambda frozen=self._frozen: self._stop(frozen))

    def _stop(self, frozen):
        if self._frozen is frozen:
            frozen.stop()
            self._frozen = None

    def clock(self, case, metric):
        return case.clock_ids.filtered(
            lambda clock: clock.metric == metric and clock.state != "cancelled"
        ).sorted("cycle")[-1:]

    def case(self, **values):
        return self._create(**{"received_at": WEDNESDAY, **values})

    def run_cron(self):
        clocks = self.env["complaint.clock"]
        clocks.browse(clocks._take_due())._look_after_each()
        self.env.flush_all()

    # -- which limits hold -----------------------------------------------------

    def test_limits_of_a_normal_complaint(self):
        case = self.case()
        deadlines = {clock.metric: clock.deadline for clock in case.clock_ids}
        self.assertEqual(
            deadlines,
            {
                "assess": WEDNESDAY + timedelta(minutes=30),
                "dispatch": WEDNESDAY + timedelta(minutes=60),
                "reply": datetime(2026, 3, 16, 10),
            },
        )
        self.assertEqual(case.next_metric, "assess")
        self.assertEqual(case.sla_state, "running")

    def test_limits_of_an_injury_count_day_and_night(self):
        self.clocks_at(datetime(2026, 2, 15, 15, 50))
        case = self.case(received_at=datetime(2026, 2, 15, 15, 50), injury="yes")
        clock = self.clock(case, "injury")
        self.assertEqual(clock.deadline, datetime(2026, 2, 15, 16, 5))
        self.assertEqual(case.severity, "critical")
        self.assertTrue(self.clock(case, "interim"))

    def test_raised_lowered(self):
        case = self.case()
        self.clocks_at(WEDNESDAY + timedelta(hours=5))
        case.with_user(self.manager).severity = "major"
        interim = self.clock(case, "interim")
        self.assertEqual(interim.deadline, datetime(2026, 3, 12, 2))
        self.clocks_at(datetime(2026, 3, 12, 1))
        case.with_user(self.manager).severity = "normal"
        self.assertFalse(self.clock(case, "interim"))
        self.assertEqual(interim.state, "cancelled")
        self.assertEqual(self.clock(case, "reply").deadline, datetime(2026, 3, 16, 10))

    def test_raised_too_late_has_a_grace(self):
        policy = self.env["complaint.sla.policy"].create(
            {
                "name": "Major replies",
                "sequence": 1,
                "severity": "major",
                "calendar_id": self.calendar.id,
                "target_ids": [(0, 0, {"metric": "reply", "amount": 60})],
            }
        )
        case = self.case()
        self.clocks_at(datetime(2026, 3, 12, 2))
        case.severity = "major"
        clock = self.clock(case, "reply")
        self.assertEqual(clock.policy_id, policy)
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock.deadline, datetime(2026, 3, 12, 3))

    def test_policy_changes_touch_no_open_complaint(self):
        case = self.case()
        before = self.clock(case, "reply").deadline
        target = self.clock(case, "reply").target_id
        target.amount = 9
        self.assertEqual(self.clock(case, "reply").deadline, before)
        self.clock(case, "reply")._refresh()
        self.assertEqual(self.clock(case, "reply").deadline, before)

    def test_received_later_corrected(self):
        case = self.case()
        case.with_user(self.manager).received_at = WEDNESDAY - timedelta(hours=1)
        self.assertEqual(
            self.clock(case, "assess").deadline, WEDNESDAY - timedelta(minutes=30)
        )
        self.assertEqual(self.clock(case, "assess").state, "breached")

    def test_registered_too_late(self):
        self.clocks_at(WEDNESDAY + timedelta(days=1))
        case = self.case()
        clock = self.clock(case, "dispatch")
        self.assertEqual(clock.state, "breached")
        self.assertTrue(clock.late_registration)
        self.assertEqual(clock.breached_at, WEDNESDAY + timedelta(hours=1))
        self.assertEqual(case.sla_state, "breached")

    # -- what stops them -------------------------------------------------------

    def test_stages_stop_clocks(self):
        case = self.case(injury="no", media="no")
        self.clocks_at(WEDNESDAY + timedelta(minutes=20))
        values = self._answered(name="x")
        values.pop("name")
        self._move(case, "callback", **values)
        for metric in ("assess", "dispatch", "reply"):
            self.assertEqual(self.clock(case, metric).state, "met", metric)
        self.assertFalse(case.next_deadline)
        self.assertEqual(case.sla_state, "done")

    def test_ended_cancels(self):
        case = self.case()
        self._move(case, "ended", end_reason="withdrawn", end_note="Told us so")
        self.assertEqual(set(case.clock_ids.mapped("state")), {"cancelled"})

    def test_ended_does_not_hide_what_was_missed(self):
        case = self.case()
        self.clocks_at(WEDNESDAY + timedelta(hours=3))
        self.run_cron()
        self._move(case, "ended", end_reason="withdrawn", end_note="Told us so")
        missed = case.clock_ids.filtered("breached_at")
        self.assertEqual(missed.mapped("state"), ["late", "late"])

    def test_reopened(self):
        case = self.case()
        self._move(case, "callback", **self._answered())
        self._move(case, "closed", callback_result="satisfied")
        self.clocks_at(datetime(2026, 3, 17, 2))
        self._move(case, "investigate", reopen_reason="It broke again")
        reply = self.clock(case, "reply")
        self.assertEqual(reply.state, "running")
        self.assertGreater(reply.deadline, datetime(2026, 3, 17, 2))
        self.assertEqual(self.clock(case, "assess").state, "met")

    # -- pauses ----------------------------------------------------------------

    def pause(self, case, user=None, **values):
        wizard = (
            self.env["complaint.clock.pause"]
            .with_user(user or self.handler)
            .create({"case_id": case.id, "reason_id": self.evidence.id, **values})
        )
        return wizard.action_pause()

    def handled(self, **values):
        return self.case(user_id=self.handler.id, **values)

    def test_pause_and_resume(self):
        case = self.handled()
        self.pause(case, note="photos")
        reply = self.clock(case, "reply")
        self.assertEqual(reply.state, "paused")
        self.assertFalse(reply.deadline)
        self.assertEqual(self.clock(case, "assess").state, "running")
        self.clocks_at(WEDNESDAY + timedelta(days=2))
        case.with_user(self.handler).action_resume_clocks()
        self.assertEqual(reply.deadline, datetime(2026, 3, 18, 10))
        self.assertIn("waiting", str(reply.explanation).lower())

    def test_nothing_to_pause_is_said(self):
        case = self.handled()
        self.clock(case, "reply")._stop()
        with self.refused(UserError, "No time limit"):
            self.pause(case)

    def test_only_handlers_pause(self):
        case = self.case(first_contact_user_id=self.agent.id)
        with self.assertRaises(AccessError):
            self.pause(case, user=self.agent)
        with self.assertRaises(AccessError):
            case.with_user(self.agent).action_resume_clocks()

    def test_only_supervisors_pause_afterwards(self):
        case = self.handled()
        self.clocks_at(WEDNESDAY + timedelta(days=1))
        with self.refused(AccessError, "supervisor"):
            self.pause(case, since=WEDNESDAY + timedelta(hours=1))
        self.pause(case, user=self.manager, since=WEDNESDAY + timedelta(hours=1))
        self.assertEqual(
            self.clock(case, "reply").paused_at, WEDNESDAY + timedelta(hours=1)
        )

    def test_a_pause_ends(self):
        case = self.handled()
        self.pause(case)
        reply = self.clock(case, "reply")
        self.clocks_at(reply.check_at - timedelta(minutes=1))
        self.run_cron()
        self.assertEqual(reply.state, "paused")
        self.clocks_at(datetime(2026, 3, 25, 10, 1))
        self.run_cron()
        self.assertEqual(reply.state, "running")
        self.assertIn("longest pause", case.activity_ids.mapped("summary")[-1])

    def test_the_customers_mail_resumes(self):
        case = self.handled()
        self.pause(case)
        stranger = {"email_from": "somebody@else.example", "body": "hello"}
        case.message_update(stranger)
        self.assertEqual(self.clock(case, "reply").state, "paused")
        answer = {"email_from": "Lin Wei <lin.wei@customer.example>", "body": "photos"}
        case.with_context(complaint_mail_of_machine=True).message_update(answer)
        self.assertEqual(self.clock(case, "reply").state, "paused")
        case.message_update(answer)
        self.assertEqual(self.clock(case, "reply").state, "running")

    # -- escalation ------------------------------------------------------------

    def test_each_step_once(self):
        case = self.handled()
        self.clocks_at(WEDNESDAY + timedelta(minutes=25))
        self.run_cron()
        self.assertEqual(self.clock(case, "assess").level, 1)
        self.assertTrue(self.clock(case, "assess").near)
        self.assertEqual(case.sla_state, "near")
        self.assertEqual(case.activity_ids.user_id, self.handler)
        self.run_cron()
        self.assertEqual(len(case.activity_ids), 1)
        self.clocks_at(WEDNESDAY + timedelta(minutes=31))
        self.run_cron()
        self.run_cron()
        clock = self.clock(case, "assess")
        self.assertEqual((clock.state, clock.level), ("breached", 2))
        self.assertEqual(clock.breached_at, WEDNESDAY + timedelta(minutes=30))
        told = clock.escalation_ids.filtered(lambda step: step.level == 2).user_ids
        self.assertEqual(told, self.manager)

    def test_after_a_standstill_only_the_highest_step(self):
        case = self.handled()
        self.clocks_at(WEDNESDAY + timedelta(days=2))
        self.run_cron()
        clock = self.clock(case, "assess")
        steps = {step.level: step.result for step in clock.escalation_ids}
        self.assertEqual(
            steps, {1: "superseded", 2: "superseded", 3: "superseded", 4: "done"}
        )
        before = len(case.activity_ids)
        self.run_cron()
        self.assertEqual(len(case.activity_ids), before)

    def test_nothing_due_is_one_query(self):
        self.case()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["complaint.clock"]._cron_due()

    def test_respondents_hear_nothing(self):
        employee = self.handler.employee_ids
        case = self.case(user_id=self.manager.id, respondent_ids=[employee.id])
        self.team.user_id = self.handler
        self.clocks_at(WEDNESDAY + timedelta(days=2))
        self.run_cron()
        self.assertTrue(case.escalation_ids)
        self.assertNotIn(self.handler, case.activity_ids.user_id)
        self.assertNotIn(self.handler, case.escalation_ids.user_ids)

    # -- calendars -------------------------------------------------------------

    def test_a_holiday_moves_running_clocks(self):
        self.clocks_at(datetime(2026, 3, 12, 6))
        case = self.case(severity="major", received_at=datetime(2026, 3, 12, 6))
        done = self.case(severity="major", received_at=datetime(2026, 3, 12, 6))
        self.clock(done, "interim")._stop()
        interim = self.clock(case, "interim")
        self.assertEqual(interim.deadline, datetime(2026, 3, 13, 6))
        self.env["resource.calendar.exception"].create(
            {
                "calendar_id": self.calendar.id,
                "date": "2026-03-13",
                "kind": "rest",
                "name": "Company day",
            }
        )
        self.run_cron()
        self.assertEqual(interim.deadline, datetime(2026, 3, 16, 6))
        self.assertEqual(self.clock(done, "interim").deadline, datetime(2026, 3, 13, 6))

    def test_next_year_is_provisional(self):
        self.clocks_at(datetime(2026, 12, 30, 9))
        case = self.case(received_at=datetime(2026, 12, 30, 9))
        self.assertTrue(self.clock(case, "reply").provisional)
        self.assertFalse(self.clock(case, "assess").provisional)

    def test_a_calendar_without_hours_holds_up_nobody(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Nothing", "attendance_ids": [(5, 0, 0)], "company_id": False}
        )
        self.env["complaint.sla.policy"].search([]).calendar_id = empty
        case = self.case()
        self.assertEqual(set(case.clock_ids.mapped("state")), {"error"})
        self.assertIn("Nothing", case.clock_ids[0].explanation)
        self.run_cron()

    # -- history ---------------------------------------------------------------

    def test_replay_gives_what_is_stored(self):
        case = self.handled()
        self.pause(case)
        self.clocks_at(WEDNESDAY + timedelta(days=1))
        case.with_user(self.handler).action_resume_clocks()
        case.with_user(self.manager).severity = "major"
        self.run_cron()
        for clock in case.clock_ids:
            reading = clock._reading()
            self.assertEqual(reading.state, clock.state)
            self.assertEqual(reading.due.replace(tzinfo=None), clock.deadline)

    def test_nobody_writes_clocks(self):
        case = self.handled()
        clock = self.clock(case, "reply")
        self.pause(case)
        for user in (self.agent, self.handler, self.manager, self.admin):
            for record in (clock, clock.event_ids[:1]):
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"case_id": case.id})
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["complaint.clock"].with_user(user).create(
                    {"case_id": case.id, "metric": "reply", "unit": "minute"}
                )

    def test_clocks_are_seen_with_their_case_only(self):
        self.team.user_id = self.handler
        case = self.handled(confidential=True)
        mine = self.handled()
        Clock = self.env["complaint.clock"]
        seen = Clock.with_user(self.manager).search([])
        self.assertIn(self.clock(mine, "reply"), seen)
        self.assertNotIn(case, seen.sudo().case_id)
        self.assertTrue(
            Clock.with_user(self.handler).search([("case_id", "=", case.id)])
        )
        with self.assertRaises(AccessError):
            self.clock(case, "reply").with_user(self.manager).read(["deadline"])
        groups = Clock.with_user(self.manager)._read_group([], ["case_id"], ["__count"])
        self.assertNotIn(case, [group[0] for group in groups])

    def test_explanation_in_the_form(self):
        case = self.handled()
        with Form(self.clock(case, "reply").with_user(self.handler)) as form:
            self.assertIn("2026-03-16 18:00", form.explanation)

    def test_first_reactions_are_never_paused(self):
        with self.refused(ValidationError, "first reaction"):
            self.env.ref("complaint_mgmt.complaint_sla_policy_general").target_ids[
                0
            ].pausable = True

    def test_interim_measure_and_visit(self):
        case = self.handled(severity="major")
        case.with_user(self.handler).interim_measure = "The lot is blocked."
        self.assertEqual(self.clock(case, "interim").state, "met")
        with self.refused(ValidationError, "future"):
            case.with_user(self.handler).visited_at = WEDNESDAY + timedelta(days=1)

    def test_promise(self):
        case = self.handled()
        case.with_user(self.handler).promised_at = WEDNESDAY + timedelta(days=1)
        promise = self.clock(case, "promise")
        self.assertEqual(promise.deadline, WEDNESDAY + timedelta(days=1))
        self.assertIn("2026-03-12 10:00", promise.explanation)
        case.with_user(self.handler).promised_at = WEDNESDAY + timedelta(hours=1)
        self.assertEqual(promise.state, "cancelled")
        self.clocks_at(WEDNESDAY + timedelta(hours=2))
        self.run_cron()
        promise = self.clock(case, "promise")
        self.assertEqual((promise.state, promise.cycle), ("breached", 2))
        self._move(case, "callback", **self._answered())
        self.assertEqual(promise.state, "late")

    def extend(self, clock, user=None, **values):
        return (
            self.env["complaint.extension"]
            .with_user(user or self.handler)
            .create(
                {
                    "clock_id": clock.id,
                    "deadline": datetime(2026, 3, 20, 10),
                    "reason": "The supplier tests the glass.",
                    "told_at": WEDNESDAY,
                    "consent": "yes",
                    **values,
                }
            )
        )

    def test_extension_with_consent_and_verdict(self):
        reply = self.clock(self.handled(), "reply")
        extension = self.extend(reply)
        self.assertEqual(reply.deadline, datetime(2026, 3, 16, 10))
        with self.assertRaises(AccessError):
            extension.action_grant()
        extension.with_user(self.manager).action_grant()
        self.assertEqual(reply.deadline, datetime(2026, 3, 20, 10))
        self.assertEqual(reply.original_deadline, datetime(2026, 3, 16, 10))
        self.assertIn("supplier", reply.explanation)
        with self.refused(UserError, "decided already"):
            extension.with_user(self.manager).action_refuse()

    def test_no_extension_without_consent(self):
        case = self.handled()
        extension = self.extend(self.clock(case, "reply"), consent="no")
        self.assertEqual(extension.state, "refused")
        self.assertEqual(case.supervision_ids.kind, "expedite")
        self.assertEqual(self.clock(case, "reply").deadline, datetime(2026, 3, 16, 10))

    def test_what_is_not_extended(self):
        case = self.handled()
        reply = self.clock(case, "reply")
        with self.refused(UserError, "first reaction"):
            self.extend(self.clock(case, "assess"))
        with self.refused(UserError, "later"):
            self.extend(reply, deadline=WEDNESDAY)
        with self.refused(UserError, "not entered"):
            self.extend(reply, state="granted")
        with self.assertRaises(AccessError):
            self.extend(reply, user=self.agent)
        own = self.extend(reply, user=self.manager)
        with self.refused(UserError, "yourself"):
            own.with_user(self.manager).action_grant()
        with self.refused(UserError, "stands"):
            own.write({"reason": "x"})

    def test_management_confirms(self):
        case = self.case(injury="yes")
        self.assertTrue(case.awaits_management)
        with self.assertRaises(AccessError):
            case.with_user(self.agent).action_notified()
        case.with_user(self.manager).action_notified()
        self.assertEqual(self.clock(case, "injury").state, "met")

    def test_one_bad_clock_stops_no_other(self):
        good, bad = self.case(), self.case()
        clocks = type(self.env["complaint.clock"])
        values_of = clocks._due_steps

        def broken(records, now):
            if bad in records.case_id:
                raise ValueError("broken")
            return values_of(records, now)

        self.patch(clocks, "_due_steps", broken)
        self.clocks_at(datetime(2026, 3, 20, 8))
        with mute_logger("odoo.addons.complaint_mgmt.models.complaint_clock_cron"):
            self.run_cron()
        self.assertEqual(self.clock(good, "reply").state, "breached")
        waiting = bad.clock_ids.filtered(lambda clock: clock.state == "running")
        self.assertEqual(set(waiting.mapped("check_at")), {datetime(2026, 3, 20, 9)})
        self.patch(clocks, "_due_steps", values_of)
        self.clocks_at(datetime(2026, 3, 20, 9, 1))
        self.run_cron()
        self.assertEqual(self.clock(bad, "reply").state, "breached")
