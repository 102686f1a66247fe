"""How a browser comes to speak for a visit: an invitation, a walk-in's own words, a hand-off code.

An address may try ten wrong secrets, and then one a minute: nobody finds one by trying.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import Field

from signaling.limits import Buckets
from teller_server.api.accounts import CUSTOMER
from teller_server.api.auth import csrf_token
from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, IDENTITY, client_address, cookie_name, set_cookie
from teller_server.api.keys import branch_of
from teller_server.domain.errors import Refusal

INVITATION = "inv-"
GUESSES = web.AppKey("guesses", Buckets)
GUESSES_AT_ONCE = 10.0
GUESSES_A_SECOND = 1 / 60

T = TypeVar("T")


class Redeem(Body):
    secret: str = Field(min_length=16, max_length=128)


class OpenVisit(Body):
    service: str = Field(min_length=1, max_length=64)
    language: str = Field(min_length=2, max_length=16)
    consents: dict[str, bool] = Field(max_length=8)
    name: Annotated[str, Typed, Field(max_length=80)] | None = None
    document_number: Annotated[str, Typed, Field(max_length=40)] | None = None
    intake: dict[str, Annotated[str, Typed, Field(max_length=500)]] = Field(
        default_factory=dict, max_length=16
    )


class TakeOver(Body):
    code: str = Field(min_length=6, max_length=16)


async def redeem(request: web.Request) -> web.StreamResponse:
    """A tap on an invitation: its secret is used up and this browser speaks for it."""
    form = await read_body(request, Redeem)
    invited = await guess(request, branch_of(request).admission.redeem, form.secret)
    answer = {
        "customer": {"name_masked": invited.name_masked},
        "service": invited.service,
        "language": invited.language,
        "intake": dict(invited.intake),
    }
    return await with_session(request, answer, invited.id, 200)


async def open_visit(request: web.Request) -> web.StreamResponse:
    """The consents are given: the visit begins."""
    desk, form = branch_of(request), await read_body(request, OpenVisit)
    desk.place.admit(form.service, client_address(request, desk.settings))
    identity = request.get(IDENTITY)
    invited = identity is not None and identity.subject.startswith(INVITATION)
    if identity is not None and invited:
        visit = await desk.admission.open_invited(
            identity.subject, form.service, form.language, form.consents, form.intake
        )
    else:
        if not form.name or not form.document_number:
            raise Refusal("bad_request", field="document_number" if form.name else "name")
        visit = await desk.admission.open_visit(
            form.service,
            form.language,
            form.consents,
            form.name,
            form.document_number,
            form.intake,
        )
    # an answer may be lost on the way: who was invited may then ask again
    return await with_session(request, {"visit": visit.id}, visit.id, 201, keep_old=invited)


async def take_over(request: web.Request) -> web.StreamResponse:
    """Another device goes on with the visit."""
    form = await read_body(request, TakeOver)
    visit = await guess(request, branch_of(request).admission.take_over, form.code)
    return await with_session(request, {"visit": visit}, visit, 200)


async def guess(request: web.Request, attempt: Callable[[str], Awaitable[T]], secret: str) -> T:
    """Try a secret. Raises Refusal too_many_requests, without trying, while the address waits."""
    address = client_address(request, branch_of(request).settings)
    bucket, now = request.config_dict[GUESSES].of(address), asyncio.get_running_loop().time()
    if not bucket.take(now):
        raise Refusal("too_many_requests", retry_after=int(bucket.wait(now)) + 1)
    found = await attempt(secret)
    bucket.tokens += 1  # what was right was no guess
    return found


async def with_session(
    request: web.Request,
    answer: Mapping[str, Any],
    subject: str,
    status: int,
    *,
    keep_old: bool = False,
) -> web.StreamResponse:
    auth = request.config_dict[AUTH]
    old = request.cookies.get(cookie_name(auth.settings, CUSTOMER))
    opened = await auth.open_visit(subject, None if keep_old else old)
    body = {**answer, "csrf": csrf_token(opened.cookie)}
    response = web.json_response(body, status=status)
    set_cookie(response, auth.settings, CUSTOMER, opened)
    return response
