"""The desk's side: creation, attachments, heads, the two seals, recovery."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from recording.cipher import check_key
from recording.errors import Damage, Outage
from recording.evidence import Evidence
from recording.keys import FileKeyWrapper, new_data_key
from recording.verify import verify
from tests.recording.material import KEY, Authority, Frame, Told, at, create, whole


class NoAuthority:
    """A timestamp authority that can't be reached."""

    demo = True
    chain = b""

    def stamp(self, data: bytes) -> bytes:
        raise Outage("timestamp_failed", "no answer")


def test_a_recording_is_created_once(tmp_path: Path) -> None:
    create(tmp_path / "r")
    with pytest.raises(Outage, match="already_written"):
        create(tmp_path / "r")


def test_opening_with_another_key_is_refused(sealed: Path) -> None:
    with pytest.raises(Damage, match="wrong_key"):
        Evidence.open(sealed, bytes(32))
    assert Evidence.open(sealed).recording == "rec-1"


def test_attachments_come_back_and_altered_ones_do_not(tmp_path: Path) -> None:
    evidence = create(tmp_path / "r")
    ref = evidence.attach(b"portrait", "image/png", "document.portrait")
    again = evidence.attach(b"portrait", "image/png", "document.portrait")
    assert ref.digest != again.digest  # equal contents don't show as equal
    assert evidence.read_object(ref.digest) == b"portrait"
    path = tmp_path / "r" / "objects" / f"{ref.digest}.evo"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    for digest, code in ((ref.digest, "object_altered"), ("0" * 64, "object_missing"),
                         ("../../x", "object_unknown")):  # fmt: skip
        with pytest.raises(Damage, match=code):
            evidence.read_object(digest)


@pytest.mark.parametrize(("kind", "role"), [("image", "x"), ("image/png", "A b"), ("a/b\n", "x")])
def test_odd_media_types_and_roles_are_refused(tmp_path: Path, kind: str, role: str) -> None:
    with pytest.raises(ValueError):
        create(tmp_path / "r").attach(b"x", kind, role)


def test_heads_are_chained_and_grow(unsealed: Path) -> None:
    first, second = (json.loads((unsealed / "heads" / f"{n:06d}.json").read_text()) for n in (1, 2))
    assert first["previous"] is None
    assert second["logs"]["customer"]["segments"] > first["logs"]["customer"]["segments"]
    assert set(second["logs"]) == {"customer", "teller", "events"}


def test_the_closing_seal_names_the_call_seal(
    sealed: Path, authority: Authority, roots: list[bytes]
) -> None:
    evidence, told = Evidence.open(sealed, KEY), Told()
    log = told.events(sealed, "afterwards")
    log.mark("checker", 9000, {"decision": "agreed"}).result(30)
    log.close()
    receipt = evidence.attach(b"commit receipt", "application/json", "core.receipt")
    before = verify(sealed, trust=roots)
    assert before.exit_code == 0
    assert any("after the call seal" in note for note in before.notes)
    closing = evidence.close(at(20), authority.signer, authority.stamper, {"commit": "done"})
    document = json.loads(closing.path.read_text())
    assert document["seal"]["manifest"] == before.evidence_digest
    assert document["seal"]["token"]
    assert [item["digest"] for item in document["objects"]] == [receipt.digest]
    assert verify(sealed, trust=roots).exit_code == 0
    for name in ("afterwards.0000.evs", f"objects/{receipt.digest}.evo", "manifest.json.p7s.tsr"):
        path = sealed / name
        raw = path.read_bytes()
        path.unlink()
        assert verify(sealed, trust=roots).exit_code == 1, name
        path.write_bytes(raw)


def test_a_second_persons_decision_is_sealed_on_the_call_seal_and_named_by_the_closing(
    sealed: Path, authority: Authority, roots: list[bytes]
) -> None:
    evidence = Evidence.open(sealed, KEY)
    word = {"checker": "c-1", "approved": True}
    seal = evidence.decide(at(15), authority.signer, authority.stamper, word)
    assert json.loads(seal.path.read_text())["decision"] == word
    again = evidence.decide(at(16), authority.signer, authority.stamper, {"approved": False})
    assert again.digest == seal.digest  # a decision is not replaced
    assert verify(sealed, trust=roots).exit_code == 0
    closing = evidence.close(at(20), authority.signer, authority.stamper)
    assert json.loads(closing.path.read_text())["decision"] == seal.digest
    assert verify(sealed, trust=roots).exit_code == 0
    for name in ("decision.json", "decision.json.p7s", "manifest.json.p7s"):
        raw = (sealed / name).read_bytes()
        (sealed / name).write_bytes(raw.replace(b"true", b"null") if name[-1] == "n" else raw[:-1])
        assert verify(sealed, trust=roots).exit_code == 1, name
        (sealed / name).write_bytes(raw)
    for name in ("decision.json", "decision.json.p7s", "decision.json.p7s.tsr"):
        (sealed / name).unlink()
    assert verify(sealed, trust=roots).exit_code == 1  # the closing seal knows that there was one


def test_sealing_twice_gives_the_same_seal(
    sealed: Path, authority: Authority, roots: list[bytes]
) -> None:
    evidence = Evidence.open(sealed, KEY)
    again = evidence.seal(at(99), authority.signer, authority.stamper, {"outcome": "other"})
    assert again.digest == verify(sealed).evidence_digest
    assert again.stamped


@pytest.mark.scaled(9, "the timestamp authority silent at the end: sealed, stamped later")
def test_a_silent_timestamp_authority_leaves_the_seal_to_be_stamped_later(
    unsealed: Path, authority: Authority, roots: list[bytes]
) -> None:
    evidence = Evidence.open(unsealed, KEY)
    seal = evidence.seal(at(9), authority.signer, NoAuthority(), {})
    assert (seal.status, seal.stamped) == ("complete", False)
    verdict = verify(unsealed, trust=roots)
    assert verdict.exit_code == 0
    assert verdict.stamped is None
    assert any("no timestamp" in note for note in verdict.notes)
    assert not evidence.stamp_pending(NoAuthority())
    assert evidence.stamp_pending(authority.stamper)
    assert verify(unsealed, trust=roots).stamped is not None


def test_sha256sum_agrees_with_the_manifest(sealed: Path) -> None:
    document = json.loads((sealed / "manifest.json").read_text())
    for part in (part for parts in document["logs"].values() for part in parts):
        raw = (sealed / part["file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == part["sha256"]
        assert len(raw) == part["file_bytes"] == part["bytes"]


def test_a_damaged_log_is_not_sealed(unsealed: Path, authority: Authority) -> None:
    path = unsealed / "customer.0000.evs"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    evidence = Evidence.open(unsealed, KEY)
    recovery = evidence.recover()
    assert recovery.damaged[0]["file"] == "customer.0000.evs"
    with pytest.raises(Damage):
        evidence.seal(at(9), authority.signer, None, {})
    assert not (unsealed / "manifest.json").exists()


def test_half_made_files_of_a_crash_do_not_stand_in_the_way(
    unsealed: Path, authority: Authority
) -> None:
    (unsealed / "manifest.json.p7s").write_bytes(b"signature of a seal that was never written")
    (unsealed / "heads" / "000003.json.p7s").write_bytes(b"the same for a head")
    (unsealed / ".new-123").write_bytes(b"half")
    evidence = Evidence.open(unsealed, KEY)
    evidence.recover()
    assert not (unsealed / ".new-123").exists()
    assert evidence.head(at(8), authority.signer).n == 3
    assert evidence.seal(at(9), authority.signer, authority.stamper, {}).status == "complete"
    assert verify(unsealed).exit_code == 0


def test_a_missing_party_is_named(tmp_path: Path, authority: Authority, clip: list[Frame]) -> None:
    evidence, told = create(tmp_path / "r", ["customer", "teller"]), Told()
    events = told.events(tmp_path / "r")
    events.mark("left", 10, {}).result(30)
    events.close()
    evidence.seal(at(9), authority.signer, None, {"outcome": "no_show"})
    assert json.loads((tmp_path / "r" / "manifest.json").read_text())["absent"] == [
        "customer",
        "teller",
    ]
    assert verify(tmp_path / "r").exit_code == 0


def test_marks_that_can_not_be_kept_say_so(tmp_path: Path) -> None:
    create(tmp_path / "r")
    told = Told()
    events = told.events(tmp_path / "r")
    with pytest.raises(Outage, match="mark_too_large"):
        events.mark("chat", 0, {"text": "x" * 300_000}).result(30)
    waiting = [events.mark("chat", n, {"text": "y" * 1000}) for n in range(500)]
    assert [future.result(30).log for future in waiting] == ["events"] * 500
    events.close()
    with pytest.raises(Outage, match="log_closed"):
        events.mark("late", 1, {}).result(30)
    lost = Told()
    nowhere = lost.events(tmp_path)
    with pytest.raises(Outage):
        nowhere.mark("lost", 1, {}).result(30)
    nowhere.close()
    assert lost.failures


def test_wrapped_keys_open_only_in_their_context(tmp_path: Path) -> None:
    wrapper = FileKeyWrapper(tmp_path / "master.key")
    key = new_data_key()
    wrapped = wrapper.wrap(key, b"visit-1")
    assert key not in wrapped
    again = FileKeyWrapper(tmp_path / "master.key")
    assert again.unwrap(wrapped, b"visit-1") == key
    assert (tmp_path / "master.key").stat().st_mode & 0o077 == 0
    for bad, context in ((wrapped, b"visit-2"), (wrapped[:-1], b"visit-1"), (b"", b"")):
        with pytest.raises(Outage, match="key_unwrap_refused"):
            again.unwrap(bad, context)
    other = FileKeyWrapper(tmp_path / "other.key")
    with pytest.raises(Outage):
        other.unwrap(wrapped, b"visit-1")


def test_a_commitment_binds_one_key(tmp_path: Path) -> None:
    create(tmp_path / "r")
    document: dict[str, Any] = json.loads((tmp_path / "r" / "recording.json").read_text())
    committed = bytes.fromhex(document["key_commitment"])
    check_key(KEY, "rec-1", committed)
    for key, recording in ((bytes(32), "rec-1"), (KEY, "rec-2")):
        with pytest.raises(Damage):
            check_key(key, recording, committed)


def test_a_whole_call_leaves_a_receipt_that_fits(
    tmp_path: Path, authority: Authority, clip: list[Frame], roots: list[bytes]
) -> None:
    receipt = whole(tmp_path / "r", authority, clip)
    assert verify(tmp_path / "r", trust=roots, receipt=receipt).exit_code == 0
