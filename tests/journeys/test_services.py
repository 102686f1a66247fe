"""The three services, whole: from the scope before the queue to the bank's own system."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from teller_server.rehearse.client import Refused
from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.guest import Guest
from teller_server.rehearse.media import Medium
from teller_server.rehearse.play import Play, Wishes
from teller_server.rehearse.reviewer import Reviewer
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.rehearse.teller import Teller
from tests.journeys.hurry import hurried
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    OFTEN,
    PATIENCE,
    WANG_XIAOMING,
    Cast,
    console,
    core_database,
    eventually,
    evidence_of,
    judged,
    officer,
)

APPLICATION = {
    "amount": "150000.00",
    "months": "24",
    "purpose": "renovation",
    "purpose_detail": "旧房装修",
    "income": "18000.00",
    "debts": "2000.00",
    "rate": "4.35",
}
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    """A branch under the law of mainland China, in a hurry."""
    place = tmp_path_factory.mktemp("services")
    rules = {"directory": str(hurried(place / "bank"))}
    async with private_server(place, place / "evidence", recording=OFTEN, rules=rules) as running:
        yield running


@dataclass
class Phone:
    """The messages that reach telephones, as the demo core shows them."""

    database: Path
    seen: int = 0

    def messages(self) -> list[tuple[str, str, str]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute('SELECT "to", text, purpose FROM messages ORDER BY rowid').fetchall()

    def told(self) -> set[str]:
        """The numbers that were told of a change."""
        return {to for to, _, purpose in self.messages() if purpose == "notice"}

    async def code(self) -> str:
        """The newest code that was not read before."""
        async with asyncio.timeout(PATIENCE):
            while True:
                codes = [text for _, text, purpose in self.messages() if purpose == "code"]
                if len(codes) > self.seen:
                    self.seen = len(codes)
                    found = _CODE.search(codes[-1])
                    assert found is not None
                    return found.group(1)
                await asyncio.sleep(0.1)


@dataclass
class Served:
    """One visit in service, with whoever joins it."""

    server: PrivateServer
    teller: Teller
    customer: Customer
    medium: Medium
    phone: Phone
    stack: AsyncExitStack
    people: dict[str, Customer] = field(default_factory=dict)

    def play(self, **wishes: Any) -> Play:
        self.people["customer"] = self.customer
        kept = Wishes(code=self.phone.code, **wishes)
        return Play(self.teller, self.people, kept, before_step=self._asked_in)

    async def _asked_in(self, step: str) -> None:
        """A further party comes when the first step of theirs does."""
        view = await self.teller.visit(lambda visit: visit["current"], "a step")
        party = view["current"]["party"]
        if party in self.people:
            return
        await self.teller.wire.send("guest.invite", party=party)
        view = await self.teller.visit(
            lambda visit: any(one["link"] for one in visit["guests"] if one["party"] == party),
            f"a link for {step}",
        )
        link = next(one["link"] for one in view["guests"] if one["party"] == party)
        guest = await Guest.come(self.server.base, link, self.medium)
        self.stack.push_async_callback(guest.close)
        self.people[party] = guest
        await guest.join()

    async def finish(self) -> None:
        await self.teller.end("done")
        await self.teller.wrap_up("done")

    async def under_review(self) -> None:
        await self.customer.wire.until(lambda view: view["review"], "the review", PATIENCE)


@asynccontextmanager
async def served(
    server: PrivateServer, cast: Cast, person: Person, service: str, **intake: str
) -> AsyncIterator[Served]:
    """A customer who was let in by the scope, connected and recorded."""
    async with AsyncExitStack() as stack:
        teller = await stack.enter_async_context(console(server, cast))
        customer = await Customer.arrive(
            server.base, person, cast.customer, service=service, intake=intake
        )
        stack.push_async_callback(customer.close)
        await teller.ready()
        await teller.accept(await customer.take_ticket())
        await asyncio.gather(customer.join(), teller.join())
        await teller.in_service(PATIENCE)
        phone = Phone(core_database(server))
        phone.seen = len([1 for _, _, purpose in phone.messages() if purpose == "code"])
        yield Served(server, teller, customer, cast.customer, phone, stack)


async def decided(reviewer: Reviewer, visit: str, verdict: str, reason: str | None = None) -> None:
    """A second person's word, after having looked."""
    await reviewer.fresh()
    grant = await reviewer.view(visit, "复核本次业务")
    body = {"verdict": verdict, "reason": reason} if reason else {"verdict": verdict}
    await reviewer.door.post(f"/api/review/visits/{visit}/decision?grant={grant}", body)


async def findings(reviewer: Reviewer, visit: str) -> dict[str, Any]:
    await reviewer.fresh()
    grant = await reviewer.view(visit, "复核本次业务")
    return dict(await reviewer.door.get(f"/api/review/visits/{visit}/findings", grant=grant))


def orders(server: PrivateServer, visit: str) -> list[dict[str, Any]]:
    """What the bank's own system was asked for in this visit's name."""
    with closing(sqlite3.connect(core_database(server))) as db:
        rows = db.execute("SELECT key, wanted FROM orders").fetchall()
    return [json.loads(wanted) for key, wanted in rows if str(key).startswith(visit)]


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
        copy = await _holds_before_other_tools(at.customer, receipt, tmp_path)
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


async def _holds_before_other_tools(
    customer: Customer, receipt: dict[str, Any], place: Path
) -> bytes:
    """The signed copy by its short-lived link, before poppler."""
    signed = [paper for paper in receipt["papers"] if paper["signed"]]
    assert {"loan_contract", "credit_authorisation"} <= {paper["id"] for paper in signed}
    link = await customer.door.post("/api/customer/papers/loan_contract/link")
    copy = place / "contract.pdf"
    copy.write_bytes(await customer.door.fetch(link["url"]))
    said = await asyncio.to_thread(_pdfsig, copy)
    assert said.count("Signature is Valid") >= 2  # the borrower's and the bank's
    assert "Signature is Invalid" not in said
    return copy.read_bytes()


def _pdfsig(pdf: Path) -> str:
    asked = ["pdfsig", "-nocert", str(pdf)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


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
        await play.to_the_end()
        await at.finish()
        await at.under_review()
        async with officer(server) as checker:
            await decided(checker, at.customer.visit, "approve")
        await at.customer.receipt("committed", PATIENCE)
        await eventually(lambda: len(at.phone.told()) == 2, "both numbers told")


async def test_a_company_opens_an_account_with_its_agent_and_the_rest_is_handed_over(
    server: PrivateServer, cast: Cast
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
        await at.play(answers={"authority.has_agent": "yes"}).to_the_end()
        assert "agent" in at.people
        await at.finish()
        await at.under_review()
        async with officer(server) as checker:
            await decided(checker, at.customer.visit, "refuse", "经营场所需上门核实")
        view = await at.customer.wire.until(
            lambda view: view["visit"]["state"] == "closed", "the close", PATIENCE
        )
        assert view["visit"]["outcome"] == "refused_bank"
        assert view["receipt"]["objection"]["may"]
        await at.customer.door.post("/api/customer/objection", {"reason": "我们已提供租赁合同"})
        await at.customer.wire.until(
            lambda view: view["receipt"]["objection"]["status"] == "open", "the objection"
        )
    assert orders(server, at.customer.visit) == []


def credit_code(first: str) -> str:
    """Seventeen characters with their check character (GB 32100)."""
    from teller_server.domain.fields import credit_code_valid

    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(first + one for one in letters if credit_code_valid(first + one))
