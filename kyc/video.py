"""Pictures out of the encoded live video; runs only in a model process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import av
import numpy as np
from av.error import FFmpegError

from kyc.face import Image
from kyc.frames import EncodedFrame, plausible_keyframe


def decode_vp8(
    frames: Sequence[EncodedFrame], wanted: Sequence[float]
) -> Iterator[tuple[float, Image | None]]:
    """Each decoded frame's arrival; its picture too for the first one at or after a wanted moment.

    Decoding begins at a keyframe and, after a frame that can't be decoded, at the next one, so no
    picture rests on a broken reference. `wanted` ascends.
    """
    codec: av.VideoCodecContext | None = None
    due = list(wanted)
    for data, keyframe, arrived in frames:
        if keyframe:
            codec = (codec or _decoder()) if plausible_keyframe(data) else None
        if codec is None:
            continue
        try:
            pictures = codec.decode(av.Packet(data))
        except FFmpegError:
            codec = None
            continue
        for picture in pictures:
            if due and arrived >= due[0]:
                due = [moment for moment in due if moment > arrived]
                yield arrived, np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
            else:
                yield arrived, None


def _decoder() -> av.VideoCodecContext:
    codec = av.VideoCodecContext.create("vp8", "r")
    codec.thread_count = 1
    return codec
