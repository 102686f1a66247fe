"""A decision counts as it was made: another one sealed in its place commits nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recording import canonical, heads
from recording.evidence import Evidence
from recording.keys import FileKeyWrapper
from recording.manifest import DECISION
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.keys import DataKeys
from teller_server.desk.seals import Seals
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Visit
from teller_server.store.evidence import Recording
from teller_server.store.keys import open_recording
from teller_server.store.store import Store
from tests.recording import material
from tests.teller_server.systems.short import CHECKER, Short


@dataclass
class Sealed:
    """A visit whose call is sealed on the disk, and which waits for a second person."""

    short: Short
    seals: Seals
    directory: Path
    authority: material.Authority

    async def decided(self, verdict: Any = "approve") -> Visit:
        return await self.short.do(c.Review(CHECKER, verdict, SealedText("sealed")))

    def written_anew(self, alter: Callable[[dict[str, Any]], None]) -> None:
        """What somebody does who holds the signing key and the disk, but not the database."""
        document, _ = canonical.load(self.directory / DECISION, DECISION)
        alter(document["decision"])
        for path in self.directory.glob(f"{DECISION}*"):
            path.unlink()
        raw, signer, stamper = (
            canonical.dump(document),
            self.authority.signer,
            self.authority.stamper,
        )
        heads.write_signed(self.directory / DECISION, raw, signer)
        evidence = Evidence.open(self.directory)
        assert evidence.stamp_pending(stamper)
        assert verify(self.directory).status == "complete"


async def unheard(_recording: str) -> None:
    """No archive takes the files over here."""


@pytest.fixture
async def sealed(tmp_path: Path) -> AsyncIterator[Sealed]:
    authority = material.Authority.make(tmp_path / "authority")
    directory = tmp_path / "evidence" / "rec-1"
    receipt = await asyncio.to_thread(material.whole, directory, authority, material.clip(2.0))
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    short = Short(store)
    counter = Counter(store.visits, lambda: short.now)
    seals = Seals(
        store,
        counter,
        DataKeys(store, FileKeyWrapper(tmp_path / "master.key")),
        tmp_path / "evidence",
        authority.signer,
        authority.stamper,
        shred_refused=None,
        finished=unheard,
    )
    await short.served(checked=True)
    row = Recording("rec-1", "visit-1", "rec-1", "sealed", material.STARTED)
    await store.database.write(lambda connection: open_recording(connection, row))
    await short.do(c.CallSealed(receipt["evidence_digest"], True), c.WrapUp("t-wang", "completed"))
    yield Sealed(short, seals, directory, authority)
    await store.close()


async def test_a_decision_is_sealed_with_its_checker_and_its_event(sealed: Sealed) -> None:
    visit = await sealed.decided()
    assert await sealed.seals.decision_stands(visit)
    document, _ = canonical.load(sealed.directory / DECISION, DECISION)
    told = await sealed.short.store.visits.events("visit-1")
    (link,) = [one.hash for one in told if type(one.event).__name__ == "ReviewDecided"]
    assert document["decision"] == {
        "approved": True,
        "checker": CHECKER,
        "outcome": "done",
        "event": link,
    }


@pytest.mark.parametrize(
    "what",
    [{"approved": False}, {"event": "0" * 64}, {"checker": "t-wang"}, {"outcome": "refused_bank"}],
    ids=lambda what: next(iter(what)),
)
async def test_another_decision_properly_signed_in_its_place_does_not_stand(
    sealed: Sealed, what: dict[str, Any]
) -> None:
    visit = await sealed.decided()
    assert await sealed.seals.decision_stands(visit)
    sealed.written_anew(lambda decision: decision.update(what))
    with pytest.raises(Refusal, match="evidence_does_not_verify"):
        await sealed.seals.decision_stands(visit)


async def test_a_decision_that_is_no_document_any_more_does_not_stand(sealed: Sealed) -> None:
    visit = await sealed.decided()
    assert await sealed.seals.decision_stands(visit)
    (sealed.directory / DECISION).write_bytes(b"{")
    with pytest.raises(Refusal, match="evidence_does_not_verify"):
        await sealed.seals.decision_stands(visit)
