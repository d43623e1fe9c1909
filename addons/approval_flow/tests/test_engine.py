import doctest

from odoo.tests import BaseCase, tagged

from ..engine import flow


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        failed, tried = doctest.testmod(flow)
        self.assertFalse(failed)
        self.assertGreater(tried, 10)

    def test_outcome_is_final(self):
        """What is decided early is what would have come out in the end."""
        for parties in range(1, 6):
            for needed in range(1, parties + 1):
                for agreed in range(parties + 1):
                    for pending in range(parties - agreed + 1):
                        result = flow.outcome(needed, agreed, pending)
                        best = agreed + pending >= needed
                        worst = agreed >= needed
                        expected = {(True, True): "agreed", (False, False): "refused"}
                        self.assertEqual(result, expected.get((best, worst), "open"))

    def test_bands_that_fit(self):
        bands = [
            flow.Band("a", 0, 10),
            flow.Band("b", 10, 20),
            flow.Band("c", 20, None),
        ]
        self.assertFalse(flow.band_faults(bands))
        self.assertEqual(len(flow.band_faults([*bands, flow.Band("d", 5, None)])), 3)
