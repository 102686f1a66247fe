"""What the bank vouches for is kept as it was said, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from teller_server.desk.attestations import attest, seed_demo
from teller_server.desk.rules import BranchRules
from teller_server.desk.scripts import load_scripts
from teller_server.domain.errors import Refusal
from teller_server.domain.policy import Attestation
from teller_server.settings import Settings
from teller_server.settings_business import Rules
from teller_server.store.store import Store
from tests.teller_server.domain.policy.material import HOME

PACK = (HOME / "packs" / "cn-bank.yaml").read_text("utf-8")
_UNTIL = re.compile(r"\n      valid_for: \w+|, valid_for: \w+")
NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def rules() -> BranchRules:
    return BranchRules.load(Settings(demo=True), load_scripts())


def word(
    kind: str = "kept_in_china", until: datetime = NOW + WEEK, by: str = "张三"
) -> Attestation:
    return Attestation(kind, NOW, until, by, "档案 12 号")


async def test_it_comes_back_as_it_was_given(store: Store, rules: BranchRules) -> None:
    first, second = word(), word("impact_assessment")
    await attest(store, rules, first)
    await attest(store, rules, second)
    assert sorted(await store.attestations.all(), key=lambda one: one.kind) == [second, first]


async def test_it_is_told_how_long_it_counts(store: Store, rules: BranchRules) -> None:
    counted = await attest(store, rules, word("stored_faces_counted", NOW + 100 * WEEK))
    assert counted.until == NOW + timedelta(days=90)


async def test_the_newest_counts_after_a_restart(
    store: Store, url: str, rules: BranchRules
) -> None:
    await attest(store, rules, word(until=NOW + 50 * WEEK))
    later = NOW + timedelta(seconds=1)
    await attest(store, rules, Attestation("kept_in_china", later, later, "李四", "taken back"))
    reopened = await Store.open(url)
    try:
        held = await reopened.attestations.all()
    finally:
        await reopened.close()
    refusal = rules.why_closed(held, later + timedelta(seconds=1))
    assert refusal is not None
    assert "kept_in_china" in str(refusal.plain["attestations"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (word("weather"), "attestation_unknown"),
        (word(by=" "), "attestation_unsigned"),
        (word(until=NOW - WEEK), "attestation_over"),
    ],
)
async def test_what_nobody_can_vouch_for_is_refused(
    store: Store, rules: BranchRules, given: Attestation, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await attest(store, rules, given)
    assert refusal.value.code == code
    assert await store.attestations.all() == ()


@pytest.mark.parametrize("now", [NOW, datetime(2028, 2, 29, 9, tzinfo=UTC)], ids=str)
@pytest.mark.parametrize("stated", [True, False], ids=["with a time", "without one"])
async def test_the_demonstration_opens_everything_and_says_that_it_is_one(
    store: Store, tmp_path: Path, now: datetime, stated: bool
) -> None:
    """On any day of the calendar, and also where a rule says nothing of how long a word holds."""
    pack = PACK if stated else _UNTIL.sub("", PACK)
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "cn-bank.yaml").write_text(pack, "utf-8")
    chosen = Settings(demo=True, rules=Rules(directory=tmp_path))
    rules = BranchRules.load(chosen, load_scripts())
    assert await seed_demo(store, rules, now) == len(rules.standings(()))
    held = await store.attestations.all()
    assert all(one.demo for one in held)
    for service in rules.compiled:
        assert rules.why_closed(held, now, service) is None
    assert await seed_demo(store, rules, now) == 0


async def test_invented_words_open_no_real_branch(store: Store, rules: BranchRules) -> None:
    await seed_demo(store, rules, NOW)
    real = BranchRules.load(Settings(), load_scripts())
    refusal = real.why_closed(await store.attestations.all(), NOW)
    assert refusal is not None
    assert refusal.code == "attestation_lapsed"
