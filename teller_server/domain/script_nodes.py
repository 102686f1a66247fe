"""Reading YAML with the line of everything at hand, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import yaml

from .errors import ScriptInvalid

T = TypeVar("T")

_BOOL = {"true": True, "false": False}


class Reader:
    """Collects every problem of one file instead of stopping at the first."""

    def __init__(self, source: str, languages: tuple[str, ...]) -> None:
        self.source = source
        self.languages = languages
        self.problems: list[tuple[int, str]] = []

    def problem(self, node: yaml.Node, what: str) -> None:
        """Note that something is wrong where `node` begins."""
        self.problems.append((node.start_mark.line + 1, what))

    def finish(self) -> None:
        """Raise `ScriptInvalid` with all problems in line order, if there are any."""
        if self.problems:
            raise ScriptInvalid(self.source, tuple(sorted(self.problems)))

    def mapping(
        self, node: yaml.Node, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping; unknown, doubled and missing keys are problems."""
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
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

    def text(self, node: yaml.Node | None) -> str:
        """A text that isn't empty; `""` after a problem or when absent."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.problem(node, "a text is expected here")
            return ""
        return str(node.value).strip()

    def word(self, node: yaml.Node | None, allowed: Collection[str]) -> str:
        """One of a closed set of words."""
        value = self.text(node)
        if node is not None and value and value not in allowed:
            self.problem(node, f"`{value}` is none of: {', '.join(sorted(allowed))}")
        return value

    def name(self, node: yaml.Node | None) -> str:
        """An identifier: lower case letters, digits and underscores, beginning with a letter."""
        value = self.text(node)
        plain = value.replace("_", "a")
        good = plain.isascii() and plain.isalnum() and value == value.lower()
        if node is not None and value and not (good and value[0].isalpha()):
            self.problem(node, f"`{value}` is not a name (a–z, 0–9 and _)")
        return value

    def number(self, node: yaml.Node | None, low: int, high: int) -> int:
        """A whole number within bounds, both included."""
        if node is None:
            return low
        value = self.text(node)
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            self.problem(node, f"a whole number from {low} to {high} is expected here")
            return low
        return int(value)

    def flag(self, node: yaml.Node | None) -> bool:
        """`true` or `false`; absent means false."""
        if node is None:
            return False
        value = self.text(node)
        if value not in _BOOL:
            self.problem(node, "`true` or `false` is expected here")
        return _BOOL.get(value, False)

    def words(self, node: yaml.Node | None) -> Mapping[str, str]:
        """One text per language of the script, none missing."""
        if node is None:
            return {}
        entries = self.mapping(node, required=self.languages)
        return {language: self.text(value) for language, value in entries.items()}
