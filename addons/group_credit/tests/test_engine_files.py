"""What is common to all files: packing, size, JSON streams, tables, single values."""

import gzip
import io
import json
import random
import zipfile
from decimal import Decimal

from odoo.tests import tagged

from ..engine import stream, tabular
from ..engine.records import BadFile, FileCut, Refused, to_day, to_share
from ..engine.stream import detect, json_items, open_file
from .engine_case import EngineCase


def opened(content):
    return open_file(io.BytesIO(content), len(content))


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestEngineFiles(EngineCase):
    def test_packed_files(self):
        content = b'[{"a": 1}]'
        for packed in (content, gzip.compress(content), zipped(a=content)):
            self.assertEqual(list(json_items(opened(packed))), [(1, {"a": 1})])

    def test_bombs_and_damaged_packing_are_refused(self):
        bomb = b"[" + b" " * (stream.FREE_BYTES + 1) + b"]"
        for packed in (gzip.compress(bomb), zipped(a=bomb)):
            self.assertLess(len(packed), 200_000)
            with self.assertRaises(BadFile) as refused:
                opened(packed).read()
            self.assertEqual(refused.exception.code, "too_large")
        for packed, code in (
            (zipped(a="[]")[:-30], "zip"),
            (b"PKnonsense", "zip"),
            (zipped(a="[]", b="[]"), "zip_members"),
        ):
            with self.assertRaises(BadFile) as refused:
                opened(packed)
            self.assertEqual(refused.exception.code, code)

    def test_a_packed_file_cut_in_half(self):
        noise = random.Random(0)
        items = [{"a": noise.random()} for _i in range(30_000)]
        for content in (json.dumps(items), "\n".join(map(json.dumps, items))):
            packed = gzip.compress(content.encode())
            whole = []
            with self.assertRaises(FileCut) as cut:
                whole.extend(json_items(opened(packed[: len(packed) // 2])))
            self.assertGreater(cut.exception.position, 1000)
            self.assertLess(cut.exception.position, 30_000)

    def test_json_cut_anywhere_is_noticed(self):
        first = '{"a": "甲"}'.encode()
        second = b'{"a": [1, 2.5]}'
        # lines that break off between two records are whole files
        for text, start, whole in (
            (b"[" + first + b", " + second + b"]", 1, ()),
            (first + b"\n" + second, 0, (len(first), len(first) + 1)),
        ):
            for end in range(1, len(text)):
                found = []
                with self.subTest(text=text[:end]):
                    try:
                        self._until(text[:end], found)
                    except FileCut:
                        self.assertNotIn(end, whole)
                    else:
                        self.assertIn(end, whole)
                    full = (start + len(first), len(text) - start)
                    self.assertEqual(len(found), sum(end >= each for each in full))

    def _until(self, content, found):
        for _position, value in json_items(opened(content)):
            found.append(value)

    def test_items_longer_than_the_buffer_and_broken_ones(self):
        text = "x" * (stream.CHUNK * 3)
        content = json.dumps([{"a": text}, {"b": text}]).encode()
        self.assertEqual(
            [value for _at, value in json_items(opened(content))],
            [{"a": text}, {"b": text}],
        )
        deep = b'[{"a": 1}, ' + b"[" * 100_000
        for broken in (deep, b'[{"a": 1} {"a" 2}]', b'[{"a": 1}, nonsense]'):
            with self.assertRaises(FileCut) as cut:
                list(json_items(opened(broken)))
            self.assertEqual(cut.exception.position, 1)

    def test_a_bad_line_is_reported_and_the_next_is_read(self):
        rows = list(json_items(opened(b'{"a": 1}\nnonsense\n{"a": 2}\n')))
        self.assertEqual([at for at, _value in rows], [1, 2, 3])
        self.assertIsInstance(rows[1][1], ValueError)

    def test_formats_are_recognised(self):
        for content, name in (
            (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "gleif"),
            ("<a/>".encode("utf-16"), "gleif"),
            (b'{"relations": [{"StartNode": {}}]}', "gleif"),
            (b'[{"LEI": "x", "Entity": {"LegalName": "y"}}]', "gleif"),
            (b'{"recordId": "x"}', "bods"),
            ("股东,公司".encode("gb18030"), "table"),
        ):
            self.assertEqual(detect(opened(content)), name)

    def test_shares(self):
        d = Decimal
        for arguments, expected in (
            ({"exact": 0}, (0, 0, False, False)),
            ({"exact": 50, "low": 50, "high": 50}, (50, 50, False, False)),
            ({"low": d(25), "above": True, "high": 50}, (25, 50, True, False)),
            ({"above": 25, "below": 50}, (25, 50, True, True)),
            ({"high": 25}, (0, 25, False, False)),
            ({"above": False, "high": 25, "below": False}, (0, 25, False, False)),
        ):
            with self.subTest(arguments=arguments):
                self.assertEqual(tuple(to_share(**arguments)), expected)
        self.assertIsNone(to_share())
        for arguments in (
            {"exact": d(-1)},
            {"exact": d("100.0001")},
            {"exact": d("NaN")},
            {"exact": d("Infinity")},
            {"exact": "60"},
            {"exact": True},
            {"exact": 60, "low": 61},
            {"low": 50, "high": 25},
            {"above": 50, "high": 50},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(Refused):
                to_share(**arguments)

    def test_dates(self):
        for text in ("2025-02-30", "31.01.2025", "0202-01-01", "2025", 20250131, "x"):
            with self.subTest(text=text), self.assertRaises(Refused):
                to_day(text)

    def test_a_table_cut_in_half(self):
        table = tabular.Table(opened(b"Holder,Held,Shares\nA,B,60\nA,C"))
        rows = []
        with self.assertRaises(FileCut):
            rows.extend(table)
        table = tabular.Table(opened(b'Holder,Held\nA,"B\nA,C\n'))
        with self.assertRaises(FileCut) as cut:
            list(table)
        self.assertEqual(cut.exception.position, 1)
