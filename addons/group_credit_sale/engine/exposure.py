"""What a customer owes and will owe, and how the ledger is brought to it.

One *account* of a legal entity in a company (spec 5.7): ``balance`` is what it owes by
posted entries less what it has paid in advance, ``orders`` what is confirmed and not
invoiced yet. Money paid in advance covers orders; it never counts for another entity.
"""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Use:
    """Drawn and reserved on the line, in the currency of the company."""

    drawn: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.drawn + self.reserved


@dataclass(frozen=True)
class Step:
    """One row of the ledger; a guarded one may be refused for want of room."""

    kind: str
    amount: Decimal
    guarded: bool = False


def target(balance: Decimal, orders: Decimal) -> Use:
    """The use that an account should stand at.

    >>> target(Decimal(300), Decimal(200))
    Use(drawn=Decimal('300'), reserved=Decimal('200'))
    >>> target(Decimal(-150), Decimal(200))      # 150 were paid in advance
    Use(drawn=Decimal('0'), reserved=Decimal('50'))
    """
    return Use(max(balance, ZERO), max(orders + min(balance, ZERO), ZERO))


def steps(before: Use, after: Use) -> list[Step]:
    """The rows that lead from ``before`` to ``after``.

    Only the growth of the total is guarded: what changes from order to claim, or from
    one document to another, has its room already. A draw uses up what is reserved.

    >>> steps(Use(), Use(reserved=Decimal(100)))
    [Step(kind='reserve', amount=Decimal('100'), guarded=True)]
    >>> steps(Use(reserved=Decimal(100)), Use(Decimal(60), Decimal(40)))
    [Step(kind='draw', amount=Decimal('60'), guarded=False)]
    >>> for step in steps(Use(reserved=Decimal(100)), Use(Decimal(130))):
    ...     print(step.kind, step.amount, step.guarded)
    draw 100 False
    draw 30 True
    >>> steps(Use(Decimal(80)), Use(Decimal(50)))
    [Step(kind='repay', amount=Decimal('30'), guarded=False)]
    """
    found = []
    drawn, reserved = before.drawn, before.reserved
    growth = max(after.total - before.total, ZERO)
    if after.drawn < drawn:
        found.append(Step("repay", drawn - after.drawn))
        drawn = after.drawn
    rise = after.drawn - drawn
    from_reserve = min(rise, reserved)
    reserved -= from_reserve
    fresh = rise - from_reserve
    again = max(after.reserved - reserved, ZERO)
    # what takes room anew, less the growth: it only takes the place of something
    swapped = fresh + again - growth
    quiet = min(fresh, swapped)
    found += [
        Step("draw", from_reserve + quiet),
        Step("draw", fresh - quiet, guarded=True),
        Step("reserve", min(again, swapped - quiet)),
        Step("reserve", again - min(again, swapped - quiet), guarded=True),
        Step("release", max(reserved - after.reserved, ZERO)),
    ]
    return [step for step in found if step.amount > 0]
