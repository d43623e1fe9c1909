"""How loud a figure rings: thresholds of early-warning signals.

>>> bands = {"yellow": "70", "orange": "80"}
>>> level(Decimal("70"), bands), level(Decimal("70.01"), bands), level(95, bands)
(None, 'yellow', 'orange')
>>> level(5, {"yellow": "2", "orange": "5"}, inclusive=True)
'orange'
>>> level(Decimal("0.8"), {"orange": "1.5", "red": "1"}, falling=True)
'red'
>>> level(None, bands) is None
True
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

LEVELS = ("yellow", "orange", "red")
RANK = {name: rank for rank, name in enumerate(LEVELS, 1)}


def number(text: str) -> Decimal:
    """
    >>> number(" 2.5 ")
    Decimal('2.5')
    >>> number("NaN")
    Traceback (most recent call last):
    ...
    ValueError: NaN
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def level(
    value: Decimal | int | None,
    bands: Mapping[str, str],
    *,
    falling: bool = False,
    inclusive: bool = False,
) -> str | None:
    """The highest level whose threshold ``value`` has passed; unknown rings nothing."""
    if value is None:
        return None
    found = None
    for name in LEVELS:
        if not bands.get(name):
            continue
        limit = number(bands[name])
        beyond = value < limit if falling else value > limit
        if beyond or (inclusive and value == limit):
            found = name
    return found


def growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Change in per cent of what it was; unknown from nothing or from a negative.

    >>> growth(Decimal(80), Decimal(100))
    Decimal('-20')
    >>> growth(Decimal(80), Decimal(0)) is None
    True
    """
    if now is None or before is None or before <= 0:
        return None
    return (now - before) * 100 / before


def worst(levels) -> str | None:
    """
    >>> worst(["yellow", "red", "orange"])
    'red'
    >>> worst([]) is None
    True
    """
    return max(levels, key=RANK.__getitem__, default=None)
