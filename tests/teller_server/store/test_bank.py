"""The first answer to a bank's program is that to every repetition; a lost one is made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from teller_server.domain.errors import Refusal
from teller_server.store.bank import ABANDONED, KEPT, Answered, BankKey
from teller_server.store.store import Store
from tests.teller_server.material import NOON

ANSWER = Answered(201, "sealed")


@pytest.fixture
async def store(store: Store) -> Store:
    for name in ("CRM", "ERP"):
        key = BankKey(name, name, frozenset({"visits:read"}), "root", NOON, NOON + KEPT)
        await store.bank.add(key, name.lower() * 20)
    return store


async def test_a_repetition_gets_the_first_answer_for_a_day(store: Store) -> None:
    bank = store.bank
    assert await bank.begin("CRM", "once-1", "h", NOON) is None
    with pytest.raises(Refusal, match="request_running"):
        await bank.begin("CRM", "once-1", "h", NOON)
    await bank.end("CRM", "once-1", ANSWER)
    assert await bank.begin("CRM", "once-1", "h", NOON + KEPT) == ANSWER
    with pytest.raises(Refusal, match="idempotency_key_reused"):
        await bank.begin("CRM", "once-1", "other", NOON)
    assert await bank.begin("ERP", "once-1", "other", NOON) is None
    later = NOON + KEPT + timedelta(seconds=1)
    assert await bank.begin("CRM", "once-1", "other", later) is None


async def test_what_failed_may_be_tried_again_at_once(store: Store) -> None:
    await store.bank.begin("CRM", "once-1", "h", NOON)
    await store.bank.end("CRM", "once-1", None)
    assert await store.bank.begin("CRM", "once-1", "h", NOON) is None


async def test_what_a_crash_cut_off_may_be_tried_again_soon(store: Store) -> None:
    await store.bank.begin("CRM", "cut off", "h", NOON)
    await store.bank.begin("CRM", "done", "h", NOON)
    await store.bank.end("CRM", "done", ANSWER)
    with pytest.raises(Refusal, match="request_running"):
        await store.bank.begin("CRM", "cut off", "h", NOON + ABANDONED)
    later = NOON + ABANDONED + timedelta(seconds=1)
    assert await store.bank.begin("CRM", "cut off", "h", later) is None
    assert await store.bank.begin("CRM", "done", "h", later) == ANSWER


async def test_a_revoked_key_is_found_as_such_and_an_unknown_one_is_told(store: Store) -> None:
    await store.bank.revoke("CRM", NOON)
    found = await store.bank.find("CRM")
    assert found is not None
    assert found[0].revoked_at == NOON
    with pytest.raises(Refusal, match="bank_key_unknown"):
        await store.bank.revoke("nobody", NOON)
    assert {key.id for key in await store.bank.all()} == {"CRM", "ERP"}
