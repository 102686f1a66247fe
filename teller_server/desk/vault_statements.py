"""Days and custody heads go to the vault: who cuts both the database and the evidence root back
can't cut them there. Asked of it afterwards, as recordings are.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog

import recording.errors
from recording import canonical
from recording.custody_heads import FOLDER as CUSTODY
from recording.days import FOLDER as DAYS
from recording.days import Completeness, Entry, list_days
from recording.manifest import MANIFEST, SIGNATURE, STAMP, TRUST
from recording.vault import Vault
from teller_server.store.vault import VaultStatement, VaultStore

log = structlog.get_logger(__name__)

AT_ONCE = 200
RECENT = 40  # days whose tokens may still come


class VaultStatements:
    """Stores what is not of one recording."""

    def __init__(
        self,
        store: VaultStore,
        root: Path,
        vault: Vault | None,
        lock: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._root = root
        self._vault = vault
        self._lock = lock
        self._now = now

    async def waiting(self) -> list[str]:
        """Names that are not stored yet, in the order in which they go; at most a few hundred."""
        heads = await self._store.statements_under(f"{CUSTODY}/", ".json")
        days = await self._store.statements_under(f"{DAYS}/", ".json")
        names = await asyncio.to_thread(self._names, heads, days)
        kept = await self._store.statements(names)
        return [name for name in names if name not in kept]

    async def round(self) -> None:
        """Store what waits; what can't be stored now is tried again in the next round."""
        if self._vault is None:
            return
        for name in await self.waiting():
            until = self._now() + self._lock
            try:
                stored = await asyncio.to_thread(self._vault.put, name, self._root / name, until)
            except (recording.errors.Outage, recording.errors.Damage, OSError) as error:
                code = getattr(error, "code", "disk_failed")
                log.error("not_stored", statement=name, code=code)
                return
            told = stored.size, stored.sha256, stored.version, stored.locked_until
            await self._store.statement_stored(VaultStatement(name, *told, self._now()))

    def _names(self, heads: int, days: int) -> list[str]:
        """From the newest of each that is stored on: those before it are."""
        found = [*self._heads(max(heads, 1)), *self._days(max(days - RECENT, 0))]
        for folder in (CUSTODY, DAYS):
            found += [f"{folder}/{TRUST}/{p.name}" for p in (self._root / folder / TRUST).glob("*")]
        return found

    def _heads(self, first: int) -> Iterator[str]:
        for n in range(first, first + AT_ONCE):
            name = f"{CUSTODY}/{n:06d}.json"
            if not (self._root / name).exists():
                return
            yield from self._with_seals(name)

    def _days(self, first: int) -> Iterator[str]:
        for _, path in list_days(self._root)[first:][:AT_ONCE]:
            yield from self._with_seals(f"{DAYS}/{path.name}")

    def _with_seals(self, name: str) -> Iterator[str]:
        """The signature and the token before the document: it is then stored last, and whole."""
        signature = name + SIGNATURE
        for one in (signature + STAMP, signature, name):
            if (self._root / one).is_file():
                yield one


def cut_off(root: Path, vault: Vault, folder: str) -> list[str]:
    """Statements that the vault has and the disk has not. Blocks; raises Outage."""
    there = (name for name in vault.names(f"{folder}/") if name.endswith(".json"))
    return [name for name in there if not (root / name).is_file()]


async def look_in_vault(found: Completeness, root: Path, vault: Vault, books: VaultStore) -> None:
    """A recording that left the disk and is whole in the vault is not gone. Raises Outage."""
    held = [one for one in found.gone if await _held(one, vault, books)]
    found.in_vault = [one.recording for one in held]
    places = {one.place(Path()).as_posix() for one in held}
    found.problems = [
        one for one in found.problems if one.code != "recording_gone" or one.file not in places
    ]
    for name in await asyncio.to_thread(cut_off, root, vault, DAYS):
        found.problems.append(recording.errors.Damage("days_cut", "the vault has it", file=name))


async def _held(entry: Entry, vault: Vault, books: VaultStore) -> bool:
    """Every file that the vault once confirmed is still listed there, and the call seal, fetched,
    is the one of the day's statement."""
    files, place = await books.files(entry.recording), entry.place(Path()).as_posix()
    if entry.manifest is None or MANIFEST not in files:
        return False
    there = await asyncio.to_thread(lambda: set(vault.names(f"{place}/")))
    if {f"{place}/{name}" for name in files} - there:
        return False
    version = files[MANIFEST].version
    return await asyncio.to_thread(_digest, vault, f"{place}/{MANIFEST}", version) == entry.manifest


def _digest(vault: Vault, name: str, version: str) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / MANIFEST
        vault.fetch(name, path, version)
        return canonical.digest(path.read_bytes())
