"""Conditions of scripts and packs: a small language without calls, parsed once, never executed.

    loan.amount > 200000 or loan.purpose == 'housing'
    above_limit and not housing

Names, texts in quotes, numbers, true, false; `==  !=  <  <=  >  >=  in (…)`; `and or not`. A
condition over a name that isn't known yet is itself unknown (None): three-valued logic of Kleene.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_LENGTH = 500
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_LITERALS = {"true": True, "false": False}


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


def parse(text: str) -> Condition:
    """The condition in `text`; ConditionError when it is none."""
    tree, names = _tree(text), set[str]()
    _check(tree, names)
    return Condition(" ".join(text.split()), frozenset(names))


def holds(text: str, facts: Mapping[str, Any]) -> bool | None:
    """The truth of a condition that `parse` has accepted; an empty one is true."""
    if not text:
        return True
    value = _value(_tree(text), facts)
    return None if value is None else bool(value)


def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ConditionError("the condition is too long")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ConditionError("this is not a condition") from error


def _check(node: ast.expr, names: set[str]) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, names)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            _check(left, names)
            _check(right, names)
        case ast.Tuple(elts=items) if all(isinstance(item, ast.Constant) for item in items):
            pass
        case ast.Constant(value=value) if isinstance(value, str | int | float):
            pass
        case ast.Name() | ast.Attribute():
            name = _name(node)
            if name not in _LITERALS:
                names.add(name)
        case _:
            raise ConditionError("only names, texts, numbers, comparisons, and, or, not are known")


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_name(value)}.{attr}"
    raise ConditionError("only names, texts, numbers, comparisons, and, or, not are known")


def _value(node: ast.expr, facts: Mapping[str, Any]) -> Any:
    match node:
        case ast.BoolOp(op=op, values=values):
            return _both(isinstance(op, ast.And), [_value(value, facts) for value in values])
        case ast.UnaryOp(operand=operand):
            inner = _value(operand, facts)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(_COMPARE[type(op)], _value(left, facts), _value(right, facts))
        case ast.Tuple(elts=items):
            return tuple(_value(item, facts) for item in items)
        case ast.Constant(value=value):
            return Decimal(str(value)) if isinstance(value, int | float) else value
    name = _name(node)
    return _LITERALS.get(name, facts.get(name))


def _both(conjunction: bool, values: list[Any]) -> bool | None:
    decisive = not conjunction
    if any(value is not None and bool(value) is decisive for value in values):
        return decisive
    return None if None in values else conjunction


def _compared(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    left = Decimal(str(left)) if isinstance(left, int | float) and left is not True else left
    try:
        match operator:
            case "==":
                return bool(left == right)
            case "!=":
                return bool(left != right)
            case "in":
                return left in right
            case "not in":
                return left not in right
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
        return bool(left >= right)
    except TypeError:
        return None
