"""The same control groups over millions of stakes: integers, arrays, few passes.

``ControlGraph`` answers every question about one component; this module answers one
question about the whole register: which companies belong together. Stakes of more than
a half are links and need no more than a partition. Smaller stakes may add up in the
hands of one controller: a bound first tells where they could (all stakes of a component
taken together), and only there control is followed exactly. Standard library only.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import accumulate, compress
from operator import and_, gt

from .stakes import FULL, Stakes, half_of, integers

#: Turns flags of 0 and 1 around.
NOT = b"\1\0" + bytes(254)


class Labels:
    """A partition of 0 … size - 1; each set is named after its smallest node."""

    def __init__(self, size: int):
        self.parent = integers(range(size))

    def find(self, node: int) -> int:
        parent = self.parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def link(self, a: int, b: int) -> int:
        """Put both into one set and return its name."""
        a, b = self.find(a), self.find(b)
        if a > b:
            a, b = b, a
        self.parent[b] = a
        return a

    def link_all(self, ones: Iterable[int], others: Iterable[int]):
        """``link`` the two ends of every link; spelled out for speed."""
        parent = self.parent
        for a, b in zip(ones, others, strict=True):
            while parent[a] != a:
                parent[a] = a = parent[parent[a]]
            while parent[b] != b:
                parent[b] = b = parent[parent[b]]
            if a < b:
                parent[b] = a
            else:
                parent[a] = b

    def flat(self) -> array:
        """Node -> name of its set."""
        parent = self.parent
        for node, above in enumerate(parent):  # names are smaller, so they are flat
            parent[node] = parent[above]
        return parent


def components(ones: array, others: array, size: int) -> array:
    """Node -> smallest node of its connected component over the given links.

    >>> list(components([0, 3], [2, 4], 5))
    [0, 1, 0, 3, 3]
    """
    labels = Labels(size)
    labels.link_all(ones, others)
    return labels.flat()


def detect(
    stakes: Stakes,
    *,
    treasury: Mapping[int, int] | None = None,
    stop: Collection[int] = (),
    clusters: Iterable[Collection[int]] = (),
    size: int = 0,
) -> array:
    """Node -> smallest node of its control group; alone, the node itself.

    ``treasury``  company -> votes that it holds in itself (a stake in oneself counts)
    ``stop``      state bodies: their stakes are left out
    ``clusters``  families; what one controls is linked, its persons are not
    ``size``      more nodes than the stakes name: 0 … size - 1

    >>> register = Stakes.of([(1, 2, 600_000), (1, 3, 300_000), (2, 3, 200_001)])
    >>> list(detect(register, size=5))
    [0, 1, 1, 1, 4]
    """
    size = max(size, stakes.size)
    clusters = [[node for node in cluster if node < size] for cluster in clusters]
    stakes = stakes.without(stop)
    half = stakes.halves(treasury or {}, size)
    labels = Labels(size)
    telling = _small_and_telling(stakes, half, labels)
    bound = _bound(telling, half, labels, clusters)
    if bound:
        Walk(_inside(bound, stakes, telling, half), half).link(labels, clusters)
    return labels.flat()


def _small_and_telling(
    stakes: Stakes, half: array, labels: Labels | None = None
) -> Stakes:
    """The stakes that might add up to control: those of half the votes or less, in
    companies of which they together are more. The others link ``labels``."""
    small = array("q", bytes(8 * len(half)))
    pairs = zip(stakes.held, stakes.weight, strict=True)
    alone = bytes([weight > half[held] for held, weight in pairs])
    if labels:
        ones, others = compress(stakes.holder, alone), compress(stakes.held, alone)
        labels.link_all(ones, others)
    rest = alone.translate(NOT)
    for held, weight in compress(zip(stakes.held, stakes.weight, strict=True), rest):
        small[held] += weight
    enough = bytes(map(gt, small, half))  # per company; flags are fast to look up
    rows = compress(stakes, map(and_, rest, map(enough.__getitem__, stakes.held)))
    return Stakes.of(row for row in rows if row[0] != row[1])


class Bound(Labels):
    """A partition at least as coarse as control: a set controls whatever all its stakes
    together would. ``merged``: a node of every set that goes beyond the links."""

    def __init__(self, labels: Labels, half: array):
        self.parent, self.half = labels.parent[:], half
        self.merged: list[int] = []
        self.votes: dict[int, dict[int, int]] = defaultdict(dict)
        self.todo: list[tuple[int, int]] = []

    def count(self, name: int, held: int, weight: int):
        tally = self.votes[name]
        tally[held] = votes = tally.get(held, 0) + weight
        if votes > self.half[held]:
            self.todo.append((name, held))

    def merge(self, a: int, b: int):
        """One set of two, and of their stakes: the shorter list joins the longer."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        long, short = self.votes.pop(a, {}), self.votes.pop(b, {})
        if len(long) < len(short):
            long, short = short, long
        name = self.link(a, b)
        self.merged.append(name)
        self.votes[name] = long
        for held, weight in short.items():
            self.count(name, held, weight)


def _bound(
    telling: Stakes, half: array, labels: Labels, clusters: Collection[list[int]]
) -> Bound | None:
    """Where stakes may add up; nothing when they nowhere do."""
    bound = Bound(labels, half)
    for cluster in clusters:
        bound.merged += cluster
        for node in cluster[1:]:
            bound.merge(cluster[0], node)
    for holder, held, weight in telling:
        bound.count(bound.find(holder), held, weight)
    while bound.todo:
        bound.merge(*bound.todo.pop())
    return bound if bound.merged else None


def _inside(bound: Bound, stakes: Stakes, telling: Stakes, half: array) -> Stakes:
    """The stakes held by the sets of which the bound says more than the links do."""
    blocks = {bound.find(node) for node in bound.merged}
    inside = bytearray(name in blocks for name in bound.flat())
    found = Stakes.of(row for row in telling if inside[row[0]])
    for holder, held, weight in compress(
        stakes, map(inside.__getitem__, stakes.holder)
    ):
        if weight > half[held] and holder != held:
            found.add(holder, held, weight)
    return found


class Walk:
    """Exact control: only controllers that nobody controls are followed, each through
    the votes that it commands, so that a company is visited about once."""

    def __init__(self, stakes: Stakes, half: array):
        size = len(half)
        self.half = half
        self.holders = sorted({*stakes.holder})
        self.boss = integers([-1]) * size  # somebody who controls the node alone
        self.stamp = integers([-1]) * size
        self.held, self.weight = integers(stakes.held), integers(stakes.weight)
        # sorted by holder: the stakes of n come to lie at start[n] … start[n + 1] - 1
        start = integers([0]) * (size + 2)
        for holder in stakes.holder:
            start[holder + 2] += 1
        self.start = start = integers(accumulate(start))
        for holder, held, weight in stakes:
            place = start[holder + 1]
            start[holder + 1] = place + 1
            self.held[place] = held
            self.weight[place] = weight
            if weight > half[held]:
                self.boss[held] = holder

    def link(self, labels: Labels, clusters: Iterable[Collection[int]]):
        """Put every controller into one set with all that it controls."""
        covered = set()
        free = [node for node in self.holders if self.boss[node] < 0]
        for node in (*free, *self.holders):  # the rest hangs below a circle of control
            if node not in covered:
                top = self._circle_above(node)
                for under in self.controlled((top,), top):
                    covered.add(under)
                    labels.link(top, under)
                covered.add(top)
        for number, cluster in enumerate(clusters):
            under = self.controlled(cluster, len(self.half) + number)
            first = next(under, None)
            for node in under:
                labels.link(first, node)

    def _circle_above(self, node: int) -> int:
        """The node itself when nobody controls it alone."""
        seen = set()
        while node not in seen and self.boss[node] >= 0:
            seen.add(node)
            node = self.boss[node]
        return node

    def controlled(self, seeds: Iterable[int], mark: int) -> Iterator[int]:
        """The least fixpoint from ``seeds``; ``mark`` is this walk's own number."""
        start, held, weight = self.start, self.held, self.weight
        half, stamp = self.half, self.stamp
        todo, tally = list(seeds), {}
        for node in todo:
            stamp[node] = mark
        while todo:
            holder = todo.pop()
            for place in range(start[holder], start[holder + 1]):
                node = held[place]
                if stamp[node] == mark:
                    continue
                votes = weight[place]
                if votes <= half[node]:
                    votes = tally[node] = tally.get(node, 0) + votes
                    if votes <= half[node]:
                        continue
                stamp[node] = mark
                todo.append(node)
                yield node


def regroup(
    changed: Iterable[int],
    peers: Callable[[Collection[int]], Iterable[int]],
    stakes: Callable[[Collection[int]], Iterable[tuple[int, int, int]]],
    *,
    treasury: Mapping[int, int] | None = None,
    stop: Collection[int] = (),
    clusters: Collection[frozenset] = (),
) -> dict[int, int]:
    """What ``detect`` would say now, for the part that a change can touch.

    ``changed``   both ends of every stake that was added, changed or ended; of a change
                  of treasury shares the company and its holders
    ``peers``     nodes -> all nodes of their groups as known so far, and all persons of
                  the clusters that hold these groups together
    ``stakes``    nodes -> rows (holder, held, weight) of all that these nodes hold
    ``treasury``  own shares; here a stake in oneself must be in it, too
    ``clusters``  families; those without a person in the part are ignored

    Returns node -> smallest node of its group, for every node of that part. Only groups
    that hold a changed end can lose members; others join when something in the part is
    found to control one of theirs, and are then looked at whole.
    """
    region: set[int] = set()
    rows: list[tuple[int, int, int]] = []
    todo = set(changed)
    while todo:
        fresh = todo.union(peers(todo)) - region
        region |= fresh
        rows += stakes(fresh)
        families = [cluster for cluster in clusters if not region.isdisjoint(cluster)]
        names = _names(rows, region, treasury or {}, stop, families)
        shared = {name for node, name in names.items() if node != name}
        todo = {node for node, name in names.items() if name in shared}
        todo = todo.union(*families) - region
    return {node: names[node] for node in region}


def _names(rows, region, treasury, stop, clusters) -> dict[int, int]:
    """Groups among a few nodes with large numbers: renumber them in order, and back."""
    nodes = sorted(region.union({held for _, held, _ in rows}, *clusters))
    number = {node: index for index, node in enumerate(nodes)}
    groups = detect(
        Stakes.of(
            (number[holder], number[held], votes) for holder, held, votes in rows
        ),
        treasury={number[n]: votes for n, votes in treasury.items() if n in number},
        stop=[number[node] for node in stop if node in number],
        clusters=[[number[node] for node in cluster] for cluster in clusters],
        size=len(nodes),
    )
    return {node: nodes[name] for node, name in zip(nodes, groups, strict=True)}


def loose(
    stakes: Stakes,
    names: array,
    *,
    treasury: Mapping[int, int] | None = None,
    stop: Collection[int] = (),
) -> set[int]:
    """Names of groups whose stakes together are more than a half of a company outside:
    no single controller has them all. Rare, for a person to look at, and not for
    ``join``.

    >>> rows = [(1, 2, 600_000), (3, 2, 600_000), (1, 4, 300_000), (3, 4, 300_000)]
    >>> register = Stakes.of(rows)
    >>> loose(register, detect(register))
    {1}
    """
    stakes = stakes.without(stop)
    half = stakes.halves(treasury or {}, len(names))
    together: dict[tuple[int, int], int] = defaultdict(int)
    for holder, held, weight in _small_and_telling(stakes, half):
        if names[holder] != names[held]:
            together[names[holder], held] += weight
    return {name for (name, held), votes in together.items() if votes > half[held]}


def join(
    stake: tuple[int, int, int],
    names: Callable[[Collection[int]], Mapping[int, int]],
    size: Callable[[int], int],
    incoming: Callable[[Collection[int]], Iterable[tuple[int, int, int]]],
    outgoing: Callable[[int], Iterable[tuple[int, int, int]]],
    *,
    treasury: Mapping[int, int] | None = None,
    loose: Collection[int] = (),
) -> tuple[int, int] | None:
    """What one *new* stake does, at the cost of the smaller of two groups.

    What two groups win together that neither had, both hold a part of; so only what the
    smaller one holds is read. Inside one group nothing is won. Both are true of groups
    that are not ``loose``.

    ``stake``     (holder, held, weight), already recorded
    ``names``     nodes -> node -> name of its group as known so far
    ``size``      name -> how many nodes the group has
    ``incoming``  companies -> rows (holder, held, weight) of all stakes in them
    ``outgoing``  name -> rows of all that the members of this group hold
    ``treasury``  own shares, those recorded as a stake in oneself included

    Returns the two names of groups that are now one, or the same name twice when
    nothing changes, or ``None`` when a bound cannot tell: then ``regroup`` does. Not
    for state bodies, nor for groups that a family holds together.
    """
    holder, held, weight = stake
    name = names([holder, held])
    pair = ours, theirs = name[holder], name[held]
    half = defaultdict(lambda: FULL // 2)
    half.update((node, half_of(own)) for node, own in (treasury or {}).items())
    if ours in loose or theirs in loose:
        return None
    if ours == theirs:
        return pair
    alone = weight > half[held]
    rows = outgoing(min(pair, key=size)) if alone else [stake]
    targets = {row[1] for row in rows if row[0] != row[1]} - {held if alone else None}
    rows = [row for row in incoming(targets) if row[0] != row[1]]
    name = names({node for row in rows for node in row[:2]})
    together: dict[int, int] = defaultdict(int)
    for investor, company, votes in rows:
        if name[investor] in (pair if alone else (ours,)):
            together[company] += votes
    for company, votes in together.items():
        if votes > half[company] and not (alone and name[company] in pair):
            return None
    return pair if alone else (ours, ours)


def difference(old: array, new: array) -> Iterator[tuple[int, int]]:
    """Rows (node, name) to be written: where the names differ, and all new nodes."""
    for node, (before, after) in enumerate(zip(old, new, strict=False)):
        if before != after:
            yield node, after
    for node in range(len(old), len(new)):
        yield node, new[node]
