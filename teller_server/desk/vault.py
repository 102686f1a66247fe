"""Finished evidence goes to the vault: sealed first, then stored, then asked for.

The local copy stays. A recording goes in two journeys: after the call seal everything that will not
change any more, after the closing seal the rest. What could not be stored is tried again, ever
less often, and stands in the backlog until it is.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

import recording.errors
from recording.vault import FolderVault, Vault, finished_files
from recording.vault_s3 import Bucket, S3Vault
from teller_server.desk.counter import Counter
from teller_server.desk.vault_statements import VaultStatements
from teller_server.settings import Settings
from teller_server.settings_vault import Vault as VaultSettings
from teller_server.store.evidence import EvidenceStore, Recording
from teller_server.store.store import Store
from teller_server.store.vault import Backlog, VaultFile, VaultStore, VaultTask

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)
AT_ONCE = 4
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
LOOK_BACK = timedelta(days=7)
CLOSING = "closing.json"


def open_vault(settings: VaultSettings) -> Vault | None:
    """The configured vault, not yet asked whether it is there; None for none."""
    if settings.kind == "folder" and settings.folder is not None:
        return FolderVault(settings.folder)
    if settings.kind == "s3":
        secret = settings.secret_key.get_secret_value() if settings.secret_key else None
        return S3Vault(
            Bucket(
                settings.bucket,
                settings.prefix,
                settings.endpoint,
                settings.region,
                settings.access_key,
                secret,
                settings.mode,
            )
        )
    return None


def build_vault(settings: Settings, store: Store, counter: Counter) -> "VaultDesk":
    """The branch's vault desk; with `vault.kind` none it has nothing to do."""
    return VaultDesk(
        store.vault,
        store.evidence,
        counter,
        settings.evidence_directory.absolute(),
        open_vault(settings.vault),
        settings.vault.lock,
    )


def build_statements(
    settings: Settings, store: Store, now: Callable[[], datetime]
) -> VaultStatements:
    """What brings days and custody heads there."""
    root, vault = settings.evidence_directory.absolute(), open_vault(settings.vault)
    return VaultStatements(store.vault, root, vault, settings.vault.lock, now)


class VaultDesk:
    """Stores what is finished and knows what is not stored yet."""

    def __init__(
        self,
        store: VaultStore,
        evidence: EvidenceStore,
        counter: Counter,
        root: Path,
        vault: Vault | None,
        lock: timedelta,
    ) -> None:
        self._store = store
        self._evidence = evidence
        self._counter = counter
        self._root = root
        self._vault = vault
        self._lock = lock

    @property
    def used(self) -> bool:
        """Whether there is a vault at all."""
        return self._vault is not None

    async def want(self, recording: str) -> None:
        """Something of this recording is finished."""
        if self._vault is not None:
            await self._store.want(recording, self._counter.now())

    async def round(self) -> None:
        """Store what is due."""
        if self._vault is None:
            return
        now = self._counter.now()
        for task in await self._store.claim(now, LEASE, AT_ONCE):
            try:
                await self._go(task, self._vault)
            except (recording.errors.Outage, recording.errors.Damage, OSError) as error:
                await self._failed(task, error)

    async def _go(self, task: VaultTask, vault: Vault) -> None:
        found = await self._evidence.recording(task.recording)
        if found is None:
            await self._store.done(task, self._counter.now())
            return
        for name, path in (await asyncio.to_thread(self._finished, found)).items():
            await self._put(found, vault, name, path)
        await self._store.done(task, self._counter.now())

    def _finished(self, found: Recording) -> dict[str, Path]:
        directory = self._root / found.directory
        closed = (directory / CLOSING).exists()
        files = finished_files(directory, closed=closed)
        return {path.relative_to(directory).as_posix(): path for path in files}

    async def _put(self, found: Recording, vault: Vault, name: str, path: Path) -> None:
        if name in await self._store.files(found.id):
            return
        until = (found.sealed_at or found.started_at) + self._lock
        full = f"{found.directory}/{name}"
        stored = await asyncio.to_thread(vault.put, full, path, until)
        row = VaultFile(
            found.id,
            name,
            stored.size,
            stored.sha256,
            stored.version,
            stored.locked_until,
            self._counter.now(),
        )
        await self._store.stored(row)

    async def _failed(self, task: VaultTask, error: Exception) -> None:
        code = getattr(error, "code", "disk_failed")
        wait = min(FIRST_WAIT * 2 ** min(task.attempts, 20), LONGEST_WAIT)
        log.error("not_stored", recording=task.recording, code=code, attempts=task.attempts + 1)
        await self._store.failed(task, code, self._counter.now() + wait)

    async def sweep(self) -> None:
        """Recordings that were sealed and never asked to be stored; late tokens and renewals."""
        if self._vault is None:
            return
        since = self._counter.now() - LOOK_BACK
        for name in await self._store.unwanted(since):
            await self._store.want(name, self._counter.now())
        for found in await self._evidence.sealed_since(since):
            kept = await self._store.files(found.id)
            if kept and set(await asyncio.to_thread(self._finished, found)) - set(kept):
                await self._store.want(found.id, self._counter.now())

    async def backlog(self) -> Backlog:
        """What is not stored yet."""
        return await self._store.backlog()

    async def bring_back(self, recording: str) -> int:
        """Fetch what the local disk has lost; how many files came back."""
        found = await self._evidence.recording(recording)
        if found is None or self._vault is None:
            return 0
        brought = 0
        for file in (await self._store.files(recording)).values():
            path = self._root / found.directory / file.name
            if not await asyncio.to_thread(path.exists):
                full = f"{found.directory}/{file.name}"
                await asyncio.to_thread(self._vault.fetch, full, path, file.version)
                brought += 1
        return brought

    async def check(self) -> datetime | None:
        """Whether the vault can be used; when it was asked, None without one. Raises Outage."""
        if self._vault is None:
            return None
        await asyncio.to_thread(self._vault.check)
        return self._counter.now()
