from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestWarningLines(LineCase):
    """Signals that the nightly check finds in lines and in the capital they take."""

    def found(self, code):
        rule = self.env.ref(f"group_credit.warning_rule_{code}")
        Warning_ = self.env["credit.warning"]
        Warning_._detect(rule, self.company)
        return Warning_.search(
            [("rule_id", "=", rule.id), ("company_id", "=", self.company.id)]
        )

    def test_use_of_a_group_line(self):
        """W01: from 80, 90 and 100 per cent on."""
        group = self.grant_group(1000, "A")
        self.grant(1000, "A", group)
        self.use("A", 799)
        self.assertFalse(self.found("w01"))
        self.use("A", 1)
        warning = self.found("w01")
        self.assertEqual((warning.level, warning.group_id), ("yellow", group.group_id))
        self.assertTrue(warning.automatic)
        self.use("A", 100)
        self.assertEqual(self.found("w01").level, "orange", "the open one grows louder")
        self.use("A", 100)
        self.assertEqual(self.found("w01").level, "red")

    def test_expiry(self):
        """W05: 60, 30 and 0 days before the end."""
        for days, expected in ((61, False), (60, "yellow"), (30, "orange"), (0, "red")):
            line = self.grant(
                100, f"P{days}", date_end=self.today + relativedelta(days=days)
            )
            warning = self.found("w05").filtered(
                lambda w, line=line: w.partner_id == line.partner_id
            )
            self.assertEqual(warning.level, expected, days)

    def test_over_limit(self):
        """W06: what has happened to a line, not what anybody has done to it."""
        line = self.grant(100, "A")
        self.use("A", 90)
        self.assertFalse(self.found("w06"))
        line._record_event("decrease", {"limit": 80, "net_limit": 80}, "x")
        line.invalidate_recordset()
        self.assertEqual(self.found("w06").level, "orange")

    def test_capital(self):
        """W02 to W04, from the last screening."""
        group = self.grant_group(1000, "A").group_id
        client = self.partner("A")
        rows = [
            ("group_limit_pct", 9.0, "yellow", False),
            ("large_group_limit_pct", 20.01, "breach", False),
            ("dependence_check_pct", 5.5, "review", client.id),
        ]
        # sudo: findings are written by the screening alone
        Screening = self.env["credit.screening"].sudo()
        for rule, pct, status, partner in rows:
            Screening.create(
                {
                    "date": self.today,
                    "latest": True,
                    "rule": rule,
                    "group_id": group.id,
                    "partner_id": partner,
                    "pct": pct,
                    "status": status,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
            )
        self.assertFalse(self.found("w02"), "9 per cent are not more than 9")
        Screening.search([("rule", "=", "group_limit_pct")]).pct = 12.5
        self.assertEqual(self.found("w02").level, "red")
        self.assertEqual(self.found("w03").level, "red")
        self.assertEqual(self.found("w04").partner_id, client)
