"""Registers in a visit: a no ends it, no answer needs a reason, a threat ends it without a word."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from teller_server.rehearse.customer import Person
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import PATIENCE, Cast, eventually
from tests.journeys.service import Served, hurried_branch, orders, served
from tests.phones import rows

pytestmark = (
    pytest.mark.proof
)  # a loan's reading takes minutes; rules and desk have their own tests

UNKNOWN = Person("孙某某", "999999199001010016")
NOT_THERE = Person("钱某某", "999999199001010059")
LOAN = {"service": "loan_interview", "purpose": "renovation", "amount": "150000.00"}
ALARMS = ("suspicion", "coerced", "third_party", "胁迫", "可疑")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    async with hurried_branch(tmp_path_factory.mktemp("registers")) as running:
        yield running


async def asked(at: Served) -> dict[str, Any]:
    """The registers' step is open and every register has answered."""
    await at.play().until("registers")
    await at.teller.start("registers")
    return await answered(at)


async def answered(at: Served) -> dict[str, Any]:
    def done(visit: dict[str, Any]) -> bool:
        lines = visit["current"]["registers"]
        return bool(lines) and not any(one["status"] in ("todo", "running") for one in lines)

    visit = await at.teller.visit(done, "the registers' answers")
    return {one["check"]: one for one in visit["current"]["registers"]}


async def refused(at: Served, message: str, **body: Any) -> str:
    sent = await at.teller.wire.send(message, bold=True, **body)
    return (await at.teller.wire.fault(sent)).code


async def test_a_no_ends_the_visit_and_the_answer_is_sealed(
    server: PrivateServer, cast: Cast
) -> None:
    async with served(server, cast, UNKNOWN, **LOAN) as at:
        found = await asked(at)
        assert (found["citizen"]["status"], found["screening"]["status"]) == ("mismatch", "match")
        assert found["citizen"]["reasons"] == ["库中无此号码"]
        assert found["citizen"]["reference"]
        assert not found["citizen"]["again"]
        passing = {"step": "registers", "result": "passed", "note": "客户说没问题"}
        assert await refused(at, "step.complete", **passing) == "registry_mismatch"
        await at.teller.wire.send(
            "step.complete", step="registers", result="refused", note="联网核查无此号码"
        )
        receipt = await at.customer.receipt("none", PATIENCE)
        await at.teller.wrap_up("done")
        visit = at.customer.visit
    assert receipt["outcome"] == "refused_bank"
    assert orders(server, visit) == []
    kept = objects(server, visit)
    assert {"registry_citizen", "registry_screening"} <= {role for role, _ in kept}
    (answer,) = [body for name, body in told(server, visit) if body.get("outcome") == "mismatch"]
    assert answer["kept"] in {digest for _, digest in kept}
    assert answer["reasons"] == ["number_unknown"]
    await found_again(server, "registry_mismatch", visit)


async def test_without_an_answer_it_goes_on_with_a_reason_and_ends_without_a_word(
    server: PrivateServer, cast: Cast
) -> None:
    async with served(server, cast, NOT_THERE, **LOAN) as at:
        found = await asked(at)
        for attempt in (2, 3):
            assert found["citizen"]["status"] == "unreachable"
            assert found["citizen"]["again"]
            await at.teller.wire.send("registry.ask", step="registers", check="citizen")
            await at.teller.visit(_asked_often(attempt), "the question again")
            found = await answered(at)
        assert not found["citizen"]["again"]
        bare = {"step": "registers", "result": "passed", "note": None}
        assert await refused(at, "step.complete", **bare) == "reason_required"
        await at.teller.complete("registers", "核查系统维护，已电话向网点确认")
        await at.teller.wire.send(
            "visit.end", outcome="aborted_suspicion", flags=["coerced", "third_party"]
        )
        receipt = await at.customer.receipt("none", PATIENCE)
        last = json.dumps(at.customer.wire.view, ensure_ascii=False)
        await at.teller.wrap_up("done")
        visit = at.customer.visit
    assert (receipt["outcome"], receipt["outcome_title"]) == ("refused_bank", "本次未能办理")
    assert [word for word in ALARMS if word in last] == []
    assert orders(server, visit) == []
    (ended,) = [body for name, body in told(server, visit) if name == "ServiceEnded"]
    assert (ended["outcome"], ended["flags"]) == ("aborted_suspicion", ["coerced", "third_party"])
    for mark in ("registry_unreachable", "broken_off", "red_flag"):
        await found_again(server, mark, visit)


async def test_nobody_is_named_in_the_log(server: PrivateServer) -> None:
    """After the two visits above: not the people, not their numbers, not what registers said."""
    log = server.log.read_text("utf-8", errors="replace")
    named = (UNKNOWN.name, UNKNOWN.document_number, NOT_THERE.name, NOT_THERE.document_number)
    assert [one for one in (*named, "核查系统维护") if one in log] == []


def _asked_often(attempt: int) -> Any:
    return lambda visit: any(one["attempt"] == attempt for one in visit["current"]["registers"])


def told(server: PrivateServer, visit: str) -> list[tuple[str, dict[str, Any]]]:
    """The visit's events as the database keeps them."""
    statement = "SELECT name, body FROM events WHERE visit = ? ORDER BY seq"
    found = rows(server.data / "branch.db", statement, visit)
    return [(name, json.loads(body)) for name, body in found]


def objects(server: PrivateServer, visit: str) -> list[tuple[str, str]]:
    statement = "SELECT role, digest FROM objects WHERE visit = ?"
    return [(role, digest) for role, digest in rows(server.data / "branch.db", statement, visit)]


async def found_again(server: PrivateServer, mark: str, visit: str) -> None:
    """The review desk finds the visit by what happened in it."""
    statement = "SELECT 1 FROM search_terms WHERE visit = ? AND term = ?"
    await eventually(
        lambda: bool(rows(server.data / "branch.db", statement, visit, f"m:{mark}")), mark
    )
