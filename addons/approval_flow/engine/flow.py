"""The arithmetic of an approval: counting votes, amount bands, four eyes, digests.

Nothing here knows Odoo, a clock or a database.
"""

import hashlib
import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple


def votes_needed(mode: str, count: int, parties: int) -> int:
    """How many parties must agree.

    >>> [votes_needed(mode, 2, 5) for mode in ("all", "any", "count")]
    [5, 1, 2]
    """
    return {"all": parties, "any": 1, "count": count}[mode]


def outcome(needed: int, agreed: int, pending: int, wait_all: bool = False) -> str:
    """``agreed``, ``refused`` or ``open``, as soon as nothing can change it.

    >>> outcome(2, 2, 1), outcome(2, 1, 1), outcome(2, 1, 0)
    ('agreed', 'open', 'refused')

    A matrix review waits for every department, so that the sheet is complete:

    >>> outcome(2, 0, 1), outcome(2, 0, 1, wait_all=True)
    ('refused', 'open')
    """
    if wait_all and pending:
        return "open"
    if agreed >= needed:
        return "agreed"
    return "open" if agreed + pending >= needed else "refused"


def matrix_verdict(aspects: Iterable[Mapping]) -> str:
    """What the answers on the aspects of one department amount to.

    A condition counts as no until it is ticked as met.

    >>> matrix_verdict([{"verdict": "yes"}, {"verdict": "conditional", "met": True}])
    'agreed'
    >>> matrix_verdict([{"verdict": "yes"}, {"verdict": "conditional"}])
    'conditional'
    >>> matrix_verdict([{"verdict": "no"}, {"verdict": "conditional"}])
    'refused'
    """
    answers = {
        "yes"
        if aspect["verdict"] == "conditional" and aspect.get("met")
        else aspect["verdict"]
        for aspect in aspects
    }
    if "no" in answers:
        return "refused"
    return "conditional" if "conditional" in answers else "agreed"


def seats_filled(choices: Sequence[Collection[Hashable]]) -> int:
    """How many seats can be taken by different people (bipartite matching).

    >>> seats_filled([{"a", "b"}, {"a"}])
    2
    >>> seats_filled([{"a"}, {"a"}])
    1
    """
    holder: dict[Hashable, int] = {}

    def seat(index: int, tried: set[Hashable]) -> bool:
        for person in choices[index]:
            if person not in tried:
                tried.add(person)
                if person not in holder or seat(holder[person], tried):
                    holder[person] = index
                    return True
        return False

    return sum(seat(index, set()) for index in range(len(choices)))


class Band(NamedTuple):
    """An amount band, lower end included, upper end not; ``high`` None is open."""

    name: str
    low: float
    high: float | None


def band_faults(bands: Iterable[Band]) -> list[tuple[str, Band | None, Band | None]]:
    """Overlaps and gaps of the bands that share one condition.

    >>> small, large = Band("small", 0, 100), Band("large", 150, None)
    >>> [fault for fault, *_ in band_faults([large, small])]
    ['gap']
    >>> [fault for fault, *_ in band_faults([small, Band("mid", 50, 150), large])]
    ['overlap']
    >>> [fault for fault, *_ in band_faults([Band("mid", 50, 150)])]
    ['start', 'end']
    """
    ordered = sorted(bands, key=lambda band: (band.low, band.name))
    faults: list[tuple[str, Band | None, Band | None]] = []
    reach: Band | None = None  # the band that reaches furthest so far
    for band in ordered:
        if reach is None:
            if band.low > 0:
                faults.append(("start", None, band))
        elif reach.high is None or band.low < reach.high:
            faults.append(("overlap", reach, band))
        elif band.low > reach.high:
            faults.append(("gap", reach, band))
        if reach is None or (
            reach.high is not None and (band.high is None or band.high > reach.high)
        ):
            reach = band
    if reach is not None and reach.high is not None:
        faults.append(("end", reach, None))
    return faults


def digest(content: Mapping) -> str:
    """A fingerprint that is the same for the same content, whatever its order.

    >>> digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1})
    True
    """
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def changed(before: Mapping, after: Mapping) -> list[str]:
    """The names whose values differ.

    >>> changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4})
    ['b', 'c']
    """
    return sorted(
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    )
