"""What the tests of the engine share: a case that runs under Odoo, pytest-odoo and
plain pytest, and a notation for small graphs."""

import unittest
from decimal import Decimal

from odoo.tests import BaseCase
from odoo.tests.result import OdooTestResult

from ..engine.control import ControlGraph, Edge


class EngineCase(BaseCase):
    """No database, no registry: only the arithmetic."""

    def run(self, result=None):
        # Odoo's own run() expects Odoo's result object, any other runner has the usual
        # one
        runner = BaseCase if isinstance(result, OdooTestResult) else unittest.TestCase
        return runner.run(self, result)

    def assertPercent(self, value, expected):
        """Equal when rounded as the worked examples are: to four digits."""
        self.assertEqual(round(value, 4), Decimal(expected))

    def assertGroups(self, graph, *expected):
        """The groups' members: "AB" for two letters, "G1 S1" for longer names."""
        names = [frozenset(text.split() if " " in text else text) for text in expected]
        found = {group.members for group in graph.groups()}
        self.assertEqual(found, set(names))


def edges(text):
    """Edges from "A>B 60, B>C 40": that share of the votes and of the equity."""
    result = []
    for part in filter(None, map(str.strip, text.split(","))):
        pair, share = part.split()
        holder, held = pair.split(">")
        result.append(Edge(holder, held, votes=Decimal(share), equity=Decimal(share)))
    return result


def graph(text, *more, **options):
    """A control graph from the notation of ``edges``, further edges, and options."""
    return ControlGraph([*edges(text), *more], **options)
