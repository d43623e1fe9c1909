"""How much of a company somebody owns along all chains: multiplied along, added across.

Integrated ownership is A + A^2 + A^3 + ... = N - I with N = (I - A)^-1 for the matrix A
of direct shares. It is exact here (fractions) and *refused* where the series has no
sum. With reciprocal holdings the raw figure counts a loop again and again; the net
figure divides by the holder's own diagonal of N. Source: spec 2.3 (Brioschi, Baldone).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from .edge import EQUITY, NOMINEE, Edge
from .graph import components

Shares = dict[Hashable, dict[Hashable, Fraction]]


class Ownership:
    """Direct shares of one day, and what follows from them.

    ``edges`` are taken as they are (filter them by day first); only equity counts, and
    shares held through a nominee count for the beneficial owner. ``treasury`` and a
    holding of a company in itself are no owner's: the others own the company in
    proportion.
    """

    def __init__(
        self, edges: Iterable[Edge], treasury: Mapping[Hashable, Decimal] | None = None
    ):
        self.shares: Shares = defaultdict(dict)
        self._holders: dict[Hashable, set] = defaultdict(set)
        own = {node: Fraction(share) / 100 for node, share in (treasury or {}).items()}
        behind = []
        for edge in edges:
            share = Fraction(edge.equity) / 100
            if edge.holder == edge.held:
                own[edge.held] = max(own.get(edge.held, 0), share)
            elif edge.kind == NOMINEE and edge.grantor is not None:
                behind.append((edge, share))
            elif edge.kind in (EQUITY, NOMINEE) and share:
                self._add(edge.holder, edge.held, share)
        for edge, share in behind:
            self._uncover(edge, share)
        for held, treasure in own.items():
            for holder in self._holders.get(held, ()):
                if treasure < 1:
                    self.shares[holder][held] /= 1 - treasure

    def _add(self, holder: Hashable, held: Hashable, share: Fraction):
        row = self.shares[holder]
        row[held] = row.get(held, Fraction(0)) + share
        self._holders[held].add(holder)

    def _uncover(self, edge: Edge, share: Fraction):
        """Move shares from the nominee to the owner behind; unstated means all."""
        registered = self.shares[edge.grantor].get(edge.held, Fraction(0))
        share = share or registered
        if registered:
            self.shares[edge.grantor][edge.held] = max(Fraction(0), registered - share)
        if share:
            self._add(edge.holder, edge.held, share)

    def integrated(
        self, holder: Hashable, held: Hashable, *, net: bool = False
    ) -> Decimal | None:
        """Per cent of ``held`` owned by ``holder``, or ``None``: refused, which is not
        zero.

        Nodes between the two are eliminated one by one. The series has a sum exactly
        when every pivot stays positive (I - A is then an M-matrix), so the refusal
        needs no eigenvalue.

        >>> shares = Ownership([Edge("P", "H", equity=51), Edge("H", "O", equity=51)])
        >>> shares.integrated("P", "O")
        Decimal('26.01')
        >>> mutual = [Edge("A", "B", equity=100), Edge("B", "A", equity=100)]
        >>> Ownership(mutual).integrated("A", "B") is None
        True
        """
        weights = self._between(holder, held)
        for node in [n for ring in components(list(weights), weights) for n in ring]:
            if node not in (holder, held) and not _eliminate(weights, node):
                return None
        loop = weights.get(holder, {}).get(holder, Fraction(0))
        share = loop
        if holder != held:
            back = weights.get(held, {})
            pivot = 1 - back.get(held, Fraction(0))
            if pivot <= 0:
                return None
            share = weights.get(holder, {}).get(held, Fraction(0)) / pivot
            loop += share * back.get(holder, Fraction(0))
        if loop >= 1:
            return None
        return _per_cent(share if net else share / (1 - loop))

    def _between(self, holder: Hashable, held: Hashable) -> Shares:
        """Direct shares among the nodes on the chains from ``holder`` to ``held``."""
        forth = _reach(holder, self.shares)
        back = _reach(held, self._holders)
        nodes = (forth & back) | {holder, held}
        return {
            node: {
                y: share for y, share in self.shares.get(node, {}).items() if y in nodes
            }
            for node in nodes
        }

    def simple_paths(self, holder: Hashable, max_paths: int = 100_000) -> dict | None:
        """Per cent of every company owned by ``holder`` along paths without a revisit.

        The "close links" measure of the euro area: loops are walked once. ``None`` when
        more than ``max_paths`` paths would have to be walked.

        >>> ring = [Edge(*pair, equity=50) for pair in ("AB", "BC", "CA")]
        >>> Ownership(ring).simple_paths("A")
        {'B': Decimal('50'), 'C': Decimal('25')}
        """
        found: dict[Hashable, Fraction] = {}
        path, walked = {holder}, 0
        work = [(holder, Fraction(1), iter(self.shares.get(holder, {}).items()))]
        while work:
            node, weight, successors = work[-1]
            step = next(successors, None)
            if step is None:
                path.discard(node)
                work.pop()
                continue
            held, share = step
            if held in path or not share:
                continue
            walked += 1
            if walked > max_paths:
                return None
            found[held] = found.get(held, Fraction(0)) + weight * share
            path.add(held)
            work.append((held, weight * share, iter(self.shares.get(held, {}).items())))
        return {held: _per_cent(share) for held, share in found.items()}

    def close_links(self, threshold: Decimal = Decimal(20)) -> dict[tuple, Decimal]:
        """All pairs (holder, held) with at least ``threshold`` % along simple paths."""
        return {
            (holder, held): share
            for holder in list(self.shares)
            for held, share in (self.simple_paths(holder) or {}).items()
            if share >= threshold
        }


def _eliminate(weights: Shares, node: Hashable) -> bool:
    """Replace chains over ``node`` by direct shares; False: the series has no sum."""
    out = weights.pop(node)
    pivot = 1 - out.pop(node, Fraction(0))
    if pivot <= 0:
        return False
    for row in weights.values():
        share = row.pop(node, None)
        if share:
            for held, onward in out.items():
                row[held] = row.get(held, Fraction(0)) + share * onward / pivot
    return True


def _reach(start: Hashable, outgoing: Mapping[Hashable, Iterable]) -> set:
    """``start`` and all that can be reached from it."""
    seen, todo = {start}, [start]
    while todo:
        for node in outgoing.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


def _per_cent(share: Fraction) -> Decimal:
    """A fraction as a per cent, to the precision of the decimal context."""
    share *= 100
    return Decimal(share.numerator) / Decimal(share.denominator)
