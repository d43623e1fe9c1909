"""Which groups go on, merge, split, appear or end between two states of the facts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

NEW, SPLIT, MERGE, MEMBERS, SAME, END = (
    "new",
    "split",
    "merge",
    "members",
    "same",
    "end",
)


@dataclass(frozen=True)
class Difference:
    """What becomes of one group.

    ``before``, ``after``  its number in each state, or none
    ``kind``     ``new``, ``split`` (off another group), ``merge`` (with others),
                 ``members`` (some join or leave), ``same``, ``end``
    ``others``   numbers of the groups, before, that members come from
    """

    kind: str
    before: int | None = None
    after: int | None = None
    joined: frozenset = frozenset()
    left: frozenset = frozenset()
    others: tuple[int, ...] = ()


def differences(
    before: Sequence[Collection[Hashable]], after: Sequence[Collection[Hashable]]
) -> list[Difference]:
    """Every group of either state once; a group goes on where most of it goes.

    >>> [d.kind for d in differences([{1, 2}, {3, 4}], [{1, 2, 3, 4}, {5, 6}])]
    ['merge', 'new']
    >>> [(d.kind, d.left) for d in differences([{1, 2, 3, 4}, {5, 6}], [{1, 2, 3}])]
    [('members', frozenset({4})), ('end', frozenset({5, 6}))]
    """
    old, new = [frozenset(group) for group in before], [frozenset(g) for g in after]
    where = {node: number for number, group in enumerate(old) for node in group}
    pairs = {
        (where[node], number)
        for number, group in enumerate(new)
        for node in group
        if node in where
    }
    match: dict[int, int] = {}
    for i, j in sorted(pairs, key=lambda ij: (-len(old[ij[0]] & new[ij[1]]), ij)):
        if j not in match and i not in match.values():
            match[j] = i
    found = []
    for j, group in enumerate(new):
        i = match.get(j)
        others = tuple(sorted({k for k, to in pairs if to == j and k != i}))
        base = old[i] if i is not None else frozenset()
        joined, left = group - base, base - group
        if i is None:
            kind = SPLIT if others else NEW
        elif any(k not in match.values() for k in others):
            kind = MERGE
        else:
            kind = MEMBERS if joined or left else SAME
        found.append(Difference(kind, i, j, joined, left, others))
    ended = sorted(set(range(len(old))) - set(match.values()))
    return found + [
        Difference(END, i, left=old[i])
        for i in ended
        if not any(k == i for k, _to in pairs)
    ]
