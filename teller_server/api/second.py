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
from teller_server.store.view_requests import Grant

VISIT = "/visits/{visit:visit-[0-9A-Z]{26}}"


class Decision(Body):
    """`reason`: needed for all but an approval. `disagree`: with a colleague's refusal."""

    verdict: Literal["approve", "return", "refuse", "disagree"]
    reason: Annotated[str, Typed, Field(max_length=2000)] | None = None


class Answer(Body):
    answer: Annotated[str, Typed, Field(min_length=4, max_length=2000)]


async def checks(request: web.Request) -> web.Response:
    """Visits that wait for a second person, and objections that wait for an answer."""
    account, language = identity_of(request).subject, language_of(request)
    return web.json_response(await branch_of(request).second.waiting(account, language))


async def findings(request: web.Request) -> web.Response:
    """Everything that was found, read, answered and signed in one visit."""
    grant, language = await _granted(request), language_of(request)
    found = await branch_of(request).findings.of(
        grant.visit, language, grant.account, watching(grant)
    )
    for paper in found["papers"]:
        if check := paper["check"]:
            for judged in (check, *check["findings"]):
                judged["problems"] = [say(code, language) for code in judged["problems"]]
    return web.json_response(found)


async def decide(request: web.Request) -> web.Response:
    """Approve, ask back, refuse, or disagree with a refusal: proved anew, with a grant to view."""
    form = await read_body(request, Decision)
    request.config_dict[AUTH].require_fresh(identity_of(request))
    grant = await _granted(request)
    await branch_of(request).second.decide(grant.visit, grant.account, form.verdict, form.reason)
    return web.json_response({})


async def answer(request: web.Request) -> web.Response:
    """Answer the customer's objection."""
    form = await read_body(request, Answer)
    request.config_dict[AUTH].require_fresh(identity_of(request))
    grant = await _granted(request)
    await branch_of(request).second.answer_objection(grant.visit, grant.account, form.answer)
    return web.json_response({})


async def _granted(request: web.Request) -> Grant:
    visit, token = request.match_info["visit"], request.query.get("grant", "")
    account = identity_of(request).subject
    return await branch_of(request).openings.require_whole(token, visit, account)


def second_routes() -> list[web.RouteDef]:
    """Below `/api/review`."""
    return [
        web.get("/checks", checks),
        web.get(f"{VISIT}/findings", findings),
        web.post(f"{VISIT}/decision", decide),
        web.post(f"{VISIT}/objection", answer),
    ]
