import doctest
from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.models.ir_cron import IrCron

from ..engine import score as engine
from ..models.cx_journey_phase import CxJourney
from .common import ROLE, TODAY, CxCommon

FORM = "o_survey-fill-form"
GOOD = {"handover": 5, "quality": 4, "design": 5, "property": 4, "nps": 9}


class SurveyCommon(CxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library.active = False
        cls.survey = cls.env.ref("customer_experience.survey_handover")
        cls.journeys = cls._new_journeys(
            12, date_signed=date(2025, 1, 1), date_ho_done=date(2026, 2, 1)
        )
        cls.journey = cls.journeys[0]

    def ask(self, journey=None, user=None, **vals):
        return (
            self.env["cx.survey.request"]
            .with_user(user or self.manager)
            .create(
                {
                    "survey_id": self.survey.id,
                    "journey_id": (journey or self.journey).id,
                    **vals,
                }
            )
        )

    def answer(self, request, **values):
        request.sudo()._fill_in({**GOOD, **values})


@tagged("post_install", "-at_install")
class TestSurvey(SurveyCommon):
    def test_doctests(self):
        failed, tried = doctest.testmod(engine)
        self.assertTrue(tried)
        self.assertFalse(failed)

    def test_scores_are_recorded_with_their_place(self):
        request = self.ask()
        self.answer(request)
        self.assertEqual(request.status, "submitted")
        self.assertEqual(request.nps, 9)
        self.assertEqual(request.satisfaction, 90)
        scores = request.score_ids
        quality = scores.filtered(lambda s: s.dimension_id.code == "quality")
        self.assertEqual(quality.department_id, self.engineering)
        self.assertEqual(quality.phase_id, self.phase)
        self.assertEqual(quality.owner_phase, "future")
        self.assertEqual(
            scores.filtered(lambda s: s.measure == "nps").nps_class, "promoter"
        )
        self.assertEqual(self.journey.last_nps, 9)
        self.assertFalse(request.followup_ids)
        before = len(scores)
        self.env["cx.score"].sudo()._record(request.sudo())
        self.assertEqual(len(request.score_ids), before)

    def test_not_applicable_needs_a_reason_and_counts_nowhere(self):
        request = self.ask()
        user_input = request.sudo().user_input_ids
        question = self.env.ref("customer_experience.survey_handover_property")
        for code in ("handover", "quality", "design"):
            of_code = self.env.ref(f"customer_experience.survey_handover_{code}")
            choice = of_code.suggested_answer_ids.filtered(lambda c: c.cx_value == 5)
            user_input._save_lines(of_code, str(choice.id))
        nps = self.env.ref("customer_experience.survey_handover_nps")
        user_input._save_lines(nps, "10")
        with self.assertRefused(UserError, "has no score yet"):
            user_input._mark_done()
        choice = question.suggested_answer_ids.filtered("cx_is_na")
        user_input._save_lines(question, str(choice.id))
        with self.assertRefused(UserError, "has no score yet"):
            user_input._mark_done()
        reason = self.env.ref("customer_experience.survey_handover_property_reason")
        user_input._save_lines(reason, "Not moved in")
        user_input._mark_done()
        row = request.score_ids.filtered("is_na")
        self.assertEqual(row.na_reason, "Not moved in")
        self.assertEqual(request.satisfaction, 100)

    def test_answered_twice_or_too_late(self):
        request = self.ask()
        self.answer(request)
        with self.assertRefused(UserError, "answered already"):
            self.answer(request)
        late = self.ask(self.journeys[1])
        with (
            freeze_time("2026-04-02 04:00:00"),
            self.assertRefused(UserError, "term of this survey is over"),
        ):
            self.answer(late)
        self.assertFalse(late.score_ids)

    def test_a_detractor_is_called_and_measured_again(self):
        request = self.ask()
        self.answer(request, nps=5, quality=2)
        followup = request.followup_ids
        self.assertEqual(followup.user_id, self.manager)
        self.assertEqual(followup.deadline, datetime(2026, 3, 4, 4, 0))
        self.assertEqual(
            followup.reason, "Would recommend: 5 of 10; House quality: 2 of 5"
        )
        self.assertEqual(followup.activity_ids.user_id, self.manager)
        mine = followup.with_user(self.manager)
        with self.assertRefused(UserError, "Contacted"):
            mine.action_done()
        mine.action_contacted()
        with self.assertRefused(UserError, "Missing: Cause, Outcome, What Was Done"):
            mine.action_done()
        with self.assertRefused(UserError, "Close the follow-up first"):
            mine.action_measure_again()
        mine.write({"cause": "Cracks", "outcome": "solved", "action_taken": "Repaired"})
        mine.action_done()
        self.assertFalse(followup.activity_ids)
        with self.assertRefused(UserError, "not once it is done"):
            mine.cause = "Nothing"
        mine.action_measure_again()
        second = followup.second_id
        self.assertEqual(second.previous_id, request)
        self.answer(second)
        self.assertEqual(followup.satisfied_after, "yes")

    def test_a_late_call(self):
        request = self.ask()
        self.answer(request, nps=6)
        late = [("is_late", "=", True)]
        Followup = self.env["cx.followup"]
        self.assertFalse(Followup.search(late))
        with freeze_time("2026-03-04 04:00:01"):
            self.assertEqual(Followup.search(late), request.followup_ids)

    def test_not_too_often_and_not_while_suppressed(self):
        self.ask()
        with self.assertRefused(UserError, "within the last 14 days"):
            self.ask()
        repair = self.env.ref("customer_experience.survey_repair")
        with patch.object(CxJourney, "_survey_suppressed", lambda j: "a complaint."):
            self.assertTrue(self.ask(survey_id=repair.id))
            with self.assertRefused(UserError, "a complaint"):
                self.ask(self.journeys[1])
        annual = self.env.ref("customer_experience.survey_annual")
        self.ask(survey_id=annual.id)
        with self.assertRefused(UserError, "within the last 90 days"):
            self.ask(survey_id=annual.id)

    def test_anonymous_answers_name_nobody(self):
        self.survey.cx_is_anonymous = True
        request = self.ask()
        self.assertFalse(request.sudo().user_input_ids.partner_id)
        self.answer(request, nps=1)
        self.assertFalse(request.score_ids.journey_id)
        self.assertFalse(request.score_ids.partner_id)
        self.assertFalse(request.followup_ids)
        self.assertFalse(self.journey.has_nps)

    def test_reminders_then_a_call(self):
        self.journey.partner_id.email = "buyer@example.com"
        request = self.ask()
        request.action_send()
        self.assertEqual(request.status, "sent")

        def run(moment):
            with (
                freeze_time(moment),
                patch.object(IrCron, "_commit_progress", return_value=60),
            ):
                self.env["cx.survey.request"]._cron_remind()
                return request.reminder_count

        counts = [run(f"2026-03-{day:02} 05:00:00") for day in (6, 7, 8, 12, 13)]
        self.assertEqual(counts, [0, 1, 1, 2, 2])
        self.assertFalse(request.activity_ids)
        run("2026-03-20 05:00:00")
        self.assertEqual(request.activity_ids.user_id, self.manager)
        run("2026-03-28 05:00:00")
        self.assertEqual(len(request.activity_ids), 1)
        run("2026-04-02 05:00:00")
        self.assertEqual(request.status, "expired")

    def test_a_touchpoint_waits_for_the_answer(self):
        template = self._template("E11")
        template.survey_id = self.survey
        template.active = True
        self.env["cx.planner"]._plan(self.phase, cause="rule")
        touchpoint = self._touchpoints("E11", journey_id=self.journey)
        touchpoint.evidence_ids.sudo().unlink()
        template.deliverable_ids.unlink()
        staff = touchpoint.with_user(self.manager)
        with self.assertRefused(UserError, "has not answered the survey"):
            staff.action_done()
        action = staff.action_ask()
        request = self.env["cx.survey.request"].browse(action["res_id"])
        self.assertEqual(staff.action_ask()["res_id"], request.id)
        self.answer(request)
        self.assertEqual(touchpoint.survey_status, "submitted")
        staff.action_done()
        self.assertEqual(touchpoint.state, "done")

    def test_owner_phases(self):
        journeys = self.journeys[:4]
        journeys[0].date_moved_in = TODAY - timedelta(days=29)
        for journey, days in zip(journeys[1:], (365, 366, 731), strict=True):
            journey.write(
                {
                    "date_signed": date(2020, 1, 1),
                    "date_ho_done": date(2021, 1, 1),
                    "date_moved_in": TODAY - timedelta(days=days),
                }
            )
        expected = ["settling", "settling", "stable", "long"]
        self.assertEqual(journeys.mapped("owner_phase"), expected)
        for phase in {*expected, "future"}:
            found = self.env["cx.journey"].search(
                [("id", "in", self.journeys.ids), ("owner_phase", "=", phase)]
            )
            self.assertEqual(
                found, self.journeys.filtered(lambda j, p=phase: j.owner_phase == p)
            )

    def test_scorecard_hides_few_answers(self):
        for journey in self.journeys[:9]:
            self.answer(self.ask(journey), quality=4)
        card = self.env["cx.scorecard"].with_user(self.staff)

        def line(axis, name):
            lines = card.create({"axis": axis}).line_ids
            return lines.filtered(lambda each: each.name == name)

        phase = self.phase.display_name
        self.assertEqual(line("phase_id", phase).answered, 9)
        self.assertFalse(line("phase_id", phase).csat)
        self.assertTrue(line("phase_id", phase).is_hidden)
        self.ask(self.journeys[10])
        self.answer(self.ask(self.journeys[9]), quality=3, nps=0)
        row = line("phase_id", phase)
        self.assertEqual((row.asked, row.answered), (11, 10))
        self.assertTrue(row.response.startswith("91 %"))
        self.assertTrue(row.csat.startswith("98 % ("))
        self.assertTrue(row.nps.startswith("80 ("))
        # every department whose work was scored has its line
        names = card.create({"axis": "department_id"}).line_ids.mapped("name")
        self.assertIn("Engineering", names)
        row = line("dimension_id", "House quality")
        self.assertTrue(row.csat.startswith("90 %"))
        self.assertEqual(row.mean, "78.0")

    def test_nobody_enters_answers_or_scores_by_hand(self):
        request = self.ask()
        for vals in (
            {"status": "submitted"},
            {"nps": 10},
            {"satisfaction": 100},
            {"survey_id": self.env.ref("customer_experience.survey_annual").id},
        ):
            with self.assertRefused(UserError, "by hand"):
                request.with_user(self.admin).write(vals)
        self.answer(request, nps=3)
        score = request.score_ids[0].with_user(self.admin)
        for attempt in (
            lambda: score.write({"value": 5}),
            lambda: score.unlink(),
            lambda: score.copy(),
        ):
            with self.assertRaises(AccessError):
                attempt()
        followup = request.followup_ids.with_user(self.manager)
        with self.assertRefused(UserError, "by hand"):
            followup.write({"deadline": fields.Datetime.now()})
        with self.assertRaises(AccessError):
            followup.unlink()

    def test_who_sees_what(self):
        request = self.ask()
        self.answer(request, nps=3)
        outsider = new_test_user(self.env, "cx_nobody", groups="base.group_user")
        branch = self.env["res.company"].create({"name": "Branch"})
        stranger = new_test_user(
            self.env,
            "cx_stranger",
            groups=f"base.group_user,{ROLE % 'admin'}",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        for model in ("cx.survey.request", "cx.score", "cx.followup"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(outsider).search([])
            self.assertFalse(self.env[model].with_user(stranger).search([]))
            self.assertFalse(self.env[model].with_user(self.other_staff).search([]))
            self.assertTrue(self.env[model].with_user(self.manager).search([]))
        own = self.ask(self.journeys[1], user=self.staff)
        seen = self.env["cx.survey.request"].with_user(self.staff).search([])
        self.assertEqual(seen, own)
        card = self.env["cx.scorecard"].with_user(stranger).create({})
        self.assertFalse(card.line_ids)

    def test_questions_that_cannot_be_measured(self):
        question = self.env.ref("customer_experience.survey_handover_quality")
        with self.assertRefused(ValidationError, "choose which"):
            question.cx_dimension_id = False
        nps = self.env.ref("customer_experience.survey_handover_nps")
        with self.assertRefused(ValidationError, "ends at 10"):
            nps.scale_max = 5


@tagged("post_install", "-at_install")
class TestSurveyForm(SurveyCommon, HttpCase):
    def test_phone_entry_by_staff_and_link_by_the_customer(self):
        request = self.ask(user=self.staff, channel="phone")
        url = request.action_open_form()["url"]
        self.assertEqual(request.status, "spoke")
        self.authenticate("cx_staff", "cx_staff")
        page = self.url_open(url)
        self.assertIn(FORM, page.text)
        # a colleague who has nothing to do with the customer is sent away
        self.authenticate("cx_other", "cx_other")
        page = self.url_open(url)
        self.assertNotIn(FORM, page.text)
        # the customer needs no login
        self.logout()
        page = self.url_open(url)
        self.assertIn(FORM, page.text)
