"""Reading steps: what all kinds have in common, and the keys that belong to each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

import yaml

from .conditions import joined
from .documents import PROMPTS, SIDES
from .registers import REGISTERS, Register
from .script import (
    AFTER_CALL,
    CUSTOMER,
    TURNS,
    CheckerDecision,
    Commit,
    ConsentAsked,
    CoolingOff,
    Detail,
    Disclosure,
    Document,
    FaceMatch,
    Flag,
    Form,
    HandOver,
    IdentityDocument,
    Liveness,
    Need,
    Notice,
    OneTimeCode,
    OnRefuse,
    Prompt,
    Purpose,
    Questions,
    RegistryCheck,
    Sign,
    Step,
    StepKind,
    TellerDecision,
)
from .script_nodes import Reader, line_of
from .script_reader_fields import field, prompt, question
from .script_reader_includes import Placed

Entry = dict[str, yaml.Node]

NEEDS = ("live_video", "fresh_face")
PURPOSES = ("facts", "willingness", "plausibility", "fraud_signal", "liveness", "verification")
OUTCOMES = ("sign_at_branch", "done_with_limits", "other_channel")
MAX_SECONDS = 600
MAX_HOURS = 720
MAX_DRAWN = 8
LEAST_ACTIONS = 2
_COMMON = ("id", "kind", "title")
_SPOKEN = ("say", "task")
_ANY = ("needs", "party", "when")
_RENAMED = {"consent_aloud": "consent", "confirm": "disclosure` with `acknowledge: agree"}


def step(reader: Reader, placed: Placed) -> Step:
    """One step in its place; `placed` carries what an `include` says about it."""
    kind = _kind(reader, placed.node)
    shape = _SHAPES[kind] if kind else _UNKNOWN
    spoken = _SPOKEN if kind not in AFTER_CALL else ()
    keys = (*shape.optional, *_ANY, *(() if spoken else _SPOKEN))
    reader.step, reader.names = placed.id, placed.names
    entry = (
        reader.mapping(placed.node, (*_COMMON, *spoken, *shape.required), keys)
        if kind
        else _entries(placed.node)
    )
    needs = reader.sequence(entry.get("needs"), lambda n: _need(reader, n))
    reader.name(entry.get("id"))
    return Step(
        id=placed.id,
        kind=kind or StepKind.NOTICE,
        title=reader.label(entry.get("title")),
        say=reader.words(entry.get("say")),
        task=reader.words(entry.get("task")),
        detail=shape.read(reader, entry),
        needs=frozenset(cast(tuple[Need, ...], needs)),
        party=reader.name(entry.get("party")) or placed.party or CUSTOMER,
        when=joined(placed.when, reader.condition(entry.get("when"))),
        line=line_of(placed.node),
        source=placed.node.start_mark.name,
    )


def _need(reader: Reader, node: yaml.Node) -> str:
    """`second_person` was a word that nothing kept to."""
    if reader.text(node) == "second_person":
        reader.problem(node, "`second_person` is gone; a `checker_decision` at the end is one")
        return ""
    return reader.word(node, NEEDS)


def _kind(reader: Reader, node: yaml.Node) -> StepKind | None:
    value = _entries(node).get("kind")
    if value is None:
        reader.mapping(node, ("kind",), _COMMON)
        return None
    word = reader.text(value)
    if word in _RENAMED:
        reader.problem(value, f"`{word}` is now `{_RENAMED[word]}`")
        return None
    reader.word(value, tuple(StepKind))
    return StepKind(word) if word in tuple(StepKind) else None


def _entries(node: yaml.Node) -> Entry:
    """The entries of a mapping as they are, for a step whose kind isn't known."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _notice(reader: Reader, entry: Entry) -> Detail:
    return Notice(_seconds(reader, entry))


def _consent(reader: Reader, entry: Entry) -> Detail:
    purpose = reader.name(entry.get("purpose"))
    return ConsentAsked(purpose, _on_refuse(reader, entry), reader.words(entry.get("if_refused")))


def _disclosure(reader: Reader, entry: Entry) -> Detail:
    topic = reader.name(entry.get("topic"))
    return Disclosure(topic, _seconds(reader, entry), _acknowledge(reader, entry))


def _question(reader: Reader, entry: Entry) -> Detail:
    pool = reader.some(entry.get("pool"), lambda n: question(reader, n))
    reader.unique(entry.get("pool"), [item.id for item in pool], "question")
    draw = _draw(reader, entry, len(pool))
    purpose = cast(Purpose, reader.word(entry.get("purpose"), PURPOSES, "facts"))
    return Questions(purpose, pool, draw, shuffle=reader.flag(entry.get("shuffle")))


def _form(reader: Reader, entry: Entry) -> Detail:
    fields = reader.some(entry.get("fields"), lambda n: field(reader, n))
    reader.unique(entry.get("fields"), [item.name for item in fields], "field")
    return Form(fields)


def _identity_document(reader: Reader, entry: Entry) -> Detail:
    whole = IdentityDocument()
    types, sides = whole.types, whole.sides
    if "types" in entry:
        types = reader.some(entry["types"], reader.name)
    if "sides" in entry:
        sides = reader.some(entry["sides"], lambda node: reader.word(node, SIDES))
        reader.unique(entry["sides"], list(sides), "side")
    draw = reader.number(entry.get("draw"), 0, len(PROMPTS))
    return IdentityDocument(types, sides, draw, reader.number(entry.get("features"), 0, MAX_DRAWN))


def _registry_check(reader: Reader, entry: Entry) -> Detail:
    checks = reader.some(entry.get("checks"), lambda n: reader.word(n, REGISTERS))
    reader.unique(entry.get("checks"), list(checks), "check")
    phone = _renamed(reader, entry["phone"]) if "phone" in entry else "customer.phone"
    company = _renamed(reader, entry["company"]) if "company" in entry else ""
    return RegistryCheck(cast(tuple[Register, ...], checks), phone, company)


def _renamed(reader: Reader, node: yaml.Node) -> str:
    """A name of the script's, as an including script calls it."""
    first, dot, rest = reader.dotted(node).partition(".")
    return f"{reader.names.get(first, first)}{dot}{rest}"


def _face_match(reader: Reader, entry: Entry) -> Detail:
    if "alternative" not in entry:
        return FaceMatch()
    return FaceMatch(reader.some(entry["alternative"], reader.name))


def _liveness(reader: Reader, entry: Entry) -> Detail:
    prompts = reader.some(entry.get("prompts"), lambda n: prompt(reader, n))
    reader.unique(entry.get("prompts"), [item.id for item in prompts], "prompt")
    if prompts and all(item.motor for item in prompts):
        reader.problem(entry["prompts"], "one prompt at least must be `motor: false`")
    if any(item.action for item in prompts):
        return _challenge(reader, entry, prompts)
    return Liveness(prompts, _draw(reader, entry, len(prompts)))


def _challenge(reader: Reader, entry: Entry, prompts: tuple[Prompt, ...]) -> Detail:
    """Every movement has an action, none twice; one of those drawn is always a turn."""
    where, actions = entry["prompts"], [item.action for item in prompts if item.action]
    if any(item.motor and not item.action for item in prompts):
        reader.problem(where, "in a challenge every `motor: true` needs an `action`")
    if len(set(actions)) != len(actions):
        reader.problem(where, "an `action` is asked for once")
    if not set(actions) & set(TURNS):
        reader.problem(where, f"a challenge needs a turn: {' or '.join(TURNS)}")
    if sum(item.digits > 0 for item in prompts) > 1:
        reader.problem(where, "one prompt at most has `digits`")
    draw = _draw(reader, entry, len(actions))
    if draw < LEAST_ACTIONS:
        reader.problem(entry.get("draw", where), f"a challenge draws {LEAST_ACTIONS} at least")
    return Liveness(prompts, draw)


def _one_time_code(reader: Reader, entry: Entry) -> Detail:
    return OneTimeCode(_renamed(reader, entry["to"]) if "to" in entry else "")


def _document(reader: Reader, entry: Entry) -> Detail:
    paper = reader.name(entry.get("paper"))
    return Document(paper, _seconds(reader, entry), _acknowledge(reader, entry))


def _sign(reader: Reader, entry: Entry) -> Detail:
    papers = reader.some(entry.get("papers"), reader.name)
    reader.unique(entry.get("papers"), list(papers), "paper")
    refused = reader.words(entry["if_refused"]) if "if_refused" in entry else {}
    return Sign(papers, reader.words(entry.get("sentence")), _on_refuse(reader, entry), refused)


def _teller_decision(reader: Reader, entry: Entry) -> Detail:
    flags = reader.sequence(entry.get("flags"), lambda n: _flag(reader, n))
    reader.unique(entry.get("flags"), [flag.id for flag in flags], "flag")
    return TellerDecision(flags)


def _flag(reader: Reader, node: yaml.Node) -> Flag:
    entry = reader.mapping(node, ("id", "label", "blocking"))
    return Flag(
        reader.name(entry.get("id")),
        reader.label(entry.get("label")),
        reader.flag(entry.get("blocking")),
    )


def _hand_over(reader: Reader, entry: Entry) -> Detail:
    outcome = reader.word(entry.get("outcome"), OUTCOMES, OUTCOMES[0])
    return HandOver(outcome, reader.some(entry.get("items"), reader.words))


def _checker_decision(reader: Reader, entry: Entry) -> Detail:
    return CheckerDecision(reader.number(entry.get("hours"), 1, MAX_HOURS, 1))


def _commit(reader: Reader, entry: Entry) -> Detail:
    return Commit(reader.dotted(entry.get("effect")), _cooling_off(reader, entry))


def _cooling_off(reader: Reader, entry: Entry) -> CoolingOff | None:
    node = entry.get("cooling_off")
    if node is None:
        return None
    found = reader.mapping(node, ("field", "hours"))
    hours = reader.number(found.get("hours"), 1, MAX_HOURS, 1)
    return CoolingOff(reader.name(found.get("field")), hours)


def _unknown(_: Reader, __: Entry) -> Detail:
    return Notice(0)


def _seconds(reader: Reader, entry: Entry) -> int:
    return reader.number(entry.get("seconds"), 0, MAX_SECONDS)


def _draw(reader: Reader, entry: Entry, available: int) -> int:
    draw = reader.number(entry.get("draw"), 1, 100)
    if draw > available:
        reader.problem(entry["draw"], f"only {available} are there to draw from")
    return draw


def _on_refuse(reader: Reader, entry: Entry) -> OnRefuse:
    return cast(OnRefuse, reader.word(entry.get("on_refuse"), ("end", "continue"), "end"))


def _acknowledge(reader: Reader, entry: Entry) -> Literal["seen", "agree"]:
    word = reader.word(entry.get("acknowledge"), ("seen", "agree"), "seen")
    return cast(Literal["seen", "agree"], word)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The keys of one kind of step, and how they are read."""

    read: Callable[[Reader, Entry], Detail]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


_UNKNOWN = _Shape(_unknown)
_SHAPES: Mapping[StepKind, _Shape] = {
    StepKind.NOTICE: _Shape(_notice, ("seconds",)),
    StepKind.CONSENT: _Shape(_consent, ("purpose", "on_refuse", "if_refused")),
    StepKind.DISCLOSURE: _Shape(_disclosure, ("topic", "seconds", "acknowledge")),
    StepKind.QUESTION: _Shape(_question, ("purpose", "pool"), ("draw", "shuffle")),
    StepKind.FORM: _Shape(_form, ("fields",)),
    StepKind.IDENTITY_DOCUMENT: _Shape(
        _identity_document, (), ("types", "sides", "draw", "features")
    ),
    StepKind.REGISTRY_CHECK: _Shape(_registry_check, ("checks",), ("phone", "company")),
    StepKind.FACE_MATCH: _Shape(_face_match, (), ("alternative",)),
    StepKind.LIVENESS: _Shape(_liveness, ("prompts", "draw")),
    StepKind.ONE_TIME_CODE: _Shape(_one_time_code, ("to",)),
    StepKind.DOCUMENT: _Shape(_document, ("paper", "seconds", "acknowledge")),
    StepKind.SIGN: _Shape(_sign, ("papers", "sentence", "on_refuse"), ("if_refused",)),
    StepKind.TELLER_DECISION: _Shape(_teller_decision, (), ("flags",)),
    StepKind.HAND_OVER: _Shape(_hand_over, ("outcome", "items")),
    StepKind.CHECKER_DECISION: _Shape(_checker_decision, ("hours",)),
    StepKind.COMMIT: _Shape(_commit, ("effect",), ("cooling_off",)),
}
