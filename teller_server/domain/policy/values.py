"""From a YAML node to the value of one parameter of a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import yaml

from teller_server.domain.conditions import Condition
from teller_server.domain.fields import Fact
from teller_server.domain.script_nodes import Reader

from .kinds_branch import PathOffered
from .parameters import Parameter
from .period import Period

MOST = 1_000_000_000
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")


def value_of(reader: Reader, parameter: Parameter, node: yaml.Node) -> Any:
    """The value of a parameter; the parameter's own default stands after a problem."""
    return _SHAPES[parameter.shape](reader, parameter, node)


def _flag(reader: Reader, _: Parameter, node: yaml.Node) -> bool:
    return reader.flag(node)


def _count(reader: Reader, _: Parameter, node: yaml.Node) -> int:
    return reader.number(node, 0, MOST)


def _name(reader: Reader, _: Parameter, node: yaml.Node) -> str:
    return reader.text(node)


def _names(reader: Reader, _: Parameter, node: yaml.Node) -> tuple[str, ...]:
    return reader.sequence(node, reader.text)


def _countries(reader: Reader, _: Parameter, node: yaml.Node) -> tuple[str, ...]:
    found = reader.sequence(node, reader.text)
    for country in found:
        if not _COUNTRY.fullmatch(country):
            reader.problem(node, f"`{country}` is no country code (ISO 3166-1: CN, IN, DE)")
    return found


def _choice(reader: Reader, parameter: Parameter, node: yaml.Node) -> str:
    word = reader.word(node, [word for word in parameter.order if word])
    return word if word in parameter.order else parameter.order[0]


def _period(reader: Reader, _: Parameter, node: yaml.Node) -> Period | None:
    found = Period.parse(reader.text(node))
    if found is None:
        reader.problem(node, "a period is expected here (P10Y, P6M, P90D)")
    return found


def _condition(reader: Reader, _: Parameter, node: yaml.Node) -> Condition | None:
    return reader.condition(node)


def _conditions(reader: Reader, _: Parameter, node: yaml.Node) -> tuple[Condition, ...]:
    found = reader.sequence(node, reader.condition)
    return tuple(condition for condition in found if condition is not None)


def _words(reader: Reader, _: Parameter, node: yaml.Node) -> Mapping[str, str]:
    return reader.words(node)


def _offers(reader: Reader, _: Parameter, node: yaml.Node) -> tuple[PathOffered, ...]:
    def one(child: yaml.Node) -> PathOffered:
        entry = reader.mapping(child, ("title", "text"))
        return PathOffered(
            title=reader.words(entry.get("title")), text=reader.words(entry.get("text"))
        )

    return reader.sequence(node, one)


def _examples(reader: Reader, _: Parameter, node: yaml.Node) -> Mapping[str, Fact]:
    found: dict[str, Fact] = {}
    if not isinstance(node, yaml.MappingNode):
        reader.problem(node, "facts are expected here (intake.amount: 200001)")
        return found
    for key, value in node.value:
        found[str(key.value)] = _fact(reader, value)
    return found


def _fact(reader: Reader, node: yaml.Node) -> Fact:
    """A number, `true` or `false`, or a text; what YAML reads in a way of its own is a problem."""
    tag = node.tag.rpartition(":")[2]
    if not isinstance(node, yaml.ScalarNode) or tag == "null":
        reader.problem(node, "a value is expected here (200001, true, a text)")
        return ""
    text = str(node.value)
    if tag in ("int", "float"):
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        reader.problem(
            node, "a number is written plainly here (200001, 2.5); in quotes it is a text"
        )
    elif tag == "bool":
        if text not in ("true", "false"):
            reader.problem(node, "`true` or `false` is expected here; in quotes it is a text")
        return text == "true"
    return text


_SHAPES: dict[str, Callable[[Reader, Parameter, yaml.Node], Any]] = {
    "flag": _flag,
    "count": _count,
    "name": _name,
    "names": _names,
    "countries": _countries,
    "choice": _choice,
    "period": _period,
    "condition": _condition,
    "conditions": _conditions,
    "words": _words,
    "offers": _offers,
    "examples": _examples,
}
