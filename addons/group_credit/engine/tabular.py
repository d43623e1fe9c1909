"""Reads a table of holdings (CSV or XLSX) as Chinese offices really produce it.

Encodings (UTF-8 with or without a mark, UTF-16, GB18030), separators, full-width signs,
per cent cells of a spreadsheet and the usual ways to write a date. Row by row: the
length of the table costs no memory.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import openpyxl

from .records import (
    PERSON,
    BadFile,
    FileCut,
    Interest,
    Party,
    Problem,
    Record,
    Refused,
    check_interest,
    to_share,
)

PARTY_COLUMNS = ("holder", "held", "grantor")
# Headings that offices and registers use, beside our field names and their labels.
HEADINGS = {
    "source_ref": ("id", "source id", "statement id", "来源编号", "编号", "记录编号"),
    "holder": (
        "holder",
        "shareholder",
        "investor",
        "owner",
        "股东",
        "股东名称",
        "投资方",
        "持有方",
        "持有人",
    ),
    "holder_code": (
        "holder code",
        "holder registration number",
        "股东统一社会信用代码",
        "股东代码",
        "持有方代码",
    ),
    "holder_type": ("holder type", "股东类型", "持有方类型"),
    "held": (
        "held",
        "held company",
        "company",
        "被投资企业",
        "被投资方",
        "被持有方",
        "被持有公司",
        "公司",
        "公司名称",
        "企业名称",
    ),
    "held_code": (
        "held code",
        "company registration number",
        "统一社会信用代码",
        "被投资企业代码",
        "被持有方代码",
    ),
    "grantor": ("registered holder", "登记股东", "名义股东", "委托方"),
    "kind": ("kind", "basis", "relation type", "关系类型", "控制依据", "依据"),
    "equity_pct": (
        "equity",
        "equity %",
        "shares",
        "shares %",
        "percent",
        "持股比例",
        "股权比例",
        "出资比例",
    ),
    "votes_pct": ("votes", "votes %", "表决权", "表决权比例"),
    "votes_min": ("votes min", "minimum votes", "表决权下限"),
    "votes_max": ("votes max", "maximum votes", "表决权上限"),
    "seats": ("seats", "委派席位", "委派董事"),
    "seats_total": ("seats total", "董事会席位", "董事会人数"),
    "valid_from": ("valid from", "from", "since", "生效日期", "起始日期", "开始日期"),
    "valid_to": (
        "valid to",
        "to",
        "until",
        "ended on",
        "终止日期",
        "结束日期",
        "失效日期",
    ),
    "note": ("note", "notes", "remark", "备注"),
}


class Table:
    """The rows of the first sheet, below the first row that is not empty.

    >>> content = "名称,比例\\n\\n乙,\\n".encode("gb18030")
    >>> table = Table(io.BufferedReader(io.BytesIO(content)))
    >>> table.headings, list(table)
    (['名称', '比例'], [(3, {'名称': '乙', '比例': ''})])
    """

    def __init__(self, stream: io.BufferedReader, encoding: str = ""):
        is_book = stream.peek(2)[:2] == b"PK"
        self._rows = _xlsx_rows(stream) if is_book else _csv_rows(stream, encoding)
        first = next((row for _number, row in self._rows if any(row)), None)
        if first is None:
            raise BadFile("empty")
        self.headings = [to_text(value) for value in first]

    def __iter__(self) -> Iterator[tuple[int, dict[str, object]]]:
        for number, row in self._rows:
            if any(value not in (None, "") for value in row):
                yield number, dict(zip(self.headings, row, strict=False))


def _csv_rows(stream, encoding: str) -> Iterator[tuple[int, list[str]]]:
    # the whole text is looked at once for its encoding, then once more for its rows
    source = stream if stream.seekable() else io.BytesIO(stream.read())
    encoding = _encoding(source, encoding)
    source.seek(0)
    text = io.TextIOWrapper(source, encoding, newline="")
    head = text.read(1 << 16)
    first = next((line for line in head.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    text.seek(0)
    reader = csv.reader(text, delimiter=separator, strict=True)
    count = width = 0
    row: list[str] = []
    try:
        for row in reader:
            count, width = reader.line_num, max(width, len(row))
            yield count, [value.strip() for value in row]
    except csv.Error as error:
        raise FileCut(count, str(error)) from None
    if 0 < len(row) < width and not _ends_with_newline(source):
        raise FileCut(count, ",".join(row))


def _ends_with_newline(source) -> bool:
    source.seek(-1, io.SEEK_END)
    return source.read(1) in b"\r\n\0"


def _encoding(source, encoding: str) -> str:
    """The given encoding, or the first one that fits."""
    if not encoding and source.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    for candidate in [encoding] if encoding else ["utf-8-sig", "gb18030"]:
        decoder = codecs.getincrementaldecoder(candidate)()
        source.seek(0)
        try:
            while block := source.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return candidate
    raise BadFile("encoding")


def _xlsx_rows(stream) -> Iterator[tuple[int, list[object]]]:
    source = stream if stream.seekable() else io.BytesIO(stream.read())
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        for number, row in enumerate(book.worksheets[0].iter_rows(), start=1):
            yield number, [_cell(cell) for cell in row]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError):
        raise BadFile("format") from None


def _cell(cell) -> object:
    value = cell.value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and "%" in (cell.number_format or ""):
        return f"{value * 100:.6f}%"
    return "" if value is None else value


def to_text(value: object) -> str:
    """A name or number without stray spaces; a spreadsheet's 5.0 is the name "5".

    >>> to_text(" 华信  地产 "), to_text(5.0), to_text(None)
    ('华信 地产', '5', '')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str("" if value is None else value).split())


def to_percent(value: object) -> Decimal | None:
    """A percentage; None when the cell is empty.

    >>> to_percent("60％"), to_percent(" 49.0912 % "), to_percent(0.5), to_percent("")
    (Decimal('60'), Decimal('49.0912'), Decimal('0.5'), None)
    """
    text = unicodedata.normalize("NFKC", to_text(value))
    text = text.replace("%", "").replace(",", "").strip()
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(text) from None


def to_int(value: object) -> int | None:
    """
    >>> to_int("5"), to_int(5.0), to_int("")
    (5, 5, None)
    """
    text = to_text(value)
    return int(text) if text else None


def to_date(value: object) -> date | None:
    """
    >>> str(to_date("2025年1月31日")), str(to_date("2025/1/31")), to_date("")
    ('2025-01-31', '2025-01-31', None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", to_text(value))
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?", text)
    if not match:
        raise ValueError(text)
    return date(*map(int, match.groups()))


READERS = {
    "equity_pct": to_percent,
    "votes_pct": to_percent,
    "votes_min": to_percent,
    "votes_max": to_percent,
    "seats": to_int,
    "seats_total": to_int,
    "valid_from": to_date,
    "valid_to": to_date,
}


def name_key(name: str) -> str:
    """One key for the ways to type one name: full-width signs, brackets and spaces.

    >>> name_key("华信（深圳）有限公司") == name_key("华信(深圳) 有限公司")
    True
    """
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()


def match_headings(
    headings: list[str], labels: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Our column for each heading that is known; ``labels`` are more names for columns.

    >>> match_headings(["股东", "Company", "Shoe size"])
    {'股东': 'holder', 'Company': 'held'}
    """
    known = {name_key(a): name for name, many in HEADINGS.items() for a in many}
    for label, name in (labels or {}).items():
        known.setdefault(name_key(label), name)
    columns: dict[str, str] = {}
    for heading in headings:
        name = known.get(name_key(heading))
        if name and name not in columns.values():
            columns[heading] = name
    return columns


def read_table(
    table: Table, columns: Mapping[str, str], kinds: Mapping[str, str]
) -> Iterator[Record]:
    """The parties, interests and problems of each row; ``kinds`` names the kinds of
    relation by the words people use for them."""
    for position, line in table:
        row = {name: line.get(heading, "") for heading, name in columns.items()}
        ref, ends = to_text(row.get("source_ref")), ("", "")
        try:
            parties = _parties(position, row)
            yield from filter(None, parties.values())
            ends = (parties["holder"].ref, parties["held"].ref)
            yield _interest(position, ref, row, parties, kinds)
        except Refused as refused:
            yield Problem(position, ref, refused.code, refused.value, *ends)


def _parties(position: int, row: dict) -> dict[str, Party | None]:
    parties: dict[str, Party | None] = {}
    for column in PARTY_COLUMNS:
        name, code = to_text(row.get(column)), to_text(row.get(f"{column}_code"))
        if not name and not code:
            if column != "grantor":
                raise Refused("party", column)
            parties[column] = None
            continue
        party = Party(position, code or name_key(name), "", name or code, code=code)
        if column == "holder" and _is_person(row.get("holder_type")):
            party.kind = PERSON
        parties[column] = party
    return parties


def _is_person(value: object) -> bool:
    text = to_text(value).lower()
    return "person" in text or "自然人" in text or "个人" in text


def _interest(position, ref, row, parties, kinds) -> Interest:
    values = {name: _value(name, row.get(name)) for name in READERS}
    kind = to_text(row.get("kind"))
    if kind and name_key(kind) not in kinds:
        raise Refused("kind", kind)
    grantor = parties["grantor"]
    interest = Interest(
        position,
        ref,
        ref,
        parties["holder"].ref,
        parties["held"].ref,
        kinds[name_key(kind)] if kind else "equity",
        grantor=grantor.ref if grantor else "",
        equity=to_share(values["equity_pct"]),
        votes=to_share(values["votes_pct"], values["votes_min"], values["votes_max"]),
        seats=values["seats"],
        seats_total=values["seats_total"],
        valid_from=values["valid_from"],
        valid_to=values["valid_to"],
        note=to_text(row.get("note")),
    )
    seats, total = interest.seats or 0, interest.seats_total or 0
    if not 0 <= seats <= max(total, 0):
        raise Refused("seats", f"{seats}/{total}")
    check_interest(interest)
    return interest


def _value(name: str, raw: object) -> object:
    try:
        return READERS[name](raw)
    except ValueError:
        raise Refused("value", f"{name}: {to_text(raw)}") from None
