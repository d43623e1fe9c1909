"""The hours of a day as people write them: ``08:30-12:00, 13:30-18:00``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .worktime import DAY_MINUTES, Minutes

_SEPARATOR = re.compile(r"\s*[,，;；、\n]\s*")
_INTERVAL = re.compile(
    r"(\d{1,2})[:：.](\d{2})\s*(?:-|–|—|~|～|至|to)\s*(\d{1,2})[:：.](\d{2})"
)


class HoursError(ValueError):
    """The text is no list of hours.

    :ivar code: ``form`` (not written as hours), ``order`` (an interval does not end
        after its start, or not within the day) or ``overlap``
    :ivar text: the part that is wrong
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


def parse_hours(text: str | None) -> Minutes:
    """Intervals in minutes since midnight, in order.

    >>> parse_hours("13:30-18:00, 8:30-12:00")
    ((510, 720), (810, 1080))
    >>> parse_hours("8：30～12：00、13：30至24：00")
    ((510, 720), (810, 1440))
    >>> parse_hours("")
    ()
    >>> parse_hours("9:00-12:00, 11:00-13:00")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    HoursError: overlap: 09:00-12:00, 11:00-13:00
    """
    intervals = []
    for part in _SEPARATOR.split((text or "").strip()):
        if not part:
            continue
        match = _INTERVAL.fullmatch(part)
        if not match:
            raise HoursError("form", part)
        hour, minute, to_hour, to_minute = map(int, match.groups())
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        if max(minute, to_minute) > 59 or not start < end <= DAY_MINUTES:
            raise HoursError("order", part)
        intervals.append((start, end))
    intervals.sort()
    for index in range(1, len(intervals)):
        if intervals[index][0] < intervals[index - 1][1]:
            raise HoursError("overlap", format_hours(intervals[index - 1 : index + 1]))
    return tuple(intervals)


def format_hours(intervals: Iterable[tuple[int, int]]) -> str:
    """
    >>> format_hours([(510, 720), (810, 1440)])
    '08:30-12:00, 13:30-24:00'
    """
    return ", ".join(
        "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in interval)
        for interval in intervals
    )


def subtract(intervals: Minutes, off: Minutes) -> Minutes:
    """What is left of a day's intervals without the hours off.

    >>> subtract([(510, 720), (810, 1080)], [(660, 840)])
    ((510, 660), (840, 1080))
    """
    for off_start, off_end in off:
        intervals = [
            piece
            for start, end in intervals
            for piece in ((start, min(end, off_start)), (max(start, off_end), end))
            if piece[0] < piece[1]
        ]
    return tuple(intervals)
