"""Theoretical limits (理论值): formulas as data, read and computed here.

A formula is a few lines of ``name = expression``; the last name is the result. It knows
numbers, names, ``+ - * /``, and ``max``, ``min``, ``lowest`` and ``positive``. Decimal
throughout. An input that is not given makes everything unknown that rests on it:
unknown is neither nothing nor without bounds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext
from math import isfinite

OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
FUNCTIONS = ("max", "min", "lowest", "positive")
MAX_LENGTH, MAX_LINE = 4000, 400  # short lines are never nested too deeply


class FormulaError(ValueError):
    """The text is not a formula: why (``syntax``, ``assign``, ``forbidden``, ``long``
    or
    ``empty``), in which line, and the words that are meant."""

    def __init__(self, reason: str, line: int = 1, words: str = ""):
        super().__init__(f"line {line}: {reason} {words}")
        self.reason, self.line, self.words = reason, line, words


class NotApplicable(ArithmeticError):
    """The formula says nothing about these figures, such as no turnover at all."""


@dataclass(frozen=True)
class Result:
    """``value`` is None when unknown; then ``missing`` or ``refused`` says why."""

    value: Decimal | None
    steps: tuple[tuple[str, Decimal | None], ...] = ()
    missing: tuple[str, ...] = ()
    refused: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Formula:
    steps: tuple[tuple[str, ast.expr], ...]
    inputs: tuple[str, ...] = field(default=())

    @classmethod
    def parse(cls, text: str) -> Formula:
        """Read a formula; its inputs are the names that it uses and does not make.

        >>> Formula.parse("turns = 360 / days\\nneed = cost / turns").inputs
        ('days', 'cost')
        """
        if len(text) > MAX_LENGTH or any(len(x) > MAX_LINE for x in text.splitlines()):
            raise FormulaError("long")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            raise FormulaError("syntax", line) from error
        steps, made, inputs = [], set(), {}
        for node in tree.body:
            if (
                not isinstance(node, ast.Assign)
                or len(node.targets) != 1
                or not isinstance(node.targets[0], ast.Name)
            ):
                raise FormulaError("assign", node.lineno)
            for name in _names(node.value):
                if name not in made:
                    inputs[name] = None
            made.add(node.targets[0].id)
            steps.append((node.targets[0].id, node.value))
        if not steps:
            raise FormulaError("empty")
        return cls(tuple(steps), tuple(inputs))

    def compute(self, inputs: Mapping[str, Decimal | None]) -> Result:
        """The last step and all others, from named figures.

        >>> formula = Formula.parse("limit = max(0, equity * 2 - debt)")
        >>> formula.compute({"equity": Decimal(50), "debt": Decimal(30)}).value
        Decimal('70')
        >>> formula.compute({"equity": Decimal(50)})
        Result(value=None, steps=(('limit', None),), missing=('debt',), refused='')
        """
        missing = tuple(name for name in self.inputs if inputs.get(name) is None)
        known = dict(inputs)
        steps = []
        refused = ""
        with localcontext() as context:
            context.prec = 40
            for name, expression in self.steps:
                try:
                    known[name] = None if refused else _value(expression, known)
                except NotApplicable as error:
                    known[name], refused = None, str(error)
                steps.append((name, known[name]))
        value = None if missing or refused else steps[-1][1]
        return Result(value, tuple(steps), missing, refused)


def lowest(values: Iterable[Decimal | None]) -> Decimal | None:
    """The lowest of several limits; unknown if one of them is, or if there is none.

    >>> lowest([Decimal(3), Decimal(2)]), lowest([Decimal(3), None]), lowest([])
    (Decimal('2'), None, None)
    """
    values = list(values)
    if not values or None in values:
        return None
    return min(values)


def _names(node: ast.expr) -> Iterable[str]:
    """The names that an allowed expression uses, in order."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(
            node.value, bool
        ) and isfinite(node.value):
            return
        case ast.Name():
            yield node.id
        case ast.UnaryOp(op=ast.USub()):
            yield from _names(node.operand)
        case ast.BinOp() if type(node.op) in OPERATORS:
            yield from _names(node.left)
            yield from _names(node.right)
        case ast.Call(func=ast.Name()) if (
            node.func.id in FUNCTIONS and node.args and not node.keywords
        ):
            for argument in node.args:
                yield from _names(argument)
        case _:
            raise FormulaError("forbidden", node.lineno, ast.unparse(node)[:60])


def _value(node: ast.expr, known: Mapping[str, Decimal | None]) -> Decimal | None:
    match node:
        case ast.Constant():
            return Decimal(str(node.value))
        case ast.Name():
            return known.get(node.id)
        case ast.UnaryOp():
            value = _value(node.operand, known)
            return None if value is None else -value
        case ast.BinOp():
            left, right = _value(node.left, known), _value(node.right, known)
            if left is None or right is None:
                return None
            try:
                return OPERATORS[type(node.op)](left, right)
            except (DivisionByZero, InvalidOperation) as error:
                raise NotApplicable(ast.unparse(node)) from error
    values = [_value(argument, known) for argument in node.args]
    if None in values:
        return None
    if node.func.id == "positive":
        if values[0] <= 0:
            raise NotApplicable(ast.unparse(node))
        return values[0]
    return max(values) if node.func.id == "max" else min(values)
