"""The bank's programs at the door: whatever goes wrong is told as a problem (RFC 9457)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from teller_server.api.bank.keys import SCOPES, make_key
from teller_server.api.bank.models import Invited
from teller_server.store.schema_bank import bank_answers, bank_keys
from tests.teller_server.api.branch import HAN, Reply, Served, served

INVITED = {
    "service": "loan_interview",
    "name": HAN[0],
    "document_number": HAN[1],
    "intake": {"purpose": "education", "amount": "150000.00"},
}


@pytest.fixture(scope="module")
async def key(doors: Served) -> str:
    now = datetime.now(UTC)
    return await make_key(doors.branch.store.bank, "CRM", frozenset(SCOPES), 1, "test", now)


async def ask(doors: Served, key: str, method: str, path: str, **sent: str) -> Reply:
    headers = {"Authorization": f"Bearer {key}", **sent}
    body = INVITED if method == "POST" else None
    return await doors.browser().ask(method, f"/api/bank/v1{path}", body, **headers)


def problem(reply: Reply) -> tuple[int, str]:
    """Status and code of what must be a problem."""
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    told = reply.json
    assert told["status"] == reply.status
    assert told["title"]
    assert told["detail"]
    assert told["type"] == f"/api/bank/docs#{told['code']}"
    return reply.status, told["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/services", 405, "not_found"),
        ("GET", "/visits?page=0", 400, "bad_request"),
        ("GET", f"/visits?page=0000000001{'9' * 40}", 400, "bad_request"),
        ("GET", "/visits?page=1000001", 400, "bad_request"),
        ("GET", "/visits?from=yesterday", 400, "bad_request"),
        ("POST", "/invitations", 409, "idempotency_key_needed"),
    ],
)
async def test_what_is_asked_wrongly_is_a_problem(
    doors: Served, key: str, method: str, path: str, status: int, code: str
) -> None:
    assert problem(await ask(doors, key, method, path)) == (status, code)


async def test_a_stranger_is_told_that_a_key_is_needed(doors: Served) -> None:
    for given in ("", "tsk_", "tsk_bank-1_x", "tsk_bänk_é"):
        assert problem(await ask(doors, given, "GET", "/services")) == (401, "key_needed")


@pytest.mark.parametrize("token", [b"tsk_\xff\xfe_x", b"tsk_x_\xff", b"\xff"])
async def test_bytes_that_are_no_text_are_no_key(doors: Served, token: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", doors.server.port)
    writer.write(
        b"GET /api/bank/v1/services HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Authorization: Bearer " + token + b"\r\n\r\n"
    )
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"application/problem+json" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "key_needed"


async def test_an_answer_that_was_altered_in_the_database_is_a_problem(
    doors: Served, key: str
) -> None:
    once = {"Idempotency_Key": "altered-0001"}
    first = await ask(doors, key, "POST", "/invitations", **once)
    assert first.status == 201
    assert (await ask(doors, key, "POST", "/invitations", **once)).json == first.json
    alter = update(bank_answers).where(bank_answers.c.request_key == "altered-0001")
    await doors.branch.store.database.write(lambda conn: conn.execute(alter.values(body="{}")))
    assert problem(await ask(doors, key, "POST", "/invitations", **once)) == (
        409,
        "field_unreadable",
    )


async def test_what_is_kept_of_a_request_tells_nobody_whom_it_was_about(
    doors: Served, key: str
) -> None:
    """Document numbers are few: a plain digest of the request would be as good as its text."""
    once = {"Idempotency_Key": "guessed-0001"}
    assert (await ask(doors, key, "POST", "/invitations", **once)).status == 201
    wanted = select(bank_answers.c.request_hash)
    kept = await doors.branch.store.database.read(lambda conn: conn.execute(wanted).scalars().all())
    plain = Invited.model_validate(INVITED).model_dump_json()
    whole = f"createInvitation\n/api/bank/v1/invitations\n{plain}".encode()
    assert hashlib.sha256(whole).hexdigest() not in kept


async def test_what_nobody_foresaw_is_a_problem(doors: Served) -> None:
    store, now = doors.branch.store, datetime.now(UTC)
    key = await make_key(store.bank, "altered by hand", frozenset(SCOPES), 1, "test", now)
    alter = update(bank_keys).where(bank_keys.c.title == "altered by hand")
    await store.database.write(lambda conn: conn.execute(alter.values(scopes="visits:read")))
    assert problem(await ask(doors, key, "GET", "/visits")) == (500, "internal")


async def test_too_many_requests_are_told_when_to_come_again(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"requests_burst": 1, "requests_rate": 0.01}) as small:
        assert problem(await ask(small, "", "GET", "/services")) == (401, "key_needed")
        reply = await ask(small, "", "GET", "/services")
        assert problem(reply) == (429, "too_many_requests")
        assert int(reply.headers["Retry-After"]) >= 1
