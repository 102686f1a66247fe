"""A camera that plays what a test asks for: films of a real face, drawn on a canvas in the page.

The page calls getUserMedia as ever and gets the canvas instead of Chromium's own fake camera; what
it sends is encoded, sent and measured as any camera's picture is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from playwright.async_api import BrowserContext, Page

from kyc.engines.yunet import YuNet
from kyc.face import Image
from tests.kyc.people import astronaut, clip, jpeg

WIDTH, HEIGHT = 640, 480
AHEAD, TURNED = slice(30, 39), slice(84, 98)  # of the clip: 8° to the right, 11° to the left
SHARE: Final = 0.34
"""Of another's face in the mixed portrait: likeness .47 to the clip; in doubt from .25 to .36."""

CAMERA = """(films) => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 480 });
  const context = canvas.getContext("2d");
  const pictures = {};
  const since = performance.now();
  window.film = "calm";
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  for (const [name, frames] of Object.entries(films))
    Promise.all(frames.map((one) => createImageBitmap(new Blob([bytes(one)])))).then(
      (all) => { pictures[name] = all; });
  setInterval(() => {
    const all = pictures[window.film];
    const now = Math.floor((performance.now() - since) / 40);
    if (all) context.drawImage(all[now % all.length], 0, 0);
  }, 80);
  const devices = navigator.mediaDevices;
  const real = devices?.getUserMedia.bind(devices);
  if (real) devices.getUserMedia = async (asked) => {
    const stream = await real(asked);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(canvas.captureStream(12).getVideoTracks()[0]);
    }
    return stream;
  };
}"""


def films() -> dict[str, list[Image]]:
    """By what is seen: a man at rest, too far, in the dark, at each movement; and somebody else."""
    rest = there_and_back([_framed(one) for one in clip()[AHEAD]])
    hand = np.full((HEIGHT, WIDTH, 3), (120, 150, 200), np.uint8)
    return {
        "calm": rest,
        "far": [_farther(one) for one in rest],
        "dark": [np.asarray(one * 0.3, np.uint8) for one in rest],
        "turn_left": [*rest[:4], *there_and_back([_framed(one) for one in clip()[TURNED]])],
        "come_closer": [_nearer(one) for one in rest],
        "cover_face": [*[hand] * 25, *rest, *rest],
        "somebody": there_and_back([_somebody(n) for n in range(8)]),
    }


async def play_films(context: BrowserContext) -> None:
    """Every page of this context has the camera; it begins at rest."""
    told = {
        name: [base64.b64encode(jpeg(one, 88)).decode() for one in film]
        for name, film in films().items()
    }
    await context.add_init_script(f"({CAMERA})({json.dumps(told)})")


async def show(page: Page, film: str) -> None:
    """From now on the camera of this page sees this."""
    await page.evaluate("name => { window.film = name; }", film)


def mixed_portrait() -> Image:
    """The man's own portrait with a share of another's face laid into it, eyes on eyes."""
    own, other, finder = clip()[0][:, 120:520], astronaut(), YuNet()
    places = [np.array(finder.find(one)[0].landmarks, np.float32) for one in (other, own)]
    laid, _ = cv2.estimateAffinePartial2D(*places)
    size = (own.shape[1], own.shape[0])
    there = cv2.warpAffine(other, laid, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.addWeighted(own, 1 - SHARE, there, SHARE, 0), np.uint8)


def there_and_back(images: Sequence[Image]) -> list[Image]:
    return [*images, *images[::-1]]


def _framed(image: Image) -> Image:
    above = (image.shape[0] - HEIGHT) // 2
    return np.asarray(image[above : above + HEIGHT], np.uint8)


def _farther(image: Image) -> Image:
    small = cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    room = np.full_like(image, (105, 110, 112))
    above, left = (HEIGHT - small.shape[0]) // 2, (WIDTH - small.shape[1]) // 2
    room[above : above + small.shape[0], left : left + small.shape[1]] = small
    return room


def _nearer(image: Image) -> Image:
    tall, wide = round(HEIGHT / 1.45), round(WIDTH / 1.45)
    top, left = (HEIGHT - tall) // 2, (WIDTH - wide) // 2
    return np.asarray(cv2.resize(image[top : top + tall, left : left + wide], (WIDTH, HEIGHT)))


def _somebody(n: int) -> Image:
    face = cv2.resize(astronaut()[:384], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(np.roll(face, 2 * n, axis=1), np.uint8)
