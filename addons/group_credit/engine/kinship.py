"""Kinship: who is a near relative of whom, and whose companies make one group.

Two people related by blood are (i, j) generations below their nearest common ancestor.
Lineal: one is the other's ancestor (i or j is 0). Collateral: both are below it. "Three
generations lineal, two collateral" counts oneself as the first generation, which is
just the list of the Civil Code, Art. 1045; counting from the next one is a setting
(``exclusive``). ``listed`` adds the relatives by marriage that the listing rules name.
Source: 2010 guideline Art. 3(3); spec 2.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

#: Furthest generations (lineal, collateral) below the common ancestor.
PROFILES = {"inclusive": (2, 1), "exclusive": (3, 2), "listed": (2, 1)}
#: Relatives by marriage of the listing rules: parents and siblings of the spouse,
#: spouses of children and siblings, parents of a child's spouse.
LISTED = {
    ("spouse", 1, 0),
    ("spouse", 1, 1),
    ("relative", 0, 1),
    ("relative", 1, 1),
    ("both", 1, 1),
}
#: Steps of parent, child or spouse to the furthest of them all (first cousins).
FURTHEST = 4
#: Ties that make a parent; an upbringing step-parent is one, subject to review.
PARENTS = ("parent", "adoptive", "step")
TIES = (*PARENTS, "spouse", "sibling")


class Degree(NamedTuple):
    """How two people are related.

    ``kind``    self, lineal, collateral, spouse, affinity, none
    ``i, j``    generations of the first and of the second below the common ancestor; of
                relatives by marriage, those of the blood relation in it
    ``side``    affinity only: the second is of the first's ``spouse``'s family, is the
                spouse of the first's ``relative``, or ``both``
    ``review``  it rests on a step-parent's upbringing: a person must confirm
    """

    kind: str
    i: int | None = None
    j: int | None = None
    side: str = ""
    review: bool = False


SELF, SPOUSE, NONE = Degree("self", 0, 0), Degree("spouse"), Degree("none")


@dataclass(frozen=True)
class Tie:
    """One dated fact of civil status. ``relative`` is the ``parent`` (by birth,
    adoption, or a step-parent with upbringing), ``spouse`` or ``sibling`` of
    ``person``; a sibling is for families whose parents are not on record. Dates are
    half-open."""

    person: Hashable
    relative: Hashable
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self):
        if self.kind not in TIES:
            raise ValueError(f"unknown kind of kinship: {self.kind!r}")
        if self.person == self.relative:
            raise ValueError(f"{self.person!r} is no relative of theirs")

    def in_force(self, day: date | None) -> bool:
        return day is None or (
            (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


@dataclass(eq=False)
class Kinship:
    """The families on record on one day.

    >>> kin = Kinship([Tie("son", "father", "parent"), Tie("son", "mother", "parent")])
    >>> kin.degree("father", "son"), kin.is_near("father", "son")
    (Degree(kind='lineal', i=0, j=1, side='', review=False), True)
    """

    ties: Iterable[Tie]
    as_of: date | None = None
    parents: dict = field(default_factory=lambda: defaultdict(dict), init=False)
    children: dict = field(default_factory=lambda: defaultdict(set), init=False)
    spouses: dict = field(default_factory=lambda: defaultdict(set), init=False)

    def __post_init__(self):
        for tie in self.ties:
            if not tie.in_force(self.as_of):
                continue
            if tie.kind == "spouse":
                self.spouses[tie.person].add(tie.relative)
                self.spouses[tie.relative].add(tie.person)
            elif tie.kind == "sibling":  # the parent they share stays unnamed
                both = _Unnamed(frozenset([tie.person, tie.relative]))
                for child in both.children:
                    self._add_parent(child, both, False)
            else:
                self._add_parent(tie.person, tie.relative, tie.kind == "step")

    def _add_parent(self, child: Hashable, parent: Hashable, review: bool):
        known = self.parents[child].get(parent, True)
        self.parents[child][parent] = known and review
        self.children[parent].add(child)

    def _ancestors(self, person: Hashable) -> dict[Hashable, tuple[int, bool]]:
        """Self and ancestors -> (generations up, over a step-parent or not)."""
        found, line = {person: (0, False)}, [person]
        for node in line:
            steps, review = found[node]
            for parent, step in self.parents.get(node, {}).items():
                if parent not in found:
                    found[parent] = (steps + 1, review or step)
                    line.append(parent)
        return found

    def _blood(self, a: Hashable, b: Hashable) -> Degree:
        ours, theirs = self._ancestors(a), self._ancestors(b)
        common = []
        for ancestor in ours.keys() & theirs.keys():
            (i, step), (j, other_step) = ours[ancestor], theirs[ancestor]
            common.append((max(i, j), step or other_step, i, j))
        if not common:
            return NONE
        _furthest, review, i, j = min(common)
        if not i and not j:
            return SELF
        return Degree("collateral" if i and j else "lineal", i, j, "", review)

    def degree(self, a: Hashable, b: Hashable) -> Degree:
        """The closest relation of ``b`` to ``a``: marriage, blood, then by marriage."""
        if b in self.spouses.get(a, ()):
            return SPOUSE
        blood = self._blood(a, b)
        return self._affinity(a, b) if blood is NONE else blood

    def _affinity(self, a: Hashable, b: Hashable) -> Degree:
        found = []
        for spouse in self.spouses.get(a, ()):
            found.append(self._blood(spouse, b)._replace(side="spouse"))
        for spouse in self.spouses.get(b, ()):
            found.append(self._blood(a, spouse)._replace(side="relative"))
        for child in self.children.get(a, ()):
            for spouse in self.spouses.get(child, ()):
                if b in self.parents.get(spouse, ()):
                    found.append(Degree("both", 1, 1, "both"))
        found = [degree for degree in found if degree.kind != "none"]
        if not found:
            return NONE
        closest = min(found, key=lambda degree: (max(degree.i, degree.j), degree[1:]))
        return closest._replace(kind="affinity")

    def is_near(self, a: Hashable, b: Hashable, profile: str = "inclusive") -> bool:
        """Whether ``b`` counts as a near relative of ``a`` (or is ``a``)."""
        degree = self.degree(a, b)
        if degree.kind in ("self", "spouse"):
            return True
        lineal, collateral = PROFILES[profile]
        if degree.kind == "lineal":
            return max(degree.i, degree.j) <= lineal
        if degree.kind == "collateral":
            return max(degree.i, degree.j) <= collateral
        return profile == "listed" and (degree.side, degree.i, degree.j) in LISTED

    def near_relatives(self, person: Hashable, profile: str = "inclusive") -> frozenset:
        """Everybody on record who is a near relative of ``person``, without them."""
        seen, edge = {person}, {person}
        for _step in range(FURTHEST):
            edge = {kin for node in edge for kin in self._next_of_kin(node)} - seen
            seen |= edge
        return frozenset(
            other
            for other in seen - {person}
            if not isinstance(other, _Unnamed) and self.is_near(person, other, profile)
        )

    def _next_of_kin(self, node: Hashable) -> Iterator[Hashable]:
        for table in (self.parents, self.children, self.spouses):
            yield from table.get(node, ())

    def cluster(self, person: Hashable, profile: str = "inclusive") -> frozenset:
        """S0(P): the person with the near relatives; what they control is one group.

        Take it for each main investor (10 % or more) and each key manager. It is not
        the whole family: a relative's relatives are not in it.
        """
        return self.near_relatives(person, profile) | {person}


class _Unnamed(NamedTuple):
    """The parent that two siblings share where none is on record."""

    children: frozenset


def degree(
    a: Hashable,
    b: Hashable,
    parents: Mapping[Hashable, Collection[Hashable]],
    spouses: Iterable[tuple[Hashable, Hashable]] = (),
) -> Degree:
    """The relation of ``b`` to ``a`` from plain tables: child -> parents, married
    pairs.

    >>> degree("ann", "bob", {"ann": ["carl"], "bob": ["carl"]})
    Degree(kind='collateral', i=1, j=1, side='', review=False)
    """
    return _kinship(parents, spouses).degree(a, b)


def is_near_relative(
    a: Hashable,
    b: Hashable,
    parents: Mapping[Hashable, Collection[Hashable]],
    spouses: Iterable[tuple[Hashable, Hashable]] = (),
    profile: str = "inclusive",
) -> bool:
    """Whether ``b`` counts as a near relative of ``a`` under ``profile``.

    >>> is_near_relative("ann", "dora", {"ann": ["carl"], "carl": ["dora"]})
    True
    """
    return _kinship(parents, spouses).is_near(a, b, profile)


def _kinship(parents, spouses) -> Kinship:
    lineage = [Tie(child, p, "parent") for child, of in parents.items() for p in of]
    return Kinship([*lineage, *(Tie(a, b, "spouse") for a, b in spouses)])
