"""Integrated ownership (spec 2.3, 2.7) and kinship degrees (spec 2.5)."""

from decimal import Decimal

from odoo.tests import tagged

from ..engine.control import Edge
from ..engine.kinship import Kinship, Tie, degree, is_near_relative
from ..engine.ownership import Ownership
from .engine_case import EngineCase, edges, graph


@tagged("post_install", "-at_install")
class TestOwnership(EngineCase):
    def assertOwns(self, text, pair, expected, **options):
        owned = graph(text).integrated_ownership(*pair, **options)
        self.assertPercent(owned, expected)

    def test_chains_multiply_and_add(self):
        self.assertOwns("P>H 51, H>O 51", "PO", "26.01")  # C01
        self.assertOwns("A>B 51, B>C 51, C>D 51, D>E 51, E>F 51", "AF", "3.4503")  # C02
        self.assertOwns("A>M 60, A>N 40, M>T 30, N>T 25", "AT", "28")  # C04
        self.assertOwns("A>M 60, A>N 51, M>T 30, N>T 25", "AT", "30.75")  # C05

    def test_c13_raw_and_net(self):
        text = "A>B 60, B>A 20"
        self.assertOwns(text, "AB", "68.1818")
        self.assertOwns(text, "AB", "60", net=True)
        self.assertOwns(text, "AA", "13.6364")
        self.assertOwns(text, "AA", "12", net=True)

    def test_c15_ring(self):
        text = "A>B 50, B>C 50, C>A 50"
        self.assertOwns(text, "AC", "28.5714")
        self.assertEqual(Ownership(edges(text)).simple_paths("A")["C"], 25)

    def test_c18_published_close_links(self):
        found = Ownership(
            edges("A>B 20, B>A 80, B>C 20, C>D 60, D>A 90, A>C 20")
        ).close_links()
        expected = {
            "AC": "24", "BD": "21.6", "DC": "21.6", "BA": "90.8", "CD": "60",
            "AB": "20", "BC": "36", "CA": "54", "DA": "90",
        }  # fmt: skip
        self.assertEqual(found, {(*pair,): Decimal(v) for pair, v in expected.items()})

    def test_c41_refused_is_not_zero(self):
        mutual = graph("A>B 100, B>A 100, O>A 10, B>Z 5, Z>Q 10")
        self.assertIsNone(mutual.integrated_ownership("A", "B"))
        self.assertIsNone(mutual.integrated_ownership("O", "Z", net=True))
        self.assertPercent(
            mutual.integrated_ownership("Z", "Q"), "10"
        )  # no loop between
        self.assertEqual(mutual.integrated_ownership("Z", "A"), 0)
        (group,) = mutual.groups()
        self.assertEqual(group.members, frozenset("AB"))

    def test_loop_off_the_two_ends_is_refused(self):
        self.assertIsNone(
            graph("A>B 50, B>C 100, C>B 100, C>D 10").integrated_ownership("A", "D")
        )

    def test_treasury_shares_are_no_owners(self):
        self.assertOwns("A>X 44, B>X 44, X>X 12", "AX", "50")
        own = graph("A>X 44, B>X 44", treasury={"X": Decimal(12)})
        self.assertEqual(own.integrated_ownership("A", "X"), 50)

    def test_columns_over_ultimate_owners_sum_to_a_hundred(self):
        register = graph("P>A 70, Q>A 20, B>A 10, A>B 60, R>B 40")
        owned = [register.integrated_ownership(owner, "B") for owner in "PQR"]
        self.assertPercent(sum(owned), "100")
        net = [register.integrated_ownership(owner, "B", net=True) for owner in "PQR"]
        self.assertEqual(net, owned)  # owners outside all cycles

    def test_walk_of_all_paths_is_bounded(self):
        names = [f"N{i}" for i in range(12)]
        full = [Edge(a, b, equity=5) for a in names for b in names if a != b]
        self.assertIsNone(Ownership(full).simple_paths("N0", max_paths=10_000))

    def test_nominee(self):
        behind = Ownership([*edges("N>X 60"), Edge("A", "X", equity=20, kind="nominee",
                                                   grantor="N")])  # fmt: skip
        self.assertEqual([behind.integrated(n, "X") for n in "AN"], [20, 40])


@tagged("post_install", "-at_install")
class TestKinship(EngineCase):
    """A family of five generations: T, G, (P, U), (D, S, C), and who married whom."""

    TIES = [
        Tie("G", "T", "parent"), Tie("GU", "T", "parent"),
        Tie("P", "G", "parent"), Tie("U", "G", "parent"),
        Tie("D", "P", "parent"), Tie("S", "P", "adoptive"), Tie("C", "U", "parent"),
        Tie("D", "W", "spouse"), Tie("W", "WF", "parent"), Tie("WB", "WF", "parent"),
        Tie("S", "SW", "spouse"), Tie("H", "HP", "step"), Tie("HB", "HP", "parent"),
        Tie("X1", "X2", "sibling"), Tie("X3", "X1", "parent"),
    ]  # fmt: skip

    def test_table(self):
        """Relation, degree, and whether near: inclusive, exclusive, listed."""
        kin = Kinship(self.TIES)
        for a, b, expected, inclusive, exclusive, listed in [
            ("D", "D", ("self", 0, 0), True, True, True),
            ("D", "P", ("lineal", 1, 0), True, True, True),
            ("D", "G", ("lineal", 2, 0), True, True, True),
            ("D", "T", ("lineal", 3, 0), False, True, False),
            ("D", "S", ("collateral", 1, 1), True, True, True),
            ("D", "U", ("collateral", 2, 1), False, True, False),
            ("D", "C", ("collateral", 2, 2), False, True, False),
            ("D", "GU", ("collateral", 3, 1), False, False, False),
            ("D", "W", ("spouse", None, None), True, True, True),
            ("D", "WF", ("affinity", 1, 0), False, False, True),
            ("D", "WB", ("affinity", 1, 1), False, False, True),
            ("D", "SW", ("affinity", 1, 1), False, False, True),
            ("P", "W", ("affinity", 0, 1), False, False, True),
            ("P", "WF", ("affinity", 1, 1), False, False, True),
            ("G", "W", ("affinity", 0, 2), False, False, False),
            ("W", "SW", ("none", None, None), False, False, False),
            ("X1", "X2", ("collateral", 1, 1), True, True, True),
            ("X3", "X2", ("collateral", 2, 1), False, True, False),
        ]:
            self.assertEqual(kin.degree(a, b)[:3], expected, (a, b))
            back = kin.degree(b, a)
            self.assertEqual((back.kind, back.j, back.i), expected, (b, a))
            for profile, near in [
                ("inclusive", inclusive),
                ("exclusive", exclusive),
                ("listed", listed),
            ]:
                case = (a, b, profile)
                self.assertEqual(kin.is_near(a, b, profile), near, case)
                self.assertEqual(kin.is_near(b, a, profile), near, case)
                self.assertEqual(b in kin.cluster(a, profile), near, case)

    def test_civil_code_list(self):
        """Inclusive counting and the spouse: just the list of Art. 1045."""
        near = Kinship(self.TIES).near_relatives("D")
        self.assertEqual(near, {"P", "G", "S", "W"})

    def test_step_parent_is_for_review(self):
        kin = Kinship(self.TIES)
        self.assertEqual(kin.degree("H", "HP"), ("lineal", 1, 0, "", True))
        self.assertTrue(kin.degree("H", "HB").review)
        self.assertFalse(kin.degree("D", "P").review)

    def test_plain_tables(self):
        parents, married = {"D": ["P"], "S": ["P"]}, [("D", "W")]
        self.assertEqual(degree("D", "S", parents, married).kind, "collateral")
        self.assertTrue(is_near_relative("W", "D", parents, married))
        self.assertFalse(is_near_relative("W", "P", parents, married))
        self.assertTrue(is_near_relative("W", "P", parents, married, "listed"))

    def test_wrong_ties(self):
        with self.assertRaises(ValueError):
            Tie("A", "B", "friend")
        with self.assertRaises(ValueError):
            Tie("A", "A", "spouse")
