from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestCapital(IdentificationCase):
    def capital(self, day, net, user="reviewer", **vals):
        return (
            self.env["credit.capital"]
            .with_user(self.users[user])
            .create(
                {
                    "company_id": self.company.id,
                    "date_from": day,
                    "net_capital": net,
                    "source": "Annual report",
                    **vals,
                }
            )
        )

    def approved(self, *args, **vals):
        capital = self.capital(*args, **vals)
        capital.with_user(self.users["manager"]).action_approve()
        return capital

    def in_force(self, day, company=None):
        capital = self.env["credit.capital"]._in_force(company or self.company, day)
        return capital.net_capital

    def test_the_base_of_a_day_is_the_one_in_force_then(self):
        self.approved("2025-01-01", 400)
        self.approved("2026-01-01", 500)
        self.capital("2026-03-01", 900)
        self.assertEqual(self.in_force("2024-12-31"), 0)
        self.assertEqual(self.in_force("2025-12-31"), 400)
        self.assertEqual(self.in_force("2026-01-01"), 500)
        self.assertEqual(self.in_force("2026-06-30"), 500, "A draft counts for nothing")

    def test_four_eyes(self):
        capital = self.capital("2026-01-01", 400, user="manager")
        with self.assertRefused("four eyes"):
            capital.action_approve()
        with self.assertRefused("Only a manager"):
            capital.with_user(self.users["second"]).action_approve()
        with self.assertRefused("Put in Force"):
            capital.state = "approved"
        with self.assertRefused("Put in Force"):
            self.capital("2026-01-01", 400, state="approved")
        self.assertEqual(capital.state, "draft")

    def test_in_force_it_is_corrected_by_a_version(self):
        capital = self.approved("2026-01-01", 400)
        for change in (
            lambda: capital.write({"net_capital": 500}),
            lambda: capital.write({"date_from": "2025-01-01"}),
            capital.unlink,
        ):
            with self.assertRefused("corrected version"):
                change()
        capital.verified = True
        new = self.env["credit.capital"].browse(capital.action_correct()["res_id"])
        self.assertEqual((new.version, new.state), (2, "draft"))
        new.with_user(self.users["reviewer"]).net_capital = 450
        self.assertEqual(self.in_force("2026-06-30"), 400)
        new.with_user(self.users["manager"]).action_approve()
        self.assertEqual(self.in_force("2026-06-30"), 450)

    def test_a_branch_is_measured_against_head_office(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.approved("2026-01-01", 400)
        self.assertEqual(self.in_force("2026-06-30", branch), 400)

    def test_wrong_amounts(self):
        with self.assertRefused("enter the net capital"):
            self.capital("2026-01-01", 0)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.capital("2026-01-01", -5)

    def test_officers_and_viewers_only_read(self):
        for role in ("officer", "viewer"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.capital("2026-01-01", 400, user=role)
        capital = self.capital("2026-01-01", 400)
        self.assertEqual(capital.with_user(self.users["viewer"]).net_capital, 400)
        with self.assertRaises(AccessError):
            capital.with_user(self.users["sales"]).read(["net_capital"])
