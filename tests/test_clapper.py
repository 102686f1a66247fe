"""The detector itself: it finds what was put into a file, and sees what was taken out."""

from __future__ import annotations

import io
import time
from itertools import pairwise

import av
import pytest

from tests.clapper import PICTURE_RATE, SAMPLE_RATE, Beeps, Flashes, between, find

SECONDS = 4


async def clip(*, sound_late: float = 0.0, without_beat: int | None = None) -> bytes:
    """A WebM file of the two sources, as fast as it can be written."""
    origin = time.monotonic() - 3600  # all of it is in the past: nobody waits
    flashes, beeps = Flashes(origin), Beeps(origin, 1000)
    flashes._number = beeps._number = -1
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        video = container.add_stream("libvpx", PICTURE_RATE, options={"deadline": "realtime"})
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        audio = container.add_stream("libopus", SAMPLE_RATE, layout="mono")
        for _ in range(SECONDS * PICTURE_RATE):
            container.mux(video.encode(await flashes.recv()))
        for number in range(SECONDS * 50):
            frame = await beeps.recv()
            if without_beat == number // 50:
                continue
            frame.pts += round(sound_late * SAMPLE_RATE)
            container.mux(audio.encode(frame))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return out.getvalue()


async def test_every_beat_is_found_where_it_is() -> None:
    claps = find(await clip(), 1000)
    assert len(claps.flashes) == SECONDS - 1  # the first second begins bright: no edge to see
    assert len(claps.beeps) >= SECONDS - 1
    assert claps.missing() == 0
    assert all(
        later - earlier == pytest.approx(1, abs=0.01) for earlier, later in pairwise(claps.flashes)
    )
    assert max(map(abs, claps.lip_sync())) < 0.01


async def test_late_sound_is_measured() -> None:
    claps = find(await clip(sound_late=0.1), 1000)
    assert claps.lip_sync() == [pytest.approx(0.1, abs=0.01)] * (SECONDS - 1)


async def test_a_missing_beat_is_counted() -> None:
    assert find(await clip(without_beat=2), 1000).missing() == 1


async def test_another_tone_is_not_ours() -> None:
    assert find(await clip(), 2000).missing() > 0


async def test_two_parties_on_one_clock_are_together() -> None:
    first, second = find(await clip(), 1000), find(await clip(sound_late=0.04), 1000)
    assert max(map(abs, between(first, second))) == pytest.approx(0.04, abs=0.01)
