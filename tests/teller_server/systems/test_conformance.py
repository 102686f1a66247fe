"""What every adapter to a bank's system must do, tried on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from teller_server.domain.errors import Outage, Refusal
from teller_server.systems.demo_core import DemoCore
from teller_server.systems.port import (
    CHANGE_DETAILS,
    LOAN_INTERVIEW,
    OPEN_ACCOUNT,
    Backoffice,
    Order,
    Receipt,
    Seals,
)
from tests.teller_server.systems.banks import sample_bank

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEALS = Seals("call-seal", "decision-seal")
LEI = "C100001"
NUMBER = "330106199001010028"
STRANGER = "11010519491231002x"
APPLICATION = {"amount": "150000", "months": 24, "purpose": "renovation"}


def change(key: str = "v1/core.change_details", **changes: str) -> Order:
    wanted = changes or {"address": "北京市海淀区学院路1号", "occupation": "retired"}
    return Order(key, CHANGE_DETAILS, LEI, {"changes": wanted})


def loan(verdict: str, outcome: str) -> Order:
    body = {
        "application": APPLICATION,
        "decision": {"verdict": verdict},
        "outcome": outcome,
        "papers": {"loan_contract": "ab" * 32},
    }
    return Order(f"{verdict}/{outcome}", LOAN_INTERVIEW, LEI, body)


def of_a_stranger(order: Order, number: str = STRANGER) -> Order:
    """The same for somebody whom the bank does not know."""
    person = {"name": "周小川", "document": number, "phone": "13700000007"}
    return replace(order, reference="", body={**order.body, "person": person})


def account(**more: Any) -> Order:
    body = {
        "application": {"company": "杭州青禾茶业有限公司"},
        "decision": {"verdict": "approve"},
        "outcome": "done_with_limits",
        "papers": {},
        **more,
    }
    return Order(f"account/{len(more)}", OPEN_ACCOUNT, LEI, body)


@pytest_asyncio.fixture(params=["demo", "rest"])
async def bank(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backoffice]:
    if request.param == "demo":
        demo = DemoCore(tmp_path / "core.db")
        await demo.seed()
        await demo.seed()
        yield demo
        await demo.close()
        return
    async with sample_bank(tmp_path) as sample:
        rest = sample.adapter()
        yield rest
        await rest.close()


async def test_a_customer_is_found_by_either_name_and_nobody_by_another(bank: Backoffice) -> None:
    found = await bank.look_up(document=f" {NUMBER} ")
    assert found is not None
    assert (found.reference, found.name, found.document_until) == (LEI, "李雷", "2030-01-01")
    assert found.companies[0].role == "legal_representative"
    assert await bank.look_up(reference=LEI) == found
    assert await bank.look_up(document="no such number") is None
    assert await bank.look_up(reference="C999999") is None


async def test_a_change_is_made_once_however_often_it_is_sent(bank: Backoffice) -> None:
    receipts = {await bank.commit(change(), SEALS, NOON) for _ in range(3)}
    assert len(receipts) == 1
    (receipt,) = receipts
    assert receipt.status == "changed"
    changed = await bank.look_up(reference=LEI)
    assert changed is not None
    assert (changed.address, changed.occupation) == ("北京市海淀区学院路1号", "retired")


async def test_everything_that_may_change_does(bank: Backoffice) -> None:
    wanted = {
        "phone": "13900000009",
        "address": "a",
        "occupation": "student",
        "document_until": "2040-01-01",
    }
    await bank.commit(change(**wanted), SEALS, NOON)
    changed = await bank.look_up(reference=LEI)
    assert {name: getattr(changed, name) for name in wanted} == wanted


async def test_a_key_belongs_to_one_change_and_its_evidence(bank: Backoffice) -> None:
    await bank.commit(change(), SEALS, NOON)
    for order, seals in (
        (change(address="elsewhere"), SEALS),
        (change(), Seals("another call", "decision-seal")),
        (change(), Seals("call-seal", None)),
    ):
        with pytest.raises(Refusal, match="core_key_reused"):
            await bank.commit(order, seals, NOON)


async def test_nothing_is_taken_without_evidence(bank: Backoffice) -> None:
    with pytest.raises(Refusal, match="core_evidence_missing"):
        await bank.commit(change(), Seals(""), NOON)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (replace(change(), reference="C999999"), "core_unknown_customer"),
        (replace(change(), body={"changes": {}}), "core_not_changeable"),
    ],
    ids=["unknown", "empty"],
)
async def test_what_can_never_be_done_is_refused_before_and_after(
    bank: Backoffice, order: Order, code: str
) -> None:
    proposal = await bank.propose(order)
    assert not proposal.accepted
    assert proposal.reasons
    with pytest.raises(Refusal, match=code):
        await bank.commit(order, SEALS, NOON)


async def test_a_proposal_changes_nothing(bank: Backoffice) -> None:
    before = await bank.look_up(reference=LEI)
    assert (await bank.propose(change())).accepted
    assert await bank.look_up(reference=LEI) == before
    assert (await bank.propose(loan("approve", "done"))).accepted


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (loan("approve", "done"), "granted"),
        (loan("approve", "sign_at_branch"), "sign_at_branch"),
        (loan("refer", "done"), "interview_recorded"),
        (loan("refuse", "refused_bank"), "refusal_recorded"),
        (account(), "pending_filing"),
        (account(handed_over=["seal card"]), "pending_originals"),
        (of_a_stranger(account()), "pending_filing"),
        (of_a_stranger(loan("approve", "done")), "granted"),
    ],
    ids=["granted", "branch", "referred", "refused", "filing", "originals", "firm", "stranger"],
)
async def test_only_the_receipt_says_what_became_of_it(
    bank: Backoffice, order: Order, status: str
) -> None:
    receipt = await bank.commit(order, SEALS, NOON)
    assert receipt.status == status
    assert receipt == Receipt.read(str(receipt))
    assert await bank.commit(order, SEALS, NOON) == receipt


async def test_a_loan_to_a_stranger_makes_the_customer_once(bank: Backoffice) -> None:
    order = of_a_stranger(loan("approve", "done"))
    assert (await bank.propose(order)).accepted
    assert await bank.look_up(document=STRANGER) is None
    for _ in range(2):
        await bank.commit(order, SEALS, NOON)
    made = await bank.look_up(document=STRANGER)
    assert made is not None
    assert (made.name, made.phone) == ("周小川", "13700000007")
    await bank.commit(of_a_stranger(account()), SEALS, NOON)
    assert await bank.look_up(document=STRANGER) == made


async def test_a_stranger_who_is_not_named_gets_nothing(bank: Backoffice) -> None:
    for order in (
        replace(loan("approve", "done"), reference=""),
        of_a_stranger(change()),
        of_a_stranger(loan("approve", "done"), number=""),
    ):
        with pytest.raises(Refusal, match="core_unknown_customer"):
            await bank.commit(order, SEALS, NOON)


async def test_what_is_withdrawn_is_never_done(bank: Backoffice) -> None:
    assert await bank.cancel(change().key) is None
    assert await bank.cancel(change().key) is None
    with pytest.raises(Refusal, match="core_withdrawn"):
        await bank.commit(change(), SEALS, NOON)


async def test_what_was_done_can_not_be_withdrawn_but_is_told(bank: Backoffice) -> None:
    receipt = await bank.commit(change(), SEALS, NOON)
    assert await bank.cancel(change().key) == receipt


async def test_a_reference_is_never_another_path(bank: Backoffice) -> None:
    for odd in ("../customers/C100001", "C100001/../C100002", "%2e%2e", "a?b=c#d"):
        assert await bank.look_up(reference=odd) is None


async def test_a_bank_that_is_away_is_asked_again_and_does_it_once(tmp_path: Path) -> None:
    async with sample_bank(tmp_path) as sample:
        rest = sample.adapter()
        await sample.stop()
        with pytest.raises(Outage, match="core_unreachable"):
            await rest.commit(change(), SEALS, NOON)
        with pytest.raises(Outage, match="core_unreachable"):
            await rest.look_up(reference=LEI)
        await sample.start()
        receipt = await rest.commit(change(), SEALS, NOON)
        await sample.stop()
        await sample.start()
        assert await rest.commit(change(), SEALS, NOON) == receipt
        await rest.close()


async def test_a_wrong_secret_is_the_operators_business_not_the_customers(tmp_path: Path) -> None:
    async with sample_bank(tmp_path) as sample:
        stranger = sample.adapter("wrong")
        with pytest.raises(Outage, match="core_does_not_admit_us"):
            await stranger.commit(change(), SEALS, NOON)
        await stranger.close()


async def test_the_demo_keeps_what_stood_there_before(tmp_path: Path) -> None:
    demo = DemoCore(tmp_path / "core.db")
    await demo.seed()
    await demo.commit(change(phone="13900000009"), SEALS, NOON)
    (order,) = await demo.orders()
    assert order.before == {"phone": "13800000001"}
    assert (order.call_seal, order.decision_seal) == ("call-seal", "decision-seal")
    await demo.send("13800000001", "您的手机号已变更", "notice", key="n1")
    await demo.send("13800000001", "您的手机号已变更", "notice", key="n1")
    (message,) = await demo.messages()
    assert message.to == "13800000001"
    assert _wanted(order.wanted) == {"phone": "13900000009"}
    await demo.close()


def _wanted(body: Mapping[str, Any]) -> Any:
    return body["changes"]
