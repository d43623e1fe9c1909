from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCase(ComplaintCommon):
    # ------------------------------------------------------------
    # registration
    # ------------------------------------------------------------

    def test_number(self):
        first, second = self._create(), self._create()
        year = fields.Date.context_today(first).year
        self.assertRegex(first.number, rf"^TS/{year}/\d{{5}}$")
        self.assertEqual(int(second.number[-5:]), int(first.number[-5:]) + 1)
        self.assertEqual(first.display_name, f"[{first.number}] Screen shattered")
        self.assertNotEqual(first.copy().number, first.number)

    def test_found_by_number_name_and_phone(self):
        case = self._create(
            partner_id=False, partner_name="He Yun", partner_phone="057188880000"
        )
        cases = self.env["complaint.case"].with_user(self.manager)
        for text in (case.number, "shattered", "He Y", "88880000"):
            self.assertIn(case.id, [row[0] for row in cases.name_search(text)])

    def test_quick_create(self):
        """Three fields while the customer speaks; the rest follows."""
        form = Form(
            self.env["complaint.case"].with_user(self.agent),
            "complaint_mgmt.complaint_case_view_form_quick_create",
        )
        form.name = "Glass door cracked"
        form.partner_name = "Zhou Min"
        form.partner_phone = "13800000002"
        case = form.save()
        self.assertEqual(case.stage_kind, "register")
        self.assertEqual(case.first_contact_user_id, self.agent)
        self.assertEqual(case.channel, "phone")
        self.assertTrue(case.number)
        self.assertFalse(case.user_id)

    def test_type_proposes(self):
        injury = self.env.ref("complaint_mgmt.complaint_type_safety_injury")
        injury.with_company(self.company).department_id = self.department
        case = self._create(type_id=injury.id)
        self.assertEqual(case.severity, "critical")
        self.assertEqual(case.department_id, self.department)
        self.assertTrue(case.confidential)
        # what a person chose stays
        case = self._create(type_id=injury.id, severity="major")
        self.assertEqual(case.severity, "major")
        case.type_id = self.type
        self.assertEqual(case.severity, "major")

    def test_injury_is_critical(self):
        case = self._create()
        self.assertEqual(case.severity, "normal")
        case.injury = "yes"
        self.assertEqual(case.severity, "critical")

    def test_contact_of_this_time_is_kept(self):
        case = self._create()
        self.assertEqual(case.partner_name, "Lin Wei")
        self.assertEqual(case.partner_email, "lin.wei@customer.example")
        other = self._create(
            partner_id=False, partner_name="Son of Lin", partner_phone="139"
        )
        other.partner_id = self.customer
        self.assertEqual(other.partner_phone, "139")
        self.assertEqual(other.partner_email, "lin.wei@customer.example")

    def test_team_gives_the_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        team = self.env["complaint.team"].create(
            {"name": "There", "company_id": company.id}
        )
        case = self.env["complaint.case"].create({"name": "x", "team_id": team.id})
        self.assertEqual(case.company_id, company)
        case = self.env["complaint.case"].create(
            {"name": "x", "company_id": company.id}
        )
        self.assertEqual(case.team_id, team)

    def test_received_in_the_future_is_refused(self):
        with self.refused(ValidationError, "future"):
            self._create(received_at=fields.Datetime.now() + timedelta(hours=1))

    def test_backdating_needs_a_supervisor(self):
        week = fields.Datetime.now() - timedelta(days=8)
        with self.refused(AccessError, "supervisor"):
            self._create(user=self.agent, received_at=week)
        case = self._create(user=self.agent, received_at=week + timedelta(days=2))
        with self.refused(AccessError, "supervisor"):
            case.received_at = week
        case.with_user(self.manager).received_at = week
        # saving the form again with the same time is no backdating
        case.with_user(self.agent).write({"received_at": week, "name": "Other"})

    # ------------------------------------------------------------
    # stages
    # ------------------------------------------------------------

    def _unmet(self, case, kind):
        with self.assertRaises(ValidationError) as refused:
            self._move(case, kind)
        return str(refused.exception)

    def test_leaving_registration(self):
        case = self.env["complaint.case"].create({"name": "x", "channel": "phone"})
        text = self._unmet(case, "assess")
        for word in (
            "Type",
            "Severity",
            "Complainant",
            "Phone or e-mail",
            "Description",
            "asks for",
            "Read-back",
        ):
            self.assertIn(word, text)
        self.assertEqual(case.stage_kind, "register")
        case.write(self._registered(channel="phone"))
        self.assertEqual(self._unmet(case, "assess").count("•"), 1)
        case.action_readback()
        self.assertEqual(case.readback_user_id, self.env.user)
        self._move(case, "assess")

    def test_anonymous_needs_no_name(self):
        case = self._create(partner_id=False)
        self.assertEqual(self._unmet(case, "assess").count("•"), 2)
        case.is_anonymous = True
        self._move(case, "assess")

    def test_written_complaints_need_no_readback(self):
        for channel in ("mail", "letter", "regulator", "web"):
            self._move(self._create(channel=channel), "assess")

    def test_fields_written_with_the_stage_count(self):
        case = self.env["complaint.case"].create({"name": "x"})
        case.write(self._registered(stage_id=self.stages["assess"].id))
        self.assertEqual(case.stage_kind, "assess")

    def test_conditions_hold_in_the_stage(self):
        case = self._move(self._create(), "assess")
        with self.refused(ValidationError, "Type"):
            case.type_id = False

    def test_creation_meets_the_same_conditions(self):
        with self.refused(ValidationError, "Handler"):
            self._create(stage_id=self.stages["investigate"].id)

    def test_conditions_add_up(self):
        case = self._create()
        text = self._unmet(case, "reply")
        for word in (
            "hurt",
            "Press",
            "department",
            "Handler",
            "Cause",
            "Findings",
            "Liability",
        ):
            self.assertIn(word, text)
        case.write({"injury": "no", "media": "no"})
        case.write({"user_id": self.handler.id, "department_id": self.department.id})
        self._move(case, "investigate")
        self.assertEqual(self._unmet(case, "reply").count("•"), 3)
        case.write({"cause_id": self.cause.id, "cause_note": "Oven too cold"})
        self.assertEqual(case.liability, "company", "proposed by the cause")
        self._move(case, "reply")
        self.assertIn("Answer", self._unmet(case, "callback"))
        case.reply = "<p>New screen.</p>"
        self._move(case, "callback")
        self.assertTrue(case.replied_at)

    def test_closing(self):
        case = self._create()
        case.write(self._answered(stage_id=self.stages["callback"].id))
        self.assertIn("Call-back", self._unmet(case, "closed"))
        case.callback_result = "waived"
        self.assertIn("note", self._unmet(case, "closed"))
        case.callback_note = "Customer asked not to be called."
        self._move(case.with_user(self.handler), "closed")
        self.assertTrue(case.closed_at)
        self.assertFalse(case.is_rotting)

    def test_unsatisfied_customer_needs_the_supervisor(self):
        case = self._create()
        case.write(
            self._answered(
                stage_id=self.stages["callback"].id,
                callback_result="unsatisfied",
                callback_note="Wants money back; final decision of the board: no.",
            )
        )
        with self.refused(AccessError, "supervisor"):
            self._move(case.with_user(self.handler), "closed")
        self._move(case.with_user(self.manager), "closed")

    def test_settled_at_once(self):
        """The first contact answers, the customer agrees: closed without a handler."""
        case = self._create(
            injury="no",
            media="no",
            resolved_first_contact=True,
            cause_id=self.env.ref(
                "complaint_mgmt.complaint_cause_people_information"
            ).id,
            cause_note="Told the wrong opening hours",
            reply="<p>Sorry.</p>",
            callback_result="satisfied",
        )
        self._move(case.with_user(self.manager), "closed")
        self.assertFalse(case.user_id)
        case = self._create(injury="yes", media="no", resolved_first_contact=True)
        self.assertIn("Settled at once", self._unmet(case, "investigate"))

    def test_ending_needs_reason_and_words(self):
        case = self.env["complaint.case"].create({"name": "Advertisement"})
        self.assertEqual(self._unmet(case, "ended").count("•"), 2)
        self._move(case, "ended", end_reason="no_complaint", end_note="Spam")
        self.assertTrue(case.closed_at)

    def _closed(self):
        case = self._create()
        case.write(
            self._answered(
                stage_id=self.stages["closed"].id, callback_result="satisfied"
            )
        )
        return case

    def test_closed_facts_are_settled(self):
        case = self._closed()
        with self.refused(UserError, "closed.*Severity"):
            case.severity = "critical"
        case.tag_ids = self.env["complaint.tag"].create({"name": "Press kit"})

    def test_reopening(self):
        case = self._closed()
        closed_at = case.closed_at
        for reason in (False, "", "  "):
            with self.refused(UserError, "Reopen"):
                self._move(case, "investigate", reopen_reason=reason)
        wizard = self.env["complaint.case.reopen"].with_context(active_ids=case.ids)
        wizard.with_user(self.manager).create(
            {"reason": "Cracked again"}
        ).action_reopen()
        self.assertEqual(case.stage_kind, "investigate")
        self.assertFalse(case.closed_at)
        self.assertEqual(case.reopen_count, 1)
        self.assertTrue(closed_at)
        self.assertEqual(case.cause_note, "Tempering oven too cold.", "nothing is lost")

    def test_reopening_is_tracked(self):
        case = self.env["complaint.case"].create(self._answered())
        self.flush_tracking()
        self._move(case, "closed", callback_result="satisfied")
        self.flush_tracking()
        self._move(case, "investigate", reopen_reason="Cracked again")
        self.flush_tracking()
        values = case.message_ids.tracking_value_ids.sudo()
        reasons = values.filtered(lambda value: value.field_id.name == "reopen_reason")
        self.assertEqual(reasons.mapped("new_value_text"), ["Cracked again"])
        stages = values.filtered(lambda value: value.field_id.name == "stage_id")
        self.assertEqual(len(stages), 2)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_reopening_ends_with_its_period(self):
        case = self._closed()
        self.team.reopen_days = 30
        case.team_id = self.team
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE complaint_case SET closed_at = closed_at - interval '31 days' "
            "WHERE id = %s",
            [case.id],
        )
        case.invalidate_recordset()
        with self.refused(UserError, "Follows"):
            self._move(case, "investigate", reopen_reason="Again")
        self.team.reopen_days = 0
        self._move(case, "investigate", reopen_reason="Again")

    def test_registered_complaints_stay(self):
        case = self._create()
        other = self._move(self._create(), "assess")
        with self.refused(UserError, "stays on record"):
            other.unlink()
        case.unlink()
        self.assertTrue(other.exists())

    # ------------------------------------------------------------
    # duplicates, age, partner
    # ------------------------------------------------------------

    def test_duplicates(self):
        first = self._create(product_id=self.product.id)
        again = self._create(product_id=self.product.id)
        contact = self.env["res.partner"].create(
            {"name": "Office of Lin", "parent_id": self.customer.id}
        )
        relative = self._create(product_id=self.product.id, partner_id=contact.id)
        by_mail = self._create(
            product_id=self.product.id,
            partner_id=False,
            partner_email="Lin.Wei@customer.example",
        )
        self._create()
        old = self._create(
            product_id=self.product.id,
            received_at=fields.Datetime.now() - timedelta(days=181),
        )
        self.assertEqual(first.duplicate_ids, again | relative | by_mail)
        self.assertFalse(old.duplicate_ids)
        action = first.action_open_duplicates()
        self.assertEqual(
            self.env["complaint.case"].search(action["domain"]),
            again | relative | by_mail | first,
        )

    def test_stale(self):
        case = self._create()
        self.stages["register"].rotting_threshold_days = 2
        case.date_last_stage_update = fields.Datetime.now() - timedelta(days=3)
        self.assertTrue(case.is_rotting)
        self.assertIn(
            case, self.env["complaint.case"].search([("is_rotting", "=", True)])
        )

    def test_partner_button_counts_the_family(self):
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.customer.id}
        )
        self._create()
        self._create(partner_id=contact.id)
        self.assertEqual(self.customer.with_user(self.manager).complaint_count, 2)
        self.assertEqual(contact.with_user(self.manager).complaint_count, 1)
        action = self.customer.with_user(self.manager).action_open_complaints()
        self.assertEqual(
            self.env["complaint.case"]
            .with_user(self.manager)
            .search_count(action["domain"]),
            2,
        )

    def test_filters_of_the_search_view(self):
        """Every filter of the search view is a domain that the server accepts."""
        arch = etree.fromstring(
            self.env["complaint.case"].get_view(view_type="search")["arch"]
        )
        cases = self.env["complaint.case"].with_user(self.manager)
        case = self._create(user=self.manager, user_id=self.manager.id)
        found = {}
        for node in arch.iter("filter"):
            if node.get("domain"):
                domain = safe_eval(node.get("domain"), {"uid": self.manager.id})
                found[node.get("name")] = case in cases.search(domain)
        for name in ("open", "mine", "today"):
            self.assertTrue(found[name], name)
        for name in ("closed", "unassigned", "severe", "stale", "archived"):
            self.assertFalse(found[name], name)
