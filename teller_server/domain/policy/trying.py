"""Facts under which a script is tried out: what a step comes to is found by trying, not by reading.

The text of a condition proves nothing. For every name in it there are values on both sides of each
literal and on it, and between two of them; all combinations are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise, product
from math import prod

from teller_server.domain import conditions
from teller_server.domain.conditions import Condition
from teller_server.domain.fields import Fact, Field
from teller_server.domain.script import ServiceScript, Step, StepKind

Facts = dict[str, Fact]

MOST = 20_000
"""Combinations that are tried for one condition; more of them is a refusal, not a long wait."""

_NEAR = (Decimal(-1), Decimal("-0.01"), Decimal(0), Decimal("0.01"), Decimal(1), Decimal("1e6"))
_ELSE = "something_else"


class TooMany(Exception):
    """A condition over too many names and values to be tried."""


def ways(told: Iterable[Condition], script: ServiceScript) -> Iterator[Facts]:
    """Every combination of the values that matter for these conditions; TooMany beyond MOST."""
    asked = tuple(told)
    names = sorted({name for condition in asked for name in condition.names})
    values = [values_of(name, asked, script) for name in names]
    if prod(map(len, values)) > MOST:
        raise TooMany
    return (dict(zip(names, chosen, strict=True)) for chosen in product(*values))


def values_of(name: str, told: Iterable[Condition], script: ServiceScript) -> tuple[Fact, ...]:
    """What is worth trying of a name, what speaks least first."""
    literals: list[Fact] = []
    for use in (use for condition in told for use in conditions.uses(condition)):
        if use.name == name:
            literals += (False, True) if use.literals is None else use.literals
    options = _options(script, name)
    found = [*_numbers(literals), *_texts(literals, options)]
    if any(isinstance(literal, bool) for literal in literals):
        found = [False, True, *found]
    alone: tuple[Fact, ...] = options or (Decimal(1), Decimal(2))
    return tuple({(type(one), one): one for one in found or alone}.values())


def _numbers(literals: Iterable[Fact]) -> Iterator[Fact]:
    """Small ones first; at, around and between the literals."""
    numbers = sorted({one for one in literals if isinstance(one, Decimal)})
    if numbers:
        yield Decimal(1)
    for one in numbers:
        yield from (one + near for near in _NEAR)
    for low, high in pairwise(numbers):
        yield (low + high) / 2


def _texts(literals: Iterable[Fact], options: tuple[str, ...]) -> Iterator[Fact]:
    """Words that no condition names first: those of a choice, or one that can't be meant."""
    texts = [one for one in literals if isinstance(one, str)]
    if texts:
        yield from ([one for one in options if one not in texts] or (_ELSE,))
        yield from texts


def _options(script: ServiceScript, name: str) -> tuple[str, ...]:
    field = field_of(script, name)
    return tuple(option.value for option in field.options) if field else ()


def field_of(script: ServiceScript, name: str) -> Field | None:
    """The field behind a name like `intake.amount` or `application.amount`."""
    form, _, field = name.partition(".")
    fields = script.intake if form == "intake" else ()
    for step in script.of_kind(StepKind.FORM):
        fields = step.fields if step.id == form else fields
    return next((one for one in fields if one.name == field), None)


def possible(facts: Mapping[str, Fact], script: ServiceScript) -> bool:
    """Whether the forms let it be said: a choice has its options, anything else is open."""
    fields = ((field_of(script, name), value) for name, value in facts.items())
    return all(
        field is None or field.type != "choice" or field.error(str(value)) is None
        for field, value in fields
    )


def place(script: ServiceScript, step: Step, facts: Mapping[str, Fact]) -> bool | None:
    """Whether a step takes place with these facts; None while that isn't known."""
    if step.when is None:
        return True
    named = {name: script.conditions[name] for name in step.when.names & set(script.conditions)}
    held = {name: condition.holds(facts) for name, condition in named.items()}
    known = {name: value for name, value in held.items() if value is not None}
    return step.when.holds(known)


def behind(script: ServiceScript, steps: Iterable[Step]) -> tuple[Condition, ...]:
    """The conditions over facts that decide whether these steps take place."""
    names = {name for step in steps if step.when for name in step.when.names}
    return tuple(one for name, one in sorted(script.conditions.items()) if name in names)
