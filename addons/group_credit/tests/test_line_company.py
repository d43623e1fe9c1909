from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.group_credit.tests.line_case import LineCase


@tagged("post_install", "-at_install")
class TestLineCompany(LineCase):
    """Lines of one company, of all companies, of head office and its branches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.other = companies.create({"name": "Other Bank"})
        cls.other.currency_id = cls.company.currency_id
        cls.branch = companies.create({"name": "Branch", "parent_id": cls.company.id})
        for name, company in (("other", cls.other), ("branch", cls.branch)):
            cls.users[name] = new_test_user(
                cls.env,
                f"gc_{name}",
                groups="base.group_user,group_credit.group_group_credit_officer",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )

    def at(self, name):
        """The lines as the user of that company meets them."""
        user = self.users[name]
        company = user.company_id
        return self.lines.with_user(user).with_context(allowed_company_ids=company.ids)

    def draw_at(self, name, customer, amount):
        answer = self.at(name).draw(
            partner_id=self.partner(customer).id, amount=amount, **self.document()
        )
        return self.env["credit.usage"].browse(answer["usage_id"])

    def test_a_company_neither_sees_nor_uses_what_another_has_granted(self):
        line = self.grant(100, "A")
        usage = self.use("A", 10)
        self.assertFalse(self.at("other").search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_env(self.at("other").env).read(["limit"])
        with self.assertRaises(AccessError):
            usage.with_env(self.at("other").env).read(["amount"])
        answer = self.at("other").check(partner_id=self.partner("A").id, amount=1)
        self.assertEqual((answer["decision"], answer["managed"]), ("ok", False))
        with self.assertRefused("no credit line"):
            self.draw_at("other", "A", 1)

    def test_a_line_without_company_is_shared_by_all(self):
        line = self.grant(100, "A", company_id=False)
        self.draw_at("other", "A", 60)
        self.assertEqual(self.room(line), 40)
        with self.assertRefused("not enough room"):
            self.use("A", 41)
        usage = self.use("A", 40)
        self.assertEqual(usage.company_id, self.company)
        found = self.at("other").env["credit.usage"].search([("line_id", "=", line.id)])
        self.assertEqual(found.mapped("amount"), [60], "its own uses only")

    def test_the_own_line_of_a_company_comes_first(self):
        shared = self.grant(100, "A", company_id=False)
        own = self.grant(50, "A", company_id=self.other.id)
        self.assertEqual(self.draw_at("other", "A", 20).line_id, own)
        self.assertEqual(self.use("A", 20).line_id, shared)

    def test_a_branch_uses_the_lines_of_head_office_not_the_reverse(self):
        line = self.grant(100, "A")
        self.assertTrue(self.at("branch").search([("id", "=", line.id)]))
        self.assertEqual(self.draw_at("branch", "A", 30).company_id, self.branch)
        self.assertEqual(self.room(line), 70)
        own = self.grant(50, "A", company_id=self.branch.id)
        self.assertEqual(self.draw_at("branch", "A", 30).line_id, own)
        self.grant(50, "C", company_id=self.branch.id)
        with self.assertRefused("no credit line"):
            self.use("C", 1)
        at_branch = self.grant(100, "B", company_id=self.branch.id)
        self.assertFalse(self.at("other").search([("id", "=", at_branch.id)]))

    def test_a_tree_stays_in_its_company(self):
        group = self.grant_group(100, "A")
        with self.assertRefused("the line above is of Line Bank", ValidationError):
            self.grant(50, "A", group, company_id=self.other.id)

    def test_events_and_figures_of_a_day_keep_to_the_company(self):
        line = self.grant(100, "A")
        env = self.at("other").env
        self.assertFalse(env["credit.line.event"].search([("line_id", "=", line.id)]))
        with self.assertRaises(AccessError):
            env["credit.line.event"].create(
                {"line_id": line.id, "kind": "freeze", "reason": "x"}
            )
        action = env["credit.line.as.of"].create({"day": self.today}).action_show()
        rows = env[action["res_model"]].search(action["domain"])
        self.assertNotIn(line.id, rows.line_id.ids)
