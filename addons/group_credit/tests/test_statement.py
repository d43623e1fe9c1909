from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestStatement(IdentificationCase):
    def statement(self, day="2025-12-31", user="officer", of="A", **figures):
        Figure = self.env["credit.figure"]
        return (
            self.env["credit.statement"]
            .with_user(self.users[user])
            .create(
                {
                    "partner_id": of and self.partner(of).id,
                    "date_to": day,
                    "line_ids": [
                        Command.create(
                            {
                                "figure_id": Figure.search([("code", "=", code)]).id,
                                "value": value,
                            }
                        )
                        for code, value in figures.items()
                    ],
                }
            )
        )

    def test_figures_are_exact_and_ratios_follow(self):
        statement = self.statement(
            total_assets=1000.10, total_liabilities=500.05, cost=360, inventory=60
        )
        figures = statement._figures()
        self.assertEqual(figures["total_assets"], Decimal("1000.1"))
        self.assertEqual(figures["debt_ratio_pct"], 50)
        self.assertEqual(figures["inventory_days"], 60)

    def test_what_is_entered_wins_over_what_follows(self):
        statement = self.statement(cost=360, inventory=60, inventory_days=75)
        self.assertEqual(statement._figures()["inventory_days"], 75)

    def test_a_missing_figure_is_unknown_and_zero_is_not(self):
        figures = self.statement(revenue=0, profit=0)._figures()
        self.assertEqual(figures["revenue"], 0)
        self.assertIsNone(figures["margin_pct"], "No revenue, no margin")
        self.assertNotIn("equity", figures)
        self.assertIsNone(figures["roe_pct"])

    def test_key_figures_beside_the_year_before(self):
        self.statement("2024-12-31", total_assets=100, total_liabilities=40)
        statement = self.statement(total_assets=100, total_liabilities=60)
        self.assertIn("60.00 %", statement.key_figures)
        self.assertIn("40.00 %", statement.key_figures)
        self.assertIn("—", statement.key_figures)

    def test_one_statement_a_period(self):
        self.statement()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.statement()

    def test_of_somebody(self):
        with self.assertRefused("Choose the client"):
            self.statement(of=False)

    def test_access(self):
        statement = self.statement(revenue=5)
        self.assertEqual(
            statement.with_user(self.users["viewer"]).line_ids.mapped("value"), [5]
        )
        with self.assertRaises(AccessError):
            self.statement("2024-12-31", user="viewer")
        with self.assertRaises(AccessError):
            statement.with_user(self.users["sales"]).read(["name"])


@tagged("post_install", "-at_install")
class TestFormula(IdentificationCase):
    def formula(self, **vals):
        return (
            self.env["credit.formula"]
            .with_user(self.users["manager"])
            .create(
                {
                    "name": "Test",
                    "code": "test",
                    "expression": "limit = equity * 2",
                    **vals,
                }
            )
        )

    def test_the_formulas_that_come_with_the_addon_are_in_force(self):
        formulas = self.env["credit.formula"].search([("state", "=", "active")])
        self.assertLessEqual(
            {"working_capital", "net_worth", "leverage", "ebitda", "revenue_share"},
            set(formulas.mapped("code")),
        )
        need = self.env.ref("group_credit.formula_working_capital")
        self.assertIn("Revenue", need.with_context(lang="en_US").input_names)

    def test_versions(self):
        first = self.formula()
        first.action_activate()
        for change in (lambda: first.write({"expression": "limit = 1"}), first.unlink):
            with self.assertRefused("new version"):
                change()
        second = first.browse(first.action_new_version()["res_id"])
        second.expression = "limit = equity * 3"
        self.assertEqual((second.version, second.state), (2, "draft"))
        self.assertEqual(first.state, "active")
        second.action_activate()
        self.assertEqual((first.state, second.state), ("retired", "active"))
        with self.assertRefused("Put in Force"):
            first.state = "active"
        with self.assertRefused("Put in Force"):
            self.formula(code="other", state="active")

    def test_what_is_no_formula_is_refused_in_words(self):
        for expression, words in (
            ("limit", "line 1"),
            ("limit = __import__('os')", "not allowed"),
            ("limit = equity * nonsense", "nonsense are no key figures"),
        ):
            with self.subTest(expression=expression), self.assertRefused(words):
                self.formula(expression=expression)
        with self.assertRefused("Derivation of Odd"):
            self.env["credit.figure"].create(
                {"name": "Odd", "code": "odd", "derivation": "equity **"}
            )

    def test_only_managers_keep_formulas(self):
        formula = self.formula()
        for role in ("viewer", "officer", "reviewer"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                formula.with_user(self.users[role]).action_activate()
