"""What must hold for every document and every path of lines, on random ones."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..engine.limits import (
    Measures,
    Position,
    Terms,
    available,
    check_children,
    refusing,
    split,
)
from .engine_case import EngineCase

DAY = date(2026, 6, 1)
STATES = ("active", "frozen", "expired", "terminated", "defaulted", "draft")
examples = settings(deadline=None, max_examples=200, database=None)

cents = st.integers(0, 10**9).map(lambda n: Decimal(n) / 100)
positive = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)
rates = st.sampled_from([Decimal(1), Decimal("7.1234"), Decimal("0.0461")])
factors = st.sampled_from([Decimal(n) for n in (0, 10, 20, 40, 50, 100)])
steps = st.tuples(
    st.sampled_from(("reserve", "draw", "repay", "release", "secure")),
    positive,
    st.sampled_from([Decimal(0), Decimal("0.3"), Decimal(1), Decimal("1.5")]),
)


@st.composite
def line_terms(draw):
    limit = draw(st.none() | cents)
    net = None if limit is None else draw(st.just(limit) | cents.map(limit.min))
    low = draw(cents)
    taken = draw(st.tuples(cents, cents, cents, cents, cents))
    return Terms(
        limit,
        net,
        low,
        used=taken[0],
        used_net=min(taken[0], taken[1]),
        used_low=taken[2],
        carved=taken[3],
        carved_net=min(taken[3], taken[4]),
        carve_out=draw(st.booleans()),
        key=draw(st.integers(1, 9)),
    )


paths = st.lists(line_terms(), min_size=1, max_size=5)


def walk(moves, rate):
    """The positions of a document that goes through ``moves`` as far as it may."""
    position = Position(rate=rate)
    yield position
    for kind, amount, share in moves:
        cover = (amount * share).quantize(Decimal("0.01"))
        if kind == "reserve":
            position = position.reserve(amount, cover, rate)
        elif kind == "draw":
            position = position.draw(amount, cover or None, rate)
        elif kind == "repay":
            position = position.repay(min(amount, position.drawn))
        elif kind == "release":
            position = position.release(min(amount, position.reserved))
        elif position.drawn:
            position = position.secure(max(-position.cover, cover))
        yield position


@tagged("post_install", "-at_install")
class TestEngineLimits(EngineCase):
    @examples
    @given(st.lists(steps, max_size=8), rates, factors)
    def test_a_document_never_goes_below_nothing(self, moves, rate, ccf):
        for position in walk(moves, rate):
            parts = (position.drawn, position.reserved)
            self.assertGreaterEqual(min(*parts, position.cover), 0)
            # what is divided in proportion may leave less than a cent of dust
            self.assertGreater(position.cover_reserved, Decimal("-0.01"))
            self.assertGreaterEqual(min(position.measures(ccf)), Decimal("-0.01"))

    @examples
    @given(st.lists(steps, max_size=8), rates, factors)
    def test_what_is_drawn_counts_once(self, moves, rate, ccf):
        for position in walk(moves, rate):
            m = position.measures(ccf)
            drawn = (position.drawn * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            self.assertEqual(m.used + m.used_low, drawn)
            self.assertEqual(m.used * m.used_low, 0, "covered whole, or not")
            self.assertLessEqual(m.used_net, m.used)
            self.assertLessEqual(m.reserved_net, m.reserved)
            self.assertLessEqual(m.regulatory, drawn)

    @examples
    @given(st.lists(steps, max_size=8), rates, factors)
    def test_the_steps_add_up_to_where_the_document_stands(self, moves, rate, ccf):
        measures = [position.measures(ccf) for position in walk(moves, rate)]
        total = Measures()
        for before, after in zip(measures, measures[1:], strict=False):
            total += after - before
        self.assertEqual(total, measures[-1])

    @examples
    @given(positive, cents)
    def test_reserve_then_draw_takes_no_more_than_draw(self, amount, cover):
        rate = Decimal(1)
        at_once = Position().draw(amount, cover or None, rate)
        planned = Position().reserve(amount, cover, rate)
        both = planned.draw(amount, None, rate)
        ccf = Decimal(100)
        self.assertEqual(both.measures(ccf), at_once.measures(ccf))
        more = both.measures(ccf) - planned.measures(ccf)
        self.assertEqual(more.raised(), (0, 0, 0))

    @examples
    @given(cents, cents)
    def test_cover_takes_exposure_never_more_than_there_is(self, amount, cover):
        nominal, net, low = split(amount, cover)
        self.assertEqual(nominal + low, amount)
        self.assertTrue(0 <= net <= nominal)
        self.assertEqual(bool(low), bool(amount) and cover >= amount)

    @examples
    @given(paths, st.booleans())
    def test_room_is_the_least_of_the_path(self, path, low_risk):
        verdict = available(path, DAY, low_risk)
        self.assertGreaterEqual(verdict.available, 0)
        if verdict.obstacle == "unlimited":
            self.assertTrue(all(terms.limit is None for terms in path))
            return
        for terms in path:
            own = terms.low_room() if low_risk else terms.room(False)
            if own is not None:
                self.assertLessEqual(verdict.available, max(0, own))

    @examples
    @given(paths, positive)
    def test_what_fits_is_what_there_is_room_for(self, path, amount):
        verdict = available(path, DAY)
        if verdict.obstacle != "unlimited":
            fits = refusing(path, split(amount, Decimal(0))) is None
            self.assertEqual(fits, amount <= verdict.available)

    @examples
    @given(paths, positive, cents)
    def test_cover_never_makes_a_use_too_large(self, path, amount, cover):
        if cover < amount and refusing(path, split(amount, Decimal(0))) is None:
            self.assertIsNone(refusing(path, split(amount, cover)))

    @examples
    @given(paths, line_terms(), st.booleans())
    def test_another_line_above_never_makes_room(self, path, above, low_risk):
        before = available(path, DAY, low_risk)
        after = available([*path, above], DAY, low_risk)
        if before.obstacle != "unlimited":
            self.assertLessEqual(after.available, before.available)

    @examples
    @given(paths, positive, st.data())
    def test_a_higher_limit_never_takes_room(self, path, more, data):
        number = data.draw(st.integers(0, len(path) - 1))
        terms = path[number]
        if terms.limit is None:
            return
        wider = list(path)
        wider[number] = replace(
            terms,
            limit=terms.limit + more,
            net_limit=terms.net_limit + more,
            low_limit=terms.low_limit + more,
        )
        for low_risk in (False, True):
            self.assertGreaterEqual(
                available(wider, DAY, low_risk).available,
                available(path, DAY, low_risk).available,
            )

    @examples
    @given(paths, st.sampled_from(STATES[1:]), st.data())
    def test_a_line_that_is_not_in_force_stops_all_below(self, path, state, data):
        number = data.draw(st.integers(0, len(path) - 1))
        path[number] = replace(path[number], state=state)
        verdict = available(path, DAY)
        self.assertEqual((verdict.available, verdict.obstacle), (0, state))

    @examples
    @given(st.integers(-3, 3), st.integers(0, 5))
    def test_the_first_and_the_last_day_count(self, offset, length):
        start = DAY + timedelta(days=offset)
        terms = Terms(Decimal(1), start=start, end=start + timedelta(days=length))
        drawable = available([terms], DAY).available > 0
        self.assertEqual(drawable, 0 <= -offset <= length)

    @examples
    @given(cents, st.lists(cents, max_size=6), st.randoms())
    def test_how_limits_are_handed_out(self, limit, children, random):
        over = check_children("dedicated", limit, children)
        self.assertEqual(over, check_children("carve_out", limit, children))
        self.assertEqual(over is None, not children or sum(children) <= limit)
        shared = check_children("shared", limit, children)
        self.assertEqual(shared is None, all(child <= limit for child in children))
        self.assertIsNone(check_children("roll_up", limit, children))
        if over is None:
            self.assertIsNone(shared, "what fits together fits alone")
        shuffled = random.sample(children, len(children))
        self.assertEqual(over, check_children("dedicated", limit, shuffled))
