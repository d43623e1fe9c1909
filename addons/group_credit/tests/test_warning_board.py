from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.group_credit.tests.warning_case import WarningCase


@tagged("post_install", "-at_install")
class TestWarningBoard(WarningCase):
    """The heat map and the notice, as the roles that look at them."""

    def heat(self, user="viewer"):
        return self.env["credit.warning"].with_user(self.users[user]).heat_map()

    def test_hottest_first(self):
        group = self.confirmed("A>B 60")
        self.signal(partner_id=self.partner("X").id, level="orange")
        self.signal(code="w54", partner_id=self.partner("X").id, level="yellow")
        self.signal(group_id=group.id, level="red")
        self.confirmed_signal(
            code="w51", group_id=group.id, partner_id=False, level="yellow"
        )
        self.signal(partner_id=self.partner("Y").id, verify_note="No").action_false()
        heat = self.heat()
        self.assertEqual([row["name"] for row in heat["rows"]][1:], ["X"])
        row, other = heat["rows"]
        self.assertEqual((row["field"], row["id"]), ("group_id", group.id))
        self.assertEqual(row["counts"], {"yellow": 1, "orange": 0, "red": 1})
        self.assertEqual(list(row["cells"]), ["legal"])
        cell = row["cells"]["legal"]
        self.assertEqual((cell["level"], cell["unverified"]), ("red", 1))
        self.assertEqual((other["count"], other["unverified"]), (2, 2))
        self.assertEqual(len(heat["families"]), 5)

    def test_only_credit_roles_see_the_heat(self):
        with self.assertRaises(AccessError):
            self.heat("sales")

    def test_signals_of_other_companies_are_cold(self):
        self.signal()
        other = self.env["res.company"].create({"name": "Other Bank"})
        self.users["viewer"].write(
            {"company_ids": [Command.link(other.id)], "company_id": other.id}
        )
        warnings = self.env["credit.warning"].with_user(self.users["viewer"])
        self.assertFalse(
            warnings.with_context(allowed_company_ids=other.ids).heat_map()["rows"]
        )

    def test_notice(self):
        group = self.confirmed("A>B 60")
        warning = self.confirmed_signal(group_id=group.id, level="red")
        self.measure(warning, note="Visit the site")
        reports = self.env["ir.actions.report"].with_user(self.users["viewer"])
        html, _kind = reports._render_qweb_html(
            "group_credit.report_credit_warning", warning.ids
        )
        for text in (group.name, "Visit the site", "Red", "court&#39;s register"):
            self.assertIn(text, html.decode())
