"""The branch's keys with the real OpenBao: init, rotation, moving over, thieves, outages."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from recording.bao import OpenBaoKeyWrapper
from recording.keys import FileKeyWrapper, Wrapped
from teller_server.cli_keys import keys as commands
from teller_server.desk import purposes
from teller_server.desk.counter import Counter
from teller_server.desk.key_watch import KeyWatch
from teller_server.desk.keys import DataKeys, context_of
from teller_server.desk.reconcile import reconciler
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.desk.wrappers import key_ring, openbao
from teller_server.domain.errors import Outage, Refusal
from teller_server.settings import Settings, load
from teller_server.store.key_uses import KeyUse
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from tests.keyservers import softhsm
from tests.keyservers.openbao import Server
from tests.keyservers.openbao import openbao as server
from tests.teller_server.material import NOON, opening

VISIT, ACCOUNT = "visit-1", "staff-1"
FIELD = "a secret of the second factor"


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("openbao")) as running:
        yield running


class House:
    """A branch's data directory with OpenBao, and the command line over it."""

    def __init__(self, bao: Server, place: Path) -> None:
        self.bao, self.place = bao, place
        self.key = f"branch-{place.name}-{abs(hash(place)) % 10**8}"
        for policy in ("teller-server-desk", "teller-server-keys"):
            (place / policy).write_text(self._token(policy))
        self.config = place / "branch.toml"
        self.configure('wrapper = "openbao"')

    def _token(self, policy: str) -> str:
        """As `docs/openbao` says, for a key of this test's own."""
        from tests.keyservers.openbao import POLICIES

        rules = (POLICIES / f"{policy}.hcl").read_text().replace("teller-server", self.key)
        name = f"{policy}-{self.key}"
        self.bao.admin.sys.create_or_update_policy(name, rules)
        made = self.bao.admin.auth.token.create(policies=[name], no_default_policy=True)
        return str(made["auth"]["client_token"])

    def configure(self, keys: str, more: str = "", role: str = "teller-server-desk") -> None:
        self.config.write_text(
            f'[data]\ndirectory = "{self.place / "data"}"\n[keys]\n{keys}\n[openbao]\n'
            f'url = "{self.bao.url}"\ntoken_file = "{self.place / role}"\nkey = "{self.key}"\n'
            f'audit_log = "{self.bao.audit_log}"\n{more}'
        )

    @property
    def settings(self) -> Settings:
        return load(self.config)

    def __call__(self, command: str, role: str = "", **env: str) -> Result:
        given = {"TELLER_OPENBAO__TOKEN_FILE": str(self.place / role)} if role else {}
        words = [command, "--config", str(self.config)]
        return CliRunner().invoke(commands, words, env={**given, **env})

    async def run(self, command: str, role: str = "", **env: str) -> Result:
        return await asyncio.to_thread(self.__call__, command, role, **env)


@pytest.fixture
def house(bao: Server, tmp_path: Path) -> House:
    (tmp_path / "data").mkdir()
    return House(bao, tmp_path)


@pytest.fixture
async def store(house: House) -> AsyncIterator[Store]:
    opened = await Store.open(house.settings.database_url)
    yield opened
    await opened.close()


async def visit(store: Store, keys: DataKeys, name: str = VISIT) -> bytes:
    """A visit that came in; its data key."""
    key, row = await keys.make(name, NOON)
    await store.visits.apply(name, opening(name), NOON)
    await store.write(lambda connection: keep_key(connection, row))
    return key


async def furnished(house: House, store: Store) -> tuple[Strongroom, DataKeys]:
    room = await open_strongroom(house.settings, store)
    return room, DataKeys(store, room.wrapper)


async def initialised(house: House) -> None:
    done = await house.run("init", role="teller-server-keys")
    assert done.exit_code == 0, done.output


# ---- the root and the commands


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
    await keys.shred("visit-3", NOON)
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
    await keys.shred(VISIT, NOON)
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


# ---- every unwrapping is accounted for


def auditor(house: House, store: Store, now: datetime | None = None) -> Any:
    clock = lambda: now or datetime.now(UTC)  # noqa: E731
    return reconciler(house.settings, store, openbao(house.settings), clock)


async def kinds(house: House, store: Store) -> list[str]:
    check = await auditor(house, store).run()
    return [one["kind"] for one in check.findings]


def thief(house: House) -> OpenBaoKeyWrapper:
    """Has the desk's token and goes past the desk."""
    return openbao(house.settings)


async def stolen(store: Store, name: str = VISIT) -> bytes:
    row = await store.evidence.key(context_of(name).decode().split("|")[0])
    assert row.wrapped is not None
    return row.wrapped


async def test_the_branchs_own_work_raises_no_alarm(house: House, store: Store) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    keys.forget(VISIT)
    await keys.get(VISIT, purposes.SERVICE)
    await keys.get(VISIT, purposes.review(ACCOUNT, "1"))
    await house.run("rotate", role="teller-server-keys")
    await house.run("rewrap", role="teller-server-keys")
    assert await kinds(house, store) == []
    assert await kinds(house, store) == [], "what was read is not read again"
    told = await house.run("reconcile")
    assert (told.exit_code, "0 unexplained" in told.stdout) == (0, True)


async def test_whoever_uses_the_desks_token_past_the_desk_is_noticed(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    key = await visit(store, keys)
    assert await kinds(house, store) == []
    assert thief(house).unwrap(await stolen(store), context_of(VISIT)) == key
    told = await house.run("reconcile")
    assert told.exit_code == 1
    assert "ALARM kind=unexplained" in told.stdout
    assert f"transit/decrypt/{house.key}" in told.stdout
    assert "1 unexplained" in (await house.run("status")).stdout


async def test_a_number_of_ones_own_invention_or_of_another_use_does_not_help(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    await visit(store, keys, "visit-2")
    keys.forget(VISIT)
    await keys.get(VISIT, purposes.SERVICE)
    use = [line for line in house.bao.log() if f"decrypt/{house.key}" in line["request"]["path"]]
    known = use[-1]["request"]["headers"]["x-teller-use"][0]
    wrapped, other = await stolen(store), await stolen(store, "visit-2")
    thief(house).unwrap(wrapped, context_of(VISIT), use="use-INVENTED")
    thief(house).unwrap(wrapped, context_of(VISIT), use=known)
    noted = KeyUse("use-NOTED", datetime.now(UTC), VISIT, "service")
    await store.keys.use(noted)  # before the theft, for another visit than the stolen one
    thief(house).unwrap(other, context_of("visit-2"), use=noted.id)
    old = KeyUse("use-OLD", datetime.now(UTC) - timedelta(hours=1), VISIT, "service")
    await store.keys.use(old)
    thief(house).unwrap(wrapped, context_of(VISIT), use=old.id)
    with pytest.raises(Exception, match="key_unwrap_refused"):
        thief(house).unwrap(wrapped, b"guess")
    found = await kinds(house, store)
    assert found == ["unexplained", "reused", "other_visit", "late", "attempt"]
    thief(house).unwrap(wrapped, context_of(VISIT), use=known)
    assert await kinds(house, store) == ["reused"], "also after the log was read"


async def test_an_unwrapping_for_a_person_without_its_custody_entry_is_an_alarm(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    await keys.get(VISIT, purposes.review(ACCOUNT, "7"))
    (entry,) = await store.custody.entries(VISIT)
    assert (entry.act, entry.actor) == ("key_opened", ACCOUNT)
    assert entry.detail["permission"] == "grant 7"
    assert await kinds(house, store) == []
    keys.forget(VISIT)
    await keys.get(VISIT, purposes.review(ACCOUNT, "8"))
    with sqlite3.connect(house.place / "data" / "branch.db") as db:
        db.execute("DROP TRIGGER custody_no_delete")
        db.execute("DELETE FROM custody WHERE seq = 2")
    assert await kinds(house, store) == ["no_custody"]
    keys.forget(VISIT)
    await keys.get(VISIT, purposes.Purpose("curiosity"))
    assert await kinds(house, store) == ["unnamed"]


async def test_other_ways_to_the_key_and_hands_on_the_log_are_alarms(
    house: House, store: Store
) -> None:
    await initialised(house)
    assert await kinds(house, store) == []
    root = house.bao.admin
    root.secrets.transit.update_key_configuration(
        house.key, exportable=True, allow_plaintext_backup=True
    )
    root.secrets.transit.backup_key(house.key)
    root.adapter.post("/v1/sys/config/auditing/request-headers/x-other", json={"hmac": True})
    found = await kinds(house, store)
    assert found[:2] == ["key_changed", "other_path"]
    assert "audit_changed" in found


async def test_a_log_that_was_rotated_is_read_to_its_end_and_a_lost_one_is_said(
    house: House, store: Store
) -> None:
    await initialised(house)
    _, keys = await furnished(house, store)
    await visit(store, keys)
    mine = house.place / "audit.log"
    mine.write_bytes(house.bao.audit_log.read_bytes())
    house.configure('wrapper = "openbao"')
    text = house.config.read_text().replace(str(house.bao.audit_log), str(mine))
    house.config.write_text(text)
    assert await kinds(house, store) == []
    before = len(house.bao.log())
    thief(house).unwrap(await stolen(store), context_of(VISIT))
    keys.forget(VISIT)
    await keys.get(VISIT, purposes.SERVICE)
    lines = house.bao.audit_log.read_bytes().splitlines(keepends=True)[before:]
    half = next(n for n, line in enumerate(lines) if b'"response"' in line) + 1
    with mine.open("ab") as log:
        log.writelines(lines[:half])
    mine.rename(house.place / "audit.log.1")
    mine.write_bytes(b"".join(lines[half:]) + b'{"type":"resp')
    assert await kinds(house, store) == ["unexplained"]
    (house.place / "audit.log.1").unlink()
    mine.unlink()
    mine.write_bytes(b"no json\n")
    found = await kinds(house, store)
    assert found[:2] == ["log_gap", "log_unreadable"]
    mine.unlink()
    assert "audit_log_missing" in (await house.run("reconcile")).stderr


async def test_a_log_that_says_nothing_of_our_uses_is_an_alarm(house: House, store: Store) -> None:
    await initialised(house)
    assert await kinds(house, store) == []
    silent = house.place / "silent.log"
    silent.write_bytes(house.bao.audit_log.read_bytes())
    text = house.config.read_text().replace(str(house.bao.audit_log), str(silent))
    house.config.write_text(text)
    await kinds(house, store)
    await furnished(house, store)
    assert await kinds(house, store) == ["log_silent"]


async def test_the_log_is_read_once_a_day_without_anybody(house: House, store: Store) -> None:
    await initialised(house)
    room, keys = await furnished(house, store)
    await visit(store, keys)
    clock = [datetime.now(UTC)]
    watch = KeyWatch(
        house.settings, store, Counter(store.visits, lambda: clock[0]), demo=room.wrapper.demo
    )
    assert (await watch.told())["late"], "it was never read"
    await watch.round()
    assert (await watch.told())["findings"] == []
    thief(house).unwrap(await stolen(store), context_of(VISIT))
    await watch.round()
    assert len(await store.keys.checks()) == 1, "not yet"
    clock[0] += timedelta(days=1)
    await watch.round()
    told = await watch.told()
    assert [one["kind"] for one in told["findings"]] == ["unexplained"]
    assert (told["wrapper"], told["demo"], told["watched"]) == ("openbao", False, True)
    clock[0] += timedelta(days=2)
    house.bao.seal()
    try:
        keys.forget(VISIT)
        await watch.round()
    finally:
        house.bao.unseal()
    assert not (await watch.told())["late"], "there was nothing to compare, so it was read"


# ---- the key server is away


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
