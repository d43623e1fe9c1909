import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ComplaintCommon

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


class InjuryCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create(
            injury="yes",
            media="no",
            department_id=cls.department.id,
            user_id=cls.handler.id,
        )
        cls.injury = cls.case.injury_ids
        cls.insurer = cls.env["res.partner"].create({"name": "Insurer"})

    def as_(self, user, record=None):
        return (record or self.injury).with_user(user)

    def enter(self, user=None, **values):
        """What the decision needs; two times No unless said otherwise."""
        self.as_(user or self.handler).write(
            {
                "accompany": "no",
                "accompany_ground": "Came alone",
                "advance": "no",
                "advance_ground": "Not our escalator",
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestInjury(InjuryCommon):
    def test_record_opens_by_itself_and_once(self):
        self.assertEqual(len(self.injury), 1)
        self.assertEqual(self.case.severity, "critical")
        other = self._create(user=self.agent)
        self.assertFalse(other.injury_ids)
        other.with_user(self.agent).injury = "yes"
        self.assertTrue(other.injury_ids)
        other.injury = "no"
        other.injury = "yes"
        self.assertEqual(len(other.injury_ids), 1)
        copied = self.case.copy()
        self.assertEqual(len(copied.injury_ids), 1)
        self.assertNotEqual(copied.injury_ids, self.injury)

    def test_r42_nothing_is_paid_while_liability_is_uncertain(self):
        """Both answers are No as long as nobody can say that we are liable."""
        for liability in (False, "none", "misuse", "force_majeure"):
            self.case.liability = liability
            for yes in (
                {"accompany": "yes"},
                {"advance": "yes", "advance_amount": 500},
            ):
                self.enter(**{"accompany": "no", "advance": "no", **yes})
                with self.refused(UserError, "answer No twice"):
                    self.as_(self.manager).action_decide()
        self.enter()
        self.as_(self.manager).action_decide()
        self.assertEqual(self.injury.decided_by_id, self.manager)

    def test_management_decides_otherwise_with_its_reason(self):
        self.enter(
            advance="yes",
            advance_amount=500,
            exception_reason="A child; the press is at the door",
        )
        with self.refused(AccessError, "Only the management"):
            self.as_(self.manager).action_decide()
        self.as_(self.admin).action_decide()
        self.assertTrue(self.injury.decided_at)

    def test_yes_tells_management_and_finance(self):
        """R44: reported upwards and funds asked for, without anybody thinking of it."""
        self.company.complaint_finance_id = self.manager
        self.case.liability = "company"
        self.enter(
            accompany="yes", advance="yes", advance_amount=3000, advance_ground="Ours"
        )
        self.as_(self.manager).action_decide()
        summaries = self.injury.activity_ids.mapped("summary")
        self.assertIn("Report the injury upwards, by your rules", summaries)
        funds = self.injury.activity_ids.filtered(lambda a: "Urgent funds" in a.summary)
        self.assertEqual(funds.user_id, self.manager)
        self.assertIn("3,000", funds.summary)

    def test_who_decides_and_what_is_missing(self):
        with self.refused(UserError, "Accompany to Hospital"):
            self.as_(self.manager).action_decide()
        self.enter(advance="yes", accompany_ground=" ")
        with self.refused(UserError, r"Why \(Company\), Up to"):
            self.as_(self.manager).action_decide()
        self.enter()
        for user in (self.handler, self.agent, self.outsider):
            with self.assertRaises(AccessError):
                self.as_(user).action_decide()

    def test_decision_stands_until_taken_back_on_record(self):
        self.enter()
        self.as_(self.manager).action_decide()
        for user in (self.handler, self.manager, self.admin):
            with self.refused(UserError, "Decide Anew"):
                self.as_(user).advance = "yes"
            with self.assertRaises(UserError):
                self.as_(user).write({"decided_at": False})
        with self.refused(UserError, "decided already"):
            self.as_(self.manager).action_decide()
        with self.assertRaises(AccessError):
            self.as_(self.handler).action_decide_anew()
        self.as_(self.manager).action_decide_anew()
        self.assertFalse(self.injury.decided_at)
        self.assertIn("taken back", self.injury.message_ids[0].body)
        self.as_(self.handler).advance = "yes"

    def test_accident_report_in_print(self):
        self.enter(kind="premises", scene="yes", report="<p>The comb plate broke.</p>")
        self.as_(self.manager).action_decide()
        self.env["complaint.injury.witness"].create(
            {"injury_id": self.injury.id, "name": "Zhuang", "said": "It caught her."}
        )
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.handler)
            ._render_qweb_html("complaint_mgmt.report_accident", self.case.ids)
        )
        for text in ("The comb plate broke.", "Not our escalator", "It caught her."):
            self.assertIn(text, html.decode())

    def test_medical_data_needs_consent(self):
        with self.refused(ValidationError, "Agrees to Medical Data"):
            self.as_(self.handler).medical = "Four stitches"
        self.as_(self.handler).write({"consent": True, "medical": "Four stitches"})
        with self.refused(ValidationError, "Agrees to Medical Data"):
            self.as_(self.handler).consent = False

    def test_insurer_answers_in_writing_and_is_chased(self):
        injury = self.as_(self.handler)
        with self.refused(UserError, "insurer that was told"):
            injury.action_tell_insurer()
        with self.refused(UserError, "First record when"):
            injury.action_take_opinion()
        injury.insurer_id = self.insurer
        injury.action_tell_insurer()
        with self.refused(UserError, "told already"):
            injury.action_tell_insurer()
        todo = self.injury.activity_ids
        self.assertEqual(todo.user_id, self.handler)
        self.assertEqual(todo.date_deadline, fields.Date.today() + timedelta(days=3))
        # ticked off without an opinion: it comes back, once
        todo.action_feedback()
        self.injury.insurer_told_at -= timedelta(days=4)
        for _day in range(2):
            self.env["complaint.injury"]._cron_chase()
        self.assertEqual(len(self.injury.activity_ids), 1)
        injury.opinion = "covered"
        with self.refused(UserError, "in writing"):
            injury.action_take_opinion()
        with self.refused(ValidationError, "cannot be accepted"):
            injury.write(
                {
                    "opinion_file": base64.b64encode(b"MZ\x90\x00 run me"),
                    "opinion_filename": "opinion.pdf",
                }
            )
        injury.write({"opinion_file": PDF, "opinion_filename": "opinion.pdf"})
        injury.action_take_opinion()
        self.assertFalse(self.injury.activity_ids)
        with self.refused(UserError, "is not changed"):
            injury.opinion = "refused"

    def test_answer_waits_for_all_of_it(self):
        self.case.write({**self._answered(), "injury": "yes"})
        with self.refused(ValidationError, "duty manager's decisions"):
            self._move(self.case, "callback")
        self.enter()
        self.as_(self.manager).action_decide()
        injury = self.as_(self.handler)
        with self.refused(UserError, "Hurt, Scene Protected.*, Accident Report"):
            injury.action_finish_report()
        injury.write({"kind": "premises", "scene": "yes", "report": "<p>Fell.</p>"})
        injury.action_finish_report()
        with self.refused(ValidationError, "whether the insurer is told"):
            self._move(self.case, "callback")
        injury.insured = "yes"
        with self.refused(ValidationError, "opinion in writing"):
            self._move(self.case, "callback")
        injury.insured = "no"
        # a report that is changed is not the one that was finished
        injury.evidence = "Video"
        with self.refused(ValidationError, "the accident report"):
            self._move(self.case, "callback")
        injury.action_finish_report()
        self._move(self.case, "callback")

    def test_an_injury_on_record_does_not_go_away(self):
        self.enter()
        self.case.with_user(self.handler).injury = "no"  # a slip, before anything is
        self.case.with_user(self.handler).injury = "yes"
        self.as_(self.manager).action_decide()
        for answer in ("no", False):
            with self.refused(UserError, "only a supervisor says"):
                self.case.with_user(self.handler).injury = answer
        self.case.with_user(self.manager).injury = "no"

    def test_witnesses_and_evidence_stay_with_who_sees_the_case(self):
        witness = (
            self.env["complaint.injury.witness"]
            .with_user(self.handler)
            .create({"injury_id": self.injury.id, "name": "Zhuang", "stays": True})
        )
        with self.refused(ValidationError, "cannot be accepted"):
            witness.write(
                {
                    "statement": base64.b64encode(b"<script>alert(1)</script>"),
                    "statement_filename": "statement.html",
                }
            )
        self.case.confidential = True
        stranger = self._user("stranger", "handler", self.other_department)
        for record in (self.injury, witness):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])
            self.assertFalse(record.with_user(stranger).search([]) & record)
        with self.assertRaises(AccessError):
            witness.with_user(self.agent).write({"name": "X"})
        with self.refused(UserError, "not deleted"):
            self.injury.unlink()
        with self.refused(UserError, "stays with its complaint"):
            self.as_(self.handler).case_id = self._create(injury="no")

    def test_marks_are_not_entered(self):
        case = self._create(injury="no")
        for values in (
            {"decided_at": fields.Datetime.now()},
            {"reported_at": fields.Datetime.now()},
            {"opinion_at": fields.Datetime.now()},
        ):
            with self.refused(UserError, "cannot be entered|only the system"):
                self.env["complaint.injury"].with_user(self.admin).create(
                    {"case_id": case.id, **values}
                )
        injury = (
            self.env["complaint.injury"]
            .with_user(self.admin)
            .with_context(default_decided_at=fields.Datetime.now())
            .create({"case_id": case.id})
        )
        self.assertFalse(injury.decided_at)


@tagged("post_install", "-at_install")
class TestPress(ComplaintCommon):
    def setUp(self):
        super().setUp()
        self.case = self._create(media="yes", injury="no", user_id=self.handler.id)
        self.statement = (
            self.env["complaint.statement"]
            .with_user(self.handler)
            .create({"case_id": self.case.id, "text": "We are looking into it."})
        )

    def test_approved_then_said_by_one(self):
        with self.refused(UserError, "before it is approved"):
            self.statement.action_publish()
        self.statement.approval_submit()
        self.statement.with_user(self.admin).approval_approve()
        with self.refused(UserError, "Name the spokesperson"):
            self.statement.action_publish()
        self.case.spokesperson_id = self.manager
        with self.refused(AccessError, "Only manager .* speaks"):
            self.statement.action_publish()
        with self.assertRaises(UserError):
            self.statement.text = "It was the supplier."
        self.statement.with_user(self.manager).action_publish()
        self.assertEqual(self.statement.published_by_id, self.manager)
        with self.refused(UserError, "said already"):
            self.statement.with_user(self.manager).action_publish()
        with self.assertRaises(UserError):
            self.statement.with_user(self.admin).published_at = False

    def test_answer_needs_a_spokesperson(self):
        self.case.write({**self._answered(), "media": "yes"})
        with self.refused(ValidationError, "Spokesperson"):
            self._move(self.case, "callback")
        self.case.spokesperson_id = self.manager
        self._move(self.case, "callback")


@tagged("post_install", "-at_install")
class TestExternal(ComplaintCommon):
    def external(self, **values):
        return (
            self.env["complaint.external"]
            .with_user(self.handler)
            .create(
                {
                    "case_id": self.case.id,
                    "kind": "consumer",
                    "body": "12315",
                    "answer_due": fields.Date.today() + timedelta(days=5),
                    **values,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.case = self._create(user_id=self.handler.id)

    def test_to_do_until_answered(self):
        external = self.external()
        todo = external.activity_ids
        self.assertEqual(todo.user_id, self.handler)
        external.answer_due += timedelta(days=2)
        self.assertEqual(todo.date_deadline, external.answer_due)
        external.answered_on = fields.Date.today()
        self.assertFalse(external.activity_ids)
        self.assertFalse(external.is_late)

    def test_days_in_order(self):
        today = fields.Date.today()
        external = self.external(filed_on=today - timedelta(days=9))
        external.answer_due = today - timedelta(days=1)
        self.assertTrue(external.is_late)
        with self.refused(ValidationError, "before it was"):
            external.answered_on = today - timedelta(days=10)
        with self.refused(ValidationError, "belong together"):
            external.outcome = "settled"
        external.write({"outcome": "settled", "closed_on": today})
        self.assertFalse(external.is_late)

    def test_registrars_read_only(self):
        external = self.external()
        self.case.first_contact_user_id = self.agent
        self.assertEqual(external.with_user(self.agent).body, "12315")
        with self.assertRaises(AccessError):
            external.with_user(self.agent).body = "court"
