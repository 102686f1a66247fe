"""Where frames land, whatever the peer says about its clocks."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.timeline import Timeline

EPOCH = 500.0
NTP0 = 3_900_000_000.0
Report = Callable[[float], tuple[float, float, float, float] | None]


def ntp(seconds: float) -> int:
    return round(seconds * (1 << 32))


def run(
    seconds: float,
    report: Report,
    *,
    jitter: float = 0.02,
    audio_start: int = 7_000_000,
    video_start: int = 90_000_000,
    video_delay: float = 0.06,
) -> tuple[list[tuple[float, int]], list[tuple[float, int]], list[str]]:
    """(true time, placed ms) of speech and pictures. `report(t)` gives the (audio ntp, audio rtp,
    video ntp, video rtp) errors in seconds of the sender reports at t, or None for none."""
    chance = random.Random(1)
    timeline = Timeline(EPOCH)
    audio, video, flags = [], [], []
    for n in range(round(seconds * 50)):
        t = n * 0.02
        if n % 50 == 25 and (error := report(t)) is not None:
            timeline.sender_report(
                "audio", ntp(NTP0 + t + error[0]), audio_start + round((t + error[1]) * 48000)
            )
            timeline.sender_report(
                "video", ntp(NTP0 + t + error[2]), video_start + round((t + error[3]) * 90000)
            )
        arrived = EPOCH + t + 0.03 + chance.random() * jitter
        placed = timeline.place("audio", audio_start + n * 960, 48000, arrived)
        audio.append((t, placed.at_ms))
        if n % 2 == 0:
            arrived = EPOCH + t + 0.03 + video_delay + chance.random() * jitter
            placed = timeline.place("video", video_start + n * 1800, 90000, arrived)
            video.append((t, placed.at_ms))
            if placed.flag:
                flags.append(placed.flag)
    return audio, video, flags


def worst(placed: list[tuple[float, int]], after: float = 0.0) -> float:
    return max(abs(ms - (t + 0.03) * 1000) for t, ms in placed if t >= after)


HONEST: Report = lambda _: (0.0, 0.0, 0.0, 0.0)  # noqa: E731
ABSENT: Report = lambda _: None  # noqa: E731


def test_honest_reports_put_lips_and_speech_together_within_a_frame() -> None:
    audio, video, flags = run(10, HONEST)
    assert worst(audio) <= 21
    assert worst(video, after=1) <= 21  # although pictures take 60 ms longer to arrive
    assert not flags


def test_without_reports_pictures_lie_where_they_arrive() -> None:
    audio, video, flags = run(10, ABSENT)
    assert worst(audio) <= 21
    assert worst(video) <= 60 + 21
    assert not flags


def test_reports_that_a_busy_sender_stamps_late_do_not_shift_pictures() -> None:
    chance = random.Random(5)
    late = [(chance.random() * 0.24, chance.random() * 0.24) for _ in range(40)]
    late[1], late[2] = (0.002, 0.2), (0.2, 0.001)  # now and then it has time
    _, video, flags = run(20, lambda t: (late[int(t)][0], 0.0, late[int(t)][1], 0.0))
    assert worst(video, after=4) <= 75
    assert not flags


LIES: dict[str, Report] = {
    "an hour ahead": lambda _: (0.0, 0.0, 3600.0, 0.0),
    "an hour behind, speech": lambda _: (-3600.0, 0.0, 0.0, 0.0),
    "jumping": lambda t: (0.0, 0.0, 40.0 if int(t) % 2 else -40.0, 0.0),
    "wrong rtp": lambda _: (0.0, -10.0, 0.0, 10.0),
    "just inside": lambda _: (0.0, 0.0, 0.2, 0.0),
    "creeping": lambda t: (0.0, 0.0, t / 5, 0.0),
    "all at once": lambda t: (t, -t, -t, t),
    "zero": lambda t: (-NTP0 - t, 0.0, -NTP0 - t, 0.0),
}


@pytest.mark.parametrize("name", LIES)
def test_no_report_moves_speech_at_all_or_pictures_more_than_250_ms(name: str) -> None:
    honest_audio, _, _ = run(10, ABSENT)
    audio, video, flags = run(10, LIES[name])
    assert audio == honest_audio
    assert worst(video) <= 250 + 60 + 21
    if name not in ("just inside", "zero"):  # these two are consistent with each other
        assert "sender_clock" in flags


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 4) | st.none(), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_speech_never_follows_reports(errors: list[tuple[float, ...] | None]) -> None:
    def report(t: float) -> tuple[float, float, float, float] | None:
        return errors[int(t) % len(errors)]  # type: ignore[return-value]

    audio, video, _ = run(4, report)
    assert worst(audio) <= 21
    assert worst(video) <= 250 + 60 + 21
    for placed in (audio, video):
        times = [ms for _, ms in placed]
        assert all(a <= b for a, b in pairwise(times))


@pytest.mark.parametrize("jump", [-3600, -3, 3, 3600])
def test_a_jumping_rtp_clock_does_not_move_speech(jump: int) -> None:
    timeline = Timeline(EPOCH)
    flags = []
    for n in range(500):
        rtp = 10**9 + n * 960 + (jump * 48000 if n >= 250 else 0)
        placed = timeline.place("audio", rtp, 48000, EPOCH + n * 0.02 + 0.03)
        flags.append(placed.flag)
        assert abs(placed.at_ms - (n * 20 + 30)) <= 250
    assert flags.count("rtp_jump") == 1


@pytest.mark.parametrize("rate", [0.5, 0.98, 0.9999, 1.0001, 1.02, 2.0])
def test_a_wrong_rtp_rate_is_dragged_along_by_arrivals(rate: float) -> None:
    timeline = Timeline(EPOCH)
    for n in range(3000):
        rtp = round(n * 960 * rate)
        placed = timeline.place("audio", rtp, 48000, EPOCH + n * 0.02)
        slack = 2000 * abs(1 - rate) + 250  # the window of two seconds, then the bound
        assert abs(placed.at_ms - n * 20) <= slack


def test_a_flood_of_packets_does_not_run_ahead_of_the_server() -> None:
    timeline = Timeline(EPOCH)
    for n in range(20_000):
        arrived = EPOCH + n / 10_000
        placed = timeline.place("audio", n * 960, 48000, arrived)
        assert placed.at_ms <= (arrived - EPOCH) * 1000 + 1


def test_a_stall_keeps_the_speech_in_its_own_time() -> None:
    timeline = Timeline(EPOCH)
    placed = []
    for n in range(300):
        t = n * 0.02
        arrived = EPOCH + (t if not 2 <= t < 3.5 else 3.5)
        placed.append(timeline.place("audio", n * 960, 48000, arrived).at_ms)
    assert max(abs(ms - n * 20) for n, ms in enumerate(placed)) <= 1


def test_a_rejoin_starts_a_new_base_and_time_goes_on() -> None:
    timeline = Timeline(EPOCH)
    first = [timeline.place("audio", n * 960, 48000, EPOCH + n * 0.02).at_ms for n in range(50)]
    timeline.leg()
    later = [
        timeline.place("audio", 5 + n * 960, 48000, EPOCH + 10 + n * 0.02).at_ms for n in range(50)
    ]
    assert first[-1] < later[0] == 10_000
    assert later[-1] == pytest.approx(10_980, abs=1)


def test_a_loss_lies_between_its_neighbours() -> None:
    timeline = Timeline(EPOCH)
    for n in range(100):
        timeline.place("audio", n * 960, 48000, EPOCH + n * 0.02 + 0.05)
    now = EPOCH + 2.5
    assert timeline.estimate("audio", 100 * 960, now) == pytest.approx(2050, abs=1)
    assert timeline.estimate("audio", 105 * 960, now) == pytest.approx(2150, abs=1)
    assert timeline.estimate("audio", 10**12, now) == 2500  # never later than known


@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize(("audio_ppm", "video_ppm"), [(100, 100), (-100, -100), (100, -100)])
def test_half_an_hour_of_skewed_clocks_keeps_lips_and_speech_within_40_ms(
    audio_ppm: int, video_ppm: int, reports: bool
) -> None:
    """A sound card and a camera that run fast or slow by 100 ppm are 180 ms off after 30 minutes
    by themselves, and 360 ms apart when they disagree."""
    chance = random.Random(3)
    timeline = Timeline(EPOCH)
    speech: dict[int, int] = {}
    apart = late = 0
    fast, slow = 1 + audio_ppm / 1e6, 1 + video_ppm / 1e6
    for n in range(30 * 60 * 50):
        t = n * 0.02
        if reports and n % 250 == 125:
            timeline.sender_report("audio", ntp(NTP0 + t), round(t * fast * 48000))
            timeline.sender_report("video", ntp(NTP0 + t), round(t * slow * 90000))
        arrived = EPOCH + t + 0.03 + chance.random() * 0.02
        speech[n] = timeline.place("audio", round(t * fast * 48000), 48000, arrived).at_ms
        if n % 2 == 0:
            arrived = EPOCH + t + 0.03 + chance.random() * 0.02
            shown = timeline.place("video", round(t * slow * 90000), 90000, arrived)
            if t > 10:
                apart = max(apart, abs(shown.at_ms - speech.pop(n)))
                late = max(late, abs(shown.at_ms - round((t + 0.03) * 1000)))
    assert apart <= 40
    assert late <= 40
