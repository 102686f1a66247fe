"""The settings as a document: `python -m teller_server.settings_table > docs/settings.md`."""

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from teller_server.settings import Settings
from teller_server.settings_group import Group

_HEAD = """# Settings

Settings come from the command line, the environment, a TOML file and the defaults below, in this
order of precedence. In the environment a setting is `TELLER_` + group + `__` + name, in capitals:
`server.port` is `TELLER_SERVER__PORT`, a list is JSON. In the file, groups are tables:

```toml
[server]
port = 8443
```

A misspelt name is an error. `teller-server serve` refuses settings that are unsafe in production
and says which: demo keys or passwords, no second factor for staff, a fixed random seed, plain HTTP
off loopback.

This file is made from `teller_server/settings.py` by `python -m teller_server.settings_table`.
"""


def document() -> str:
    """docs/settings.md."""
    groups = {name: kind for name, f in Settings.model_fields.items() if (kind := _group(f))}
    plain = {name: f for name, f in Settings.model_fields.items() if name not in groups}
    parts = [_HEAD, _table("Top level", "", plain)]
    for name, group in groups.items():
        about = (group.__doc__ or "").strip()
        parts.append(_table(name, f"{name}.", group.model_fields, about))
    return "\n".join(parts)


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Group) else None


def _table(title: str, prefix: str, fields: dict[str, FieldInfo], about: str = "") -> str:
    lines = [f"## {title}", ""]
    if about:
        lines += [about, ""]
    lines += ["| setting | default | what it does |", "|---|---|---|"]
    lines += _rows(prefix, fields)
    return "\n".join(lines) + "\n"


def _rows(prefix: str, fields: dict[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        yield f"| `{prefix}{name}` | {_shown(field.default)} | {field.description} |"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`" if value else "none"
    if isinstance(value, dict):
        return f"`{value}`" if value else "none"
    if isinstance(value, str | Path):
        return f"`{value}`"
    return f"`{value:g}`"


if __name__ == "__main__":
    sys.stdout.write(document())
