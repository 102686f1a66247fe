"""What a shredding leaves: seals that verify, a certificate, and nothing of the person."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from recording.verify import verify
from teller_server.api.passwords import hash_password
from teller_server.cli import whole as command_line
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import SERVICE
from teller_server.domain.ids import SealedText
from teller_server.store.evidence import WrappedKey
from teller_server.store.fields import SealedField
from teller_server.store.invitations import Invitation
from teller_server.store.keys import keep_key
from teller_server.store.schema import accounts, invitations, visits
from teller_server.store.visits import VisitQuery
from tests.recording.handed import root_of, stranger
from tests.recording.material import KEY, clip
from tests.recording.test_verify import flip, openssl_cms, openssl_ts
from tests.teller_server.desk.archive import VISIT, Archive, archive
from tests.teller_server.material import NOON, opening
from tests.teller_server.shredding.house import LATER, LONG_AGO, WHY, House


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


@pytest.mark.scaled(10, "one of two visits shredded: the other opens")
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
    told = branch.place / "branch.toml"
    told.write_text(told.read_text().split("[rules]")[0])
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
