"""What synthetic parties send is a true clip, counted, and a document that can be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import numpy as np
import pytest

from kyc.document import find_portrait
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from teller_server.rehearse.media import (
    ClipError,
    Medium,
    PacketTrack,
    default_clip,
    document_photo,
    load,
    pattern,
    read_sound,
)


@pytest.fixture(scope="module")
def medium() -> Medium:
    return load(default_clip())


def decoded(packets: tuple[bytes, ...], codec: str) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create(codec, "r")
    return [frame for packet in packets for frame in decoder.decode(av.Packet(packet))]


def test_a_clip_becomes_whole_frames_with_a_keyframe_each_second(medium: Medium) -> None:
    frames = decoded(medium.video, "vp8")
    assert len(frames) == len(medium.video) == 120
    assert {(frame.width, frame.height) for frame in frames} == {(640, 480)}
    assert [n for n, packet in enumerate(medium.video) if not packet[0] & 1] == [0, 25, 50, 75, 100]


def test_a_clip_without_sound_gets_a_voice(medium: Medium) -> None:
    assert read_sound(default_clip()) is None
    sound = np.concatenate([f.to_ndarray().ravel() for f in decoded(medium.audio, "libopus")])
    assert len(medium.audio) == 200
    assert 0.02 < np.abs(sound.astype(float)).mean() / 32768 < 0.5


def test_the_portrait_on_the_card_is_found(medium: Medium) -> None:
    photo = document_photo(medium.first)
    found = find_portrait(photo, (YuNet(640), YuNet(1280)), SFace())
    assert found.face_width > 80


def test_what_is_no_clip_is_called_so(tmp_path: Path) -> None:
    text = tmp_path / "clip.mp4"
    text.write_text("no clip")
    with pytest.raises(ClipError) as caught:
        load(text)
    assert caught.value.code == "clip_unreadable"
    with pytest.raises(ClipError) as caught:
        load(tmp_path / "absent.mp4")
    assert caught.value.code == "clip_unreadable"
    with pytest.raises(ClipError) as caught:
        load(default_clip(), default_clip())
    assert caught.value.code == "clip_without_sound"


def test_the_test_picture_moves_and_is_nobody() -> None:
    picture = pattern(seconds=1)
    frames = decoded(picture.video, "vp8")
    assert not np.array_equal(frames[0].to_ndarray(), frames[-1].to_ndarray())
    assert YuNet().find(picture.first) == []


async def test_a_track_plays_in_order_for_ever_and_counts() -> None:
    track = PacketTrack("video", (b"a", b"b", b"c"), per_second=100, clock=90_000)
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0.05)
    assert not waiting.done(), "nothing plays before play()"
    track.play()
    packets = [await waiting, *[await track.recv() for _ in range(4)]]
    assert [bytes(packet) for packet in packets] == [b"a", b"b", b"c", b"a", b"b"]
    assert [packet.pts for packet in packets] == [0, 900, 1800, 2700, 3600]
    assert track.sent == 5
    track.pause()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(track.recv(), 0.05)
    assert track.sent == 5
