"""Conditions of scripts and packs: a small language without calls, parsed once, never executed.

    loan.amount > 200000 or loan.purpose == 'housing'
    above_limit and not housing

Names, texts in quotes, numbers, true, false; `==  !=  <  <=  >  >=  in (…)`; `and or not`. A
condition over a name that isn't known yet is itself unknown (None): three-valued logic of Kleene.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

MAX_LENGTH = 500
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_MEMBERSHIP = (ast.In, ast.NotIn)
_LITERALS = {"true": True, "false": False}
_ONLY = "only names, texts, numbers, comparisons, and, or, not are known"


class ConditionError(ValueError):
    """A text that is no condition; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition; equal texts are equal conditions. `names` are what it depends on."""

    text: str
    names: frozenset[str]

    def holds(self, facts: Mapping[str, Any]) -> bool | None:
        """True, false, or None while a name it depends on is unknown."""
        return holds(self.text, facts)


@dataclass(frozen=True, slots=True)
class Use:
    """How a condition uses a name: beside which literals; alone (`literals` None) it is a truth."""

    name: str
    literals: tuple[str | Decimal | bool, ...] | None


def parse(text: str) -> Condition:
    """The condition in `text`; ConditionError when it is none."""
    names = frozenset(use.name for use in _truth(_tree(text)))
    return Condition(" ".join(text.split()), names)


def uses(condition: Condition) -> tuple[Use, ...]:
    """Each place where a name is used, for those who know what it may be."""
    return tuple(_truth(_tree(condition.text)))


def joined(*parts: Condition | None) -> Condition | None:
    """What holds when each of the parts holds; None when there is no part."""
    texts = list(dict.fromkeys(part.text for part in parts if part is not None))
    if len(texts) < 2:
        return next((part for part in parts if part is not None), None)
    return parse(" and ".join(f"({text})" if " or " in text else text for text in texts))


def holds(text: str, facts: Mapping[str, Any]) -> bool | None:
    """The truth of a condition that `parse` has accepted; an empty one is true."""
    if not text:
        return True
    value = _value(_tree(text), facts)
    return None if value is None else bool(value)


@lru_cache(maxsize=1024)
def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ConditionError("the condition is too long")
    if "\\" in text:
        raise ConditionError("a backslash has no meaning here")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError("this is not a condition") from error


def _truth(node: ast.expr) -> Iterator[Use]:
    """The uses of names where something true or false is expected."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _truth(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _truth(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            yield from _comparison(left, op, right)
        case ast.Compare():
            raise ConditionError("one comparison at a time: write `a > 1 and a < 5`")
        case ast.Constant(value=bool()):
            return
        case ast.Constant():
            raise ConditionError("a text or a number alone is neither true nor false")
        case _:
            name = _name(node)
            if name not in _LITERALS:
                yield Use(name, None)


def _comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Iterator[Use]:
    several = _several(right) if isinstance(op, _MEMBERSHIP) else None
    sides = [left, *(several if several is not None else [right])]
    names = [_name(side) for side in sides if not _is_literal(side)]
    if several is not None and not all(_is_literal(item) for item in several):
        raise ConditionError("`in` needs texts or numbers in brackets: in ('a', 'b')")
    literals = tuple(_literal(side) for side in sides if _is_literal(side))
    for name in names:
        yield Use(name, literals)


def _several(node: ast.expr) -> list[ast.expr]:
    """The items after `in`; brackets around a single one leave no trace in the tree."""
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | int() | float()):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.Name(id=name):
            return name in _LITERALS
    return False


def _literal(node: ast.expr) -> str | Decimal | bool:
    match node:
        case ast.Constant(value=value):
            return value if isinstance(value, bool | str) else Decimal(str(value))
        case ast.UnaryOp(operand=ast.Constant(value=value)):
            return -Decimal(str(value))
        case ast.Name(id=name):
            return _LITERALS[name]
    raise ConditionError(_ONLY)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_name(value)}.{attr}"
    raise ConditionError(_ONLY)


def _value(node: ast.expr, facts: Mapping[str, Any]) -> Any:
    match node:
        case ast.BoolOp(op=op, values=values):
            return _together(isinstance(op, ast.And), [_value(value, facts) for value in values])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _value(operand, facts)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, left, right, facts)
    return _literal(node) if _is_literal(node) else facts.get(_name(node))


def _together(conjunction: bool, values: list[Any]) -> bool | None:
    decisive = not conjunction
    if any(value is not None and bool(value) is decisive for value in values):
        return decisive
    return None if None in values else conjunction


def _compared(
    op: ast.cmpop, left: ast.expr, right: ast.expr, facts: Mapping[str, Any]
) -> bool | None:
    """None when a side is unknown, or the sides can't be compared (a text with a number)."""
    first = _comparable(_value(left, facts))
    second: Any
    if isinstance(op, _MEMBERSHIP):
        second = tuple(_literal(item) for item in _several(right))
    else:
        second = _comparable(_value(right, facts))
    if first is None or second is None:
        return None
    try:
        return bool(_OPERATORS[type(op)](first, second))
    except TypeError:
        return None


def _comparable(value: Any) -> Any:
    """Numbers as exact decimals, days as the ISO text that stands in the condition."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return value
