"""The pool as the desk uses it: bounded, timed, and whole again after a process dies."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Sequence
from multiprocessing.process import BaseProcess

import psutil
import pytest
import pytest_asyncio

from kyc.errors import Outage, Refusal
from kyc.frames import MAX_FRAMES, EncodedFrame
from kyc.policy import Outcome
from kyc.pool import ModelPool
from kyc.result import PortraitFound, Rejected
from tests.kyc.people import astronaut, jpeg


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def small() -> AsyncIterator[ModelPool]:
    """One process, one waiting place, no second opinion."""
    pool = ModelPool(workers=1, waiting=1, second_opinion=False)
    await pool.start()
    yield pool
    await pool.close()


async def gone(child: BaseProcess) -> None:
    """Until the process has ended. The executor's own thread waits for it too, and whoever of two
    comes second is not told that it ended: so the operating system is asked."""
    async with asyncio.timeout(60):
        while child.pid is not None and psutil.pid_exists(child.pid):
            child.join(0)
            await asyncio.sleep(0.05)


def huge_png() -> bytes:
    """A true picture of 30 Mpx in 0.4 MB: all of it would be decoded by a careless server."""
    header = struct.pack(">IIBBBBB", 6_000, 5_000, 8, 2, 0, 0, 0)
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    for name, body in (
        (b"IHDR", header),
        (b"IDAT", zlib.compress(bytes(18_001 * 5_000), 1)),
        (b"IEND", b""),
    ):
        check = struct.pack(">I", zlib.crc32(name + body))
        out.write(struct.pack(">I", len(body)) + name + body + check)
    return out.getvalue()


async def test_from_document_to_verdict(
    pool: ModelPool, photo_of_a: bytes, video_of_a: Sequence[EncodedFrame]
) -> None:
    found = await pool.portrait(photo_of_a)
    assert isinstance(found, PortraitFound)
    result = await pool.check(found.portrait, video_of_a)
    assert result.outcome is Outcome.PASSED
    stranger = await pool.portrait(jpeg(astronaut()))
    assert isinstance(stranger, PortraitFound)
    assert (await pool.check(stranger.portrait, video_of_a)).outcome is Outcome.FAILED


async def test_bad_uploads_are_rejected_with_their_code(small: ModelPool) -> None:
    before = small.stats.done
    whole = jpeg(astronaut())
    assert await small.portrait(b"no image at all") == Rejected("image_type_unsupported")
    assert await small.portrait(whole[: len(whole) // 2]) == Rejected("image_truncated")
    assert await small.portrait(huge_png()) == Rejected("image_too_many_pixels")
    assert small.stats.done == before  # no process was troubled


async def test_a_portrait_that_is_none_makes_the_check_unusable(
    small: ModelPool, video_of_a: Sequence[EncodedFrame]
) -> None:
    result = await small.check(b"no image at all", video_of_a)
    assert result.outcome is Outcome.UNUSABLE
    assert result.reasons == ("portrait_unusable", "image_type_unsupported")


async def test_a_clip_beyond_its_limits_is_refused(small: ModelPool, photo_of_a: bytes) -> None:
    with pytest.raises(Refusal, match="clip_too_large"):
        await small.check(photo_of_a, [(b"", False, 0.0)] * (MAX_FRAMES + 1))


async def test_beyond_its_waiting_places_the_pool_is_busy(
    small: ModelPool, photo_of_a: bytes
) -> None:
    answers = await asyncio.gather(
        *(small.portrait(photo_of_a) for _ in range(4)), return_exceptions=True
    )
    assert [isinstance(answer, PortraitFound) for answer in answers] == [True, True, False, False]
    refused = answers[2]
    assert isinstance(refused, Outage)
    assert refused.code == "models_busy"
    assert small.stats.busy == 2


async def test_fifty_at_once_are_served_in_their_order_or_told_that_it_is_busy(
    photo_of_a: bytes,
) -> None:
    """Corrupt pictures and a killed process among them; who comes after finds it whole."""
    pool = ModelPool(workers=1, waiting=9, second_opinion=False)
    await pool.start()
    served: list[int] = []

    async def ask(number: int) -> PortraitFound | Rejected:
        photo = photo_of_a if number % 3 else photo_of_a[: len(photo_of_a) // 2] + b"\xff\xd9"
        found = await pool.portrait(photo)
        served.append(number)
        return found

    try:
        asked = [asyncio.create_task(ask(n)) for n in range(50)]
        await asyncio.sleep(0)
        (worker,) = pool._alive
        os.kill(worker.child.pid or 0, signal.SIGKILL)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        busy = [a.code for a in answers if isinstance(a, Outage)]
        assert set(busy) == {"models_busy"}
        assert len(busy) == pool.stats.busy >= 40
        assert served == sorted(served)
        assert len(served) + len(busy) == 50
        assert isinstance(await pool.portrait(photo_of_a), PortraitFound)
    finally:
        await pool.close()


async def test_a_caller_who_leaves_does_not_harm_the_next(
    small: ModelPool, photo_of_a: bytes
) -> None:
    impatient = asyncio.create_task(small.portrait(photo_of_a))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert isinstance(await small.portrait(photo_of_a), PortraitFound)


async def test_a_killed_process_is_heard_and_replaced(small: ModelPool, photo_of_a: bytes) -> None:
    (worker,) = small._alive  # the operating system kills by process id, so must we
    assert worker.child.pid is not None
    os.kill(worker.child.pid, signal.SIGKILL)
    assert isinstance(await small.portrait(photo_of_a), PortraitFound)
    assert small.stats.crashes == 1
    (replacement,) = small._alive
    assert replacement.child.pid != worker.child.pid


async def test_a_hung_process_is_killed_and_replaced(photo_of_a: bytes) -> None:
    pool = ModelPool(workers=1, job_timeout=0.001, second_opinion=False)
    try:
        await pool.start()
        children = {worker.child for worker in pool._alive}
        with pytest.raises(Outage) as caught:
            await pool.portrait(photo_of_a)
        assert caught.value.code == "model_timeout"
        assert pool.stats.timeouts == 1
        assert not pool._alive
        for child in children:
            await gone(child)
        pool._job_timeout = 60
        assert isinstance(await pool.portrait(photo_of_a), PortraitFound)
    finally:
        await pool.close()


async def test_a_closed_pool_leaves_no_process(photo_of_a: bytes) -> None:
    pool = ModelPool(workers=1, second_opinion=False)
    await pool.start()
    (worker,) = pool._alive
    running = asyncio.create_task(pool.portrait(photo_of_a))
    await asyncio.sleep(0)
    await pool.close()
    await asyncio.gather(running, return_exceptions=True)
    await gone(worker.child)
    with pytest.raises(Outage, match="models_closed"):
        await pool.portrait(photo_of_a)


def test_the_desk_loads_no_models_to_use_the_pool() -> None:
    program = (
        "import sys, kyc.pool; print([name for name in "
        "('cv2', 'dlib', 'av', 'numpy', 'face_recognition', 'onnxruntime') if name in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


ORPHANING = """
import asyncio, os, signal
from kyc.pool import ModelPool

async def main():
    pool = ModelPool(workers=1, second_opinion=False)
    await pool.start()
    print([worker.child.pid for worker in pool._alive][0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_model_process_does_not_outlive_a_killed_desk() -> None:
    desk = subprocess.run(
        [sys.executable, "-c", ORPHANING], capture_output=True, text=True, check=False
    )
    assert desk.returncode == -signal.SIGKILL
    orphan = psutil.Process(int(desk.stdout)) if psutil.pid_exists(int(desk.stdout)) else None
    if orphan is not None:
        orphan.wait(timeout=60)
