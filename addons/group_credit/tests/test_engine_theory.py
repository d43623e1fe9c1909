import doctest
from decimal import Decimal

from odoo.tests import tagged

from ..engine import theory
from ..engine.theory import Formula, FormulaError
from .engine_case import EngineCase

WORKING_CAPITAL = """
held = inventory_days + receivable_days + prepaid_days
days = positive(held - payable_days - advance_days)
turns = 360 / days
capital = last_revenue * (1 - margin_pct / 100) * (1 + growth_pct / 100) / turns
limit = max(0, capital - own_funds - existing_loans - other_sources)
"""
NET_WORTH = """
stock = (inventory - finished_goods) * 0.3
e0 = equity - old_receivables - stock - (intangibles - land_rights) - pending_losses
weight = (0.4 * roe_before_pct + 0.6 * roe_pct) / (1.5 * positive(base_rate_pct))
e = e0 * weight
limit = max(0, e * industry_factor * rating_factor - total_liabilities)
"""


def figures(**values):
    return {name: Decimal(str(value)) for name, value in values.items()}


@tagged("post_install", "-at_install")
class TestTheory(EngineCase):
    W1 = figures(
        last_revenue=10000,
        margin_pct=10,
        growth_pct=20,
        inventory_days=60,
        receivable_days=90,
        payable_days=45,
        prepaid_days=15,
        advance_days=30,
        own_funds=800,
        existing_loans=1000,
        other_sources=200,
    )
    N1 = figures(
        equity=5000,
        old_receivables=300,
        inventory=1200,
        finished_goods=400,
        intangibles=500,
        land_rights=300,
        pending_losses=60,
        roe_before_pct=8,
        roe_pct=10,
        base_rate_pct="4.35",
        industry_factor="1.2",
        rating_factor="1.5",
        total_liabilities=6000,
    )

    def test_working_capital_need(self):
        result = Formula.parse(WORKING_CAPITAL).compute(self.W1)
        steps = dict(result.steps)
        self.assertEqual((steps["days"], steps["turns"]), (90, 4))
        self.assertEqual((steps["capital"], result.value), (2700, 700))

    def test_no_need_is_nothing_not_less(self):
        result = Formula.parse(WORKING_CAPITAL).compute(
            {**self.W1, "own_funds": Decimal(5000)}
        )
        self.assertEqual(result.value, 0)

    def test_no_operating_cycle_is_not_applicable(self):
        result = Formula.parse(WORKING_CAPITAL).compute(
            {**self.W1, "payable_days": Decimal(200)}
        )
        self.assertFalse(result.known)
        self.assertIn("positive", result.refused)
        self.assertFalse(result.missing)

    def test_net_worth(self):
        result = Formula.parse(NET_WORTH).compute(self.N1)
        steps = dict(result.steps)
        self.assertEqual(steps["e0"], 4200)
        self.assertEqual(round(steps["weight"], 6), Decimal("1.409962"))
        self.assertEqual(round(steps["e"], 2), Decimal("5921.84"))
        self.assertEqual(round(result.value, 2), Decimal("4659.31"))

    def test_each_missing_input_makes_the_limit_unknown(self):
        for text, given in ((WORKING_CAPITAL, self.W1), (NET_WORTH, self.N1)):
            formula = Formula.parse(text)
            self.assertEqual(set(formula.inputs), set(given))
            for name in given:
                with self.subTest(name=name):
                    result = formula.compute({**given, name: None})
                    self.assertIsNone(result.value)
                    self.assertEqual(result.missing, (name,))

    def test_nothing_and_unknown_differ(self):
        formula = Formula.parse("limit = revenue * share_pct / 100")
        self.assertEqual(formula.compute(figures(revenue=0, share_pct=20)).value, 0)
        self.assertIsNone(formula.compute(figures(share_pct=20)).value)

    def test_a_missing_input_that_cancels_out_is_still_missing(self):
        result = Formula.parse("limit = min(0, a)").compute({})
        self.assertEqual((result.value, result.missing), (None, ("a",)))

    def test_division_by_zero_is_not_applicable(self):
        for denominator in ("0", "a - a"):
            result = Formula.parse(f"x = 5 / ({denominator})").compute(figures(a=3))
            self.assertIsNone(result.value)
            self.assertTrue(result.refused)

    def test_what_is_no_formula_is_refused(self):
        for text in (
            "",
            "limit",
            "a, b = 1, 2",
            "a = __import__('os')",
            "a = b.c",
            "a = b[0]",
            "a = 2 ** 9",
            "a = [x for x in y]",
            "a = max(1, key=b)",
            "a = 'text'",
            "a = True",
            "a = 1 if b else 2",
            "a = (",
            "import os",
            "a = " + "(" * 300 + "1" + ")" * 300,
            "a = " + "1 + " * 2000 + "1",
            "a = " + "-" * 2000 + "1",
            "a = 1e999",
        ):
            with self.subTest(text=text[:40]), self.assertRaises(FormulaError):
                Formula.parse(text)

    def test_examples(self):
        self.assertFalse(doctest.testmod(theory).failed)
