"""Where events go: endpoints, their secrets (shown once), and how each event fared."""

from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from teller_server.api.admin.effects import cause_of
from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, identity_of
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.store.outgoing import TYPES
from teller_server.store.webhooks import Delivery, Endpoint

HOOK = r"{endpoint:hook-[0-9A-Z]{26}}"


class NewEndpoint(Body):
    """Where events shall go."""

    url: str = Field(min_length=8, max_length=500)
    title: Annotated[str, Typed, Field(min_length=1, max_length=80)]
    types: list[str] = Field(min_length=1, max_length=20)


class Turn(Body):
    """Whether events are sent there; removing is for good."""

    state: Literal["on", "off", "removed"]


async def endpoints(request: web.Request) -> web.Response:
    """All of them, and every type of event there is."""
    found = await branch_of(request).webhooks.endpoints()
    return web.json_response({"types": list(TYPES), "endpoints": [_endpoint(one) for one in found]})


async def register(request: web.Request) -> web.Response:
    """201 {id, secret}: the secret is shown this once."""
    by = _fresh(request)
    form = await read_body(request, NewEndpoint)
    desk = branch_of(request).webhooks
    endpoint, secret = await desk.register(form.url, form.title, form.types, by)
    return web.json_response({"id": endpoint.id, "secret": secret}, status=201)


async def rotate(request: web.Request) -> web.Response:
    """200 {secret}; the one before it goes on signing for a day."""
    by = _fresh(request)
    secret = await branch_of(request).webhooks.rotate(request.match_info["endpoint"], by)
    return web.json_response({"secret": secret})


async def turn(request: web.Request) -> web.Response:
    by = _fresh(request)
    form = await read_body(request, Turn)
    await branch_of(request).webhooks.turn(request.match_info["endpoint"], form.state, by)
    return web.json_response({})


async def deliveries(request: web.Request) -> web.Response:
    """The newest fifty."""
    language = language_of(request)
    found = await branch_of(request).webhooks.deliveries(request.match_info["endpoint"])
    return web.json_response({"deliveries": [_delivery(one, language) for one in found]})


async def again(request: web.Request) -> web.Response:
    """Send an event once more: 202."""
    named = request.match_info
    by = identity_of(request).subject
    await branch_of(request).webhooks.again(named["event"], named["endpoint"], by)
    return web.json_response({}, status=202)


def _fresh(request: web.Request) -> str:
    identity = identity_of(request)
    request.config_dict[AUTH].require_fresh(identity)
    return identity.subject


def _endpoint(one: Endpoint) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "title": one.title,
        "types": list(one.types),
        "state": one.state,
        "created_at": one.created_at.isoformat(),
        "former_until": one.former_until.isoformat() if one.former_until else None,
    }


def _delivery(one: Delivery, language: str) -> dict[str, Any]:
    failed = one.state != "delivered"
    return {
        "event": one.event,
        "type": one.type,
        "visit": one.visit,
        "state": one.state,
        "attempts": one.attempts,
        "at": one.created_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.state == "pending" else None,
        "cause": cause_of(one.detail, language) if failed else None,
    }


ROUTES = (
    web.get("/webhooks", endpoints),
    web.post("/webhooks", register),
    web.post(f"/webhooks/{HOOK}/rotate", rotate),
    web.post(f"/webhooks/{HOOK}/state", turn),
    web.get(f"/webhooks/{HOOK}/deliveries", deliveries),
    web.post(f"/webhooks/{HOOK}/deliveries/" + r"{event:evt-[0-9A-Z]{26}}/again", again),
)
