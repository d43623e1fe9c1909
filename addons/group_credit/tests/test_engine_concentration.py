"""The worked figures of the rules on concentration, in units of ten thousand yuan."""

import doctest
from decimal import Decimal

from odoo.tests import tagged

from ..engine import concentration
from ..engine.concentration import Position, screen
from .engine_case import EngineCase

CAPITAL = {"net": Decimal(44000), "tier1": Decimal(40000)}
PERCENTS = {
    "group_limit_pct": Decimal(15),
    "large_group_limit_pct": Decimal(20),
    "single_loan_pct": Decimal(10),
    "single_exposure_pct": Decimal(15),
    "large_exposure_pct": Decimal("2.5"),
    "dependence_check_pct": Decimal(5),
}
BANDS = {"yellow": Decimal(60), "orange": Decimal(67), "red": Decimal(80)}


def position(party, gross, margin=0, pledged=0, ccf=1, loan=False):
    return Position(
        party,
        Decimal(gross),
        Decimal(margin),
        Decimal(pledged),
        Decimal(ccf),
        loan,
    )


def members(margin):
    """Loan 3,000; acceptance 4,000; guarantee 2,000 with bonds of 500; bonds 200."""
    return [
        position("A", 3000, loan=True),
        position("B", 4000, margin=margin),
        position("C", 2000, pledged=500),
        position("D", 200),
    ]


@tagged("post_install", "-at_install")
class TestConcentration(EngineCase):
    def found(self, positions, capital=CAPITAL, **options):
        findings = screen(positions, capital, PERCENTS, **options)
        return {(finding.code, finding.party): finding for finding in findings}

    def test_limits_follow_from_capital(self):
        found = self.found([position("A", 1)])
        limits = {code: finding.limit for (code, _party), finding in found.items()}
        self.assertEqual(
            limits,
            {
                "group_limit_pct": 6600,
                "large_group_limit_pct": 8000,
                "single_loan_pct": 4400,
                "single_exposure_pct": 6000,
                "large_exposure_pct": 1000,
                "dependence_check_pct": 2000,
            },
        )

    def test_margin_decides_about_a_breach(self):
        gross = concentration.measure(members(2000), "gross")
        self.assertEqual(gross, 9200)
        self.assertEqual(round(gross * 100 / CAPITAL["net"], 2), Decimal("20.91"))
        breach = self.found(members(2000))["group_limit_pct", None]
        self.assertEqual((breach.amount, breach.status), (6700, "breach"))
        self.assertEqual(round(breach.ratio, 4), Decimal("15.2273"))
        kept = self.found(members(2400))["group_limit_pct", None]
        self.assertEqual((kept.amount, kept.status), (6300, "ok"))
        self.assertEqual(round(kept.ratio, 4), Decimal("14.3182"))

    def test_exactly_the_limit_is_kept(self):
        for amount, status in (("6600", "ok"), ("6600.01", "breach")):
            found = self.found([position("A", amount)])
            self.assertEqual(found["group_limit_pct", None].status, status)

    def test_levels_below_the_limit(self):
        for amount, status in (
            (3960, "ok"),
            (3961, "yellow"),
            (4423, "orange"),
            (5281, "red"),
            (6600, "red"),
        ):
            found = self.found([position("A", amount)], bands=BANDS)
            self.assertEqual(found["group_limit_pct", None].status, status)

    def test_single_clients_are_measured_one_by_one(self):
        found = self.found(
            [position("A", 4401, loan=True), position("B", 2000), position("C", 2001)]
        )
        self.assertEqual(found["single_loan_pct", "A"].status, "breach")
        self.assertEqual(found["single_loan_pct", "B"].amount, 0)
        self.assertEqual(found["dependence_check_pct", "B"].status, "ok")
        self.assertEqual(found["dependence_check_pct", "C"].status, "review")

    def test_conversion_counts_for_the_regulatory_measure_only(self):
        found = self.found([position("A", 2000, ccf="0.5")])
        self.assertEqual(found["group_limit_pct", None].amount, 2000)
        self.assertEqual(found["large_exposure_pct", None].amount, 1000)
        self.assertEqual(found["large_exposure_pct", None].status, "ok")

    def test_a_margin_above_the_amount_offsets_nobody_else(self):
        found = self.found([position("A", 100, margin=500), position("B", 300)])
        self.assertEqual(found["group_limit_pct", None].amount, 300)

    def test_missing_capital_is_unknown(self):
        found = self.found([position("A", 1)], capital={"net": Decimal(44000)})
        self.assertEqual(found["group_limit_pct", None].status, "ok")
        self.assertEqual(found["large_group_limit_pct", None].status, "unknown")
        self.assertIsNone(found["large_group_limit_pct", None].ratio)

    def test_examples(self):
        self.assertFalse(doctest.testmod(concentration).failed)
