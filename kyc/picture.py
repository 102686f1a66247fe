"""Decoding and encoding of pictures; runs only in a model process (`kyc.pool`)."""

from __future__ import annotations

import cv2
import numpy as np

from kyc.errors import Refusal
from kyc.face import Face, Image
from kyc.image import inspect

_JPEG_QUALITY = 92


def decode(data: bytes) -> Image:
    """A stranger's JPEG or PNG as pixels, turned upright by its EXIF orientation.

    Raises:
        Refusal: whatever `kyc.image.inspect` says, `image_broken` if it can't be decoded.
    """
    header = inspect(data)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise Refusal("image_broken") from error
    if image is None or sorted(image.shape[:2]) != sorted((header.width, header.height)):
        raise Refusal("image_broken")
    return np.asarray(image, np.uint8)


def encode(image: Image) -> bytes:
    """The picture as JPEG, without any metadata."""
    _, data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
    return data.tobytes()


def portrait_of(image: Image, face: Face, margin: float = 0.6, longest: int = 640) -> bytes:
    """The face with `margin` of its size on every side, as JPEG of at most `longest` a side."""
    height, width = image.shape[:2]
    left, right = face.x - margin * face.width, face.x + (1 + margin) * face.width
    top, bottom = face.y - margin * face.height, face.y + (1 + margin) * face.height
    rows = slice(max(0, int(top)), min(height, int(bottom) + 1))
    columns = slice(max(0, int(left)), min(width, int(right) + 1))
    return encode(shrunk(image[rows, columns], longest))


def shrunk(image: Image, longest: int) -> Image:
    """The picture, made smaller if a side is longer than `longest` pixels."""
    height, width = image.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return image
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
