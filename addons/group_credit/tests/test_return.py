from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestReturn(ApplicationCase):
    """The return of group customers, one row for each member."""

    def rows(self, user="viewer"):
        self.env.flush_all()
        returns = self.env["credit.return"].with_user(self.users[user])
        found = returns.search([("group_id", "=", self.group.id)])
        return {row.member_name: row for row in found}

    def test_a_row_for_each_member(self):
        self.statement(total_assets=900, total_liabilities=600, equity=500e6)
        rows = self.rows()
        self.assertEqual(set(rows), {"A", "B", "C"})
        row = rows["B"]
        self.assertEqual(row.group_code, self.group.code)
        self.assertEqual(row.parent_name, self.group.root_id.name)
        self.assertEqual(row.controllers, "A")
        self.assertEqual((row.assets, row.liabilities), (900, 600))
        self.assertFalse(row.group_limit)

    def test_limit_and_use_are_net(self):
        self.effective({"A": 30e6, "B": 10e6})
        self.env["credit.line"].with_company(self.company).sudo()._book_step(
            "draw",
            partner_id=self.partner("B").id,
            amount=4e6,
            margin=1e6,
            currency_id=self.company.currency_id.id,
            origin_model="test",
            origin_id="1",
            component="1",
        )
        rows = self.rows()
        self.assertEqual({row.group_limit for row in rows.values()}, {40e6})
        self.assertEqual({row.group_used for row in rows.values()}, {3e6})
        used = {name: row.member_used for name, row in rows.items()}
        self.assertEqual(used, {"A": 0, "B": 3e6, "C": 0})

    def test_it_is_exported_by_credit_roles_alone(self):
        self.users["viewer"].group_ids += self.env.ref("base.group_allow_export")
        rows = self.rows()["A"]
        data = rows.export_data(["group_code", "controllers", "member_name"])
        self.assertEqual(data["datas"], [[self.group.code, "A", "A"]])
        with self.assertRaises(AccessError):
            self.rows("sales")
