"""What the bank's own programs read of a real visit, and what a key does not let them do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from teller_server.api.bank.interface import OPERATIONS
from teller_server.api.bank.keys import SCOPES, make_key
from tests.teller_server.api.branch import CONSENTS, HAN, Reply, Served, served

LOAN = "loan_interview"
RENOVATION = {"purpose": "renovation", "amount": "150000.00"}


async def made(doors: Served, *scopes: str, days: int = 1) -> str:
    now = datetime.now(UTC)
    return await make_key(doors.branch.store.bank, "test", frozenset(scopes), days, "test", now)


@pytest.fixture(scope="module")
async def key(doors: Served) -> str:
    return await made(doors, *SCOPES)


async def ask(
    doors: Served, key: str, method: str, path: str, body: object = None, **sent: str
) -> Reply:
    headers = {"Authorization": f"Bearer {key}", **sent}
    return await doors.browser().ask(method, f"/api/bank/v1{path}", body, **headers)


async def read(doors: Served, key: str, path: str) -> Any:
    found = await ask(doors, key, "GET", path)
    assert found.status == 200, found.code
    return found.json


# a real visit


async def test_a_visit_is_found_and_read_whole(doors: Served, key: str, closed: str) -> None:
    for query in ("state=closed&service=change_of_details", "outcome=sign_at_branch"):
        lines = (await read(doors, key, f"/visits?{query}"))["visits"]
        assert closed in [line["id"] for line in lines]
    assert (await read(doors, key, "/visits?effect=committed"))["total"] == 0
    one = await read(doors, key, f"/visits/{closed}")
    assert (one["state"], one["outcome"], one["effect"]) == ("closed", "sign_at_branch", "none")
    assert {step["id"]: step["status"] for step in one["steps"]}["recording_consent"] == "done"
    assert HAN[0] not in str(one)
    assert HAN[1] not in str(one)


async def test_a_customers_visits_are_found_by_the_banks_own_reference(
    doors: Served, key: str, closed: str
) -> None:
    found = await read(doors, key, "/visits?customer_reference=C100002")
    assert closed in [line["id"] for line in found["visits"]]
    others = await read(doors, key, "/visits?customer_reference=C100001")
    assert closed not in [line["id"] for line in others["visits"]]
    assert (await read(doors, key, "/visits?receipt=R000000000000"))["total"] == 0


async def test_its_result_is_opened_and_that_is_on_record(
    doors: Served, key: str, closed: str
) -> None:
    result = await read(doors, key, f"/visits/{closed}/result")
    assert result["intake"] == {"item": "address"}
    assert (result["outcome"], result["receipt"]) == ("sign_at_branch", None)
    acts = [one.act for one in await doors.branch.store.custody.entries(closed)]
    assert "result_read" in acts


async def test_its_evidence_is_judged_now(doors: Served, key: str, closed: str) -> None:
    verdict = await read(doors, key, f"/visits/{closed}/evidence")
    assert verdict["status"] == "complete"
    visit = await doors.branch.store.visits.get(closed)
    assert verdict["evidence_digest"] == visit.manifest


async def test_a_visit_without_papers_has_none(doors: Served, key: str, closed: str) -> None:
    assert await read(doors, key, f"/visits/{closed}/documents") == {"documents": []}
    missing = await ask(doors, key, "GET", f"/visits/{closed}/documents/loan_contract")
    assert (missing.status, missing.code) == (404, "no_such_paper")


# repudiation


async def test_the_hotline_says_that_it_was_somebody_else(
    doors: Served, key: str, closed: str
) -> None:
    path = f"/visits/{closed}/repudiation"
    first = await ask(doors, key, "POST", path, {"note": "客户来电，称非本人办理"})
    assert (first.status, first.json["by"]) == (201, "hotline")
    again = await ask(doors, key, "POST", path, {})
    assert again.json["heard_at"] == first.json["heard_at"]
    visit = await doors.branch.store.visits.get(closed)
    assert visit.repudiation is not None
    assert "客户来电" not in repr(visit.repudiation)
    reader = await made(doors, "visits:read")
    assert (await ask(doors, reader, "POST", path, {})).code == "scope_missing"
    unknown = f"/visits/visit-{'0' * 26}/repudiation"
    assert (await ask(doors, key, "POST", unknown, {})).status == 404


async def test_a_link_that_nobody_sent_says_nothing(doors: Served) -> None:
    said = await doors.browser().ask("POST", "/api/customer/repudiation", {"secret": "x" * 32})
    assert (said.status, said.code) == (409, "repudiation_link_unknown")
    page = await doors.browser().ask("GET", "/n")
    assert page.status == 200
    assert b"This was not me" in page.raw


# invitations


async def test_an_invitation_names_the_customer_and_leads_to_the_visit(
    doors: Served, key: str
) -> None:
    wanted = {"service": LOAN, "customer_reference": "C100001", "intake": {"purpose": "education"}}
    sent = {"Idempotency-Key": "one-and-only"}
    first = await ask(doors, key, "POST", "/invitations", wanted, **sent)
    assert first.status == 201
    assert (await ask(doors, key, "POST", "/invitations", wanted, **sent)).json == first.json
    other = await ask(doors, key, "POST", "/invitations", {**wanted, "language": "en"}, **sent)
    assert (other.status, other.code) == (422, "idempotency_key_reused")

    status = f"/invitations/{first.json['id']}"
    before = await read(doors, key, status)
    assert (before["redeemed_at"], before["visits"]) == (None, [])
    guest = doors.browser("zh-CN")
    secret = first.json["url"].partition("#")[2]
    redeemed = await guest.ask("POST", "/api/customer/redeem", {"secret": secret})
    assert redeemed.json["intake"] == {"purpose": "education"}
    rest = {"service": LOAN, "language": "zh-CN", "consents": CONSENTS}
    opened = await guest.ask(
        "POST", "/api/customer/visits", {**rest, "intake": {"amount": "150000.00"}}
    )
    after = await read(doors, key, status)
    assert after["redeemed_at"] is not None
    assert after["visits"] == [opened.json["visit"]]
    facts = await doors.branch.facts.of(await doors.branch.store.visits.get(opened.json["visit"]))
    assert (facts.name, facts.core_reference) == ("李雷", "C100001")
    stranger = await made(doors, "invitations:write")
    assert (await ask(doors, stranger, "GET", status)).status == 404  # another program's


@pytest.mark.parametrize(
    ("who", "status", "field"),
    [
        ({}, 400, "name"),
        ({"name": HAN[0]}, 400, "document_number"),
        ({"customer_reference": "C100001", "name": HAN[0]}, 409, "name"),
        ({"customer_reference": "C 1"}, 400, "customer_reference"),
    ],
)
async def test_an_invitation_to_nobody_in_particular_is_refused(
    doors: Served, key: str, who: dict[str, str], status: int, field: str
) -> None:
    wanted = {"service": LOAN, "intake": RENOVATION, **who}
    sent = {"Idempotency-Key": f"nobody-{len(who)}-{field}"}
    said = await ask(doors, key, "POST", "/invitations", wanted, **sent)
    assert (said.status, said.json["field"]) == (status, field)


# keys


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
async def test_a_key_without_the_scope_opens_nothing(doors: Served, operation: Any) -> None:
    others = [scope for scope in SCOPES if scope != operation.scope]
    ids = {"visit": "visit-", "invitation": "inv-", "webhook": "hook-"}
    path = operation.path.replace("{document}", "loan_contract")
    for name, prefix in ids.items():
        path = path.replace(f"{{{name}}}", prefix + "0" * 26)
    said = await ask(doors, await made(doors, *others), operation.method, path, {})
    assert (said.status, said.code) == (403, "scope_missing")


async def test_a_key_that_is_over_or_taken_away_opens_nothing(doors: Served) -> None:
    over = await made(doors, "visits:read", days=0)
    assert (await ask(doors, over, "GET", "/visits")).code == "key_needed"
    taken = await made(doors, "visits:read")
    assert (await ask(doors, taken, "GET", "/visits")).status == 200
    key_id = taken.removeprefix("tsk_").partition("_")[0]
    await doors.branch.store.bank.revoke(key_id, datetime.now(UTC) - timedelta(seconds=1))
    refused = await ask(doors, taken, "GET", "/visits")
    assert (refused.status, refused.code) == (401, "key_needed")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


async def test_one_program_is_slowed_down_and_no_other(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"bank_rate": 0.001, "bank_burst": 2}) as doors:
        eager, calm = await made(doors, "visits:read"), await made(doors, "visits:read")
        for _ in range(2):
            assert (await ask(doors, eager, "GET", "/visits")).status == 200
        slowed = await ask(doors, eager, "GET", "/visits")
        assert (slowed.status, slowed.code) == (429, "too_many_requests")
        assert int(slowed.headers["Retry-After"]) > 0
        assert (await ask(doors, calm, "GET", "/visits")).status == 200
