"""Parts of a recording, chosen so that they can be shown with proof and the rest stays closed.

A part disclosed in part is (docs/evidence-format.md):

`<log>.<part>.evh`       the part header, then of each segment the header and the SHA-256 of its
                         ciphertext: 168 bytes
`segments/<SHA-256>.evc` the ciphertext of a disclosed segment

From the first alone every leaf, link, head and sealed end can be computed; a ciphertext belongs to
the sealed visit when its digest stands there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from recording import format as fmt
from recording import records as rec
from recording.cipher import SegmentCipher, object_key, segment_key
from recording.errors import Damage
from recording.objects import object_path
from recording.parts import accepted_segments, list_logs

MARK_LOGS: Final = {"events": "", "afterwards": "a"}
Sequences = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and the segment that holds it. `id`: its number in its log, `12` or `a3`."""

    id: str
    at_ms: int
    kind: str
    part: str
    sequence: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: [from_ms, until_ms) of all logs, single marks by their ids, or both."""

    from_ms: int | None = None
    until_ms: int | None = None
    marks: frozenset[str] = frozenset()

    def covers(self, header: fmt.SegmentHeader) -> bool:
        """Whether a segment lies in the range at least in part."""
        if self.from_ms is None and self.until_ms is None:
            return False
        after = self.from_ms is None or header.to_ms >= self.from_ms
        return after and (self.until_ms is None or header.from_ms < self.until_ms)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is disclosed: sequences by part (`customer.0000`), digests of attachments.

    `pictures`: party → (first picture in the range, the keyframe before the range), in ms.
    """

    segments: Sequences
    objects: tuple[str, ...]
    pictures: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)


def list_marks(directory: Path, data_key: bytes) -> list[Mark]:
    """All marks in the order of their logs; `Damage` when a segment was altered."""
    found = []
    for log, letter in MARK_LOGS.items():
        for n, (part, sequence, record) in enumerate(_marks(directory, log, data_key), 1):
            body = record.get("body")
            digest = body.get("digest") if record["kind"] == "object" and body else None
            at_ms = int(record["at_ms"])
            found.append(Mark(f"{letter}{n}", at_ms, record["kind"], part, sequence, digest))
    return found


def _marks(directory: Path, log: str, data_key: bytes) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for path, header, segments in accepted_segments(directory, log):
        cipher = SegmentCipher(data_key, header)
        with path.open("rb") as stream:
            for segment in segments:
                said = segment.header
                stream.seek(segment.offset + fmt.SEGMENT_HEADER)
                plain = cipher.decrypt(said, stream.read(said.cipher))
                for record in rec.decode(plain[said.init + said.media :]):
                    if record["t"] == "mark":
                        yield path.stem, said.sequence, record


def choose(directory: Path, data_key: bytes, wanted: Wanted) -> Chosen:
    """The segments and attachments that `wanted` covers. Raises ValueError('mark') for an unknown
    mark, ValueError('nothing') when nothing is covered."""
    marks = list_marks(directory, data_key)
    if wanted.marks - {mark.id for mark in marks}:
        raise ValueError("mark")
    chosen: dict[str, set[int]] = {}
    objects = set()
    for mark in marks:
        in_range = _within(wanted, mark.at_ms)
        if mark.id in wanted.marks:
            chosen.setdefault(mark.part, set()).add(mark.sequence)
        if mark.digest and (in_range or mark.id in wanted.marks):
            objects.add(mark.digest)
    pictures = {}
    for log in list_logs(directory):
        headers = []
        for path, _, segments in accepted_segments(directory, log):
            headers += [segment.header for segment in segments]
            covered = {s.header.sequence for s in segments if wanted.covers(s.header)}
            if covered:
                chosen.setdefault(path.stem, set()).update(covered)
        if wanted.from_ms is not None and any(h.flags & fmt.VIDEO for h in headers):
            pictures[log] = _pictures(headers, wanted)
    if not chosen:
        raise ValueError("nothing")
    frozen = {part: frozenset(sequences) for part, sequences in sorted(chosen.items())}
    return Chosen(frozen, tuple(sorted(objects)), pictures)


def _within(wanted: Wanted, at_ms: int) -> bool:
    if wanted.from_ms is None and wanted.until_ms is None:
        return False
    return (wanted.from_ms or 0) <= at_ms and (wanted.until_ms is None or at_ms < wanted.until_ms)


def _pictures(
    headers: Sequence[fmt.SegmentHeader], wanted: Wanted
) -> tuple[int | None, int | None]:
    start = wanted.from_ms or 0
    keys = [h.key_ms for h in headers if h.key_ms != fmt.NO_KEYFRAME]
    inside = [h.key_ms for h in headers if h.key_ms != fmt.NO_KEYFRAME and wanted.covers(h)]
    before = [key for key in keys if key <= start]
    return min(inside, default=None), max(before, default=None)


def keys_of(directory: Path, data_key: bytes, chosen: Chosen) -> dict[str, Any]:
    """The keys of what is chosen, and of nothing else, in hex."""
    segments: dict[str, dict[str, str]] = {}
    recording = ""
    for log in list_logs(directory):
        for path, header, _ in accepted_segments(directory, log):
            recording = header.recording
            for sequence in sorted(chosen.segments.get(path.stem, ())):
                key = segment_key(data_key, header, sequence)[0]
                segments.setdefault(path.stem, {})[str(sequence)] = key.hex()
    objects = {}
    for digest in chosen.objects:
        with object_path(directory, digest).open("rb") as stream:
            said = fmt.read_object_header(stream)
        key, _ = object_key(data_key, recording, said.salt, said.version)
        objects[digest] = key.hex()
    return {"recording": recording, "segments": segments, "objects": objects}


def withheld_part(path: Path) -> Iterator[bytes]:
    """The `.evh` of a part: its header, then 168 bytes for every acknowledged segment."""
    for header, raw, ciphertext in _walk(path):
        if header is None:
            yield raw
        else:
            yield raw + hashlib.sha256(ciphertext).digest()


def disclosed_segments(path: Path, sequences: frozenset[int]) -> Iterator[tuple[str, bytes]]:
    """(digest, ciphertext) of the chosen segments of a part."""
    for header, _, ciphertext in _walk(path):
        if header is not None and header.sequence in sequences:
            yield hashlib.sha256(ciphertext).hexdigest(), ciphertext


def _walk(path: Path) -> Iterator[tuple[fmt.SegmentHeader | None, bytes, bytes]]:
    """(header, its bytes, ciphertext) of the acknowledged segments; first the part header."""
    log = path.name.split(".", 1)[0]
    for found, part, segments in accepted_segments(path.parent, log):
        if found != path:
            continue
        yield None, part.pack(), b""
        with path.open("rb") as stream:
            for segment in segments:
                stream.seek(segment.offset)
                raw = stream.read(fmt.SEGMENT_HEADER)
                ciphertext = stream.read(segment.header.cipher)
                if fmt.leaf(raw, ciphertext) != segment.leaf:
                    at = segment.header.sequence
                    raise Damage("leaf_mismatch", file=path.name, offset=segment.offset, segment=at)
                yield segment.header, raw, ciphertext
