"""From a YAML file to a `ServiceScript`, or to a list of what is wrong on which line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, cast

import yaml

from .errors import ScriptInvalid
from .script import LANGUAGES, Consent, Field, Option, ServiceScript, Step, StepKind
from .script_nodes import Reader

_TOP = ("service", "version", "skill", "minutes", "languages", "title", "summary",
        "ask_before_queue", "parties", "review", "steps")  # fmt: skip
_PARTIES = ("customer", "teller")
_LINE_OF_FILE = 1
MAX_STEPS = 60
MAX_TEXT = 500


def read_script(path: Path) -> ServiceScript:
    """The script in a file; `ScriptInvalid` names file and lines."""
    return parse_script(path.read_text(encoding="utf-8"), path.name)


def parse_script(text: str, source: str) -> ServiceScript:
    """The script in a text; `source` stands before each line number of an error."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else _LINE_OF_FILE
        raise ScriptInvalid(source, ((line, error.problem or "not YAML"),)) from error
    except yaml.YAMLError as error:
        raise ScriptInvalid(source, ((_LINE_OF_FILE, "not YAML"),)) from error
    if root is None:
        raise ScriptInvalid(source, ((_LINE_OF_FILE, "the file is empty"),))
    reader = Reader(source, _languages(root))
    script = _script(reader, root, hashlib.sha256(text.encode()).hexdigest())
    reader.finish()
    return script


def _languages(root: yaml.Node) -> tuple[str, ...]:
    """The languages are needed before anything else, to know which texts must be there."""
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "languages" and isinstance(value, yaml.SequenceNode):
                named = tuple(str(child.value) for child in value.value)
                return tuple(language for language in LANGUAGES if language in named) or LANGUAGES
    return LANGUAGES


def _script(reader: Reader, root: yaml.Node, digest: str) -> ServiceScript:
    top = reader.mapping(root, required=_TOP, optional=("bring", "effect"))
    languages = reader.sequence(top.get("languages"), lambda n: reader.word(n, LANGUAGES))
    consents = reader.sequence(top.get("ask_before_queue"), lambda n: _consent(reader, n))
    steps = reader.sequence(top.get("steps"), lambda n: _step(reader, n))
    script = ServiceScript(
        service=reader.name(top.get("service")),
        version=reader.number(top.get("version"), 1, 1_000_000),
        digest=digest,
        skill=reader.name(top.get("skill")),
        minutes=reader.number(top.get("minutes"), 1, 240),
        languages=languages,
        title=reader.words(top.get("title")),
        summary=reader.words(top.get("summary")),
        bring=reader.sequence(top.get("bring"), reader.words),
        consents=consents,
        parties=reader.sequence(top.get("parties"), reader.name),
        effect=reader.text(top.get("effect")) or None,
        review=cast(
            Literal["none", "checker"], reader.word(top.get("review"), ("none", "checker"))
        ),
        steps=steps,
    )
    _check_whole(reader, root, top, script)
    return script


def _check_whole(
    reader: Reader, root: yaml.Node, top: dict[str, yaml.Node], script: ServiceScript
) -> None:
    """What no single line can tell: order, doubles, and what one part needs of another."""
    _check_doubles(reader, top.get("steps"), [step.id for step in script.steps], "step")
    _check_doubles(reader, top.get("ask_before_queue"), [c.id for c in script.consents], "consent")
    steps_at, consents_at = top.get("steps", root), top.get("ask_before_queue", root)
    kinds = [step.kind for step in script.steps]
    if not 1 <= len(kinds) <= MAX_STEPS:
        reader.problem(steps_at, f"between 1 and {MAX_STEPS} steps are needed")
    elif kinds[0] is not StepKind.CONSENT_ALOUD:
        reader.problem(steps_at, "the first step must be a `consent_aloud`")
    elif kinds[-1] is not StepKind.TELLER_DECISION:
        reader.problem(steps_at, "the last step must be a `teller_decision`")
    if StepKind.FACE_MATCH in kinds:
        faces = kinds.index(StepKind.FACE_MATCH)
        if StepKind.IDENTITY_DOCUMENT not in kinds[:faces]:
            reader.problem(steps_at, "a `face_match` needs an `identity_document` before it")
        if "face" not in {consent.id for consent in script.consents}:
            reader.problem(consents_at, "a `face_match` needs a consent `face`")
    if not any(consent.id == "recording" and consent.required for consent in script.consents):
        reader.problem(consents_at, "a required consent `recording` is needed")
    if not set(_PARTIES) <= set(script.parties):
        reader.problem(top.get("parties", root), "`customer` and `teller` always take part")
    if script.effect and StepKind.CONFIRM not in kinds:
        reader.problem(steps_at, "an effect needs a `confirm` step")


def _check_doubles(reader: Reader, node: yaml.Node | None, ids: list[str], what: str) -> None:
    if not isinstance(node, yaml.SequenceNode):
        return
    for index, name in enumerate(ids):
        if name and name in ids[:index]:
            reader.problem(node.value[index], f"{what} `{name}` is given twice")


def _consent(reader: Reader, node: yaml.Node) -> Consent:
    entry = reader.mapping(node, ("id", "required", "title", "body", "if_refused"))
    return Consent(
        id=reader.name(entry.get("id")),
        required=reader.flag(entry.get("required")),
        title=reader.words(entry.get("title")),
        body=reader.words(entry.get("body")),
        if_refused=reader.words(entry.get("if_refused")),
    )


def _step(reader: Reader, node: yaml.Node) -> Step:
    entry = reader.mapping(node, ("id", "kind", "title", "say", "task"), ("needs", "fields"))
    kind = reader.word(entry.get("kind"), tuple(StepKind))
    needs = reader.sequence(entry.get("needs"), lambda n: reader.word(n, ("live_video",)))
    if kind == StepKind.FORM and "fields" not in entry:
        reader.problem(node, "a `form` needs `fields`")
    if kind != StepKind.FORM and "fields" in entry:
        reader.problem(entry["fields"], "only a `form` has `fields`")
    fields = reader.sequence(entry.get("fields"), lambda n: _field(reader, n))
    _check_doubles(reader, entry.get("fields"), [field.name for field in fields], "field")
    return Step(
        id=reader.name(entry.get("id")),
        kind=StepKind(kind) if kind in tuple(StepKind) else StepKind.TELLER_DECISION,
        title=reader.words(entry.get("title")),
        say=reader.words(entry.get("say")),
        task=reader.words(entry.get("task")),
        live_video="live_video" in needs,
        fields=fields,
    )


def _field(reader: Reader, node: yaml.Node) -> Field:
    entry = reader.mapping(node, ("name", "type", "label"), ("max_length", "options"))
    kind = reader.word(entry.get("type"), ("text", "choice"))
    if kind == "text" and "max_length" not in entry:
        reader.problem(node, "a `text` needs `max_length`")
    if kind == "choice" and "options" not in entry:
        reader.problem(node, "a `choice` needs `options`")
    options = reader.sequence(entry.get("options"), lambda n: _option(reader, n))
    _check_doubles(reader, entry.get("options"), [option.value for option in options], "option")
    return Field(
        name=reader.name(entry.get("name")),
        type="choice" if kind == "choice" else "text",
        label=reader.words(entry.get("label")),
        max_length=reader.number(entry.get("max_length"), 1, MAX_TEXT),
        options=options,
    )


def _option(reader: Reader, node: yaml.Node) -> Option:
    entry = reader.mapping(node, ("value", "label"))
    return Option(reader.name(entry.get("value")), reader.words(entry.get("label")))
