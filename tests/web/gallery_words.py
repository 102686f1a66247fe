"""What the canned console says, in both languages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).with_suffix(".json")


@cache
def words(language: str) -> dict[str, Any]:
    """All canned texts of one language."""
    texts: dict[str, dict[str, Any]] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return texts[language]
