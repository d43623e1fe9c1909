"""The worked examples of control (spec 2.7), kinds of edges, and what every result
explains."""

from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..engine.control import ControlGraph, Edge
from .engine_case import EngineCase, edges, graph

#: Published: prometheuxresearch/docs, docs/examples/finance/company-control.md.
PUBLISHED = """1>2 90, 2>3 100, 3>2 10, 3>4 90, 4>5 100, 5>1 10, 1>6 90, 6>5 100, 5>10
90,
    10>20 100, 20>1 50, 1>10 90, 19>5 100, 10>19 50"""
PUBLISHED_CONTROL = {
    "1": "2 3 4 5 6 10 20",
    "2": "1 3 4 5 6 10 20",
    "3": "1 2 4 5 6 10 20",
    "4": "1 2 3 5 6 10 20",
    "5": "1 2 3 4 6 10 20",
    "6": "1 2 3 4 5 10 20",
    "10": "20",
    "19": "1 2 3 4 5 6 10 20",
}


@tagged("post_install", "-at_install")
class TestVotes(EngineCase):
    """Counting votes: transitivity, thresholds, cycles, treasury shares."""

    def assertControls(self, graph, seeds, expected):
        self.assertEqual(set(graph.controlled_by(seeds)), set(expected))

    def test_c01_c02_control_absorbs(self):
        self.assertControls(graph("P>H 51, H>O 51"), "P", "HO")
        self.assertControls(
            graph("A>B 51, B>C 51, C>D 51, D>E 51, E>F 51"), "A", "BCDEF"
        )

    def test_c03_direct_and_indirect_add_up(self):
        basis = graph("A>B 100, B>C 40, A>C 20").controlled_by("A")["C"]
        self.assertEqual((basis.kind, basis.votes), ("votes", 60))
        self.assertEqual(
            [(s.holder, s.votes.low) for s in basis.via], [("B", 40), ("A", 20)]
        )

    def test_c04_c05_only_controlled_companies_count(self):
        self.assertControls(graph("A>M 60, A>N 40, M>T 30, N>T 25"), "A", "M")
        held = graph("A>M 60, A>N 51, M>T 30, N>T 25").controlled_by("A")
        self.assertEqual(held["T"].votes, 55)

    def test_c06_two_halves(self):
        halves = graph("A>X 50, B>X 50, X>Y 80")
        self.assertEqual(halves.pairs(), {("X", "Y")})
        self.assertGroups(halves, "XY")
        (group,) = halves.groups()
        self.assertEqual(group.flags, {"exactly_half"})
        self.assertEqual(
            {f.parties for f in group.findings}, {frozenset("A"), frozenset("B")}
        )

    def test_c07_just_over_half(self):
        self.assertControls(graph("A>X 50.0001"), "A", "X")

    def test_c08_in_concert_exactly_half(self):
        """49.09 + 0.91 is over a half in binary floats, and exactly a half in truth."""
        self.assertControls(graph("A>X 49.09, B>X 0.91"), "AB", "")
        self.assertControls(graph("A>X 49.09, B>X 0.9101"), "AB", "X")

    def test_c09_exactly_half_is_for_review(self):
        review = graph("A>C 70, A>B 34, C>B 16")
        self.assertControls(review, "A", "C")
        (group,) = review.groups()
        self.assertEqual(
            (group.members, group.flags), (frozenset("AC"), {"exactly_half"})
        )
        (finding,) = group.findings
        self.assertEqual(
            (finding.parties, finding.company, finding.votes), ({"A"}, "B", 50)
        )

    def test_c10_no_bootstrapping(self):
        self.assertControls(graph("A>B 40, B>C 60, C>B 15"), "A", "")

    def test_c12_treasury_shares_cast_no_vote(self):
        for treasury in (
            graph("A>X 45", treasury={"X": Decimal(12)}),
            graph("A>X 45, X>X 12"),
            graph(
                "A>X 45",
                Edge("X", "X", equity=Decimal(12)),
                treasury={"X": Decimal(12)},
            ),
        ):
            basis = treasury.controlled_by("A")["X"]
            self.assertEqual((basis.votes, basis.base), (45, 88))
            self.assertPercent(basis.share, "51.1364")
        self.assertControls(graph("A>X 44, X>X 12"), "A", "")

    def test_c13_reciprocal_holding(self):
        crossed = graph("A>B 60, B>A 20")
        self.assertEqual(crossed.pairs(), {("A", "B")})
        (group,) = crossed.groups()
        self.assertEqual((group.roots, group.flags), ({"A"}, {"cross_holding"}))

    def test_c14_self_controlled_block(self):
        mutual = graph("X>Y 60, Y>X 60")
        (group,) = mutual.groups()
        self.assertEqual((group.members, group.roots), (frozenset("XY"), frozenset()))
        self.assertEqual(group.ultimate, frozenset())
        self.assertEqual(group.flags, {"mutual", "cross_holding"})
        self.assertEqual(
            {n: basis.seeds for n, basis in group.bases.items()},
            {"X": {"Y"}, "Y": {"X"}},
        )

    def test_c15_ring_of_halves(self):
        ring = graph("A>B 50, B>C 50, C>A 50")
        self.assertEqual(ring.pairs(), set())
        self.assertGroups(ring)

    def test_c17_published_graph(self):
        published = graph(PUBLISHED)
        expected = {
            (x, y) for x, held in PUBLISHED_CONTROL.items() for y in held.split()
        }
        self.assertEqual(len(expected), 51)
        self.assertEqual(published.pairs(), expected)
        (group,) = published.groups()
        self.assertEqual((group.roots, group.ultimate), ({"19"}, {"19"}))

    def test_c19_investor_is_no_controller(self):
        self.assertGroups(graph(", ".join(f"I>E{i} 5" for i in range(40))))

    def test_c20_votes_not_equity(self):
        split = [
            Edge("A", "X", votes=10, equity=90),
            Edge("B", "X", votes=60, equity=20),
        ]
        self.assertEqual(ControlGraph(split).pairs(), {("B", "X")})

    def test_c37_significant_influence(self):
        part = graph("A>X 30, A>Y 19, A>S 60, S>Y 2", Edge("A", "Z", kind="influence"))
        self.assertGroups(part, "AS")
        influenced = part.influenced_by("A")
        self.assertEqual(
            {y: b.votes for y, b in influenced.items()}, {"X": 30, "Y": 21, "Z": 0}
        )

    def test_threshold_is_a_setting(self):
        two_thirds = graph("A>X 60", threshold=Decimal("66.6667"))
        self.assertControls(two_thirds, "A", "")

    def test_neutralised_cross_votes(self):
        """X's subsidiary S holds 30 % of X: with S muted, 40 of 70 is control."""
        text = "A>X 40, X>S 80, S>X 30"
        self.assertControls(graph(text), "A", "")
        basis = graph(text, neutralise=True).controlled_by("A")["X"]
        self.assertEqual((basis.votes, basis.base), (40, 70))
        self.assertControls(
            graph("A>X 40, A>S 60, X>S 40, S>X 30", neutralise=True), "A", "XS"
        )


@tagged("post_install", "-at_install")
class TestKinds(EngineCase):
    """Control by other facts than registered votes."""

    def test_c21_proxy_between_dates(self):
        start, end = date(2025, 1, 1), date(2026, 1, 1)
        proxy = Edge(
            "A", "X", kind="proxy", grantor="B", valid_from=start, valid_to=end
        )
        for day, controls in [
            (date(2024, 12, 31), set()),
            (start, {"X"}),
            (date(2025, 12, 31), {"X"}),
            (end, set()),
        ]:
            held = graph("A>X 35, B>X 20", proxy, as_of=day).controlled_by("A")
            self.assertEqual(set(held), controls, day)

    def test_proxy_moves_votes(self):
        """What A casts for B, B no longer casts; equity stays where it was."""
        moved = graph(
            "A>X 35, B>X 60", Edge("A", "X", votes=20, kind="proxy", grantor="B")
        )
        self.assertEqual(moved.pairs(), {("A", "X")})
        self.assertEqual(moved.integrated_ownership("B", "X"), 60)
        basis = moved.controlled_by("A")["X"]
        self.assertEqual(
            [(s.kind, s.votes.low, s.grantor) for s in basis.via],
            [("equity", 35, None), ("proxy", 20, "B")],
        )

    def test_proxies_beyond_the_holding(self):
        """B gives all his votes to A and all to C: nobody can say who casts them."""
        both = [Edge(x, "X", kind="proxy", grantor="B") for x in "AC"]
        twice = graph("A>X 35, C>X 35, B>X 30", *both)
        self.assertEqual(twice.pairs(), set())
        codes = {(f.code, f.parties) for f in twice.findings()}
        self.assertEqual(
            codes,
            {
                ("unknown", frozenset("A")),
                ("unknown", frozenset("C")),
                ("overgranted", frozenset("ABC")),
            },
        )

    def test_proxy_without_a_recorded_holding(self):
        self.assertEqual(
            graph("A>X 35", Edge("A", "X", votes=20, kind="proxy")).pairs(),
            {("A", "X")},
        )
        unnamed = graph("A>X 35", Edge("A", "X", kind="proxy", grantor="B"))
        self.assertEqual(
            (unnamed.pairs(), unnamed.findings()[0].code), (set(), "unknown")
        )

    def test_nominee_votes_belong_to_the_owner_behind(self):
        behind = Edge("A", "X", kind="nominee", grantor="N")
        hidden = graph(
            "A>X 35, N>X 60", behind, Edge("P", "X", kind="proxy", grantor="A")
        )
        self.assertEqual(
            hidden.pairs(), {("P", "X")}
        )  # the proxy covers the nominee's shares
        self.assertEqual(hidden.integrated_ownership("A", "X"), 95)
        self.assertEqual(hidden.integrated_ownership("N", "X"), 0)

    def test_c38_consolidation_without_a_percentage(self):
        (group,) = graph("", Edge("A", "B", kind="consolidation")).groups()
        self.assertEqual(group.bases["B"].kind, "consolidation")

    def test_stated_control(self):
        for kind in ("articles", "vie", "manual", "board", "board_votes"):
            basis = graph("B>X 90", Edge("A", "X", kind=kind)).controlled_by("A")["X"]
            self.assertEqual((basis.kind, basis.via[0].kind), (kind, kind))

    def test_board_seats_add_up(self):
        seats = [
            Edge("A", "X", kind="board", seats=2, seats_total=7),
            Edge("B", "X", kind="board", seats=2, seats_total=7),
        ]
        self.assertEqual(graph("A>B 60", *seats).pairs(), {("A", "B"), ("A", "X")})
        self.assertEqual(graph("", *seats).pairs(), set())

    def test_half_a_board(self):
        half = Edge("A", "X", kind="board", seats=3, seats_total=6)
        self.assertEqual(graph("", half).pairs(), set())
        self.assertEqual(graph("", half).findings()[0].code, "exactly_half")
        self.assertEqual(graph("", half, board_half=True).pairs(), {("A", "X")})

    def test_seats_of_an_unknown_board(self):
        (finding,) = graph("", Edge("A", "X", kind="board", seats=3)).findings()
        self.assertEqual((finding.code, finding.company), ("unknown", "X"))

    def test_bands(self):
        """Bands as the British register of significant control publishes them."""

        def band(holder, low, high):
            low, high = Decimal(low), Decimal(high)
            return Edge(holder, "X", votes_min=low, votes_max=high, min_exclusive=True)

        self.assertEqual(
            graph("", band("A", 50, 75)).pairs(), {("A", "X")}
        )  # over 50: control
        low = graph(
            "", band("A", 25, 50)
        )  # up to 50 lies in the lower band: no control
        self.assertEqual((low.pairs(), low.findings()), (set(), []))
        both = graph(
            "A>B 60", band("A", 25, 50), band("B", 25, 50)
        )  # over 25 + over 25: control
        self.assertIn(("A", "X"), both.pairs())
        (finding,) = graph("A>X 20", band("A", 25, 50)).findings()
        self.assertEqual((finding.code, finding.votes), ("unknown", 45))

    def test_unknown_share_is_not_zero(self):
        unknown = Edge("A", "X", votes_min=Decimal(0), votes_max=Decimal(100))
        (finding,) = graph("X>Y 60", unknown).findings()
        self.assertEqual(
            (finding.code, finding.parties, finding.company), ("unknown", {"A"}, "X")
        )

    def test_c36_joint_control(self):
        contract = [Edge(party, "X", kind="joint") for party in "AB"]
        joint = graph("A>X 40, B>X 40, C>X 20, A>S 60", *contract)
        self.assertEqual(joint.joint_control(), {"X": frozenset("AB")})
        self.assertGroups(joint, "AS")
        self.assertIn("joint", joint.groups()[0].flags)
        self.assertEqual(joint.ultimate_controllers("X"), frozenset("AB"))

    def test_conflict(self):
        """Two unrelated parties control X, one by votes and one by the articles."""
        conflict = graph("A>X 60, X>Y 100", Edge("B", "X", kind="articles"))
        (group,) = conflict.groups()
        self.assertEqual(group.flags, {"conflict"})
        self.assertEqual((group.roots, group.ultimate), (set("AB"), set("AB")))
        (finding,) = group.findings  # at X only: Y follows from it
        self.assertEqual((finding.parties, finding.company), (set("AB"), "X"))

    def test_no_conflict_inside_a_chain_or_a_family(self):
        chain = graph("A>X 60, A>B 60", Edge("B", "X", kind="articles"))
        self.assertEqual(chain.findings(), [])
        family = graph("A>X 60", Edge("B", "X", kind="articles"), families=["AB"])
        self.assertEqual(family.findings(), [])

    def test_wrong_edges(self):
        for error, values in [
            (TypeError, {"votes": 0.5}),
            (ValueError, {"votes": -1}),
            (ValueError, {"kind": "friendship"}),
            (ValueError, {"votes_min": Decimal(60), "votes_max": Decimal(50)}),
            (
                ValueError,
                {
                    "votes_min": Decimal(50),
                    "votes_max": Decimal(50),
                    "min_exclusive": True,
                },
            ),
        ]:
            with self.assertRaises(error):
                Edge("A", "B", **values)


@tagged("post_install", "-at_install")
class TestReasons(EngineCase):
    """Every result says why."""

    def test_direct_and_through_a_controlled_company(self):
        """A holds 40 % directly and 15 % through C, which A controls by 55 %."""
        why = graph("A>T 40, C>T 15, A>C 55, A>Z 90").explain("A", "T")
        self.assertEqual(
            [
                {
                    "held": "C",
                    "seeds": ["A"],
                    "kind": "votes",
                    "votes": "55",
                    "base": "100",
                    "share": "55.0000",
                    "step": 1,
                    "via": [
                        {
                            "holder": "A",
                            "direct": True,
                            "kind": "equity",
                            "votes": "55",
                            "votes_max": "55",
                            "seats": 0,
                            "seats_total": None,
                            "grantor": None,
                        }
                    ],
                },
                {
                    "held": "T",
                    "seeds": ["A"],
                    "kind": "votes",
                    "votes": "55",
                    "base": "100",
                    "share": "55.0000",
                    "step": 2,
                    "via": [
                        {
                            "holder": "A",
                            "direct": True,
                            "kind": "equity",
                            "votes": "40",
                            "votes_max": "40",
                            "seats": 0,
                            "seats_total": None,
                            "grantor": None,
                        },
                        {
                            "holder": "C",
                            "direct": False,
                            "kind": "equity",
                            "votes": "15",
                            "votes_max": "15",
                            "seats": 0,
                            "seats_total": None,
                            "grantor": None,
                        },
                    ],
                },
            ],
            [step.as_dict() for step in why],
        )

    def test_no_control_no_reason(self):
        self.assertEqual(graph("A>T 40").explain("A", "T"), [])
        self.assertEqual(graph("A>T 60").explain("A", "A"), [])

    def test_reason_ends_at_the_seeds_in_a_cycle(self):
        published = ControlGraph(edges(PUBLISHED))
        for seed, held in PUBLISHED_CONTROL.items():
            for target in held.split():
                proven = {seed}
                for step in published.explain(seed, target):
                    self.assertLessEqual({stake.holder for stake in step.via}, proven)
                    proven.add(step.held)
                self.assertIn(target, proven)
