"""The verifier that goes along: every vector, every hostile input, within limits of memory."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recording import format as fmt
from recording.survey import list_files
from recording.verify import verify
from tests.recording.handed import Golden, stranger
from tests.recording.test_verify import flip, segments
from tests.vectors.make import VECTORS

VECTOR_ROOT = Path(__file__).parent.parent / "vectors"
SCRIPT = Path(__file__).parents[2] / "recording" / "court" / "verify.py"
MEMORY = 256 << 20


@pytest.mark.parametrize("name", [*VECTORS, "v0/valid", "v0/flipped"])
def test_a_committed_vector_is_judged_as_it_says(name: str) -> None:
    vector = VECTOR_ROOT / name
    trust = sorted((vector.parent / "trust").glob("*.pem"))
    expect = json.loads((vector / "expect.json").read_text())
    for receipt, kind in ((None, "verify"), (vector / "receipt.json", "verify_with_receipt")):
        told = stranger(vector / "package", trust, receipt)
        assert told.returncode == expect[kind]["exit_code"], told.stdout
        assert told.stderr == ""
        bad = expect[kind].get("first_bad", {})
        if "segment" in bad:
            assert f"{bad['file']}, segment {bad['segment']}" in told.stdout


@pytest.fixture
def copy(golden: Golden, tmp_path: Path) -> Callable[[str], Path]:
    def make(which: str) -> Path:
        target = tmp_path / which
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(golden.place / which, target)
        return target

    return make


@pytest.mark.parametrize("which", ["whole", "part"])
def test_both_witnesses_notice_a_flipped_bit_of_any_kind_of_file(
    copy: Callable[[str], Path], golden: Golden, which: str
) -> None:
    chance = random.Random(11)
    evidence = copy(which) / "data" / "evidence"
    names = [n for n in list_files(evidence) if not n.endswith((".p7s", ".tsr", ".pem"))]
    kinds = {Path(name).suffix for name in names}
    assert kinds == {".json", ".evs", ".evo"} if which == "whole" else {".json", ".evh", ".evc"}
    for name in names:
        path = evidence / name
        offset, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
        flip(path, offset, bit)
        told = stranger(evidence, golden.trust)
        flip(path, offset, bit)
        assert told.returncode == 1, (name, offset, bit)
    assert stranger(evidence, golden.trust).returncode == 0


def test_removed_added_and_exchanged_files_are_noticed(
    copy: Callable[[str], Path], golden: Golden
) -> None:
    evidence = copy("whole") / "data" / "evidence"
    for name in list_files(evidence):
        if name.startswith("trust/") or name.endswith(".tsr") or name == "closing.json":
            continue  # nothing in a package says that there must be one; the days' chain does
        raw = (evidence / name).read_bytes()
        (evidence / name).unlink()
        assert stranger(evidence, golden.trust).returncode != 0, name
        (evidence / name).write_bytes(raw)
    for name, raw in (
        ("objects/" + "0" * 64 + ".evo", b"x"),
        ("supervisor.0000.evs", (evidence / "teller.0000.evs").read_bytes()),
        ("customer.0001.evs", (evidence / "customer.0000.evs").read_bytes()),
        ("heads/000003.json", b"{}"),
        ("notes.txt", b"hello"),
    ):
        (evidence / name).write_bytes(raw)
        assert stranger(evidence, golden.trust).returncode == 1, name
        (evidence / name).unlink()
    assert stranger(evidence, golden.trust).returncode == 0


def test_a_disclosed_segment_can_not_be_exchanged_or_put_in(
    copy: Callable[[str], Path], golden: Golden
) -> None:
    evidence = copy("part") / "data" / "evidence"
    one, other = sorted((evidence / "segments").iterdir())[:2]
    raw = one.read_bytes()
    one.write_bytes(other.read_bytes())
    assert stranger(evidence, golden.trust).returncode == 1
    one.write_bytes(raw)
    (evidence / "segments" / f"{'0' * 64}.evc").write_bytes(raw)
    assert stranger(evidence, golden.trust).returncode == 1


def test_a_part_without_its_withheld_rest_is_not_complete(
    copy: Callable[[str], Path], golden: Golden
) -> None:
    evidence = copy("part") / "data" / "evidence"
    path = evidence / "customer.0000.evh"
    raw, record = path.read_bytes(), fmt.SEGMENT_HEADER + fmt.DIGEST
    first = len(raw) % record
    for shortened in (raw[:-record], raw[:first] + raw[first + record :], raw[:-1], raw[:first]):
        path.write_bytes(shortened)
        assert stranger(evidence, golden.trust).returncode == 1


def test_a_foreign_root_vouches_for_nothing(golden: Golden) -> None:
    assert stranger(golden.whole.path, [golden.court.folder / "court.pem"]).returncode == 1
    told = stranger(golden.whole.path, [])
    assert told.returncode == 0
    assert "who signed is not shown" in told.stdout


def test_cutting_an_open_recording_is_noticed_as_by_our_own_witness(
    unsealed: Path, golden: Golden
) -> None:
    path = unsealed / "customer.0000.evs"
    whole = path.read_bytes()
    for segment in segments(path)[1:]:
        path.write_bytes(whole[: segment.offset + 100])
        assert stranger(unsealed, golden.trust).returncode == verify(unsealed).exit_code == 1
    torn = whole + fmt.SEGMENT_MAGIC[fmt.VERSION] + bytes(50)  # after the end that a head attests
    path.write_bytes(torn)
    assert stranger(unsealed, golden.trust).returncode == verify(unsealed).exit_code


def limited(package: Path) -> tuple[int, str]:
    """The verifier with 256 MiB of memory and no more."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run([sys.executable, "-I", SCRIPT, package], preexec_fn=limit,
                          capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


HOSTILE = (
    b"", b"{}", b"[1]", b"null", b"\xff\xfe", b'{"a":' * 50_000, b"[" * 2_000_000,
    b'{"format": 1, "recording": {}}', b'{"format": 1, "recording": "rec-1", "logs": 7}',
    b'{"recording": "rec-1", "covers": ["manifest.json.p7s"], "at": "2026-11-23T04:00:00Z"}',
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("recording.json", HOSTILE),
        ("manifest.json", HOSTILE[5:8]),
        ("closing.json", HOSTILE[1:4]),
        ("heads/000001.json", HOSTILE[6:9]),
        ("renewals/0001.json", HOSTILE),
    ],
)
def test_hostile_documents_are_refused(
    copy: Callable[[str], Path], name: str, texts: tuple[bytes, ...]
) -> None:
    evidence = copy("whole") / "data" / "evidence"
    (evidence / name).parent.mkdir(exist_ok=True)
    for text in texts:
        (evidence / name).write_bytes(text)
        assert limited(evidence)[0] == 1, text[:80]


def test_hostile_files_are_refused_within_the_limits(copy: Callable[[str], Path]) -> None:
    evidence = copy("whole") / "data" / "evidence"
    log = evidence / "customer.0000.evs"
    good = log.read_bytes()
    huge = bytearray(good)
    at = segments(log)[0].offset
    huge[at + 24 : at + 28] = b"\xff" * 4  # a segment that says it has 4 GiB
    for raw in (b"", b"TSEVPART", os.urandom(5000), bytes(huge), good[: at + 10], good * 3):
        log.write_bytes(raw)
        assert limited(evidence)[0] == 1
    log.write_bytes(good)
    for name in ("manifest.json", "manifest.json.p7s", "manifest.json.p7s.tsr", "trust/x.pem"):
        path = evidence / name
        kept = path.read_bytes() if path.exists() else None
        with path.open("wb") as stream:
            stream.truncate(8 << 30)  # sparse: eight GiB of zeros
        assert limited(evidence)[0] == 1, name
        path.unlink()
        if kept is not None:
            path.write_bytes(kept)
    assert limited(evidence)[0] == 0


def test_what_is_no_file_is_not_read(copy: Callable[[str], Path]) -> None:
    evidence = copy("whole") / "data" / "evidence"
    for make in (
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/nowhere"),
        os.mkfifo,
        lambda path: path.symlink_to(evidence.parent),
    ):
        for name in ("supervisor.0000.evs", "trust/more.pem", "heads/000009.json"):
            make(evidence / name)
            assert limited(evidence)[0] == 1
            (evidence / name).unlink()
