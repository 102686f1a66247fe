"""Who sits in the dark or turns away is told on the own page, before faces are compared."""

from __future__ import annotations

import asyncio

import numpy as np

from teller_server.rehearse.media import Medium, Picture, encode_video
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.wire import View
from tests.journeys.people import HAN_MEIMEI, PATIENCE, Cast, Meeting, meeting
from tests.journeys.steps import consent, show_document

TOO_DARK = "光线太暗。请打开灯，或面向窗户。"


async def dark(cast: Cast) -> Medium:
    """The customer's own face with the lamp off, and a camera's noise."""
    first = cast.customer.first
    pictures = [_dimmed(first, n) for n in range(50)]
    return Medium(await asyncio.to_thread(encode_video, pictures), cast.customer.audio, first)


def _dimmed(picture: Picture, n: int) -> Picture:
    noise = np.random.default_rng(n).normal(0, 2, picture.shape)
    return np.asarray(np.clip(picture * 0.18 + noise, 0, 255), np.uint8)


async def told(people: Meeting, words: str | None) -> None:
    """The customer's page gives this advice, or none."""

    def shown(view: View) -> bool:
        return bool(
            view["step"] and view["step"]["id"] == "face" and view["step"]["coach"] == words
        )

    await people.customer.wire.until(shown, f"the advice {words}", PATIENCE)


async def test_advice_comes_and_goes_with_what_is_before_the_camera(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        await consent(people)
        await show_document(people)
        await people.teller.start("face")
        await told(people, None)
        people.customer.peer.show(await dark(cast))
        await told(people, TOO_DARK)
        people.customer.peer.show(cast.customer)
        await told(people, None)
        await people.teller.end("other_channel", "请到网点办理")
        await people.wrap_up("other_channel")
        await people.closed()
