"""Deduction sheets: what a check of a project is worth after its findings.

Source: the opening risk check sheet of property developers (100 points, sections with a
weight that they cannot exceed, the same cause counted once at its highest value).
"""

from collections import defaultdict
from decimal import Decimal

FULL = Decimal(100)
#: Taken off when nobody else has countersigned the check.
NOT_COUNTERSIGNED = Decimal(2)


def evaluate(weights, findings, countersigned=True):
    """Score of a check and what each section loses.

    :param weights: ``{section: Decimal}``, points that a section can lose at most
    :param findings: ``[(section, deduction, cause or "")]``
    :param countersigned: whether a second person has confirmed the check
    :returns: ``(Decimal score, {section: Decimal loss}, [index of a counted finding])``

    >>> weights = {"legal": Decimal(30), "plan": Decimal(10)}
    >>> evaluate(weights, [("plan", Decimal(5), "x"), ("plan", Decimal(3), "x")])[0]
    Decimal('95')
    """
    counted = _counted(findings)
    sums = defaultdict(Decimal)
    for index in counted:
        section, deduction, _cause = findings[index]
        sums[section] += deduction
    losses = {
        section: min(weight, sums.get(section, Decimal(0)))
        for section, weight in weights.items()
    }
    score = FULL - sum(losses.values(), Decimal(0))
    if not countersigned:
        score -= NOT_COUNTERSIGNED
    return max(score, Decimal(0)), losses, counted


def _counted(findings):
    """Indexes of the findings that count: of those with one cause, the first of the
    highest value."""
    best = {}
    for index, (_section, deduction, cause) in enumerate(findings):
        key = ("cause", cause) if cause else ("alone", index)
        if key not in best or deduction > findings[best[key]][1]:
            best[key] = index
    return sorted(best.values())
