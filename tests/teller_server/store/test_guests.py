"""A guest's link: for whom, for how long, how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from teller_server.domain.errors import Refusal
from teller_server.store.guests import GuestLink, keep_link
from teller_server.store.store import Store
from tests.teller_server.material import NOON, opening

HOUR = timedelta(hours=1)
LINK = GuestLink("guest-1", "v1", "guarantor", "staff-wang", NOON, NOON + HOUR)


async def invited(store: Store) -> None:
    await store.visits.apply("v1", opening("v1"), NOON)
    await store.write(keep_link(LINK, "hash"))


async def test_a_link_is_used_once_however_many_tap_it(store: Store) -> None:
    await invited(store)
    taps = [store.guests.redeem("hash", NOON) for _ in range(3)]
    came = await asyncio.gather(*taps, return_exceptions=True)
    assert [link for link in came if isinstance(link, GuestLink)] == [LINK]
    refused = [why for why in came if isinstance(why, Refusal)]
    assert [why.code for why in refused] == ["join_used", "join_used"]
    assert await store.guests.get("guest-1") == LINK


async def test_a_link_ends_after_its_hour_and_no_other_secret_opens_it(store: Store) -> None:
    await invited(store)
    with pytest.raises(Refusal, match="join_expired"):
        await store.guests.redeem("hash", NOON + HOUR)
    with pytest.raises(Refusal, match="join_unknown"):
        await store.guests.redeem("another", NOON)
    assert await store.guests.get("guest-2") is None
    assert await store.guests.redeem("hash", NOON + HOUR - timedelta(seconds=1)) == LINK
