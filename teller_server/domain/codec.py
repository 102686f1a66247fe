"""Frozen dataclasses to plain JSON values and back, by their own type hints.

Only what the domain uses: text, numbers, booleans, None, aware instants (ISO 8601, UTC),
enumerations, tuples of one type, mappings from text, and other dataclasses.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_WRITERS: dict[type, Callable[[Any], Any]] = {}
_NAMES: dict[type, tuple[str, ...]] = {}
_READERS: dict[type, dict[str, Callable[[Any], Any]]] = {}


def to_plain(value: Any) -> Any:
    """A value that `json.dumps` takes; instants are written in UTC."""
    write = _WRITERS.get(type(value))
    if write is None:
        write = _WRITERS[type(value)] = _writer(type(value))
    return write(value)


def from_plain(kind: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass `kind` from what `to_plain` made of it; missing fields keep their default."""
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in plain.items()})


def _writer(kind: type) -> Callable[[Any], Any]:
    """How values of this very type are written, found once."""
    if issubclass(kind, Enum):
        return _enum_value
    if kind is type(None) or issubclass(kind, bool | int | float | str):
        return _as_is
    if issubclass(kind, datetime):
        return lambda value: value.astimezone(UTC).isoformat()
    if issubclass(kind, tuple):
        return lambda value: [to_plain(item) for item in value]
    if issubclass(kind, Mapping):
        return lambda value: {key: to_plain(item) for key, item in value.items()}
    names = _names(kind)
    return lambda value: {name: to_plain(getattr(value, name)) for name in names}


def _enum_value(value: Enum) -> Any:
    return value.value


def _names(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return _NAMES[kind]


def _readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    if kind not in _READERS:
        hints = get_type_hints(kind)
        _READERS[kind] = {name: _reader(hints[name]) for name in _names(kind)}
    return _READERS[kind]


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = _reader(next(a for a in arguments if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(item(child) for child in value)
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        entry = _reader(arguments[1])
        return lambda value: {key: entry(child) for key, child in value.items()}
    if isinstance(hint, NewType) or origin is Literal:
        return _as_is
    if hint is datetime:
        return datetime.fromisoformat
    if dataclasses.is_dataclass(hint):
        return lambda value: from_plain(hint, value)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _as_is


def _as_is(value: Any) -> Any:
    return value
