"""Movements asked in a call over real WebRTC: what fails is not taken, a fresh draw is answered."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import cv2
import numpy as np
import pytest

from teller_server.rehearse.media import Medium, Picture, encode_video
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.wire import View
from tests.journeys.people import (
    HAN_MEIMEI,
    HOUSE,
    OFTEN,
    PATIENCE,
    SHORT,
    Cast,
    Meeting,
    evidence_of,
    found_by_mark,
    judged,
    meeting,
)
from tests.journeys.steps import change, consent, recognise, show_document
from tests.kyc.people import clip

STEP = """  - id: presence
    kind: liveness
    draw: 2
    needs: [live_video]
    title: *words
    say: *words
    task: *words
    prompts:
      - {id: left, ask: *words, motor: true, action: turn_left}
      - {id: closer, ask: *words, motor: true, action: come_closer}
      - {id: hand, ask: *words, motor: true, action: cover_face}
      - {id: digits, ask: *words, motor: false, digits: 4}
"""
AHEAD, TURNED = slice(30, 39), slice(84, 98)  # of the clip: 8° to the right, 11° to the left


@pytest.fixture(scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    """A branch whose service asks for movements."""
    place = tmp_path_factory.mktemp("challenge")
    rules = place / "rules"
    shutil.copytree(HOUSE, rules)
    script = rules / "scripts" / "change_of_details.yaml"
    text = script.read_text("utf-8").replace("  - id: details\n", f"{STEP}  - id: details\n", 1)
    script.write_text(text, "utf-8")
    own = {**SHORT, "directory": str(rules)}
    server = PrivateServer(place, place / "evidence", recording=OFTEN, rules=own)
    await server.staff()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
async def moves(cast: Cast) -> dict[str, Medium]:
    """What one man shows: at rest, and each of the three movements."""
    rest = [*clip()[AHEAD], *clip()[AHEAD][::-1]]
    hand = [_covered(picture) for picture in rest]
    films = {
        "calm": rest * 3,
        "turn_left": [*rest[:4], *clip()[TURNED], *clip()[TURNED][::-1]],
        "come_closer": [_nearer(picture) for picture in rest],
        "cover_face": [*hand, *hand[:7], *rest, *rest],
    }
    return {
        name: Medium(await asyncio.to_thread(encode_video, film), cast.customer.audio, film[0])
        for name, film in films.items()
    }


def _nearer(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    tall, wide = round(height / 1.45), round(width / 1.45)
    top, left = (height - tall) // 2, (width - wide) // 2
    return np.asarray(
        cv2.resize(picture[top : top + tall, left : left + wide], (width, height)), np.uint8
    )


def _covered(picture: Picture) -> Picture:
    return np.full_like(picture, (120, 150, 200))


async def answer(people: Meeting, moves: dict[str, Medium]) -> str:
    """One challenge: each movement as the page shows it; how it ended."""
    peer, step = people.customer.peer, "presence"
    peer.show(moves["calm"])
    await asyncio.sleep(2)
    await people.teller.wire.send("challenge.begin", step=step)
    await people.customer.wire.until(
        lambda view: view["step"]["challenge"]["phase"] in ("calm", "action"), "it to begin"
    )
    before = _state(people.customer.wire.view or {})
    while before[0] in ("calm", "action"):
        shown = (people.customer.wire.view or {})["step"]["challenge"]
        peer.show(moves[shown["action"] or "calm"])
        await people.customer.wire.until(
            lambda view, seen=before: _state(view) != seen, "the next movement", PATIENCE
        )
        before = _state(people.customer.wire.view or {})
    peer.show(people.cast.customer)
    return before[0]


def _state(view: View) -> tuple[str, int]:
    challenge = view["step"]["challenge"]
    return challenge["phase"], challenge["index"]


async def test_what_failed_is_asked_anew_and_a_true_answer_passes(
    asking: PrivateServer, cast: Cast, moves: dict[str, Medium]
) -> None:
    async with meeting(asking, cast, HAN_MEIMEI) as people:
        await consent(people)
        await show_document(people)
        await recognise(people)
        teller = people.teller
        await teller.start("presence")
        assert await answer(people, dict.fromkeys(moves, moves["calm"])) == "failed"
        failed = await teller.visit(
            lambda visit: visit["current"]["challenge"]["status"] == "failed", "the failure"
        )
        assert "complete" not in failed["current"]["can"]
        assert failed["current"]["prompts"] == []
        assert await answer(people, moves) == "passed"
        digits = (people.customer.wire.view or {})["step"]["prompt"]["digits"]
        assert len(digits) == 4
        await teller.wire.send(
            "question.record", step="presence", question="digits", value="seen", clear=True
        )
        await teller.complete("presence")
        await change(people, "杭州市西湖区天目山路5号")
        await people.finish()
        await people.closed("committed")
    assert (await judged(evidence_of(asking, people.visit))).status == "complete"
    for mark in ("movements_failed", "movements_passed"):
        await found_by_mark(asking, people.visit, mark)
