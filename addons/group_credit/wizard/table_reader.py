"""Reads a table out of a CSV or XLSX file as Chinese offices really produce them.

Plain Python: encodings (UTF-8 with or without a mark, UTF-16, GB18030), separators,
full-width
signs, per cent cells of a spreadsheet and the usual ways to write a date.
"""

import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl

MAX_ROWS = 20000


class TableError(ValueError):
    """The file as a whole cannot be read."""


def read_table(content: bytes, encoding: str | None = None) -> list[dict[str, object]]:
    """Rows of the table as dictionaries by heading; "#" holds the line number in the
    file.

    >>> read_table("名称,比例\\n甲,60%\\n\\n乙,\\n".encode("gb18030"))
    [{'#': 2, '名称': '甲', '比例': '60%'}, {'#': 4, '名称': '乙', '比例': ''}]
    """
    rows = _xlsx_rows(content) if content[:2] == b"PK" else _csv_rows(content, encoding)
    heading: list[str] | None = None
    table: list[dict[str, object]] = []
    for number, row in rows:
        if not any(str(value).strip() for value in row if value is not None):
            continue
        if heading is None:
            heading = [str(value or "").strip() for value in row]
            continue
        if len(table) == MAX_ROWS:
            raise TableError("too_long")
        table.append({"#": number} | dict(zip(heading, row, strict=False)))
    if heading is None:
        raise TableError("empty")
    return table


def decode(content: bytes, encoding: str | None = None) -> str:
    """Text of the file; without a given encoding the first one that fits.

    >>> [decode("甲".encode(name)) for name in ("utf-8-sig", "gb18030", "utf-16")]
    ['甲', '甲', '甲']
    """
    if not encoding and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    for candidate in [encoding] if encoding else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(candidate)
        except UnicodeDecodeError:
            continue
    raise TableError("encoding")


def _csv_rows(content, encoding):
    text = decode(content, encoding)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            yield reader.line_num, [value.strip() for value in row]
    except csv.Error:
        raise TableError("format") from None


def _xlsx_rows(content):
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise TableError("format") from None
    for number, row in enumerate(book.worksheets[0].iter_rows(), start=1):
        yield number, [_cell(cell) for cell in row]


def _cell(cell):
    value = cell.value
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and "%" in (cell.number_format or "")
    ):
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


def to_percent(value: object) -> float | None:
    """A percentage with four decimals; None when the cell is empty.

    >>> to_percent("60％"), to_percent(" 49.0912 % "), to_percent(0.5), to_percent("")
    (60.0, 49.0912, 0.5, None)
    """
    text = (
        unicodedata.normalize("NFKC", to_text(value))
        .replace("%", "")
        .replace(",", "")
        .strip()
    )
    return round(float(text), 4) if text else None


def to_int(value: object) -> int | None:
    """
    >>> to_int("5"), to_int(5.0), to_int("")
    (5, 5, None)
    """
    text = to_text(value)
    return int(text) if text else None


def to_date(value: object) -> date | None:
    """
    >>> [str(to_date(text)) for text in ("2025年1月31日", "2025/1/31", "20250131", "")]
    ['2025-01-31', '2025-01-31', '2025-01-31', 'None']
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


def name_key(name: str) -> str:
    """One key for the ways to type one name: full-width signs, brackets and spaces.

    >>> name_key("华信（深圳）有限公司") == name_key("华信(深圳) 有限公司")
    True
    """
    return unicodedata.normalize("NFKC", name).replace(" ", "").casefold()
