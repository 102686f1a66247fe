"""The branch's keys with the real OpenBao: init, rotation, moving over, outages."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from recording.keys import FileKeyWrapper, Wrapped
from teller_server.desk import purposes
from teller_server.desk.strongroom import open_strongroom
from teller_server.desk.wrappers import key_ring
from teller_server.domain.errors import Outage, Refusal
from teller_server.store.store import Store
from tests.keyservers import softhsm
from tests.teller_server.kept import shredded
from tests.teller_server.keys.house import (
    ACCOUNT,
    FIELD,
    VISIT,
    House,
    furnished,
    initialised,
    visit,
)
from tests.teller_server.material import NOON


async def test_no_plain_key_lies_on_the_disk(house: House, store: Store) -> None:
    with pytest.raises(Outage, match="keys_not_initialised"):
        await open_strongroom(house.settings, store)
    await initialised(house)
    again = await house.run("init", role="teller-server-keys")
    assert (again.exit_code, "keys_initialised" in again.stderr) == (2, True)
    first, _ = await furnished(house, store)
    second, keys = await furnished(house, store)
    assert second.open_totp("a", first.seal_totp("a", FIELD)) == FIELD
    assert first.lookup.digest("x") == second.lookup.digest("x")
    key = await visit(store, keys)
    held = [path for path in (house.place / "data").rglob("*") if path.is_file()]
    assert not [path for path in held if "master" in path.name]
    secrets = (key, first.invitations, (house.place / "teller-server-desk").read_bytes())
    assert not [path for path in held for secret in secrets if secret in path.read_bytes()]


async def test_a_branch_with_a_master_key_moves_to_the_key_server(
    house: House, store: Store
) -> None:
    house.configure('wrapper = "file"')
    before, keys = await furnished(house, store)
    key, totp = await visit(store, keys), before.seal_totp("a", FIELD)
    digest = before.lookup.digest("110101199001011234")
    house.configure('wrapper = "openbao"\nformer = ["file"]')
    await initialised(house)
    room, keys = await furnished(house, store)
    assert room.open_totp("a", totp) == FIELD
    assert room.lookup.digest("110101199001011234") == digest
    assert await keys.get(VISIT, purposes.SERVICE) == key
    moved = await house.run("rewrap")
    assert "1 keys wrapped anew" in moved.stdout, moved.output
    shown = (await house.run("status")).stdout
    assert f"2 keys under openbao:transit/{house.key} version 1" in shown
    assert "file" not in shown
    house.configure('wrapper = "openbao"')
    (house.place / "data" / "keys" / "master.key").unlink()
    room, keys = await furnished(house, store)
    assert await keys.get(VISIT, purposes.SERVICE) == key
    assert room.open_totp("a", totp) == FIELD


async def test_rotation_and_rewrapping_leave_every_key_as_it_is(house: House, store: Store) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    made = {name: await visit(store, keys, name) for name in ("visit-1", "visit-2", "visit-3")}
    await shredded(store, "visit-3", NOON)
    await keys.let_go()
    refused = await house.run("rotate")
    assert "key_server_refused" in refused.stderr, "the desk's own token can't rotate"
    assert (await house.run("rotate", role="teller-server-keys")).exit_code == 0
    done = await house.run("rewrap", role="teller-server-keys")
    assert done.stdout.startswith("3 keys wrapped anew"), done.output
    assert (await house.run("rewrap", role="teller-server-keys")).stdout.startswith("0 keys")
    house.bao.admin.secrets.transit.update_key_configuration(house.key, min_decryption_version=2)
    _, keys = await furnished(house, store)
    for name in ("visit-1", "visit-2"):
        assert await keys.get(name, purposes.SERVICE) == made[name]
    with pytest.raises(Refusal, match="key_shredded"):
        await keys.get("visit-3", purposes.SERVICE)


async def test_a_key_shredded_while_it_is_wrapped_anew_stays_shredded(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    (row,) = await store.keys.wrapped()
    assert row.wrapped is not None
    await shredded(store, VISIT, NOON)
    assert not await store.keys.rewrapped(row.recording, row.wrapped, b"anew")
    assert await store.keys.wrapped() == ()


async def test_a_wrapped_key_moved_to_another_visit_does_not_open(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    await visit(store, keys, "visit-2")
    with sqlite3.connect(house.place / "data" / "branch.db") as db:
        db.execute(
            "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE visit = ?)"
            " WHERE visit = ?",
            (VISIT, "visit-2"),
        )
    _, fresh = await furnished(house, store)
    with pytest.raises(Outage, match="key_unwrap_refused"):
        await fresh.get("visit-2", purposes.SERVICE)


def test_settings_that_lack_something_are_refused_and_never_show_a_secret(house: House) -> None:
    house.configure('wrapper = "pkcs11"', '[hsm]\npin = "91919191"\n')
    told = house("status")
    assert told.exit_code == 2
    assert "hsm.module" in told.stderr
    assert "hsm.token" in told.stderr
    assert "91919191" not in told.output
    house.configure('wrapper = "openbao"')
    (house.place / "teller-server-desk").write_text("")
    assert "secret_unreadable" in house("status").stderr


async def test_the_hsm_wraps_and_the_root_is_in_it(house: House, store: Store) -> None:
    label, pin = softhsm.make_token()
    (house.place / "pin").write_text(pin + "\n")
    token = f'[hsm]\nmodule = "{softhsm.MODULE}"\ntoken = "{label}"\n'
    token += f'pin_file = "{house.place / "pin"}"\n'
    house.configure('wrapper = "pkcs11"', token + 'signing_key = "seal"\n')
    assert "keys.signing_chain" in (await house.run("init")).stderr
    chain = f'signing_chain = "{house.place / "not-yet.pem"}"'
    house.configure(f'wrapper = "pkcs11"\n{chain}', token + 'signing_key = "seal"\n')
    made = await house.run("init")
    assert made.exit_code == 0, made.output
    assert "BEGIN PUBLIC KEY" in made.stdout
    house.configure('wrapper = "pkcs11"', token)
    room, keys = await furnished(house, store)
    key = await visit(store, keys)
    assert room.wrapper.name == f"pkcs11:{label}/teller-server"
    assert (await house.run("rotate")).exit_code == 0
    assert (await house.run("rewrap")).stdout.startswith("2 keys")
    _, fresh = await furnished(house, store)
    assert await fresh.get(VISIT, purposes.SERVICE) == key


@pytest.mark.scaled(9, "OpenBao sealed: a call goes on, a new one is refused, later all opens")
async def test_a_visit_that_runs_does_not_need_the_key_server(house: House, store: Store) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    key = await visit(store, keys)
    house.bao.seal()
    try:
        assert await keys.get(VISIT, purposes.SERVICE) == key, "made here, held here"
        with pytest.raises(Outage, match="key_server_away"):
            await keys.make("visit-2", NOON)
        with pytest.raises(Outage, match="key_server_away"):
            await keys.get(VISIT, purposes.review(ACCOUNT, "1"))
        with pytest.raises(Exception, match="key_server_away"):
            await open_strongroom(house.settings, store)
        assert "key_server_away" in (await house.run("rewrap")).stderr
    finally:
        house.bao.unseal()
    assert await keys.get(VISIT, purposes.review(ACCOUNT, "1")) == key
    assert await store.keys.root() is not None


async def test_many_that_want_one_key_at_once_make_one_use(house: House, store: Store) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    purpose = purposes.review(ACCOUNT, "1")
    got = await asyncio.gather(*[keys.get(VISIT, purpose) for _ in range(20)])
    assert len(set(got)) == 1
    assert len(await store.custody.entries(VISIT)) == 1
    await keys.get(VISIT, purposes.review("staff-2", "2"))
    assert len(await store.custody.entries(VISIT)) == 2


def test_a_mixed_estate_opens_by_the_name_in_each_key(house: House) -> None:
    house.configure('wrapper = "file"\nformer = ["openbao"]')
    assert house("init").exit_code == 0
    house.configure('wrapper = "openbao"\nformer = ["file"]')
    ring = key_ring(house.settings, None)
    made = FileKeyWrapper(house.place / "data" / "keys" / "master.key").wrap(bytes(32), b"c")
    assert ring.unwrap(made, b"c") == bytes(32)
    assert Wrapped.parse(made).wrapper == "file"
