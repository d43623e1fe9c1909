from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.check import FULL, evaluate

WEIGHTS = {
    "legal": Decimal(30),
    "props": Decimal(30),
    "activity": Decimal(10),
    "prone": Decimal(20),
    "plan": Decimal(10),
}
FINDINGS = st.lists(
    st.tuples(
        st.sampled_from(sorted(WEIGHTS)),
        st.sampled_from([Decimal(x) for x in ("5", "3", "2", "1", "0.5")]),
        st.sampled_from(["", "", "a", "b", "c"]),
    ),
    max_size=40,
)


@tagged("at_install", "-post_install")
class TestCheckEngine(BaseCase):
    def test_nothing_found(self):
        self.assertEqual(evaluate(WEIGHTS, [])[0], 100)
        self.assertEqual(evaluate(WEIGHTS, [], countersigned=False)[0], 98)

    def test_section_never_loses_more_than_its_weight(self):
        score, losses, _counted = evaluate(
            WEIGHTS, [("activity", Decimal(5), "")] * 3 + [("plan", Decimal("0.5"), "")]
        )
        self.assertEqual(losses["activity"], 10)
        self.assertEqual(score, Decimal("89.5"))

    def test_same_cause_counts_once_at_its_highest(self):
        findings = [
            ("props", Decimal(2), "substation"),
            ("legal", Decimal(5), "substation"),
            ("prone", Decimal(3), "substation"),
            ("prone", Decimal(1), ""),
        ]
        score, losses, counted = evaluate(WEIGHTS, findings)
        self.assertEqual(score, 94)
        self.assertEqual(losses["legal"], 5)
        self.assertEqual(counted, [1, 3])

    @given(FINDINGS)
    def test_bounds_and_order(self, findings):
        score, losses, counted = evaluate(WEIGHTS, findings)
        self.assertEqual(score, FULL - sum(losses.values()))
        for section, loss in losses.items():
            self.assertLessEqual(loss, WEIGHTS[section])
        causes = [findings[i][2] for i in counted if findings[i][2]]
        self.assertEqual(len(causes), len(set(causes)))
        self.assertEqual(
            {c for _s, _d, c in findings if c}, set(causes), "every cause counts"
        )

    @given(FINDINGS, FINDINGS)
    def test_more_findings_never_raise_the_score_of_uncaused_ones(self, one, other):
        one = [(section, points, "") for section, points, _cause in one]
        other = [(section, points, "") for section, points, _cause in other]
        self.assertGreaterEqual(
            evaluate(WEIGHTS, one)[0], evaluate(WEIGHTS, one + other)[0]
        )
