"""What the archive needs while nobody looks: each day's statement, and timestamps that are renewed.

Both go on where they stopped; an authority that does not answer is asked again next time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import structlog

import recording.errors
from recording import canonical
from recording.days import Entry, list_days, stamp_days, write_day
from recording.parts import RECORDING_FILE
from recording.renewals import ends, renew, renewed_at
from recording.seal import Signer, Stamper
from teller_server.desk.crew import Crew
from teller_server.desk.strongroom import Strongroom
from teller_server.domain.errors import Damage
from teller_server.settings import Settings
from teller_server.store.days import Day, DayStore
from teller_server.store.evidence import Recording
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

GRACE = timedelta(hours=6)
"""After a day's end: calls that went on past midnight are sealed by then."""
LEAST = timedelta(days=30)
"""Between two renewals of one recording."""
MOST_DAYS = 400
MANIFEST = "manifest.json"
ONE = timedelta(days=1)
DAYS_SECONDS, RENEWAL_SECONDS = 3600.0, 86_400.0


class ArchiveDesk:
    """Closes days and renews timestamps. One at a time."""

    def __init__(
        self,
        store: DayStore,
        root: Path,
        signer: Signer,
        stamper: Stamper,
        now: Callable[[], datetime],
        renew_days: int,
        finished: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """`finished(recording)`: its package has a new file."""
        self._store = store
        self._root = root
        self._signer = signer
        self._stamper = stamper
        self._now = now
        self._ahead = timedelta(days=renew_days)
        self._finished = finished
        self._turn = asyncio.Lock()

    def begin(self, crew: Crew) -> None:
        """Hourly and daily, and once now: who is restarted every day must not miss daily work."""
        crew.start(self.days_round(), "days")
        crew.start(self.renewal_round(), "renewals")
        crew.every(DAYS_SECONDS, self.days_round, "days")
        crew.every(RENEWAL_SECONDS, self.renewal_round, "renewals")

    async def days_round(self) -> None:
        """Close what is over; the crew hears it when the chain was cut."""
        await self.close_days()

    async def renewal_round(self) -> None:
        """Renew what ends soon."""
        renewed, failed = await self.renew()
        if renewed or failed:
            log.info("timestamps_renewed", renewed=renewed, failed=failed)

    # ---- the chain of days

    async def close_days(self) -> int:
        """Make the statements of all days that are over; how many. Raises Damage('days_cut') when
        the newest day that the database knows is not on the disk any more."""
        async with self._turn:
            made = 0
            last = await self._taken_up()
            day = last.day + ONE if last else await self._first_day()
            while day is not None and made < MOST_DAYS and _end(day) + GRACE <= self._now():
                last = await self._close(day, last)
                day, made = day + ONE, made + 1
            if last is not None:
                waiting = await asyncio.to_thread(stamp_days, self._root, self._stamper)
                if waiting:
                    log.warning("days_unstamped", days=waiting)
            return made

    async def _first_day(self) -> date | None:
        first = await self._store.first_recording()
        return None if first is None else first.astimezone(UTC).date()

    async def _taken_up(self) -> Day | None:
        """The last day, after what a crash left between disk and database was taken up."""
        last = await self._store.last()
        there = await asyncio.to_thread(self._on_disk)
        if last is not None and there.get(last.day) != last.digest:
            log.error("days_cut", day=last.day.isoformat())
            raise Damage("days_cut", day=last.day.isoformat())
        for day, digest in there.items():
            if last is None or day > last.day:
                last = Day(day, digest, self._now())
                await self._store.add(last)
        return last

    def _on_disk(self) -> dict[date, str]:
        return {day: canonical.digest(path.read_bytes()) for day, path in list_days(self._root)}

    async def _close(self, day: date, last: Day | None) -> Day:
        began = await self._store.began(_start(day), _end(day))
        late: tuple[Recording, ...] = ()
        if last is not None:
            late = await self._store.sealed_late(_start(day), last.made_at)
        entries = {one.id: _entry(one) for one in began}
        for recording_id in await asyncio.to_thread(self._folders, day):
            entries.setdefault(recording_id, Entry(day, recording_id, None))
        now = self._now()
        sealed = [_entry(one) for one in late if one.manifest]
        digest = await asyncio.to_thread(
            write_day, self._root, day, list(entries.values()), sealed, now, self._signer
        )
        closed = Day(day, digest, now)
        await self._store.add(closed)
        log.info("day_closed", day=day.isoformat(), recordings=len(entries), late=len(sealed))
        return closed

    def _folders(self, day: date) -> list[str]:
        """Recordings of a day that lie there, also such as the database never heard of."""
        folder = Entry(day, "x", None).place(self._root).parent
        return sorted(path.parent.name for path in folder.glob(f"*/{RECORDING_FILE}"))

    # ---- timestamps

    async def renew(self, ahead: timedelta | None = None) -> tuple[int, int]:
        """Renew every timestamp whose certificate ends soon; (renewed, could not be)."""
        until, after = self._now() + (self._ahead if ahead is None else ahead), ""
        renewed = failed = 0
        async with self._turn:
            while page := await self._store.sealed(after):
                after = page[-1].id
                for one in page:
                    try:
                        if await asyncio.to_thread(self._renew, one, until):
                            renewed += 1
                            await self._tell(one.id)
                    except (recording.errors.Outage, recording.errors.Damage, OSError) as error:
                        failed += 1
                        log.error("not_renewed", recording=one.id, error=str(error))
        return renewed, failed

    async def _tell(self, recording_id: str) -> None:
        if self._finished is not None:
            await self._finished(recording_id)

    def _renew(self, one: Recording, until: datetime) -> bool:
        """Whether it was due; a recording that is not on this disk is not."""
        directory = self._root / one.directory
        if not (directory / MANIFEST).exists():
            return False
        first, before = ends(directory), renewed_at(directory)
        if first is None or first >= until:
            return False
        if before is not None and self._now() - before < LEAST:
            return False  # the authority's own certificate ends soon: nothing would be gained
        renew(directory, self._now(), self._stamper)
        return True


def open_archive(
    settings: Settings, store: Store, room: Strongroom, now: Callable[[], datetime]
) -> ArchiveDesk:
    """The archive as the settings place it; a renewal goes to the vault as well."""

    async def finished(recording_id: str) -> None:
        if settings.vault.kind != "none":
            await store.vault.want(recording_id, now())

    return ArchiveDesk(
        store.days,
        settings.evidence_directory.absolute(),
        room.signer,
        room.stamper,
        now,
        settings.recording.renew_days,
        finished,
    )


def _entry(one: Recording) -> Entry:
    return Entry(one.started_at.astimezone(UTC).date(), one.id, one.manifest or None)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _end(day: date) -> datetime:
    return _start(day + ONE)
