"""How much of a document is read rightly, and what it costs: by level of the photograph.

Synthetic documents (`bench._kyc_cards`), fields by exact match with what was drawn. A photograph
that the finder or the reader sends back counts as a miss of every field, and is counted apart.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median
from typing import Any

import cv2

from bench import _kyc_cards as cards
from kyc.documents import read_document
from kyc.engines.rapidocr import RapidReader
from kyc.errors import Refusal
from kyc.face import Image
from kyc.ocr import LetterReader
from kyc.reading import DocumentKind

TODAY = date(2026, 11, 23)
SEED = 20261123
_PHONE = (1920, 1080)  # licences have small letters, and nobody holds one before a camera
_FIELDS = {
    DocumentKind.RESIDENT_ID_FRONT: ("name", "sex", "nation", "birth", "address", "number"),
    DocumentKind.RESIDENT_ID_BACK: ("authority", "valid_from", "valid_until"),
    DocumentKind.PASSPORT: (
        "surname", "given", "number", "nationality", "issuer", "birth", "sex", "expiry",
    ),
    DocumentKind.BUSINESS_LICENCE: (
        "name", "credit_code", "type", "legal_representative", "capital", "established",
        "address", "scope",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """One kind at one level: rightly read by field, sent back by code, CPU of each."""

    tried: int = 0
    right: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    back: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)


def documents(many: int) -> dict[str, Any]:
    """Print the table for `many` cards a level (a fifth as many passports and licences)."""
    cv2.setNumThreads(1)
    reader = RapidReader()
    rows = [
        row for name, level in cards.LEVELS.items() for row in _level(name, level, many, reader)
    ]
    most = {kind.value: max(_costs(rows, kind)) for kind in _FIELDS}
    told = ", ".join(f"{kind} {cpu:.2f}" for kind, cpu in most.items())
    print(f"\nCPU-s a side, the dearest level's median: {told}; 0.60 allowed")
    dearest = max(most.values())
    return {"documents": rows, "document_cpu_s": most, "document_dearest_cpu_s": dearest}


def _costs(rows: list[dict[str, Any]], kind: DocumentKind) -> list[float]:
    return [row["cpu_s"] for row in rows if row["kind"] == kind.value]


def _level(
    name: str, level: cards.Level, many: int, reader: LetterReader
) -> Iterator[dict[str, Any]]:
    chance = random.Random(SEED)
    few = max(1, many // 5)
    phone = replace(level, size=_PHONE) if level.size[0] > 640 else level
    print(f"\n{name}: {many} cards, {few} passports, {few} licences")
    for kind, draw, seen, n in (
        (DocumentKind.RESIDENT_ID_FRONT, _front, level, many),
        (DocumentKind.RESIDENT_ID_BACK, _back, level, many),
        (DocumentKind.PASSPORT, _passport, level, few),
        (DocumentKind.BUSINESS_LICENCE, _licence, phone, few),
    ):
        tally = Tally()
        for _ in range(n):
            told, page = draw(chance)
            _count(tally, kind, told, cards.shoot(page, seen, chance)[0], reader)
        yield _row(name, kind, tally)


def _count(
    tally: Tally, kind: DocumentKind, told: cards.Drawn, shot: Image, reader: LetterReader
) -> None:
    photo = cv2.imencode(".jpg", shot, (cv2.IMWRITE_JPEG_QUALITY, 95))[1].tobytes()
    tally.tried += 1
    began = time.process_time()
    try:
        read = read_document(photo, kind, TODAY, reader)
    except Refusal as refusal:
        tally.back[refusal.code] += 1
        return
    finally:
        tally.took.append(time.process_time() - began)
    for one in read.fields:
        right = one.text == told.get(one.name)
        tally.right[one.name] += right
        tally.silent += not right and not one.problem and one.confidence >= 0.9


def _row(level: str, kind: DocumentKind, tally: Tally) -> dict[str, Any]:
    rates = {name: round(tally.right[name] / tally.tried, 4) for name in _FIELDS[kind]}
    cpu = median(tally.took)
    words = "  ".join(f"{name} {100 * rate:.1f}" for name, rate in rates.items())
    print(
        f"  {kind.value:18} {words}  | {cpu:.2f} CPU-s, wrong and sure {tally.silent}", flush=True
    )
    if tally.back:
        print(f"  {'':18} sent back: {dict(tally.back)}")
    return {
        "level": level, "kind": kind.value, "n": tally.tried, "exact": rates,
        "sent_back": dict(tally.back), "wrong_and_sure": tally.silent, "cpu_s": round(cpu, 3),
    }  # fmt: skip


def _front(chance: random.Random) -> tuple[cards.Drawn, Image]:
    told = cards.person(chance, TODAY)
    return told, cards.front(told, chance)


def _back(chance: random.Random) -> tuple[cards.Drawn, Image]:
    told = cards.person(chance, TODAY)
    return told, cards.back(told, chance)


def _passport(chance: random.Random) -> tuple[cards.Drawn, Image]:
    told = cards.traveller(chance, TODAY)
    return told, cards.passport(told, chance)


def _licence(chance: random.Random) -> tuple[cards.Drawn, Image]:
    told = cards.company(chance)
    return told, cards.licence(told, chance)
