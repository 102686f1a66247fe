"""A photographed side without a portrait: checked, set upright by its EXIF, encoded afresh."""

from __future__ import annotations

from kyc.picture import decode, encode
from kyc.result import SheetFound


def find_sheet(photo: bytes) -> SheetFound:
    """The picture without metadata. Raises Refusal: a code of `kyc.image.inspect`."""
    image = decode(photo)
    return SheetFound(encode(image), image.shape[1], image.shape[0])
