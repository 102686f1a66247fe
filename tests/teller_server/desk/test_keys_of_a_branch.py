"""Lists open no data key; a seal waits for an HSM that is away, and then stands."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from recording.errors import Outage
from recording.evidence import Evidence
from recording.hsm import HsmSigner, make_signing_key
from recording.keys import FileKeyWrapper
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.keys import DataKeys
from teller_server.desk.seals import Seals
from teller_server.store.evidence import Recording
from teller_server.store.keys import open_recording
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery
from tests.keyservers import softhsm
from tests.recording import material
from tests.teller_server.desk.house import House, house
from tests.teller_server.kept import shredded
from tests.teller_server.systems.short import Short


async def uses(at: House) -> int:
    day, now = timedelta(days=1), datetime.now(UTC)
    return await at.branch.store.keys.used_between(now - day, now + day)


async def listed(at: House) -> list[str]:
    found = await at.branch.review.search(VisitQuery(), "", "en", "staff-chen")
    return [line["customer_masked"] for line in found["visits"]]


async def test_a_search_opens_no_key_and_still_shows_masked_names(tmp_path: Path) -> None:
    async with house(tmp_path) as before:
        for _ in range(3):
            await before.customer()
    async with house(tmp_path) as again:  # a desk that holds no key
        begun = await uses(again)
        assert await listed(again) == ["韩**"] * 3
        assert await uses(again) == begun


async def test_a_visit_of_an_earlier_release_is_opened_once_for_its_label(tmp_path: Path) -> None:
    async with house(tmp_path) as before:
        visit = await before.customer()
        forget = text("DELETE FROM sealed_fields WHERE name = 'label'")
        await before.branch.store.write(lambda connection: connection.execute(forget) and None)
    async with house(tmp_path) as again:
        begun = await uses(again)
        assert await listed(again) == ["韩**"]
        assert await uses(again) == begun + 1
        again.branch.keys.forget(visit.id)
        assert await listed(again) == ["韩**"]
        assert await uses(again) == begun + 1


async def test_a_shredded_visit_is_listed_without_a_name(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        visit = await at.customer()
        await shredded(at.branch.store, visit.id, at.branch.counter.now())
        await at.branch.keys.let_go()
        assert await listed(at) == [""]


@pytest.mark.scaled(9, "the HSM away at the end: the seal waits and is made")
async def test_a_seal_waits_for_an_hsm_that_is_away(tmp_path: Path) -> None:
    authority = material.Authority.make(tmp_path / "authority")
    directory = tmp_path / "evidence" / "rec-1"
    frames = material.clip(2.0)
    await asyncio.to_thread(material.whole, directory, authority, frames, seal=False)
    module = softhsm.hsm(*softhsm.make_token())
    chain = softhsm.certify(make_signing_key(module, "seal"), tmp_path)
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    short = Short(store)
    await short.served()
    row = Recording("rec-1", "visit-1", "rec-1", "open", material.STARTED)
    await store.database.write(lambda connection: open_recording(connection, row))

    async def finished(_recording: str) -> None:
        pass

    seals = Seals(
        store,
        Counter(store.visits, lambda: short.now),
        DataKeys(store, FileKeyWrapper(tmp_path / "master.key")),
        tmp_path / "evidence",
        HsmSigner(module, "seal", chain),
        authority.stamper,
        finished,
        shred_refused=None,
    )
    evidence = Evidence.open(directory, material.KEY)
    with softhsm.unplugged(module), pytest.raises(Outage, match="key_server_away"):
        await seals.seal("visit-1", evidence)
    kept = await store.evidence.recording("rec-1")
    assert kept is not None
    assert (kept.state, kept.verdict) == ("open", None), "nothing was given up"
    sealed = await seals.seal("visit-1", evidence)
    assert sealed.verified
    verdict = verify(directory)
    assert verdict.status == "complete", verdict
    assert "CN=Bank root" in str([step.detail for step in verdict.steps])
    module.close()
    await store.close()
