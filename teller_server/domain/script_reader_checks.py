"""What no single line of a script can tell: order, doubles, and what one step needs of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import yaml

from .documents import readable
from .errors import Problem
from .script import (
    AFTER_CALL,
    CUSTOMER,
    Commit,
    ConsentAsked,
    Document,
    FaceMatch,
    Form,
    IdentityDocument,
    OneTimeCode,
    ServiceScript,
    Sign,
    Step,
    StepKind,
)
from .script_nodes import Reader
from .script_reader_covering import covered, together
from .script_reader_names import RESERVED, check_names
from .script_reader_registers import registers_of


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where the parts of a script stand in its file."""

    root: yaml.Node
    top: dict[str, yaml.Node]

    def at(self, key: str) -> yaml.Node:
        """The value of a top-level key, or the whole file."""
        return self.top.get(key, self.root)


def check_whole(reader: Reader, nodes: Nodes, script: ServiceScript) -> None:
    """Note all problems that concern the script as a whole."""
    top = nodes.top
    reader.unique(top.get("ask_before_queue"), [c.id for c in script.consents], "consent")
    reader.unique(top.get("intake"), [field.name for field in script.intake], "field")
    reader.unique(top.get("guests"), [guest.party for guest in script.guests], "guest")
    if not any(consent.id == "recording" and consent.required for consent in script.consents):
        reader.problem(nodes.at("ask_before_queue"), "a required consent `recording` is needed")
    if not script.steps:
        reader.problem(nodes.at("steps"), "at least one step is needed")
        return
    _note(reader, _ids(script))
    _note(reader, _order(script))
    _note(reader, _parties(script))
    _note(reader, _origins(script))
    _note(reader, _faces(script))
    _note(reader, _papers(script))
    _note(reader, _codes(script))
    _note(reader, registers_of(script))
    _note(reader, _cooling_off(script))
    check_names(reader, top, script)


def _note(reader: Reader, found: Iterable[tuple[Step, str]]) -> None:
    for step, what in found:
        where = f"(as `{step.id}`) " if step.source != reader.source else ""
        reader.problems.add(Problem(step.source, step.line, where + what))


def _ids(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    seen: set[str] = set()
    for step in script.steps:
        if step.id in seen:
            yield step, f"step `{step.id}` is given twice"
        if step.id in RESERVED:
            yield step, f"`{step.id}` has a meaning of its own; choose another id"
        if step.id:
            seen.add(step.id)


def _order(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    steps = script.steps
    call = [step for step in steps if step.kind not in AFTER_CALL]
    spoken = [step for step in call if step.kind is not StepKind.NOTICE]
    first = spoken[0] if spoken else steps[0]
    if not isinstance(first.detail, ConsentAsked) or first.detail.purpose != "recording":
        yield first, "the first step, but for notices, must be a `consent` to `recording`"
    elif first.when or first.party != CUSTOMER or first.detail.on_refuse != "end":
        yield first, "the consent to `recording` is the customer's, always asked; a no is the end"
    last = call[-1] if call else steps[-1]
    if last.kind is not StepKind.TELLER_DECISION or last.when:
        yield last, "the last step of the call must be a `teller_decision`, without `when`"
    for step in call[:-1]:
        if step.kind is StepKind.TELLER_DECISION:
            yield step, "only the last step of the call is a `teller_decision`"
    yield from _tail(steps, len(call))


def _tail(steps: tuple[Step, ...], calls: int) -> Iterator[tuple[Step, str]]:
    """A checker, then the commit, each at most once, at the very end."""
    for index, step in enumerate(steps):
        if step.kind in AFTER_CALL and index < calls:
            yield step, f"a `{step.kind.value}` stands after the `teller_decision`"
    tail = [step.kind for step in steps if step.kind in AFTER_CALL]
    allowed = [StepKind.CHECKER_DECISION, StepKind.COMMIT]
    if tail and tail not in (allowed, allowed[:1], allowed[1:]):
        yield steps[-1], "at the end: one `checker_decision` at most, then one `commit` at most"


def _parties(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    declared = {guest.party for guest in script.guests}
    for step in script.steps:
        if step.party != CUSTOMER and step.party not in declared:
            yield step, f"`{step.party}` is none of the `guests`"
        elif step.party != CUSTOMER and step.kind in (*AFTER_CALL, StepKind.TELLER_DECISION):
            yield step, f"a `{step.kind.value}` belongs to no guest"


def _faces(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    asked = any(consent.id == "face" for consent in script.consents)
    for step, before in _with_before(script):
        if not isinstance(step.detail, FaceMatch):
            continue
        if not asked:
            yield step, "a `face_match` needs a consent `face` in `ask_before_queue`"
        if not _precedes(before, step, lambda s: s.identifies):
            yield step, "a `face_match` needs an `identity_document` of the same party before it"


def _papers(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    for step, before in _with_before(script):
        named = step.detail.papers if isinstance(step.detail, Sign) else ()
        if isinstance(step.detail, Document):
            named = (step.detail.paper,)
        for paper in named:
            if paper and paper not in script.papers:
                yield step, f"`{paper}` is none of the `papers`"
            elif isinstance(step.detail, Sign) and not _shown(before, step, paper):
                yield step, f"`{paper}` must be shown by a `document` step before it is signed"
            elif isinstance(step.detail, Document) and (where := _signed(before, step, paper)):
                yield step, f"`{paper}` is signed in `{where}`; set anew it would lose that"


def _shown(before: tuple[Step, ...], step: Step, paper: str) -> bool:
    def shows(candidate: Step) -> bool:
        return isinstance(candidate.detail, Document) and candidate.detail.paper == paper

    return _precedes(before, step, shows, (step.party, CUSTOMER))


def _signed(before: tuple[Step, ...], step: Step, paper: str) -> str | None:
    """The earlier step that has the paper signed in a visit in which `step` takes place too."""
    signs = (s for s in before if isinstance(s.detail, Sign) and paper in s.detail.papers)
    return next((s.id for s in signs if together(s.when, step.when)), None)


def _codes(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    for step, before in _with_before(script):
        if not isinstance(step.detail, OneTimeCode) or step.detail.to == "customer.phone":
            continue
        form, _, name = step.detail.to.partition(".")
        known = tuple(s for s in before if s.id == form and isinstance(s.detail, Form))
        fields = {field.name: field.type for s in known for field in s.fields}
        if name not in fields:
            yield step, f"`{step.detail.to}` is no field of a form before this step"
        elif fields[name] != "phone":
            yield step, f"`{step.detail.to}` is no phone number"
        elif not covered(step.when, [s.when for s in known]):
            yield step, f"`{form}` may be left out while this step takes place"


def _origins(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    """Fields that begin with what was read: of the same party's document, photographed before."""
    for field in script.intake:
        if field.origin:
            yield script.steps[0], f"`{field.name}` is asked before any document is read"
    for step, before in _with_before(script):
        for origin in (field.origin for field in step.fields if field.origin):
            source, _, name = origin.partition(".")
            details = [s.detail for s in before if s.id == source and s.party == step.party]
            asked = next((d for d in details if isinstance(d, IdentityDocument)), None)
            if asked is None:
                yield step, f"`{source}` is no `identity_document` of the same party before it"
            elif name not in readable(asked.types, asked.sides):
                yield step, f"`{origin}` is not read on any of these documents"


def _cooling_off(script: ServiceScript) -> Iterator[tuple[Step, str]]:
    fields = {field.name for step in script.steps for field in step.fields}
    for step in script.steps:
        cooling = step.detail.cooling_off if isinstance(step.detail, Commit) else None
        if cooling is not None and cooling.field not in fields:
            yield step, f"`{cooling.field}` is no field of a form"


def _with_before(script: ServiceScript) -> Iterator[tuple[Step, tuple[Step, ...]]]:
    for index, step in enumerate(script.steps):
        yield step, script.steps[:index]


def _precedes(
    before: tuple[Step, ...],
    step: Step,
    fits: Callable[[Step], bool],
    parties: tuple[str, ...] = (),
) -> bool:
    """Whether, whenever `step` takes place, one of the fitting steps did before."""
    whose = parties or (step.party,)
    return covered(step.when, [s.when for s in before if s.party in whose and fits(s)])
