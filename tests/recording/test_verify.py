"""The witness judges; openssl judges beside it."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from recording import format as fmt
from recording.verify import verify
from tests.recording.conftest import last_pem
from tests.recording.material import Authority

Once = tuple[Path, dict[str, Any]]


def flip(path: Path, offset: int, bit: int = 0) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 1 << bit
    path.write_bytes(raw)


def segments(path: Path) -> list[fmt.Segment]:
    with path.open("rb") as stream:
        return list(fmt.scan(stream)[1])


def test_a_whole_visit_is_complete_with_trust_from_outside(
    sealed: Path, roots: list[bytes], sealed_once: Once
) -> None:
    verdict = verify(sealed, trust=roots, receipt=sealed_once[1])
    assert (verdict.status, verdict.exit_code) == ("complete", 0)
    assert [step.n for step in verdict.steps] == list(range(1, 14))
    assert verdict.trust == "outside"
    assert verdict.stamped is not None
    assert verdict.evidence_digest == sealed_once[1]["evidence_digest"]
    json.dumps(verdict.as_dict())


def test_trust_from_the_package_is_said_with_its_fingerprint(sealed: Path) -> None:
    verdict = verify(sealed)
    assert verdict.status == "complete"
    assert verdict.trust == "package"
    assert "come from the package itself" in verdict.notes[0]
    assert "SHA-256" in next(s.detail for s in verdict.steps if s.name == "trust")


def test_a_stranger_as_trust_anchor_vouches_for_nothing(
    sealed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority.make(tmp_path_factory.mktemp("other"))
    pems = [last_pem(other.signer.chain), last_pem(other.stamper.chain)]
    assert verify(sealed, trust=pems).exit_code == 1


def test_without_seal_the_end_is_not_attested(unsealed: Path, open_once: Once) -> None:
    verdict = verify(unsealed, receipt=open_once[1])
    assert (verdict.status, verdict.exit_code) == ("interrupted", 3)
    assert (
        verdict.steps[-1].detail
        == "end not attested; last attested head at 2026-11-23T04:00:04.000Z"
    )


def test_any_flipped_bit_of_any_file_is_noticed(sealed: Path, roots: list[bytes]) -> None:
    chance = random.Random(7)
    kinds = ("*.evs", "*.json", "heads/*.json", "objects/*.evo", "manifest.json.p7s")
    for path in sorted({p for kind in kinds for p in sealed.glob(kind)}):
        size = path.stat().st_size
        places = {0, size - 1, *(chance.randrange(size) for _ in range(4))}
        for offset in places:
            bit = chance.randrange(8)
            flip(path, offset, bit)
            verdict = verify(sealed, trust=roots)
            flip(path, offset, bit)
            if path.suffix == ".p7s":  # a CMS has bytes that mean nothing; openssl agrees
                continue
            assert verdict.exit_code == 1, (path.name, offset, bit)
    assert verify(sealed, trust=roots).exit_code == 0


def test_the_first_bad_segment_is_named(sealed: Path) -> None:
    path = sealed / "customer.0000.evs"
    bad = segments(path)[2]
    flip(path, bad.offset + fmt.SEGMENT_HEADER + 10)
    first = verify(sealed).first_bad
    assert first == {
        "code": "leaf_mismatch",
        "detail": first["detail"],
        "file": "customer.0000.evs",
        "offset": bad.offset,
        "segment": 2,
    }


@pytest.mark.parametrize("cut", [1, 31, 32, 100, 5000])
def test_a_shortened_log_is_never_complete(sealed: Path, unsealed: Path, cut: int) -> None:
    for package in (sealed, unsealed):
        path = package / "teller.0000.evs"
        os.truncate(path, path.stat().st_size - cut)
        assert verify(package).exit_code == 1  # the last head attests what is gone


def test_cutting_at_every_segment_edge_is_noticed(unsealed: Path) -> None:
    path = unsealed / "customer.0000.evs"
    whole = path.read_bytes()
    for segment in segments(path):
        path.write_bytes(whole[: segment.offset])
        assert verify(unsealed).exit_code == 1


def test_swapped_dropped_and_doubled_segments_are_noticed(sealed: Path, unsealed: Path) -> None:
    for package in (sealed, unsealed):
        path = package / "customer.0000.evs"
        whole, found = path.read_bytes(), segments(path)
        pieces = [whole[s.offset : s.end] for s in found]
        head = whole[: found[0].offset]
        swapped = [pieces[0], pieces[2], pieces[1], *pieces[3:]]
        dropped = [pieces[0], *pieces[2:]]
        doubled = [pieces[0], pieces[0], *pieces[1:]]
        for altered in (swapped, dropped, doubled):
            path.write_bytes(head + b"".join(altered))
            assert verify(package).exit_code == 1


def test_a_log_of_another_party_or_recording_is_noticed(sealed: Path, unsealed: Path) -> None:
    for package in (sealed, unsealed):
        (package / "customer.0000.evs").write_bytes((package / "teller.0000.evs").read_bytes())
        assert verify(package).first_bad["code"] == "part_misnamed"
    (sealed / "customer.0000.evs").write_bytes((unsealed / "events.0000.evs").read_bytes())
    assert verify(sealed).exit_code == 1


def test_removed_and_added_files_are_noticed(sealed: Path) -> None:
    for name in ("events.0000.evs", "manifest.json", "manifest.json.p7s", "recording.json"):
        path = sealed / name
        raw = path.read_bytes()
        path.unlink()
        assert verify(sealed).exit_code == 1, name
        path.write_bytes(raw)
    for path in [*sealed.glob("objects/*.evo"), *sealed.glob("heads/*.json")]:
        raw = path.read_bytes()
        path.unlink()
        assert verify(sealed).exit_code == 1, path.name
        path.write_bytes(raw)
    extra = sealed / "customer.0001.evs"
    extra.write_bytes((sealed / "customer.0000.evs").read_bytes())
    assert verify(sealed).exit_code == 1
    extra.unlink()
    (sealed / "supervisor.0000.evs").symlink_to("/dev/zero")
    assert verify(sealed).first_bad["code"] == "not_a_file"


def test_an_open_recording_cut_with_its_heads_says_interrupted_unless_a_receipt_knows_more(
    unsealed: Path, open_once: Once, roots: list[bytes]
) -> None:
    for path in unsealed.glob("heads/*"):
        path.unlink()
    path = unsealed / "customer.0000.evs"
    os.truncate(path, segments(path)[1].offset)
    assert verify(unsealed, trust=roots).exit_code == 3
    verdict = verify(unsealed, trust=roots, receipt=open_once[1])
    assert verdict.exit_code == 1
    assert verdict.first_bad["code"] == "receipt_head_missing"


def test_a_complete_recording_stripped_of_its_seal_is_not_complete(
    sealed: Path, sealed_once: Once
) -> None:
    for path in sealed.glob("manifest.json*"):
        path.unlink()
    assert verify(sealed).exit_code == 3
    verdict = verify(sealed, receipt=sealed_once[1])
    assert verdict.first_bad["code"] == "receipt_seal_missing"


def test_a_crash_while_sealing_is_an_interruption_not_damage(sealed: Path) -> None:
    for path in sealed.glob("manifest.json*"):
        if path.name != "manifest.json.p7s":  # the signature is written before what it signs
            path.unlink()
    verdict = verify(sealed)
    assert verdict.exit_code == 3
    assert any("stopped while sealing" in note for note in verdict.notes)


def test_a_token_without_its_seal_is_damage(sealed: Path) -> None:
    (sealed / "manifest.json").unlink()
    assert verify(sealed).first_bad["code"] == "seal_missing"


def test_an_insider_with_the_signing_key_can_not_satisfy_the_receipt(
    tmp_path: Path, authority: Authority, sealed_once: Once, clip: list[Any]
) -> None:
    from tests.recording.material import whole

    forged = tmp_path / "rec-1"
    whole(forged, authority, clip[: len(clip) // 2])
    assert verify(forged).exit_code == 0
    assert verify(forged, receipt=sealed_once[1]).exit_code == 1


@pytest.mark.parametrize(
    "receipt",
    [{"heads": 7}, {"heads": [{"n": 1}]}, {"heads": ["x"]}, {"evidence_digest": "00"}],
)
def test_a_receipt_that_does_not_fit_fails(sealed: Path, receipt: dict[str, Any]) -> None:
    assert verify(sealed, receipt=receipt).exit_code == 1


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"a":' * 5000,
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": 2}',
        b"null",
        b'"x"',
    ],
)
@pytest.mark.parametrize("name", ["recording.json", "manifest.json", "heads/000001.json"])
def test_hostile_documents_are_damage_not_crashes(sealed: Path, name: str, text: bytes) -> None:
    (sealed / name).write_bytes(text)
    assert verify(sealed).exit_code == 1


def test_files_the_format_does_not_know_are_mentioned(sealed: Path) -> None:
    (sealed / "readme.txt").write_text("hello")
    verdict = verify(sealed)
    assert verdict.exit_code == 0
    assert any("readme.txt" in note for note in verdict.notes)


def test_a_missing_package_is_damage(tmp_path: Path) -> None:
    assert verify(tmp_path / "nowhere").exit_code == 1


def test_openssl_agrees_on_signatures_and_stamps(
    sealed: Path, roots: list[bytes], tmp_path: Path
) -> None:
    signer, tsa = tmp_path / "signer.pem", tmp_path / "tsa.pem"
    signer.write_bytes(roots[0])
    tsa.write_bytes(roots[1])
    for name in ("manifest.json", "heads/000001.json"):
        assert openssl_cms(sealed / name, signer) == 0
        assert openssl_ts(sealed / f"{name}.p7s", tsa) == 0
    assert openssl_cms(sealed / "heads" / "000002.json", signer) == 0
    flip(sealed / "manifest.json", 20)
    assert openssl_cms(sealed / "manifest.json", signer) != 0
    flip(sealed / "heads" / "000001.json.p7s", 300)
    assert openssl_ts(sealed / "heads" / "000001.json.p7s", tsa) != 0


def openssl_cms(path: Path, root: Path) -> int:
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{path}.p7s",
               "-content", str(path), "-CAfile", str(root), "-out", "/dev/null"]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=False).returncode


def openssl_ts(path: Path, root: Path) -> int:
    command = ["openssl", "ts", "-verify", "-in", f"{path}.tsr", "-data", str(path),
               "-CAfile", str(root)]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=False).returncode
