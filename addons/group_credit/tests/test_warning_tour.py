from odoo.tests import HttpCase, tagged

from odoo.addons.group_credit.tests.warning_case import WarningCase


@tagged("post_install", "-at_install")
class TestWarningTour(WarningCase, HttpCase):
    def test_officer_verifies_and_acts(self):
        warning = self.signal()
        login = self.users["officer"].login
        self.users["officer"].password = login
        self.start_tour(
            f"/odoo/credit-warnings/{warning.id}",
            "group_credit_warning_tour",
            login=login,
        )
        warning.invalidate_recordset()
        self.assertEqual(warning.state, "handling")
        self.assertEqual(warning.verified_by_id, self.users["officer"])
        self.assertEqual(warning.measure_ids.note, "Look at the site")
        self.assertEqual(warning.measure_ids.user_id, self.users["officer"])
