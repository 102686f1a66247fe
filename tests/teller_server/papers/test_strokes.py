"""Handwriting from a page: what is a signature, what is refused, what is kept."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_server.domain.errors import Refusal
from teller_server.papers.strokes import MAX_POINTS, read_strokes
from tests.teller_server.papers.material import hand


def line(points: list[list[float | None]]) -> dict[str, Any]:
    return {"width": 600, "height": 240, "strokes": [points]}


def refused(given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read_strokes(given)
    return caught.value.code


def test_a_signature_is_read_as_it_was_drawn() -> None:
    strokes = read_strokes(hand())
    assert len(strokes.strokes) == 3
    assert len(strokes.points) == 120
    assert strokes.milliseconds == 2 * 900 + 39 * 12


def test_pressure_may_be_absent() -> None:
    drawn = hand()
    for stroke in drawn["strokes"]:
        for point in stroke:
            point[3] = None
    assert read_strokes(drawn).points[0].pressure is None


def test_a_finger_that_leaves_the_area_stays_at_its_edge() -> None:
    drawn = hand()
    drawn["strokes"][0][5][:2] = [-20, 250]
    point = read_strokes(drawn).strokes[0][5]
    assert (point.x, point.y) == (0, 240)


@pytest.mark.parametrize(
    "drawn",
    [
        {"width": 600, "height": 240, "strokes": []},
        {"width": 600, "height": 240, "strokes": [[]]},
        line([[300, 120, n * 20, 0.5] for n in range(60)]),  # a dot
        line([[10 + n * 9, 120, n * 20, None] for n in range(60)]),  # one straight line
        line([[10 + n * 5, 20 + n * 3, n * 20, None] for n in range(60)]),  # and a slanting one
        line([[300, 10 + n * 3, n * 20, None] for n in range(70)]),  # and an upright one
        line([[10, 10, 0, None], [590, 230, 900, None], [10, 200, 1200, None]]),  # three points
        line([[n * 9, 120 + 50 * (n % 2), n, None] for n in range(60)]),  # 60 ms
        line([[300 + n % 5, 120 + n % 7, n * 20, None] for n in range(60)]),  # a scribble, tiny
    ],
    ids=["none", "empty", "dot", "line", "slant", "upright", "taps", "flash", "tiny"],
)
def test_what_is_no_signature_is_refused(drawn: dict[str, Any]) -> None:
    assert refused(drawn) == "signature_too_short"


@pytest.mark.parametrize(
    "change",
    [
        {"width": 0}, {"width": float("nan")}, {"height": 99999}, {"width": "600"},
        {"width": True}, {"strokes": None}, {"strokes": [1]}, {"strokes": [[1, 2, 3]]},
        {"strokes": [[[1, 2]]]}, {"strokes": [[[1, 2, 3, 4, 5]]]},
        {"strokes": [[[1, 2, -1, None]]]},
        {"strokes": [[[1, 2, 3, 1.5]]]}, {"strokes": [[["1", 2, 3, None]]]},
        {"strokes": [[[1, 2, 3, None], [1, 2, 2, None]]]}, {"strokes": [[[9e9, 2, 3, None]]]},
        {"strokes": [[[float("inf"), 2, 3, None]]]},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(change: dict[str, Any]) -> None:
    assert refused({**hand(), **change}) == "signature_malformed"


def test_too_much_is_refused() -> None:
    point = [1, 2, 3, None]
    assert refused(line([point] * (MAX_POINTS + 1))) == "signature_too_large"
    assert refused({**hand(), "strokes": [[point]] * 61}) == "signature_too_large"
    assert refused([]) == "signature_malformed"


def test_the_canonical_bytes_say_everything() -> None:
    strokes = read_strokes(hand())
    again = read_strokes(json.loads(strokes.canonical()))
    assert again == strokes
    assert again.digest() == strokes.digest()


def test_the_digest_changes_with_every_value() -> None:
    digests = {read_strokes(hand()).digest()}
    for position, by in ((0, 1), (1, 1), (2, 1), (3, -0.05)):
        drawn = copy.deepcopy(hand())
        drawn["strokes"][1][7][position] += by
        digests.add(read_strokes(drawn).digest())
    assert len(digests) == 5


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


@given(json_values, json_values, json_values)
def test_nothing_from_a_page_does_more_than_be_refused(width: Any, height: Any, drawn: Any) -> None:
    for sent in (drawn, {"width": width, "height": height, "strokes": drawn}):
        with pytest.raises(Refusal):
            read_strokes(sent)
