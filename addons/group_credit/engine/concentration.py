"""What one client or one group of clients may take of the capital.

Source: 2010 guideline Art. 12 (15 % of net capital, margins and pledges deducted);
large exposures order of 2018 (10 % of net capital for loans; 15, 20, 2.5 and 5 % of
tier 1). The percentages are parameters of the caller; a limit that is reached exactly
is kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

HUNDRED = Decimal(100)
# code -> (base of capital, what is measured, of whom, what an excess means)
RULES = {
    "group_limit_pct": ("net", "exposure", "group", "breach"),
    "large_group_limit_pct": ("tier1", "regulatory", "group", "breach"),
    "single_loan_pct": ("net", "loan", "single", "breach"),
    "single_exposure_pct": ("tier1", "regulatory", "single", "breach"),
    "large_exposure_pct": ("tier1", "regulatory", "group", "report"),
    "dependence_check_pct": ("tier1", "regulatory", "single", "review"),
}
# From what share of a hard limit on a level of warning holds.
BANDS = ("red", "orange", "yellow")


def exact(amount: float) -> Decimal:
    """The amount that a float stands for on the screen.

    >>> exact(0.1) + exact(0.2)
    Decimal('0.3')
    """
    return Decimal(str(amount))


@dataclass(frozen=True)
class Position:
    """What ``party`` owes of one kind; ``ccf`` is a share of one.

    ``counted`` is the regulatory exposure where a ledger has kept it already.

    >>> Position("A", Decimal(4000), margin=Decimal(2000)).exposure
    Decimal('2000')
    """

    party: Hashable
    gross: Decimal
    margin: Decimal = Decimal(0)
    pledged: Decimal = Decimal(0)
    ccf: Decimal = Decimal(1)
    loan: bool = False
    counted: Decimal | None = None

    @property
    def exposure(self) -> Decimal:
        """What the policy counts: without margin and pledged deposits or bonds."""
        return max(self.gross - self.margin - self.pledged, Decimal(0))

    @property
    def regulatory(self) -> Decimal:
        """What the order on large exposures counts."""
        return self.exposure * self.ccf if self.counted is None else self.counted


@dataclass(frozen=True)
class Finding:
    code: str
    party: Hashable | None  # None: the group as a whole
    amount: Decimal
    base: Decimal | None
    ratio: Decimal | None  # per cent of the base
    limit: Decimal | None
    status: str  # ok, yellow, orange, red, breach, report, review, unknown


def measure(positions: Iterable[Position], what: str) -> Decimal:
    """The sum of ``what`` (``gross``, ``exposure``, ``regulatory`` or ``loan``)."""
    if what == "loan":
        return sum((p.gross for p in positions if p.loan), Decimal(0))
    return sum((getattr(p, what) for p in positions), Decimal(0))


def status(
    amount: Decimal,
    limit: Decimal | None,
    excess: str = "breach",
    bands: Mapping[str, Decimal] = {},
) -> str:
    """Where ``amount`` stands against ``limit``; unknown capital is not nothing.

    >>> status(Decimal(6600), Decimal(6600)), status(Decimal("6600.01"), Decimal(6600))
    ('ok', 'breach')
    >>> status(Decimal(70), Decimal(100), bands={"orange": Decimal(67)})
    'orange'
    """
    if limit is None:
        return "unknown" if amount else "ok"
    if amount > limit:
        return excess
    if excess == "breach" and amount:
        for level in BANDS:
            if level in bands and amount * HUNDRED > bands[level] * limit:
                return level
    return "ok"


def screen(
    positions: Iterable[Position],
    capital: Mapping[str, Decimal | None],
    percents: Mapping[str, Decimal],
    bands: Mapping[str, Decimal] = {},
) -> list[Finding]:
    """Each rule in ``percents`` against the positions of one group.

    Rules of single clients give a finding for each party. ``capital`` has the keys
    ``net`` and ``tier1``; what is missing there makes the finding unknown.

    >>> [found] = screen([Position("A", Decimal(7000))], {"net": Decimal(44000)},
    ...                  {"group_limit_pct": Decimal(15)})
    >>> found.status, round(found.ratio, 4), found.limit
    ('breach', Decimal('15.9091'), Decimal('6600'))
    """
    by_party: dict[Hashable, list[Position]] = {}
    for position in positions:
        by_party.setdefault(position.party, []).append(position)
    whole = [position for each in by_party.values() for position in each]
    findings = []
    for code, percent in percents.items():
        kind, what, scope, excess = RULES[code]
        base = capital.get(kind)
        limit = base * percent / HUNDRED if base is not None else None
        subjects = {None: whole} if scope == "group" else by_party
        for party, held in subjects.items():
            amount = measure(held, what)
            findings.append(
                Finding(
                    code=code,
                    party=party,
                    amount=amount,
                    base=base,
                    ratio=amount * HUNDRED / base if base else None,
                    limit=limit,
                    status=status(amount, limit, excess, bands),
                )
            )
    return findings
