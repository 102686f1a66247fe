"""The review page seeks in a sealed recording: through HTTP Range, to the right second, at once."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
from playwright.async_api import Page, Response

from tests.browser.conftest import Browsers
from tests.browser.counted import READ, seal_counted
from tests.browser.staff_page import StaffPage
from tests.teller_server.api.branch import served
from tests.teller_server.api.house import PASSWORD
from tests.web.screens_staff import holds

pytestmark = pytest.mark.proof

VISIT = "visit-" + "0" * 25 + "1"
SECONDS = 120
SEEKS = 20
SEEK_MS = 300
SYNC_MS = 80
VIDEOS = "[...document.querySelectorAll('vb-player video')]"
READY = f"{VIDEOS}.length === 2 && {VIDEOS}.every(v => v.readyState >= 3 && !v.seeking)"

SEEK = f"""async ([to]) => {{
  const player = document.querySelector("vb-player");
  const videos = {VIDEOS};
  const shown = (video) => new Promise((done) => video.requestVideoFrameCallback(
    (now, {{ mediaTime }}) => done([performance.now(), mediaTime * 1000])));
  const waits = Promise.all(videos.map(shown));
  const began = performance.now();
  player.seek(to);
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no picture")), 20000));
  const seen = await Promise.race([waits, late]);
  return {{
    took: Math.max(...seen.map(([at]) => at)) - began,
    shown: seen.map(([, media]) => media),
    read: videos.map({READ}),
  }};
}}"""

PLAY = f"""async ([rate, samples]) => {{
  const player = document.querySelector("vb-player");
  const [one, other] = {VIDEOS};
  for (const video of [one, other]) video.muted = true;
  player.speed(rate);
  player.play();
  const apart = [];
  await new Promise((done) => setTimeout(done, 1500));
  for (let n = 0; n < samples; n++) {{
    await new Promise((done) => setTimeout(done, 100));
    if (!player.waiting) apart.push(Math.abs(one.currentTime - other.currentTime) * 1000);
  }}
  player.pause();
  return apart;
}}"""


@pytest.fixture(scope="module")
async def opened(
    browsers: Browsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Page, list[Response]]]:
    """The review page of a sealed recording of two minutes, its purpose entered."""
    place: Path = tmp_path_factory.mktemp("seek")
    async with served(place) as found:
        await found.staff()
        await seal_counted(found.branch, VISIT, SECONDS)
        context = await browsers.teller.new_context(
            locale="en-GB", viewport={"width": 1440, "height": 900}
        )
        page = await context.new_page()
        answers: list[Response] = []
        page.on("response", lambda one: answers.append(one) if "/media/" in one.url else None)
        staff = StaffPage(page)
        await staff.sign_in(found.url, "review", "chen", PASSWORD)
        await staff.goto(f"{found.url}/review/{VISIT}")
        await page.click(".purpose__form [type=submit]")
        await holds(page, READY, 60)
        await page.wait_for_selector(".wave path[d]", state="attached", timeout=120_000)
        yield page, answers
        await context.close()


async def test_twenty_seeks_each_show_the_right_second_within_the_limit(
    opened: tuple[Page, list[Response]], figure: Callable[[str], None]
) -> None:
    page, answers = opened
    draw = random.Random(20261123)
    before = len(answers)
    took: list[float] = []
    wrong: list[Any] = []
    for _ in range(SEEKS):
        # not within two pictures of a change of the second: which of both is shown is a picture's
        to = draw.randrange(2, SECONDS - 2) * 1000 + draw.randrange(150, 850)
        seen = await page.evaluate(SEEK, [to])
        took.append(seen["took"])
        if seen["read"] != [to // 1000] * 2 or any(abs(at - to) > 150 for at in seen["shown"]):
            wrong.append((to, seen))
    figure(f"seek to picture, both parties: {spread(took)}, limit {SEEK_MS} ms")
    figure(f"{len(answers) - before} range answers in {SEEKS} seeks, {len(answers)} in all")
    assert wrong == []
    assert answers
    assert {one.status for one in answers} == {206}
    assert quantile(took, 95) <= SEEK_MS


@pytest.mark.parametrize("rate", [1, 2])
async def test_parties_stay_together_while_playing(
    opened: tuple[Page, list[Response]], figure: Callable[[str], None], rate: int
) -> None:
    page, _ = opened
    await page.evaluate(SEEK, [30_500])
    apart = await page.evaluate(PLAY, [rate, 100])
    figure(f"apart at {rate}×: {spread(apart)}, limit {SYNC_MS} ms")
    assert len(apart) >= 80
    assert quantile(apart, 95) <= SYNC_MS


def quantile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: list[float]) -> str:
    return (
        f"n {len(values)}, median {median(values):.0f} ms, "
        f"p95 {quantile(values, 95):.0f} ms, max {max(values):.0f} ms"
    )
