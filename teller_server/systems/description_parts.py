"""What the descriptions of HTTP interfaces have in common: addresses, texts, bodies, mistakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

from teller_server.domain.errors import Outage, Problem
from teller_server.domain.script_nodes import Reader

from .templates import holes, stray_braces

T = TypeVar("T")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STRING = "tag:yaml.org,2002:str"


class InvalidDescription(Outage):
    """A description that can't be used; `problems` in line order, `source` its file."""

    def __init__(self, code: str, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(code, source=source)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def parse(
    text: str,
    source: str,
    whole: Callable[[Reader, yaml.Node], T],
    invalid: Callable[[str, tuple[Problem, ...]], InvalidDescription],
) -> T:
    """What `whole` reads from a text; `source` stands before each line number of an error."""
    reader = Reader(source, ())
    root = reader.compose(text, source)
    found = whole(reader, root) if root is not None else None
    if reader.problems or found is None:
        raise invalid(source, tuple(sorted(reader.problems)))
    return found


class Sections:
    """Reads the parts of a description; what is wrong is noted in the reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def _base(self, node: yaml.Node | None) -> str:
        base = self._reader.text(node).rstrip("/")
        if node is None or not base:
            return base
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self._reader.problem(node, f"`{base}` is not an address (https://host/path)")
        elif parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            self._reader.problem(node, "https is needed; only this machine is asked by http")
        elif parts.username or parts.query or parts.fragment:
            self._reader.problem(node, "an address without password, query and fragment is needed")
        return base

    def _seconds(self, node: yaml.Node | None, usual: int) -> int:
        return self._reader.number(node, 1, 30, usual)

    def _texts(
        self, node: yaml.Node | None, allowed: Collection[str] | None = None
    ) -> Mapping[str, str]:
        """A mapping of texts, whatever its keys."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self._reader.problem(node, "a mapping (key: value) is expected here")
            return {}
        read = self._reader.text if allowed is None else lambda n: self._reader.word(n, allowed)
        return {str(key.value): read(value) for key, value in node.value}

    def _template(self, node: yaml.Node, known: frozenset[str]) -> Any:
        """The body as plain values; every text is checked where it stands."""
        if isinstance(node, yaml.MappingNode):
            if _unquoted(node):
                self._reader.problem(node, 'a placeholder is written in quotes: "{name}"')
            return {str(key.value): self._template(value, known) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self._template(value, known) for value in node.value]
        if node.tag != _STRING:
            return yaml.SafeLoader("").construct_object(node)
        text = str(node.value)
        if stray_braces(text):
            self._reader.problem(node, "a brace belongs to no placeholder ({name})")
        for name in sorted(set(holes(text)) - known):
            self._reader.problem(node, f"`{{{name}}}` is none of: {', '.join(sorted(known))}")
        return text


def _unquoted(node: yaml.MappingNode) -> bool:
    """YAML reads `{name}` without quotes as a mapping from `name` to nothing."""
    return bool(node.flow_style) and any(value.value == "" for _, value in node.value)
