"""From the last keyframe on, and never more than its bounds."""

from __future__ import annotations

import base64

from teller_server.worker.newest import Newest


def test_a_keyframe_begins_anew() -> None:
    newest = Newest(10, 1000)
    newest.take(b"lost", False, 0.0)
    assert newest.frames() == []
    for n in range(6):
        newest.take(bytes([n]), n % 3 == 0, float(n))
    kept = newest.frames()
    assert [(base64.b64decode(data), key, at) for data, key, at in kept] == [
        (b"\x03", True, 3.0),
        (b"\x04", False, 4.0),
        (b"\x05", False, 5.0),
    ]


def test_beyond_its_bounds_it_waits_for_the_next_keyframe() -> None:
    for newest in (Newest(3, 1000), Newest(100, 3)):
        for n in range(8):
            newest.take(b"x", n == 0, float(n))
        assert newest.frames() == []
        newest.take(b"k", True, 9.0)
        assert len(newest.frames()) == 1
