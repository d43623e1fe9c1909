from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_experience.tests.test_survey import GOOD, SurveyCommon

ROLE = "complaint_mgmt.group_complaint_mgmt_%s"


@tagged("post_install", "-at_install")
class TestGlue(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.user_admin").lang = "en_US"
        cls.agent = new_test_user(cls.env, "glue_agent", groups=ROLE % "user")
        cls.supervisor = new_test_user(cls.env, "glue_boss", groups=ROLE % "manager")
        cls.both = new_test_user(
            cls.env,
            "glue_both",
            groups=f"{ROLE % 'manager'},"
            "customer_experience.group_customer_experience_manager",
        )
        cls.phase.customer_manager_id = cls.manager
        cls.team = cls.env["complaint.team"].create({"name": "Hotline"})

    def complaint(self, user=None, **values):
        return (
            self.env["complaint.case"]
            .with_user(user or self.agent)
            .create(
                {
                    "name": "Windows differ",
                    "channel": "mail",
                    "partner_id": self.journey.partner_id.id,
                    **values,
                }
            )
        )

    # where and whose

    def test_home_phase_and_stage_by_themselves(self):
        """For a registrar, who sees no journeys of buyers."""
        case = self.complaint()
        self.assertEqual(case.cx_unit_id, self.journey.unit_id)
        self.assertEqual(case.cx_phase_id, self.phase)
        self.assertEqual(case.cx_project_id, self.project)
        self.assertEqual(case.sudo().cx_journey_id, self.journey)
        self.assertEqual(case.cx_stage_id.code, "F")
        with self.assertRaises(AccessError):
            self.env["cx.journey"].with_user(self.agent).search([])
        with self.assertRaises(AccessError):
            self.journey.unit_id.with_user(self.agent).name = "X"
        # where the buyer stood then, not where they stand now
        self.journey.date_moved_in = date(2026, 3, 1)
        self.assertEqual(self.journey.stage_id.code, "G")
        self.assertEqual(case.cx_stage_id.code, "F")

    def test_whose_home_it_is_is_not_entered(self):
        other = self.journeys[1]
        with self.assertRefused(UserError, "choose the home"):
            self.complaint(cx_journey_id=other.id)
        with self.assertRefused(UserError, "choose the home"):
            self.complaint().cx_stage_id = other.stage_id

    def test_two_homes_are_not_guessed_between(self):
        unit = self.env["cx.unit"].create({"name": "9-9", "phase_id": self.phase.id})
        self.env["cx.journey"].create(
            {"partner_id": self.journey.partner_id.id, "unit_id": unit.id}
        )
        case = self.complaint()
        self.assertFalse(case.cx_unit_id)
        case.cx_unit_id = unit
        self.assertEqual(case.sudo().cx_journey_id.unit_id, unit)
        # a complaint about the phase alone, by somebody who bought nothing
        other = self.complaint(partner_id=False, cx_phase_id=self.phase.id)
        self.assertEqual(other.cx_project_id, self.project)
        self.assertFalse(other.sudo().cx_journey_id)

    def test_a_tenant_complains_about_the_owner_s_home(self):
        tenant = self.env["res.partner"].create({"name": "Tenant"})
        case = self.complaint(partner_id=tenant.id, cx_unit_id=self.journey.unit_id.id)
        self.assertEqual(case.sudo().cx_journey_id, self.journey)

    # who answers

    def test_routing_before_and_after_the_close_out(self):
        """R78, PR-02: at the close-out all open complaints change hands."""
        self.project.write(
            {
                "complaint_before_id": self.engineering.id,
                "complaint_after_id": self.service.id,
            }
        )
        case = self.complaint()
        self.assertEqual(case.department_id, self.engineering)
        other = self.env["hr.department"].create({"name": "Legal"})
        elsewhere = self.complaint()
        elsewhere.sudo().department_id = other
        closed = self.complaint()
        closed.sudo().closed_at = fields.Datetime.now()
        milestone = self._milestone("closeout")
        milestone.with_user(self.manager).date_actual = date(2026, 3, 2)
        self.assertEqual(case.department_id, self.service)
        self.assertEqual(elsewhere.department_id, other)
        self.assertEqual(closed.department_id, self.engineering)
        self.assertIn("close-out", case.sudo().message_ids[0].body)
        self.assertIn("1 open complaints", milestone.message_ids[0].body)
        self.assertEqual(self.complaint().department_id, self.service)

    def test_without_settings_the_project_s_own_departments(self):
        self.assertEqual(self.complaint().department_id, self.service)

    # surveys

    def test_no_survey_while_a_serious_complaint_is_open(self):
        case = self.complaint(severity="critical")
        with self.assertRefused(UserError, "serious complaint"):
            self.ask()
        repair = self.survey.search([("cx_kind", "=", "repair")], limit=1)
        if repair:
            self.ask(survey_id=repair.id)
        case.sudo().severity = "normal"
        self.ask()

    def test_a_very_low_score_is_a_complaint_at_once(self):
        request = self.ask()
        self.answer(request, **{**GOOD, "nps": 2})
        followup = request.followup_ids
        case = followup.sudo().complaint_id
        self.assertEqual(case.channel, "survey")
        self.assertEqual(case.partner_id, self.journey.partner_id)
        self.assertEqual(case.cx_journey_id, self.journey)
        self.assertEqual(case.first_contact_user_id, self.manager)
        self.assertEqual(followup.outcome, "complaint")
        with self.assertRefused(UserError, "already"):
            followup.with_user(self.manager).action_register_complaint()

    def test_a_low_score_by_hand(self):
        request = self.ask()
        self.answer(request, **{**GOOD, "nps": 5})
        followup = request.followup_ids
        self.assertFalse(followup.complaint_id)
        followup.with_user(self.manager).cause = "The lift is loud <b>at night</b>"
        # a customer manager without a role in complaints reports it, and sees no more
        self.assertIs(
            followup.with_user(self.manager).action_register_complaint(), True
        )
        case = followup.sudo().complaint_id
        self.assertIn("The lift is loud", case.description)
        self.assertNotIn("<b>at", case.description)
        with self.assertRefused(UserError, "Contacted"):
            followup.with_user(self.manager).complaint_id = False

    # afterwards

    def settle(self, case):
        case.sudo().write(
            {
                "type_id": self.env.ref(
                    "complaint_mgmt.complaint_type_product_quality"
                ).id,
                "severity": "normal",
                "partner_phone": "13800000001",
                "description": "<p>They differ.</p>",
                "remedy_ids": [
                    fields.Command.link(
                        self.env.ref("complaint_mgmt.complaint_remedy_repair").id
                    )
                ],
                "injury": "no",
                "media": "no",
                "user_id": self.supervisor.id,
                "department_id": case.department_id.id or self.service.id,
                "cause_id": self.env.ref(
                    "complaint_mgmt.complaint_cause_product_process"
                ).id,
                "cause_note": "Ordered wrongly",
                "liability": "company",
                "reply": "<p>We change them.</p>",
                "callback_result": "satisfied",
            }
        )
        closed = self.env["complaint.stage"].search([("kind", "=", "closed")], limit=1)
        case.with_user(self.supervisor).stage_id = closed

    def test_a_settled_complaint_leads_to_a_visit_once(self):
        case = self.complaint()
        self.settle(case)
        visit = case.sudo().cx_touchpoint_ids
        self.assertEqual(visit.journey_id, self.journey)
        self.assertEqual(visit.user_id, self.manager)
        self.assertEqual(visit.date_due, fields.Date.today() + timedelta(days=30))
        self.assertIn(case.number, visit.title)
        case.with_user(self.supervisor).write(
            {
                "stage_id": self.env["complaint.stage"]
                .search([("kind", "=", "investigate")], limit=1)
                .id,
                "reopen_reason": "Not the windows that were shown",
            }
        )
        self.settle(case)
        self.assertEqual(case.sudo().cx_touchpoint_ids, visit)
        # nobody to be visited
        stranger = self.complaint(partner_id=False, partner_name="Passer-by")
        self.settle(stranger)
        self.assertFalse(stranger.sudo().cx_touchpoint_ids)

    def test_button_on_the_journey(self):
        self.complaint()
        journey = self.journey.with_user(self.both)
        self.assertEqual(journey.complaint_count, 1)
        found = self.env["complaint.case"].search(
            journey.action_view_complaints()["domain"]
        )
        self.assertEqual(len(found), 1)
        self.assertNotIn(
            "complaint_count",
            self.env["cx.journey"].with_user(self.manager).fields_get(),
        )
