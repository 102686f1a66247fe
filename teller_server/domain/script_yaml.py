"""YAML as far as scripts and packs use it: no great depth, no great size, aliases included."""

from __future__ import annotations

from typing import Any

import yaml

from .errors import Problem

MAX_FILE = 400_000
MAX_DEPTH = 20
MAX_NODES = 60_000


class _Nodes(yaml.SafeLoader):
    """Composes nodes that know their file; refuses what could make a small file huge.

    `_sizes`: how many nodes stand under each composed one, an alias counted as what it repeats.
    """

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text)
        self.name = source
        self._depth = 0
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        alias = isinstance(event, yaml.AliasEvent)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _wrong("nested too deeply", event)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if alias and id(node) not in self._sizes:
            raise _wrong("an alias repeats what it stands in", event)
        if not alias:
            self._sizes[id(node)] = 1 + sum(self._sizes[id(child)] for child in _children(node))
        if self._sizes[id(node)] > MAX_NODES:
            raise _wrong("too much for one file", event)
        return node


def compose(text: str, source: str) -> yaml.Node | Problem:
    """The root node of a file; or why there is none, at its line."""
    if len(text) > MAX_FILE:
        return Problem(source, 1, f"the file is longer than {MAX_FILE} characters")
    try:
        root = _Nodes(text, source).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Problem(source, mark.line + 1 if mark else 1, error.problem or "this is not YAML")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        return Problem(source, line, "a character that YAML doesn't allow")
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return Problem(source, 1, "this is not YAML")
    return Problem(source, 1, "the file is empty") if root is None else root


def _children(node: yaml.Node | None) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _wrong(what: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)
