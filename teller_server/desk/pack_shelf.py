"""Every policy pack that visits were opened under: the very text, found by the digest they name.

A visit's evidence holds the text that the branch loaded, not what the file says by then; and a
clause is shown as the visit stood under it, also when a later version has dropped it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from teller_server.desk.packs import SUFFIX
from teller_server.desk.shelf import Shelf
from teller_server.domain.policy import Clause, PolicyConflict, PolicyPack, load_packs
from teller_server.domain.state_plan import PackPin

log = structlog.get_logger(__name__)


class Packs:
    """The texts in use by digest, and on the shelf in `directory` those that were before."""

    def __init__(self, current: Mapping[str, str], directory: Path) -> None:
        """Put what is in use on the shelf; OSError when it can't be written."""
        self._texts = {digest: text.encode() for digest, text in current.items()}
        self._shelf = Shelf(directory, SUFFIX)
        self._read: dict[PackPin, PolicyPack] = {}
        for digest, text in self._texts.items():
            self._shelf.keep(digest, text)

    def written(self, pin: PackPin) -> bytes | None:
        """The pack's text, exactly; None when it isn't here or isn't what it says. May block."""
        return self._texts.get(pin.digest) or self._from_shelf(pin)

    def clause(self, pins: Sequence[PackPin], clause: str) -> Clause | None:
        """A clause as these packs have it; None when none of them can be found with it. Blocks."""
        for pin in pins:
            pack = self._pack(pin)
            if pack is not None and clause in pack.clauses:
                return pack.clauses[clause]
        return None

    def _pack(self, pin: PackPin) -> PolicyPack | None:
        if pin in self._read:
            return self._read[pin]
        text = self.written(pin)
        if text is None:
            return None
        try:
            (pack,) = load_packs({pin.id + SUFFIX: text.decode()})
        except PolicyConflict:  # written for an earlier release
            log.warning("pack_version_unreadable", pack=pin.id, version=pin.version)
            return None
        self._read[pin] = pack
        return pack

    def _from_shelf(self, pin: PackPin) -> bytes | None:
        try:
            text = self._shelf.read(pin.digest)
        except OSError as error:
            cause = type(error).__name__
            log.error("pack_version_missing", pack=pin.id, digest=pin.digest, cause=cause)
            return None
        if hashlib.sha256(text).hexdigest() != pin.digest:
            log.error("pack_version_changed", pack=pin.id, digest=pin.digest)
            return None
        self._texts[pin.digest] = text
        return text
