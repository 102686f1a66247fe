"""Parameters of rules: what type each has in a pack, and how two packs' values become one.

A rule kind is a frozen class whose fields are made here. `None`, an empty list and `false` mean
that a pack says nothing about a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Shape = Literal[
    "flag", "count", "name", "names", "countries", "choice", "period", "condition", "conditions",
    "words", "offers", "examples",
]  # fmt: skip
Merge = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """How a parameter is written, and how values of several packs are settled.

    `key`: rules of one kind are merged only where their keys agree. `order`: weakest word first.
    """

    shape: Shape
    merge: Merge
    how: str
    key: bool = False
    order: tuple[str, ...] = ()
    required: bool = False


def _given(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _first(values: Sequence[Any]) -> Any:
    return next((value for value in values if value), values[0])


def _union(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(item for value in values for item in value))


def _shared(values: Sequence[Any]) -> tuple[str, ...] | None:
    given = _given(values)
    if not given:
        return None
    return tuple(item for item in given[0] if all(item in other for other in given[1:]))


def _made(parameter: Parameter, default: Any) -> Any:
    return field(default=default, metadata={"parameter": parameter})


def demanded() -> Any:
    """`true` as soon as one pack says so."""
    return _made(Parameter("flag", any, "or"), default=False)


def allowed() -> Any:
    """`true` only while every pack that has the rule says so."""
    return _made(Parameter("flag", all, "and"), default=False)


def most() -> Any:
    """A whole number; the greatest of the packs' holds."""
    return _made(Parameter("count", lambda v: max(_given(v), default=None), "max"), None)


def least() -> Any:
    """A whole number; the smallest of the packs' holds."""
    return _made(Parameter("count", lambda v: min(_given(v), default=None), "min"), None)


def key() -> Any:
    """The name by which rules of one kind are told apart; required."""
    return _made(Parameter("name", _first, "same", key=True, required=True), "")


def label() -> Any:
    """A name that is not compared: the first pack's stands."""
    return _made(Parameter("name", _first, "first"), "")


def union() -> Any:
    """Names; everything that any pack names."""
    return _made(Parameter("names", _union, "union"), ())


def shared() -> Any:
    """Names; only what every pack allows. None: anything goes. Empty after a merge: a conflict."""
    return _made(Parameter("names", _shared, "intersection"), None)


def countries() -> Any:
    """Country codes (ISO 3166-1, two capitals) that every pack allows."""
    return _made(Parameter("countries", _shared, "intersection"), None)


def strictest(*order: str) -> Any:
    """One word of `order`, weakest first; the strictest of the packs' holds."""
    return _made(
        Parameter("choice", lambda v: max(v, key=order.index), "strictest", order=order), order[0]
    )


def longest() -> Any:
    """A period; the longest holds (`max(min)`)."""
    return _made(Parameter("period", lambda v: max(_given(v), default=None), "max"), None)


def shortest() -> Any:
    """A period; the shortest holds (`min(max)`)."""
    return _made(Parameter("period", lambda v: min(_given(v), default=None), "min"), None)


def when() -> Any:
    """A condition over facts; rules with different conditions stand beside each other."""
    return _made(Parameter("condition", _first, "same", key=True), None)


def closing_conditions() -> Any:
    """Conditions of which each alone is enough; every pack's count."""
    return _made(Parameter("conditions", _union, "union"), ())


def words() -> Any:
    """One text in each language; the first pack's stands."""
    return _made(Parameter("words", _first, "first"), ())


def offers() -> Any:
    """Lawful paths, each with title and text; every pack's are offered."""
    return _made(Parameter("offers", _union, "union"), ())


def examples() -> Any:
    """Facts for which the rule speaks; the first pack's stand."""
    return _made(Parameter("examples", _first, "first"), ())
