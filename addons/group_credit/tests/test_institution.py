from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestInstitution(IdentificationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Company = cls.env["res.company"]
        cls.north, cls.south = Company.create(
            [
                {"name": "North", "parent_id": cls.company.id, "city": "Harbin"},
                {"name": "South", "parent_id": cls.company.id, "city": "Xiamen"},
            ]
        )
        cls.branches = cls.north | cls.south

    def group(self, city=None):
        self.partner("A", city=city)
        group = self.confirmed("A>B 60")
        return group.with_user(self.users["manager"])

    def handle(self, group, *rows):
        for branch, amount, first in rows:
            self.env["credit.institution"].create(
                {
                    "group_id": group.id,
                    "institution_id": branch.id,
                    "credit_amount": amount,
                    "first_credit_on": first,
                }
            )

    def lead_rule(self, value):
        self.env["credit.parameter"].create(
            {"code": "lead_rule", "value": value, "date_from": "2020-01-01"}
        )

    def lead(self, group):
        group.action_determine_lead()
        row = group.institution_ids.filtered(
            lambda r: r.role == "lead" and not r.date_to
        )
        self.assertEqual(row.institution_id, group.lead_institution_id)
        return row.institution_id, row.rule

    def test_registered_place_comes_first(self):
        group = self.group("Xiamen")
        self.handle(group, (self.north, 100, "2020-01-01"))
        self.assertEqual(self.lead(group), (self.south, "registered_place"))

    def test_else_the_first_credit_still_open(self):
        group = self.group("Lhasa")
        self.handle(group, (self.north, 0, "2019-01-01"), (self.south, 5, "2020-01-01"))
        self.assertEqual(self.lead(group), (self.south, "first_credit"))

    def test_else_who_identified_the_group(self):
        self.assertEqual(self.lead(self.group())[1], "first_identified")

    def test_largest_credit_leads_until_it_is_zero(self):
        self.lead_rule("largest_credit")
        group = self.group()
        self.handle(
            group, (self.north, 10, "2020-01-01"), (self.south, 20, "2021-01-01")
        )
        self.assertEqual(self.lead(group), (self.south, "largest_credit"))
        south = group.institution_ids.filtered(
            lambda r: r.institution_id == self.south and r.role == "handling"
        )
        south.sudo().credit_amount = 1
        self.assertEqual(self.lead(group)[0], self.south)
        south.sudo().credit_amount = 0
        self.assertEqual(self.lead(group)[0], self.north)
        leads = group.institution_ids.filtered(lambda r: r.role == "lead")
        self.assertEqual(len(leads), 2)
        self.assertEqual(len(leads.filtered("date_to")), 1)

    def test_only_a_manager_names_the_lead(self):
        group = self.group("Xiamen").with_user(self.users["officer"])
        with self.assertRefused("Only a manager"):
            group.action_determine_lead()
        vals = {"group_id": group.id, "institution_id": self.company.id}
        Institution = self.env["credit.institution"].with_user(self.users["officer"])
        Institution.create(vals)
        with self.assertRaises(UserError):
            Institution.create({**vals, "role": "lead"})

    def test_who_led_is_history(self):
        group = self.group("Xiamen")
        group.action_determine_lead()
        with self.assertRefused("history"):
            group.institution_ids.unlink()

    def test_nobody_to_lead(self):
        self.lead_rule("largest_credit")
        with self.assertRefused("Nobody lends"):
            self.group().action_determine_lead()
