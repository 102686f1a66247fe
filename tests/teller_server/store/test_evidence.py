"""What the branch knows of its evidence, who looked at it, and what of a person can be shredded."""

from __future__ import annotations

import secrets
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from teller_server.domain.errors import Damage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.store.evidence import Head, Recording, StoredObject, WrappedKey
from teller_server.store.fields import SealedField
from teller_server.store.store import Store
from teller_server.store.view_requests import Grant, Scope
from teller_server.store.visits import VisitQuery
from tests.teller_server.kept import begun, shredded
from tests.teller_server.material import NOON, opening
from tests.teller_server.store.branch import Branch

HOUR = timedelta(hours=1)


@pytest.fixture
async def recorded(branch: Branch) -> Store:
    """A store with a visit `v1` whose recording `r1` has begun."""
    store = branch.store
    await store.visits.apply("v1", opening("v1"), NOON)
    await begun(
        store,
        Recording("r1", "v1", "2026/11/23/r1", "open", NOON),
        WrappedKey("r1", "v1", b"wrapped", b"context", NOON),
    )
    return store


async def test_a_recording_is_open_until_it_is_sealed(recorded: Store) -> None:
    evidence = recorded.evidence
    assert (await evidence.recording("r1")).state == "open"
    await evidence.update("r1", state="sealed", sealed_at=NOON + HOUR, manifest="m", duration_ms=9)
    sealed = await evidence.recording("r1")
    assert (sealed.state, sealed.manifest, sealed.duration_ms) == ("sealed", "m", 9)
    assert await evidence.recording("r9") is None


async def test_a_shredded_key_is_gone(recorded: Store) -> None:
    assert (await recorded.evidence.key("r1")).wrapped == b"wrapped"
    await shredded(recorded, "v1", NOON + HOUR)
    with pytest.raises(Refusal, match="key_shredded"):
        await recorded.evidence.key("r1")
    assert (await recorded.evidence.recording("r1")).state == "shredded"


async def test_a_shredded_key_leaves_no_copy_in_the_file(
    sqlite_template: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(sqlite_template, tmp_path / "branch.db"))
    keys = [secrets.token_bytes(60) for _ in range(8)]
    store = await Store.open(f"sqlite:///{file}")
    for n, key in enumerate(keys):
        await store.visits.apply(f"v{n}", opening(f"v{n}"), NOON)
        await begun(
            store,
            Recording(f"r{n}", f"v{n}", f"2026/11/23/r{n}", "open", NOON),
            WrappedKey(f"r{n}", f"v{n}", key, b"context", NOON),
        )
    await store.close()
    assert legible(file, keys) == len(keys)
    store = await Store.open(f"sqlite:///{file}")
    for n in range(len(keys)):
        await shredded(store, f"v{n}", NOON + HOUR)
    await store.close()
    assert legible(file, keys) == 0


def legible(file: Path, keys: list[bytes]) -> int:
    """How many of the keys can still be read in the file."""
    content = file.read_bytes()
    return sum(key[20:40] in content for key in keys)


async def test_objects_and_heads_are_listed_in_order(recorded: Store) -> None:
    evidence = recorded.evidence
    photo = StoredObject("r1", "d1", "v1", "photo", "image/jpeg", 12, NOON)
    live = StoredObject("r1", "d2", "v1", "live", "image/jpeg", 13, NOON + HOUR)
    for stored in (live, photo, photo):
        await evidence.add_object(stored)
    assert await evidence.objects("v1") == (photo, live)
    for n in (2, 1):
        await evidence.add_head(Head("r1", n, NOON + n * HOUR, f"digest-{n}", stamped=False))
    await evidence.stamped("r1", 2)
    heads = await evidence.heads("r1")
    assert [(head.n, head.stamped) for head in heads] == [(1, False), (2, True)]


async def test_custody_is_a_chain_and_a_grant_is_written_with_its_entry(recorded: Store) -> None:
    custody = recorded.custody
    grants = recorded.view_requests
    given = Grant("hash", "v1", "lin", Scope("view", 5, None), NOON + HOUR)
    await grants.grant("hash", given, {"purpose": "sealed:why"}, NOON)
    await custody.add("v1", "lin", "viewed", {"party": "customer"}, NOON)
    entries = await custody.entries("v1")
    assert [(e.seq, e.actor, e.act) for e in entries] == [
        (1, "lin", "view_granted"),
        (2, "lin", "viewed"),
    ]
    assert await grants.granted("hash", NOON) == given
    assert await grants.granted("other", NOON) is None
    assert await grants.granted("hash", NOON + HOUR) is None
    with pytest.raises(Refusal, match="unknown_visit"):
        await custody.add("v9", "lin", "viewed", {}, NOON)


async def test_a_changed_custody_entry_is_found(recorded: Store) -> None:
    await recorded.custody.add("v1", "lin", "viewed", {}, NOON)

    def tamper(conn: object) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(text("ALTER TABLE custody DISABLE TRIGGER ALL"))
        else:
            conn.execute(text("DROP TRIGGER custody_no_update"))
        conn.execute(text("UPDATE custody SET actor = 'nobody'"))

    await recorded.write(tamper)
    with pytest.raises(Damage, match="custody_chain_broken"):
        await recorded.custody.entries("v1")


async def test_a_persons_fields_are_found_by_digest_until_they_are_shredded(
    recorded: Store,
) -> None:
    fields = recorded.fields
    name, number = SealedText("sealed:name"), SealedText("sealed:number")
    await fields.keep(
        "v1", {"name": SealedField(name, "digest-n"), "document": SealedField(number, "digest-d")}
    )
    assert await fields.read("v1") == {"name": name, "document": number}
    assert await fields.read_many(["v1", "v2"], ["name"]) == {"v1": {"name": name}}
    assert (await recorded.visits.search(VisitQuery(lookups=("digest-d",)))).total == 1
    await shredded(recorded, "v1", NOON + HOUR)
    assert await fields.read("v1") == {}
    assert (await recorded.visits.search(VisitQuery(lookups=("digest-d",)))).total == 0
