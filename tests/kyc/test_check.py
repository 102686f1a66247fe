"""One face match over encoded live video: the same person, another, and what can't be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from kyc.check import KycCheck
from kyc.engines.dlib import DlibResNet
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.errors import Refusal
from kyc.face import Face, Image, Score, Template
from kyc.frames import EncodedFrame
from kyc.picture import decode
from kyc.policy import Outcome, SecondOpinion
from kyc.video import decode_vp8
from tests.kyc.people import RATE, astronaut, clip, jpeg, vp8, wide


@pytest.fixture(scope="module")
def check(finder: YuNet, sface: SFace, dlib: DlibResNet) -> KycCheck:
    return KycCheck(finder, sface, dlib)


@dataclass(frozen=True)
class Opinion:
    """A second engine with one opinion about everybody."""

    distance: float
    name: str = "dlib"
    model_sha256: str = "0" * 64

    def embed(self, image: Image, face: Face) -> Template:
        return Template(self.name, self.model_sha256, np.zeros(128, np.float32))

    def compare(self, one: Template, other: Template) -> Score:
        return Score(self.name, "distance", self.distance)


def still(image: Image, seconds: float = 2) -> list[EncodedFrame]:
    return vp8([image] * int(seconds * RATE))


def test_the_same_person_passes(
    check: KycCheck, photo_of_a: bytes, video_of_a: Sequence[EncodedFrame]
) -> None:
    result = check.run(photo_of_a, video_of_a)
    assert result.outcome is Outcome.PASSED
    assert result.score is not None
    assert result.score > 0.5
    assert result.second_opinion is SecondOpinion.AGREES
    assert result.reasons == ()
    assert len(result.frames) >= 5
    assert result.frames_decoded == len(video_of_a)
    moments = [frame.arrived for frame in result.frames]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] > 3  # spread over the clip's 4.8 s
    assert result.live_face is not None
    assert decode(result.live_face).size > 0
    assert len(result.model_sha256) == 64


def test_another_person_fails(check: KycCheck, video_of_a: Sequence[EncodedFrame]) -> None:
    result = check.run(jpeg(astronaut()), video_of_a)
    assert result.outcome is Outcome.FAILED
    assert result.reasons == ("score_low",)
    assert result.second_opinion is SecondOpinion.NONE  # nothing left to lower
    assert result.live_face is not None
    assert result.portrait_face is not None


def test_the_second_opinion_lowers_and_never_lifts(
    finder: YuNet, sface: SFace, photo_of_a: bytes, video_of_a: Sequence[EncodedFrame]
) -> None:
    doubtful = KycCheck(finder, sface, Opinion(0.6)).run(photo_of_a, video_of_a)
    assert doubtful.outcome is Outcome.REFERRED
    assert doubtful.reasons == ("second_opinion_lowers",)
    assert doubtful.second_distance == pytest.approx(0.6)
    eager = KycCheck(finder, sface, Opinion(0.0)).run(jpeg(astronaut()), video_of_a)
    assert eager.outcome is Outcome.FAILED


def test_a_person_swapped_in_mid_clip_is_referred(check: KycCheck, photo_of_a: bytes) -> None:
    stranger = wide(astronaut(), 640)[:524]
    result = check.run(photo_of_a, vp8([*clip()[:75], *[stranger] * 30]))
    assert result.outcome is Outcome.REFERRED
    assert result.reasons == ("face_changed",)


def test_a_clip_too_short_must_be_repeated(
    check: KycCheck, photo_of_a: bytes, video_of_a: Sequence[EncodedFrame]
) -> None:
    result = check.run(photo_of_a, video_of_a[:10])
    assert result.outcome is Outcome.UNUSABLE
    assert result.reasons[0] == "too_few_frames"
    assert result.score is None


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (np.full((480, 640, 3), 128, np.uint8), "no_face"),
        (np.hstack([clip()[0][:512], wide(astronaut(), 900)[100:612]]), "several_faces"),
        ((clip()[0] * 0.2).astype(np.uint8), "too_dark"),
        (wide(clip()[0], 320), "face_too_small"),
    ],
    ids=["nobody", "two people", "in the dark", "far away"],
)
def test_an_unusable_clip_says_why(
    scene: Image, code: str, check: KycCheck, photo_of_a: bytes
) -> None:
    result = check.run(photo_of_a, still(scene))
    assert result.outcome is Outcome.UNUSABLE
    assert result.reasons == ("too_few_frames", code)
    assert result.flaws[code] == result.frames_examined > 5


def test_no_video_at_all_is_unusable(check: KycCheck, photo_of_a: bytes) -> None:
    for frames in ([], [(b"not VP8 at all", True, 1.0)], [(b"", False, 2.0)]):
        result = check.run(photo_of_a, frames)
        assert result.outcome is Outcome.UNUSABLE
        assert result.reasons == ("too_few_frames", "no_video")


def test_a_portrait_without_a_face_is_refused(
    check: KycCheck, video_of_a: Sequence[EncodedFrame]
) -> None:
    with pytest.raises(Refusal, match="no_face"):
        check.run(jpeg(np.full((200, 200, 3), 128, np.uint8)), video_of_a)


def test_decoding_begins_at_a_keyframe(video_of_a: Sequence[EncodedFrame]) -> None:
    late = [*video_of_a[5:30], *video_of_a[:3]]
    assert [arrived for arrived, _ in decode_vp8(late, [])] == [
        arrived for _, _, arrived in video_of_a[:3]
    ]


def test_after_a_broken_frame_decoding_waits_for_a_keyframe(
    video_of_a: Sequence[EncodedFrame],
) -> None:
    broken = (b"\x00", False, 0.5)
    frames = [*video_of_a[:3], broken, *video_of_a[4:10], *video_of_a[:2]]
    assert len(list(decode_vp8(frames, []))) == 5


def test_a_keyframe_of_absurd_size_is_not_decoded() -> None:
    bomb = b"\x10\x00\x00\x9d\x01\x2a" + (16_383).to_bytes(2, "little") * 2 + bytes(64)
    assert list(decode_vp8([(bomb, True, 1.0)], [0.0])) == []
