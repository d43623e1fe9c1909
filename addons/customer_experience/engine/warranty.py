"""Two warranty clocks for each component of a home.

The builder answers to the developer from the day the works are accepted; the developer
answers to the owner from the day of handover. The owner's clock never ends before what
is left of the builder's, nor, for homes, before the floor of the quality certificate,
nor before what the developer has promised. Where it ends after the builder's, the
developer pays alone: that is the exposure.

All ends are the last day covered. The day a period starts on is not counted, so two
years from 1 January 2025 end on 1 January 2027.

>>> from datetime import date
>>> roof = Terms(law=Term(5, "y"), floor=Term(3, "y"), promise=Term(5, "y"))
>>> clock = roof.clock(date(2025, 1, 1), date(2026, 1, 1))
>>> clock.builder_end, clock.owner_legal_end, clock.owner_end
(datetime.date(2030, 1, 1), datetime.date(2030, 1, 1), datetime.date(2031, 1, 1))
>>> clock.exposure_days
365
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

SEASONS = ("heating", "cooling")
# Beyond this many years a season calendar is not asked any further.
LAST_YEAR = 9990


class WarrantyError(ValueError):
    """The end of a warranty cannot be told."""


@dataclass(frozen=True)
class Season:
    """A season that comes back every year, such as 15 November to 15 March.

    >>> winter = Season((11, 15), (3, 15))
    >>> next(winter.from_day(date(2025, 11, 16)))
    (datetime.date(2026, 11, 15), datetime.date(2027, 3, 15))
    >>> next(winter.from_day(date(2025, 11, 15)))
    (datetime.date(2025, 11, 15), datetime.date(2026, 3, 15))
    """

    start: tuple[int, int]  # month, day
    end: tuple[int, int]

    def from_day(self, day: date) -> Iterator[tuple[date, date]]:
        """The seasons that begin on this day or later."""
        year = day.year if _on(day.year, self.start) >= day else day.year + 1
        while year < LAST_YEAR:
            over_new_year = self.end <= self.start
            yield _on(year, self.start), _on(year + over_new_year, self.end)
            year += 1

    def started_before(self, day: date) -> tuple[date, date] | None:
        """The season that is under way on this day, if one is.

        >>> Season((11, 15), (3, 15)).started_before(date(2026, 1, 2))
        (datetime.date(2025, 11, 15), datetime.date(2026, 3, 15))
        >>> Season((5, 15), (10, 15)).started_before(date(2026, 1, 2))
        """
        for start, end in self.from_day(date(day.year - 1, 1, 1)):
            if start >= day:
                return None
            if end >= day:
                return start, end
        return None


def _on(year: int, month_day: tuple[int, int]) -> date:
    """That day of the year; 29 February counts as the 28th in a common year."""
    return date(year, 1, 1) + relativedelta(month=month_day[0], day=month_day[1])


@dataclass(frozen=True)
class Term:
    """How long a warranty runs.

    >>> Term(2, "m").end(date(2025, 12, 31))
    datetime.date(2026, 2, 28)
    >>> Term(1, "life").end(date(2025, 1, 1), design_life=50)
    datetime.date(2075, 1, 1)
    >>> Term(2, "heating").end(date(2025, 12, 1), [Season((11, 15), (3, 15))])
    datetime.date(2028, 3, 15)
    """

    count: int
    unit: str  # d, m, y, heating, cooling, life

    def end(
        self,
        start: date,
        seasons: Iterable[Season] = (),
        *,
        design_life: int = 50,
        count_started: bool = False,
    ) -> date:
        """The last day covered.

        :param seasons: of this unit's kind, where the term counts seasons
        :param count_started: whether a season under way at the start is one of them
        """
        if self.unit in SEASONS:
            return self._end_of_seasons(start, list(seasons), count_started)
        if self.unit == "d":
            return start + timedelta(days=self.count)
        if self.unit == "m":
            return start + relativedelta(months=self.count)
        years = design_life if self.unit == "life" else self.count
        return start + relativedelta(years=years)

    def _end_of_seasons(
        self, start: date, seasons: list[Season], count_started: bool
    ) -> date:
        if len(seasons) != 1:
            raise WarrantyError(self.unit)
        (season,) = seasons
        left = self.count
        under_way = season.started_before(start) if count_started else None
        if under_way:
            left -= 1
            if not left:
                return under_way[1]
        for number, (_start, end) in enumerate(season.from_day(start), 1):
            if number == left:
                return end
        raise WarrantyError(self.unit)


@dataclass(frozen=True)
class Clock:
    """When a component of one home runs out of warranty, for whom."""

    builder_end: date | None = None
    owner_legal_end: date | None = None
    promised_end: date | None = None

    @property
    def owner_end(self) -> date | None:
        ends = [end for end in (self.owner_legal_end, self.promised_end) if end]
        return max(ends, default=None)

    @property
    def exposure_days(self) -> int:
        """Days on which the owner is covered and no builder stands behind.

        >>> Clock(None, date(2027, 1, 1)).exposure_days
        0
        """
        if not (self.builder_end and self.owner_end):
            return 0
        return max(0, (self.owner_end - self.builder_end).days)

    def cover(self, day: date) -> str:
        """Who repairs what is reported on this day: builder, developer or none.

        >>> clock = Clock(date(2027, 1, 1), date(2027, 1, 1), date(2028, 1, 1))
        >>> [clock.cover(date(year, 1, 1)) for year in (2027, 2028, 2029)]
        ['builder', 'developer', 'none']
        """
        if self.builder_end and day <= self.builder_end:
            return "builder"
        if self.owner_end and day <= self.owner_end:
            return "developer"
        return "none"


@dataclass(frozen=True)
class Terms:
    """Terms of one component: law for the builder, floor and promise to the owner."""

    law: Term | None = None
    floor: Term | None = None
    promise: Term | None = None
    seasons: dict[str, Season] = field(default_factory=dict)
    design_life: int = 50
    count_started: bool = False

    def clock(self, completed: date | None, handover: date) -> Clock:
        """
        :param completed: acceptance of the works; None while it is not known, then the
            builder's end stays open
        """
        builder = self._end(self.law, completed)
        ends = [end for end in (builder, self._end(self.floor, handover)) if end]
        return Clock(
            builder_end=builder,
            owner_legal_end=max(ends, default=None),
            promised_end=self._end(self.promise, handover),
        )

    def _end(self, term: Term | None, start: date | None) -> date | None:
        if not (term and start):
            return None
        season = self.seasons.get(term.unit)
        return term.end(
            start,
            [season] if season else (),
            design_life=self.design_life,
            count_started=self.count_started,
        )
