from odoo.tests import tagged

from odoo.addons.group_credit.tests.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationReport(ApplicationCase):
    """What is printed, as the role that prints it."""

    def printed(self, report, record, user="manager"):
        reports = self.env["ir.actions.report"].with_user(self.users[user])
        html, _kind = reports._render_qweb_html(f"group_credit.{report}", record.ids)
        return html.decode()

    def test_approval_form(self):
        application = self.approved({"A": 3e6})
        html = self.printed("report_credit_application", application)
        for text in (
            application.name,
            "3,000,000.00",
            "Found in order.",
            application.snapshot_hash,
            "0.6818 %",
        ):
            self.assertIn(text, html)

    def test_register_of_lines(self):
        html = self.printed("report_credit_register", self.group)
        self.assertIn("This group has no credit lines.", html)
        self.effective({"A": 3e6, "B": 1e6})
        html = self.printed("report_credit_register", self.group, "viewer")
        for text in ("3,000,000.00", "1,000,000.00", "4,000,000.00"):
            self.assertIn(text, html)
