"""Every unwrapping stands in the key server's own log; a thief with the desk's token is found."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recording.bao import OpenBaoKeyWrapper
from teller_server.desk import purposes
from teller_server.desk.counter import Counter
from teller_server.desk.key_watch import KeyWatch
from teller_server.desk.keys import context_of
from teller_server.desk.reconcile import reconciler
from teller_server.desk.wrappers import openbao
from teller_server.store.key_uses import KeyUse
from teller_server.store.store import Store
from tests.teller_server.keys.house import ACCOUNT, VISIT, House, furnished, initialised, visit


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
