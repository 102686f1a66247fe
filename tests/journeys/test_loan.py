"""The loan by its other ways: with a guarantor, signed anew, not signed, refused by the bank."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from teller_server.rehearse.client import Refused
from teller_server.rehearse.play import Play
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    PATIENCE,
    WANG_XIAOMING,
    Cast,
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

LOAN = {"purpose": "renovation", "amount": "150000.00"}
GUARANTOR = {
    "guest_name": "王芳",
    "guest_document": "11010519491231002X",
    "guest_phone": "13900000011",
}
FORMS = {"application": APPLICATION}
DOUBT, REASON = "收入只有口头陈述，请审批岗判断", "收入未经证实"

pytestmark = pytest.mark.proof  # minutes each; `make test` has the loan in browsers


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    async with hurried_branch(tmp_path_factory.mktemp("loan")) as running:
        yield running


async def test_a_guarantor_joins_reads_and_signs_and_the_borrower_signs_anew(
    server: PrivateServer, cast: Cast, tmp_path: Path
) -> None:
    guaranteed = {**APPLICATION, "guarantee": "guarantor"}
    async with served(server, cast, HAN_MEIMEI, "loan_interview", **LOAN) as at:
        play = at.play(forms={"application": guaranteed, "guarantor_details": GUARANTOR})
        await play.until("contract_sign")
        await signed_anew(at, play, "contract_sign")
        await play.until("guarantee_read")
        guarantor = at.people["guarantor"]
        assert len(play.faces) == 2, "the borrower's and the guarantor's"
        said = await guarantor.wire.until(lambda view: view["step"], "the guarantor's own page")
        assert (said["step"]["id"], said["step"]["mine"]) == ("guarantee_read", True)
        await play.to_the_end()
        await at.finish()
        await at.under_review()
        visit = at.customer.visit
        assert orders(server, visit) == []  # nothing before the second person
        async with officer(server) as checker:
            found = await findings(checker, visit)
            await decided(checker, visit, "approve")
        await at.customer.receipt("committed", PATIENCE)
        (order,) = orders(server, visit)
        for who, paper in ((at.customer, "loan_contract"), (guarantor, "guarantee_letter")):
            copy = await signed_copy(who, paper, tmp_path)
            assert order["papers"][paper] == hashlib.sha256(copy).hexdigest()
        for who, paper in ((guarantor, "loan_contract"), (at.customer, "guarantee_letter")):
            with pytest.raises(Refused, match="not_found"):  # neither takes the other's
                await who.door.post(f"/api/customer/papers/{paper}/link")
        codes = [to for to, _, purpose in at.phone.messages() if purpose == "code"]
        assert codes.count(GUARANTOR["guest_phone"]) == 1, "the guarantor's own telephone"
    both_are_on_record(found)
    assert order["application"]["guarantee"] == "guarantor"
    assert order["application"]["guest_name"] == GUARANTOR["guest_name"]
    evidence = evidence_of(server, visit)
    manifest = json.loads((evidence / "manifest.json").read_bytes())
    assert manifest["parties"] == ["customer", "guarantor", "teller"]
    verdict = await judged(evidence)
    assert verdict.status == "complete"
    assert {step.name: step.ok for step in verdict.steps}["decision"]


async def signed_anew(at: Served, play: Play, step: str) -> None:
    """The first signature is a scrawl: it is set aside, and another takes its place."""
    await at.teller.start(step)
    await play.sign(step, at.customer)
    await at.teller.wire.send("sign.anew", step=step, reason="笔迹无法辨认")
    await at.customer.wire.until(
        lambda view: view["step"]["sign"]["anew"] == 1, "to be asked once more", PATIENCE
    )
    await play.sign(step, at.customer)
    await at.teller.complete(step, within=PATIENCE)


def both_are_on_record(found: dict[str, Any]) -> None:
    """Who was recognised, who signed what, and what was set aside."""
    people = {one["party"]: one for one in found["people"]}
    for party in ("customer", "guarantor"):
        assert people[party]["document"]["status"] == "accepted"
        assert people[party]["decision"]["verdict"] == "accept"
    papers = {paper["id"]: paper for paper in found["papers"]}
    for name, signer in (("loan_contract", "customer"), ("guarantee_letter", "guarantor")):
        paper = papers[name]
        assert paper["check"]["good"]
        assert [one["field"] for one in paper["check"]["findings"]] == [signer, "bank"]
        (signed,) = paper["signed"]
        assert signed["party"] == signer
        assert signed["at"] < paper["sealed_at"]
        assert all(ms >= paper["least_s"] * 1000 for ms in paper["dwell_ms"])
        assert max(look["at"] for look in paper["looks"]) < signed["at"]
    (scrawl,) = papers["loan_contract"]["set_aside"]
    assert (scrawl["party"], scrawl["reason"]) == ("customer", "笔迹无法辨认")
    assert scrawl["at"] < papers["loan_contract"]["signed"][0]["at"]
    assert papers["guarantee_letter"]["set_aside"] == []


async def test_a_contract_that_is_not_signed_ends_the_visit_and_earlier_signatures_stay(
    server: PrivateServer, cast: Cast, tmp_path: Path
) -> None:
    async with served(server, cast, LI_LEI, "loan_interview", **LOAN) as at:
        await at.play(forms=FORMS).until("contract_sign")
        await at.teller.start("contract_sign")
        asked = await at.customer.in_step("contract_sign", "refuse")
        assert "贷款不予发放" in asked["step"]["if_refused"]
        no = {"agreed": False}
        await at.customer.wire.send("step.answer", step="contract_sign", value=no)
        await at.teller.visit(
            lambda visit: visit["current"]["blocked"] == "customer_refused", "to hear the no"
        )
        ended = {"step": "contract_sign", "note": None}
        passed = await at.teller.wire.send("step.complete", bold=True, result="passed", **ended)
        assert (await at.teller.wire.fault(passed)).code == "customer_refused"
        await at.teller.wire.send("step.complete", result="refused", **ended)
        await at.teller.visit(lambda visit: visit["state"] == "wrap_up", "the end", PATIENCE)
        await at.teller.wrap_up("refused_customer")
        closed = "the visit to close"
        await at.customer.wire.until(lambda view: view["visit"]["state"] == "closed", closed)
        receipt = await at.customer.receipt("none", PATIENCE)
        assert receipt["outcome"] == "refused_customer"
        assert receipt["outcome_title"] == "您选择了不继续办理"
        assert receipt["core_receipt"] is None
        assert receipt["objection"] is None, "nobody decided against the customer"
        assert {paper["id"]: paper["signed"] for paper in receipt["papers"]} == {
            "credit_authorisation": True,
            "cost_table": True,
            "interview_minutes": True,
            "loan_contract": False,
        }
        await signed_copy(at.customer, "credit_authorisation", tmp_path)
        with pytest.raises(Refused, match="not_found"):
            await at.customer.door.post("/api/customer/papers/loan_contract/link")
    visit = at.customer.visit
    async with officer(server) as checker:
        waiting = await checker.door.get("/api/review/checks")
        assert visit not in [one["visit"] for one in waiting["checks"]]
        found = await findings(checker, visit)
    steps = {step["id"]: step for step in found["steps"]}
    assert (steps["contract_sign"]["status"], steps["contract_sign"]["answer"]) == (
        "refused", "refused",
    )  # fmt: skip
    papers = {paper["id"]: paper for paper in found["papers"]}
    for name in ("credit_authorisation", "cost_table", "interview_minutes"):
        assert papers[name]["check"]["good"]  # the bank's seal may not have come in time
        assert [one["party"] for one in papers[name]["signed"]] == ["customer"]
    contract = papers["loan_contract"]
    assert contract["read"]
    assert (contract["signed"], contract["sealed_at"]) == ([], None)
    assert orders(server, visit) == []
    assert (await judged(evidence_of(server, visit))).status == "complete"


async def test_a_loan_is_referred_refused_by_a_second_person_and_objected_to(
    server: PrivateServer, cast: Cast
) -> None:
    said = {"means.income_shown": "stated"}
    async with served(server, cast, WANG_XIAOMING, "loan_interview", **LOAN) as at:
        await at.play(forms=FORMS, answers=said, verdict="refer", reason=DOUBT).to_the_end()
        await at.finish()
        await at.under_review()
        visit = at.customer.visit
        async with officer(server) as checker:
            found = await findings(checker, visit)
            assert (found["decision"]["verdict"], found["decision"]["reason"]) == ("refer", DOUBT)
            assert any("收入" in flag for flag in found["decision"]["raised"])
            with pytest.raises(Refused, match="reason_required"):
                await decided(checker, visit, "refuse")
            await decided(checker, visit, "refuse", REASON)
            assert (await findings(checker, visit))["review"]["refusal"], "nobody fails one alone"
            async with officer(server, second=True) as colleague:
                await decided(colleague, visit, "refuse", REASON)
            receipt = await at.customer.receipt("cancelled", PATIENCE)
            assert receipt["outcome"] == "refused_bank"
            assert receipt["reason"]
            assert REASON not in json.dumps(receipt, ensure_ascii=False), "neutral words only"
            assert receipt["objection"]["may"]
            reason = {"reason": "我可以补交工资流水"}
            await at.customer.door.post("/api/customer/objection", reason)
            await at.customer.wire.until(
                lambda view: view["receipt"]["objection"]["status"] == "open", "the objection"
            )
            with pytest.raises(Refused, match="already_objected"):
                await at.customer.door.post("/api/customer/objection", reason)
            await heard_by_somebody_else(checker, visit)
    assert orders(server, visit) == []


async def heard_by_somebody_else(checker: Any, visit: str) -> None:
    """The objection waits in the work list, and not for whoever refused."""
    waiting = (await checker.door.get("/api/review/checks"))["objections"]
    (line,) = [one for one in waiting if one["visit"] == visit]
    assert line["refused_by_me"]
    grant = await checker.view(visit, "回复异议")
    path = f"/api/review/visits/{visit}/objection?grant={grant}"
    with pytest.raises(Refused, match="second_person_needed"):
        await checker.door.post(path, {"answer": "维持原决定"})
    found = await checker.door.get(f"/api/review/visits/{visit}/findings", grant=grant)
    assert found["objection"]["reason"] == "我可以补交工资流水"
    assert [line["kind"] for line in found["review"]["log"]] == [
        "ReviewAsked", "ReviewRefused", "ReviewDecided",
    ]  # fmt: skip
    assert found["review"]["log"][-1]["text"] == REASON
