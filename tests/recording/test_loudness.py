"""The sound that a reviewer sees is the sound that was recorded, second by second."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from recording import loudness as heard
from recording.loudness import loudness
from recording.playback import Media, open_media
from tests.recording.material import KEY, Frame, opus
from tests.recording.test_playback import record

BEEP = 20 * math.log10(12000 / 32767 / math.sqrt(2)) - 10  # 100 ms of a second: a tenth of it
HOLE = range(4, 7)


@pytest.fixture
def spoken(tmp_path: Path) -> Media:
    """A beep at every even second of ten; nothing at all arrives from 4 s to 7 s."""
    sound = [f for f in opus(10, beep_every=2) if not HOLE.start <= f.at < HOLE.stop]
    record(tmp_path / "r", sound, delay=0.0)
    return open_media(tmp_path / "r", "customer", KEY)


def test_loud_quiet_and_missing_seconds_are_told_apart(spoken: Media) -> None:
    levels = loudness(spoken, 0, 60)
    assert len(levels) in (10, 11)
    for second, level in enumerate(levels[:10]):
        if second in HOLE:
            assert level is None, second
        elif second % 2 == 0:
            assert level == pytest.approx(BEEP, abs=1.5), second
        else:
            assert level is not None
            assert level < BEEP - 15, second


def test_a_piece_is_the_same_as_in_the_whole_and_bounded(
    spoken: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = loudness(spoken, 0, 60)
    assert loudness(spoken, 7, 2) == pytest.approx(whole[7:9], abs=1)
    assert loudness(spoken, 60, 10) == []
    monkeypatch.setattr(heard, "MOST_SECONDS", 3)
    assert loudness(spoken, 0, 60) == whole[:3]


def test_a_party_without_sound_has_none(tmp_path: Path, clip: list[Frame]) -> None:
    record(tmp_path / "r", [frame for frame in clip if frame.kind == "video"])
    media = open_media(tmp_path / "r", "customer", KEY)
    assert set(loudness(media, 0, 60)) == {None}
