"""What is handed over: whole or absent, verified by others' tools, opened by its recipient only."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest

from recording import format as fmt
from recording.bag import Bag
from recording.disclosure import Wanted
from recording.envelope import Recipient, RecipientUnusable
from recording.errors import Damage, Outage
from recording.export import _evidence, export
from recording.verify import verify
from tests.recording.handed import MIDDLE, Court, Golden, fails, hand_over, opened, run, stranger
from tests.recording.material import KEY, Authority, at, create

BAGIT = Path(sys.executable).parent / "bagit.py"
COURT = Path(__file__).parents[2] / "recording" / "court"


@pytest.fixture(params=["whole", "part"])
def package(request: pytest.FixtureRequest, golden: Golden) -> Path:
    found: Path = getattr(golden, request.param).path
    return found


# ---- others' tools agree


def test_bagit_and_sha256sum_find_the_copy_whole(package: Path) -> None:
    run(BAGIT, "--validate", "--quiet", package)
    for algorithm in ("sha256", "sha512"):
        run(f"{algorithm}sum", "-c", f"manifest-{algorithm}.txt", cwd=package)
        run(f"{algorithm}sum", "-c", f"tagmanifest-{algorithm}.txt", cwd=package)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_command_of_the_readme_runs_as_it_stands_there(
    package: Path, golden: Golden, language: str, tmp_path: Path
) -> None:
    text = (package / f"README.{language}.txt").read_text("utf-8")
    assert "$" not in text
    commands = re.findall(
        r"^     ((?:openssl|sha256sum|python3) (?:.*\\\n)*.*)$", text, re.MULTILINE
    )
    assert len(commands) == 6
    for name, source in (
        ("signer-root.pem", golden.trust[0]),
        ("tsa-root.pem", golden.trust[1]),
        ("receipt.json", golden.place / "receipt.json"),
        ("CERTIFICATE.pem", golden.court.folder / "court.pem"),
        ("KEY.pem", golden.court.folder / "court.key"),
    ):
        (tmp_path / name).write_bytes(source.read_bytes())
    for command in commands:
        line = command.replace("\\\n", " ").replace("[", "").replace("]", "")
        line = re.sub(r"YOUR-CERTIFICATE.pem|您的证书.pem", "CERTIFICATE.pem", line)
        line = re.sub(r"YOUR-KEY.pem|您的私钥.pem", "KEY.pem", line)
        line = re.sub(r"\S*(signer-root|tsa-root|receipt|CERTIFICATE|KEY)\.(pem|json)",
                      lambda found: str(tmp_path / found[0]), line)  # fmt: skip
        line = line.replace(" keys.json", f" {tmp_path}/keys.json").replace(
            "--out opened", f"--out {tmp_path}/opened"
        )
        run("bash", "-c", line, cwd=package)
    assert (tmp_path / "opened" / "marks.json").exists()


def test_what_the_bank_says_about_the_export_is_signed(package: Path, golden: Golden) -> None:
    for name in ("export.json", "custody.json"):
        path = package / "data" / name
        words = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any",
                 "-in", f"{path}.p7s", "-CAfile", golden.trust[0], "-out", "/dev/null"]  # fmt: skip
        run(*words, "-content", path)
        assert fails(*words, "-content", package / "bagit.txt")


def test_the_strangers_verifier_says_complete_with_and_without_the_receipt(
    package: Path, golden: Golden
) -> None:
    for receipt in (None, golden.place / "receipt.json"):
        told = stranger(package, golden.trust, receipt)
        assert (told.returncode, told.stderr) == (0, "")
        assert told.stdout.endswith("verdict: complete\n")
        assert golden.receipt["evidence_digest"] in told.stdout


def test_the_evidence_of_a_whole_export_is_byte_for_byte_the_banks(golden: Golden) -> None:
    theirs = golden.whole.path / "data" / "evidence"
    names = {p.relative_to(theirs) for p in theirs.rglob("*") if p.is_file()}
    ours = golden.place / "rec-1"
    assert names == {p.relative_to(ours) for p in ours.rglob("*") if p.is_file()}
    assert all((theirs / name).read_bytes() == (ours / name).read_bytes() for name in names)
    assert verify(theirs).exit_code == 0


def test_our_own_witness_judges_a_package_and_says_what_it_can_not(golden: Golden) -> None:
    assert verify(golden.whole.path).exit_code == 0
    part = verify(golden.part.path)
    assert part.exit_code == 1
    assert part.first_bad is not None
    assert part.first_bad["code"] == "disclosed_in_part"


# ---- who can open it


def test_only_the_recipient_opens_the_keys(golden: Golden, tmp_path: Path) -> None:
    held = golden.court.open_keys(golden.whole.path, tmp_path / "keys.json")
    assert held == {"recording": "rec-1", "data_key": KEY.hex()}
    other = Court.found(tmp_path / "other")
    with pytest.raises(Exception, match="returned non-zero"):
        other.open_keys(golden.whole.path, tmp_path / "theirs.json")


def test_playable_copies_play_and_are_what_was_sealed(
    package: Path, golden: Golden, tmp_path: Path
) -> None:
    golden.court.open_keys(package, tmp_path / "keys.json")
    told = opened(package, tmp_path / "keys.json", tmp_path / "opened")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count(": what was sealed") == 2
    for party in ("customer", "teller"):
        with av.open(str(package / "data" / "playable" / f"{party}.webm")) as media:
            kinds = {stream.type for stream in media.streams}
            pictures = sum(len(shown(packet)) for packet in media.demux(video=0))
        assert kinds == {"audio", "video"}
        assert pictures > 10


def shown(packet: av.Packet) -> list[Any]:
    """What a player shows: before the first whole picture of a part, nothing."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []


def test_a_playable_copy_with_something_put_in_is_not_what_was_sealed(
    golden: Golden, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    golden.court.open_keys(golden.whole.path, keys)
    package = tmp_path / "package"
    run("cp", "-r", golden.whole.path, package)
    copy = package / "data" / "playable" / "customer.webm"
    raw = copy.read_bytes()
    first = raw.index(b"\x1f\x43\xb6\x75")
    cluster = raw[first : raw.index(b"\x1f\x43\xb6\x75", first + 4)]
    for forged in (raw[:first] + cluster + raw[first:], raw[:-1] + b"\0", raw[:first]):
        copy.write_bytes(forged)
        told = opened(package, keys, tmp_path / "opened")
        assert told.returncode == 1
        assert "customer.webm: NOT what was sealed" in told.stdout


# ---- whole or absent


def test_a_failed_export_leaves_nothing(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(bag: Bag, *words: Any) -> None:
        _evidence(bag, *words)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recording.export._evidence", full)
    with pytest.raises(OSError, match="No space"):
        hand_over(golden.place / "rec-1", golden.authority, golden.court, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_nothing_under_its_name(golden: Golden, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os.close(1)
        Bag.finish = lambda *_: os._exit(9)  # type: ignore[method-assign, assignment]
        hand_over(golden.place / "rec-1", golden.authority, golden.court, tmp_path / "x")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert not (tmp_path / "x").exists()
    assert [p.name.endswith(".unfinished") for p in tmp_path.iterdir()] == [True]
    hand_over(golden.place / "rec-1", golden.authority, golden.court, tmp_path / "x")
    assert stranger(tmp_path / "x", golden.trust).returncode == 0


def test_an_export_never_replaces_another(golden: Golden) -> None:
    before = (golden.whole.path / "manifest-sha256.txt").read_bytes()
    assert hashlib.sha256(before).hexdigest() == golden.whole.digest
    with pytest.raises(Outage, match="already_written"):
        hand_over(golden.place / "rec-1", golden.authority, golden.court, golden.whole.path)
    assert (golden.whole.path / "manifest-sha256.txt").read_bytes() == before


def test_what_has_no_call_seal_is_not_handed_over(
    golden: Golden, authority: Authority, tmp_path: Path
) -> None:
    create(tmp_path / "open")
    with pytest.raises(Damage, match="not_sealed"):
        hand_over(tmp_path / "open", authority, golden.court, tmp_path / "x")


def test_altered_evidence_is_not_repacked_as_if_it_were_good(
    golden: Golden, tmp_path: Path
) -> None:
    altered = tmp_path / "rec-1"
    run("cp", "-r", golden.place / "rec-1", altered)
    path = altered / "customer.0000.evs"
    raw = bytearray(path.read_bytes())
    raw[-3000] ^= 1
    path.write_bytes(raw)
    for wanted in (None, Wanted(0, 500)):
        with pytest.raises(Damage):
            hand_over(altered, golden.authority, golden.court, tmp_path / "x", wanted)
    assert not (tmp_path / "x").exists()


def test_an_export_needs_a_few_megabytes_whatever_it_holds(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No piece that goes through the bag is larger than a segment or a megabyte."""
    largest = 0
    add = Bag.add

    def watched(bag: Bag, name: str, content: Any) -> None:
        def pieces() -> Any:
            nonlocal largest
            for piece in (content,) if isinstance(content, bytes) else content:
                largest = max(largest, len(piece))
                yield piece

        add(bag, name, pieces())

    monkeypatch.setattr("recording.playback._CACHED", 1)
    monkeypatch.setattr("recording.export._CHUNK", 4096)
    monkeypatch.setattr("recording.bag._CHUNK", 4096)
    monkeypatch.setattr(Bag, "add", watched)
    place = tmp_path / "x"
    hand_over(golden.place / "rec-1", golden.authority, golden.court, place)
    assert largest <= 8192 < (place / "data/playable/customer.webm").stat().st_size
    assert stranger(place, golden.trust).returncode == 0


# ---- the recipient

EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("-newkey", "ed25519"), "not_rsa_or_ec"),
        (("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp224r1"), "key_too_short"),
        ((*EC, "-addext", "keyUsage=digitalSignature"), "not_for_encryption"),
        (("-newkey", "rsa:1024"), "key_too_short"),
        (("-newkey", "rsa:2048", "-addext", "keyUsage=digitalSignature"), "not_for_encryption"),
    ],
)
def test_an_unusable_certificate_is_refused(
    tmp_path: Path, more: tuple[str, ...], reason: str
) -> None:
    court = Court.found(tmp_path, *more)
    with pytest.raises(RecipientUnusable, match=reason):
        Recipient(court.pem, datetime.now(UTC))


@pytest.mark.parametrize(
    "more",
    [EC, (*EC, "-addext", "keyUsage=keyAgreement"), (*EC[:3], "ec_paramgen_curve:secp384r1")],
    ids=["P-256", "for agreement", "P-384"],
)
def test_who_has_a_key_on_a_curve_opens_it_with_openssl_and_nobody_else_does(
    golden: Golden, tmp_path: Path, more: tuple[str, ...]
) -> None:
    court, other = Court.found(tmp_path / "a", *more), Court.found(tmp_path / "b", *more)
    hand_over(golden.place / "rec-1", golden.authority, court, tmp_path / "package", MIDDLE)
    sealed = (tmp_path / "package/data/keys/keys.json.p7m").read_bytes()
    held = court.open_keys(tmp_path / "package", tmp_path / "keys.json")
    assert held == golden.court.open_keys(golden.part.path, tmp_path / "rsa.json")
    assert not any(key.encode() in sealed for key in held["segments"]["customer.0000"].values())
    shown = run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-noout", "-in",
                tmp_path / "package/data/keys/keys.json.p7m").stdout  # fmt: skip
    for word in ("d.kari", "dhSinglePass-stdDH-sha256kdf-scheme", "id-aes256-wrap", "aes-256-cbc"):
        assert word in shown
    with pytest.raises(subprocess.CalledProcessError):
        other.open_keys(tmp_path / "package", tmp_path / "no.json")
    told = opened(tmp_path / "package", tmp_path / "keys.json", tmp_path / "opened")
    assert told.returncode == 0, told.stdout


def test_a_certificate_that_has_ended_or_is_none_is_refused(golden: Golden) -> None:
    for pem, now, reason in (
        (golden.court.pem, datetime.now(UTC) + timedelta(days=60), "not_valid_now"),
        (b"nothing", at(0), "not_a_certificate"),
        (b"", at(0), "not_a_certificate"),
    ):
        with pytest.raises(RecipientUnusable, match=reason):
            Recipient(pem, now)


# ---- the scripts themselves


@pytest.mark.parametrize("name", ["verify.py", "open.py"])
def test_a_strangers_script_imports_the_standard_library_only(name: str) -> None:
    text = (COURT / name).read_text()
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    assert found <= sys.stdlib_module_names
    assert text.count("\n") <= 200


def test_the_scripts_know_this_version_of_the_format() -> None:
    from recording.cipher import _LABEL

    text = (COURT / "verify.py").read_text()
    assert f'(b"TSEVPART", 1), {fmt.READABLE}, ' in text
    assert 'found == (b"SEG%d" % self.v, ' in text
    said = re.search(r'^LABEL = b"(.*)"$', (COURT / "open.py").read_text(), re.MULTILINE)
    assert said is not None
    assert {v: said[1].encode() % v for v in fmt.READABLE} == _LABEL


def test_export_is_what_the_order_says(golden: Golden) -> None:
    said = json.loads((golden.part.path / "data/export.json").read_bytes())
    assert said["recipient"]["name"] == "CN=Court 区法院"
    assert (said["disclosed"]["from_ms"], said["disclosed"]["until_ms"]) == (2000, 3000)
    assert said["disclosed"]["first_picture_ms"] == {"customer": 2050, "teller": 2050}
    assert export.__doc__
