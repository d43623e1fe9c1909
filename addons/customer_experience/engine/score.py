"""Satisfaction, recommendation and loyalty from answers. Not applicable counts nowhere.

>>> share(2, 2), mean([4, 5], 5)
(100.0, 90.0)
>>> nps(promoters=5, passives=3, detractors=2)
30.0
>>> share(0, 0) is None, nps(0, 0, 0) is None
(True, True)
"""

from collections.abc import Iterable, Sequence
from datetime import date
from math import sqrt

Z95 = 1.959964
MINIMUM = 10
LOW_DIMENSION = 2
DETRACTOR = 6
PROMOTER = 9


def share(hits: int, n: int) -> float | None:
    """Per cent; no figure without answers."""
    return 100 * hits / n if n else None


def mean(values: Sequence[float], best: float) -> float | None:
    """On a scale of 100: four of five is 80."""
    return 100 * sum(values) / len(values) / best if values else None


def is_satisfied(value: int, best: int) -> bool:
    """In the top two boxes.

    >>> [value for value in range(1, 6) if is_satisfied(value, 5)]
    [4, 5]
    """
    return value >= best - 1


def nps_class(value: int) -> str:
    """
    >>> [nps_class(value) for value in (0, 6, 7, 8, 9, 10)]
    ['detractor', 'detractor', 'passive', 'passive', 'promoter', 'promoter']
    """
    if value >= PROMOTER:
        return "promoter"
    return "detractor" if value <= DETRACTOR else "passive"


def nps(promoters: int, passives: int, detractors: int) -> float | None:
    """Promoters minus detractors, in per cent of all who answered."""
    n = promoters + passives + detractors
    return 100 * (promoters - detractors) / n if n else None


def is_loyal(overall: int, again: int, recommend: int, best: int = 5) -> bool:
    """The top box on all three: satisfied, would buy again, would recommend.

    >>> is_loyal(5, 5, 5), is_loyal(5, 5, 4)
    (True, False)
    """
    return overall == again == recommend == best


def share_interval(hits: int, n: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval, which stays within 0 and 100.

    >>> [round(end, 1) for end in share_interval(8, 10)]
    [49.0, 94.3]
    >>> share_interval(0, 0)
    """
    if not n:
        return None
    p, z2 = hits / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)


def nps_interval(
    promoters: int, passives: int, detractors: int
) -> tuple[float, float] | None:
    """
    >>> [round(end, 1) for end in nps_interval(50, 30, 20)]
    [14.7, 45.3]
    """
    n = promoters + passives + detractors
    if not n:
        return None
    centre = (promoters - detractors) / n
    variance = (promoters + detractors) / n - centre * centre
    half = Z95 * sqrt(max(0.0, variance) / n)
    return 100 * max(-1.0, centre - half), 100 * min(1.0, centre + half)


def is_shown(n: int, minimum: int = MINIMUM) -> bool:
    """Few answers say little, and give away who gave them.

    >>> is_shown(9), is_shown(10)
    (False, True)
    """
    return n >= minimum


def asks_for_followup(nps_value: int | None, values: Iterable[int]) -> bool:
    """A detractor, or any dimension at two of five or less.

    >>> asks_for_followup(6, []), asks_for_followup(7, [3, 2])
    (True, True)
    >>> asks_for_followup(9, [3])
    False
    """
    detracts = nps_value is not None and nps_value <= DETRACTOR
    return detracts or any(value <= LOW_DIMENSION for value in values)


def owner_phase(
    signed: date | None, moved_in: date | None, day: date, bounds: tuple[int, int]
) -> str | None:
    """Of the owner on that day; the day of a bound still belongs to the phase before.

    >>> start, bounds = date(2024, 1, 1), (365, 730)
    >>> [
    ...     owner_phase(start, start, date.fromordinal(start.toordinal() + n), bounds)
    ...     for n in (0, 365, 366, 730, 731)
    ... ]
    ['settling', 'settling', 'stable', 'stable', 'long']
    >>> owner_phase(start, None, start, bounds)
    'future'
    >>> owner_phase(None, None, start, bounds)
    """
    if moved_in and moved_in <= day:
        days = (day - moved_in).days
        if days <= bounds[0]:
            return "settling"
        return "stable" if days <= bounds[1] else "long"
    return "future" if signed and signed <= day else None
