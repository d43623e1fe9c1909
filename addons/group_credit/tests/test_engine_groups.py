"""Groups: families, state bodies, dependence, criteria; checks of the register."""

from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..engine.control import Edge
from ..engine.guarantee import rings
from ..engine.kinship import Kinship, Tie
from ..engine.register import over_claimed
from .engine_case import EngineCase, edges, graph


@tagged("post_install", "-at_install")
class TestGroups(EngineCase):
    def assertCriteria(self, group, **expected):
        self.assertEqual(
            group.criteria, {node: frozenset(met) for node, met in expected.items()}
        )

    def test_separate_groups_and_single_companies(self):
        self.assertGroups(graph("A>B 60, C>D 70, C>E 5, E>F 30"), "AB", "CD")

    def test_roots_and_reasons(self):
        (group,) = graph("A>B 60, B>C 55, A>C 3").groups()
        self.assertEqual((group.roots, group.ultimate), ({"A"}, {"A"}))
        self.assertEqual(group.bases["A"].kind, "root")
        self.assertEqual((group.bases["C"].votes, group.bases["C"].step), (58, 2))
        self.assertCriteria(group, A=[1], B=[1, 2], C=[1, 2])

    def test_block_below_an_outside_controller(self):
        """X and Y hold each other, A holds enough of X: A is the root."""
        (group,) = graph("A>X 60, X>Y 60, Y>X 40").groups()
        self.assertEqual((group.roots, group.flags), ({"A"}, {"cross_holding"}))

    def test_one_root_of_a_block_and_a_subsidiary(self):
        (group,) = graph("X>Y 60, Y>X 60, X>S 90").groups()
        self.assertEqual((group.members, group.roots), (frozenset("XYS"), frozenset()))
        self.assertEqual(group.bases["S"].seeds, {"X"})

    def test_person_links_without_being_a_member(self):
        (group,) = graph("P>A 60, P>B 70", persons="P").groups()
        self.assertEqual(
            (group.members, group.roots), (frozenset("AB"), frozenset("AB"))
        )
        self.assertEqual(group.ultimate, {"P"})
        self.assertEqual(group.bases["B"].seeds, {"P"})
        self.assertCriteria(group, A=[3], B=[3])

    def test_person_with_one_company_is_no_group(self):
        self.assertGroups(graph("P>A 60", persons="P"))

    def test_c25_identified_whoever_has_credit(self):
        self.assertGroups(graph("P>A 60, P>B 60"), "PAB")

    def test_undeclared_root_is_ultimate(self):
        self.assertEqual(graph("P>H 51, H>O 51").ultimate_controllers("O"), {"P"})
        self.assertEqual(graph("P>H 51, H>O 51").ultimate_controllers("P"), frozenset())

    def test_dates_are_half_open(self):
        start, end = date(2025, 3, 1), date(2025, 6, 1)
        held = Edge("A", "B", votes=60, valid_from=start, valid_to=end)
        for day, expected in [
            (date(2025, 2, 28), []),
            (start, ["AB"]),
            (date(2025, 5, 31), ["AB"]),
            (end, []),
        ]:
            self.assertGroups(graph("", held, as_of=day), *expected)

    def test_group_of_ten_thousand(self):
        """One pass: a star of 5,000 below a chain of 5,000 deep."""
        chain = [Edge(n, n + 1, votes=60) for n in range(5000)]
        star = [Edge(5000, n, votes=100) for n in range(5001, 10_001)]
        (group,) = graph("", *chain, *star).groups()
        self.assertEqual((len(group.members), group.roots), (10_001, {0}))


@tagged("post_install", "-at_install")
class TestStateBodies(EngineCase):
    """Exemption of state bodies and its condition (spec 0.1 S2, S8)."""

    TEXT = "SASAC>G1 100, SASAC>G2 100, G1>S1 70, G2>S2 80, SASAC>G3 100, G3>S3 51"

    def test_c23_state_body_holds_no_group_together(self):
        state = graph(self.TEXT, stop=["SASAC"])
        self.assertGroups(state, "G1 S1", "G2 S2", "G3 S3")
        roots = [sorted(group.roots) for group in state.groups()]
        self.assertEqual(roots, [["G1"], ["G2"], ["G3"]])
        self.assertEqual(state.ultimate_controllers("S1"), {"SASAC"})

    def test_c23_unless_not_at_arms_length(self):
        state = graph(self.TEXT, stop=["SASAC"], arms_length_broken=[("S1", "S2")])
        self.assertGroups(state, "G1 S1 G2 S2", "G3 S3")
        group = state.groups()[0]
        self.assertEqual(group.flags, {"arms_length"})
        self.assertEqual(group.criteria["S1"], {1, 4})
        (finding,) = group.findings
        self.assertEqual((finding.parties, finding.company), ({"S1", "S2"}, "SASAC"))

    def test_arms_length_needs_a_common_state_body(self):
        text = "SASAC>A 100, MOF>B 100"
        state = graph(text, stop=["SASAC", "MOF"], arms_length_broken=[("A", "B")])
        self.assertGroups(state)

    def test_c24_state_investment_company(self):
        text = "SASAC>CIH 100, CIH>X 60, CIH>Y 60"
        self.assertGroups(graph(text, stop=["SASAC", "CIH"]))
        self.assertGroups(graph(text, stop=["SASAC"]), "CIH X Y")
        below = graph(text, stop=["SASAC", "CIH"], arms_length_broken=[("X", "Y")])
        self.assertGroups(below, "X Y")

    def test_nobody_controls_a_state_body(self):
        state = graph("A>S 60, S>B 60", stop="S")
        self.assertEqual(state.pairs(), {("S", "B")})


@tagged("post_install", "-at_install")
class TestFamilies(EngineCase):
    """Criterion 3: clusters of one person and their near relatives."""

    def assertLinked(self, linked, text, *ties, profile="inclusive", as_of=None):
        """Whether the companies A and B make a group; only investors have clusters."""
        kin = Kinship([Tie(*tie) for tie in ties], as_of)
        investors = {edge.holder for edge in edges(text)}
        families = [kin.cluster(person, profile) for person in investors]
        self.assertGroups(graph(text, families=families), *(["AB"] if linked else []))

    def test_c26_spouses_together(self):
        couple = graph("H>A 30, W>A 25, H>X 60", families=["HW"])
        self.assertGroups(couple, "AX")
        (group,) = couple.groups()
        self.assertEqual(group.ultimate, {"H", "W"})
        self.assertEqual(group.bases["A"].seeds, {"H", "W"})
        self.assertEqual(group.criteria["A"], {3})

    def test_c27_c28_c29_lineal(self):
        parent = ("D", "P", "parent"), ("P", "G", "parent"), ("G", "T", "parent")
        self.assertLinked(True, "P>A 60, D>B 60", *parent[:1])
        self.assertLinked(True, "G>A 60, D>B 60", *parent[:2])
        self.assertLinked(False, "T>A 60, D>B 60", *parent)
        self.assertLinked(True, "T>A 60, D>B 60", *parent, profile="exclusive")

    def test_c30_c31_collateral(self):
        siblings = ("P", "G", "parent"), ("U", "G", "parent")
        self.assertLinked(True, "P>A 60, U>B 60", *siblings)
        self.assertLinked(True, "P>A 60, U>B 60", ("P", "U", "sibling"))
        uncle = (*siblings, ("N", "P", "parent"))
        self.assertLinked(False, "U>A 60, N>B 60", *uncle)
        self.assertLinked(True, "U>A 60, N>B 60", *uncle, profile="exclusive")

    def test_c33_brother_in_law(self):
        ties = [("W", "H", "spouse"), ("W", "F", "parent"), ("L", "F", "parent")]
        self.assertLinked(False, "H>A 60, L>B 60", *ties)
        self.assertLinked(True, "H>A 60, L>B 60", *ties, profile="listed")

    def test_c34_marriage_ended(self):
        marriage = ("H", "W", "spouse", None, date(2025, 7, 1))
        text = "H>A 30, W>A 25, H>B 60"
        self.assertLinked(True, text, marriage, as_of=date(2025, 6, 30))
        self.assertLinked(False, text, marriage, as_of=date(2025, 7, 1))

    def test_family_is_not_transitive(self):
        """Two clusters that share a person do not merge; one that has both does."""
        far = graph("G>A 60, D>B 60", families=["GP", "PD"])
        self.assertGroups(far)
        self.assertGroups(graph("G>A 60, D>B 60", families=["GPD"]), "AB")


@tagged("post_install", "-at_install")
class TestDependence(EngineCase):
    def assertDependence(self, graph, links, *expected):
        found = {group.members for group in graph.dependence_groups(links)}
        self.assertEqual(found, set(map(frozenset, expected)))

    def test_c44_groups_overlap(self):
        self.assertDependence(graph(""), [("C", "A"), ("C", "B")], "AC", "BC")

    def test_c45_control_carries_dependence(self):
        both = graph("A>B 60, C>D 60")
        self.assertDependence(both, [("C", "B")], "ABCD")
        (group,) = both.dependence_groups([("C", "B")])
        self.assertEqual((group.heads, group.links), (frozenset("AB"), (("C", "B"),)))

    def test_contagion_runs_downstream(self):
        """B depends on A and C on B: all fall with A; A does not fall with B."""
        self.assertDependence(
            graph(""), [("B", "A"), ("C", "B"), ("C", "X")], "ABC", "XC"
        )

    def test_mutual_dependence(self):
        (group,) = graph("").dependence_groups([("A", "B"), ("B", "A")])
        self.assertEqual((group.members, group.heads), (frozenset("AB"),) * 2)

    def test_dated_edges(self):
        tie = Edge("A", "C", kind="dependence", valid_to=date(2025, 7, 1))
        self.assertDependence(graph("", tie, as_of=date(2025, 6, 30)), [], "AC")
        self.assertDependence(graph("", tie, as_of=date(2025, 7, 1)), [])

    def test_person_carries_his_companies(self):
        self.assertDependence(graph("P>A 60", persons="P"), [("P", "C")], "CPA")

    def test_sovereign_is_no_head(self):
        self.assertDependence(graph("", stop="S"), [("A", "S"), ("B", "S")])


@tagged("post_install", "-at_install")
class TestRegister(EngineCase):
    def test_c40_over_a_hundred(self):
        found = over_claimed(edges("A>X 60, B>X 55, A>Y 100"))
        self.assertEqual([(c.held, c.measure, c.total) for c in found],
                         [("X", "votes", 115), ("X", "equity", 115)])  # fmt: skip
        self.assertEqual({edge.holder for edge in found[0].edges}, {"A", "B"})

    def test_only_on_the_days_of_overlap(self):
        sold, bought = date(2025, 7, 1), date(2025, 6, 1)
        seller = Edge("A", "X", votes=60, valid_to=sold)
        (claim,) = over_claimed([seller, Edge("B", "X", votes=60, valid_from=bought)])
        self.assertEqual((claim.valid_from, claim.valid_to), (bought, sold))
        heir = Edge("B", "X", votes=60, valid_from=sold)
        self.assertEqual(over_claimed([seller, heir]), [])

    def test_what_counts(self):
        exactly = edges("A>X 60, B>X 28, X>X 12")  # treasury shares are shares
        self.assertEqual(over_claimed(exactly), [])
        again = [
            Edge("C", "X", votes=60, kind="nominee", grantor="A"),
            Edge("D", "X", votes=28, kind="proxy", grantor="B"),
            Edge("E", "X", votes_min=0, votes_max=25),
        ]
        self.assertEqual(over_claimed([*exactly, *again]), [])
        more = Edge("F", "X", votes_min=Decimal("0.0001"), votes_max=25)
        (claim,) = over_claimed([*exactly, more])
        self.assertEqual((claim.total, claim.valid_from), (Decimal("100.0001"), None))


@tagged("post_install", "-at_install")
class TestGuaranteeRings(EngineCase):
    def test_rings(self):
        found = rings(["AB", "BA", "CD", "DE", "EC", "EF", "FE", "GH", "XX"])
        self.assertEqual([ring.members for ring in found],
                         [frozenset("CDEF"), frozenset("AB")])  # fmt: skip
        self.assertEqual(found[0].circle, ("C", "D", "E"))
        self.assertEqual(
            len(rings(["AB", "BA", "CD", "DC", "DE", "EC"], min_size=3)), 1
        )
