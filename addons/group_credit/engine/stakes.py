"""A share register as arrays of integers, and how it comes out of PostgreSQL.

Nodes are small integers (database ids); shares are ten-thousandths of a per cent:
50.0001 % is 500,001.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq
from sys import byteorder

FULL = 1_000_000  # 100 %
#: The weight of a fact that gives control without a percentage.
CONTROL = 2**31 - 1
#: Half of the votes of a company that has none: more than any sum of votes.
NO_VOTES = CONTROL - 1
#: COPY BINARY: signature, flags, length of the header's extension; end of data.
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def scaled(percent: Decimal) -> int:
    """A percentage in ten-thousandths of a per cent.

    Raises ``ValueError`` when it has more than four decimals: rounding could move it
    over the threshold.

    >>> scaled(Decimal("50.0001"))
    500001
    """
    weight = percent * 10_000
    if weight != int(weight):
        raise ValueError(f"more than four decimals: {percent}")
    return int(weight)


def half_of(own: int) -> int:
    """The votes to be exceeded in a company that holds ``own`` in itself."""
    return (FULL - own) // 2 if own < FULL else NO_VOTES


def integers(values: Iterable[int] = ()) -> array:
    """An array of 32-bit integers."""
    return array("i", values)


def read_copy(data: bytes, columns: int) -> list[array]:
    """The columns of ``COPY (SELECT …) TO STDOUT (FORMAT BINARY)``, as sent.

    All columns are ``integer`` and not null: then every row has the same width, and
    each column is cut out with a stride. Raises ``ValueError`` for anything else.
    """
    width, last = 2 + 8 * columns, len(data) - len(TRAILER)
    rows, rest = divmod(last - len(HEADER), width)
    if rest or not data.startswith(HEADER) or not data.endswith(TRAILER):
        raise ValueError(f"not a binary copy of {columns} integer columns")
    found = []
    for column in range(columns):
        first = len(HEADER) + 2 + 8 * column  # four bytes of length, four of value
        if data[first + 3 : last : width].strip(b"\4"):
            raise ValueError(f"column {column + 1} is not integer, or has nulls")
        raw = bytearray(4 * rows)
        for byte in range(4):
            raw[byte::4] = data[first + 4 + byte : last : width]
        values = integers()
        values.frombytes(raw)
        if byteorder == "little":
            values.byteswap()
        found.append(values)
    return found


@dataclass
class Stakes:
    """Parallel arrays, one entry per stake: ``holder``, ``held``, ``weight``."""

    holder: array = field(default_factory=integers)
    held: array = field(default_factory=integers)
    weight: array = field(default_factory=integers)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> Stakes:
        """From rows (holder, held, weight)."""
        stakes = cls()
        for row in rows:
            stakes.add(*row)
        return stakes

    def add(self, holder: int, held: int, weight: int):
        self.holder.append(holder)
        self.held.append(held)
        self.weight.append(weight)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.holder, self.held, self.weight, strict=True)

    @property
    def size(self) -> int:
        """One more than the largest node."""
        return max(max(self.holder, default=-1), max(self.held, default=-1)) + 1

    def without(self, nodes: Collection[int]) -> Stakes:
        """The stakes that neither start nor end at ``nodes``."""
        if not nodes:
            return self
        left_out = frozenset(nodes)
        return Stakes.of(
            (holder, held, weight)
            for holder, held, weight in self
            if holder not in left_out and held not in left_out
        )

    def halves(self, treasury: Mapping[int, int], size: int) -> array:
        """Node -> votes that must be exceeded for control.

        Own shares cast no vote, those in ``treasury`` nor those recorded as a stake in
        oneself: half of what can be voted is less than half of the issue.
        """
        half = integers([FULL // 2]) * size
        own = {node: votes for node, votes in treasury.items() if node < size}
        if any(map(eq, self.holder, self.held)):
            for holder, held, weight in self:
                if holder == held and weight < CONTROL:
                    own[held] = max(own.get(held, 0), weight)
        for node, votes in own.items():
            half[node] = half_of(votes)
        return half
