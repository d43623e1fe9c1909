"""Where to draw the parties of a structure chart, and the lines between them.

Controllers stand on top, what they hold below (layers by the longest chain of
holdings). Circles are opened at one edge, which is then drawn upwards. A long layer is
folded into rows. Within a row, order follows the neighbours (barycentres), and a node
stands as near to the middle of its neighbours as the others leave room.

The browser draws the same picture (``layout.esm.js``): a change belongs in both.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf, sqrt

from .graph import components

SWEEPS = 8
PASSES = 3
BESIDE = 18  # a line that is drawn upwards starts and ends beside the others


@dataclass(frozen=True)
class Node:
    """A party; those with ``top`` stay in the first row."""

    id: Hashable
    top: bool = False


@dataclass(frozen=True)
class Line:
    """From holder to held; a ``tie`` (kinship) has no direction."""

    id: Hashable
    source: Hashable
    target: Hashable
    tie: bool = False
    label_width: float = 40


@dataclass(frozen=True)
class Size:
    width: float = 176
    height: float = 58
    gap_x: float = 24
    gap_y: float = 92
    lane: float = 12  # of a line that passes between the nodes of a row
    per_row: int = 0  # 0: by the number of nodes


@dataclass
class Picture:
    """``nodes``: id -> centre (x, y); ``lines``: id -> (path, x, y of the label, in a
    circle)."""

    width: float
    height: float
    nodes: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)


def layout(
    nodes: Iterable[Node], lines: Iterable[Line], size: Size | None = None
) -> Picture:
    """Place nodes and lines; lines to unknown nodes are left out.

    >>> picture = layout([Node("P"), Node("A"), Node("B")], [
    ...     Line(1, "P", "A"), Line(2, "P", "B")])
    >>> picture.nodes
    {'P': (188.0, 29.0), 'A': (88.0, 179.0), 'B': (288.0, 179.0)}
    >>> picture.lines[1]
    ('M188,58C188,104,88,104,88,150', 88.0, 130.0, False)
    """
    return _Layout(list(nodes), list(lines), size or Size()).draw()


class _Layout:
    def __init__(self, nodes: list[Node], lines: list[Line], size: Size):
        self.nodes, self.size = nodes, size
        self.index = {node.id: i for i, node in enumerate(nodes)}
        known = [
            line
            for line in lines
            if line.source in self.index
            and line.target in self.index
            and line.source != line.target
        ]
        self.lines = [line for line in known if not line.tie]
        self.ties = [line for line in known if line.tie]
        self.down: list[list[int]] = [[] for _ in nodes]
        self.up: list[list[int]] = [[] for _ in nodes]
        self.kin: list[list[int]] = [[] for _ in nodes]
        for line in self.lines:
            u, v = self.index[line.source], self.index[line.target]
            if v not in self.down[u]:
                self.down[u].append(v)
                self.up[v].append(u)
        for tie in self.ties:
            u, v = self.index[tie.source], self.index[tie.target]
            self.kin[u].append(v)
            self.kin[v].append(u)
        self._open_circles()
        self.rows = self._fold(self._layers())
        self._add_lanes()
        self._order()
        self._place()

    # ------------------------------------------------------------------ layers

    def _open_circles(self):
        """Turn round one edge of every circle."""
        self.ring = [-1] * len(self.nodes)
        rings = components(range(len(self.nodes)), dict(enumerate(self.down)))
        for number, members in enumerate(rings):
            for node in members if len(members) > 1 else ():
                self.ring[node] = number
        inner = [i for i, number in enumerate(self.ring) if number >= 0]
        entered = [
            i for i in inner if any(self.ring[u] != self.ring[i] for u in self.up[i])
        ]
        first = [i for i in inner if self.nodes[i].top]
        state: dict[int, int] = {}  # 1: on the path, 2: left
        turned: list[tuple[int, int]] = []
        for node in (*first, *entered, *inner):
            if node not in state:
                self._visit(node, state, turned)
        for u, v in turned:
            self.down[u].remove(v)
            self.up[v].remove(u)
            if u not in self.down[v]:
                self.down[v].append(u)
                self.up[u].append(v)

    def _visit(self, start: int, state: dict, turned: list):
        path = [(start, iter(self.down[start]))]
        state[start] = 1
        while path:
            node, successors = path[-1]
            following = next(successors, None)
            if following is None:
                state[node] = 2
                path.pop()
            elif self.ring[following] != self.ring[node]:
                continue
            elif state.get(following) == 1:
                turned.append((node, following))
            elif following not in state:
                state[following] = 1
                path.append((following, iter(self.down[following])))

    def _layers(self) -> list[int]:
        """Layer of every node: below all that hold it, and no higher than it must."""
        count = range(len(self.nodes))
        layer = [0] * len(self.nodes)
        left = [len(above) for above in self.up]
        ready = [i for i in count if not left[i]]
        for node in ready:
            for below in self.down[node]:
                layer[below] = max(layer[below], layer[node] + 1)
                left[below] -= 1
                if not left[below]:
                    ready.append(below)
        last = max(layer, default=0)
        linked = [bool(self.down[i] or self.up[i]) for i in count]
        for i in count:
            if self.down[i] and not self.up[i] and not self.nodes[i].top:
                layer[i] = min(layer[below] for below in self.down[i]) - 1
        for i in count:
            if not linked[i] and not self.nodes[i].top:
                relative = next((k for k in self.kin[i] if linked[k]), None)
                alone = last + 1 if any(linked) else 0
                layer[i] = alone if relative is None else layer[relative]
        return layer

    def _walk(self) -> dict[int, int]:
        """Nodes in the order of a walk from the top: what belongs together is
        together."""
        place: dict[int, int] = {}
        count = range(len(self.nodes))
        tops = [i for i in count if self.nodes[i].top]
        for start in (*tops, *(i for i in count if not self.up[i]), *count):
            stack = [start]
            while stack:
                node = stack.pop()
                if node not in place:
                    place[node] = len(place)
                    stack += [*self.down[node], *self.kin[node]][::-1]
        return place

    def _fold(self, layer: list[int]) -> list[list[int]]:
        """Rows of nodes. In a long layer those that hold others come first, then the
        rest; dealt out in turn, the children of one holder end up in a block."""
        place = self._walk()
        per_row = self.size.per_row or max(8, ceil(sqrt(len(self.nodes)) * 1.4))
        rows = []
        for number in sorted(set(layer)):
            nodes = [i for i, own in enumerate(layer) if own == number]
            nodes.sort(key=place.__getitem__)
            if len(nodes) <= per_row:
                rows.append(nodes)
                continue
            holders = [i for i in nodes if self.down[i]]
            others = [i for i in nodes if not self.down[i]]
            for part in (holders, others):
                wanted = ceil(len(part) / per_row)
                rows += [part[fold::wanted] for fold in range(wanted)]
        return rows

    # ------------------------------------------------------------------ rows

    def _add_lanes(self):
        """Give every line that passes a row a lane there; lines from one holder share
        it. Items are the nodes, then the lanes."""
        self.row = {item: r for r, items in enumerate(self.rows) for item in items}
        self.lanes: dict[tuple[int, int], int] = {}
        self.above: list[list[int]] = [[] for _ in self.nodes]
        self.below: list[list[int]] = [[] for _ in self.nodes]
        for source in [item for items in self.rows for item in items]:
            for target in sorted(self.down[source], key=self.row.__getitem__):
                before = source
                for r in range(self.row[source] + 1, self.row[target]):
                    lane = self.lanes.get((source, r))
                    if lane is None:
                        lane = self._open_lane(source, r)
                    self._join(before, lane)
                    before = lane
                self._join(before, target)

    def _open_lane(self, source: int, r: int) -> int:
        lane = self.lanes[source, r] = len(self.above)
        self.row[lane] = r
        self.above.append([])
        self.below.append([])
        row = self.rows[r]
        siblings = [item for item in row if item in self.down[source]]
        place = row.index(siblings[len(siblings) // 2]) if siblings else len(row)
        row.insert(place, lane)
        return lane

    def _join(self, u: int, v: int):
        if v not in self.below[u]:
            self.below[u].append(v)
            self.above[v].append(u)

    def _order(self):
        """Order each row by its neighbours, and keep the order that crosses least."""
        best = [list(items) for items in self.rows]
        least, idle, last = inf, 0, len(self.rows) - 1
        for sweep in range(SWEEPS):
            if not least or idle >= 3:
                break
            is_down = sweep % 2 == 0
            near = self.above if is_down else self.below
            for i in range(1, last + 1):
                r = i if is_down else last - i
                beside = self.rows[r - 1 if is_down else r + 1]
                self._sort_row(self.rows[r], beside, near)
            crossings = self._crossings()
            idle += 1
            if crossings < least:
                least, idle = crossings, 1
                best = [list(items) for items in self.rows]
        self.rows = best

    def _sort_row(self, row: list[int], beside: list[int], near: Sequence):
        place = {item: p for p, item in enumerate(beside)}
        spread = len(beside) / len(row)
        weight = {
            item: _mean([place[other] for other in near[item]])
            if near[item]
            else p * spread
            for p, item in enumerate(row)
        }
        row.sort(key=weight.__getitem__)

    def _crossings(self) -> int:
        """Crossings between neighbouring rows, counted with a Fenwick tree."""
        crossings = 0
        for upper, lower in pairwise(self.rows):
            place = {item: p for p, item in enumerate(lower)}
            tree = [0] * (len(lower) + 1)
            seen = 0
            for item in upper:
                for end in sorted(place[below] for below in self.below[item]):
                    smaller, i = 0, end + 1
                    while i > 0:
                        smaller += tree[i]
                        i -= i & -i
                    crossings += seen - smaller
                    seen += 1
                    i = end + 1
                    while i <= len(lower):
                        tree[i] += 1
                        i += i & -i
        return crossings

    def _wide(self, item: int) -> float:
        return self.size.width if item < len(self.nodes) else self.size.lane

    def _place(self):
        """Put every item as near to the middle of its neighbours as its row leaves
        room."""
        self.x: dict[int, float] = {}
        offsets = []
        for items in self.rows:
            offset, row = 0.0, []
            for i, item in enumerate(items):
                if i:
                    beside = self._wide(items[i - 1]) + self._wide(item)
                    offset += beside / 2 + self.size.gap_x
                row.append(offset)
                self.x[item] = offset
            offsets.append(row)
        last = len(self.rows) - 1
        for _pass in range(PASSES):
            for r in range(1, last + 1):
                self._place_row(self.rows[r], offsets[r], self.above)
            for r in range(last - 1, -1, -1):
                self._place_row(self.rows[r], offsets[r], self.below)
        shift = min((x - self._wide(i) / 2 for i, x in self.x.items()), default=0)
        self.x = {item: x - shift for item, x in self.x.items()}

    def _place_row(self, row: list[int], offsets: list[float], near: Sequence):
        wanted = [
            (_mean([self.x[other] for other in near[i]]) if near[i] else self.x[i]) - o
            for i, o in zip(row, offsets, strict=True)
        ]
        for i, x, offset in zip(row, fit_rising(wanted), offsets, strict=True):
            self.x[i] = x + offset

    # ------------------------------------------------------------------ drawing

    def draw(self) -> Picture:
        size, step = self.size, self.size.height + self.size.gap_y
        top = size.height / 2 + (size.gap_y / 2 if self.ties else 0)
        at = {item: (x, top + self.row[item] * step) for item, x in self.x.items()}
        right = [self.x[i] + size.width / 2 for i in range(len(self.nodes))]
        picture = Picture(
            max([size.width, *right]),
            top + max(0, len(self.rows) - 1) * step + size.height / 2,
            {node.id: at[i] for i, node in enumerate(self.nodes)},
        )
        ports: dict[int, list] = {}
        for line in self.lines:
            u, v = self.index[line.source], self.index[line.target]
            turned = self.row[u] > self.row[v]
            upper, lower = (v, u) if turned else (u, v)
            rows = range(self.row[upper] + 1, self.row[lower])
            lanes = [at[self.lanes[upper, r]] for r in rows]
            points = [at[upper], *lanes, at[lower]]
            cycle = self.ring[u] >= 0 and self.ring[u] == self.ring[v]
            ports.setdefault(lower, []).append((line, points, turned, cycle))
        for together in ports.values():
            together.sort(key=lambda end: end[1][-2][0] + (BESIDE if end[2] else 0))
            for (line, *rest), x, level in self._ends(together):
                picture.lines[line.id] = self._draw_line(*rest, x, level)
        for tie in self.ties:
            ends = (picture.nodes[tie.source], picture.nodes[tie.target])
            picture.lines[tie.id] = self._draw_tie(*ends)
        return picture

    def _ends(self, together: list) -> Iterable[tuple]:
        """Where the lines into one node end, and the level of each label: labels side
        by side do not cover each other."""
        apart = min(48, (self.size.width - 24) / len(together))
        reached = [-inf] * 3  # how far to the right the labels of each level go
        for i, end in enumerate(together):
            line, points = end[:2]
            x = points[-1][0] + (i - (len(together) - 1) / 2) * apart
            half = line.label_width / 2
            free = (k for k in range(3) if reached[k] <= x - half)
            level = next(free, i % 3)
            reached[level] = x + half + 2
            yield end, x, level

    def _draw_line(self, points, turned, cycle, x, level) -> tuple:
        half = self.size.height / 2
        (start_x, start_y), (_end_x, end_y) = points[0], points[-1]
        stops = [(start_x + (BESIDE if turned else 0), start_y + half)]
        for lane_x, lane_y in points[1:-1]:
            stops += [(lane_x, lane_y - half), (lane_x, lane_y + half)]
        stops.append((x, end_y - half))
        if turned:
            stops.reverse()
        return _smooth(stops), x, end_y - half - 20 - 18 * level, cycle

    def _draw_tie(self, a: tuple, b: tuple) -> tuple:
        """An arc over two relatives in one row, a plain line between rows."""
        if a[1] != b[1]:
            return _smooth([a, b]), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, False
        y, gap = a[1] - self.size.height / 2, self.size.gap_y
        rise = _number(y - gap / 2)
        left, right, base = _number(a[0]), _number(b[0]), _number(y)
        path = f"M{left},{base}C{left},{rise},{right},{rise},{right},{base}"
        return path, (a[0] + b[0]) / 2, y - gap * 0.375, False


def fit_rising(values: Iterable[float]) -> list[float]:
    """The rising sequence nearest to ``values`` (pools adjacent violators).

    >>> fit_rising([1, 5, 3, 9])
    [1.0, 4.0, 4.0, 9.0]
    """
    pools: list[list] = []
    for value in values:
        pools.append([value, 1])
        while len(pools) > 1 and (
            pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]
        ):
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    return [total / count for total, count in pools for _ in range(count)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _smooth(stops: Sequence[tuple[float, float]]) -> str:
    """A path that leaves and reaches every stop straight down."""
    path = f"M{_number(stops[0][0])},{_number(stops[0][1])}"
    for (px, py), (qx, qy) in pairwise(stops):
        middle = _number((py + qy) / 2)
        ends = f"{_number(qx)},{middle},{_number(qx)},{_number(qy)}"
        path += f"C{_number(px)},{middle},{ends}"
    return path
