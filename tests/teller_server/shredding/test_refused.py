"""`recording.refused = "shred"`: nobody is asked, and it is shredded like anything else that is."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from recording.errors import Outage
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.seals import Seals
from tests.recording.handed import stranger
from tests.teller_server.desk.archive import VISIT
from tests.teller_server.shredding.house import House

RULE = "recording.refused"


async def test_it_has_a_certificate_a_custody_entry_and_a_line_on_the_list(house: House) -> None:
    branch = house.branch
    certificate = await house.desk.by_rule(VISIT, RULE)
    await house.refused("key_shredded", branch.store.evidence.key("rec-1"))
    (entry,) = await branch.store.custody.entries(VISIT)
    assert (entry.actor, entry.act) == (f"rule: {RULE}", "shredded")
    assert entry.detail["certificate"] == certificate.digest
    (listed,) = await branch.store.shreds.all()
    assert listed.certificate == certificate
    assert (house.listed / "rec-1.json").read_bytes() == certificate.document
    said = json.loads((branch.directory / "shredded.json").read_bytes())
    assert (said["by"], said["visit"]) == ({"rule": RULE}, VISIT)
    verdict = verify(branch.directory, receipt=branch.receipt)
    assert (verdict.status, bool(verdict.shredded)) == ("complete", True)
    roots = sorted((branch.directory / "trust").glob("*.pem"))
    assert (await asyncio.to_thread(stranger, branch.directory, roots)).returncode == 0
    await house.refused("key_shredded", house.desk.by_rule(VISIT, RULE))


async def test_a_hold_keeps_it_and_without_a_stamp_nothing_is_shredded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await house.holds.set(VISIT, house.lin, "court")
    await house.refused("held", house.desk.by_rule(VISIT, RULE))
    await house.holds.lift(hold.id, house.lin, "over")

    with monkeypatch.context() as patched:
        patched.setattr(house.desk._stamper, "stamp", _away)
        with pytest.raises(Outage, match="timestamp_failed"):
            await house.desk.by_rule(VISIT, RULE)
    assert (await house.branch.store.evidence.key("rec-1")).wrapped
    await house.desk.by_rule(VISIT, RULE)


async def test_what_a_crash_or_an_absent_authority_left_readable_is_shredded_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing seal is there, the key as well: nothing but the hourly round comes by again."""
    store, room = house.branch.store, house.branch.room
    seals = Seals(
        store, Counter(store.visits), house.keys, house.branch.root, room.signer, room.stamper,
        lambda _recording: asyncio.sleep(0), shred_refused=partial(house.desk.by_rule, rule=RULE),
    )  # fmt: skip
    await store.evidence.update("rec-1", sealed_at=datetime.now(UTC))
    await seals.close_what_was_left()  # of a visit that nobody refused, nothing
    assert (await store.evidence.key("rec-1")).wrapped
    visit, get = await store.visits.get(VISIT), store.visits.get

    async def refused(name: str) -> object:
        return replace(visit, reason_code="recording_refused") if name == VISIT else await get(name)

    monkeypatch.setattr(store.visits, "get", refused)
    stamp = room.stamper.stamp
    monkeypatch.setattr(room.stamper, "stamp", _away)
    await seals.close_what_was_left()
    assert (await store.evidence.key("rec-1")).wrapped
    monkeypatch.setattr(room.stamper, "stamp", stamp)
    await seals.close_what_was_left()
    await house.refused("key_shredded", store.evidence.key("rec-1"))
    assert (house.branch.directory / "shredded.json").exists()


def _away(_data: bytes) -> bytes:
    raise Outage("timestamp_failed", "no answer")
