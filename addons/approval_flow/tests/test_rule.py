from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from . import common


@tagged("post_install", "-at_install")
class TestRule(common.ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.amount = cls.env["ir.model.fields"]._get(cls.model.model, "amount")

    def band(self, name, low, high, **values):
        return self.make_rule(
            self.people(self.first),
            name=name,
            amount_field_id=self.amount.id,
            amount_min=low,
            amount_max=high,
            **values,
        )

    def check(self, document=None):
        wizard = (
            self.env["approval.rule.check"]
            .with_user(self.manager)
            .create({"model_id": self.model.id, "res_id": document and document.id})
        )
        wizard.action_check()
        return wizard.line_ids.mapped("kind"), "\n".join(wizard.line_ids.mapped("name"))

    def test_no_rule(self):
        with self.assertRaisesRegex(UserError, "No approval rule is in force"):
            self.submitted()

    def test_none_or_two_names_the_rules(self):
        self.band("Small", 0, 100)
        self.band("Large", 100, 0)
        self.assertEqual(
            self.submitted(amount=99.99).approval_request_id.rule_name, "Small"
        )
        self.assertEqual(
            self.submitted(amount=100).approval_request_id.rule_name, "Large"
        )
        with self.assertRaisesRegex(UserError, "Small.*outside(?s:.*)Large.*outside"):
            self.submitted(amount=-1)
        self.band("Extra", 50, 60)
        with self.assertRaisesRegex(UserError, "“Small”, “Extra”|“Extra”, “Small”"):
            self.submitted(amount=55)

    def test_domain_company_validity_and_archive(self):
        today = fields.Date.today()
        rule = self.make_rule(self.people(self.first), domain="[('name', '=', 'A')]")
        with self.assertRaisesRegex(UserError, "condition"):
            self.submitted(name="B")
        self.submitted(name="A")
        rule.write({"date_from": today + timedelta(2)})
        with self.assertRaisesRegex(UserError, "in force"):
            self.submitted(name="A")
        rule.write({"date_from": today - timedelta(2), "date_to": today - timedelta(2)})
        with self.assertRaisesRegex(UserError, "in force"):
            self.submitted(name="A")
        rule.write({"date_to": False, "active": False})
        with self.assertRaisesRegex(UserError, "in force"):
            self.submitted(name="A")
        rule.write(
            {
                "active": True,
                "company_id": self.env["res.company"].create({"name": "X"}).id,
            }
        )
        with self.assertRaisesRegex(UserError, "in force"):
            self.submitted(name="A")
        rule.company_id = False
        self.submitted(name="A")

    def test_wrong_rules_are_refused(self):
        rule = self.band("Small", 0, 100)
        for values in (
            {"domain": "[('nothing', '=', 1)]"},
            {"domain": "[(("},
            {"amount_field_id": False},
            {
                "amount_field_id": self.env["ir.model.fields"]
                ._get("res.partner", "color")
                .id
            },
            {"model_id": self.env["ir.model"]._get_id("res.partner")},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                rule.write(values)
        with self.assertRaises(ValidationError):
            rule.step_ids.override = True

    def test_rule_form(self):
        with Form(self.env["approval.rule"].with_user(self.manager)) as form:
            form.name = "By form"
            form.model_id = self.model
            form.amount_field_id = self.amount
            form.amount_max = 100
            with form.step_ids.new() as step:
                step.name = "Finance"
                with step.party_ids.new() as party:
                    party.kind = "user"
                    party.user_id = self.first
        self.assertEqual(form.record.step_ids.party_ids.user_id, self.first)
        copy = form.record.copy()
        self.assertEqual(copy.step_ids.party_ids.user_id, self.first)

    def test_foreign_currency_at_the_days_rate(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        home = self.env.company.currency_id
        foreign = (dollar | euro) - home
        foreign = foreign[:1]
        today = self.env["approval.test.document"].new()._approval_today()
        self.rates(foreign, 0.5, today)
        self.band("Small", 0, 100)
        self.band("Large", 100, 0)
        document = self.submitted(amount=60, currency_id=foreign.id)
        request = document.sudo().approval_request_id
        self.assertEqual(request.rule_name, "Large")
        self.assertEqual((request.amount, request.rule_amount), (60, 120))
        self.rates(foreign, 0.5, today - timedelta(1))
        with self.assertRaisesRegex(UserError, f"no rate of {foreign.name}"):
            self.submitted(amount=60, currency_id=foreign.id)
        self.env["approval.rule"].search([]).rate_max_age = 3
        self.submitted(amount=60, currency_id=foreign.id)

    def test_archived_approver_is_named(self):
        self.make_rule(self.people(self.first))
        document = self.document()
        self.first.active = False
        with self.assertRaisesRegex(UserError, "Test rule.*First.*archived"):
            document.approval_submit()

    def test_empty_role_and_department_without_manager(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        rule = self.make_rule(
            {
                "party_ids": [
                    Command.create(
                        {"kind": "department", "department_id": department.id}
                    )
                ]
            }
        )
        with self.assertRaisesRegex(UserError, "Sales"):
            self.submitted()
        rule.step_ids.party_ids = [
            Command.clear(),
            Command.create({"kind": "group", "group_id": self.role.id}),
        ]
        self.role.user_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "Credit committee"):
            self.submitted()
        kinds, text = self.check()
        self.assertIn("error", kinds)
        self.assertIn("Credit committee", text)

    def test_party_of_another_company_is_left_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.first.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.make_rule({"party_ids": [Command.create({"group_id": self.role.id})]})
        document = self.submitted()
        self.assertEqual(
            document.sudo().approval_request_id.party_ids.user_ids,
            self.second | self.third,
        )

    def test_checker_finds_overlaps_and_gaps(self):
        self.band("Small", 10, 100)
        self.band("Middle", 90, 200)
        self.band("Large", 300, 400)
        kinds, text = self.check()
        self.assertIn("error", kinds)
        for words in ("overlap", "No rule between", "No rule below", "No rule from"):
            self.assertIn(words, text)

    def test_checker_names_the_rule_for_a_document(self):
        self.band("All", 0, 0)
        self.assertEqual(self.check()[0], ["ok"])
        document = self.document(amount=5)
        kinds, text = self.check(document)
        self.assertEqual(kinds, ["ok"])
        self.assertIn("All", text)
        self.assertIn("First", text)

    def test_used_rule_is_archived_not_deleted(self):
        rule = self.make_rule(self.people(self.first))
        self.submitted()
        with self.assertRaisesRegex(UserError, "Archive"):
            rule.with_user(self.manager).unlink()

    def test_snapshot_survives_renaming(self):
        rule = self.make_rule(self.people(self.first))
        document = self.submitted()
        request = document.sudo().approval_request_id
        document.with_user(self.first).approval_approve()
        rule.with_user(self.manager).write({"name": "New name", "active": False})
        rule.step_ids.name = "New step"
        self.first.write({"name": "Renamed", "active": False})
        self.assertEqual(request.rule_name, "Test rule")
        self.assertEqual(request.step_ids.name, "Step 1")
        self.assertEqual(request.party_ids.name, "First")
        self.assertEqual(request.decision_ids[-1].user_name, "First")
