"""Evidence format version 1 to the byte: part headers, segments, objects, leaves (pure).

It is frozen. Version 0, which differs in its magics and labels alone, is still read, and what was
begun in it is written in it to its end. No key, clock, randomness or file name lives here. All
integers are big-endian, all times are milliseconds on the recording's own timeline.
`docs/evidence-format.md` is the contract.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from recording.errors import Damage

VERSION: Final = 1
READABLE: Final = (0, 1)
SUITE: Final = 1  # AES-256-GCM, HKDF-SHA-256, SHA-256
SUITE_NAME: Final = "AES-256-GCM/HKDF-SHA-256/SHA-256"

PART_MAGIC: Final = b"TSEVPART"
SEGMENT_MAGIC: Final = {version: b"SEG%d" % version for version in READABLE}
OBJECT_MAGIC: Final = {version: b"TSEVOBJ%d" % version for version in READABLE}

DIGEST: Final = 32
TAG: Final = 16
NO_PART: Final = 0xFFFFFFFF
NO_KEYFRAME: Final = 0xFFFFFFFFFFFFFFFF
MAX_SEGMENT: Final = 16 << 20  # ciphertext bytes; nothing larger is ever allocated

AUDIO: Final = 1
VIDEO: Final = 2
RECORDS: Final = 4
END: Final = 8
_FLAGS: Final = AUDIO | VIDEO | RECORDS | END

LOG_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
RECORDING_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
PART_FILE: Final = re.compile(r"([a-z][a-z0-9-]{0,31})\.(\d{4})\.evs\Z")

# magic, version, suite, part, previous part, previous bytes, previous leaf, recording.json hash,
# key commitment, wall ms, length of recording id, length of log name
_PART: Final = struct.Struct(">8sHHIIQ32s32s32sQHH")
# magic, sequence, flags, init, media, plain, cipher, from, to, keyframe, wall ms, nonce,
# segment key commitment, previous leaf
_SEGMENT: Final = struct.Struct(">4sIIIIIIQQQQ12s32s32s")
_OBJECT: Final = struct.Struct(">8sHHI32s12s32sHH")

SEGMENT_HEADER: Final = _SEGMENT.size
_CHUNK: Final = 1 << 20


def part_name(log: str, part: int) -> str:
    """File name of one part, `customer.0000.evs`."""
    return f"{log}.{part:04d}.evs"


@dataclass(frozen=True, slots=True)
class PartHeader:
    """The first bytes of a part file. `previous_*` commit to the last good leaf before it."""

    recording: str
    log: str
    part: int
    previous_part: int
    previous_bytes: int
    previous_leaf: bytes
    recording_digest: bytes
    key_commitment: bytes
    wall_ms: int
    version: int = VERSION

    def pack(self) -> bytes:
        """The exact bytes on disk."""
        recording, log = self.recording.encode(), self.log.encode()
        fixed = _PART.pack(
            PART_MAGIC, self.version, SUITE, self.part, self.previous_part, self.previous_bytes,
            self.previous_leaf, self.recording_digest, self.key_commitment, self.wall_ms,
            len(recording), len(log),
        )  # fmt: skip
        return fixed + recording + log

    @property
    def anchor(self) -> bytes:
        """What the first segment names as its previous leaf: SHA-256(0x01 ‖ header)."""
        return hashlib.sha256(b"\x01" + self.pack()).digest()


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """Clear, authenticated metadata of one segment; times and lengths, nothing about people.

    Plaintext = container header (`init`) ‖ cluster (`media`) ‖ records (the rest, JSON).
    """

    sequence: int
    flags: int
    init: int
    media: int
    plain: int
    from_ms: int
    to_ms: int
    key_ms: int
    wall_ms: int
    nonce: bytes
    commitment: bytes
    previous: bytes
    version: int = VERSION  # of its part; the magic says it

    @property
    def cipher(self) -> int:
        """Ciphertext length in bytes, tag included."""
        return self.plain + TAG

    @property
    def size(self) -> int:
        """Bytes of the whole segment on disk: header, ciphertext, leaf."""
        return SEGMENT_HEADER + self.cipher + DIGEST

    def pack(self) -> bytes:
        """The exact bytes on disk."""
        return _SEGMENT.pack(
            SEGMENT_MAGIC[self.version], self.sequence, self.flags, self.init, self.media,
            self.plain, self.cipher, self.from_ms, self.to_ms, self.key_ms, self.wall_ms,
            self.nonce, self.commitment, self.previous,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as scanned: where it lies, what it says, what it hashes to."""

    header: SegmentHeader
    offset: int
    leaf: bytes

    @property
    def end(self) -> int:
        """Offset of the first byte after this segment."""
        return self.offset + self.header.size


@dataclass(frozen=True, slots=True)
class ObjectHeader:
    """The first bytes of an attachment; `digest` of the whole file is its name."""

    media_type: str
    role: str
    plain: int
    salt: bytes
    nonce: bytes
    commitment: bytes
    version: int = VERSION

    def pack(self) -> bytes:
        """The exact bytes on disk."""
        media_type, role = self.media_type.encode(), self.role.encode()
        fixed = _OBJECT.pack(
            OBJECT_MAGIC[self.version], self.version, SUITE, self.plain, self.salt, self.nonce,
            self.commitment, len(media_type), len(role),
        )  # fmt: skip
        return fixed + media_type + role


def leaf(header: bytes, ciphertext: bytes) -> bytes:
    """SHA-256(0x00 ‖ segment header ‖ SHA-256(ciphertext))."""
    return leaf_of(header, hashlib.sha256(ciphertext).digest())


def leaf_of(header: bytes, cipher_digest: bytes) -> bytes:
    """The leaf by the ciphertext's digest alone: what shows that a withheld segment was there."""
    return hashlib.sha256(b"\x00" + header + cipher_digest).digest()


def read_part_header(stream: BinaryIO) -> PartHeader:
    """Parse the header at the stream's position; raises `Damage` on anything else."""
    raw = stream.read(_PART.size)
    if len(raw) < _PART.size:
        raise Damage("part_header_short", offset=0)
    magic, version, suite, part, before, size, last, origin, commitment, wall, n, m = _PART.unpack(
        raw
    )
    if magic != PART_MAGIC:
        raise Damage("part_magic", offset=0)
    if version not in READABLE or suite != SUITE:
        raise Damage("format_unknown", f"version {version}, suite {suite}", offset=8)
    if not 0 < n <= 64 or not 0 < m <= 32:
        raise Damage("part_header_bad", "name lengths", offset=_PART.size - 4)
    names = stream.read(n + m)
    if len(names) < n + m:
        raise Damage("part_header_short", offset=_PART.size)
    recording = names[:n].decode("ascii", "replace")
    log = names[n:].decode("ascii", "replace")
    if not RECORDING_ID.match(recording) or not LOG_NAME.match(log):
        raise Damage("part_header_bad", "names", offset=_PART.size)
    return PartHeader(recording, log, part, before, size, last, origin, commitment, wall, version)


def _parse_segment(
    raw: bytes, offset: int, sequence: int, previous: bytes, version: int
) -> SegmentHeader:
    magic, seq, flags, init, media, plain, cipher, start, end, key, wall, nonce, commit, prev = (
        _SEGMENT.unpack(raw)
    )

    def bad(code: str, detail: str = "") -> Damage:
        return Damage(code, detail, offset=offset, segment=sequence)

    if magic != SEGMENT_MAGIC[version]:
        raise bad("segment_magic")
    if seq != sequence:
        raise bad("segment_order", f"expected {sequence}, found {seq}")
    if prev != previous:
        raise bad("chain_broken")
    if flags & ~_FLAGS or cipher != plain + TAG or cipher > MAX_SEGMENT:
        raise bad("segment_header_bad", "flags or lengths")
    if init + media > plain or end < start or (init and not media):
        raise bad("segment_header_bad", "layout")
    return SegmentHeader(
        seq, flags, init, media, plain, start, end, key, wall, nonce, commit, prev, version
    )


class Scanner:
    """Walks the segments of one part without a key; yields each whole, verified segment.

    Iteration ends at the end of the stream. Anything else raises `Damage`, whose offset is
    `good`, the first byte after the last good segment; codes that begin with `torn_` mean that the
    bytes simply stop. `hasher`, when given, is fed every good byte (the running file digest).
    With `skim` bodies are passed over and leaves believed: for readers that decrypt anyway.
    """

    def __init__(
        self,
        stream: BinaryIO,
        header: PartHeader,
        hasher: hashlib._Hash | None = None,
        *,
        skim: bool = False,
    ) -> None:
        self._stream = stream
        self._skim = skim
        self._hasher = hasher
        self._buffer = bytearray(_CHUNK)
        self.version = header.version
        self.good = len(header.pack())
        self.sequence = 0
        self.last = header.anchor
        self.ended = False
        if hasher is not None:
            hasher.update(header.pack())

    def __iter__(self) -> Iterator[Segment]:
        while (segment := self.step()) is not None:
            yield segment

    def step(self) -> Segment | None:
        """The next segment, or None at a clean end. After `Damage` the stream stands anywhere."""
        raw = self._stream.read(SEGMENT_HEADER)
        if not raw:
            return None
        if self.ended:
            raise self._damage("data_after_end")
        if len(raw) < SEGMENT_HEADER:
            raise self._damage("torn_header")
        header = _parse_segment(raw, self.good, self.sequence, self.last, self.version)
        if self._skim:
            return self._pass(header)
        file_hash = self._hasher.copy() if self._hasher is not None else None
        digest = hashlib.sha256()
        if file_hash is not None:
            file_hash.update(raw)
        self._digest_body(header.cipher, digest, file_hash)
        found = leaf_of(raw, digest.digest())
        trailer = self._stream.read(DIGEST)
        if len(trailer) < DIGEST:
            raise self._damage("torn_leaf")
        if trailer != found:
            raise self._damage("leaf_mismatch")
        if file_hash is not None:
            file_hash.update(trailer)
            self._hasher = file_hash
        return self._accept(header, found)

    def resume(self, stream: BinaryIO) -> None:
        """Go on after the last good segment, on a freshly opened stream of the same part."""
        stream.seek(self.good)
        self._stream = stream

    @property
    def hasher(self) -> hashlib._Hash | None:
        """The running digest over the good bytes."""
        return self._hasher

    def _pass(self, header: SegmentHeader) -> Segment:
        self._stream.seek(header.cipher, 1)
        said = self._stream.read(DIGEST)
        if len(said) < DIGEST:
            raise self._damage("torn_leaf")
        return self._accept(header, said)

    def _accept(self, header: SegmentHeader, found: bytes) -> Segment:
        segment = Segment(header, self.good, found)
        self.good, self.sequence, self.last = segment.end, self.sequence + 1, found
        self.ended = bool(header.flags & END)
        return segment

    def _digest_body(
        self, left: int, digest: hashlib._Hash, file_hash: hashlib._Hash | None
    ) -> None:
        view = memoryview(self._buffer)
        while left:
            got = self._stream.readinto(view[: min(left, _CHUNK)])  # type: ignore[attr-defined]
            if not got:
                raise self._damage("torn_body")
            digest.update(view[:got])
            if file_hash is not None:
                file_hash.update(view[:got])
            left -= got

    def _damage(self, code: str) -> Damage:
        return Damage(code, offset=self.good, segment=self.sequence)


def scan(stream: BinaryIO) -> tuple[PartHeader, Iterator[Segment]]:
    """Header and segments of one part from its first byte; raises nothing but `Damage`."""
    header = read_part_header(stream)
    return header, iter(Scanner(stream, header))


def goes_on(stream: BinaryIO, scanner: Scanner) -> bool:
    """Whether the segment after a bad one is there: then the bad one is damage, not a torn end,
    since a writer begins a segment only when the one before is synced."""
    needle = SEGMENT_MAGIC[scanner.version] + struct.pack(">I", scanner.sequence + 1)
    stream.seek(scanner.good)
    carry = b""
    while chunk := stream.read(_CHUNK):
        if needle in carry + chunk:
            return True
        carry = chunk[-len(needle) :]
    return False


def read_object_header(stream: BinaryIO) -> ObjectHeader:
    """Parse the header of an attachment; raises `Damage` on anything else."""
    raw = stream.read(_OBJECT.size)
    if len(raw) < _OBJECT.size:
        raise Damage("object_header_short", offset=0)
    magic, version, suite, plain, salt, nonce, commitment, n, m = _OBJECT.unpack(raw)
    if magic not in OBJECT_MAGIC.values():
        raise Damage("object_magic", offset=0)
    if magic != OBJECT_MAGIC.get(version) or suite != SUITE:
        raise Damage("format_unknown", f"version {version}, suite {suite}", offset=8)
    if n > 128 or m > 64:
        raise Damage("object_header_bad", "lengths", offset=_OBJECT.size - 4)
    names = stream.read(n + m)
    if len(names) < n + m:
        raise Damage("object_header_short", offset=_OBJECT.size)
    try:
        media_type, role = names[:n].decode("ascii"), names[n:].decode("ascii")
    except UnicodeDecodeError:
        raise Damage("object_header_bad", "names", offset=_OBJECT.size) from None
    return ObjectHeader(media_type, role, plain, salt, nonce, commitment, version)
