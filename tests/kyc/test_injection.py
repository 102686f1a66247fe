"""Encoded video played back is seen; what a browser encodes live is not accused."""

from __future__ import annotations

from itertools import islice

from kyc.frames import EncodedFrame
from kyc.injection import LEAST_BYTES, REMEMBERED, Hint, Injection
from tests.kyc.people import RATE, clip, vp8

SHOWN = 0x10


def looks(frames: list[EncodedFrame]) -> set[Hint]:
    """A look a second at all since the last keyframe, as the branch takes them."""
    injection, found, kept = Injection(), set[Hint](), list[EncodedFrame]()
    for n, frame in enumerate(frames):
        kept = [frame] if frame[1] else [*kept, frame]
        if n % RATE == RATE - 1:
            found |= injection.take(kept)
    return found


def again(frames: list[EncodedFrame], times: int) -> list[EncodedFrame]:
    count = len(frames)
    return [(frames[n % count][0], frames[n % count][1], n / RATE) for n in range(count * times)]


def test_a_clip_that_is_sent_twice_is_seen() -> None:
    assert looks(again(vp8(clip()), 2)) == {Hint.REPEATED_FRAMES}


def test_the_same_pictures_encoded_anew_are_not() -> None:
    """The measured limit: what goes through a live encoder never recurs byte for byte."""
    assert looks(vp8([*clip(), *clip()])) == set()


def test_a_scene_that_stands_still_is_no_playback() -> None:
    assert looks(vp8([clip()[0]] * 200)) == set()


def test_looks_that_overlap_accuse_nobody() -> None:
    frames = vp8(clip())
    injection = Injection()
    assert not any(injection.take(frames[:n]) for n in range(20, 100, 5))


def test_no_camera_sends_a_hundred_pictures_a_second() -> None:
    fast = [(bytes([SHOWN, n]) * LEAST_BYTES, n == 0, n / 100) for n in range(200)]
    assert Injection().take(fast) == {Hint.IMPOSSIBLE_RATE}
    assert Injection().take(list(islice(fast, 30))) == set()  # a burst after a stall


def test_a_frame_that_is_never_shown_was_encoded_for_a_file() -> None:
    frames = vp8(clip()[:30])
    data, key, at = frames[20]
    frames[20] = (bytes([data[0] & ~0x10]) + data[1:], key, at)
    assert looks(frames) == {Hint.HIDDEN_FRAMES}


def test_memory_is_bounded() -> None:
    injection = Injection()
    for n in range(3 * REMEMBERED):
        injection.take([(bytes([SHOWN]) + n.to_bytes(2, "big") * LEAST_BYTES, False, n / RATE)])
    assert len(injection._seen) == len(injection._order) == REMEMBERED
