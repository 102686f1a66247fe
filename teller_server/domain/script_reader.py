"""From a YAML file to a `ServiceScript`, or to a list of what is wrong on which line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from .conditions import Condition, joined
from .errors import Problem, ScriptInvalid
from .script import (
    CUSTOMER,
    LANGUAGES,
    Consent,
    Guest,
    Limits,
    ScriptSource,
    ServiceScript,
    Step,
    Words,
)
from .script_nodes import Reader
from .script_reader_checks import Nodes, check_whole
from .script_reader_fields import field
from .script_reader_includes import Parts
from .script_reader_steps import step
from .script_yaml import compose

_TOP = ("service", "version", "skill", "minutes", "languages", "title", "summary",
        "ask_before_queue", "steps")  # fmt: skip
_MORE = ("bring", "intake", "conditions", "guests", "papers", "limits", "effects")
MAX_MINUTES = 240


def read_script(path: Path) -> ServiceScript:
    """The script in a file, with the parts beside it in `parts/`; `ScriptInvalid` names lines."""
    parts = {
        f"parts/{part.stem}": part.read_text(encoding="utf-8")
        for part in sorted((path.parent / "parts").glob("*.yaml"))
    }
    return parse_script(path.read_text(encoding="utf-8"), path.name, parts)


def parse_script(text: str, source: str, parts: Mapping[str, str] | None = None) -> ServiceScript:
    """The script in a text; `source` stands before each line number of an error.

    `parts` by the name that an `include` writes, `parts/opening`; their problems are told as those
    of `parts/opening.yaml`. `ScriptInvalid` is the only error.
    """
    root = compose(text, source)
    if isinstance(root, Problem):
        raise ScriptInvalid(source, (root,))
    if _is_part(root):
        what = "this is a part; it is checked with the scripts that include it"
        raise ScriptInvalid(source, (Problem(source, 1, what),))
    reader = Reader(source, _languages(root))
    available = Parts(reader, parts or {})
    script = _script(reader, root, available)
    reader.finish()
    used = dict(sorted(available.used.items()))
    return replace(script, digest=_digest(text, used), source=ScriptSource(source, text, used))


def _digest(text: str, used: Mapping[str, str]) -> str:
    """SHA-256 of the file; included parts follow by name, each after a zero byte."""
    whole = "".join([text, *(f"\0{name}\0{used[name]}" for name in sorted(used))])
    return hashlib.sha256(whole.encode()).hexdigest()


def _is_part(root: yaml.Node) -> bool:
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    return [getattr(key, "value", "") for key, _ in entries] == ["steps"]


def _languages(root: yaml.Node) -> tuple[str, ...]:
    """The languages are needed before anything else, to know which texts must be there."""
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "languages" and isinstance(value, yaml.SequenceNode):
                named = tuple(str(child.value) for child in value.value)
                return tuple(language for language in LANGUAGES if language in named) or LANGUAGES
    return LANGUAGES


def _script(reader: Reader, root: yaml.Node, parts: Parts) -> ServiceScript:
    top = reader.mapping(root, required=_TOP, optional=_MORE)
    languages = reader.some(top.get("languages"), lambda n: reader.word(n, LANGUAGES))
    reader.unique(top.get("languages"), list(languages), "language")
    guests = reader.sequence(top.get("guests"), lambda n: _guest(reader, n))
    script = ServiceScript(
        service=reader.name(top.get("service")),
        version=reader.number(top.get("version"), 1, 1_000_000),
        digest="",
        skill=reader.name(top.get("skill")),
        minutes=reader.number(top.get("minutes"), 1, MAX_MINUTES),
        languages=languages,
        title=reader.label(top.get("title")),
        summary=reader.label(top.get("summary")),
        bring=reader.sequence(top.get("bring"), reader.label),
        consents=reader.sequence(top.get("ask_before_queue"), lambda n: _consent(reader, n)),
        steps=_steps(reader, parts, top.get("steps"), guests),
        intake=reader.sequence(top.get("intake"), lambda n: field(reader, n)),
        conditions=_conditions(reader, top.get("conditions")),
        guests=guests,
        papers=_papers(reader, top.get("papers")),
        limits=_limits(reader, top.get("limits")),
        effects=reader.label(top.get("effects")),
    )
    check_whole(reader, Nodes(root, top), script)
    return script


def _steps(
    reader: Reader, parts: Parts, node: yaml.Node | None, guests: tuple[Guest, ...]
) -> tuple[Step, ...]:
    """The steps, parts in their places; a guest's steps take place only where the guest does."""
    invited = {guest.party: guest.when for guest in guests}
    steps = [step(reader, placed) for placed in parts.expanded(node)]
    reader.step, reader.names = "", {}
    return tuple(replace(each, when=joined(invited.get(each.party), each.when)) for each in steps)


def _consent(reader: Reader, node: yaml.Node) -> Consent:
    entry = reader.mapping(node, ("id", "required", "title", "body", "if_refused"))
    return Consent(
        id=reader.name(entry.get("id")),
        required=reader.flag(entry.get("required")),
        title=reader.label(entry.get("title")),
        body=reader.words(entry.get("body")),
        if_refused=reader.words(entry.get("if_refused")),
    )


def _guest(reader: Reader, node: yaml.Node) -> Guest:
    entry = reader.mapping(node, ("party", "title"), ("when",))
    party = reader.name(entry.get("party"))
    if party in (CUSTOMER, "teller"):
        reader.problem(entry["party"], f"`{party}` always takes part")
    return Guest(party, reader.label(entry.get("title")), reader.condition(entry.get("when")))


def _conditions(reader: Reader, node: yaml.Node | None) -> Mapping[str, Condition]:
    found: dict[str, Condition] = {}
    for name, value in _named(reader, node).items():
        condition = reader.condition(value)
        if condition is not None:
            found[name] = condition
    return found


def _papers(reader: Reader, node: yaml.Node | None) -> Mapping[str, Words]:
    return {name: reader.label(value) for name, value in _named(reader, node).items()}


def _named(reader: Reader, node: yaml.Node | None) -> dict[str, yaml.Node]:
    """A mapping whose keys are names that the script itself chooses."""
    if not isinstance(node, yaml.MappingNode):
        return reader.mapping(node, ())
    for key, _ in node.value:
        reader.name(key)
    return reader.mapping(node, (), [key.value for key, _ in node.value])


def _limits(reader: Reader, node: yaml.Node | None) -> Limits | None:
    if node is None:
        return None
    entry = reader.mapping(node, ("visits", "days"))
    return Limits(
        reader.number(entry.get("visits"), 1, 100, 1), reader.number(entry.get("days"), 1, 366, 1)
    )
