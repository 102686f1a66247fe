"""Attacks after the match: somebody else sits down, a picture is frozen. The teller hears of it
while it happens, and it stands in the evidence and is found by the search."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage

from teller_server.rehearse.client import Door
from teller_server.rehearse.customer import Customer
from teller_server.rehearse.media import Medium, Picture, encode_video
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import (
    HAN_MEIMEI,
    PATIENCE,
    WANG_XIAOMING,
    Cast,
    Meeting,
    changes_in_core,
    evidence_of,
    found_by_mark,
    judged,
    meeting,
)
from tests.journeys.steps import change, consent, recognise, show_document


@pytest.fixture(scope="module")
async def stranger(cast: Cast) -> Medium:
    """Somebody else, who moves a little, as a living person does."""
    photo = portrait()
    pictures = [_moved(photo, n) for n in range(50)]
    return Medium(await asyncio.to_thread(encode_video, pictures), cast.customer.audio, photo)


@pytest.fixture(scope="module")
async def frozen(cast: Cast) -> Medium:
    """The customer's own first picture, for ever; a keyframe every ten seconds, as in a call."""
    first = cast.customer.first
    video = await asyncio.to_thread(encode_video, [first] * 250, keyframe_every=250)
    return Medium(video, cast.customer.audio, first)


def portrait() -> Picture:
    path = Path(skimage.__file__).parent / "data" / "astronaut.png"
    photo = np.asarray(cv2.imread(str(path)), np.uint8)[0:384, 0:512]
    return np.asarray(cv2.resize(photo, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def _moved(photo: Picture, n: int) -> Picture:
    shift = np.array([[1, 0, 5 * np.sin(n / 4)], [0, 1, 3 * np.cos(n / 6)]], np.float32)
    moved = cv2.warpAffine(photo, shift, (640, 480), borderMode=cv2.BORDER_REFLECT)
    grain = np.random.default_rng(n).normal(0, 4, moved.shape)
    return np.asarray(np.clip(moved + grain, 0, 255), np.uint8)


async def doubted(people: Meeting, *doubts: str) -> None:
    """The teller's page shows exactly these doubts about the customer."""
    await people.teller.visit(
        lambda visit: visit["call"]["peers"][0]["doubts"] == sorted(doubts),
        f"doubts: {doubts}",
        PATIENCE,
    )


async def played_back(people: Meeting) -> None:
    """Our customer's browser plays an encoded clip over and over: the teller is told."""
    await people.teller.visit(
        lambda visit: visit["call"]["peers"][0]["hints"] == ["repeated_frames"],
        "the hint",
        PATIENCE,
    )


async def test_who_changes_after_the_match_is_told_while_it_happens(
    branch: PrivateServer, cast: Cast, stranger: Medium, frozen: Medium
) -> None:
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        await consent(people)
        await show_document(people)
        await recognise(people)
        await doubted(people)
        await played_back(people)
        people.customer.peer.show(stranger)
        await doubted(people, "another_face")
        people.customer.peer.show(cast.customer)
        await doubted(people)
        people.customer.peer.show(frozen)
        await doubted(people, "still_picture")
        people.customer.peer.show(cast.customer)
        await doubted(people)
        await change(people, "杭州市西湖区天目山路5号")
        await people.finish()
        await people.closed("committed")
    assert (await judged(evidence_of(branch, people.visit))).status == "complete"
    await found_by_mark(branch, people.visit, "face_doubt")


async def test_who_comes_back_with_a_stolen_token_stays_before_the_door(
    branch: PrivateServer, cast: Cast, stranger: Medium
) -> None:
    """Another browser, the customer's own cookie, somebody else before the camera."""
    async with meeting(branch, cast, HAN_MEIMEI) as people, Door(branch.base) as door:
        teller = people.teller
        await consent(people)
        await show_document(people)
        await recognise(people)
        steal(people.customer.door, door)
        await door.page("/")
        thief = Customer(door, await door.wire("/ws/customer"), stranger, people.visit)
        await people.customer.peer.close()
        await thief.join()
        await teller.visit(lambda visit: visit["state"] == "reverify", "reverify", PATIENCE)
        check = await teller.check_face("details")
        assert (check["status"], check["outcome"]) == ("done", "failed")
        accepted = await teller.wire.send(
            "identity.decide", bold=True, check=check["id"], verdict="accept", reason="像"
        )
        assert (await teller.wire.fault(accepted)).code == "failed_match_not_acceptable"
        begun = await teller.wire.send("step.start", bold=True, step="details")
        assert (await teller.wire.fault(begun)).code == "reverify_first"
        await teller.decide(check["id"], "refuse", "与核验通过的人不是同一人")
        await people.wrap_up("refused_bank")
        view = await thief.wire.until(
            lambda view: view["visit"]["state"] == "closed", "the visit to close", PATIENCE
        )
        assert view["visit"]["effect"] != "committed"
    assert changes_in_core(branch, people.visit) == []


def steal(robbed: Door, thief: Door) -> None:
    """One browser's cookies in another."""
    for cookie in robbed._http.cookie_jar:
        thief._http.cookie_jar.update_cookies({cookie.key: cookie.value}, thief._base)


async def test_who_agreed_to_no_comparison_is_not_looked_at(
    branch: PrivateServer, cast: Cast, stranger: Medium, frozen: Medium
) -> None:
    async with meeting(branch, cast, WANG_XIAOMING, face=False) as people:
        await consent(people)
        people.customer.peer.show(frozen)
        await asyncio.sleep(6)
        await doubted(people)
        people.customer.peer.show(stranger)
        await show_document(people)
        await doubted(people)
        await people.finish("refused_bank", "rehearsed enough")
        await people.closed()
