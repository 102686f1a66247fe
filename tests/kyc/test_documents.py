"""Documents through the pool, as the desk reads them: drawn, photographed, found, read, judged."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta

import cv2
import numpy as np
import pytest
import pytest_asyncio

from bench import _kyc_cards as cards
from kyc.documents import read_document
from kyc.engines.rapidocr import RapidReader
from kyc.face import Image
from kyc.framing import PAGES
from kyc.image import inspect
from kyc.pool import ModelPool
from kyc.reading import DocumentKind, DocumentRead
from kyc.result import Rejected
from tests.kyc.people import astronaut, clip, jpeg, png, vp8
from tests.kyc.test_pool import huge_png

TODAY = date(2026, 11, 23)
FRONT, BACK = DocumentKind.RESIDENT_ID_FRONT, DocumentKind.RESIDENT_ID_BACK
LICENCE, PASSPORT = DocumentKind.BUSINESS_LICENCE, DocumentKind.PASSPORT


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def readers() -> AsyncIterator[ModelPool]:
    """One process, no second opinion, time enough for a busy machine."""
    pool = ModelPool(workers=1, waiting=8, job_timeout=300, second_opinion=False)
    await pool.start()
    yield pool
    await pool.close()


def drawn(kind: DocumentKind, seed: int) -> tuple[cards.Drawn, Image]:
    chance = random.Random(seed)
    if kind is LICENCE:
        company = cards.company(chance)
        return company, cards.licence(company, chance)
    if kind is PASSPORT:
        traveller = cards.traveller(chance, TODAY)
        return traveller, cards.passport(traveller, chance)
    person = cards.person(chance, TODAY)
    draw = cards.front if kind is FRONT else cards.back
    return person, draw(person, chance)


def shot(page: Image, level: str = "clean", seed: int = 1) -> Image:
    return cards.shoot(page, cards.LEVELS[level], random.Random(seed))[0]


async def read(
    pool: ModelPool, kind: DocumentKind, image: Image, today: date = TODAY
) -> DocumentRead:
    found = await pool.read(jpeg(image, 95), kind, today)
    assert isinstance(found, DocumentRead), found
    return found


@pytest.mark.parametrize(
    ("kind", "level"),
    [(FRONT, "clean"), (FRONT, "640x480"), (BACK, "mid"), (PASSPORT, "clean"), (LICENCE, "clean")],
)
async def test_a_document_is_read_as_it_was_drawn(
    readers: ModelPool, kind: DocumentKind, level: str
) -> None:
    told, page = drawn(kind, 2)
    found = await read(readers, kind, shot(page, level))
    assert {one.name: one.text for one in found.fields}.items() <= told.items()
    assert len(found.fields) >= 3
    assert found.problems == ()
    assert all(0.6 <= one.confidence <= 1 and not one.problem for one in found.fields)
    header = inspect(found.upright)
    assert (header.width, header.height) == (PAGES[kind].width, PAGES[kind].height)
    assert (found.engine, len(found.model_sha256)) == ("rapidocr-ppocrv6-small", 64)


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_whichever_way_the_camera_was_held(readers: ModelPool, turns: int) -> None:
    told, page = drawn(FRONT, 3)
    found = await read(readers, FRONT, np.ascontiguousarray(np.rot90(shot(page), turns)))
    assert found.text("number") == told["number"]
    assert found.problems == ()


async def test_a_card_that_has_run_out_is_read_and_said(readers: ModelPool) -> None:
    told, page = drawn(BACK, 2)
    late = TODAY + timedelta(days=366 * 40)
    found = await read(readers, BACK, shot(page), late)
    assert ("expired" in found.problems) == (told["valid_until"] != "long_term")
    assert found.text("valid_from") == told["valid_from"]


async def test_the_other_side_is_not_this_document(readers: ModelPool) -> None:
    _, page = drawn(BACK, 2)
    assert (await read(readers, FRONT, shot(page))).problems == ("not_this_document",)


def test_a_reading_does_not_show_itself_in_logs(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    told, page = drawn(FRONT, 3)
    found = read_document(jpeg(shot(page), 95), FRONT, TODAY, RapidReader())
    assert found.text("number") == told["number"]
    shown = capfd.readouterr()
    for text in (told["number"], told["name"], told["address"][:6]):
        assert text not in repr(found) + shown.out + shown.err + caplog.text


def test_who_reads_no_documents_loads_no_reader() -> None:
    program = (
        "import sys; from kyc.models import Models; Models(False); "
        "print([name for name in ('rapidocr', 'onnxruntime', 'shapely') if name in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


# ---- what strangers send


def broken(data: bytes) -> bytes:
    """Whole by its header, noise within."""
    middle = len(data) // 2
    return data[:middle] + bytes(random.Random(1).choices(range(1, 255), k=400)) + data[middle:]


HOSTILE = {
    "nothing": (b"", "image_empty"),
    "words": (b"no image at all", "image_type_unsupported"),
    "noise": (random.Random(2).randbytes(50_000), "image_type_unsupported"),
    "half": (jpeg(astronaut())[:9_000], "image_truncated"),
    "bomb": (huge_png(), "image_too_many_pixels"),
    "large": (png(np.full((4_000, 6_000, 3), 200, np.uint8)), "document_not_found"),
    "dot": (png(np.zeros((1, 1, 3), np.uint8)), "document_not_found"),
    "line": (png(np.zeros((1, 20_000, 3), np.uint8)), "document_not_found"),
    "no card": (jpeg(clip()[0]), "document_not_found"),
    "smeared": (jpeg(np.asarray(cv2.GaussianBlur(shot(drawn(FRONT, 1)[1]), (0, 0), 5), np.uint8)),
                "document_blurred"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_what_is_no_document_is_refused_by_its_code(readers: ModelPool, name: str) -> None:
    data, code = HOSTILE[name]
    answer = await readers.read(data, FRONT, TODAY)
    assert answer == Rejected(code)
    assert (readers.stats.crashes, readers.stats.timeouts) == (0, 0)


async def test_a_picture_with_noise_within_is_refused_or_read(readers: ModelPool) -> None:
    answer = await readers.read(broken(jpeg(shot(drawn(FRONT, 1)[1]))), FRONT, TODAY)
    assert isinstance(answer, Rejected | DocumentRead)
    assert (readers.stats.crashes, readers.stats.timeouts) == (0, 0)


async def test_hostile_pictures_leave_the_process_whole(readers: ModelPool) -> None:
    (worker,) = readers._alive
    photos = (data for data, _ in HOSTILE.values())
    await asyncio.gather(*(readers.read(data, PASSPORT, TODAY) for data in [*photos][:6]))
    assert [one.child.pid for one in readers._alive] == [worker.child.pid]


# ---- the document in the video


async def test_the_video_shows_the_card_of_the_still_or_another(readers: ModelPool) -> None:
    chance = random.Random(7)
    mine, other = (cards.person(chance, TODAY) for _ in range(2))
    held = cards.Level((640, 480), 0.65, 0.04, 0.8, 4, 90, 0, 5)
    still = await read(readers, FRONT, shot(cards.front(mine, chance, astronaut())))
    for person, portrait, same in ((mine, astronaut(), True), (other, clip()[0], False)):
        page = cards.front(person, chance, portrait)
        video = vp8([cards.shoot(page, held, random.Random(n))[0] for n in range(4)] * 4)
        shown = await readers.same_document(still.upright, video)
        assert shown.found is same
        assert video[0][2] <= shown.at <= video[-1][2]


async def test_a_video_without_a_document_shows_none(readers: ModelPool) -> None:
    still = jpeg(drawn(FRONT, 1)[1])
    shown = await readers.same_document(still, vp8(clip()[:30]))
    assert not shown.found
    assert not (await readers.same_document(still, [])).found
