"""Rest and make-up days from a CSV or an iCalendar file.

A reader gives one row per day and never stops at a bad line: what is wrong is said in
the row. Only a file that cannot be read at all raises :class:`FileError`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import vobject

from .hours import HoursError, parse_hours
from .worktime import Minutes

MAX_SPAN_DAYS = 62
COLUMNS = {
    "date": ("date", "from", "日期", "开始日期", "起始日期"),
    "until": ("until", "to", "结束日期", "截止日期"),
    "kind": ("kind", "type", "类型", "类别"),
    "hours": ("hours", "时段", "时间", "工作时间"),
    "name": ("occasion", "name", "reason", "名称", "节日", "事由"),
    "source": ("source", "来源", "依据"),
}
KINDS = {
    "rest": ("rest", "rest day", "holiday", "off")
    + ("休", "休息", "休息日", "放假", "假"),
    "work": ("work", "make-up", "make-up day", "workday")
    + ("班", "上班", "补班", "调班", "工作", "工作日", "调休上班", "补班日"),
}
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?$")
_SUMMARY = re.compile(r"(.*?)[\s(（\[【·:：-]*(休|放假|班|补班|调班|上班)[)）\]】]?")


class FileError(ValueError):
    """The file cannot be read as a whole.

    :ivar code: ``encoding``, ``columns`` or ``ics``
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Row:
    """One day of the file.

    :ivar line: number of the line (CSV) or of the event (iCalendar), from 1
    :ivar problem: why the row cannot be used, or nothing: ``date``, ``kind``, ``span``,
        ``timed``, ``form``, ``order``, ``overlap``
    :ivar value: the text that is wrong
    """

    line: int
    day: date | None = None
    kind: str = ""
    hours: Minutes = ()
    name: str = ""
    source: str = ""
    problem: str = ""
    value: str = ""

    def bad(self, problem: str, value: str) -> Row:
        return replace(self, problem=problem, value=value)


def decode(content: bytes) -> str:
    """Text in UTF-8, with or without a byte order mark, or in GB18030.

    >>> decode("春节".encode("utf-8-sig")) == decode("春节".encode("gb18030")) == "春节"
    True
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError("encoding")


def parse_date(text: str) -> date | None:
    """
    >>> parse_date("2026年2月14日") == parse_date("20260214") == date(2026, 2, 14)
    True
    >>> parse_date("2026/2/14 0:00")
    datetime.date(2026, 2, 14)
    >>> parse_date("2026-02-30")
    """
    match = _DATE.fullmatch(_MIDNIGHT.sub("", text))
    try:
        return match and date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None


def read_csv(content: bytes) -> list[Row]:
    """
    >>> text = "日期,结束日期,类型\\n2027-02-06,2027-02-07,休\\n2027-02-30,,班"
    >>> for row in read_csv(text.encode()):
    ...     print(row.line, row.day, row.kind, row.problem or "fine")
    2 2027-02-06 rest fine
    2 2027-02-07 rest fine
    3 None work date
    """
    text = decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heads = [head.strip().lower() for head in next(lines, [])]
    places = {
        column: heads.index(name)
        for column, names in COLUMNS.items()
        for name in names
        if name in heads
    }
    if not {"date", "kind"} <= set(places):
        raise FileError("columns")
    rows: list[Row] = []
    try:
        for cells in lines:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                values = {
                    column: cells[place] if place < len(cells) else ""
                    for column, place in places.items()
                }
                rows += _csv_days(lines.line_num, values)
    except csv.Error as error:
        raise FileError("columns") from error
    return rows


def _csv_days(line: int, values: dict[str, str]) -> Iterator[Row]:
    kind = _KIND_OF.get(values["kind"].lower(), "")
    day = parse_date(values["date"])
    row = Row(
        line,
        day,
        kind,
        name=values.get("name", ""),
        source=values.get("source", ""),
    )
    last = parse_date(values["until"]) if values.get("until") else day
    try:
        row = replace(row, hours=parse_hours(values.get("hours")))
    except HoursError as error:
        row = row.bad(error.code, error.text)
    if not kind:
        row = row.bad("kind", values["kind"])
    if not day:
        row = row.bad("date", values["date"])
    elif not last:
        row = row.bad("date", values["until"])
    elif not 0 <= (last - day).days < MAX_SPAN_DAYS:
        row = row.bad("span", f"{values['date']} – {values['until']}")
    if row.problem:
        yield row
        return
    for offset in range((last - day).days + 1):
        yield replace(row, day=day + timedelta(days=offset))


def read_ics(content: bytes) -> list[Row]:
    """All-day events whose summary, or Apple's own mark, says rest or make-up day.

    >>> text = '''BEGIN:VCALENDAR
    ... BEGIN:VEVENT
    ... DTSTART;VALUE=DATE:20270206
    ... DTEND;VALUE=DATE:20270208
    ... SUMMARY:春节（休）
    ... END:VEVENT
    ... END:VCALENDAR'''
    >>> [(row.day.isoformat(), row.kind, row.name) for row in read_ics(text.encode())]
    [('2027-02-06', 'rest', '春节'), ('2027-02-07', 'rest', '春节')]
    """
    text = decode(content)
    rows: list[Row] = []
    number = 0
    try:
        for calendar in vobject.readComponents(text):
            source = _value(calendar, "x-wr-calname")
            for event in calendar.contents.get("vevent", ()):
                number += 1
                rows += _ics_days(number, event, source)
    except Exception as error:  # vobject lets whatever its parsers raise pass
        raise FileError("ics") from error
    if not number:
        raise FileError("ics")
    return rows


def _value(component: vobject.base.Component, name: str) -> str:
    return str(component.contents[name][0].value) if name in component.contents else ""


def _ics_days(number: int, event: vobject.base.Component, source: str) -> Iterator[Row]:
    summary = _value(event, "summary").strip()
    kind, name = _kind_of_event(_value(event, "x-apple-special-day"), summary)
    start = event.contents["dtstart"][0].value
    row = Row(number, None, kind, name=name, source=source)
    if isinstance(start, datetime):
        yield replace(row, day=start.date()).bad("timed", summary)
        return
    row = replace(row, day=start)
    if not kind:
        yield row.bad("kind", summary)
        return
    end = start + timedelta(days=1)
    if "dtend" in event.contents:
        end = event.contents["dtend"][0].value
    if "rrule" in event.contents or not 0 < (end - start).days <= MAX_SPAN_DAYS:
        yield row.bad("span", summary)
        return
    for offset in range((end - start).days):
        yield replace(row, day=start + timedelta(days=offset))


def _kind_of_event(mark: str, summary: str) -> tuple[str, str]:
    """
    >>> _kind_of_event("ALTERNATE-WORKDAY", "国庆节（班）")
    ('work', '国庆节')
    >>> _kind_of_event("", "春节 补班"), _kind_of_event("", "元宵节")
    (('work', '春节'), ('', '元宵节'))
    """
    match = _SUMMARY.fullmatch(summary)
    kind = {"WORK-HOLIDAY": "rest", "ALTERNATE-WORKDAY": "work"}.get(mark)
    kind = kind or (_KIND_OF[match[2]] if match else "")
    return kind, (match[1] if match else "") or summary
