"""Nobody complained about gets to know, by whatever door they try."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRespondent(ComplaintCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.env["hr.employee"].search([("user_id", "=", cls.manager.id)])
        cls.case = cls._create(partner_id=cls.customer.id, product_id=cls.product.id)

    def _as_respondent(self):
        return self.env["complaint.case"].with_user(self.manager)

    def _accuse(self, case=None, staff=None):
        (case or self.case).respondent_ids = staff or self.staff

    def test_locked_out_of_reading(self):
        cases = self._as_respondent()
        self.assertIn(self.case, cases.search([]))
        self._accuse()
        self.assertNotIn(self.case, cases.search([]))
        self.assertFalse(cases.search_count([("id", "=", self.case.id)]))
        self.assertFalse(cases.name_search(self.case.number))
        groups = cases.formatted_read_group(
            [("id", "=", self.case.id)], ["stage_id"], ["__count"]
        )
        self.assertFalse(sum(group["__count"] for group in groups))
        self.assertFalse(
            cases._read_group([("id", "=", self.case.id)], [], ["__count"])[0][0]
        )
        with self.assertRaises(AccessError):
            self.case.with_user(self.manager).read(["name"])
        with self.assertRaises(AccessError):
            self.case.with_user(self.manager).name = "Nothing happened"
        self.assertEqual(self.customer.with_user(self.manager).complaint_count, 0)
        other = self._create(product_id=self.product.id)
        self.assertFalse(other.with_user(self.manager).duplicate_count)
        self.assertEqual(other.duplicate_count, 1)

    def test_no_role_lifts_the_lock(self):
        for user in (self.agent, self.handler, self.manager, self.admin):
            staff = self.env["hr.employee"].search([("user_id", "=", user.id)])
            case = self._create(user=user).with_user(self.env.user)
            self._accuse(case, staff)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                case.with_user(user).read(["name"])

    def test_locked_out_of_messages_and_files(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"x",
                "res_model": "complaint.case",
                "res_id": self.case.id,
            }
        )
        message = self.case.message_post(
            body="He shouted at me", attachment_ids=attachment.ids
        )
        messages = self.env["mail.message"].with_user(self.manager)
        self.assertTrue(messages.search_count([("id", "=", message.id)]))
        self._accuse()
        self.assertFalse(messages.search_count([("id", "=", message.id)]))
        with self.assertRaises(AccessError):
            message.with_user(self.manager).read(["body"])
        with self.assertRaises(AccessError):
            attachment.with_user(self.manager).read(["name"])

    def test_follower_is_removed_and_stays_out(self):
        partner = self.manager.partner_id
        self.case.message_subscribe(partner.ids)
        message = self.case.message_post(body="Before", partner_ids=partner.ids)
        self._accuse()
        self.assertNotIn(partner, self.case.message_partner_ids)
        self.case.message_subscribe(partner.ids)
        self.assertNotIn(partner, self.case.message_partner_ids)
        self.assertFalse(
            message.notification_ids.filtered(lambda n: n.res_partner_id == partner)
        )
        with self.assertRaises(AccessError):
            message.with_user(self.manager).read(["body"])

    def test_subscribing_many_cases_leaves_out_the_locked_one(self):
        other = self._create()
        self._accuse()
        (self.case | other).message_subscribe(self.manager.partner_id.ids)
        self.assertNotIn(self.manager.partner_id, self.case.message_partner_ids)
        self.assertIn(self.manager.partner_id, other.message_partner_ids)

    def test_no_mail_to_the_respondent(self):
        self.manager.write(
            {"email": "boss@kehu-staff.example", "notification_type": "email"}
        )
        self._accuse()
        with self.mock_mail_gateway():
            message = self.case.message_post(
                body="About him",
                partner_ids=(self.manager.partner_id | self.customer).ids,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(message.partner_ids, self.customer)
        self.assertEqual(self._new_mails.recipient_ids, self.customer)
        message.partner_ids |= self.manager.partner_id
        self.assertEqual(message.partner_ids, self.customer)

    def test_no_to_do_for_the_respondent(self):
        activity = self.case.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        self.case.user_id = self.handler
        self._accuse()
        self.assertEqual(activity.user_id, self.handler)
        with self.refused(ValidationError, "to-do"):
            self.case.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.manager.id
            )
        with self.refused(ValidationError, "to-do"):
            activity.user_id = self.manager

    def test_respondent_cannot_handle(self):
        self._accuse()
        with self.refused(ValidationError, "cannot handle"):
            self.case.user_id = self.manager
        with self.refused(ValidationError, "Also visible to"):
            self.case.confidant_ids = self.manager
        other = self._create(user_id=self.manager.id)
        with self.refused(ValidationError, "cannot handle"):
            self._accuse(other)

    def test_nobody_registers_a_complaint_about_oneself(self):
        staff = self.env["hr.employee"].search([("user_id", "=", self.agent.id)])
        with self.refused(UserError, "about yourself"):
            self._create(user=self.agent, respondent_ids=staff.ids)
        case = self._create(user=self.agent)
        with self.refused(UserError, "about yourself"):
            case.respondent_ids = staff

    def test_registrar_names_a_colleague(self):
        """Registrars have no rights in HR, and still must be able to say who it was."""
        with Form(self.env["complaint.case"].with_user(self.agent)) as form:
            form.name = "Rude at the counter"
            form.respondent_ids.add(self.staff.with_user(self.agent))
        case = form.record
        self.assertEqual(case.respondent_ids.ids, self.staff.ids)
        self.assertEqual(case.sudo().respondent_user_ids, self.manager)
        self.assertNotIn(case.id, self._as_respondent().search([]).ids)

    def test_lock_follows_the_login_of_the_employee(self):
        staff = self.env["hr.employee"].create({"name": "New one"})
        self._accuse(staff=staff)
        self.assertIn(self.case, self._as_respondent().search([]))
        self.staff.user_id = False
        # in one statement the database might see the login twice for a moment
        self.env.flush_all()
        staff.user_id = self.manager
        self.env.flush_all()
        self.assertNotIn(self.case, self._as_respondent().search([]))

    def test_archived_employee_stays_locked(self):
        self._accuse()
        self.staff.active = False
        self.env.invalidate_all()
        self.assertNotIn(self.case, self._as_respondent().search([]))
        self.case.respondent_ids |= self.env["hr.employee"].create({"name": "Second"})
        self.assertNotIn(self.case, self._as_respondent().search([]))
