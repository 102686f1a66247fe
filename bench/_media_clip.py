"""The clip that every caller of `bench.media` sends: encoded once, before anything is measured."""

from __future__ import annotations

import fractions
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 25, 8


def encode(path: Path) -> None:
    """A talking head's worth of bits: 640×480 at 25/s, about 750 kbit/s VP8, 40 kbit/s Opus."""
    chance = np.random.default_rng(1)
    backdrop = np.kron(
        chance.integers(60, 190, (60, 80), dtype=np.uint8), np.ones((8, 8), np.uint8)
    )
    face = np.kron(chance.integers(0, 255, (40, 40), dtype=np.uint8), np.ones((8, 8), np.uint8))
    with av.open(str(path), "w", format="matroska") as container:
        video = container.add_stream("libvpx", rate=RATE)
        video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, "yuv420p", 800_000
        video.options = {
            "deadline": "realtime",
            "cpu-used": "-6",
            "lag-in-frames": "0",
            "minrate": "800000",
            "maxrate": "800000",
            "g": "250",
            "error-resilient": "1",
        }
        audio = container.add_stream("libopus", rate=48_000)
        audio.bit_rate, audio.layout = 40_000, "stereo"
        for index in range(RATE * SECONDS):
            container.mux(video.encode(_picture(index, backdrop, face, chance)))
            container.mux(audio.encode(_sound(index, chance)))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def packets(path: Path) -> dict[str, list[bytes]]:
    """The encoded frames by kind; the first picture is the only key frame."""
    found: dict[str, list[bytes]] = {"audio": [], "video": []}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.size:
                found[packet.stream.type].append(bytes(packet))
    return found


def _picture(
    index: int, backdrop: np.ndarray, face: np.ndarray, chance: np.random.Generator
) -> av.VideoFrame:
    grey = backdrop.astype(np.int16)
    left, top = 160 + int(20 * np.sin(index / 9)), 80 + int(10 * np.cos(index / 7))
    grey[top : top + 320, left : left + 320] = face
    grey += chance.normal(0, 2, grey.shape).astype(np.int16)
    picture = np.clip(grey, 0, 255).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
    frame.pts, frame.time_base = index, fractions.Fraction(1, RATE)
    return frame


def _sound(index: int, chance: np.random.Generator) -> av.AudioFrame:
    samples = 48_000 // RATE
    times = (np.arange(samples) + index * samples) / 48_000
    tone = 8000 * np.sin(2 * np.pi * 300 * times) * (np.sin(2 * np.pi * 2 * times) > 0)
    mono = (tone + chance.normal(0, 500, samples)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(mono.repeat(2)[None, :], format="s16", layout="stereo")
    frame.sample_rate, frame.pts = 48_000, index * samples
    return frame
