"""How the registers' HTTP interfaces are described: one request a question, and how it is answered.

The file is YAML like the core's (`description.py`); all of it is checked when the branch starts.
A question that is not described is never asked: its answer is `registry_not_connected`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from teller_server.domain.errors import Outage, Problem
from teller_server.domain.registers import OUTCOMES
from teller_server.domain.script_nodes import Reader

from .registry import REASONS
from .templates import holes, stray_braces

KNOWN: Mapping[str, frozenset[str]] = {
    "citizen": frozenset({"name", "number", "portrait"}),
    "company": frozenset({"credit_code", "name", "legal_representative"}),
    "screening": frozenset({"name", "code", "kind"}),
    "phone": frozenset({"phone", "document"}),
}
"""Question → what its body may say; addresses are logged, so a path says nothing."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STRING = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and where its answer stands (dotted paths).

    `words`: the register's result → match, mismatch or unreachable. `codes`: its reason, or an
    HTTP status of a mismatch → one of `REASONS`. `*` is any result that is not named.
    """

    url: str
    body: Any
    outcome: str
    words: Mapping[str, str]
    reasons: str = ""
    codes: Mapping[str, str] | None = None
    reference: str = ""
    mismatch_statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Registers:
    """Every register that is connected; seconds of each request, at most 30."""

    name: str
    connect_seconds: int
    total_seconds: int
    headers: Mapping[str, str]
    questions: Mapping[str, Question]


class RegistersInvalid(Outage):
    """A description that can't be used; `problems` in line order."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("registry_description_invalid", source=source)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def read_registers(path: Path) -> Registers:
    """The description in a file. Outage registry_description_missing; RegistersInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise Outage("registry_description_missing", path=str(path)) from None
    return parse_registers(text, path.name)


def parse_registers(text: str, source: str) -> Registers:
    """The description in a text; `source` stands before each line number of an error."""
    reader = Reader(source, ())
    root = reader.compose(text, source)
    found = _Sections(reader).whole(root) if root is not None else None
    if reader.problems or found is None:
        raise RegistersInvalid(source, tuple(sorted(reader.problems)))
    return found


class _Sections:
    """Reads each section; what is wrong is noted in the reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def whole(self, root: yaml.Node) -> Registers:
        top = self._reader.mapping(root, ("name", "checks"), ("base", "timeout", "headers"))
        timeout = self._reader.mapping(top.get("timeout"), (), ("connect", "total"))
        base = self._base(top.get("base"))
        checks = self._reader.mapping(top.get("checks"), (), tuple(KNOWN))
        if "checks" in top and not checks:
            self._reader.problem(top["checks"], f"at least one of: {', '.join(sorted(KNOWN))}")
        return Registers(
            name=self._reader.text(top.get("name")),
            connect_seconds=self._reader.number(timeout.get("connect"), 1, 30, 3),
            total_seconds=self._reader.number(timeout.get("total"), 1, 30, 10),
            headers=self._texts(top.get("headers")),
            questions={name: self._question(name, node, base) for name, node in checks.items()},
        )

    def _question(self, name: str, node: yaml.Node, base: str) -> Question:
        parts = self._reader.mapping(
            node,
            ("path", "body", "outcome", "words"),
            ("base", "reasons", "codes", "reference", "mismatch_statuses"),
        )
        own = self._base(parts.get("base")) or base
        if not own:
            self._reader.problem(node, "`base` is missing here and above")
        statuses = self._reader.sequence(
            parts.get("mismatch_statuses"), lambda n: self._reader.number(n, 400, 499)
        )
        return Question(
            url=own + self._path(parts.get("path")),
            body=self._template(parts["body"], KNOWN[name]) if "body" in parts else None,
            outcome=self._reader.text(parts.get("outcome")),
            words=self._words(parts.get("words")),
            reasons=self._reader.text(parts.get("reasons")),
            codes=self._texts(parts.get("codes"), REASONS),
            reference=self._reader.text(parts.get("reference")),
            mismatch_statuses=statuses,
        )

    def _words(self, node: yaml.Node | None) -> Mapping[str, str]:
        """What nobody wrote down must not confirm anybody."""
        words = self._texts(node, OUTCOMES)
        if node is not None and words.get("*") == "match":
            self._reader.problem(node, "`*` can't be a match: name each result that is one")
        return words

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

    def _path(self, node: yaml.Node | None) -> str:
        path = self._reader.text(node)
        plain = path.startswith("/") and not set(path) & set("{}?#") and "//" not in path
        if node is not None and path and not plain:
            self._reader.problem(node, "a path begins with / and names nobody: no {…}, no query")
        return path

    def _texts(
        self, node: yaml.Node | None, allowed: tuple[str, ...] | None = None
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
            if node.flow_style and any(value.value == "" for _, value in node.value):
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
