import doctest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import exposure
from ..engine.exposure import Use, steps

amounts = st.integers(0, 50).map(Decimal)
uses = st.builds(Use, amounts, amounts)


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(exposure)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    @settings(max_examples=60, deadline=None)
    @given(uses, uses)
    def test_steps_lead_there_and_guard_the_growth_alone(self, before, after):
        drawn, reserved, guarded = before.drawn, before.reserved, Decimal(0)
        for step in steps(before, after):
            guarded += step.amount if step.guarded else 0
            if step.kind == "draw":
                reserved -= min(step.amount, reserved)
                drawn += step.amount
            elif step.kind == "repay":
                drawn -= step.amount
            elif step.kind == "reserve":
                reserved += step.amount
            else:
                reserved -= step.amount
            self.assertGreaterEqual(min(drawn, reserved), 0)
        self.assertEqual(Use(drawn, reserved), after)
        self.assertEqual(guarded, max(after.total - before.total, 0))
