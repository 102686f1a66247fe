"""The services of the release in a hurry: the same scripts and packs, with least times of a second.

Nothing else differs: the same steps, rules, papers and words. A bank's own directory is how a bank
would change them, too.
"""

from __future__ import annotations

import re
from pathlib import Path

import teller_server

RELEASE = Path(teller_server.__file__).parent
_LEAST = re.compile(r"\b((?:min_)?seconds: )\d+")


def hurried(directory: Path) -> Path:
    """A bank's directory of scripts, parts and packs in which nobody has to wait."""
    for folder in ("scripts", "scripts/parts", "packs"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
        for file in (RELEASE / folder).glob("*.yaml"):
            text = _LEAST.sub(r"\g<1>1", file.read_text("utf-8"))
            (directory / folder / file.name).write_text(text, "utf-8")
    return directory
