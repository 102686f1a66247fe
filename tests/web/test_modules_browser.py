"""The modules without a page: judged by what they return."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.screens import open_state

pytestmark = pytest.mark.browser

SDP = "v=0\r\nm=audio 9 UDP 96\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"


@pytest.fixture
async def run(browser, gallery):
    """Call a module's function in the page: `await run("quality.js", "m => m.judge(…)")`."""
    base, _ = gallery
    page, _ = await open_state(browser, base, "start", {"en"})
    static = await page.get_attribute('meta[name="static"]', "content")

    async def call(module: str, script: str, argument: Any = None) -> Any:
        return await page.evaluate(
            f"async ([path, argument]) => ({script})(await import(path), argument)",
            [f"{static}/js/{module}", argument],
        )

    yield call
    await page.context.close()


async def test_the_line_is_judged_by_loss_concealment_and_delay(run):
    verdicts = await run(
        "quality.js",
        """(m) => [
            {loss: 0.01, concealed: 0, rtt: 100, stall: 0},
            {loss: 0.03, concealed: 0, rtt: 100, stall: 0},
            {loss: 0, concealed: 0.04, rtt: 100, stall: 0},
            {loss: 0, concealed: 0, rtt: 400, stall: 0},
            {loss: 0.2, concealed: 0, rtt: 100, stall: 0},
            {loss: 0, concealed: 0, rtt: null, stall: 4},
        ].map((health) => m.judge(health, true))""",
    )
    assert verdicts == ["good", "fair", "fair", "fair", "poor", "lost"]


async def test_silence_on_hold_is_not_a_lost_line(run):
    health = {"loss": 0, "concealed": 0, "rtt": None, "stall": 60}
    assert await run("quality.js", "(m, health) => m.judge(health, false)", health) == "good"


async def test_the_word_changes_slowly_but_a_lost_line_counts_at_once(run):
    words = await run(
        "quality.js",
        """(m) => { const s = new m.Steady();
            return "poor poor poor good good good good good lost good".split(" ")
                .map((tick) => s.take(tick)); }""",
    )
    assert words == [*["good"] * 2, *["poor"] * 5, "good", "lost", "good"]


async def test_audio_is_asked_for_again_once_per_codec(run):
    twice = await run("sdp.js", "(m, sdp) => m.withAudioNack(m.withAudioNack(sdp))", SDP)
    assert twice.count("a=rtcp-fb:111 nack\r\n") == 1
    assert twice.replace("a=rtcp-fb:111 nack\r\n", "") == SDP


async def test_vp8_comes_first_and_nothing_is_lost(run):
    order = await run(
        "sdp.js",
        """(m) => m.vp8First(["video/rtx", "video/H264", "video/VP8", "video/AV1"]
            .map((mimeType) => ({mimeType}))).map((c) => c.mimeType)""",
    )
    assert order == ["video/VP8", "video/rtx", "video/H264", "video/AV1"]


async def test_reconnecting_waits_longer_each_time_but_never_more_than_two_seconds(run):
    waits = await run("wire.js", "(m) => [0, 1, 2, 20].map((n) => m.delay(n, 0.999999))")
    assert waits == pytest.approx([50, 80, 128, 2000], rel=0.01)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 40, "About a minute"),
        (20, 170, "Up to 3 minutes"),
        (120, 300, "2–5 minutes"),
        (180, 180, "About 3 minutes"),
    ],
)
async def test_a_wait_is_a_range_of_minutes(run, low, high, words):
    assert await run("format.js", "(m, [a, b]) => m.waitRange(a, b)", [low, high]) == words


async def test_a_digest_is_read_in_groups_of_four(run):
    assert await run("format.js", "(m) => m.digest('0123456789ab')") == "0123 4567 89ab"


async def test_a_slow_line_is_said_plainly(run):
    marks = await run(
        "customer-network.js",
        "(m) => [[5e6, 50], [5e5, 50], [1e5, 50], [5e6, 900]]"
        ".map(([bits, rtt]) => m.verdict(bits, rtt).mark)",
    )
    assert marks == ["good", "warn", "bad", "warn"]


async def test_a_page_the_server_saw_for_less_time_is_asked_for_again(run):
    """Messages travel unevenly: once asked, the server's figure goes before the page's own."""
    told, before, after = await run(
        "customer-dwell.js",
        """async (m) => {
            const told = [], dwell = new m.Dwell([1200, 0], (page) => told.push(page));
            dwell.report(2);
            dwell.learn([900, 0]);
            const before = dwell.all(0) && dwell.of(1);
            dwell.nudged = -Infinity;
            dwell.nudge();
            dwell.learn([900, 300]);
            return [told, before, dwell.of(1)];
        }""",
    )
    assert told == [2, 0, 2]
    assert (before, after) == (1200, 900)
