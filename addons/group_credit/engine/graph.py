"""Two classics on plain mappings: strongly connected components, and a partition by
links."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping


def components(
    nodes: Iterable[Hashable], outgoing: Mapping[Hashable, Iterable]
) -> list[list]:
    """Strongly connected components, each after all that it reaches (Tarjan, without
    recursion).

    >>> components("abc", {"a": "b", "b": "ac"})
    [['c'], ['b', 'a']]
    """
    index: dict[Hashable, int] = {}
    low: dict[Hashable, int] = {}
    stack: list = []
    waiting: set = set()
    found = []
    for start in nodes:
        if start in index:
            continue
        work = [(start, iter(outgoing.get(start, ())))]
        index[start] = low[start] = len(index)
        stack.append(start)
        waiting.add(start)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    waiting.add(successor)
                    work.append((successor, iter(outgoing.get(successor, ()))))
                    break
                if successor in waiting:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    ring = [stack.pop()]
                    while ring[-1] != node:
                        ring.append(stack.pop())
                    waiting.difference_update(ring)
                    found.append(ring)
    return found


class Partition:
    """Sets that merge: ``link`` two nodes, then read the ``parts``.

    >>> partition = Partition()
    >>> partition.link("a", "b"); partition.link("b", "c"); partition.find("d")
    'd'
    >>> partition.parts()
    [['a', 'b', 'c'], ['d']]
    """

    def __init__(self):
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, node: Hashable) -> Hashable:
        """The node that stands for the set of ``node``."""
        parent = self._parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def link(self, a: Hashable, b: Hashable):
        """Put both into one set."""
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parent[b] = a

    def parts(self) -> list[list]:
        """The sets, in the order in which they were first named."""
        sets: dict[Hashable, list] = {}
        for node in self._parent:
            sets.setdefault(self.find(node), []).append(node)
        return list(sets.values())
