"""A card that nobody owns is photographed, read, held against the visit and put right."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import skimage

from bench import _kyc_cards as cards
from teller_server.rehearse.media import Medium, Picture, document_photo, encode_video
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.wire import View
from tests.journeys.disk import written
from tests.journeys.people import LI_LEI, Cast, Meeting, meeting
from tests.journeys.steps import consent
from tests.journeys.test_promises import refused

HELD = cards.Level(size=(640, 480), fill=0.7, warp=0.02, turn=3, blur=0.6)
SHARP = cards.Level(size=(2000, 1400), fill=0.8, warp=0.01, turn=1)


def card(told: cards.Drawn) -> bytes:
    """A photograph of its front, with the astronaut's portrait."""
    page = cards.front(told, random.Random(5), _face())
    shot, _ = cards.shoot(page, SHARP, random.Random(6))
    return cv2.imencode(".jpg", shot, (cv2.IMWRITE_JPEG_QUALITY, 92))[1].tobytes()


def _face() -> Picture:
    path = Path(skimage.__file__).parent / "data" / "astronaut.png"
    return np.asarray(cv2.imread(str(path)), np.uint8)[0:292, 110:340]


def misprinted(number: str) -> str:
    """The number with another check digit."""
    return number[:-1] + ("1" if number[-1] == "X" else str((int(number[-1]) + 1) % 10))


async def fields(people: Meeting) -> dict[str, View]:
    """What stands on the front, on the teller's console."""
    visit = await people.teller.visit(
        lambda visit: visit["current"]["document"]["sides"][0]["reading"] == "done", "the reading"
    )
    (front,) = visit["current"]["document"]["sides"]
    return {one["name"]: one for one in front["fields"]}


def corrected(name: str) -> Callable[[View], bool]:
    """Whether the console shows that this field of the front was put right."""

    def shown(visit: View) -> bool:
        (front,) = visit["current"]["document"]["sides"]
        return any(one["name"] == name and one["corrected"] for one in front["fields"])

    return shown


async def test_a_misread_number_is_put_right_before_the_step_is_passed(
    branch: PrivateServer, cast: Cast
) -> None:
    today = datetime.now(UTC).date()
    told = cards.person(random.Random(3), today)
    wrong = told | {"number": misprinted(told["number"])}
    passed = {"step": "document", "result": "passed", "note": None}
    async with meeting(branch, cast, LI_LEI) as people:
        await consent(people)
        await people.teller.start("document")
        document = await people.customer.photograph("document", card(wrong))
        assert (document["status"], document["message"]) == ("accepted", None)
        read = await fields(people)
        assert {name: one["value"] for name, one in read.items() if name != "number"} == {
            name: told[name] for name in read if name != "number"
        }
        assert read["number"]["value"] == wrong["number"]
        assert read["number"]["blocking"]
        assert read["name"]["problem"], "it is not the name that was given on arrival"
        assert await refused(people, "step.complete", **passed) == "document_number_wrong"
        body = {"step": "document", "side": "front", "field": "number"}
        await people.teller.wire.send("document.correct", value=told["number"], **body)
        await people.teller.visit(
            lambda visit: "complete" in visit["current"]["can"], "the step to be passable"
        )
        mended = (await fields(people))["number"]
        assert (mended["value"], mended["corrected"]) == (told["number"], True)
        assert mended["problem"], "nor is it the number that was given on arrival"
        await people.teller.wire.send("document.correct", value="女", **(body | {"field": "sex"}))
        await people.teller.visit(corrected("sex"), "the sex")
        assert (await fields(people))["sex"]["value"] == "F", "whichever language it was typed in"
        await people.teller.complete("document")
        await people.teller.end("refused_bank", "证件与客户不符")
        await people.wrap_up("refused_bank")
        await people.closed()
    kept = b"".join(written(branch.evidence.parent).values())
    for secret in (told["number"], wrong["number"], told["name"], told["address"]):
        assert secret.encode() not in kept
        assert json.dumps(secret).strip('"').encode() not in kept


async def held_up(told: cards.Drawn, portrait: Picture, cast: Cast) -> Medium:
    """A card in a hand that is not quite still, as the call's camera sees it."""
    page = cards.front(told, random.Random(5), portrait)
    chance = random.Random(7)
    shots = [np.asarray(cards.shoot(page, HELD, chance)[0], np.uint8) for _ in range(8)]
    pictures = [shots[n // 6 % len(shots)] for n in range(48)]
    return Medium(await asyncio.to_thread(encode_video, pictures), cast.customer.audio, shots[0])


async def looked_for(people: Meeting) -> View:
    """What the console says once the front was looked for in the video."""
    await people.teller.wire.send("document.compare", step="document", side="front")
    visit = await people.teller.visit(
        lambda visit: visit["current"]["document"]["comparing"], "the look at the video"
    )
    visit = await people.teller.visit(
        lambda visit: not visit["current"]["document"]["comparing"], "its end"
    )
    shown: View = visit["current"]["document"]["sides"][0]["compared"]
    return shown


async def test_the_card_in_the_video_is_told_from_another_and_from_none(
    branch: PrivateServer, cast: Cast
) -> None:
    today = datetime.now(UTC).date()
    own, other = (cards.person(random.Random(n), today) for n in (3, 4))
    async with meeting(branch, cast, LI_LEI) as people:
        await consent(people)
        await people.teller.start("document")
        await people.customer.photograph("document", card(own))
        await fields(people)
        nothing = await looked_for(people)
        people.customer.peer.show(await held_up(other, cast.customer.first[:, 120:520], cast))
        others = await looked_for(people)
        people.customer.peer.show(await held_up(own, _face(), cast))
        theirs = await looked_for(people)
        assert [one["found"] for one in (nothing, others, theirs)] == [False, False, True]
        assert theirs["likeness"] > others["likeness"]
        await people.teller.end("other_channel", "请到网点办理")
        await people.wrap_up("other_channel")
        await people.closed()


async def test_a_picture_that_can_not_be_read_keeps_nobody_waiting(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, LI_LEI, face=False) as people:
        await consent(people)
        await people.teller.start("document")
        await people.customer.photograph("document", document_photo(cast.customer.first))
        visit = await people.teller.visit(lambda visit: visit["current"]["can"], "the step")
        (front,) = visit["current"]["document"]["sides"]
        assert (front["reading"], front["status"]) == ("not_read", "accepted")
        assert front["notes"], "the teller is told to look by eye"
        await people.teller.complete("document")
        await people.teller.end("other_channel", "请到网点办理")
        await people.wrap_up("other_channel")
        await people.closed()
