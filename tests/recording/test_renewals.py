"""Timestamps outlive the certificates they rest on, when they are renewed in time."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording import pki
from recording.errors import Damage, Outage
from recording.evidence import Evidence
from recording.renewals import ends, renew
from recording.seal import LocalTimestampAuthority
from recording.verify import verify
from tests.recording.handed import Golden, hand_over, root_of, stranger
from tests.recording.material import KEY, Authority, Frame, at, create, whole
from tests.recording.test_verify import flip

LIVES = (4.0, 8.0, 16.0)  # seconds of a certificate; a busy machine needs a longer one


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> LocalTimestampAuthority:
    return LocalTimestampAuthority(tmp_path_factory.mktemp("lasting"))


@pytest.fixture
def renewed(sealed: Path, lasting: LocalTimestampAuthority) -> Path:
    assert renew(sealed, at(100), lasting) == 1
    return sealed


def trusting(authority: Authority, *stampers: LocalTimestampAuthority) -> list[bytes]:
    chains = [authority.signer.chain, authority.stamper.chain, *(s.chain for s in stampers)]
    return [root_of(chain) for chain in chains]


def files_of(folder: Path, roots: list[bytes]) -> list[Path]:
    paths = [folder / f"root-{n}.pem" for n in range(len(roots))]
    for path, root in zip(paths, roots, strict=True):
        path.write_bytes(root)
    return paths


def openssl_ts(package: Path, n: int, root: Path, scratch: Path, *more: str) -> int:
    """As docs/evidence-format.md says: the document and what it covers, joined."""
    document = package / "renewals" / f"{n:04d}.json"
    covers = json.loads(document.read_bytes())["covers"]
    data = scratch / "joined"
    data.write_bytes(b"".join(p.read_bytes() for p in (document, *(package / c for c in covers))))
    words = ["openssl", "ts", "-verify", "-in", str(document.with_suffix(".tsr")), "-data",
             str(data), "-CAfile", str(root), *more]  # fmt: skip
    return subprocess.run(words, capture_output=True, check=False).returncode


def stamped_briefly(
    package: Path, lasting: LocalTimestampAuthority, folder: Path, life: float
) -> tuple[LocalTimestampAuthority, Path, float]:
    """Stamped by who ends in `life` seconds, then renewed: (who, a copy not renewed, the end)."""
    for path in (package / "manifest.json.p7s.tsr", package / "renewals"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    brief = LocalTimestampAuthority(folder / "brief")
    over = time.time() + life
    assert Evidence.open(package).stamp_pending(brief)
    assert (ends(package) or at(0)) < datetime.now(UTC) + timedelta(seconds=life)
    without = shutil.copytree(package, folder / "without")
    renew(package, datetime.now(UTC), lasting)
    return brief, without, over


def test_a_seal_outlives_its_timestamps_certificate(
    tmp_path: Path,
    authority: Authority,
    lasting: LocalTimestampAuthority,
    clip: list[Frame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = tmp_path / "rec-1"
    whole(package, authority, clip[:50])
    for life in LIVES:
        monkeypatch.setattr(pki, "_YEARS", timedelta(seconds=life))
        brief, without, over = stamped_briefly(package, lasting, tmp_path / f"{life}", life)
        if time.time() < over - 1.5:
            break
    roots = trusting(authority, brief, lasting)
    trust = files_of(tmp_path, roots)
    while time.time() <= over + 1:
        time.sleep(0.1)
    plain = ["openssl", "ts", "-verify", "-in", str(package / "manifest.json.p7s.tsr"), "-data",
             str(package / "manifest.json.p7s"), "-CAfile", str(trust[2])]  # fmt: skip
    assert subprocess.run(plain, capture_output=True, check=False).returncode != 0
    for where, note in ((package, False), (without, True)):
        verdict = verify(where, trust=roots)
        assert verdict.exit_code == 0
        assert any("not renewed" in text for text in verdict.notes) is note
        told = stranger(where, trust)
        assert told.returncode == 0
        assert ("before it was renewed" in told.stdout) is note
    assert openssl_ts(package, 1, trust[3], tmp_path) == 0


def test_renewals_are_chained_over_all_older_ones(
    renewed: Path, authority: Authority, lasting: LocalTimestampAuthority, tmp_path: Path
) -> None:
    newer = LocalTimestampAuthority(tmp_path / "newer")
    assert renew(renewed, at(200), newer) == 2
    document = json.loads((renewed / "renewals" / "0002.json").read_bytes())
    assert {"renewals/0001.tsr", "renewals/0001.json", "manifest.json.p7s.tsr"} <= set(
        document["covers"]
    )
    roots = trusting(authority, lasting, newer)
    verdict = verify(renewed, trust=roots)
    assert verdict.exit_code == 0
    step = next(step for step in verdict.steps if step.name == "renewals")
    assert step.detail.startswith("2 renewals")
    trust = files_of(tmp_path, roots)
    assert stranger(renewed, trust).returncode == 0
    assert openssl_ts(renewed, 1, trust[2], tmp_path) == 0
    assert openssl_ts(renewed, 2, trust[3], tmp_path) == 0


def test_what_a_renewal_covers_can_not_change_and_none_can_go(
    renewed: Path, authority: Authority, lasting: LocalTimestampAuthority, tmp_path: Path
) -> None:
    renew(renewed, at(200), lasting)
    roots = trusting(authority, lasting)
    trust = files_of(tmp_path, roots)
    for name in ("renewals/0001.json", "renewals/0001.tsr", "heads/000001.json.p7s.tsr"):
        path = renewed / name
        raw = path.read_bytes()
        flip(path, len(raw) // 2)
        assert verify(renewed, trust=roots).exit_code == 1, name
        assert stranger(renewed, trust).returncode == 1, name
        path.unlink()
        assert verify(renewed, trust=roots).exit_code == 1, name
        assert stranger(renewed, trust).returncode == 1, name
        path.write_bytes(raw)
    assert verify(renewed, trust=roots).exit_code == 0


def test_a_renewal_of_another_recording_or_of_less_is_refused(
    renewed: Path, lasting: LocalTimestampAuthority
) -> None:
    path = renewed / "renewals" / "0001.json"
    document = json.loads(path.read_bytes())
    for change, code in (
        ({"covers": ["manifest.json"]}, "renewal_differs"),
        ({"covers": [*document["covers"], "../x"]}, "renewal_differs"),
        ({"covers": 7}, "document_bad"),
        ({"recording": "rec-2"}, "renewal_foreign"),
        ({"n": 2}, "renewal_missing"),
    ):
        path.write_bytes(
            json.dumps(document | change, sort_keys=True, separators=(",", ":")).encode()
        )
        first = verify(renewed).first_bad
        assert first is not None
        assert first["code"] == code


def test_a_renewed_recording_is_handed_over_with_its_renewals(
    golden: Golden, lasting: LocalTimestampAuthority, tmp_path: Path
) -> None:
    package = shutil.copytree(golden.place / "rec-1", tmp_path / "rec-1")
    renew(package, at(100), lasting)
    hand_over(package, golden.authority, golden.court, tmp_path / "out")
    trust = files_of(tmp_path, trusting(golden.authority, lasting))
    assert stranger(tmp_path / "out", trust).returncode == 0
    assert (tmp_path / "out/data/evidence/renewals/0001.tsr").exists()


def test_a_crash_between_token_and_document_is_no_damage(
    renewed: Path, authority: Authority, lasting: LocalTimestampAuthority
) -> None:
    (renewed / "renewals" / "0001.json").unlink()
    roots = trusting(authority, lasting)
    assert verify(renewed, trust=roots).exit_code == 0
    assert renew(renewed, at(200), lasting) == 1
    assert verify(renewed, trust=roots).exit_code == 0


def test_nothing_is_renewed_without_a_seal_or_an_answer(
    sealed: Path, tmp_path: Path, lasting: LocalTimestampAuthority
) -> None:
    class Silent:
        demo, crls, chain = True, b"", lasting.chain

        def stamp(self, data: bytes) -> bytes:
            raise Outage("timestamp_failed", "no answer")

        def answer(self, query: bytes) -> bytes:
            raise Outage("timestamp_failed", "no answer")

    with pytest.raises(Outage, match="timestamp_failed"):
        renew(sealed, at(100), Silent())
    assert not (sealed / "renewals").exists() or not list((sealed / "renewals").iterdir())
    create(tmp_path / "open")
    with pytest.raises(Damage, match="seal_missing"):
        renew(tmp_path / "open", at(100), lasting)
    assert KEY
