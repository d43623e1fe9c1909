"""Random documents on a tree of lines: whatever they do, the limits hold, and the
counters are what the ledger says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.line_case import LineCase

MODES = ("shared", "carve_out", "roll_up")
LINES = ("A", "B", "C")
COUNTERS = ("used", "used_net", "used_low", "reserved", "outstanding", "margin")
move = st.tuples(
    st.sampled_from(("reserve", "draw", "draw", "repay", "release")),
    st.sampled_from(LINES),
    st.integers(0, 1),  # document
    st.integers(1, 60),  # amount
    st.sampled_from((0, 0, 0.5, 1)),  # margin, as a part of the amount
)


@tagged("post_install", "-at_install")
class TestLineLedger(LineCase):
    def setUp(self):
        super().setUp()
        self.trees = {mode: self._make_tree(mode) for mode in MODES}

    def _make_tree(self, mode):
        """A line of its own, one that shares what is above, one to be used once."""
        names = [f"{mode} {name}" for name in LINES]
        group = self.grant_group(100, *names, allocation=mode, low_risk_limit=95)
        return group.union(
            self.grant(60, names[0], group),
            self.grant(None, names[1], group),
            self.grant(30, names[2], group, revolving=False),
        )

    def test_limits_hold_and_counters_follow(self):
        @settings(deadline=None, max_examples=40, database=None)
        @given(st.sampled_from(MODES), st.lists(move, min_size=3, max_size=10))
        def holds(mode, moves):
            drawn = {}
            with self.env.cr.savepoint() as savepoint:
                for number, step in enumerate(moves):
                    self._do(mode, number, step, drawn)
                    self._compare(self.trees[mode], drawn, mode)
                self.assertEven()
                savepoint.rollback()
            self.env.invalidate_all()

        holds()

    def _do(self, mode, number, step, drawn):
        kind, name, document, amount, part = step
        key = f"{mode} {name} {document}"
        values = {
            "origin_model": "test",
            "origin_id": key,
            "component": str(number),
            "amount": amount,
        }
        if kind in ("reserve", "draw"):
            values |= {"partner_id": self.partner(f"{mode} {name}").id}
            values["margin"] = round(amount * part, 2) if kind == "draw" else 0
        fits = None
        if kind == "draw" and key not in drawn:
            fits = self.check(f"{mode} {name}", amount, margin=values["margin"])
        before = self._counters(self.trees[mode])
        try:
            with self.env.cr.savepoint():
                getattr(self.lines, kind)(**values)
            booked = True
        except UserError:
            booked = False
            self.assertEqual(self._counters(self.trees[mode]), before)
        if fits:
            self.assertEqual(fits["decision"] in ("ok", "warn"), booked)
        if booked and kind == "reserve":
            drawn.setdefault(key, 0)
        elif booked and kind in ("draw", "repay"):
            sign = 1 if kind == "draw" else -1
            drawn[key] = drawn.get(key, 0) + sign * amount

    def _counters(self, lines):
        lines.invalidate_recordset()
        return lines.read(list(COUNTERS))

    def _compare(self, lines, drawn, mode):
        lines.invalidate_recordset()
        group, *members = lines
        self.assertEqual(group.outstanding, sum(drawn.values()))
        for name, line in zip(LINES, members, strict=True):
            out = sum(v for k, v in drawn.items() if k.startswith(f"{mode} {name} "))
            self.assertEqual(line.outstanding, out)
            if line.revolving:
                self.assertEqual(line.used + line.used_low, out)
        for line in lines.filtered("has_limit"):
            self.assertLessEqual(line.used + line.reserved, line.limit)
            self.assertLessEqual(line.used_net + line.reserved_net, line.net_limit)
            self.assertLessEqual(line.used_low + line.reserved_low, line.low_risk_limit)
            self.assertLessEqual(line.used_net, line.used)
