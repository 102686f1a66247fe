"""What has to go to the vault and what the vault has confirmed, in the branch's own books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from .engine import Database
from .schema import recordings
from .schema_vault import vault_files, vault_statements, vault_tasks


@dataclass(frozen=True, slots=True)
class VaultTask:
    """A recording whose finished files go to the vault. `wanted_at` moves when more came to it."""

    recording: str
    wanted_at: datetime
    due_at: datetime
    attempts: int
    error: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class VaultFile:
    """One file that the vault has confirmed; by `version` it is found again."""

    recording: str
    name: str
    size: int
    sha256: str
    version: str
    locked_until: datetime | None
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class VaultStatement:
    """A day's statement or a custody head that the vault has confirmed, by its name in the root."""

    name: str
    size: int
    sha256: str
    version: str
    locked_until: datetime | None
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not in the vault yet."""

    waiting: int
    oldest: datetime | None
    failing: tuple[VaultTask, ...]


class VaultStore:
    """The vault's books."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def want(self, recording: str, now: datetime) -> None:
        """Something of this recording has been finished; due at once."""

        def work(connection: Connection) -> None:
            again = (
                update(vault_tasks)
                .where(vault_tasks.c.recording == recording)
                .values(wanted_at=now, due_at=now, attempts=0, error=None, done_at=None)
            )
            if not connection.execute(again).rowcount:
                connection.execute(
                    insert(vault_tasks).values(
                        recording=recording, wanted_at=now, due_at=now, attempts=0
                    )
                )

        await self._database.write(work)

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> tuple[VaultTask, ...]:
        """Tasks that are due, oldest first; nobody else gets them before the lease is over."""

        def work(connection: Connection) -> tuple[VaultTask, ...]:
            due = (
                select(vault_tasks)
                .where(vault_tasks.c.done_at.is_(None), vault_tasks.c.due_at <= now)
                .order_by(vault_tasks.c.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            found = tuple(VaultTask(**row._mapping) for row in connection.execute(due))
            for task in found:
                mine = vault_tasks.c.recording == task.recording
                connection.execute(update(vault_tasks).where(mine).values(due_at=now + lease))
            return found

        return await self._database.write(work)

    async def stored(self, file: VaultFile) -> None:
        """The vault has confirmed a file."""
        values = {name: getattr(file, name) for name in VaultFile.__slots__}
        same = (vault_files.c.recording == file.recording) & (vault_files.c.name == file.name)

        def work(connection: Connection) -> None:
            if not connection.execute(update(vault_files).where(same).values(**values)).rowcount:
                connection.execute(insert(vault_files).values(**values))

        await self._database.write(work)

    async def done(self, task: VaultTask, now: datetime) -> None:
        """All that was wanted then is there; what has been wanted since stays due."""
        mine = (
            vault_tasks.c.recording == task.recording,
            vault_tasks.c.wanted_at == task.wanted_at,
        )
        statement = update(vault_tasks).where(*mine).values(done_at=now, error=None, attempts=0)
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def failed(self, task: VaultTask, error: str, again: datetime) -> None:
        """It did not go; tried again then."""
        statement = (
            update(vault_tasks)
            .where(vault_tasks.c.recording == task.recording)
            .values(attempts=task.attempts + 1, error=error, due_at=again)
        )
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def files(self, recording: str) -> dict[str, VaultFile]:
        """What the vault holds of a recording, by name."""
        statement = select(vault_files).where(vault_files.c.recording == recording)
        found = await self._database.read(lambda conn: conn.execute(statement).all())
        return {row.name: VaultFile(**row._mapping) for row in found}

    async def statements(self, names: Sequence[str]) -> dict[str, VaultStatement]:
        """Those of these names that the vault holds; at most some hundred names."""
        statement = select(vault_statements).where(vault_statements.c.name.in_(names))
        found = await self._database.read(lambda conn: conn.execute(statement).all())
        return {row.name: VaultStatement(**row._mapping) for row in found}

    async def statement_stored(self, one: VaultStatement) -> None:
        """The vault has confirmed it."""
        values = {name: getattr(one, name) for name in VaultStatement.__slots__}
        statement = insert(vault_statements).values(**values)
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def statements_under(self, prefix: str, ending: str = "") -> int:
        """How many the vault holds whose names begin and end so."""
        name = vault_statements.c.name
        wanted = name.startswith(prefix, autoescape=True), name.endswith(ending, autoescape=True)
        statement = select(func.count()).select_from(vault_statements).where(*wanted)
        return await self._database.read(lambda conn: conn.execute(statement).scalar() or 0)

    async def books(self) -> dict[str, str]:
        """Versions of all that the vault has confirmed, by name below the evidence root."""
        place = recordings.c.directory + "/" + vault_files.c.name
        files = select(place, vault_files.c.version).join(
            recordings, recordings.c.id == vault_files.c.recording
        )
        others = select(vault_statements.c.name, vault_statements.c.version)

        def look(connection: Connection) -> dict[str, str]:
            rows = (*connection.execute(files), *connection.execute(others))
            return {row[0]: row[1] for row in rows}

        return await self._database.read(look)

    async def unwanted(self, since: datetime) -> Sequence[str]:
        """Sealed recordings that nobody has asked to be stored: the desk died between the two."""
        statement = (
            select(recordings.c.id)
            .outerjoin(vault_tasks, vault_tasks.c.recording == recordings.c.id)
            .where(recordings.c.sealed_at >= since, vault_tasks.c.recording.is_(None))
        )
        return await self._database.read(lambda conn: conn.execute(statement).scalars().all())

    async def backlog(self, most: int = 20) -> Backlog:
        """How much waits, since when, and what has failed before."""
        open_ = vault_tasks.c.done_at.is_(None)
        totals = select(func.count(), func.min(vault_tasks.c.wanted_at)).where(open_)
        failing = (
            select(vault_tasks)
            .where(open_, vault_tasks.c.error.is_not(None))
            .order_by(vault_tasks.c.wanted_at)
            .limit(most)
        )

        def look(connection: Connection) -> Backlog:
            count, oldest = connection.execute(totals).one()
            rows = connection.execute(failing)
            return Backlog(count, oldest, tuple(VaultTask(**row._mapping) for row in rows))

        return await self._database.read(look)
