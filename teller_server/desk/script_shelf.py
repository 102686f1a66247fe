"""Every script that visits were opened under: a visit keeps the words it began with.

The rules of a visit are pinned in the visit itself; its texts are found here by the digest it
names, also when the bank has changed the file since. One file a version, named by its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog

from teller_server.desk.shelf import Shelf
from teller_server.domain.errors import ScriptInvalid
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Visit

log = structlog.get_logger(__name__)


class Scripts(Mapping[str, ServiceScript]):
    """The scripts in use, by service; `of` gives the very version that a visit began with."""

    def __init__(self, current: Mapping[str, ServiceScript], directory: Path) -> None:
        """Put what is in use on the shelf in `directory`; OSError when it can't be written."""
        self._current = dict(current)
        self._shelf = Shelf(directory, ".json")
        self._read = {script.digest: script for script in current.values()}
        for script in current.values():
            written = _written(script)
            if written is not None:
                self._shelf.keep(script.digest, written)

    def __getitem__(self, service: str) -> ServiceScript:
        return self._current[service]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    def of(self, visit: Visit) -> ServiceScript:
        """The script of a visit; what is in use now where its own can't be read any more.

        KeyError when the service itself is gone and no version of it is on the shelf.
        """
        found = self._read.get(visit.script) or self._from_shelf(visit.script)
        return found or self._current[visit.service]

    def written(self, visit: Visit) -> bytes | None:
        """The file of a visit's script and its parts as JSON, for the visit's evidence.

        The very version or None: another one's words are no evidence of this visit.
        """
        found = self._read.get(visit.script) or self._from_shelf(visit.script)
        return _written(found) if found is not None else None

    def title(self, service: str, language: str) -> str:
        """What a service is called; its id once it was taken out."""
        script = self._current.get(service)
        return script.title[language] if script is not None else service

    def _from_shelf(self, digest: str) -> ServiceScript | None:
        """A version that isn't in use any more; None when it isn't here or isn't what it says."""
        try:
            held = json.loads(self._shelf.read(digest))
            script = parse_script(held["text"], held["name"], held["parts"])
        except (OSError, ValueError, KeyError, TypeError, ScriptInvalid) as error:
            log.warning("script_version_missing", script=digest, cause=type(error).__name__)
            return None
        if script.digest != digest:
            log.error("script_version_changed", script=digest)
            return None
        self._read[digest] = script
        return script


def _written(script: ServiceScript) -> bytes | None:
    """`name`, `text` and `parts` (name → text); None for a script that was read from no file."""
    source = script.source
    if source is None:
        return None
    plain = {"name": source.name, "text": source.text, "parts": dict(source.parts)}
    return json.dumps(plain, ensure_ascii=False).encode()
