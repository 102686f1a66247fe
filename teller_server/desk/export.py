"""A recording handed over: who, to whom and why is written down before the first byte is copied.

The command line calls `export` for the operator of the machine. A page must bring a grant of the
review desk: `grant` is its name, already checked for this visit and for what is handed over.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

import recording.errors
from recording import format as fmt
from recording.bag import Bag
from recording.disclosure import Mark, Wanted, list_marks
from recording.envelope import Recipient, RecipientUnusable
from recording.export import Order, Package
from recording.export import export as write_package
from recording.seal import Signer
from teller_server.desk import purposes
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.store.chain import FIRST, canonical
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Exported:
    """What was handed over, and to whom. `fingerprint`: SHA-256 of the recipient's certificate."""

    package: Package
    recipient: str
    fingerprint: str


class ExportDesk:
    """Hands over recordings. One at a time: each reads a whole recording from the disk."""

    def __init__(
        self,
        store: Store,
        keys: DataKeys,
        root: Path,
        signer: Signer,
        now: Callable[[], datetime],
        software: str,
    ) -> None:
        self._store = store
        self._keys = keys
        self._root = root
        self._signer = signer
        self._now = now
        self._software = software
        self._turn = asyncio.Lock()

    async def export(
        self,
        visit: str,
        recipient: bytes,
        purpose: str,
        actor: str,
        out: Path | Bag,
        wanted: Wanted | None = None,
        grant: str | None = None,
    ) -> Exported:
        """Write the package of `visit` at or into `out`, for the holder of `recipient` (PEM).

        Raises Refusal `unknown_visit`, `no_recording`, `export_not_sealed`, `recipient_unusable`,
        `export_exists`, `export_nothing`, `key_shredded`; Outage `export_failed`; Damage.
        """
        now = self._now()
        directory = await self._sealed(visit)
        to = _recipient(recipient, now)
        if isinstance(out, Path) and await asyncio.to_thread(out.exists):
            raise Refusal("export_exists")
        key = await self._keys.get(visit, _use(actor, grant))
        cipher = FieldCipher(visit, key)
        told: dict[str, Any] = {
            "purpose": cipher.seal("purpose", purpose),
            "recipient": to.fingerprint,
            "disclosed": _asked(wanted),
        }
        entry = await self._store.custody.add(visit, actor, "exported", told, now)
        custody = await self._custody(visit, cipher if wanted is None else None)
        order = Order(to, custody, now, self._software, wanted)
        try:
            async with self._turn:
                written = await asyncio.to_thread(
                    write_package, directory, key, order, self._signer, out
                )
        except BaseException as error:
            await self._ended(visit, actor, "export_failed", {"entry": entry.seq})
            raise _said(error) from error
        done = {"entry": entry.seq, "package": written.digest, "bytes": written.bytes}
        await self._ended(visit, actor, "export_finished", done)
        log.info("exported", visit=visit, package=written.digest, bytes=written.bytes)
        return Exported(written, to.subject, to.fingerprint)

    async def check(self, visit: str, recipient: bytes) -> Recipient:
        """Whether there is a sealed recording, and whether this recipient may have it at all.

        Raises Refusal `unknown_visit`, `no_recording`, `export_not_sealed`, `recipient_unusable`.
        """
        await self._sealed(visit)
        return _recipient(recipient, self._now())

    async def marks(self, visit: str, purpose: str, actor: str) -> list[Mark]:
        """The marks of a sealed visit by number, moment and kind, to choose from. Written down."""
        directory = await self._sealed(visit)
        key = await self._keys.get(visit, _use(actor, None))
        sealed = FieldCipher(visit, key).seal("purpose", purpose)
        await self._store.custody.add(
            visit, actor, "marks_listed", {"purpose": sealed}, self._now()
        )
        return await asyncio.to_thread(list_marks, directory, key)

    async def _sealed(self, visit: str) -> Path:
        await self._store.visits.get(visit)
        recording = await self._store.evidence.recording(recording_of(visit))
        if recording is None:
            raise Refusal("no_recording")
        directory = self._root / recording.directory
        if not await asyncio.to_thread((directory / MANIFEST).exists):
            raise Refusal("export_not_sealed")
        return directory

    async def _custody(self, visit: str, cipher: FieldCipher | None) -> dict[str, Any]:
        """Every entry with what its link covers; the purposes in the clear where all is handed
        over."""
        previous, entries = FIRST, []
        for entry in await self._store.custody.entries(visit):
            told: dict[str, Any] = {
                "seq": entry.seq,
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "act": entry.act,
                "detail": canonical(dict(entry.detail)),
                "previous": previous,
                "hash": entry.hash,
            }
            if cipher is not None and "purpose" in entry.detail and entry.act != "key_opened":
                told["purpose"] = _opened(cipher, entry.detail["purpose"])
            entries.append(told)
            previous = entry.hash
        return {"format": fmt.VERSION, "type": "custody", "visit": visit, "entries": entries}

    async def _ended(self, visit: str, actor: str, act: str, detail: dict[str, Any]) -> None:
        await self._store.custody.add(visit, actor, act, detail, self._now())


def _recipient(pem: bytes, now: datetime) -> Recipient:
    try:
        return Recipient(pem, now)
    except RecipientUnusable as unusable:
        raise Refusal("recipient_unusable", reason=unusable.reason) from None


def _use(actor: str, grant: str | None) -> purposes.Purpose:
    return purposes.export(actor, grant) if grant else purposes.at_terminal("export")


def _asked(wanted: Wanted | None) -> dict[str, Any]:
    if wanted is None:
        return {"all": True}
    return {"from_ms": wanted.from_ms, "until_ms": wanted.until_ms, "marks": sorted(wanted.marks)}


def _opened(cipher: FieldCipher, sealed: str) -> str | None:
    try:
        return cipher.open("purpose", SealedText(sealed))
    except Refusal:
        return None


def _said(error: BaseException) -> BaseException:
    """The workshop's failure as the branch's own."""
    if isinstance(error, recording.errors.Outage) and error.code == "already_written":
        return Refusal("export_exists")
    if isinstance(error, ValueError):
        return Refusal("export_nothing")
    if isinstance(error, OSError):
        return Outage("export_failed", detail=error.strerror or type(error).__name__)
    return error
