"""A weak line at the door: an answer that was lost costs nobody the visit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.teller_server.api.branch import HAN, Served, served


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as branch:
        yield branch


async def test_who_was_invited_may_ask_again_when_the_answer_was_lost(doors: Served) -> None:
    secret = (await doors.branch.admission.invite("change_of_details", "en", *HAN, "test")).secret
    guest = doors.browser()
    await guest.ask("POST", "/api/customer/redeem", {"secret": secret})
    invited = dict(guest.cookies)
    assert (await guest.arrive()).status == 201
    guest.cookies = invited  # as if the answer, and the cookie in it, had never come
    again = await guest.arrive()
    assert again.status == 201
    assert (await guest.ask("GET", "/api/customer/receipt")).code == "no_receipt_yet"
