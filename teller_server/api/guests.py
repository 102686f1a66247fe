"""How a further party joins: a link is redeemed by a tap, then own consents, then the same page."""

from typing import Any

from aiohttp import web
from pydantic import Field

from teller_server.api.arrivals import guess, with_session
from teller_server.api.bodies import Body, read_body
from teller_server.api.consents import consents_part
from teller_server.api.guards import identity_of
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.desk.branch import Branch
from teller_server.desk.guests import Joining


class Join(Body):
    secret: str = Field(min_length=16, max_length=128)


class JoinConsents(Body):
    consents: dict[str, bool] = Field(max_length=8)


async def join(request: web.Request) -> web.StreamResponse:
    """A tap on a link: its secret is used up and this browser speaks for the guest."""
    form = await read_body(request, Join)
    joining = await guess(request, branch_of(request).guests.redeem, form.secret)
    answer = joining_answer(branch_of(request), joining, language_of(request))
    return await with_session(request, answer, joining.id, 200)


async def consents(request: web.Request) -> web.Response:
    """The guest's own consents: from now on the socket and the call are open to them."""
    form, subject = await read_body(request, JoinConsents), identity_of(request).subject
    await branch_of(request).guests.consent(subject, form.consents)
    return web.json_response({})


def joining_answer(desk: Branch, joining: Joining, language: str) -> dict[str, Any]:
    """What the join page shows: no word about the customer."""
    return {
        "party": joining.party,
        "party_title": joining.title[language],
        "service_title": joining.script.title[language],
        "language": joining.language,
        "consents": consents_part(desk, joining.script, language),
    }
