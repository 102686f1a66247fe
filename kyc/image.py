"""What a picture claims to be, read from its header before anything is decoded.

The type comes from the magic bytes, never from a name or a Content-Type. Only JPEG (ITU-T T.81) and
PNG (W3C PNG, third edition) are read; the declared size is bounded before a decoder may allocate.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

from kyc.errors import Refusal

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 24_000_000
MAX_SEGMENTS = 2_000  # a camera writes some tens
MAX_FILLING = 64  # bytes before a marker; a camera writes none

_JPEG_MAGIC = b"\xff\xd8\xff"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_EOI = b"\xff\xd9"
_SOS = 0xDA
# T.81 table B.1: C0..CF begin a frame, except DHT (C4), JPG (C8) and DAC (CC).
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """A picture's type and its declared size in pixels, before any EXIF rotation."""

    media_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int


def inspect(data: bytes) -> ImageHeader:
    """Check a stranger's picture without decoding it. A few microseconds; safe on an event loop.

    Raises:
        Refusal: `image_empty`, `image_too_many_bytes`, `image_type_unsupported`, `image_broken`,
            `image_truncated` or `image_too_many_pixels`.
    """
    if not data:
        raise Refusal("image_empty")
    if len(data) > MAX_BYTES:
        raise Refusal("image_too_many_bytes")
    if data.startswith(_JPEG_MAGIC):
        header = _jpeg(data)
    elif data.startswith(_PNG_MAGIC):
        header = _png(data)
    else:
        raise Refusal("image_type_unsupported")
    if header.width < 1 or header.height < 1:
        raise Refusal("image_broken")
    if header.width * header.height > MAX_PIXELS:
        raise Refusal("image_too_many_pixels")
    return header


def _jpeg(data: bytes) -> ImageHeader:
    size: tuple[int, int] | None = None
    at = 2
    for _ in range(MAX_SEGMENTS):
        marker, at = _marker(data, at)
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or marker == 0xD9:
            raise Refusal("image_broken")
        if at + length > len(data):
            raise Refusal("image_truncated")
        if marker == _SOS:
            return _scanned(data, at + length, size)
        if marker in _START_OF_FRAME:
            if size is not None or length < 8:
                raise Refusal("image_broken")
            height, width = data[at + 3 : at + 5], data[at + 5 : at + 7]
            size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += length
    raise Refusal("image_broken")


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker code at `at` and the offset after it; T.81 B.1.1.2 allows 0xFF as filling."""
    if data[at : at + 1] != b"\xff":
        raise Refusal("image_truncated" if at >= len(data) else "image_broken")
    begin = at
    while data[at : at + 1] == b"\xff":
        at += 1
        if at - begin > MAX_FILLING:
            raise Refusal("image_broken")
    if at >= len(data):
        raise Refusal("image_truncated")
    return data[at], at + 1


def _scanned(data: bytes, scan: int, size: tuple[int, int] | None) -> ImageHeader:
    if size is None:
        raise Refusal("image_broken")
    # Some phones append a film clip, so the end marker need not be the last two bytes.
    if data.rfind(_EOI, scan) < 0:
        raise Refusal("image_truncated")
    return ImageHeader("image/jpeg", *size)


def _png(data: bytes) -> ImageHeader:
    size: tuple[int, int] | None = None
    at = len(_PNG_MAGIC)
    for _ in range(MAX_SEGMENTS):
        if at + 12 > len(data):
            raise Refusal("image_truncated")
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise Refusal("image_truncated")
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Refusal("image_broken")
        if size is None:
            if name != b"IHDR" or length != 13:
                raise Refusal("image_broken")
            width, height = data[at + 8 : at + 12], data[at + 12 : at + 16]
            size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if name == b"IEND":
            return ImageHeader("image/png", *size)
        at = end
    raise Refusal("image_broken")
