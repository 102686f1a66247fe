"""Names in conditions and texts: each must exist, and be known by the time it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import yaml

from .conditions import Condition, Use, uses
from .errors import Problem
from .fields import Field
from .script import Questions, ServiceScript
from .script_nodes import Named, Reader

ALWAYS = frozenset(
    {"teller.name", "teller.number", "branch.name", "customer.name", "customer.phone",
     "number", "today"}
)  # fmt: skip
BEFORE_CALL = frozenset({"branch.name"})
"""What the texts outside of steps may show: nobody has called yet."""
RESERVED = frozenset({"teller", "branch", "customer", "intake", "before", "number", "today"})
INTAKE = -1


class Known:
    """The names of one script: which field each is, and which step collects it."""

    def __init__(self, script: ServiceScript) -> None:
        self.fields: dict[str, Field] = {}
        self.at: dict[str, int] = {}
        self.before: set[str] = set()
        self.steps = {step.id: index for index, step in enumerate(script.steps)}
        for field in script.intake:
            self._add(f"intake.{field.name}", field, INTAKE)
        for index, step in enumerate(script.steps):
            for field in step.fields:
                self._add(f"{step.id}.{field.name}", field, index)
                if field.before:
                    self.before |= {f"before.{field.name}", f"before.{field.before}"}
            if isinstance(step.detail, Questions):
                for question in step.detail.pool:
                    self._add(f"{step.id}.{question.id}", question.answer, index)

    def _add(self, name: str, field: Field, index: int) -> None:
        self.fields.setdefault(name, field)
        self.at.setdefault(name, index)


def check_names(reader: Reader, top: Mapping[str, yaml.Node], script: ServiceScript) -> None:
    """Note every name that doesn't exist, comes too late, or is compared with the impossible."""
    known = Known(script)
    _check_conditions(reader, top.get("conditions"), script, known)
    _check_guests(reader, top.get("guests"), script)
    _check_when(reader, script, known)
    for named in reader.named:
        what = _wrong_in_text(named, known)
        if what:
            reader.problems.add(Problem(named.source, named.line, what))


def _check_conditions(
    reader: Reader, node: yaml.Node | None, script: ServiceScript, known: Known
) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        condition = script.conditions.get(key.value)
        if condition is None:
            continue
        for name in sorted(condition.names):
            if name not in known.at and not _of_customer(name):
                reader.problem(value, f"nothing collects `{name}`")
        for what in _wrong_comparisons(condition, known.fields):
            reader.problem(value, what)


def _check_guests(reader: Reader, node: yaml.Node | None, script: ServiceScript) -> None:
    if not isinstance(node, yaml.SequenceNode):
        return
    for child, guest in zip(node.value, script.guests, strict=False):
        for name in sorted((guest.when.names if guest.when else set()) - set(script.conditions)):
            reader.problem(child, f"`{name}` is none of the `conditions`")


def _check_when(reader: Reader, script: ServiceScript, known: Known) -> None:
    for index, step in enumerate(script.steps):
        for name in sorted(step.when.names if step.when else ()):
            for what in _wrong_in_when(name, index, script, known):
                reader.problems.add(Problem(step.source, step.line, what))


def _wrong_in_when(name: str, index: int, script: ServiceScript, known: Known) -> Iterator[str]:
    condition = script.conditions.get(name)
    if condition is None:
        yield f"`{name}` in `when` is none of the `conditions`"
        return
    for needed in sorted(condition.names):
        if known.at.get(needed, INTAKE) >= index:
            yield f"`{name}` depends on `{needed}`, which is only known after this step"


def _wrong_comparisons(condition: Condition, fields: Mapping[str, Field]) -> Iterator[str]:
    for use in uses(condition):
        field = fields.get(use.name)
        if field is not None:
            yield from _wrong_use(use, field)


def _wrong_use(use: Use, field: Field) -> Iterator[str]:
    if use.literals is None:
        if field.type != "yes_no":
            yield f"`{use.name}` is no yes-or-no answer: compare it with something"
        return
    for literal in use.literals:
        if field.type in ("number", "money"):
            fits = isinstance(literal, Decimal)
        elif field.type == "yes_no":
            fits = isinstance(literal, bool)
        else:
            fits = isinstance(literal, str)
            if fits and field.type == "choice":
                fits = literal in {option.value for option in field.options}
        if not fits:
            yield f"`{use.name}` can never be {_shown(literal)}"


def _shown(literal: object) -> str:
    return f"'{literal}'" if isinstance(literal, str) else str(literal).lower()


def _wrong_in_text(named: Named, known: Known) -> str | None:
    """Why a text can't show a name where it stands; what comes too late would stay a blank."""
    if not named.step:
        shown = named.name in BEFORE_CALL
        return None if shown else f"`{named.name}` isn't known before the call"
    if named.name in ALWAYS or named.name in known.before:
        return None
    if named.name not in known.at:
        return f"unknown name `{named.name}`"
    late = known.at[named.name] > known.steps.get(named.step, len(known.steps))
    return f"`{named.name}` is only known after this step" if late else None


def _of_customer(name: str) -> bool:
    """What the core says of the customer; which fields it has is the bank's own matter."""
    return name.startswith("customer.") and name.count(".") == 1
