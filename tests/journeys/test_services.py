"""The three services, whole: from the scope before the queue to the bank's own system."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from teller_server.rehearse.client import Refused
from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.play import Play
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    PATIENCE,
    WANG_XIAOMING,
    Cast,
    core_database,
    eventually,
    evidence_of,
    judged,
    officer,
)
from tests.journeys.service import (
    APPLICATION,
    Served,
    decided,
    findings,
    hurried_branch,
    orders,
    served,
    signed_copy,
)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    async with hurried_branch(tmp_path_factory.mktemp("services")) as running:
        yield running


@pytest.mark.proof  # takes long; `make test` has the loan in browsers
async def test_a_loan_is_interviewed_read_signed_checked_and_committed_once(
    server: PrivateServer, cast: Cast, tmp_path: Path
) -> None:
    async with served(
        server, cast, HAN_MEIMEI, "loan_interview", purpose="renovation", amount="150000.00"
    ) as at:
        await at.play(forms={"application": APPLICATION}).to_the_end()
        await at.finish()
        await at.under_review()
        visit = at.customer.visit
        assert orders(server, visit) == []  # nothing before the second person
        async with officer(server) as checker:
            waiting = await checker.door.get("/api/review/checks")
            assert visit in [one["visit"] for one in waiting["checks"]]
            await decided(checker, visit, "return", "请补充收入证明的核对情况")
            view = await at.teller.wire.until(lambda view: view["returned"], "the question back")
            assert "收入证明" in view["returned"][0]["question"]
            await at.teller.wire.send("review.answer", visit=visit, text="已核对银行流水")
            await at.teller.wire.until(lambda view: not view["returned"], "the answer taken")
            await decided(checker, visit, "approve")
            receipt = await at.customer.receipt("committed", PATIENCE)
            found = await findings(checker, visit)
        await _answers_the_compliance_head(found)
        (order,) = orders(server, visit)
        assert order["outcome"] in ("done", "approved")
        signed = {paper["id"] for paper in receipt["papers"] if paper["signed"]}
        assert {"loan_contract", "credit_authorisation"} <= signed
        copy = await signed_copy(at.customer, "loan_contract", tmp_path)
        assert order["papers"]["loan_contract"] == hashlib.sha256(copy).hexdigest()
    verdict = await judged(evidence_of(server, visit))
    assert verdict.status == "complete"
    steps = {step.name: step.ok for step in verdict.steps}
    assert steps["call seal"]
    assert steps["decision"]


async def _answers_the_compliance_head(found: dict[str, Any]) -> None:
    """Which page was before the customer's eyes, when, how long, and before which signature."""
    contract = next(paper for paper in found["papers"] if paper["id"] == "loan_contract")
    assert {look["page"] for look in contract["looks"]} == {*range(1, contract["pages"] + 1)}
    assert all(ms >= contract["least_s"] * 1000 for ms in contract["dwell_ms"])
    assert max(look["at"] for look in contract["looks"]) < contract["signed"][0]["at"]
    assert contract["check"]["good"]
    assert contract["sealed_at"] > contract["signed"][0]["at"]
    assert all(paper["check"]["good"] for paper in found["papers"] if paper["check"])
    assert [line["kind"] for line in found["review"]["log"]] == [
        "ReviewAsked", "ReviewReturned", "ReviewAnswered", "ReviewDecided",
    ]  # fmt: skip


@pytest.mark.proof  # takes long; `make test` has the loan in browsers
async def test_somebody_new_above_the_limit_becomes_a_customer_and_signs_at_a_branch(
    server: PrivateServer, cast: Cast
) -> None:
    new = Person("周小川", "11010519491231002X")
    big = {**APPLICATION, "amount": "300000.00"}
    async with served(
        server, cast, new, "loan_interview", purpose="renovation", amount="300000.00"
    ) as at:
        forms = {"application": big, "contact": {"phone": "13700000007"}}
        await at.play(forms=forms).to_the_end()
        view = await at.teller.visit(lambda visit: visit["steps"], "the steps")
        skipped = {step["id"] for step in view["steps"] if step["status"] == "skipped"}
        assert "contract_sign" in skipped
        await at.finish()
        await at.under_review()
        async with officer(server) as checker:
            await decided(checker, at.customer.visit, "approve")
        receipt = await at.customer.receipt("committed", PATIENCE)
    assert receipt["outcome"] == "sign_at_branch"
    assert receipt["reference"]
    assert receipt["items"], "what to bring to the branch"
    (order,) = orders(server, at.customer.visit)
    assert order["outcome"] == "sign_at_branch"
    assert order["person"] == {
        "name": new.name,
        "document": new.document_number,
        "phone": "13700000007",
    }
    with closing(sqlite3.connect(core_database(server))) as db:
        known = "SELECT name, phone FROM customers WHERE document = ?"
        assert db.execute(known, (new.document_number,)).fetchall() == [(new.name, "13700000007")]


async def test_a_loan_for_a_home_is_not_interviewed_by_video(
    server: PrivateServer, cast: Cast
) -> None:
    home = {"purpose": "housing", "amount": "100000.00"}
    with pytest.raises(Refused, match="scope_denied"):
        await Customer.arrive(
            server.base, HAN_MEIMEI, cast.customer, service="loan_interview", intake=home
        )


async def test_a_new_phone_number_takes_codes_to_both_and_both_are_told(
    server: PrivateServer, cast: Cast
) -> None:
    async with served(server, cast, WANG_XIAOMING, "change_of_details", item="phone") as at:
        play = at.play(answers={"number_reason.old_alive": "yes"})
        await play.until("form_sign")
        await scrawled_refused_and_signed(at, play, "form_sign")
        await play.to_the_end()
        await at.finish()
        await at.under_review()
        async with officer(server) as checker:
            found = await findings(checker, at.customer.visit)
            await decided(checker, at.customer.visit, "approve")
        (form,) = found["papers"]
        assert form["check"]["good"]
        assert [one["field"] for one in form["check"]["findings"]] == ["customer", "bank"]
        assert [one["reason"] for one in form["set_aside"]] == ["笔迹无法辨认"]
        (signed,) = form["signed"]
        assert form["set_aside"][0]["at"] < signed["at"] < form["sealed_at"]
        assert form["set_aside"][0]["pdf"] not in (form["pdf"], form["digest"])
        await at.customer.receipt("committed", PATIENCE)
        await eventually(lambda: len(at.phone.told()) == 2, "both numbers told")


async def scrawled_refused_and_signed(at: Served, play: Play, step: str) -> None:
    """A first signature is set aside, the customer says no, thinks again, and signs."""
    await at.teller.start(step)
    await play.sign(step, at.customer)
    signed = await at.teller.visit(lambda visit: visit["current"]["sign"].get("mark"), "the hand")
    mark = await at.teller.door.fetch(signed["current"]["sign"]["mark"])
    assert mark.startswith(b"\x89PNG"), "the teller sees what they judge"
    await at.teller.wire.send("sign.anew", step=step, reason="笔迹无法辨认")
    view = await at.customer.wire.until(
        lambda view: view["step"]["sign"]["anew"] == 1, "to be asked once more", PATIENCE
    )
    assert view["step"]["sign"]["status"] == "draw"
    assert "重新签名" in view["step"]["sign"]["message"]
    assert not any(paper["signed"] for paper in view["step"]["sign"]["papers"])
    assert "网点" in view["step"]["if_refused"]
    await at.customer.wire.send("step.answer", step=step, value={"agreed": False})
    view = await at.customer.wire.until(lambda view: view["step"]["refused"], "the no", PATIENCE)
    assert view["step"]["can"] == ["request_code"], "to sign after all takes a new code"
    await play.sign(step, at.customer)
    await at.teller.complete(step)


@pytest.mark.proof
async def test_a_company_opens_an_account_with_its_agent_and_the_rest_is_handed_over(
    server: PrivateServer, cast: Cast, tmp_path: Path
) -> None:
    async with served(
        server,
        cast,
        LI_LEI,
        "corporate_account",
        account_class="basic",
        company="杭州示范科技有限公司",
        credit_code=credit_code("91330106MA27XL0X1"),
    ) as at:
        agent = {"guest_name": "王芳", "guest_phone": "13900000012"}
        play = at.play(answers={"authority.has_agent": "yes"}, forms={"agent_details": agent})
        await play.to_the_end()
        assert len(play.faces) == 2, "the representative's and the agent's"
        await at.finish()
        await at.under_review()
        visit = at.customer.visit
        assert orders(server, visit) == []  # nothing before the second person
        async with officer(server) as checker:
            found = await findings(checker, visit)
            await decided(checker, visit, "approve")
        receipt = await at.customer.receipt("committed", PATIENCE)
        copy = await signed_copy(at.customer, "account_agreement", tmp_path)
        with pytest.raises(Refused, match="not_found"):  # the agent signs nothing
            await at.people["agent"].door.post("/api/customer/papers/account_agreement/link")
    _shows_both_people(found)
    assert receipt["outcome"] == "done_with_limits"
    assert receipt["reference"]
    assert any("印鉴" in item for item in receipt["items"]), "what remains at the branch"
    (order,) = orders(server, visit)
    assert order["outcome"] == "done_with_limits"
    assert "branch_rest" in order["handed_over"]
    assert order["application"]["guest_name"] == "王芳"
    assert order["decision"]["second_person"]
    assert order["papers"]["account_agreement"] == hashlib.sha256(copy).hexdigest()
    evidence = evidence_of(server, visit)
    manifest = json.loads((evidence / "manifest.json").read_bytes())
    assert manifest["parties"] == ["agent", "customer", "teller"]
    verdict = await judged(evidence)
    assert verdict.status == "complete"
    assert {step.name: step.ok for step in verdict.steps}["decision"]


def _shows_both_people(found: dict[str, Any]) -> None:
    """Each identified by an own document and face; the papers are the representative's alone."""
    people = {one["party"]: one for one in found["people"]}
    assert set(people) == {"customer", "agent"}
    for one in people.values():
        assert one["document"]["status"] == "accepted"
        assert one["decision"]["verdict"] == "accept"
    assert all(given["given"] for given in people["agent"]["consents"])
    assert {paper["id"] for paper in found["papers"]} == {
        "account_application", "account_agreement", "tax_residence",
    }  # fmt: skip
    for paper in found["papers"]:
        assert paper["check"]["good"]
        assert [one["field"] for one in paper["check"]["findings"]] == ["customer", "bank"]


def credit_code(first: str) -> str:
    """Seventeen characters with their check character (GB 32100)."""
    from teller_server.domain.fields import credit_code_valid

    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(first + one for one in letters if credit_code_valid(first + one))
