"""What an earlier writer of a party's log accounted for: where the one that takes over goes on.

Reads backwards, decrypting only as far as it must: while a medium is missing for long, its gap is
declared every few seconds, so that a call's last segments say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from recording import format as fmt
from recording import records as rec
from recording import webm
from recording.cipher import SegmentCipher
from recording.errors import Damage
from recording.ledger import PICTURE_MS
from recording.parts import accepted_segments

_KINDS: Final = {webm.AUDIO_TRACK: "audio", webm.VIDEO_TRACK: "video"}


def accounted(directory: Path, log: str, data_key: bytes) -> dict[str, int]:
    """Per medium up to which millisecond it is present or declared lost. Empty when the party never
    joined. Blocks."""
    found: dict[str, int] = {}
    joined: dict[str, int] = {}  # for media of which nothing is there
    for header, plain in _backwards(directory, log, data_key):
        notes = rec.decode(plain[header.init + header.media :])
        media = plain[header.init : header.init + header.media]
        for kind, until in _said(notes, _shown(media)).items():
            found.setdefault(kind, until)
        began = [n["at_ms"] for n in notes if n["t"] == "leg" and n.get("state") == "up"]
        joined = dict.fromkeys(_KINDS.values(), began[0]) if began else joined
        if len(found) == len(_KINDS) or any(n.get("cause") == "came_back" for n in notes):
            break
    return joined | found


def _backwards(
    directory: Path, log: str, data_key: bytes
) -> Iterator[tuple[fmt.SegmentHeader, bytes]]:
    for path, header, segments in reversed(accepted_segments(directory, log)):
        cipher = SegmentCipher(data_key, header)
        with path.open("rb") as stream:
            for segment in reversed(segments):
                stream.seek(segment.offset + fmt.SEGMENT_HEADER)
                sealed = stream.read(segment.header.cipher)
                try:
                    yield segment.header, cipher.decrypt(segment.header, sealed)
                except Damage:
                    continue  # verify says so; what it held is then not accounted for


def _shown(media: bytes) -> dict[str, int]:
    found: dict[str, int] = {}
    for track, at_ms, data in webm.blocks(media):
        lasts = round(webm.opus_ms(data)) if track == webm.AUDIO_TRACK else PICTURE_MS
        found[_KINDS[track]] = max(found.get(_KINDS[track], 0), at_ms + lasts)
    return found


def _said(notes: Sequence[rec.Record], shown: dict[str, int]) -> dict[str, int]:
    found = dict(shown)
    for record in notes:
        if record["t"] == "gap":
            found[record["kind"]] = max(found.get(record["kind"], 0), record["to_ms"])
        elif record["t"] == "end":
            found = {kind: max(found.get(kind, 0), record["at_ms"]) for kind in _KINDS.values()}
    return found


def time_zero(directory: Path, log: str, data_key: bytes, boot: str) -> float | None:
    """The monotonic second that the first writer of a log took for time 0; None when the machine
    was started anew since, so that its monotonic clock counts from elsewhere. Blocks."""
    for path, header, segments in accepted_segments(directory, log):
        cipher = SegmentCipher(data_key, header)
        for segment in segments[:1]:
            with path.open("rb") as stream:
                stream.seek(segment.offset + fmt.SEGMENT_HEADER)
                plain = cipher.decrypt(segment.header, stream.read(segment.header.cipher))
            for record in rec.decode(plain[segment.header.init + segment.header.media :]):
                if record["t"] == "epoch" and boot and record.get("boot") == boot:
                    return float(record["monotonic"])
        return None
    return None
