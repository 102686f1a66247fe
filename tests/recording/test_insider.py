"""An insider with all keys takes half a second of speech out and calls it packet loss.

What finds it depends on how much is rewritten: the frames alone, the numbers of that log, or the
other log as well. Only the copies outside – a stamped head, the customer's receipt – bind whoever
rewrites everything.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from recording import canonical, heads, parts, webm
from recording import records as rec
from recording.evidence import Evidence
from recording.inspect import inspect, opened_segments
from recording.parts import Draft, SegmentLog
from recording.verify import verify
from tests.recording.material import EPOCH, KEY, Authority, Frame, Told, at, create, feed

CUT = range(2000, 2500)  # ms of speech that the insider does not want to be heard
Notes = list[rec.Record]


@pytest.fixture
def call(tmp_path: Path, authority: Authority, clip: list[Frame]) -> tuple[Path, dict[str, Any]]:
    """A sealed call as a worker and the desk write it, and the customer's receipt."""
    directory = tmp_path / "r"
    evidence, told = create(directory, ["customer"]), Told()
    events = told.events(directory)
    recorder = told.recorder(directory)
    recorder.leg("leg-1", at=EPOCH + 0.05)
    feed(recorder, clip)
    recorder.leg_state("leg-1", "ended", EPOCH + clip[-1].at + 0.07)
    events.mark("media.tally", 9000, {"party": "customer", "leg": "leg-1", "streams": tally(clip)})
    asyncio.run(recorder.close())
    events.close()
    head = evidence.head(at(9), authority.signer)
    evidence.stamp_head(head.n, authority.stamper)
    seal = evidence.seal(at(10), authority.signer, authority.stamper, {"outcome": "done"})
    assert seal.status == "complete"
    assert inspect(directory, KEY).complete
    return directory, {"heads": [head.as_receipt()], "evidence_digest": seal.digest}


def tally(clip: Sequence[Frame]) -> dict[str, dict[str, int]]:
    counted = {}
    for kind in ("audio", "video"):
        numbers = [f.seq for f in clip if f.kind == kind]
        counted[kind] = {"expected": numbers[-1] - numbers[0] + 1, "missing": 0}
    return counted


def rewrite(directory: Path, log: str, change: Callable[[list[webm.Frame], Notes], None]) -> None:
    """Every segment opened, changed and sealed again under the real key."""
    drafts = []
    for path, _, _ in parts.accepted_parts(directory, log):
        with path.open("rb") as stream:
            for segment, plain in opened_segments(stream, KEY):
                drafts.append(_changed(segment.header, plain, change))
        path.unlink()
    again = SegmentLog(directory, "rec-1", log, KEY)
    again.open()
    for draft in drafts:
        again.append(draft)
    again.close()


def _changed(header: Any, plain: bytes, change: Callable[[list[webm.Frame], Notes], None]) -> Draft:
    init, media = plain[: header.init], plain[header.init : header.init + header.media]
    frames = [
        webm.Frame(track, at_ms, track == webm.VIDEO_TRACK and not data[0] & 1, data)
        for track, at_ms, data in webm.blocks(media)
    ]
    notes = rec.decode(plain[header.init + header.media :])
    change(frames, notes)
    return Draft(
        header.from_ms, header.to_ms, header.flags, header.key_ms,
        init or webm.live_header(160, 120), webm.cluster(frames) if frames else b"",
        rec.encode(notes),
    )  # fmt: skip


def sealed_again(directory: Path, authority: Authority) -> None:
    """New heads and a new call seal by the bank's own signing key."""
    for name in directory.glob("manifest.json*"):
        name.unlink()
    shutil.rmtree(directory / "heads")
    (directory / "heads").mkdir()
    evidence = Evidence.open(directory, KEY)
    evidence.head(at(9), authority.signer)
    evidence.seal(at(10), authority.signer, authority.stamper, {"outcome": "done"})


def cut(frames: list[webm.Frame]) -> int:
    """Take the speech out of a segment; how many packets that were."""
    kept = [f for f in frames if f.track != webm.AUDIO_TRACK or f.at_ms not in CUT]
    gone, frames[:] = len(frames) - len(kept), kept
    return gone


def claim(notes: Notes, event: str | None) -> None:
    notes.append(rec.gap("audio", CUT.start + 10, CUT.stop + 10, "packet_loss", event))


def naive(frames: list[webm.Frame], notes: Notes) -> None:
    """Frames out, the gap declared, and nothing else."""
    if cut(frames) and not any(n["t"] == "gap" for n in notes):
        claim(notes, None)


def silently(frames: list[webm.Frame], _: Notes) -> None:
    """Frames out, and not a word."""
    cut(frames)


class WithNumbers:
    """The numbers of the log as well: a hole is invented, and each segment's count made to fit."""

    def __init__(self) -> None:
        self.gone = 0

    def __call__(self, frames: list[webm.Frame], notes: Notes) -> None:
        before = [f for f in frames if f.track == webm.AUDIO_TRACK]
        gone = cut(frames)
        if not gone:
            return
        self.gone += gone
        first = before[0].at_ms
        said = next(n for n in notes if n["t"] == "rtp" and n["kind"] == "audio")
        places = [n for n, f in enumerate(before) if f.at_ms in CUT]
        after, until = said["first"] + places[0] - 1, said["first"] + places[-1] + 1
        name = f"0.{9000 + first}"
        notes.append(
            {"t": "hole", "kind": "audio", "leg": "leg-1", "id": name, "from_ms": CUT.start,
             "to_ms": CUT.stop + 20, "after": after, "before": until, "lost": gone,
             "missing": [[after + 1, until - 1]], "rtp_ms": 520}
        )  # fmt: skip
        own = [before[n].at_ms for n in places]
        notes.append(rec.gap("audio", own[0], own[-1] + 20, "packet_loss", name))
        said["frames"] -= gone
        said["packets"] -= gone


def errors(directory: Path) -> list[str]:
    return inspect(directory, KEY).logs["customer"].errors


def test_frames_taken_out_and_called_lost_are_found(
    call: tuple[Path, dict[str, Any]], authority: Authority, roots: list[bytes]
) -> None:
    directory, _ = call
    rewrite(directory, "customer", naive)
    sealed_again(directory, authority)
    assert verify(directory, trust=roots).status == "complete"  # the signature is the bank's own
    found = errors(directory)
    assert any(error.startswith("frames_differ") for error in found)
    assert any(error.startswith("cause_not_shown") for error in found)


def test_frames_taken_out_and_not_declared_are_found(
    call: tuple[Path, dict[str, Any]], authority: Authority
) -> None:
    directory, _ = call
    rewrite(directory, "customer", silently)
    sealed_again(directory, authority)
    assert any(error.startswith("gap_undeclared") for error in errors(directory))


def test_invented_numbers_are_contradicted_by_the_media_sides_own_count(
    call: tuple[Path, dict[str, Any]], authority: Authority, roots: list[bytes]
) -> None:
    directory, _ = call
    change = WithNumbers()
    rewrite(directory, "customer", change)
    sealed_again(directory, authority)
    assert change.gone == 25
    assert verify(directory, trust=roots).status == "complete"
    (found,) = errors(directory)
    assert found.startswith("tally_differs: audio of leg-1")


def test_who_rewrites_both_logs_is_bound_only_by_what_others_hold(
    call: tuple[Path, dict[str, Any]], authority: Authority, roots: list[bytes]
) -> None:
    directory, receipt = call
    change = WithNumbers()
    rewrite(directory, "customer", change)

    def lie(_: list[webm.Frame], notes: Notes) -> None:
        for note in notes:
            if note.get("kind") == "media.tally":
                note["body"]["streams"]["audio"]["missing"] = change.gone

    rewrite(directory, "events", lie)
    sealed_again(directory, authority)
    assert verify(directory, trust=roots).status == "complete"
    assert inspect(directory, KEY).ok  # nothing inside the package contradicts it any more
    verdict = verify(directory, trust=roots, receipt=receipt)
    assert verdict.first_bad is not None
    assert verdict.first_bad["code"] == "receipt_head_missing"


def test_a_loss_without_a_cause_makes_the_seal_incomplete(
    tmp_path: Path, authority: Authority, clip: list[Frame], roots: list[bytes]
) -> None:
    directory = tmp_path / "r"
    evidence, told = create(directory, ["customer"]), Told()
    recorder = told.recorder(directory)
    for f in (f for f in clip if not (f.kind == "audio" and 2 <= f.at < 3)):
        arrived = EPOCH + f.at + 0.05
        recorder.frame(f.kind, f.codec, f.data, f.rtp_time, f.clock_rate, f.keyframe, arrived)
    asyncio.run(recorder.close())
    seal = evidence.seal(at(9), authority.signer, authority.stamper, {"outcome": "done"})
    assert seal.status == "incomplete"
    verdict = verify(directory, trust=roots)
    assert (verdict.status, verdict.exit_code) == ("incomplete", 3)
    found = inspect(directory, KEY)
    assert found.ok, found
    assert not found.complete

    manifest = json.loads((directory / "manifest.json").read_bytes())
    assert manifest["gaps"]["customer"]["audio"]["unknown"]["count"] == 1
    manifest["status"] = "complete"
    for path in directory.glob("manifest.json*"):
        path.unlink()

    heads.write_signed(directory / "manifest.json", canonical.dump(manifest), authority.signer)
    lied = verify(directory, trust=roots)
    assert lied.first_bad is not None
    assert lied.first_bad["code"] == "document_bad"
