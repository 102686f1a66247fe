"""The second person's door: what waits, what was found, who may decide, what is written down."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from teller_server.desk.fields import FieldCipher
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain.ids import SealedText, new_id
from teller_server.domain.state import Effect, Outcome, Visit, VisitPolicy, VisitState
from teller_server.store.accounts import Account
from teller_server.store.keys import keep_key
from tests.teller_server import material
from tests.teller_server.api.branch import Browser, Reply, Served, served
from tests.teller_server.api.house import HASH
from tests.teller_server.kept import shredded
from tests.teller_server.material import STEPS, TELLER

ADDRESS = "杭州市余杭区文一西路969号"
ASKED = "地址证明是谁拍摄的？"
REPLY = "客户本人在通话中拍摄"
OBJECTION = "证件是我本人的，请重新审核"
ANSWER = "已重新调阅录像，请携带证件到网点办理"


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A branch whose teller may also review, but never their own work."""
    place = tmp_path_factory.mktemp("second")
    async with served(place) as found:
        await found.staff()
        await found.hire("qian", "钱进", "compliance")
        await found.branch.store.accounts.add(
            Account(
                id=TELLER,
                name="both",
                display_name="王敏",
                number="T1",
                roles=frozenset({"teller", "compliance"}),
                password_hash=HASH,
                created_at=datetime.now(UTC),
            )
        )
        script = material.script("checker")
        Scripts({script.service: script}, found.branch.settings.data.directory / "scripts")
        yield found


@pytest.fixture
async def checker(desk: Served) -> Browser:
    return await officer(desk, "chen")


async def officer(desk: Served, login: str) -> Browser:
    browser = desk.browser()
    assert (await browser.sign_in("review", login)).status == 200
    return browser


class Waiting:
    """A visit that waits for its second person; nobody was called for it."""

    def __init__(self, desk: Served) -> None:
        self.desk = desk
        self.id = new_id("visit", secrets.token_bytes(16))

    async def begin(self) -> Waiting:
        branch, now = self.desk.branch, datetime.now(UTC)
        key, row = await branch.keys.make(self.id, now)
        self.cipher = FieldCipher(self.id, key)

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)

        opening = material.opening(self.id, review="checker", customer=self.id)
        opening = replace(opening, policy=VisitPolicy(objection_days=15))
        await branch.store.visits.apply(self.id, opening, now, alongside=alongside)
        pairing = f"p-{self.id}"
        await self.do(
            c.TakeTicket(f"A{self.id[-5:]}"),
            c.Offer(pairing, TELLER, now + timedelta(minutes=1)),
            c.Accept(pairing, TELLER, f"r-{self.id}"),
        )
        for party in ("customer", "teller"):
            await self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        for step in STEPS:
            between = self._form() if step == "details" else material.usual(step)
            done = c.CompleteStep(step, TELLER, "passed", self.seal("note", "资料齐全"))
            await self.do(c.StartStep(step, TELLER), *between, done)
        await self.do(
            c.EndService(TELLER, Outcome.DONE),
            c.WrapUp(TELLER, "resolved"),
            c.CallSealed("manifest", verified=True),
        )
        assert (await self.now()).state is VisitState.IN_REVIEW
        return self

    def _form(self) -> list[c.Command]:
        sealed = self.seal("draft", json.dumps({"address": ADDRESS}))
        return [c.DraftForm("details", TELLER, sealed, "d"), c.AnswerStep("details", "seen")]

    def seal(self, name: str, text: str) -> SealedText:
        return SealedText(self.cipher.seal(name, text))

    async def do(self, *commands: c.Command) -> None:
        for command in commands:
            await self.desk.branch.store.visits.apply(self.id, command, datetime.now(UTC))

    async def now(self) -> Visit:
        return await self.desk.branch.store.visits.get(self.id)

    async def grant(self, browser: Browser) -> str:
        path = f"/api/review/visits/{self.id}/views"
        reply = await browser.ask("POST", path, {"purpose": "quality_check"})
        assert reply.status == 201, reply.raw
        return str(reply.json["grant"])

    async def decide(self, browser: Browser, **decision: Any) -> Reply:
        path = f"/api/review/visits/{self.id}/decision?grant={await self.grant(browser)}"
        return await browser.ask("POST", path, decision)

    async def found(self, browser: Browser) -> dict[str, Any]:
        path = f"/api/review/visits/{self.id}/findings?grant={await self.grant(browser)}"
        reply = await browser.ask("GET", path)
        assert reply.status == 200, reply.raw
        return dict(reply.json)

    async def acts(self) -> list[str]:
        entries = await self.desk.branch.store.custody.entries(self.id)
        return [entry.act for entry in entries if entry.act.startswith("decided")]


@pytest.fixture
async def waiting(desk: Served) -> Waiting:
    return await Waiting(desk).begin()


async def line_of(browser: Browser, visit: str, kind: str = "checks") -> dict[str, Any] | None:
    rows = (await browser.ask("GET", "/api/review/checks")).json[kind]
    return next((row for row in rows if row["visit"] == visit), None)


async def test_what_waits_says_for_how_long_and_whose_it_was(
    desk: Served, checker: Browser, waiting: Waiting
) -> None:
    line = await line_of(checker, waiting.id)
    assert line is not None
    assert (line["mine"], line["asked"], line["escalated"]) == (False, False, False)
    assert (line["teller"], line["verdict"]) == ("王敏", "approve")
    left = datetime.fromisoformat(line["due_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    own = await line_of(await officer(desk, "both"), waiting.id)
    assert own is not None
    assert own["mine"]


async def test_what_was_escalated_comes_first(desk: Served, checker: Browser) -> None:
    first, second = [await Waiting(desk).begin() for _ in range(2)]
    due = (await second.now()).under_review
    assert due is not None
    await desk.branch.store.visits.apply(second.id, c.HurryReview(), due.due_at)
    rows = (await checker.ask("GET", "/api/review/checks")).json["checks"]
    order = [row["visit"] for row in rows]
    assert rows[0]["escalated"]
    assert order.index(second.id) < order.index(first.id)


async def test_a_review_that_ran_out_of_time_is_an_alarm_for_the_administrator(
    desk: Served, checker: Browser
) -> None:
    late, calm = [await Waiting(desk).begin() for _ in range(2)]
    await late.decide(checker, verdict="refuse", reason="证件存疑")
    assert await _overdue(desk, late.id, calm.id) == {}
    due = (await late.now()).under_review
    assert due is not None
    await desk.branch.store.visits.apply(late.id, c.HurryReview(), due.due_at)
    found = await _overdue(desk, late.id, calm.id)
    assert set(found) == {late.id}
    assert (found[late.id]["escalated"], found[late.id]["waits_for"]) == (True, "colleague")
    await desk.branch.second.watch()
    assert any("review_overdue" in line and late.id in line for line in desk.logged)


async def _overdue(desk: Served, *visits: str) -> dict[str, Any]:
    admin = desk.browser()
    assert (await admin.sign_in("admin", "root")).status == 200
    rows = (await admin.ask("GET", "/api/admin/effects")).json["overdue"]
    return {row["visit"]: row for row in rows if row["visit"] in visits}


async def test_findings_need_a_grant_and_open_what_was_sealed(
    checker: Browser, waiting: Waiting
) -> None:
    bare = await checker.ask("GET", f"/api/review/visits/{waiting.id}/findings")
    assert (bare.status, bare.code) == (403, "grant_needed")
    found = await waiting.found(checker)
    assert found["forms"][0]["fields"][0]["after"] == ADDRESS
    assert found["people"][0]["check"]["outcome"] == "passed"
    assert found["people"][0]["consents"][0]["given"]
    assert found["decision"]["reason"] == "资料齐全"
    assert (found["mine"], found["review"]["open"]) == (False, True)
    assert found["steps"][-1]["status"] == "todo", "the effect waits"


@pytest.mark.parametrize("verdict", ["approve", "return", "refuse"])
async def test_nobody_checks_their_own_work(desk: Served, waiting: Waiting, verdict: str) -> None:
    own = await officer(desk, "both")
    assert (await waiting.found(own))["mine"]
    reply = await waiting.decide(own, verdict=verdict, reason="都对")
    assert reply.code == "second_person_needed"
    assert await waiting.acts() == []
    assert (await waiting.now()).state is VisitState.IN_REVIEW


@pytest.mark.parametrize("verdict", ["return", "refuse"])
async def test_asking_back_and_refusing_take_a_reason(
    checker: Browser, waiting: Waiting, verdict: str
) -> None:
    for reason in (None, "   "):
        reply = await waiting.decide(checker, verdict=verdict, reason=reason)
        assert reply.status in (400, 409, 422), reply.raw
    assert await waiting.acts() == [], "what is refused is not written down as decided"


async def test_a_question_goes_to_the_teller_and_holds_every_verdict(
    checker: Browser, waiting: Waiting
) -> None:
    assert (await waiting.decide(checker, verdict="return", reason=ASKED)).status == 200
    line = await line_of(checker, waiting.id)
    assert line is not None
    assert (line["asked"], line["returned"]) == (True, 1)
    for verdict in ("approve", "return", "refuse"):
        reply = await waiting.decide(checker, verdict=verdict, reason="再问一次")
        assert reply.code == "answer_awaited"
    await waiting.do(c.AnswerReview(TELLER, waiting.seal("answer", REPLY)))
    log = (await waiting.found(checker))["review"]["log"]
    assert [(one["who"], one["text"]) for one in log[1:]] == [("陈雨", ASKED), ("王敏", REPLY)]
    assert await waiting.acts() == ["decided_return"]


async def test_a_refusal_gives_the_change_up_once_another_confirms_it(
    desk: Served, checker: Browser, waiting: Waiting
) -> None:
    assert (await waiting.decide(checker, verdict="refuse", reason="似有代办")).status == 200
    visit = await waiting.now()
    assert (visit.state, visit.effect) == (VisitState.IN_REVIEW, Effect.NONE)
    line = await line_of(checker, waiting.id)
    assert line is not None
    assert (line["refusal"], line["refused_by_me"]) == (True, True)
    for login in ("chen", "both"):
        again = await waiting.decide(await officer(desk, login), verdict="refuse", reason="再次")
        assert again.code == "second_person_needed"
    second = await officer(desk, "qian")
    review = (await waiting.found(second))["review"]
    assert (review["refusal"], review["refused_by_me"]) == (True, False)
    assert (await waiting.decide(second, verdict="approve")).code == "refusal_unconfirmed"
    assert (await waiting.decide(second, verdict="refuse", reason="证件存疑")).status == 200
    visit = await waiting.now()
    assert (visit.outcome, visit.effect) == (Outcome.REFUSED_BANK, Effect.CANCELLED)
    assert await waiting.acts() == ["decided_refuse", "decided_refuse"]
    review = (await waiting.found(checker))["review"]
    assert (review["open"], review["log"][-1]["approved"]) == (False, False)
    assert [(one["who"], one["text"]) for one in review["log"][1:]] == [
        ("陈雨", "似有代办"), ("钱进", "证件存疑"),
    ]  # fmt: skip
    assert await line_of(checker, waiting.id) is None
    assert (await waiting.decide(checker, verdict="approve")).status == 409


async def test_an_approval_lets_the_change_go(checker: Browser, waiting: Waiting) -> None:
    assert (await waiting.decide(checker, verdict="approve")).status == 200
    visit = await waiting.now()
    assert (visit.state, visit.reviewed) == (VisitState.CLOSED, True)
    assert visit.effect is not Effect.CANCELLED
    assert (await waiting.found(checker))["review"]["log"][-1]["approved"]


async def test_a_decision_takes_a_fresh_password(
    desk: Served, checker: Browser, waiting: Waiting
) -> None:
    grant = await waiting.grant(checker)
    await _stale(desk.branch.settings.data.directory)
    path = f"/api/review/visits/{waiting.id}/decision?grant={grant}"
    reply = await checker.ask("POST", path, {"verdict": "approve"})
    assert (reply.status, reply.code) == (403, "fresh_authentication_required")
    assert (await waiting.now()).state is VisitState.IN_REVIEW


async def _stale(directory: Path) -> None:
    database = sqlite3.connect(directory / "branch.db", timeout=20)
    with database:
        database.execute("UPDATE web_sessions SET fresh_until = 0 WHERE subject = 'staff-chen'")
    database.close()


async def test_an_objection_is_answered_once_and_by_whoever_neither_served_nor_refused(
    desk: Served, checker: Browser, waiting: Waiting
) -> None:
    await waiting.decide(checker, verdict="refuse", reason="证件存疑")
    await waiting.decide(await officer(desk, "qian"), verdict="refuse", reason="证件存疑")
    assert (await _answer(checker, waiting, "已经复查过")).code == "no_objection_open"
    await waiting.do(c.Object(waiting.seal("objection", OBJECTION)))
    line = await line_of(checker, waiting.id, "objections")
    assert line is not None
    assert (line["mine"], line["refused_by_me"], bool(line["due_at"])) == (False, True, True)
    for login in ("both", "chen", "qian"):
        own = await _answer(await officer(desk, login), waiting, "没有问题")
        assert own.code == "second_person_needed"
    assert (await waiting.found(checker))["may_answer"] is False
    await desk.branch.store.accounts.change("staff-liu", disabled=True)
    assert await _unheard(desk) == [waiting.id], "an administrator has to appoint somebody"
    await desk.branch.store.accounts.change("staff-liu", disabled=False)
    assert await _unheard(desk) == []
    fresh = await officer(desk, "liu")
    assert (await waiting.found(fresh))["may_answer"] is True
    assert (await _answer(fresh, waiting, "好")).status == 400, "one character is no answer"
    assert (await _answer(fresh, waiting, ANSWER)).status == 200
    found = (await waiting.found(checker))["objection"]
    assert (found["reason"], found["answer"], found["who"]) == (OBJECTION, ANSWER, "刘洋")
    assert await line_of(checker, waiting.id, "objections") is None
    assert (await _answer(fresh, waiting, "再答一次")).code == "no_objection_open"
    assert await waiting.acts() == ["decided_refuse", "decided_refuse", "decided_objection"]


async def _unheard(desk: Served) -> list[str]:
    """The objections that an administrator is told of, for want of anybody who may answer."""
    admin = desk.browser()
    assert (await admin.sign_in("admin", "root")).status == 200
    rows = (await admin.ask("GET", "/api/admin/effects")).json["objections"]
    return [row["visit"] for row in rows]


async def _answer(browser: Browser, waiting: Waiting, words: str) -> Reply:
    path = f"/api/review/visits/{waiting.id}/objection?grant={await waiting.grant(browser)}"
    return await browser.ask("POST", path, {"answer": words})


async def test_of_a_shredded_visit_nothing_is_found_and_nothing_waits_by_name(
    desk: Served, checker: Browser, waiting: Waiting
) -> None:
    grant = await waiting.grant(checker)
    await shredded(desk.branch.store, waiting.id, datetime.now(UTC))
    await desk.branch.keys.let_go()
    path = f"/api/review/visits/{waiting.id}/findings?grant={grant}"
    assert (await checker.ask("GET", path)).code == "grant_needed", "it ended with the key"
    line = await line_of(checker, waiting.id)
    assert line is not None
    assert line["customer_masked"] == ""
