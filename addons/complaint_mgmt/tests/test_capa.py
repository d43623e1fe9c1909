from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon

TODAY = date(2026, 5, 11)


@tagged("post_install", "-at_install")
class TestCapa(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(f"{TODAY} 02:00:00")
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.worker = cls._user("worker", "handler", cls.department)
        cls.checker = cls._user("checker", "handler", cls.department)
        cls.case = cls._create(**cls._answered(product_id=cls.product.id))

    def plan(self, user=None, context=None, **values):
        due = TODAY + timedelta(days=5)
        measures = [
            {"kind": "containment", "name": "Sort the stock", "due_on": TODAY},
            {"kind": "corrective", "name": "Hotter oven", "due_on": due},
        ]
        return (
            self.env["complaint.capa"]
            .with_user(user or self.handler)
            .with_context(**context or {})
            .create(
                {
                    "case_id": self.case.id,
                    "problem": "Nine of 120 screens shattered.",
                    "root_cause": "Oven sensor drifts by 15 degrees.",
                    "check_due": TODAY + timedelta(days=30),
                    "measure_ids": [
                        fields.Command.create({"user_id": self.worker.id, **measure})
                        for measure in measures
                    ],
                    **values,
                }
            )
        )

    def approved(self, **values):
        capa = self.plan(**values)
        capa.approval_submit()
        capa.with_user(self.manager).approval_approve()
        capa.with_user(self.admin).approval_approve()
        self.assertEqual(capa.approval_state, "approved")
        return capa

    def carried_out(self, **values):
        capa = self.approved(**values)
        for measure in capa.measure_ids:
            measure.with_user(self.worker).result = "Done, see photo"
            measure.with_user(self.worker).action_done()
        return capa

    def judge(self, capa, user, effective="yes", note="Three lots, no find"):
        check = (
            self.env["complaint.capa.check"]
            .with_user(user)
            .create({"capa_id": capa.id, "effective": effective, "note": note})
        )
        check.action_confirm()

    def test_from_problem_to_effect(self):
        capa = self.plan()
        self.assertRegex(capa.number, r"^8D/2026/\d{4}$")
        self.assertEqual(capa.department_id, self.department)
        self.assertEqual(capa.state, "plan")
        capa.approval_submit()
        self.assertEqual(capa.state, "approval")
        capa.with_user(self.manager).approval_approve()
        self.assertEqual(capa.state, "approval", "two signatures (R21)")
        capa.with_user(self.admin).approval_approve()
        self.assertEqual(capa.state, "measures")
        for measure in capa.measure_ids.with_user(self.worker):
            measure.result = "Done, see photo"
            measure.action_done()
        self.assertEqual(capa.state, "check")
        self.assertEqual(capa.carried_out_on, TODAY)
        self.judge(capa, self.checker)
        self.assertEqual(capa.state, "done")
        self.assertEqual(capa.checked_by_id, self.checker)

    def test_what_a_plan_needs(self):
        capa = self.plan(
            problem=" ", root_cause=False, check_due=False, measure_ids=False
        )
        with self.refused(UserError, "problem.*root cause.*permanent measure.*check"):
            capa.approval_submit()
        capa = self.plan(check_due=TODAY)
        with self.refused(UserError, "after the last measure"):
            capa.approval_submit()

    def test_returned_until_it_convinces(self):
        capa = self.plan()
        for _round in range(2):
            capa.approval_submit()
            capa.with_user(self.manager).approval_refuse("Ask why once more")
        self.assertEqual((capa.return_count, capa.state), (2, "plan"))
        capa.root_cause = "The sensor is never calibrated."
        capa.approval_submit()

    def test_leader_and_requester_do_not_approve(self):
        capa = self.plan(user=self.manager)
        capa.approval_submit()
        with self.assertRaises(UserError):
            capa.with_user(self.manager).approval_approve()

    def test_submitted_plan_stands(self):
        capa = self.approved()
        measure = capa.measure_ids[1]
        for vals in ({"due_on": TODAY}, {"name": "x"}, {"user_id": self.handler.id}):
            with self.refused(UserError, "submitted"):
                measure.write(vals)
        with self.refused(UserError, "submitted"):
            measure.unlink()
        with self.refused(UserError, "submitted"):
            measure.copy()
        with self.refused(UserError, "approved"):
            capa.root_cause = "Something else"

    def test_marks_are_not_entered(self):
        capa = self.approved()
        with self.refused(UserError, "cannot be entered"):
            capa.effective = "yes"
        with self.refused(UserError, "cannot be entered"):
            self.plan(number="8D/1")
        with self.refused(UserError, "cannot be entered"):
            capa.measure_ids[0].done_on = TODAY
        forged = {"default_effective": "yes", "default_check_note": "Fine"}
        capa = self.plan(context=forged)
        self.assertFalse(capa.effective or capa.check_note)
        forged = {"default_done_on": str(TODAY)}
        measure = (
            self.env["complaint.capa.measure"]
            .with_user(self.handler)
            .with_context(**forged)
            .create(
                {
                    "capa_id": capa.id,
                    "name": "x",
                    "due_on": TODAY,
                    "user_id": self.worker.id,
                }
            )
        )
        self.assertFalse(measure.done_on)
        with self.refused(UserError, "stays with its complaint"):
            capa.case_id = self._create()

    def test_marks_are_not_taken_back(self):
        capa = self.carried_out()
        self.judge(capa, self.checker, "no", "Still two of ten")
        for vals in (
            {"effective": False},
            {"check_note": False},
            {"checked_by_id": False},
            {"recurrence_ids": [fields.Command.clear()]},
        ):
            with self.refused(UserError, "cannot be entered"):
                capa.write(vals)
        measure = capa.measure_ids[0].with_user(self.worker)
        with self.refused(UserError, "cannot be entered"):
            measure.done_on = False
        with self.refused(UserError, "reported as done, and stands"):
            measure.result = "Something else"

    def test_who_leads_does_not_slip_out_of_it(self):
        capa = self.carried_out()
        with self.refused(UserError, "approved"):
            capa.user_id = self.checker
        planned = self.carried_out(user_id=self.checker.id)
        self.assertEqual(planned.create_uid, self.handler)
        with self.refused(UserError, "somebody else checks"):
            self.judge(planned, self.handler)

    def test_who_plans(self):
        reader = self._user("reader", "handler", self.other_department)
        self.env["complaint.assignment"].with_user(self.handler).create(
            {
                "case_id": self.case.id,
                "department_id": self.other_department.id,
                "instruction": "Look",
            }
        )
        capa = self.plan()
        self.assertEqual(capa.with_user(reader).problem, capa.problem)
        with self.refused(AccessError, "by its leader and team"):
            capa.with_user(reader).problem = "Mine"
        with self.refused(AccessError, "by its leader and team"):
            capa.measure_ids.with_user(reader).unlink()
        capa.member_ids = reader
        capa.with_user(reader).problem = "Nine of 120 screens, all of lot B07."

    def test_who_reports_a_measure(self):
        capa = self.approved()
        measure = capa.measure_ids[1]
        with self.refused(UserError, "What Was Done"):
            measure.with_user(self.worker).action_done()
        with self.assertRaises(AccessError):
            measure.with_user(self.agent).action_done()
        with self.assertRaises(AccessError):
            measure.with_user(self.outsider).read(["name"])

    def test_only_what_is_approved_is_done(self):
        capa = self.plan()
        containment, permanent = capa.measure_ids
        permanent.result = containment.result = "Done"
        containment.action_done()
        self.assertEqual(self.case.interim_measure, "Sort the stock")
        with self.refused(UserError, "nobody has approved"):
            permanent.action_done()

    def test_responsible_person_sees_the_complaint(self):
        with self.refused(ValidationError, "Responsible: outsider .* does not see"):
            self.plan(
                measure_ids=[
                    fields.Command.create(
                        {"name": "x", "due_on": TODAY, "user_id": self.outsider.id}
                    )
                ]
            )

    def test_due_before_the_complaint(self):
        with self.refused(ValidationError, "before the complaint"):
            self.plan(
                measure_ids=[
                    fields.Command.create(
                        {
                            "name": "x",
                            "due_on": TODAY - timedelta(days=9),
                            "user_id": self.worker.id,
                        }
                    )
                ]
            )

    def test_nobody_judges_their_own_measures(self):
        capa = self.approved()
        with self.refused(UserError, "once its plan is approved"):
            self.judge(capa, self.checker)
        for measure in capa.measure_ids.with_user(self.worker):
            measure.result = "Done"
            measure.action_done()
        for user in (self.worker, self.handler):
            with self.refused(UserError, "somebody else checks"):
                self.judge(capa, user)
        with self.assertRaises(AccessError):
            self.judge(capa, self.agent)
        self.judge(capa, self.checker, "no", "Still two of ten")
        self.assertEqual(capa.state, "failed")
        action = capa.action_new_round()
        again = self.env["complaint.capa"].browse(action["res_id"])
        self.assertEqual(again.state, "plan")
        self.assertFalse(again.effective or again.check_due)

    def again(self, **values):
        return self._create(
            product_id=self.product.id, cause_id=self.cause.id, **values
        )

    def test_coming_back_in_the_meantime(self):
        capa = self.carried_out()
        self.again()
        self.assertFalse(capa.recurrence_ids, "complained on the day of the measure")
        with freeze_time("2026-05-20 02:00:00"):
            case = self.again()
            self.assertEqual(capa.recurrence_ids, case)
            self.assertEqual(capa.activity_ids.user_id, self.handler)
            with self.refused(ValidationError, f"come back: {case.number}"):
                self.judge(capa, self.checker)
            self.judge(capa, self.checker, "no")

    def test_coming_back_after_the_check(self):
        capa = self.carried_out()
        self.judge(capa, self.checker)
        with freeze_time("2026-06-20 02:00:00"):
            other = self._create(product_id=self.product.id)
            self.assertEqual(capa.state, "done")
            other.cause_id = self.cause
        self.assertEqual(capa.state, "failed")
        self.assertIn(other.number, capa.check_note)
        self.assertIn("Three lots, no find", capa.check_note, "the finding stands")
        other.cause_id = self.cause
        self.assertEqual(len(capa.activity_ids), 1, "told once")

    def test_no_measures_needed(self):
        capa = self.plan(decision="none", measure_ids=False)
        with self.refused(UserError, "reason why no measures"):
            capa.approval_submit()
        capa.waiver = "Used against the manual"
        capa.approval_submit()
        capa.with_user(self.manager).approval_approve()
        capa.with_user(self.admin).approval_approve()
        self.assertEqual(capa.state, "done")

    def test_major_quality_complaints_close_with_one(self):
        process = self.env.ref("complaint_mgmt.complaint_process_quality")
        process.step_ids.filtered(lambda step: step.requirement != "capa").unlink()
        self.case.write({"process_id": process.id, "severity": "major"})
        case = self.case.with_user(self.handler)
        with self.refused(ValidationError, "Corrective action approved"):
            self._move(case, "closed", callback_result="satisfied")
        self.approved()
        self._move(case, "closed", callback_result="satisfied")
        self.assertTrue(case.closed_at)

    def run_cron(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["complaint.capa.measure"]._cron_overdue()

    def test_overdue_measures_go_up_once(self):
        capa = self.approved()
        self.team.user_id = self.manager
        self.case.team_id = self.team
        Measure = self.env["complaint.capa.measure"]
        with freeze_time("2026-05-17 02:00:00"):
            self.assertEqual(
                Measure.search([("capa_id", "=", capa.id), ("is_overdue", "=", True)]),
                capa.measure_ids,
            )
            self.run_cron()
            told = capa.activity_ids
            self.assertEqual(told.user_id, self.handler | self.manager)
            self.assertEqual(len(told), 4)
            self.run_cron()
        self.assertEqual(capa.activity_ids, told)

    def test_a_measure_that_cannot_be_told_stops_no_other(self):
        capa = self.approved()
        measures = type(capa.measure_ids)

        def broken(measure):
            if measure.kind == "containment":
                raise ValueError("broken")
            return escalate(measure)

        escalate = measures._escalate
        self.patch(measures, "_escalate", broken)
        with (
            freeze_time("2026-05-17 02:00:00"),
            mute_logger("odoo.addons.complaint_mgmt.models.complaint_capa_measure"),
        ):
            self.run_cron()
        self.assertTrue(capa.activity_ids)

    def test_hidden_with_the_complaint(self):
        capa = self.approved()
        self.case.respondent_ids = self.manager.employee_ids
        capas = self.env["complaint.capa"].with_user(self.manager)
        self.assertFalse(capas.search([("id", "=", capa.id)]))
        self.assertFalse(capas.name_search(capa.number))
        with self.assertRaises(AccessError):
            capa.with_user(self.manager).read(["problem"])
        with self.assertRaises(AccessError):
            capa.measure_ids.with_user(self.manager).read(["name"])
        self.assertFalse(
            capas.env["complaint.capa.measure"].search([]) & capa.measure_ids
        )
        with self.assertRaises(AccessError):
            self.env["complaint.capa"].with_user(self.agent).create(
                {"case_id": self.case.id}
            )

    def test_printed(self):
        capa = self.carried_out()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.handler)
            ._render_qweb_html("complaint_mgmt.report_capa", capa.ids)
        )
        for words in (
            b"8D Report",
            b"Hotter oven",
            b"Oven sensor",
            capa.number.encode(),
        ):
            self.assertIn(words, html)
