"""Placeholders in a description: `{name}` or `{name.part}`, filled with an order's own values.

In a body a text that is one placeholder becomes the value itself, of whatever type; inside a longer
text it is written out. `{name?}` leaves its entry out when there is no such value. In a path every
value is percent-encoded, so that it can't become another path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from teller_server.domain.errors import Refusal

from .answers import pick

_HOLE = re.compile(r"\{([a-z_]+(?:\.[A-Za-z0-9_]+)*)(\?)?\}")

_LEFT_OUT = object()


def holes(template: Any) -> Iterator[str]:
    """First parts of the names that a template asks for."""
    if isinstance(template, str):
        for found in _HOLE.finditer(template):
            yield found[1].split(".", maxsplit=1)[0]
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from holes(value)
    elif isinstance(template, list):
        for value in template:
            yield from holes(value)


def stray_braces(text: str) -> bool:
    """Whether a brace is left that belongs to no placeholder."""
    rest = _HOLE.sub("", text)
    return "{" in rest or "}" in rest


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its placeholders filled; Refusal core_fact_missing when one can't be."""
    filled = _fill(template, values)
    return None if filled is _LEFT_OUT else filled


def fill_path(template: str, values: Mapping[str, Any]) -> str:
    """A path with every value percent-encoded; an empty value is refused."""

    def put(found: re.Match[str]) -> str:
        value = pick(values, found[1])
        if value in (None, "", ".", ".."):
            raise Refusal("core_fact_missing", fact=found[1])
        return quote(str(value), safe="")

    return _HOLE.sub(put, template)


def _fill(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, Mapping):
        pairs = ((name, _fill(value, values)) for name, value in template.items())
        return {name: value for name, value in pairs if value is not _LEFT_OUT}
    if isinstance(template, list):
        return [v for v in (_fill(value, values) for value in template) if v is not _LEFT_OUT]
    if not isinstance(template, str):
        return template
    whole = _HOLE.fullmatch(template)
    if whole:
        return _value(whole, values)
    return _HOLE.sub(lambda found: _written(found, values), template)


def _value(found: re.Match[str], values: Mapping[str, Any]) -> Any:
    value = pick(values, found[1])
    if value is None:
        if found[2]:
            return _LEFT_OUT
        raise Refusal("core_fact_missing", fact=found[1])
    return value


def _written(found: re.Match[str], values: Mapping[str, Any]) -> str:
    value = _value(found, values)
    return "" if value is _LEFT_OUT else str(value)
