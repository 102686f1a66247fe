"""Reading typed answers: the fields of intakes and forms, and the questions of a pool."""

from __future__ import annotations

from typing import cast

import yaml

from .fields import FIELD_TYPES, MAX_TEXT, Field, FieldType, Option
from .script import ACTIONS, Otherwise, Prompt, Question, Words
from .script_nodes import Reader

OTHERWISE = ("note", "flag", "end")
DEFAULT_ATTEMPTS = 2
MAX_ATTEMPTS = 5
MAX_DIGITS = 8
MAX_AMOUNT = 10**12
MAX_DECIMALS = 6
_TYPED = ("required", "max_length", "low", "high", "decimals", "options", "before", "mask", "from")
_ANSWER = ("max_length", "low", "high", "decimals", "options", "mask")
_BELONGS = {
    "max_length": ("text",),
    "low": ("number", "money"),
    "high": ("number", "money"),
    "decimals": ("number",),
    "options": ("choice",),
}


def field(reader: Reader, node: yaml.Node) -> Field:
    """A field of a form or an intake."""
    entry = reader.mapping(node, ("name", "type", "label"), _TYPED)
    return _typed(reader, node, entry, reader.name(entry.get("name")),
                  reader.label(entry.get("label")))  # fmt: skip


def question(reader: Reader, node: yaml.Node) -> Question:
    """A question of a pool; what its answer may be is a field of the same name."""
    keys = ("expect", "otherwise", "attempts", "flag")
    entry = reader.mapping(node, ("id", "ask", "answer"), keys)
    name, ask = reader.name(entry.get("id")), reader.words(entry.get("ask"))
    answer = _answer(reader, entry.get("answer"), name, ask)
    expect = reader.text(entry.get("expect")) or None
    if expect is not None:
        _check_expect(reader, entry["expect"], expect, answer)
    otherwise = reader.word(entry.get("otherwise"), OTHERWISE, "note")
    if otherwise != "note" and expect is None:
        reader.problem(entry.get("otherwise", node), f"`otherwise: {otherwise}` needs an `expect`")
    if "flag" in entry and otherwise != "flag":
        reader.problem(entry["flag"], "`flag` needs `otherwise: flag`")
    return Question(
        id=name,
        ask=ask,
        answer=answer,
        expect=expect,
        otherwise=cast(Otherwise, otherwise),
        attempts=reader.number(entry.get("attempts"), 1, MAX_ATTEMPTS, DEFAULT_ATTEMPTS),
        flag=reader.label(entry["flag"]) if "flag" in entry else {},
    )


def prompt(reader: Reader, node: yaml.Node) -> Prompt:
    """One thing a teller asks for in a liveness step."""
    entry = reader.mapping(node, ("id", "ask", "motor"), ("action", "digits"))
    motor = reader.flag(entry.get("motor"))
    if "action" in entry and not motor:
        reader.problem(entry["action"], "an `action` is a movement: `motor: true`")
    if "digits" in entry and motor:
        reader.problem(entry["digits"], "`digits` are read aloud: `motor: false`")
    return Prompt(
        reader.name(entry.get("id")),
        reader.words(entry.get("ask")),
        motor,
        reader.word(entry["action"], ACTIONS) if "action" in entry else "",
        reader.number(entry.get("digits"), 1, MAX_DIGITS) if "digits" in entry else 0,
    )


def _answer(reader: Reader, node: yaml.Node | None, name: str, ask: Words) -> Field:
    if node is None:
        return Field(name, "text", ask)
    entry = reader.mapping(node, ("type",), _ANSWER)
    return _typed(reader, node, entry, name, ask)


def _typed(
    reader: Reader, node: yaml.Node, entry: dict[str, yaml.Node], name: str, label: Words
) -> Field:
    kind = reader.word(entry.get("type"), FIELD_TYPES, "text")
    for key, kinds in _BELONGS.items():
        if key in entry and kind not in kinds and "type" in entry:
            reader.problem(entry[key], f"only {' and '.join(kinds)} can have `{key}`")
    if kind == "choice" and "options" not in entry:
        reader.problem(node, "a `choice` needs `options`")
    options = reader.some(entry.get("options"), lambda n: _option(reader, n))
    reader.unique(entry.get("options"), [option.value for option in options], "option")
    low, high = _bound(reader, entry.get("low")), _bound(reader, entry.get("high"))
    if low is not None and high is not None and low > high:
        reader.problem(entry["low"], "`low` is above `high`")
    return Field(
        name=name,
        type=cast(FieldType, kind),
        label=label,
        required=reader.flag(entry.get("required")),
        max_length=reader.number(entry.get("max_length"), 1, MAX_TEXT),
        low=low,
        high=high,
        decimals=reader.number(entry.get("decimals"), 0, MAX_DECIMALS),
        options=options,
        before=reader.dotted(entry.get("before")),
        mask=reader.flag(entry.get("mask")),
        origin=_origin(reader, entry.get("from")),
    )


def _origin(reader: Reader, node: yaml.Node | None) -> str:
    """What was read on a document, `step.field`; the step may be one of the same part."""
    name = reader.dotted(node)
    step, _, rest = name.partition(".")
    if node is not None and name and not rest:
        reader.problem(node, "a name like `document.valid_until` is expected here")
    return f"{reader.names.get(step, step)}.{rest}" if rest else ""


def _bound(reader: Reader, node: yaml.Node | None) -> int | None:
    return None if node is None else reader.number(node, -MAX_AMOUNT, MAX_AMOUNT)


def _option(reader: Reader, node: yaml.Node) -> Option:
    entry = reader.mapping(node, ("value", "label"))
    return Option(reader.name(entry.get("value")), reader.label(entry.get("label")))


def _check_expect(reader: Reader, node: yaml.Node, expect: str, answer: Field) -> None:
    if answer.type not in ("yes_no", "choice"):
        reader.problem(node, "only a `yes_no` or a `choice` can have an expected answer")
    elif answer.error(expect) is not None:
        reader.problem(node, f"`{expect}` is not a possible answer")
