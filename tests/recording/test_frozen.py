"""Version 1 of the format is frozen: neither its vectors nor what is written change unnoticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from recording import cipher, manifest
from recording import format as fmt
from recording import records as rec
from recording.canonical import dump
from recording.evidence import Evidence
from recording.inspect import inspect
from recording.objects import list_objects
from recording.parts import Draft, SegmentLog
from recording.verify import verify
from tests.recording.material import KEY, Authority, at, clip, create, whole

ROOT = Path(__file__).parent.parent / "vectors"

# SHA-256 over the sorted lines `sha256(file) name` of each vector, as `sha256sum` would print them.
# These lines are the freeze. A vector that differs is not mended by writing its new digest here.
FROZEN = {
    "dropped": "d9bae381a185810078292447f31891ced3d0e59637617b3d3948a1515692f9c4",
    "flipped": "3a914753c70fd842f2eb5edfb340a3c6a0d6e7df4d67a55165a8c11eb66b6a9b",
    "heads-removed": "a6fdaa52305660184f281361fb48c9ac0553606c51be116542a092ceebb31ad0",
    "interrupted": "4f8f82df55f9cf2c053e79ce52f507b666b7e20c20005063aff52cb0e237a45e",
    "reordered": "b8cb7cacdaf65c373f43497c5fa995df301fc80a458e65ca78a5892796bbc76c",
    "spliced": "170ffc994c3f588043aa9a6f78f6e71a929a4b541993ba28127d07e96dde376a",
    "tail-removed": "1b595e426f93ad6f9323c25faf7642e8176e5cda4eee62679db42d5b318b8338",
    "truncated": "37ed6ce4218ba1e7bd6d061bb89df61d07cf31dd21a90e8725e92d5c39497b97",
    "trust": "3f8aa9e1f1247e4779963bd43922dbf643fd362af40d19f94e3d38ef10c52675",
    "v0/flipped": "e0dcd22e439d17142bf75b6dd856a2124ff4d1f56ee97b654127429774535148",
    "v0/trust": "702869bda97242960308d816c8161e430459ae8e6c307d09f61c552384c5a6dd",
    "v0/valid": "804bdfd8e47eb95415b014abf8a71e9d3d89547b8187594e912d17e7b1e998fa",
    "valid": "498fd898ae4a98fec5a1f252fc753dd3606dc68a3fd57af83f645bcb0e2c237c",
    "wrong-key": "06a0d8a815763ec36809528e1ee286317fd09c844292a3b06b4b641feecffd4b",
}


def digest(vector: Path) -> str:
    names = sorted(p.relative_to(vector).as_posix() for p in vector.rglob("*") if p.is_file())
    lines = (f"{hashlib.sha256((vector / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_vectors_are_those_that_were_frozen() -> None:
    found = {p.parent for p in ROOT.rglob("expect.json")} | {ROOT / "trust", ROOT / "v0/trust"}
    assert {p.relative_to(ROOT).as_posix(): digest(p) for p in found} == FROZEN


# What a writer with these keys, nonces and times writes, whoever wrote it: (part header, segment
# header, object header, leaf, keys, commitments), once and for all.
PART = fmt.PartHeader("rec-1", "customer", 1, 0, 500, b"l" * 32, b"d" * 32, b"k" * 32, 1_700)
SEGMENT = fmt.SegmentHeader(
    7, fmt.AUDIO | fmt.RECORDS, 3, 5, 20, 7000, 7990, fmt.NO_KEYFRAME, 1_701, b"n" * 12, b"c" * 32,
    b"p" * 32,
)  # fmt: skip
OBJECT = fmt.ObjectHeader("image/jpeg", "portrait", 9, b"s" * 32, b"n" * 12, b"c" * 32)


def test_headers_leaves_keys_and_commitments_are_the_frozen_bytes() -> None:
    key, commitment = cipher.segment_key(KEY, PART, 7)
    said = {
        "part": hashlib.sha256(PART.pack()).hexdigest(),
        "anchor": PART.anchor.hex(),
        "segment": hashlib.sha256(SEGMENT.pack()).hexdigest(),
        "object": hashlib.sha256(OBJECT.pack()).hexdigest(),
        "leaf": fmt.leaf(SEGMENT.pack(), b"x" * 36).hex(),
        "recording commitment": cipher.commitment(KEY, "rec-1").hex(),
        "segment key": key.hex(),
        "segment commitment": commitment.hex(),
        "object key": cipher.object_key(KEY, "rec-1", b"s" * 32)[0].hex(),
        "marks": cipher.marks_digest(KEY, "rec-1", b"[]"),
    }
    assert said == KNOWN


KNOWN = {
    "part": "8e18d4ad2bc8335ce95af8fd11a182881690d71a7bcb9f3b2deee8e5ffd0f603",
    "anchor": "70cf866240d8cfe18b6e97b7edfbca18d542c4d178e3336886bd401b7ed56aa5",
    "segment": "f58491a24b2c7358c93c87b54e911df92169949af0b7e2ab4afcfcd63b0bb77f",
    "object": "b5aedafd14bc1bb717ad77739d07dda3e4f727b3dc8e8891c34ae9aaa50f5546",
    "leaf": "68943009f2ab5af8267624f0d767553e04d3fb865d88f98adfd89537f1e2ae34",
    "recording commitment": "4d16052efed1a83030c0a37ea64c96f75a2ef6afba4f375f5cb0de6b606752b8",
    "segment key": "2d7910bd75ce5628a832cca03616a0d5989a3e94f82bfe5e87b496851676a978",
    "segment commitment": "0e5779816b6d073a630dffe15b2859d891fb1b5da0774d447e695472d23148cf",
    "object key": "95a74d99b99ca236f7f4c1da68527425cfcaf95cc98f9c4a241195d0e01508bc",
    "marks": "bb3db9ee385b9b7156f9766f5373e2f90cbfd58f1a820936f97464f25a917955",
}


def fields(document: object, at: str = "") -> set[str]:
    """Every field of a document by its path; the names of logs and attachments left out."""
    if isinstance(document, dict):
        inner = {"*" if at in (".logs", ".gaps") else k: v for k, v in document.items()}
        return {f"{at}.{k}" for k in inner}.union(
            *(fields(v, f"{at}.{k}") for k, v in inner.items())
        )
    if isinstance(document, list):
        return set().union(*(fields(one, f"{at}[]") for one in document))
    return set()


def test_what_is_written_today_has_the_fields_of_the_frozen_vector(tmp_path: Path) -> None:
    frozen = ROOT / "valid" / "package"
    whole(tmp_path / "new", Authority.make(tmp_path / "authority"), clip(3))
    for name in ("recording.json", "manifest.json", "heads/000001.json"):
        old, new = (json.loads((p / name).read_bytes()) for p in (frozen, tmp_path / "new"))
        assert fields(old) == fields(new)
        assert (old["format"], old["type"]) == (new["format"], new["type"])
    assert fmt.VERSION == 1


def test_a_reader_passes_over_what_may_be_added(tmp_path: Path) -> None:
    authority, package = Authority.make(tmp_path / "authority"), tmp_path / "package"
    commitment = cipher.commitment(KEY, "rec-1")
    said = manifest.recording_document("rec-1", "visit-1", ["customer"], at(0), "x", commitment)
    package.mkdir()
    (package / "recording.json").write_bytes(dump(said | {"later": {"added": [1]}}))
    unknown = [{"t": "later", "what": 7}, {"t": "mark", "kind": "later", "at_ms": 5, "body": {}}]
    for log in ("customer", "events"):
        writer = SegmentLog(package, "rec-1", log, KEY)
        writer.open()
        writer.append(Draft(0, 10, records=rec.encode(unknown)))
        writer.append(Draft(10, 20, fmt.END, records=rec.encode([{"t": "end", "at_ms": 20}])))
        writer.close()
    evidence = Evidence.open(package, KEY)
    evidence.attach(b"x", "application/x-later", "a.later.role")
    evidence.seal(at(1), authority.signer, authority.stamper, {"later": True})
    assert verify(package).status == "complete"
    assert inspect(package, KEY).ok
    assert list_objects(package)[0].role == "a.later.role"


def test_what_was_begun_in_version_0_is_written_in_it_to_its_end(tmp_path: Path) -> None:
    package, authority = tmp_path / "package", Authority.make(tmp_path / "authority")
    said = manifest.recording_document("rec-1", "visit-1", [], at(0), "x", b"")
    said |= {"format": 0, "key_commitment": cipher.commitment(KEY, "rec-1", 0).hex()}
    package.mkdir()
    (package / "recording.json").write_bytes(dump(said))
    writer = SegmentLog(package, "rec-1", "events", KEY)
    writer.open()
    writer.append(Draft(0, 10, fmt.END, records=rec.encode([{"t": "end"}])))
    writer.close()
    evidence = Evidence.open(package, KEY)
    photo = evidence.attach(b"photograph", "image/jpeg", "portrait")
    evidence.seal(at(1), authority.signer, authority.stamper, {})
    raw = (package / "events.0000.evs").read_bytes() + (
        package / "objects" / f"{photo.digest}.evo"
    ).read_bytes()
    assert (b"SEG0" in raw, b"TSEVOBJ0" in raw, b"SEG1" in raw) == (True, True, False)
    assert evidence.read_object(photo.digest) == b"photograph"
    assert verify(package).status == "complete"
    assert inspect(package, KEY).ok


def test_a_part_of_another_version_is_foreign(tmp_path: Path) -> None:
    package = tmp_path / "package"
    create(package)
    raw = fmt.PartHeader(
        "rec-1", "events", 0, fmt.NO_PART, 0, bytes(32),
        hashlib.sha256((package / "recording.json").read_bytes()).digest(), bytes(32), 1, 0,
    ).pack()  # fmt: skip
    (package / "events.0000.evs").write_bytes(raw)
    bad = verify(package).first_bad
    assert bad is not None
    assert (bad["code"], bad["file"]) == ("part_foreign", "events.0000.evs")


@pytest.mark.parametrize("version", [2, 65535])
def test_a_later_version_is_refused_by_its_name(version: int, tmp_path: Path) -> None:
    raw = bytearray(PART.pack())
    raw[8:10] = version.to_bytes(2, "big")
    path = tmp_path / "customer.0001.evs"
    path.write_bytes(raw)
    with path.open("rb") as stream, pytest.raises(Exception, match="format_unknown"):
        fmt.read_part_header(stream)
