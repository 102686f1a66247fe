"""Disclosed in part: the range, with proof that it belongs to the sealed visit, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording import format as fmt
from recording.cipher import SegmentCipher
from recording.disclosure import Wanted, list_marks
from recording.parts import accepted_segments
from recording.playback import read_records
from tests.recording.handed import Golden, hand_over, opened, stranger
from tests.recording.material import KEY


def sequences(package: Path) -> dict[str, set[int]]:
    said = json.loads((package / "data" / "export.json").read_bytes())["disclosed"]
    return {part: set(found) for part, found in said["segments"].items()}


def test_a_part_discloses_its_range_and_no_more(golden: Golden) -> None:
    disclosed = sequences(golden.part.path)
    assert set(disclosed) == {"customer.0000", "teller.0000"}
    for path, _, segments in accepted_segments(golden.place / "rec-1", "customer"):
        for segment in segments:
            said = segment.header
            inside = said.to_ms >= 2000 and said.from_ms < 3000
            assert (said.sequence in disclosed[path.stem]) is inside
    folder = golden.part.path / "data" / "evidence"
    assert not list(folder.glob("*.evs"))
    shown = list((folder / "segments").iterdir())
    assert len(shown) == sum(map(len, disclosed.values())) == golden.part.segments


def test_nothing_else_can_be_opened_from_what_is_in_a_part(golden: Golden, tmp_path: Path) -> None:
    """Every key in the package is tried on every segment of the recording that the bank holds."""
    held = golden.court.open_keys(golden.part.path, tmp_path / "keys.json")
    assert "data_key" not in held
    everything = b"".join(p.read_bytes() for p in golden.part.path.rglob("*") if p.is_file())
    assert KEY not in everything + json.dumps(held).encode()
    assert KEY.hex() not in everything.decode("latin-1") + json.dumps(held)
    keys = [bytes.fromhex(key) for part in held["segments"].values() for key in part.values()]
    disclosed, tried = sequences(golden.part.path), 0
    for log in ("customer", "teller", "events", "afterwards"):
        for path, part, segments in accepted_segments(golden.place / "rec-1", log):
            raw = path.read_bytes()
            for segment in segments:
                said, start = segment.header, segment.offset
                ciphertext = raw[start + fmt.SEGMENT_HEADER :][: said.cipher]
                meant = said.sequence in disclosed.get(path.stem, ())
                assert (ciphertext in everything) is meant  # the rest is not even there, sealed
                SegmentCipher(KEY, part).decrypt(said, ciphertext)  # the bank can
                opens = 0
                for key in keys:
                    tried += 1
                    try:
                        AESGCM(key).decrypt(said.nonce, ciphertext, part.pack() + said.pack())
                        opens += 1
                    except InvalidTag:
                        pass
                assert opens == (1 if meant else 0)
    assert tried > 50


def test_single_marks_are_disclosed_with_their_attachment_and_without_media(
    golden: Golden, tmp_path: Path
) -> None:
    marks = list_marks(golden.place / "rec-1", KEY)
    photo = next(mark for mark in marks if mark.kind == "object")
    place = tmp_path / "marks"
    wanted = Wanted(marks=frozenset({photo.id, "a1"}))
    hand_over(golden.place / "rec-1", golden.authority, golden.court, place, wanted)
    assert stranger(place, golden.trust, golden.place / "receipt.json").returncode == 0
    golden.court.open_keys(place, tmp_path / "keys.json")
    assert opened(place, tmp_path / "keys.json", tmp_path / "opened").returncode == 0
    found = json.loads((tmp_path / "opened" / "marks.json").read_text())
    assert [mark["kind"] for mark in found] == ["object", "ReviewDecided"]
    pictures = list((tmp_path / "opened").glob("document.front-*.jpeg"))
    assert [p.read_bytes() for p in pictures] == [b"\xff\xd8photograph" * 20]
    assert not list(place.glob("data/playable/*"))
    assert set(sequences(place)) == {"events.0000", "afterwards.0000"}


def test_the_marks_of_a_whole_export_are_the_recordings(golden: Golden, tmp_path: Path) -> None:
    golden.court.open_keys(golden.whole.path, tmp_path / "keys.json")
    opened(golden.whole.path, tmp_path / "keys.json", tmp_path / "opened")
    found = json.loads((tmp_path / "opened" / "marks.json").read_text())
    ours = [
        record
        for log in ("events", "afterwards")
        for record in read_records(golden.place / "rec-1", log, KEY)
        if record["t"] == "mark"
    ]
    assert [(m["kind"], m["body"]) for m in found] == [(m["kind"], m["body"]) for m in ours]


@pytest.mark.parametrize("wanted", [Wanted(marks=frozenset({"99"})), Wanted(3_600_000, 3_700_000)])
def test_a_part_that_is_not_there_is_refused(
    golden: Golden, tmp_path: Path, wanted: Wanted
) -> None:
    with pytest.raises(ValueError, match=r"mark|nothing"):
        hand_over(golden.place / "rec-1", golden.authority, golden.court, tmp_path / "x", wanted)
    assert list(tmp_path.iterdir()) == []
