from odoo.tests import HttpCase, tagged

from odoo.addons.group_credit.tests.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationTour(ApplicationCase, HttpCase):
    def tour(self, name, user):
        login = self.users[user].login
        self.users[user].password = login
        path = f"/odoo/credit-applications/{self.application.id}"
        self.start_tour(path, f"group_credit_{name}_tour", login=login)
        self.application.invalidate_recordset()

    def test_from_the_request_to_lines(self):
        """In a browser, as investigator, reviewer and manager of head office."""
        self.application = self.apply({"A": 3e6})
        self.tour("investigation", "officer")
        self.tour("review", "reviewer")
        self.tour("vote", "manager")
        self.application.with_user(self.users["officer"]).write(
            {"contract_no": "C-1", "signed_on": self.today}
        )
        self.tour("signing", "reviewer")
        self.assertEqual(self.line("A").limit, 3e6)
