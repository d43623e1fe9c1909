"""Detection over a whole register: just the groups of the control graph."""

import struct
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..engine.control import ControlGraph, Edge
from ..engine.detect import components, detect, difference, join, loose, regroup
from ..engine.stakes import (
    CONTROL,
    FULL,
    HEADER,
    TRAILER,
    Stakes,
    integers,
    read_copy,
    scaled,
)
from .engine_case import EngineCase

COMPANIES, PERSONS, SIZE = range(10), range(10, 14), 14
examples = settings(deadline=None, max_examples=300, database=None)

weight = st.sampled_from([1, 160_000, 300_000, 500_000, 500_001, 700_000, CONTROL])
row = st.tuples(st.integers(0, SIZE - 1), st.sampled_from(COMPANIES), weight)
rows = st.lists(row, min_size=1, max_size=8) | st.lists(row, min_size=10, max_size=26)
bodies = st.frozensets(st.sampled_from(COMPANIES), max_size=2)
families = st.lists(
    st.frozensets(st.sampled_from(PERSONS), min_size=2, max_size=2), max_size=2
)
own_shares = st.dictionaries(
    st.sampled_from(COMPANIES), st.sampled_from([120_000, 500_001, FULL]), max_size=2
)


def percent(scale):
    return Decimal(scale) / 10_000


def expected(rows, stop, clusters, treasury):
    """The groups of the control graph: sets of companies."""
    graph = ControlGraph(
        [
            Edge(holder, held, kind="manual")
            if votes == CONTROL
            else Edge(holder, held, votes=percent(votes))
            for holder, held, votes in rows
        ],
        stop=stop,
        families=clusters,
        persons=PERSONS,
        treasury={node: percent(votes) for node, votes in treasury.items()},
    )
    return {group.members for group in graph.groups()}


def sets(names):
    """The groups of a labelling: sets of two or more companies."""
    found = {}
    for node in COMPANIES:
        found.setdefault(names[node], set()).add(node)
    return {frozenset(group) for group in found.values() if len(group) > 1}


@tagged("post_install", "-at_install")
class TestDetection(EngineCase):
    @examples
    @given(rows, bodies, families, own_shares)
    def test_same_groups_as_the_control_graph(self, rows, stop, clusters, treasury):
        names = detect(
            Stakes.of(rows),
            stop=stop,
            treasury=treasury,
            clusters=clusters,
            size=SIZE,
        )
        self.assertEqual(sets(names), expected(rows, stop, clusters, treasury))
        for node, name in enumerate(names):
            self.assertLessEqual(name, node)  # each group is named after its smallest
            self.assertEqual(names[name], name)

    @examples
    @given(rows, row, st.booleans(), bodies, families, own_shares)
    def test_one_change_looked_at_alone(
        self, rows, row, ends, stop, clusters, treasury
    ):
        """The part that a change touches, and nothing else, as a full run would say."""
        rows = [stake for stake in rows if stake[0] != stake[1]]
        before, after = (rows, [*rows, row])[:: -1 if ends else 1]
        if row[0] == row[1]:
            return
        options = {"stop": stop, "treasury": treasury}
        old, new = (
            detect(Stakes.of(stakes), size=SIZE, clusters=clusters, **options)
            for stakes in (before, after)
        )

        def peers(nodes):
            named = {old[node] for node in nodes}
            group = {node for node in range(SIZE) if old[node] in named}
            for cluster in clusters:
                holdings = {held for holder, held, _w in before if holder in cluster}
                if holdings & group:
                    group |= cluster
            return group

        found = regroup(
            row[:2],
            peers,
            lambda nodes: [stake for stake in after if stake[0] in nodes],
            clusters=clusters,
            **options,
        )
        self.assertEqual(
            [found.get(node, old[node]) for node in range(SIZE)], list(new)
        )
        self.assertEqual(dict(difference(old, new)).items() - found.items(), set())

    @examples
    @given(rows, row, own_shares)
    def test_one_new_stake(self, rows, row, treasury):
        rows = [stake for stake in rows if stake[0] != stake[1]]
        if row[0] == row[1]:
            return
        after = [*rows, row]
        old, new = (
            detect(Stakes.of(stakes), treasury=treasury, size=SIZE)
            for stakes in (rows, after)
        )
        found = join(
            row,
            lambda nodes: {node: old[node] for node in nodes},
            old.count,
            lambda nodes: [stake for stake in after if stake[1] in nodes],
            lambda name: [stake for stake in after if old[stake[0]] == name],
            treasury=treasury,
            loose=loose(Stakes.of(rows), old, treasury=treasury),
        )
        if found:
            one, other = found
            names = [min(found) if name in found else name for name in old]
            self.assertEqual(names, list(new))

    def test_join(self):
        """2 brings nothing; 3 brings its 21 % of 5; two small stakes in 5 may do."""
        rows = [(0, 1, FULL), (0, 4, 300_000), (3, 5, 210_000)]
        cases = [
            ((1, 2, FULL), (0, 2)),
            ((1, 3, FULL), None),
            ((1, 5, 300_000), None),
            ((1, 5, 1), (0, 0)),
            ((1, 0, 600_000), (0, 0)),
        ]
        for stake, expected in cases:
            after = [*rows, (0, 5, 290_001), stake]
            found = join(
                stake,
                lambda nodes: {node: (0, 0, 2, 3, 4, 5)[node] for node in nodes},
                lambda name: 2 - bool(name),
                lambda nodes, after=after: [x for x in after if x[1] in nodes],
                lambda name, after=after: [x for x in after if x[0] == name],
            )
            self.assertEqual(found, expected, stake)

    def test_stakes_that_add_up(self):
        rows = [(9, 1, 600_000), (9, 3, 300_000), (1, 3, 200_001), (3, 5, FULL)]
        self.assertEqual(list(detect(Stakes.of(rows))), [0, 1, 2, 1, 4, 1, 6, 7, 8, 1])

    def test_stakes_of_strangers_do_not_add_up(self):
        """Two roots meet in one component by a stated fact; nobody has 60 % of 4."""
        rows = [(0, 1, FULL), (2, 1, CONTROL), (0, 4, 300_000), (2, 4, 300_000)]
        self.assertEqual(list(detect(Stakes.of(rows))), [0, 0, 0, 3, 4])

    def test_below_a_circle(self):
        rows = [(4, 5, FULL), (5, 4, FULL), (5, 2, FULL), (2, 1, FULL), (1, 0, FULL)]
        self.assertEqual(list(detect(Stakes.of(rows))), [0, 0, 0, 3, 0, 0])

    def test_deep_chain(self):
        """30 % from the company above and 30 % from the root, all the way down."""
        depth = 3000
        rows = [
            (holder, node, 300_000)
            for node in range(depth)
            for holder in (node + 1, depth + 1)
        ]
        names = detect(Stakes.of([*rows, (depth + 1, depth, FULL)]))
        self.assertEqual(set(names), {0})

    def test_components(self):
        self.assertEqual(
            list(components(integers([1, 3, 4]), integers([2, 4, 1]), 6)),
            [0, 1, 1, 1, 1, 5],
        )

    def test_nothing_at_all(self):
        self.assertEqual(list(detect(Stakes(), clusters=[[1, 2]])), [])
        self.assertEqual(list(detect(Stakes(), size=2)), [0, 1])

    def test_difference(self):
        old, new = integers([0, 0, 2]), integers([0, 1, 2, 2])
        self.assertEqual(list(difference(old, new)), [(1, 1), (3, 2)])

    def test_scaled(self):
        self.assertEqual(scaled(Decimal("50.0001")), 500_001)
        with self.assertRaises(ValueError):
            scaled(Decimal("50.00001"))


@tagged("post_install", "-at_install")
class TestCopy(EngineCase):
    """PostgreSQL's binary copy: header, rows of (count, length, value …), trailer."""

    def packed(self, *rows):
        fields = [[value for x in row for value in (4, x)] for row in rows]
        packed = [struct.pack(f">h{len(f)}i", len(f) // 2, *f) for f in fields]
        return HEADER + b"".join(packed) + TRAILER

    def test_columns(self):
        data = self.packed((1, 70_000, 500_001), (2, -3, 2**31 - 1))
        self.assertEqual(
            [list(column) for column in read_copy(data, 3)],
            [[1, 2], [70_000, -3], [500_001, 2**31 - 1]],
        )
        self.assertEqual(read_copy(self.packed(), 2), [integers(), integers()])

    def test_anything_else_is_refused(self):
        good = self.packed((1, 2), (3, 4))
        null = HEADER + struct.pack(">hiiihiih", 2, -1, 4, 7, 2, 4, 1, 0) + TRAILER
        wide = HEADER + struct.pack(">hiqii", 2, 8, 1, 4, 2) + TRAILER
        for data in (b"", good[:-1], good[1:], good[:-2] + b"\0" + TRAILER, null, wide):
            with self.assertRaises(ValueError):
                read_copy(data, 2)
        with self.assertRaises(ValueError):
            read_copy(good, 3)
