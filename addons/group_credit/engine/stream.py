"""Opens an uploaded file whatever it is packed in, and reads JSON of any length.

No file is trusted: unpacking stops at a limit, nesting and single records are bounded,
and nothing is read twice unless the caller opens the file again.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from .records import BadFile, FileCut

#: More than any register publishes in one file (unpacked), and the most that honest
#: data was seen to shrink when packed.
MAX_BYTES = 8 << 30
MAX_RATIO = 200
FREE_BYTES = 64 << 20  # small files may shrink as they like
#: One statement with its evidence; a longer one is no record of these formats.
MAX_ITEM = 4 << 20
CHUNK = 1 << 16

_SPACE = re.compile(r"[ \t\r\n]*")
#: An object whose first key holds the records, as the LEI system publishes its JSON.
_WRAPPER = re.compile(
    r'\s*\{\s*"(?:relations|records|exceptions|statements|data)"\s*:\s*(?=\[)'
)
#: Decimals are read exactly; NaN and Infinity become decimals that no share can be.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=Decimal)


class Unpacked(io.RawIOBase):
    """An unpacking stream that stops before it fills memory or disk."""

    def __init__(self, source: BinaryIO, limit: int):
        self._source, self._left = source, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._source.read(len(buffer))
        except (EOFError, zlib.error, zipfile.BadZipFile, OSError) as error:
            raise FileCut(0, str(error)) from None
        self._left -= len(data)
        if self._left < 0:
            raise BadFile("too_large")
        buffer[: len(data)] = data
        return len(data)


def open_file(file: BinaryIO, size: int) -> io.BufferedReader:
    """The content of ``file`` (of ``size`` bytes), unpacked if it is a gzip or a zip
    file with one member; a workbook is itself a zip file and stays as it is.

    >>> open_file(io.BytesIO(gzip.compress(b"[]")), 22).read()
    b'[]'
    """
    file.seek(0)
    magic = file.read(2)
    file.seek(0)
    limit = min(MAX_BYTES, max(FREE_BYTES, size * MAX_RATIO))
    if magic == b"\x1f\x8b":
        return io.BufferedReader(Unpacked(gzip.GzipFile(fileobj=file), limit), CHUNK)
    if magic == b"PK":
        try:
            archive = zipfile.ZipFile(file)
            names = [n for n in archive.namelist() if not n.endswith("/")]
            names = [n for n in names if not n.startswith("__MACOSX/")]
            if "[Content_Types].xml" not in names:
                if len(names) != 1:
                    raise BadFile("zip_members", str(len(names)))
                member = archive.open(names[0])
                return io.BufferedReader(Unpacked(member, limit), CHUNK)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise BadFile("zip", str(error)) from None
        file.seek(0)
    if isinstance(file, io.BufferedReader):
        return file
    return io.BufferedReader(Unpacked(file, MAX_BYTES), CHUNK)


def detect(stream: io.BufferedReader) -> str:
    """Which reader the content wants: ``bods``, ``gleif`` or ``table``.

    >>> detect(open_file(io.BytesIO(b'[{"recordId": "x"}]'), 19))
    'bods'
    >>> detect(open_file(io.BytesIO(b"Holder,Held"), 11))
    'table'
    """
    head = stream.peek(CHUNK)[:CHUNK]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<" or head[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<"):
        return "gleif"
    if start[:1] in (b"[", b"{"):
        names = (b'"StartNode"', b'"ExceptionCategory"', b'"LegalName"')
        return "gleif" if any(name in head for name in names) else "bods"
    return "table"


def json_items(stream: io.BufferedReader) -> Iterator[tuple[int, object]]:
    """``(position, value)`` of each record: of an array, of an object that wraps one,
    or of JSON Lines, where a line that is no JSON gives a ``ValueError`` as its value.

    >>> def items(text): return list(json_items(open_file(io.BytesIO(text), len(text))))
    >>> items(b'[{"a": 1}, {"a": 0.50}]')
    [(1, {'a': 1}), (2, {'a': Decimal('0.50')})]
    >>> items(b'{"a": 1}\\n\\n{"a": 2}\\n') == [(1, {'a': 1}), (3, {'a': 2})]
    True
    >>> items(b'{"relations": [{"a": 1}]}')
    [(1, {'a': 1})]
    >>> items(b'[{"a": 1}, {"a"')  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    FileCut: ('cut', "Expecting ':' delimiter")
    """
    head = stream.peek(CHUNK)[:CHUNK]
    encoding = json.detect_encoding(head)
    text = head.decode(encoding, "ignore")
    wrapper = _WRAPPER.match(text)
    if wrapper or text.lstrip()[:1] == "[":
        yield from _array(stream, encoding, wrapper.end() if wrapper else 0)
    elif text.lstrip()[:1] == "{":
        yield from _lines(stream, encoding)
    else:
        raise BadFile("empty" if not text.strip() else "format")


def _array(stream, encoding: str, skip: int) -> Iterator[tuple[int, object]]:
    reader = io.TextIOWrapper(stream, encoding, newline="")
    count = 0
    try:
        reader.read(skip)
        buffer, at = reader.read(CHUNK), 0
        at = buffer.index("[") + 1
        while True:
            at = _SPACE.match(buffer, at).end()
            if count and buffer[at : at + 1] == ",":
                at = _SPACE.match(buffer, at + 1).end()
            if buffer[at : at + 1] == "]":
                return
            try:
                value, end = _DECODER.raw_decode(buffer, at)
            except ValueError as error:
                more = reader.read(CHUNK)
                if not more or len(buffer) - at > MAX_ITEM:
                    raise FileCut(count, getattr(error, "msg", "number")) from None
                buffer, at = buffer[at:] + more, 0
                continue
            count += 1
            yield count, value
            at = end
            if len(buffer) - at < CHUNK:
                buffer, at = buffer[at:] + reader.read(CHUNK), 0
    except RecursionError:
        raise FileCut(count, "nesting") from None
    except UnicodeDecodeError as error:
        raise FileCut(count, error.reason) from None
    except FileCut as cut:
        raise FileCut(count, cut.detail) from None


def _lines(stream, encoding: str) -> Iterator[tuple[int, object]]:
    number = 0
    while True:
        try:
            line = stream.readline(MAX_ITEM)
        except FileCut as cut:
            raise FileCut(number, cut.detail) from None
        if not line:
            return
        number += 1
        if len(line) == MAX_ITEM:
            raise FileCut(number - 1, "line length")
        if not line.strip():
            continue
        try:
            value = _DECODER.decode(line.decode(encoding))
        except (ValueError, RecursionError) as error:
            if not line.endswith(b"\n"):
                raise FileCut(number - 1, str(error)) from None
            value = ValueError(str(error))
        yield number, value
