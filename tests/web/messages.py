"""Every message that templates and modules use, read from their source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

WEB = Path(__file__).parents[2] / "web"
LITERAL = r'("(?:[^"\\\n]|\\.)*")'
PLAIN = re.compile(rf"\bt\(\s*{LITERAL}")
PLURAL = re.compile(rf"\bn\(\s*{LITERAL},\s*{LITERAL}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PAGE_KEYWORDS = {"_": None}


def used() -> dict[str, set[str]]:
    """Message id (the singular of a plural) → files that use it."""
    found: dict[str, set[str]] = {}
    for path, message in [*_scripts(), *_templates()]:
        key = message[0] if isinstance(message, tuple) else message
        found.setdefault(key, set()).add(path.relative_to(WEB).as_posix())
    return found


def plurals() -> dict[str, str]:
    """Singular → plural, as the modules write them."""
    return {m[0]: m[1] for _, m in _scripts() if isinstance(m, tuple)}


def _scripts() -> Iterator[tuple[Path, str | tuple[str, ...]]]:
    """`t("…")` and `n("…", "…")` with literal texts; Babel's own reader misses nested calls."""
    for path in sorted((WEB / "static" / "js").rglob("*.js")):
        source = COMMENT.sub("", path.read_text())
        for found in PLAIN.finditer(source):
            yield path, _text(found[1])
        for found in PLURAL.finditer(source):
            yield path, (_text(found[1]), _text(found[2]))


def _text(literal: str) -> str:
    return str(json.loads(literal))


def _templates() -> Iterator[tuple[Path, str | tuple[str, ...]]]:
    for path in sorted((WEB / "templates").rglob("*.html")):
        for _, message, _, _ in extract_from_file(
            "jinja2.ext:babel_extract", path, keywords=PAGE_KEYWORDS
        ):
            yield path, message
