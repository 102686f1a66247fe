"""Attested heads reach the customer's receipt, whatever else happens in that second."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recording.events import EventLog
from recording.evidence import Evidence
from recording.seal import FileSigner, LocalTimestampAuthority
from teller_server.desk.counter import Counter
from teller_server.desk.dossier import Dossier
from teller_server.desk.heads import Heads, HeadTimes
from teller_server.desk.keys import recording_of
from teller_server.store.evidence import Recording, WrappedKey
from teller_server.store.store import Store
from tests.teller_server.kept import begun
from tests.teller_server.material import opening

VISIT = "v1"
KEY = bytes(range(32))
PATIENCE = 180.0


class SlowAuthority(LocalTimestampAuthority):
    """Answers when it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def stamp(self, data: bytes) -> bytes:
        self.asked.set()
        assert self.may_answer.wait(PATIENCE)
        return super().stamp(data)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store, now = await Store.open(f"sqlite:///{tmp_path}/branch.db"), datetime.now(UTC)
    await store.visits.apply(VISIT, opening(VISIT), now)
    recording = recording_of(VISIT)
    await begun(
        store,
        Recording(recording, VISIT, "evidence", "open", now),
        WrappedKey(recording, VISIT, b"wrapped", b"context", now),
    )
    yield store
    await store.close()


@pytest.fixture
def dossier(tmp_path: Path) -> Iterator[Dossier]:
    directory, now = tmp_path / "evidence", datetime.now(UTC)
    recording = recording_of(VISIT)
    evidence = Evidence.create(directory, recording, VISIT, ["customer"], KEY, now, "test")
    events = EventLog(directory, recording, KEY, 0.0, now)
    yield Dossier(VISIT, evidence, events, 0.0, now)
    events.close()


@pytest.fixture
def stamper(tmp_path: Path) -> SlowAuthority:
    return SlowAuthority(tmp_path / "timestamp")


@pytest.fixture
def heads(store: Store, stamper: SlowAuthority, tmp_path: Path) -> Heads:
    signer = FileSigner(tmp_path / "signer")
    times = HeadTimes(30, 60)
    return Heads(store.evidence, Counter(store.visits), signer, stamper, times, lambda *_: None)


async def kept(store: Store) -> list[tuple[int, bool]]:
    return [(head.n, head.stamped) for head in await store.evidence.heads(recording_of(VISIT))]


@pytest.mark.scaled(9, "the timestamp authority slow in a call: the head is stored, stamped later")
async def test_a_slow_timestamp_authority_holds_no_head_back(
    store: Store, dossier: Dossier, stamper: SlowAuthority, heads: Heads
) -> None:
    attesting = asyncio.create_task(heads.attest(dossier))
    assert await asyncio.to_thread(stamper.asked.wait, PATIENCE)
    assert await kept(store) == [(1, False)]
    stamper.may_answer.set()
    await attesting
    assert await kept(store) == [(1, True)]


async def test_heads_that_the_store_has_not_heard_of_are_taken_up_after_a_power_cut(
    store: Store, dossier: Dossier, stamper: SlowAuthority, heads: Heads, tmp_path: Path
) -> None:
    stamper.may_answer.set()
    await heads.attest(dossier)
    signed = dossier.evidence.head(datetime.now(UTC), FileSigner(tmp_path / "signer"))
    assert await kept(store) == [(1, True)]  # the power went here
    await heads.take_up(VISIT, Evidence.open(dossier.evidence.directory, KEY))
    await heads.take_up(VISIT, dossier.evidence)  # and again, and nothing is doubled
    assert await kept(store) == [(1, True), (2, False)]
    last = (await store.evidence.heads(recording_of(VISIT)))[-1]
    assert last.digest == signed.digest


async def test_a_damaged_head_does_not_keep_the_visit_from_going_on(
    store: Store, dossier: Dossier, stamper: SlowAuthority, heads: Heads
) -> None:
    stamper.may_answer.set()
    await heads.attest(dossier)
    (dossier.evidence.directory / "heads" / "000002.json").write_bytes(b"{")
    await heads.take_up(VISIT, dossier.evidence)
    assert await kept(store) == [(1, True)]
