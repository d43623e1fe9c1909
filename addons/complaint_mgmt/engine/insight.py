"""How complaints are summed up: shares, Pareto order, age classes.

>>> rate(3, 4), rate(0, 0) is None
(75.0, True)
>>> pareto({"a": 5, "b": 12, "c": 3})
[Bar(key='b', count=12, share=60.0, cumulative=60.0, vital=True), \
Bar(key='a', count=5, share=25.0, cumulative=85.0, vital=True), \
Bar(key='c', count=3, share=15.0, cumulative=100.0, vital=False)]
"""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import NamedTuple

#: Share of all complaints that the vital few causes make up, in percent.
VITAL_PERCENT = 80
#: Age classes of open complaints: the least and the most days, both included.
AGES = ((0, 3), (4, 7), (8, 15), (16, 30), (31, 60), (61, None))


class Bar(NamedTuple):
    key: Hashable
    count: int
    share: float  # percent of all
    cumulative: float  # percent of all, up to and with this one
    vital: bool  # one of the few that together reach 80 percent


def rate(part: int, whole: int) -> float | None:
    """Percent with one decimal; None, and never 0 or 100, where nothing was counted."""
    return round(100 * part / whole, 1) if whole else None


def pareto(counts: Mapping[Hashable, int]) -> list[Bar]:
    """Bars by count, the most frequent first; equals keep the order of ``counts``.

    A bar is vital as long as those before it have not reached ``VITAL_PERCENT``.
    Counts must not be negative; zeros are left out.
    """
    total = sum(counts.values())
    bars, before = [], 0
    for key, count in sorted(counts.items(), key=lambda item: -item[1]):
        if count:
            vital = 100 * before < VITAL_PERCENT * total
            before += count
            bars.append(Bar(key, count, rate(count, total), rate(before, total), vital))
    return bars


def month_starts(last: date, months: int) -> list[date]:
    """The first days of ``months`` months, the last one that of ``last``.

    >>> month_starts(date(2026, 2, 14), 3)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    index = last.year * 12 + last.month - 1
    return [
        date(number // 12, number % 12 + 1, 1)
        for number in range(index - months + 1, index + 1)
    ]
