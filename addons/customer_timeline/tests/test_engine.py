import doctest
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import timeline
from ..engine.timeline import Place, Source, behind, latest, moment

DAY = datetime(2026, 3, 1)
KINDS = {"a": False, "b": True, "c": False}
OPERATORS = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
}


def holds(domain, value, record_id):
    """Whether a record passes a domain of ``behind``."""
    terms = [
        OPERATORS[term[1]](record_id if term[0] == "id" else value, term[2])
        for term in domain
        if isinstance(term, tuple)
    ]
    if len(terms) == 3:
        return terms[0] or (terms[1] and terms[2])
    return terms[0]


@st.composite
def events(draw):
    """Events of three kinds, one of which knows only the day."""
    found = []
    for number in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        at = DAY + timedelta(hours=draw(st.sampled_from([0, 1, 24, 25, 48])))
        found.append((kind, at.date() if KINDS[kind] else at, number))
    return found


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def test_doctests(self):
        space = {"date": date, "datetime": datetime}
        result = doctest.testmod(timeline, extraglobs=space)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    @settings(max_examples=60, deadline=None)
    @given(events(), st.integers(1, 5))
    def test_pages_are_the_whole_in_order(self, rows, size):
        """Whatever the size of a page, each event comes once and in its place."""
        whole = latest([Place(moment(at), kind, n) for kind, at, n in rows], 99)
        self.assertEqual(whole, sorted(whole, key=lambda p: p.moment, reverse=True))
        pages, place = [], None
        while True:
            page = []
            for kind, is_date in KINDS.items():
                source = Source(kind, kind, "x", date="at")
                page += [
                    Place(moment(at), kind, n)
                    for each, at, n in rows
                    if each == kind
                    and (not place or holds(behind(source, is_date, place), at, n))
                ]
            page = latest(page, size)
            if not page:
                break
            pages += page
            place = page[-1]
        self.assertEqual(pages, whole)
