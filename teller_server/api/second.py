"""The second person's door, a part of the review desk's: what waits, findings, decisions."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, identity_of
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.api.words import say
from teller_server.desk.review import watching

VISIT = "/visits/{visit:visit-[0-9A-Z]{26}}"


class Decision(Body):
    """`reason`: needed to ask back and to refuse."""

    verdict: Literal["approve", "return", "refuse"]
    reason: Annotated[str, Typed, Field(max_length=2000)] | None = None


class Answer(Body):
    answer: Annotated[str, Typed, Field(min_length=4, max_length=2000)]


async def checks(request: web.Request) -> web.Response:
    """Visits that wait for a second person, and objections that wait for an answer."""
    account, language = identity_of(request).subject, language_of(request)
    return web.json_response(await branch_of(request).second.waiting(account, language))


async def findings(request: web.Request) -> web.Response:
    """Everything that was found, read, answered and signed in one visit."""
    visit, language = await _granted(request), language_of(request)
    account = identity_of(request).subject
    purpose = watching(account, request.query.get("grant", ""))
    found = await branch_of(request).findings.of(visit, language, account, purpose)
    for paper in found["papers"]:
        if check := paper["check"]:
            for judged in (check, *check["findings"]):
                judged["problems"] = [say(code, language) for code in judged["problems"]]
    return web.json_response(found)


async def decide(request: web.Request) -> web.Response:
    """Approve, ask back or refuse: freshly signed in, with a grant to view this visit."""
    form = await read_body(request, Decision)
    request.config_dict[AUTH].require_fresh(identity_of(request))
    visit, account = await _granted(request), identity_of(request).subject
    await branch_of(request).second.decide(visit, account, form.verdict, form.reason)
    return web.json_response({})


async def answer(request: web.Request) -> web.Response:
    """Answer the customer's objection."""
    form = await read_body(request, Answer)
    request.config_dict[AUTH].require_fresh(identity_of(request))
    visit, account = await _granted(request), identity_of(request).subject
    await branch_of(request).second.answer_objection(visit, account, form.answer)
    return web.json_response({})


async def _granted(request: web.Request) -> str:
    visit, grant = request.match_info["visit"], request.query.get("grant", "")
    await branch_of(request).review.require(grant, visit, identity_of(request).subject)
    return visit


def second_routes() -> list[web.RouteDef]:
    """Below `/api/review`."""
    return [
        web.get("/checks", checks),
        web.get(f"{VISIT}/findings", findings),
        web.post(f"{VISIT}/decision", decide),
        web.post(f"{VISIT}/objection", answer),
    ]
