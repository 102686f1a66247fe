"""YAML as far as scripts and packs use it: no aliases, no great depth, no great size."""

from __future__ import annotations

from typing import Any

import yaml

from .errors import Problem

MAX_FILE = 400_000
MAX_DEPTH = 20


class _Nodes(yaml.SafeLoader):
    """Composes nodes that know their file; refuses what could make a small file huge."""

    def __init__(self, text: str, source: str) -> None:
        super().__init__(text)
        self.name = source
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="no `*aliases` here", problem_mark=event.start_mark)
        if self._depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


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
