"""How the registers' HTTP interfaces are described: one request a question, and how it is answered.

The file is YAML like the core's (`description.py`); all of it is checked when the branch starts.
A question that is not described is never asked: its answer is `registry_not_connected`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from teller_server.domain.errors import Outage, Problem
from teller_server.domain.registers import OUTCOMES

from .description_parts import InvalidDescription, Sections, parse
from .registry import REASONS

KNOWN: Mapping[str, frozenset[str]] = {
    "citizen": frozenset({"name", "number", "portrait"}),
    "company": frozenset({"credit_code", "name", "legal_representative"}),
    "screening": frozenset({"name", "code", "kind"}),
    "phone": frozenset({"phone", "document"}),
}
"""Question → what its body may say; addresses are logged, so a path says nothing."""


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


class RegistersInvalid(InvalidDescription):
    """A description that can't be used; `problems` in line order."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("registry_description_invalid", source, problems)


def read_registers(path: Path) -> Registers:
    """The description in a file. Outage registry_description_missing; RegistersInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise Outage("registry_description_missing", path=str(path)) from None
    return parse_registers(text, path.name)


def parse_registers(text: str, source: str) -> Registers:
    """The description in a text; `source` stands before each line number of an error."""
    return parse(text, source, lambda found, root: _Sections(found).whole(root), RegistersInvalid)


class _Sections(Sections):
    def whole(self, root: yaml.Node) -> Registers:
        top = self._reader.mapping(root, ("name", "checks"), ("base", "timeout", "headers"))
        timeout = self._reader.mapping(top.get("timeout"), (), ("connect", "total"))
        base = self._base(top.get("base"))
        checks = self._reader.mapping(top.get("checks"), (), tuple(KNOWN))
        if "checks" in top and not checks:
            self._reader.problem(top["checks"], f"at least one of: {', '.join(sorted(KNOWN))}")
        return Registers(
            name=self._reader.text(top.get("name")),
            connect_seconds=self._seconds(timeout.get("connect"), 3),
            total_seconds=self._seconds(timeout.get("total"), 10),
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

    def _path(self, node: yaml.Node | None) -> str:
        path = self._reader.text(node)
        plain = path.startswith("/") and not set(path) & set("{}?#") and "//" not in path
        if node is not None and path and not plain:
            self._reader.problem(node, "a path begins with / and names nobody: no {…}, no query")
        return path
