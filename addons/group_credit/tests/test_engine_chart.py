"""The layout of structure charts, and the drawing for print."""

import doctest
import random
from itertools import combinations
from xml.etree import ElementTree

from odoo.tests import tagged

from ..engine import chart, difference
from ..engine import layout as layout_module
from ..engine.chart import chart_svg, wrap_name
from ..engine.difference import differences
from ..engine.layout import Line, Node, Size, layout
from .engine_case import EngineCase

SIZE = Size()


def picture(text, tops="", ties=""):
    """A layout from "P>A, A>B": nodes in the order in which they are named."""
    pairs = [part.strip().split(">") for part in text.split(",")]
    kin = [part.strip().split("-") for part in ties.split(",") if part]
    names = dict.fromkeys(name for pair in [*pairs, *kin] for name in pair)
    return layout(
        [Node(name, name in tops) for name in names],
        [Line(f"{a}{b}", a, b) for a, b in pairs]
        + [Line(f"{a}-{b}", a, b, tie=True) for a, b in kin],
    )


@tagged("post_install", "-at_install")
class TestChartEngine(EngineCase):
    def assertRows(self, found, *rows):
        places = {}
        for name, (_x, y) in found.nodes.items():
            places.setdefault(y, set()).add(name)
        self.assertEqual([places[y] for y in sorted(places)], list(map(set, rows)))

    def test_holders_stand_above_what_they_hold(self):
        self.assertRows(picture("P>A, A>B, A>C, B>C"), "P", "A", "B", "C")

    def test_an_outside_holder_stands_beside_the_last_controller(self):
        self.assertRows(picture("P>A, A>B, Z>B"), "P", "AZ", "B")
        self.assertRows(picture("P>A, A>B, Z>B", tops="Z"), "PZ", "A", "B")

    def test_a_circle_is_opened_and_marked(self):
        found = picture("P>A, A>B, B>C, C>A")
        self.assertRows(found, "P", "A", "B", "C")
        marked = {name for name, line in found.lines.items() if line[3]}
        self.assertEqual(marked, {"AB", "BC", "CA"})
        self.assertEqual(set(found.lines), {"PA", "AB", "BC", "CA"})

    def test_relatives_stand_in_one_row(self):
        found = picture("H>A, W>B, A>C", ties="H-W,H-K")
        self.assertEqual(found.nodes["H"][1], found.nodes["K"][1])
        self.assertEqual(len(found.lines), 5)

    def test_parties_without_any_line_stand_below(self):
        found = layout([Node("X"), Node("A"), Node("B")], [Line(1, "A", "B")])
        self.assertRows(found, "A", "B", "X")

    def test_nothing_overlaps_and_nothing_depends_on_chance(self):
        chance = random.Random(5)
        nodes = [Node(i, i == 0) for i in range(120)]
        lines = [
            Line(k, chance.randrange(40), chance.randrange(120), chance.random() < 0.1)
            for k in range(240)
        ]
        found = layout(nodes, lines)
        for (x, y), (other_x, other_y) in combinations(found.nodes.values(), 2):
            if y == other_y:
                self.assertGreaterEqual(abs(x - other_x), SIZE.width)
        self.assertEqual(found, layout(nodes, lines))
        self.assertLessEqual(
            max(x for x, _y in found.nodes.values()) + SIZE.width / 2,
            found.width + 0.01,
        )

    def test_a_long_row_is_folded(self):
        found = picture(", ".join(f"P>A{i}" for i in range(60)))
        self.assertLess(found.width, 20 * SIZE.width)
        self.assertGreater(len({y for _x, y in found.nodes.values()}), 4)

    def test_the_browser_finds_the_same_places(self):
        """The same case stands in layout.test.js."""
        found = picture("P>A, P>B, A>C, B>C, Q>C, C>A, P>C", tops="P", ties="P-Q")
        self.assertEqual(
            {name: (round(x), round(y)) for name, (x, y) in found.nodes.items()},
            SHARED_CASE,
        )

    def test_svg_is_well_formed_whatever_the_names(self):
        svg = chart_svg(
            [
                {"id": 1, "name": "<script>&", "kind": "person", "controller": True},
                {"id": 2, "name": "乙公司", "kind": "company", "member": True},
            ],
            [
                {
                    "id": "r1",
                    "source": 1,
                    "target": 2,
                    "label": ">50–75 %",
                    "control": True,
                }
            ],
            (100, 100),
        )
        root = ElementTree.fromstring(svg)
        self.assertLessEqual(int(root.get("height")), 100)
        texts = [part.text for part in root.iter() if part.tag.endswith("text")]
        self.assertEqual(texts, [">50–75 %", "<script>&", "乙公司"])

    def test_names_take_two_lines_at_most(self):
        self.assertEqual(wrap_name("甲公司"), ["甲公司"])
        self.assertEqual(
            wrap_name("江州城市建设投资集团有限公司"),
            ["江州城市建设投资集团", "有限公司"],
        )
        self.assertEqual(len(wrap_name("长" * 60)), 2)
        self.assertTrue(wrap_name("长" * 60)[1].endswith("…"))

    def test_examples_in_the_documentation(self):
        for module in (chart, difference, layout_module):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)

    def test_differences_of_groups(self):
        cases = [
            ("AB", "AB", [("same", "", "")]),
            ("AB", "ABC", [("members", "C", "")]),
            ("AB CD", "ABCD", [("merge", "CD", "")]),
            ("ABCDE", "ABC DE", [("members", "", "DE"), ("split", "DE", "")]),
            ("AB", "", [("end", "", "AB")]),
            ("", "AB", [("new", "AB", "")]),
        ]
        for before, after, expected in cases:
            with self.subTest(before=before, after=after):
                found = differences(before.split(), after.split())
                self.assertEqual(
                    [
                        (d.kind, "".join(sorted(d.joined)), "".join(sorted(d.left)))
                        for d in found
                    ],
                    expected,
                )


SHARED_CASE = {
    "P": (206, 75),
    "A": (88, 225),
    "B": (324, 225),
    "Q": (524, 225),
    "C": (286, 375),
}
