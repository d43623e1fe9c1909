from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.complaint_case_callback import drawn
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCallback(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.caller = cls._user("caller", "handler", cls.other_department)
        cls.colleague = cls._user("colleague", "handler", cls.department)
        cls.process = cls.env["complaint.process"].create(
            {
                "name": "Branch",
                "step_ids": [
                    fields.Command.create(
                        {"requirement": "independent", "stage_kind": "closed"}
                    )
                ],
            }
        )
        cls.case = cls._create(**cls._answered(process_id=cls.process.id))
        cls.case.stage_id = cls.stages["callback"]

    def call(self, user=None, result="satisfied", **values):
        return (
            self.env["complaint.callback"]
            .with_user(user or self.caller)
            .create({"case_id": self.case.id, "result": result, **values})
        )

    def todo(self):
        kind = self.env.ref("complaint_mgmt.mail_activity_callback")
        return self.case.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_named_caller_sees_calls_and_the_case_closes(self):
        case = self.case.with_user(self.caller)
        with self.assertRaises(AccessError):
            case.read(["name"])
        self.case.with_user(self.handler).callback_agent_id = self.caller
        self.assertEqual(case.name, "Screen shattered")
        self.assertEqual(self.todo().user_id, self.caller)
        with self.assertRaises(AccessError):
            case.name = "Changed"
        with Form(
            self.env["complaint.callback"]
            .with_user(self.caller)
            .with_context(default_case_id=self.case.id)
        ) as form:
            form.result = "satisfied"
            form.process_score = "4"
            form.note = "Came within an hour"
        self.assertEqual(self.case.callback_result, "satisfied")
        self.assertEqual(self.case.callback_user_id, self.caller)
        self.assertEqual(self.case.callback_note, "Came within an hour")
        self.assertFalse(self.todo())
        self._move(self.case.with_user(self.handler), "closed")
        self.assertTrue(self.case.closed_at)

    def test_nobody_beside_the_handler_calls(self):
        for user in (self.handler, self.colleague):
            with self.refused(AccessError, "another unit calls back"):
                self.call(user)
            with self.refused(ValidationError, "somebody of another unit"):
                self.case.callback_agent_id = user
        self.case.process_id = False
        self.call(self.handler)
        self.assertEqual(self.case.callback_user_id, self.handler)

    def test_who_may_not(self):
        with self.assertRaises(AccessError):
            self.call(self.agent)
        with self.assertRaises(AccessError):
            self.call(self.outsider)
        with self.assertRaises(AccessError):
            self.call(self.caller)  # not named, sees nothing of the case
        self.case.respondent_ids = self.caller.employee_ids
        with self.refused(ValidationError, "complained about"):
            self.case.callback_agent_id = self.caller

    def test_confidential_cases_are_not_shown_by_the_way(self):
        self.case.confidential = True
        with self.refused(ValidationError, "Also Visible to"):
            self.case.callback_agent_id = self.caller
        self.case.confidant_ids = self.caller
        self.case.callback_agent_id = self.caller

    def test_three_vain_attempts(self):
        self.case.callback_agent_id = self.caller
        soon = fields.Datetime.now() + timedelta(days=2)
        self.call(result="unreachable", next_call_at=soon)
        self.assertFalse(self.case.callback_result)
        self.assertEqual(self.todo().date_deadline, soon.date())
        self.call(result="unreachable")
        self.assertFalse(self.case.callback_result)
        self.call(result="unreachable")
        self.assertEqual(self.case.callback_result, "unreachable")
        self.assertFalse(self.todo())

    def test_not_satisfied(self):
        self.case.callback_agent_id = self.caller
        with self.refused(ValidationError, "why the customer is not satisfied"):
            self.call(result="unsatisfied")
        self.call(result="unsatisfied", note="Still broken")
        self.assertTrue(self.case.under_supervision)
        with self.refused(AccessError, "only a supervisor can close"):
            self._move(self.case.with_user(self.handler), "closed")

    def test_records_stand(self):
        self.case.callback_agent_id = self.caller
        call = self.call()
        for user in (self.caller, self.manager, self.admin):
            with self.refused(UserError, "record another one"):
                call.with_user(user).result = "unsatisfied"
            with self.assertRaises(AccessError):
                call.with_user(user).unlink()
        with self.refused(UserError, "cannot be entered"):
            self.call(user_id=self.manager.id)
        calls = self.env["complaint.callback"].with_user(self.caller)
        forged = calls.with_context(default_user_id=self.manager.id).create(
            {"case_id": self.case.id, "result": "accepted"}
        )
        self.assertEqual(forged.user_id, self.caller)

    def test_calls_on_record_tell_the_result(self):
        case = self.case.with_user(self.handler)
        self.case.callback_agent_id = self.caller
        self.call(result="unsatisfied", note="Still broken")
        with self.refused(UserError, "Record another one"):
            case.callback_result = "satisfied"
        case.write({"callback_result": "waived", "callback_note": "Does not want it"})

    def test_named_from_the_start(self):
        with self.refused(ValidationError, "somebody of another unit"):
            self._create(
                process_id=self.process.id,
                user_id=self.handler.id,
                callback_agent_id=self.colleague.id,
            )

    def test_dates(self):
        self.case.callback_agent_id = self.caller
        now = fields.Datetime.now()
        with self.refused(ValidationError, "once it was made"):
            self.call(called_at=now + timedelta(hours=1))
        with self.refused(ValidationError, "no answer yet"):
            self.call(called_at=self.case.replied_at - timedelta(hours=1))
        with self.refused(ValidationError, "later than this call"):
            self.call(result="unreachable", next_call_at=now - timedelta(hours=1))

    def test_only_what_is_answered(self):
        case = self._create(**self._answered())
        with self.refused(UserError, "answer the customer first"):
            self.env["complaint.callback"].create(
                {"case_id": case.id, "result": "satisfied"}
            )

    def test_sample(self):
        self.process.callback_percent = 0
        case = self._create(**self._answered(process_id=self.process.id))
        case.stage_id = self.stages["callback"]
        self.assertEqual(case.callback_result, "waived")
        self.assertIn("0 %", case.callback_note)
        major = self._create(
            **self._answered(process_id=self.process.id, severity="major")
        )
        major.stage_id = self.stages["callback"]
        self.assertFalse(major.callback_result)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.process.callback_percent = 101

    def test_draw_is_fair_and_stays(self):
        numbers = [f"TS/2026/{number:05d}" for number in range(2000)]
        share = sum(drawn(number, 30) for number in numbers) / 2000
        self.assertAlmostEqual(share, 0.3, delta=0.04)
        for number in numbers[:50]:
            self.assertEqual(drawn(number, 30), drawn(number, 30))
            self.assertTrue(drawn(number, 100))
            self.assertFalse(drawn(number, 0))

    def test_printed(self):
        self.case.callback_agent_id = self.caller
        self.call(result="unreachable", note="No answer at noon")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.handler)
            ._render_qweb_html("complaint_mgmt.report_callback", self.case.ids)
        )
        self.assertIn(b"No answer at noon", html)
