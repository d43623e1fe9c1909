import doctest
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import warranty
from ..engine.warranty import Season, Term, Terms, WarrantyError

COMPLETED, HANDOVER = date(2025, 1, 1), date(2026, 1, 1)
WINTER = Season((11, 15), (3, 15))

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
terms = st.none() | st.builds(
    Term, st.integers(1, 60), st.sampled_from(["d", "m", "y", "life"])
)


@tagged("post_install", "-at_install")
class TestWarrantyEngine(BaseCase):
    def test_doctests(self):
        failed, tried = doctest.testmod(warranty)
        self.assertTrue(tried)
        self.assertFalse(failed)

    def test_waterproofing_promised_for_five_years(self):
        terms = Terms(Term(5, "y"), Term(1, "y"), Term(5, "y"))
        clock = terms.clock(COMPLETED, HANDOVER)
        self.assertEqual(clock.builder_end, date(2030, 1, 1))
        self.assertEqual(clock.owner_legal_end, date(2030, 1, 1))
        self.assertEqual(clock.owner_end, date(2031, 1, 1))
        self.assertEqual(clock.exposure_days, 365)

    def test_the_floor_counts_when_less_is_left_of_the_builders(self):
        # handed over 23 months after completion: one month left, the floor is a year
        clock = Terms(Term(2, "y"), Term(1, "y")).clock(COMPLETED, date(2026, 12, 1))
        self.assertEqual(clock.builder_end, date(2027, 1, 1))
        self.assertEqual(clock.owner_end, date(2027, 12, 1))
        self.assertEqual(clock.exposure_days, 334)

    def test_without_a_floor_the_remainder_is_all(self):
        clock = Terms(Term(2, "y")).clock(COMPLETED, date(2028, 1, 1))
        self.assertEqual(clock.owner_end, date(2027, 1, 1))
        self.assertEqual(clock.exposure_days, 0)
        self.assertEqual(clock.cover(date(2028, 1, 2)), "none")

    def test_full_seasons_only(self):
        two = Term(2, "heating")
        self.assertEqual(two.end(date(2025, 11, 14), [WINTER]), date(2027, 3, 15))
        self.assertEqual(two.end(date(2025, 11, 16), [WINTER]), date(2028, 3, 15))
        started = two.end(date(2025, 11, 16), [WINTER], count_started=True)
        self.assertEqual(started, date(2027, 3, 15))
        one = Term(1, "heating")
        started = one.end(date(2026, 1, 5), [WINTER], count_started=True)
        self.assertEqual(started, date(2026, 3, 15))

    def test_a_season_that_nobody_entered(self):
        with self.assertRaises(WarrantyError):
            Terms(Term(2, "cooling")).clock(COMPLETED, HANDOVER)

    def test_unknown_completion_leaves_the_builders_end_open(self):
        clock = Terms(Term(2, "y"), Term(1, "y")).clock(None, HANDOVER)
        self.assertIsNone(clock.builder_end)
        self.assertEqual(clock.owner_end, date(2027, 1, 1))
        self.assertEqual(clock.cover(date(2026, 6, 1)), "developer")

    def test_nothing_agreed_nothing_covered(self):
        clock = Terms().clock(COMPLETED, HANDOVER)
        self.assertIsNone(clock.owner_end)
        self.assertEqual(clock.cover(HANDOVER), "none")

    @settings(max_examples=60, deadline=None)
    @given(terms, terms, terms, days, days)
    def test_never_less_than_each_of_the_three(self, law, floor, promise, a, b):
        completed, handover = sorted((a, b))
        clock = Terms(law, floor, promise).clock(completed, handover)
        for term, start in ((law, completed), (floor, handover), (promise, handover)):
            if term:
                self.assertGreaterEqual(clock.owner_end, term.end(start))
        if clock.builder_end and clock.owner_end:
            after = date.fromordinal(clock.builder_end.toordinal() + 1)
            alone = clock.cover(after) == "developer"
            self.assertEqual(bool(clock.exposure_days), alone)
