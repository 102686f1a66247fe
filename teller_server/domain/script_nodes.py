"""Reading YAML with the line of everything at hand, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

import yaml

from . import conditions, texts
from .errors import Problem, ScriptInvalid
from .script import LANGUAGES
from .script_yaml import compose

T = TypeVar("T")

MAX_PLAIN = 200
_BOOL = {"true": True, "false": False}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a text shows: whether it can be known there is seen when all has been read."""

    source: str
    line: int
    name: str
    step: str


class Reader:
    """Collects every problem of a script and its parts instead of stopping at the first.

    `step` is the step being read; `names` renames what its texts refer to (in an included part).
    """

    def __init__(self, source: str, languages: tuple[str, ...]) -> None:
        self.source = source
        self.languages = languages
        self.problems: set[Problem] = set()
        self.named: list[Named] = []
        self.step = ""
        self.names: Mapping[str, str] = {}

    def problem(self, node: yaml.Node, what: str) -> None:
        """Note that something is wrong where `node` begins."""
        self.problems.add(Problem(node.start_mark.name, line_of(node), what))

    def finish(self) -> None:
        """Raise `ScriptInvalid` with all problems, if any: the script's first, in line order."""
        if self.problems:
            order = sorted(self.problems, key=lambda p: (p.source != self.source, p))
            raise ScriptInvalid(self.source, tuple(order))

    def compose(self, text: str, source: str) -> yaml.Node | None:
        """The nodes of a text; None after a problem when it is no YAML, or not this kind."""
        found = compose(text, source)
        if isinstance(found, Problem):
            self.problems.add(found)
            return None
        return found

    def mapping(
        self, node: yaml.Node | None, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping; unknown, doubled and missing keys are problems."""
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.problem(node, "a mapping (key: value) is expected here")
            return found
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in required and name not in optional:
                self.problem(key, f"unknown key `{name}`")
            elif name in found:
                self.problem(key, f"`{name}` is given twice")
            else:
                found[name] = value
        for name in sorted(set(required) - found.keys()):
            self.problem(node, f"`{name}` is missing")
        return found

    def sequence(self, node: yaml.Node | None, item: Callable[[yaml.Node], T]) -> tuple[T, ...]:
        """Each item of a list, read by `item`; a missing list is empty."""
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, "a list is expected here")
            return ()
        return tuple(item(child) for child in node.value)

    def some(self, node: yaml.Node | None, item: Callable[[yaml.Node], T]) -> tuple[T, ...]:
        """A list that must not be empty where it stands."""
        if isinstance(node, yaml.SequenceNode) and not node.value:
            self.problem(node, "the list is empty")
        return self.sequence(node, item)

    def unique(self, node: yaml.Node | None, names: list[str], what: str) -> None:
        """Each of the names of a list's items only once."""
        if not isinstance(node, yaml.SequenceNode):
            return
        for index, name in enumerate(names):
            if name and name in names[:index]:
                self.problem(node.value[index], f"{what} `{name}` is given twice")

    def text(self, node: yaml.Node | None) -> str:
        """A text that isn't empty; `""` after a problem or when absent."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.problem(node, "a text is expected here")
            return ""
        value = str(node.value).strip()
        if any(0xD800 <= ord(c) <= 0xDFFF or (ord(c) < 32 and c not in "\n\t") for c in value):
            self.problem(node, "the text contains a character that can't be shown")
            return ""
        return value

    def word(self, node: yaml.Node | None, allowed: Collection[str], default: str = "") -> str:
        """One of a closed set of words."""
        value = self.text(node) or default
        if node is not None and value and value not in allowed:
            self.problem(node, f"`{value}` is none of: {', '.join(sorted(allowed))}")
            return default
        return value

    def name(self, node: yaml.Node | None) -> str:
        """An identifier: lower case letters, digits and underscores, beginning with a letter."""
        return self._shaped(node, _NAME, "a name (a–z, 0–9 and _)")

    def dotted(self, node: yaml.Node | None) -> str:
        """Names joined by dots, like `details.phone`."""
        return self._shaped(node, _DOTTED, "a name like `details.phone`")

    def number(self, node: yaml.Node | None, low: int, high: int, default: int = 0) -> int:
        """A whole number within bounds, both included."""
        if node is None:
            return default
        value = self.text(node)
        digits = value.removeprefix("-")
        plain = digits.isascii() and digits.isdigit() and len(digits) <= 15
        if not plain or not low <= int(value) <= high:
            self.problem(node, f"a whole number from {low} to {high} is expected here")
            return default
        return int(value)

    def flag(self, node: yaml.Node | None) -> bool:
        """`true` or `false`; absent means false."""
        if node is None:
            return False
        value = self.text(node)
        if value not in _BOOL:
            self.problem(node, "`true` or `false` is expected here")
        return _BOOL.get(value, False)

    def condition(self, node: yaml.Node | None) -> conditions.Condition | None:
        """A condition; None when absent or after a problem."""
        text = self.text(node)
        if node is None or not text:
            return None
        try:
            return conditions.parse(text)
        except conditions.ConditionError as error:
            self.problem(node, str(error))
            return None

    def words(self, node: yaml.Node | None) -> Mapping[str, str]:
        """One template per language, none of the script's missing."""
        entries = self.mapping(node, required=self.languages)
        return _in_every({one: self._template(value) for one, value in entries.items()})

    def label(self, node: yaml.Node | None) -> Mapping[str, str]:
        """One short text per language, shown as it stands: titles, labels, options."""
        entries = self.mapping(node, required=self.languages)
        return _in_every({one: self._label(value) for one, value in entries.items()})

    def _shaped(self, node: yaml.Node | None, shape: re.Pattern[str], what: str) -> str:
        value = self.text(node)
        if node is not None and value and not shape.fullmatch(value):
            self.problem(node, f"`{value[:60]}` is not {what}")
            return ""
        if node is not None and len(value) > MAX_PLAIN:
            self.problem(node, f"at most {MAX_PLAIN} characters")
            return ""
        return value

    def _label(self, node: yaml.Node) -> str:
        value = self.text(node)
        if len(value) > MAX_PLAIN:
            self.problem(node, f"at most {MAX_PLAIN} characters fit here")
        if _TEMPLATE.search(value):
            self.problem(node, "this text is shown as it stands; it can't contain values")
        return value

    def _template(self, node: yaml.Node) -> str:
        value = texts.renamed(self.text(node), self.names) if self.names else self.text(node)
        try:
            compiled = texts.compile_text(value)
        except texts.TextError as error:
            self.problems.add(Problem(node.start_mark.name, _inside(node, error.line), error.what))
            return value
        for line, name in compiled.names:
            at = _inside(node, line)
            self.named.append(Named(node.start_mark.name, at, name, self.step))
        return value


def line_of(node: yaml.Node) -> int:
    """The line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def _in_every(found: Mapping[str, str]) -> Mapping[str, str]:
    """The words in every language of the pages: what a script doesn't speak stands in its first."""
    first = next(iter(found.values()), "")
    return {one: found.get(one, first) for one in LANGUAGES} if found else found


def _inside(node: yaml.Node, line: int) -> int:
    """The line of the file where a line of a text stands; exact for `|`, else where it begins."""
    return line_of(node) + line if getattr(node, "style", None) == "|" else line_of(node)
