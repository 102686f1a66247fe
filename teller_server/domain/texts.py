"""Texts of scripts and papers: jinja2 in a sandbox, reduced to names, choices and a few filters.

    Please confirm: {{ details.phone }}{% if intake.item == 'phone' %} …{% endif %}

A text can't loop, call, assign or reach anything but the values it is given. A value that is
missing when it is shown stands as a blank line to be filled in; rendering never fails over one.
Output is plain text: whoever puts it into a page escapes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_SOURCE = 4000
MAX_OUTPUT = 8000
MAX_DEPTH = 40
BLANK = "____"
FILTERS = ("default", "upper", "trim")
_KNOWN: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Filter, nodes.Tuple,
)  # fmt: skip
_COMPARISONS = ("eq", "ne", "in", "notin")


class TextError(ValueError):
    """A text that can't be used; `line` counts from 1 within the text."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


class _Missing(Undefined):
    """A value that isn't there (yet): a blank in the text, false in an `if`."""

    __slots__ = ()

    def __str__(self) -> str:
        return BLANK

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class _Sandbox(ImmutableSandboxedEnvironment):
    """Attributes are entries of the given values, never attributes of Python objects."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(name=attribute)


_SANDBOX = _Sandbox(undefined=_Missing, autoescape=False, cache_size=0, keep_trailing_newline=True)
_SANDBOX.globals.clear()
_SANDBOX.filters = {name: _SANDBOX.filters[name] for name in FILTERS}
_SANDBOX.tests.clear()


@dataclass(frozen=True, slots=True)
class Text:
    """A compiled text. `names`: each dotted name it shows or asks for, with its line."""

    source: str
    names: tuple[tuple[int, str], ...]
    template: Template


@lru_cache(maxsize=2048)
def compile_text(text: str) -> Text:
    """The text, ready to be rendered; TextError names the line of what it may not contain."""
    if len(text) > MAX_SOURCE:
        raise TextError(1, f"the text is longer than {MAX_SOURCE} characters")
    try:
        tree = _SANDBOX.parse(text)
        names = tuple(_names(tree, 0))
        return Text(text, names, _SANDBOX.from_string(tree))
    except TemplateSyntaxError as error:
        raise TextError(error.lineno, _plain(error.message)) from error
    except (RecursionError, MemoryError) as error:
        raise TextError(1, "the text is nested too deeply") from error


def render(text: str, values: Mapping[str, object]) -> str:
    """The text with its values, at most `MAX_OUTPUT` characters; TextError for no valid text.

    `values` by dotted name (`teller.name`), each as it shall be shown.
    """
    compiled = compile_text(text)
    try:
        shown = compiled.template.render(_nested(values))
    except (TemplateError, TypeError, ValueError) as error:
        raise TextError(1, "the text can't be shown") from error
    return shown[:MAX_OUTPUT]


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with the first part of its dotted names replaced; a faulty text as it is."""
    try:
        tokens = list(_SANDBOX.lex(text))
    except TemplateSyntaxError:
        return text
    parts: list[str] = []
    before = ""
    for _, kind, token in tokens:
        parts.append(names.get(token, token) if kind == "name" and before != "." else token)
        before = before if kind == "whitespace" else token
    return "".join(parts)


def _nested(values: Mapping[str, object]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for dotted, value in values.items():
        first, *rest = dotted.split(".")
        if not rest:
            root.setdefault(first, value)
            continue
        inner = root.setdefault(first, {})
        if isinstance(inner, dict):
            inner[".".join(rest)] = value
    return root


def _names(node: nodes.Node, depth: int) -> Iterator[tuple[int, str]]:
    _allow(node, depth)
    if isinstance(node, nodes.Name | nodes.Getattr):
        yield node.lineno, _dotted(node)
        return
    for child in node.iter_child_nodes():
        yield from _names(child, depth + 1)


def _allow(node: nodes.Node, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TextError(node.lineno, "the text is nested too deeply")
    if not isinstance(node, _KNOWN):
        what = type(node).__name__.lower()
        raise TextError(node.lineno, f"`{what}` is not allowed in a text")
    if isinstance(node, nodes.Filter):
        _allow_filter(node)
    if isinstance(node, nodes.Compare) and any(op.op not in _COMPARISONS for op in node.ops):
        raise TextError(node.lineno, "texts compare by ==, !=, in and not in only")
    if isinstance(node, nodes.Name) and node.ctx != "load":
        raise TextError(node.lineno, "a text can't set a value")


def _allow_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise TextError(node.lineno, f"unknown filter `{node.name}`: {', '.join(FILTERS)}")
    given = len(node.args)
    if node.kwargs or node.dyn_args or node.dyn_kwargs or given != (node.name == "default"):
        raise TextError(node.lineno, "write `name|default('…')`; other filters take nothing")


def _dotted(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{_dotted(node.node)}.{node.attr}"
    raise TextError(node.lineno, "only names like `details.phone` are allowed in a text")


def _plain(message: str | None) -> str:
    """jinja's own message without a full stop; it names what was expected."""
    return (message or "this is not a text").strip().rstrip(".")
