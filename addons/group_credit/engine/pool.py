"""Pools of borrowers who stand for each other: what each pays in, who may leave when.

Source: rural credit unions' rules on loans to pools of employees (集团客户授信贷款)
and on joint-liability groups of households (联保小组). Amounts are ``Decimal`` of one
currency.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

CENT = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Account:
    """A member's sums: what may be lent, what was lent and is owed, what is paid in."""

    loan: Decimal = ZERO
    drawn: Decimal = ZERO
    owed: Decimal = ZERO
    paid_in: Decimal = ZERO


def contribution(loan, percent):
    """What a member pays into the fund for a loan.

    >>> contribution(Decimal(100000), Decimal(5))
    Decimal('5000.00')
    """
    return (loan * percent / 100).quantize(CENT, ROUND_HALF_UP)


def latest_end(start: date, months: int) -> date:
    """The last day on which a contract that begins on ``start`` may end."""
    return start + relativedelta(months=months)


def draw_problem(account, amount, percent):
    """Why ``amount`` cannot be drawn: ``"fund"``, ``"loan"`` or ``""``."""
    if account.paid_in < contribution(account.loan, percent):
        return "fund"
    return "loan" if account.drawn + amount > account.loan else ""


def leave_problem(accounts, member):
    """Why ``member`` cannot leave of his own will: all have to be clear.

    :param accounts: ``{key: Account}`` of every member
    :returns: keys of those who still owe, oneself first
    """
    owing = [key for key, account in accounts.items() if account.owed > ZERO]
    return sorted(owing, key=lambda key: key != member)


def expel_problem(account):
    """Whether a violator still owes: recover it, or have the others assume it."""
    return account.owed > ZERO
