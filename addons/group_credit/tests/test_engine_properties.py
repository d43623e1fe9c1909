"""What must hold for every graph (spec 2.7, invariants), on random ones."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..engine.basis import order
from ..engine.control import ControlGraph, Edge
from ..engine.graph import components
from ..engine.ownership import Ownership
from ..engine.register import over_claimed
from .engine_case import EngineCase

NODES = range(8)
STATED = ("articles", "consolidation", "vie", "manual")
examples = settings(deadline=None, max_examples=300, database=None)

node = st.sampled_from(NODES)
pair = st.tuples(node, node)
share = st.sampled_from(
    [Decimal(x) for x in ("0.0001", "10", "16", "25", "34", "49.9999", "50", "50.0001")]
)


@st.composite
def vote_edge(draw):
    holder, held = draw(pair)
    return Edge(holder, held, votes=draw(share), equity=draw(share))


@st.composite
def band_edge(draw):
    (holder, held), bounds = draw(pair), sorted([draw(share), draw(share)])
    exclusive = draw(st.booleans()) and bounds[0] < bounds[1]
    return Edge(
        holder, held, votes_min=bounds[0], votes_max=bounds[1], min_exclusive=exclusive
    )


@st.composite
def fact_edge(draw):
    (holder, held), kind = (
        draw(pair),
        draw(st.sampled_from((*STATED, "joint", "board"))),
    )
    seats = draw(st.integers(0, 7)) if kind == "board" else None
    return Edge(holder, held, kind=kind, seats=seats, seats_total=seats and 7)


@st.composite
def proxy_edge(draw):
    (holder, held), kind = draw(pair), draw(st.sampled_from(("proxy", "nominee")))
    votes = draw(share | st.just(Decimal(0)))
    return Edge(holder, held, votes=votes, kind=kind, grantor=draw(node))


few = {"min_size": 1, "max_size": 6}
many = {"min_size": 10, "max_size": 24}  # hypothesis keeps lists short if it may
anyhow = vote_edge() | band_edge() | fact_edge()
votes_only = st.lists(vote_edge(), **few) | st.lists(vote_edge(), **many)
monotone = st.lists(anyhow, **few) | st.lists(anyhow, **many)
anything = st.lists(anyhow | proxy_edge(), **few) | st.lists(
    anyhow | proxy_edge(), **many
)
clusters = st.lists(st.frozensets(node, min_size=2, max_size=3), max_size=2)


def brute_force(edges, seeds, stop=frozenset()):
    """What ``seeds`` control: the meet of all sets that are closed under control.

    A set is closed when no company outside it is controlled by its members together.
    """
    held = {edge.held for edge in edges} - stop - seeds
    least = held
    for size in range(len(held) + 1):
        for chosen in map(frozenset, combinations(held, size)):
            if not any(_wins(edges, seeds | chosen, y) for y in held - chosen):
                least &= chosen
    return least


def _wins(edges, together, company):
    own = sum(e.votes for e in edges if e.holder == e.held == company)
    own = max([e.votes for e in edges if e.holder == e.held == company], default=own)
    ours = [e for e in edges if e.held == company != e.holder and e.holder in together]
    votes = sum(edge.votes for edge in ours if edge.kind == "equity")
    return votes * 2 > 100 - own or any(edge.kind in STATED for edge in ours)


def described(graph):
    """All that a graph says, in a form that can be compared."""
    return (
        graph.pairs(),
        [
            (
                group,
                {node: basis.as_dict() for node, basis in group.bases.items()},
                group.criteria,
            )
            for group in graph.groups()
        ],
        graph.findings(),
        {node: graph.ultimate_controllers(node) for node in graph.nodes},
    )


@tagged("post_install", "-at_install")
class TestControlProperties(EngineCase):
    @examples
    @given(votes_only, st.frozensets(node, min_size=1, max_size=2), st.frozensets(node))
    def test_agrees_with_brute_force(self, edges, seeds, stop):
        found = ControlGraph(edges, stop=stop).controlled_by(seeds)
        self.assertEqual(set(found), brute_force(edges, seeds, stop))

    @examples
    @given(votes_only, clusters, st.frozensets(node, max_size=2))
    def test_groups_are_components_of_control(self, edges, families, stop):
        families = [family - stop for family in families]
        graph = ControlGraph(edges, families=families, stop=stop)
        companies = set(graph.nodes) - graph.persons - stop
        units = [frozenset([n]) for n in graph.nodes if n not in stop] + families
        linked = {
            frozenset(link)
            for unit in units
            if unit
            for link in combinations(
                (brute_force(edges, unit, stop) | unit) & companies, 2
            )
        }
        both_ways = {a: {b for b in companies if {a, b} in linked} for a in companies}
        expected = [
            frozenset(c) for c in components(companies, both_ways) if len(c) > 1
        ]
        self.assertEqual({group.members for group in graph.groups()}, set(expected))

    @examples
    @given(anything, clusters, st.randoms())
    def test_order_of_the_edges_does_not_matter(self, edges, families, random):
        mixed = random.sample(edges, len(edges))
        self.assertEqual(
            described(ControlGraph(edges, families=families)),
            described(ControlGraph(mixed, families=families)),
        )

    @examples
    @given(monotone, anyhow)
    def test_one_more_edge_never_takes_control_away(self, edges, edge):
        if edge.holder == edge.held:  # treasury shares only raise the others' weight
            edge = Edge(edge.holder, edge.held, votes=10)
        before, after = ControlGraph(edges), ControlGraph([*edges, edge])
        self.assertLessEqual(before.pairs(), after.pairs())

    @examples
    @given(anything)
    def test_reasons_prove_what_they_claim(self, edges):
        graph = ControlGraph(edges)
        for seed in graph.nodes:
            for target, basis in graph.controlled_by([seed]).items():
                proven = {seed}
                for step in graph.explain(seed, target):
                    self.assertTrue({stake.holder for stake in step.via} <= proven)
                    proven.add(step.held)
                self.assertIn(target, proven)
                if basis.kind == "votes":
                    held = sum(stake.votes.low for stake in basis.via)
                    self.assertEqual(held, basis.votes)
                    self.assertGreaterEqual(held * 2, basis.base)

    @examples
    @given(anything)
    def test_possible_control_includes_certain_control(self, edges):
        graph = ControlGraph(edges)
        for seed in graph.nodes:
            certain = graph._close([seed])
            self.assertLessEqual(
                certain.keys(), graph._close([seed], possible=True).keys()
            )

    @examples
    @given(votes_only)
    def test_one_ultimate_controller_without_cycles(self, edges):
        """With shares of at most 100 % and equity only."""
        kept = []
        for edge in edges:
            if edge.holder < edge.held and not over_claimed([*kept, edge]):
                kept.append(edge)
        graph = ControlGraph(kept)
        for company in graph.nodes:
            self.assertLessEqual(len(graph.ultimate_controllers(company)), 1)
        self.assertEqual({f.code for f in graph.findings()} - {"exactly_half"}, set())


@tagged("post_install", "-at_install")
class TestOwnershipProperties(EngineCase):
    @examples
    @given(st.lists(st.lists(node, min_size=1, max_size=4), min_size=3, max_size=6))
    def test_ultimate_owners_share_a_complete_register(self, holders):
        """Companies 0.. with all shares sold in equal parts; 8 and 9 are the owners."""
        companies = range(len(holders))
        names = {i: i if i in companies else 8 + i % 2 for i in NODES}
        edges = []
        for company, of in enumerate(holders):
            sold = [names[holder] for holder in of if names[holder] != company] or [8]
            part = Decimal(60) / len(sold)
            edges += [Edge(holder, company, equity=part) for holder in sold]
            edges.append(Edge(9, company, equity=100 - part * len(sold)))
        register = Ownership(edges)
        for company in companies:
            owned = [register.integrated(owner, company) or 0 for owner in (8, 9)]
            self.assertAlmostEqual(sum(owned), 100, 20)

    @examples
    @given(votes_only)
    def test_integrated_ownership_solves_its_equation(self, edges):
        """A~(a, b) = a(a, b) + sum over k of a(a, k) A~(k, b)."""
        register = Ownership(edges)
        for a in NODES:
            for b in NODES:
                whole = register.integrated(a, b)
                parts = {
                    k: register.integrated(k, b) for k in register.shares.get(a, ())
                }
                if whole is None or None in parts.values():
                    continue
                direct = register.shares.get(a, {})
                expected = sum(
                    (_decimal(direct[k]) * part for k, part in parts.items()),
                    100 * _decimal(direct.get(b, 0)),
                )
                self.assertAlmostEqual(whole, expected, 15)
                self.assertLessEqual(register.integrated(a, b, net=True), whole)

    @examples
    @given(votes_only)
    def test_components_are_maximal(self, edges):
        outgoing = {n: [e.held for e in edges if e.holder == n] for n in NODES}
        reach = {n: _reach(n, outgoing) for n in NODES}
        found = {frozenset(ring) for ring in components(NODES, outgoing)}
        expected = {
            frozenset(b for b in NODES if b == a or (b in reach[a] and a in reach[b]))
            for a in NODES
        }
        self.assertEqual(found, expected)
        self.assertEqual(sorted(NODES, key=order), list(NODES))


def _reach(start, outgoing):
    seen = set(outgoing[start])
    todo = list(seen)
    while todo:
        new = set(outgoing[todo.pop()]) - seen
        seen |= new
        todo += new
    return seen


def _decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)
