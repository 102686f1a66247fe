"""Accounts, sessions, invitations and hand-off codes: each secret works for whom, and how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.store.invitations import Invitation
from teller_server.store.sessions import Session
from teller_server.store.store import Store
from tests.teller_server.material import NOON
from tests.teller_server.store.branch import account

HOUR = timedelta(hours=1)


async def test_an_account_is_found_as_it_was_added(store: Store) -> None:
    wang = account("wang", totp_secret="sealed:totp", language="en")
    await store.accounts.add(wang)
    assert await store.accounts.by_name("wang") == wang
    assert await store.accounts.by_id("wang") == wang
    assert await store.accounts.by_name("nobody") is None
    assert [found.name for found in await store.accounts.all()] == ["wang"]


async def test_names_and_numbers_are_unique(store: Store) -> None:
    await store.accounts.add(account("wang"))
    for twin in (account("zhao", name="wang"), account("zhao", number="T-wang")):
        with pytest.raises(Refusal, match="account_exists"):
            await store.accounts.add(twin)
    assert await store.accounts.by_id("zhao") is None


async def test_an_account_changes_in_what_may_change(store: Store) -> None:
    await store.accounts.add(account("wang"))
    await store.accounts.change("wang", disabled=True, roles={"teller", "supervisor"})
    changed = await store.accounts.by_id("wang")
    assert changed.disabled
    assert changed.roles == {"teller", "supervisor"}
    with pytest.raises(ValueError, match="number"):
        await store.accounts.change("wang", number="T-other")
    with pytest.raises(Refusal, match="unknown_account"):
        await store.accounts.change("nobody", disabled=True)


async def test_failures_are_counted_and_lock(store: Store) -> None:
    await store.accounts.add(account("wang"))
    counts = [await store.accounts.failed("wang", 3, NOON + HOUR) for _ in range(3)]
    assert counts == [1, 2, 3]
    assert (await store.accounts.by_id("wang")).locked_until == NOON + HOUR
    await store.accounts.succeeded("wang")
    unlocked = await store.accounts.by_id("wang")
    assert (unlocked.failures, unlocked.locked_until) == (0, None)


async def test_a_code_of_the_second_factor_works_once(store: Store) -> None:
    await store.accounts.add(account("wang"))
    used = await asyncio.gather(*(store.accounts.use_totp("wang", 100) for _ in range(5)))
    assert sorted(used) == [False] * 4 + [True]
    assert not await store.accounts.use_totp("wang", 99)
    assert await store.accounts.use_totp("wang", 101)


def session(key: str, subject: str = "wang", audience: str = "teller") -> Session:
    return Session(key, audience, subject, NOON, NOON, NOON + 8 * HOUR)


async def test_a_session_lives_until_it_is_removed(store: Store) -> None:
    sessions = store.sessions
    await sessions.add(session("k1"))
    assert await sessions.get("k1") == session("k1")
    await sessions.touch("k1", NOON + HOUR)
    await sessions.freshen("k1", NOON + 2 * HOUR, "proof")
    found = await sessions.get("k1")
    assert (found.seen_at, found.fresh_until) == (NOON + HOUR, NOON + 2 * HOUR)
    await sessions.remove("k1")
    assert await sessions.get("k1") is None


async def test_signing_out_everywhere_stays_within_one_door(store: Store) -> None:
    for made in (session("k1"), session("k2"), session("k3", audience="review")):
        await store.sessions.add(made)
    await store.sessions.remove_subject("teller", "wang")
    left = [key for key in ("k1", "k2", "k3") if await store.sessions.get(key)]
    assert left == ["k3"]
    assert await store.sessions.sweep(NOON + 8 * HOUR) == 1


def invitation() -> Invitation:
    return Invitation(
        "i1", "change_of_details", "zh-CN", "digest-of-li", SealedText("sealed:li"), "zhou",
        NOON, NOON + HOUR,
    )  # fmt: skip


async def test_a_secret_is_redeemed_by_the_first_tap_only(store: Store) -> None:
    await store.invitations.invite(invitation(), "hash")
    taps = await asyncio.gather(
        *(store.invitations.redeem("hash", NOON) for _ in range(4)), return_exceptions=True
    )
    assert [tap for tap in taps if isinstance(tap, Invitation)] == [invitation()]
    assert {tap.code for tap in taps if isinstance(tap, Refusal)} == {"invitation_used"}


@pytest.mark.parametrize(
    ("secret", "after", "code"),
    [("other", 0 * HOUR, "invitation_unknown"), ("hash", HOUR, "invitation_expired")],
)
async def test_other_secrets_and_late_taps_are_refused(
    store: Store, secret: str, after: timedelta, code: str
) -> None:
    await store.invitations.invite(invitation(), "hash")
    with pytest.raises(Refusal, match=code):
        await store.invitations.redeem(secret, NOON + after)


async def test_a_hand_off_code_works_once_and_replaces_the_one_before(store: Store) -> None:
    invitations, later = store.invitations, NOON + timedelta(minutes=5)
    await invitations.hand_off("code-1", "v1", NOON, later)
    await invitations.hand_off("code-2", "v1", NOON, later)
    await invitations.hand_off("code-3", "v2", NOON, later)
    assert await invitations.take_over("code-2", NOON) == "v1"
    for code, now in (("code-1", NOON), ("code-2", NOON), ("code-3", later), ("x", NOON)):
        with pytest.raises(Refusal, match="handoff_unknown"):
            await invitations.take_over(code, now)
