"""The same control groups over millions of stakes: integers, arrays, one pass.

``ControlGraph`` answers every question about one component; this module answers one
question about the whole register: which companies belong together. Only controllers
that nobody controls are followed, each through the votes it commands, so a company is
visited about once. Nodes are small integers (database ids); shares are ten-thousandths
of a per cent: 50.0001 % is 500,001. Standard library only, about 60 bytes per company.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from operator import eq
from sys import byteorder

FULL = 1_000_000  # 100 %
#: The weight of a fact that gives control without a percentage.
CONTROL = 2**31 - 1
#: Half of the votes of a company that has none: more than any sum of votes.
NO_VOTES = CONTROL - 1
#: COPY BINARY: signature, flags, length of the header's extension; end of data.
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def scaled(percent: Decimal) -> int:
    """A percentage in ten-thousandths of a per cent.

    Raises ``ValueError`` when it has more than four decimals: rounding could move it
    over the threshold.

    >>> scaled(Decimal("50.0001"))
    500001
    """
    weight = percent * 10_000
    if weight != int(weight):
        raise ValueError(f"more than four decimals: {percent}")
    return int(weight)


def integers(values: Iterable[int] = ()) -> array:
    """An array of 32-bit integers."""
    return array("i", values)


def read_copy(data: bytes, columns: int) -> list[array]:
    """The columns of ``COPY (SELECT …) TO STDOUT (FORMAT BINARY)``, as sent.

    All columns are ``integer`` and not null: then every row has the same width, and
    each column is cut out with a stride. Raises ``ValueError`` for anything else.
    """
    width, last = 2 + 8 * columns, len(data) - len(TRAILER)
    rows, rest = divmod(last - len(HEADER), width)
    if rest or not data.startswith(HEADER) or not data.endswith(TRAILER):
        raise ValueError(f"not a binary copy of {columns} integer columns")
    found = []
    for column in range(columns):
        first = len(HEADER) + 2 + 8 * column  # four bytes of length, four of value
        if data[first + 3 : last : width].strip(b"\4"):
            raise ValueError(f"column {column + 1} is not integer, or has nulls")
        raw = bytearray(4 * rows)
        for byte in range(4):
            raw[byte::4] = data[first + 4 + byte : last : width]
        values = integers()
        values.frombytes(raw)
        if byteorder == "little":
            values.byteswap()
        found.append(values)
    return found


@dataclass
class Stakes:
    """Parallel arrays, one entry per stake: ``holder``, ``held``, ``weight``."""

    holder: array = field(default_factory=integers)
    held: array = field(default_factory=integers)
    weight: array = field(default_factory=integers)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> Stakes:
        """From rows (holder, held, weight)."""
        stakes = cls()
        for row in rows:
            stakes.add(*row)
        return stakes

    def add(self, holder: int, held: int, weight: int):
        self.holder.append(holder)
        self.held.append(held)
        self.weight.append(weight)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.holder, self.held, self.weight, strict=True)

    @property
    def size(self) -> int:
        """One more than the largest node."""
        return max(max(self.holder, default=-1), max(self.held, default=-1)) + 1


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

    def flat(self) -> array:
        """Node -> name of its set."""
        parent = self.parent
        for node, above in enumerate(parent):  # names are smaller: they are flat by now
            parent[node] = parent[above]
        return parent


def components(holder: array, held: array, size: int) -> array:
    """Node -> smallest node of its connected component over the given links.

    >>> list(components([0, 3], [2, 4], 5))
    [0, 1, 0, 3, 3]
    """
    labels = Labels(size)
    parent = labels.parent
    for a, b in zip(holder, held, strict=True):
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        if a < b:
            parent[b] = a
        else:
            parent[a] = b
    return labels.flat()


class Detector:
    """Control groups of a whole register.

    ``treasury``  company -> votes that it holds in itself (a stake in oneself counts,
                  too)
    ``stop``      state bodies: their stakes are left out
    """

    def __init__(
        self,
        stakes: Stakes,
        *,
        treasury: Mapping[int, int] | None = None,
        stop: Collection[int] = (),
        size: int = 0,
    ):
        self.size = max(size, stakes.size)
        self.half = integers([FULL // 2]) * self.size  # more than this is control
        self.boss = integers([-1]) * self.size  # somebody who controls it alone
        self._set_half(stakes, treasury or {})
        self._sort_by_holder(self._telling(stakes, frozenset(stop)))
        self.labels = Labels(self.size)
        self.covered = bytearray(self.size)
        self.stamp = integers([-1]) * self.size

    def _set_half(self, stakes: Stakes, treasury: Mapping[int, int]):
        """Treasury shares cast no vote, so that less than half of the issue is
        control."""
        own = {node: votes for node, votes in treasury.items() if node < self.size}
        if any(map(eq, stakes.holder, stakes.held)):
            for holder, held, weight in stakes:
                if holder == held and weight < CONTROL:
                    own[held] = max(own.get(held, 0), weight)
        for node, votes in own.items():
            self.half[node] = (FULL - votes) // 2 if votes < FULL else NO_VOTES

    def _telling(self, stakes: Stakes, stop: frozenset) -> Stakes:
        """The stakes that can matter: alone enough for control, or in a company of
        which the smaller stakes together are."""
        half, boss, telling = self.half, self.boss, Stakes()
        smaller = array("q", bytes(8 * self.size))
        for holder, held, weight in stakes:
            if weight <= half[held]:
                smaller[held] += weight
            elif holder != held and holder not in stop:
                boss[held] = holder
        for holder, held, weight in stakes:
            enough = half[held]
            if (weight > enough or smaller[held] > enough) and holder != held:
                if not stop or (holder not in stop and held not in stop):
                    telling.add(holder, held, weight)
        return telling

    def _sort_by_holder(self, stakes: Stakes):
        """The stakes of n come to lie at start[n] … start[n + 1] - 1."""
        start = integers([0]) * (self.size + 2)
        for holder in stakes.holder:
            start[holder + 2] += 1
        start = integers(accumulate(start))
        self.held, self.weight = integers(stakes.held), integers(stakes.weight)
        for holder, held, weight in stakes:
            place = start[holder + 1]
            start[holder + 1] = place + 1
            self.held[place] = held
            self.weight[place] = weight
        self.start = start

    def groups(self, clusters: Iterable[Collection[int]] = ()) -> array:
        """Node -> smallest node of its control group; alone, the node itself.

        ``clusters``: families; what one controls together is linked, its persons are
        not.
        """
        start, boss, covered = self.start, self.boss, self.covered
        for node in range(self.size):
            if boss[node] < 0 and start[node] != start[node + 1] and not covered[node]:
                self._follow(node)
        for node in range(self.size):  # what is left hangs below a circle of control
            if boss[node] >= 0 and start[node] != start[node + 1] and not covered[node]:
                self._follow(self._circle_above(node))
        for number, cluster in enumerate(clusters):
            self._follow_cluster(cluster, self.size + number)
        return self.labels.flat()

    def _circle_above(self, node: int) -> int:
        seen = set()
        while node not in seen and self.boss[node] >= 0:
            seen.add(node)
            node = self.boss[node]
        return node

    def _follow(self, top: int):
        """Cover and link everything that ``top`` controls."""
        parent, covered = self.labels.parent, self.covered
        name = self.labels.find(top)
        for node in self._controlled((top,), top):
            covered[node] = 1
            if parent[node] == node and node > name:
                parent[node] = name
            else:
                name = self.labels.link(node, name)

    def _follow_cluster(self, cluster: Collection[int], mark: int):
        under = self._controlled([n for n in cluster if n < self.size], mark)
        first = next(under, None)
        for node in under:
            self.labels.link(first, node)

    def _controlled(self, seeds: Iterable[int], mark: int) -> Iterator[int]:
        """The least fixpoint from ``seeds``; ``mark`` tells this walk from all
        others."""
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
                if start[node] != start[node + 1]:
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
    """What ``Detector.groups`` would say now, for the part that a change can touch.

    ``changed``   both ends of every stake that was added, changed or ended; of a change
                  of treasury shares the company and its holders
    ``peers``     nodes -> all nodes of their groups as known so far, and all persons of
                  the clusters that hold these groups together
    ``stakes``    nodes -> rows (holder, held, weight) of all that these nodes hold
    ``treasury``  own shares; here those recorded as a stake in oneself must be in it
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
        todo = {node for node, name in names.items() if name in shared}.union(*families)
        todo -= region
    return {node: names[node] for node in region}


def _names(rows, region, treasury, stop, clusters) -> dict[int, int]:
    """Groups among a few nodes with large numbers: renumber them in order, and back."""
    ends = {held for _holder, held, _weight in rows}
    nodes = sorted(region.union(ends, *clusters))
    number = {node: index for index, node in enumerate(nodes)}
    detector = Detector(
        Stakes.of(
            (number[holder], number[held], weight) for holder, held, weight in rows
        ),
        treasury={number[n]: votes for n, votes in treasury.items() if n in number},
        stop=[number[node] for node in stop if node in number],
        size=len(nodes),
    )
    groups = detector.groups([number[node] for node in cluster] for cluster in clusters)
    return {node: nodes[groups[index]] for index, node in enumerate(nodes)}


def difference(old: array, new: array) -> Iterator[tuple[int, int]]:
    """Rows (node, name) to be written: where the names differ, and all new nodes."""
    for node, (before, after) in enumerate(zip(old, new, strict=False)):
        if before != after:
            yield node, after
    for node in range(len(old), len(new)):
        yield node, new[node]
