"""Hostile pictures are refused by what their header says, before any decoder runs."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from kyc.errors import Refusal
from kyc.image import MAX_BYTES, ImageHeader, inspect
from kyc.picture import decode, encode
from tests.kyc.people import jpeg, png, wide

PICTURE = np.full((60, 80, 3), 90, np.uint8)
PICTURE[:30, :40] = (0, 0, 255)  # red in the upper left corner


def refusal(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        inspect(data)
    return caught.value.code


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def rotated(orientation: int) -> bytes:
    """The picture as a phone stores it when held sideways, with a camera's metadata."""
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    out = io.BytesIO()
    Pillow.fromarray(PICTURE[:, :, ::-1]).save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def test_reads_type_and_size_of_jpeg_and_png() -> None:
    assert inspect(jpeg(PICTURE)) == ImageHeader("image/jpeg", 80, 60)
    assert inspect(png(PICTURE)) == ImageHeader("image/png", 80, 60)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_empty"),
        (b"%PDF-1.7 pretending to be photo.jpg", "image_type_unsupported"),
        (b"GIF89a" + bytes(100), "image_type_unsupported"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100), "image_type_unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image_type_unsupported"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), "image_too_many_bytes"),
        (b"\xff\xd8\xff", "image_truncated"),
        (png_claiming(0, 10), "image_broken"),
        (png_claiming(6_000, 4_001), "image_too_many_pixels"),
    ],
)
def test_refuses_what_is_no_photograph(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_filling_is_allowed_and_is_not_read_without_end() -> None:
    photo = jpeg(PICTURE)
    assert inspect(photo[:2] + b"\xff" * 8 + photo[2:]) == inspect(photo)
    assert refusal(photo[:2] + b"\xff" * (MAX_BYTES - 2)) == "image_broken"


def test_refuses_a_bomb_by_its_declared_size() -> None:
    bomb = png_claiming(50_000, 50_000)
    assert len(bomb) < 200
    assert refusal(bomb) == "image_too_many_pixels"
    small = bytearray(jpeg(PICTURE))
    frame = small.index(b"\xff\xc0")
    small[frame + 5 : frame + 9] = struct.pack(">HH", 65_000, 65_000)
    assert refusal(bytes(small)) == "image_too_many_pixels"


def test_a_second_frame_header_cannot_hide_the_real_size() -> None:
    whole = jpeg(PICTURE)
    frame = whole.index(b"\xff\xc0")
    length = struct.unpack(">H", whole[frame + 2 : frame + 4])[0]
    header = whole[frame : frame + 2 + length]
    assert refusal(whole[:frame] + header + whole[frame:]) == "image_broken"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_a_truncated_upload_is_called_truncated(part: float) -> None:
    photograph = wide(np.random.default_rng(1).integers(0, 255, (90, 120, 3), np.uint8), 400)
    for whole in (jpeg(photograph), png(photograph)):
        assert refusal(whole[: int(len(whole) * part)]) == "image_truncated"


def test_a_damaged_png_is_broken() -> None:
    whole = bytearray(png(PICTURE))
    whole[len(whole) // 2] ^= 0xFF
    assert refusal(bytes(whole)) == "image_broken"


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_read_or_refused(tail: bytes, magic: bytes) -> None:
    with suppress(Refusal):
        inspect(magic + tail)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_flipped_byte_is_decoded_or_refused(position: int, value: int) -> None:
    data = bytearray(jpeg(PICTURE))
    data[position % len(data)] = value
    with suppress(Refusal):
        assert decode(bytes(data)).ndim == 3


@pytest.mark.parametrize(
    ("orientation", "shape", "red"),
    [
        (1, (60, 80), (5, 5)),
        (3, (60, 80), (55, 75)),
        (6, (80, 60), (5, 55)),
        (8, (80, 60), (75, 5)),
    ],
)
def test_a_sideways_phone_photo_is_turned_upright(
    orientation: int, shape: tuple[int, int], red: tuple[int, int]
) -> None:
    image = decode(rotated(orientation))
    assert image.shape[:2] == shape
    blue, _, much_red = image[red]
    assert much_red > 200
    assert blue < 100


def test_encoding_afresh_drops_what_the_camera_wrote() -> None:
    data = rotated(6)
    assert b"SecretCamera" in data
    again = encode(decode(data))
    assert b"SecretCamera" not in again
    assert b"Exif" not in again
    assert inspect(again) == ImageHeader("image/jpeg", 60, 80)
