from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ComplaintCommon

CASE_FORMS = ("register_sheet", "feedback_sheet", "incident", "accident", "callback")


@tagged("post_install", "-at_install")
class TestForm(ComplaintCommon):
    """What is printed, as the roles that print it."""

    def printed(self, form, record, user):
        reports = self.env["ir.actions.report"].with_user(user)
        html, _kind = reports._render_qweb_html(
            f"complaint_mgmt.report_{form}", record.ids
        )
        return html.decode()

    def test_forms_of_a_complaint(self):
        case = self.env["complaint.case"].create(self._answered(amount_claimed=1234))
        for form in CASE_FORMS:
            with self.subTest(form=form):
                html = self.printed(form, case, self.manager)
                self.assertIn(case.number, html)
                self.assertIn("Lin Wei", html)
        html = self.printed("feedback_sheet", case, self.manager)
        for text in (
            "It shattered at night.",
            "1,234.00",
            "Tempering oven too cold.",
            "We replace the screen.",
            "Product quality",
            "Quality",
        ):
            self.assertIn(text, html)
        self.assertNotIn(
            "We replace", self.printed("register_sheet", case, self.manager)
        )

    def test_letter_tells_the_customer_nothing_internal(self):
        case = self.env["complaint.case"].create(self._answered(lang="en_US"))
        html = self.printed("letter", case, self.manager)
        self.assertIn("Dear Lin Wei", html)
        self.assertIn("We replace the screen.", html)
        self.assertNotIn("Tempering oven", html)
        self.assertNotIn(self.manager.name, html)

    def test_letter_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        case = self.env["complaint.case"].create(self._answered(lang="zh_CN"))
        html = self.printed("letter", case, self.manager)
        self.assertNotIn("Dear Lin Wei", html)

    def test_whoever_may_not_read_it_may_not_print_it(self):
        case = self._create(user=self.agent, confidential=True)
        for user in (self.handler, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.printed("register_sheet", case, user)

    def test_forms_of_parts(self):
        case = self._create()
        order = self.env["complaint.assignment"].create(
            {
                "case_id": case.id,
                "department_id": self.department.id,
                "instruction": "Look at the oven",
            }
        )
        html = self.printed("handling_order", order, self.manager)
        self.assertIn("Look at the oven", html)
        self.assertIn(case.number, html)
        # sudo: rows that steps of the process make
        parts = {
            "supervision_order": self.env["complaint.supervision"]
            .sudo()
            .create({"case_id": case.id, "kind": "manual", "reason": "Third call"}),
        }
        self.assertIn(
            "Third call",
            self.printed("supervision_order", parts["supervision_order"], self.manager),
        )

    def test_every_form_is_for_a_role(self):
        """None is open to who has no role in complaints."""
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "complaint_mgmt.report_%")]
        )
        self.assertEqual(len(reports), 10)
        self.assertTrue(all(report.group_ids for report in reports))
        with self.assertRaises(AccessError):
            self.printed("letter", self._create(), self.outsider)
