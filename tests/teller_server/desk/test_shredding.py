"""What ends: retention as a range, holds, and a shredding by two people with its certificate."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from recording.errors import Outage
from recording.verify import verify
from teller_server.api.passwords import hash_password
from teller_server.cli import whole as command_line
from teller_server.desk.fields import FieldCipher
from teller_server.desk.holds import HoldDesk
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import SERVICE
from teller_server.desk.shredding import ShreddingDesk
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.people import Role
from teller_server.domain.policy import combine
from teller_server.domain.policy.keeping import keeping
from teller_server.store.accounts import Account
from teller_server.store.evidence import WrappedKey
from teller_server.store.fields import SealedField
from teller_server.store.invitations import Invitation
from teller_server.store.keys import keep_key
from teller_server.store.schema import accounts, invitations, visits
from teller_server.store.visits import VisitQuery
from tests.recording.handed import root_of, stranger
from tests.recording.material import KEY, Frame, clip
from tests.recording.test_verify import flip, openssl_cms, openssl_ts
from tests.teller_server.desk.archive import VISIT, Archive, archive
from tests.teller_server.domain.policy.neighbours import neighbour
from tests.teller_server.material import NOON, opening

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
LATER = NOON + timedelta(days=4000)
RULES = (
    (
        "retention: {clauses: [XX-1], artefact: visit_evidence, at_least: P5Y, at_most: P10Y, "
        "counted_from: relationship_end, then: delete}"
    ),
    "retention: {clauses: [XX-1], artefact: sale_recording, at_least: P6M, then: delete}",
    (
        "retention: {clauses: [XX-2], artefact: impact_assessment, at_least: P30Y, "
        "counted_from: processing_end, then: delete}"
    ),
)
POLICY = combine([neighbour("xx", RULES)])
WHY = "time is over"


@dataclass
class House:
    """A branch with one closed visit, two administrators and compliance; `at` is its clock."""

    branch: Archive
    desk: ShreddingDesk
    holds: HoldDesk
    keys: DataKeys
    at: datetime
    ada: Account
    bo: Account
    lin: Account

    async def ended(self) -> None:
        await self.desk.tell(VISIT, "relationship_end", NOON, "terminal: core")

    async def shred(self) -> None:
        await self.ended()
        await self.desk.ask(VISIT, self.ada, WHY)
        await self.desk.confirm(VISIT, self.bo)

    @property
    def listed(self) -> Path:
        return self.branch.settings.shred_list

    async def refused(self, code: str, *steps: object) -> None:
        for step in steps:
            with pytest.raises(Refusal, match=rf"^{code}\b"):
                await step  # type: ignore[misc]


def person(name: str, *roles: Role) -> Account:
    return Account(name, name, name.title(), f"N-{name}", frozenset(roles), "hash", NOON)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def house(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[House]:
    branch = await archive(tmp_path, frames)
    yield await furnish(branch)
    await branch.store.close()


async def furnish(branch: Archive) -> House:
    store, room = branch.store, branch.room
    await store.write(lambda conn: close_visit(conn, VISIT))
    people = [person("ada", Role.ADMIN), person("bo", Role.ADMIN), person("lin", Role.COMPLIANCE)]
    for one in people:
        await store.accounts.add(one)
    keys = DataKeys(store, room.wrapper)
    made = House(branch, None, None, keys, LATER, *people)  # type: ignore[arg-type]
    made.desk = ShreddingDesk(
        store, POLICY, branch.root, made.listed, room.signer, room.stamper, timedelta(days=30),
        lambda: made.at,
    )  # fmt: skip
    made.holds = HoldDesk(store, keys, lambda: made.at)
    return made


def close_visit(connection: Connection, visit: str) -> None:
    connection.execute(update(visits).where(visits.c.id == visit).values(closed_at=NOON))


# ---- retention


def test_a_range_waits_for_what_the_bank_has_to_tell() -> None:
    waiting = keeping(POLICY, "change_of_details", NOON, {})
    assert (waiting.until, waiting.awaits) == (None, ("relationship_end",))
    assert not waiting.due(LATER + timedelta(days=40_000))
    ended = NOON + timedelta(days=365)
    told = keeping(POLICY, "change_of_details", NOON, {"relationship_end": ended})
    assert told.until == datetime(2032, 11, 23, 12, tzinfo=UTC)
    assert told.latest == datetime(2037, 11, 23, 12, tzinfo=UTC)
    assert told.until is not None
    assert not told.due(told.until - timedelta(seconds=1))
    assert told.due(told.until)
    assert not told.overdue(told.until)
    assert told.overdue(datetime(2037, 11, 23, 12, tzinfo=UTC))


def test_the_longest_least_counts_and_a_visit_that_goes_on_is_never_due() -> None:
    short = {"relationship_end": NOON - timedelta(days=5 * 366)}
    held = keeping(POLICY, "change_of_details", NOON, short)
    assert held.until == datetime(2027, 5, 23, 12, tzinfo=UTC)  # six months from its end
    going = keeping(POLICY, "change_of_details", None, short)
    assert not going.may_go(LATER)


async def test_nothing_goes_before_its_time(house: House) -> None:
    await house.refused("retention_runs", house.desk.ask(VISIT, house.ada, WHY))
    await house.refused(
        "retention_event_unknown", house.desk.tell(VISIT, "processing_end", NOON, "core")
    )
    await house.refused(
        "retention_event_later",
        house.desk.tell(VISIT, "relationship_end", LATER + timedelta(days=1), "core"),
    )
    await house.ended()
    house.at = NOON + timedelta(days=5 * 365)
    await house.refused("retention_runs", house.desk.ask(VISIT, house.ada, WHY))
    house.at = LATER
    (standing,) = await house.desk.standings()
    assert standing.keeping.due(LATER)
    assert (await house.branch.store.evidence.key("rec-1")).wrapped  # due, and still there


# ---- two people


async def test_it_takes_two_administrators_who_are_no_tellers(house: House) -> None:
    await house.ended()
    desk = house.desk
    teller = person("wang", Role.ADMIN, Role.TELLER)
    await house.refused("shred_not_allowed", desk.ask(VISIT, teller, WHY))
    await house.refused("shred_not_allowed", desk.ask(VISIT, house.lin, WHY))
    await house.refused("shred_not_asked", desk.confirm(VISIT, house.bo))
    await desk.ask(VISIT, house.ada, WHY)
    await house.refused("shred_asked", desk.ask(VISIT, house.bo, WHY))
    await house.refused("second_person_needed", desk.confirm(VISIT, house.ada))
    await house.refused("shred_not_allowed", desk.confirm(VISIT, teller))
    fresh = person("new", Role.ADMIN)
    object.__setattr__(fresh, "created_at", LATER - timedelta(hours=23))
    await house.refused("account_changed", desk.confirm(VISIT, fresh))
    await house.branch.store.accounts.change("ada", roles=frozenset({Role.SUPERVISOR}))
    await house.refused("shred_not_allowed", desk.confirm(VISIT, house.bo))
    assert (await house.branch.store.evidence.key("rec-1")).wrapped
    await desk.withdraw(VISIT, house.bo)
    await house.refused("shred_not_asked", desk.confirm(VISIT, house.bo))


# ---- holds


async def test_nothing_on_hold_is_shredded(house: House) -> None:
    await house.ended()
    await house.refused("hold_not_allowed", house.holds.set(VISIT, house.ada, "court"))
    first = await house.holds.set(VISIT, house.lin, "court 张三")
    second = await house.holds.set(VISIT, house.lin, "regulator")
    await house.refused("held", house.desk.ask(VISIT, house.ada, WHY))
    await house.holds.lift(first.id, house.lin, "judgment")
    await house.refused("held", house.desk.ask(VISIT, house.ada, WHY))
    await house.refused("hold_unknown", house.holds.lift(first.id, house.lin, "again"))
    await house.holds.lift(second.id, house.lin, "done")
    await house.desk.ask(VISIT, house.ada, WHY)
    entries = await house.branch.store.custody.entries(VISIT)
    acts = [entry.act for entry in entries]
    assert acts == [
        "retention_told", "hold_set", "hold_set", "hold_lifted", "hold_lifted", "shred_asked",
    ]  # fmt: skip
    assert "张三" not in json.dumps([dict(entry.detail) for entry in entries], ensure_ascii=False)
    cipher = FieldCipher(VISIT, KEY)
    assert cipher.open("reason", SealedText(entries[1].detail["reason"])) == "court 张三"


async def test_a_hold_that_comes_between_request_and_shredding_wins(house: House) -> None:
    """It comes while the certificate is being stamped: after the desk looked, before it is done."""
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)
    loop, stamper = asyncio.get_running_loop(), house.branch.room.stamper
    began, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        demo, chain, crls = True, stamper.chain, b""

        def stamp(self, data: bytes) -> bytes:
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
            return stamper.stamp(data)

    house.desk._stamper = Slow()  # type: ignore[assignment]
    shredding = asyncio.ensure_future(house.desk.confirm(VISIT, house.bo))
    await began.wait()
    await house.holds.set(VISIT, house.lin, "court")
    go_on.set()
    await house.refused("held", shredding)
    assert await house.keys.get(VISIT, SERVICE) == KEY
    assert not (house.branch.directory / "shredded.json").exists()
    assert not house.listed.exists()
    assert "shredded" not in [e.act for e in await house.branch.store.custody.entries(VISIT)]


async def test_hold_and_shredding_at_once_never_both_succeed(house: House) -> None:
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)
    done = await asyncio.gather(
        house.desk.confirm(VISIT, house.bo),
        house.holds.set(VISIT, house.lin, "court"),
        return_exceptions=True,
    )
    assert len([one for one in done if isinstance(one, Refusal)]) == 1


async def test_without_a_timestamp_nothing_is_shredded(house: House) -> None:
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)

    class Away:
        demo, chain, crls = True, b"", b""

        def stamp(self, _: bytes) -> bytes:
            raise Outage("timestamp_failed")

    stamper, house.desk._stamper = house.desk._stamper, Away()  # type: ignore[assignment]
    with pytest.raises(Outage):
        await house.desk.confirm(VISIT, house.bo)
    assert (await house.branch.store.evidence.key("rec-1")).wrapped
    house.desk._stamper = stamper
    await house.desk.confirm(VISIT, house.bo)


# ---- what is left


async def test_chain_and_seals_still_verify_and_the_certificate_says_what_happened(
    house: House, tmp_path: Path
) -> None:
    before = verify(house.branch.directory)
    assert before.shredded is None
    await house.shred()
    verdict = verify(house.branch.directory)
    assert (verdict.status, verdict.evidence_digest) == ("complete", before.evidence_digest)
    assert verdict.shredded
    assert any(note.startswith("shredded") for note in verdict.notes)
    path = house.branch.directory / "shredded.json"
    said = json.loads(path.read_bytes())
    assert said["seal"]["manifest"] == before.evidence_digest
    assert said["by"] == {"asked": "N-ada", "confirmed": "N-bo"}
    assert said["why"]["words"] == WHY
    assert said["why"]["clauses"] == ["XX-1"]
    assert said["visit"] == VISIT
    assert said["backups_until"] > said["shredded"]
    roots = [tmp_path / "signer.pem", tmp_path / "tsa.pem"]
    roots[0].write_bytes(root_of(house.branch.room.signer.chain))
    roots[1].write_bytes(root_of(house.branch.room.stamper.chain))
    assert openssl_cms(path, roots[0]) == 0
    assert openssl_ts(path.with_name("shredded.json.p7s"), roots[1]) == 0
    told = stranger(house.branch.directory, roots)
    assert (told.returncode, "verdict: complete" in told.stdout) == (0, True)
    assert verify(house.branch.directory, trust=[p.read_bytes() for p in roots]).shredded
    assert verify(house.branch.directory, trust=[roots[1].read_bytes()]).status == "damaged"
    entry = (await house.branch.store.custody.entries(VISIT))[-1]
    (shred,) = await house.branch.store.shreds.all()
    assert (entry.act, entry.actor) == ("shredded", "bo")
    assert entry.detail["certificate"] == shred.certificate.digest
    assert (house.listed / "rec-1.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["shredded.json", "shredded.json.p7s", "shredded.json.p7s.tsr"])
async def test_a_changed_certificate_is_damage(house: House, name: str) -> None:
    await house.shred()
    flip(house.branch.directory / name, -40)
    assert verify(house.branch.directory).status == "damaged"


async def test_a_certificate_of_another_recording_is_damage(house: House, tmp_path: Path) -> None:
    await house.shred()
    other = tmp_path / "other"
    other.mkdir()
    made = await archive(other, clip(1))
    for path in house.branch.directory.glob("shredded.*"):
        (made.directory / path.name).write_bytes(path.read_bytes())
    verdict = verify(made.directory)
    await made.store.close()
    assert verdict.status == "damaged"
    assert verdict.shredded is None


async def test_everything_about_the_person_is_gone(house: House) -> None:
    store, room = house.branch.store, house.branch.room
    labels = Labels(store, house.keys, room.labels)
    digest = room.lookup.digest("王小明")
    sealed = SealedText(FieldCipher(VISIT, KEY).seal("name", "王小明"))
    await store.fields.keep(
        VISIT, {"name": SealedField(sealed, digest), **labels.field(VISIT, "王小明")}
    )
    await store.invitations.invite(
        Invitation("inv-1", "loan", "zh-CN", VISIT, SealedText("sealed"), "core", NOON, LATER), "h"
    )
    await store.invitations.redeem("h", NOON)
    await store.journal.open("s1", VISIT, "token")
    assert (await store.visits.search(VisitQuery(lookups=(digest,)))).total == 1
    assert (await labels.of([VISIT]))[VISIT] == "王**"
    await house.shred()
    assert (await store.visits.search(VisitQuery(lookups=(digest,)))).total == 0
    assert await labels.of([VISIT]) == {}
    assert await store.fields.read(VISIT) == {}
    assert await store.journal.find("token") is None
    assert await store.visits.served(VISIT, "change_of_details", NOON - timedelta(days=1)) == (0, 0)
    rows = await store.read(lambda conn: conn.execute(select(invitations)).all())
    assert [(row.sealed, row.customer) for row in rows] == [("", "")]
    await house.refused("key_shredded", DataKeys(store, room.wrapper).get(VISIT, SERVICE))
    await house.refused("key_shredded", house.holds.set(VISIT, house.lin, "too late"))
    assert await house.desk.standings() == []
    assert await store.visits.verify_chain(VISIT) == 1  # its events are as they were


async def test_another_visit_keeps_its_own(house: House) -> None:
    store = house.branch.store
    await store.visits.apply("visit-2", opening("visit-2"), NOON)
    row = WrappedKey("rec-2", "visit-2", b"another", b"context", NOON)
    await store.write(lambda connection: keep_key(connection, row))
    await house.shred()
    assert (await store.evidence.key("rec-2")).wrapped == b"another"


async def test_no_file_of_the_database_holds_the_key(house: House) -> None:
    """While the branch still has it open: neither the pages nor the write-ahead log."""
    store = house.branch.store
    key = (await store.evidence.key("rec-1")).wrapped
    assert key is not None
    files = [house.branch.place / "data" / f"branch.db{end}" for end in ("", "-wal")]
    piece = key[20:44]
    assert any(piece in path.read_bytes() for path in files)
    await house.shred()
    assert not any(piece in path.read_bytes() for path in files if path.exists())


async def test_a_branch_that_holds_the_key_in_memory_lets_go_of_it(house: House) -> None:
    """The terminal is another process than the server."""
    assert await house.keys.get(VISIT, SERVICE) == KEY
    await house.shred()
    await house.keys.let_go()
    await house.refused("key_shredded", house.keys.get(VISIT, SERVICE))


PASSWORD = "correct horse battery"


async def test_at_the_terminal_each_types_their_own_password(house: House) -> None:
    """The real packs: a visit of theirs waits for the relationship's end, told at the terminal."""
    branch, store = house.branch, house.branch.store
    for name in ("ada", "bo", "lin"):
        await store.accounts.change(name, password_hash=hash_password(PASSWORD))
    old = update(accounts).values(created_at=LONG_AGO)
    await store.write(lambda conn: conn.execute(old) and None)
    ran = partial(at_terminal, branch)
    listed = await ran("retention", "list", "--json")
    (line,) = json.loads(listed.stdout)
    assert (line["due"], "relationship_end" in line["awaits"]) == (False, True)
    words = ("retention", "shred", VISIT, "--why", WHY, "--by", "ada", "--confirmed-by", "bo")
    early = await ran(*words, said=f"{PASSWORD}\n\n{PASSWORD}\n\n")
    assert (early.exit_code, "retention_runs" in early.output) == (2, True)
    await store.write(lambda conn: conn.execute(update(visits).values(closed_at=LONG_AGO)) and None)
    for event in line["awaits"]:
        told = ("--event", event, "--at", "2001-01-01", "--by", "core")
        assert (await ran("retention", "set", VISIT, *told)).exit_code == 0
    assert VISIT in (await ran("retention", "due")).stdout
    held = ("hold", "set", VISIT, "--reason", "court", "--by", "lin")
    hold = (await ran(*held, said=f"{PASSWORD}\n\n")).stdout.split()[-1]
    assert VISIT in (await ran("hold", "list")).stdout
    assert VISIT not in (await ran("retention", "due")).stdout
    stopped = await ran(*words, said=f"{PASSWORD}\n\n{PASSWORD}\n\n")
    assert (stopped.exit_code, "held" in stopped.output) == (2, True)
    lifted = await ran("hold", "lift", hold, "--reason", "x", "--by", "lin", said=f"{PASSWORD}\n\n")
    assert lifted.exit_code == 0
    wrong = await ran(*words, said=f"{PASSWORD}\n\nsomething else\n\n")
    assert (wrong.exit_code, "bad_credentials" in wrong.output) == (2, True)
    same = ("retention", "shred", VISIT, "--why", WHY, "--by", "ada", "--confirmed-by", "ada")
    alone = await ran(*same, said=f"{PASSWORD}\n\n{PASSWORD}\n\n")
    assert (alone.exit_code, "second_person_needed" in alone.output) == (2, True)
    assert (await store.evidence.key("rec-1")).wrapped
    done = await ran(*words, said=f"{PASSWORD}\n\n{PASSWORD}\n\n")
    assert (done.exit_code, "shredded, certificate" in done.output) == (0, True), done.output
    assert verify(branch.directory).shredded


async def at_terminal(branch: Archive, *words: str, said: str = "") -> Result:
    config = branch.place / "branch.toml"
    if "totp_required" not in config.read_text():
        config.write_text(config.read_text() + "[staff]\ntotp_required = false\n")
    given = [*words, "--config", str(config)]
    return await asyncio.to_thread(CliRunner().invoke, command_line(), given, input=said)


async def test_the_shred_list_can_not_be_shortened(house: House) -> None:
    await house.shred()
    for statement in ("DELETE FROM shreds", "UPDATE shreds SET digest = 'x'"):

        def shorten(connection: Connection, words: str = statement) -> None:
            connection.execute(text(words))

        with pytest.raises(DBAPIError, match="append-only"):
            await house.branch.store.write(shorten)


async def test_what_a_crash_kept_from_its_place_is_put_there_later(house: House) -> None:
    await house.shred()
    for path in (*house.branch.directory.glob("shredded.*"), *house.listed.iterdir()):
        path.unlink()
    await house.desk.finish()
    assert verify(house.branch.directory).shredded
    assert (house.listed / "rec-1.json").exists()
    await house.desk.finish()  # and nothing more
