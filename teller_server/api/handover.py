"""Handing over and holding, parts of the review desk's door: packages on a grant, legal holds."""

from typing import Annotated

import structlog
from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, identity_of
from teller_server.api.keys import branch_of
from teller_server.api.problems import DAMAGES
from teller_server.domain.errors import Outage, Refusal
from teller_server.store.accounts import Account

log = structlog.get_logger(__name__)

VISIT = "/visits/{visit:visit-[0-9A-Z]{26}}"
FRESH_HEADER = "X-Fresh"


class Handover(Body):
    """`certificate`: the recipient's, PEM with an RSA key; only they open what they get."""

    grant: Annotated[str, Field(max_length=64)]
    certificate: Annotated[str, Field(min_length=64, max_length=32_768)]


class Why(Body):
    reason: Annotated[str, Typed, Field(min_length=4, max_length=300)]


async def prepare(request: web.Request) -> web.Response:
    """An address that gives the package once, within a minute: 201."""
    form, desk = await read_body(request, Handover), branch_of(request)
    account, visit = _proved(request), request.match_info["visit"]
    grant = await desk.openings.require(form.grant, visit, account.id, "export")
    purpose = await desk.openings.purpose_of(grant)
    token, ready = await desk.opened.handover.prepare(grant, purpose, form.certificate.encode())
    told = {
        "url": f"/api/review/visits/{visit}/packages/{token}",
        "recipient": ready.recipient.subject,
        "fingerprint": ready.recipient.fingerprint,
    }
    return web.json_response(told, status=201)


async def package(request: web.Request) -> web.StreamResponse:
    """The package as a ZIP, sent while it is made; cut off where something fails on the way."""
    visit, token = request.match_info["visit"], request.match_info["token"]
    desk = branch_of(request).opened.handover
    pieces = desk.pieces(desk.take(token, visit, identity_of(request).subject))
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{visit}.zip"',
        }
    )
    try:
        first = await anext(pieces)
        await response.prepare(request)
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
    except (*DAMAGES, Refusal, Outage) as failed:
        if not response.prepared:
            raise
        # too late for an answer: the ZIP has no directory, so nobody takes it for a whole one
        log.error("export_cut_off", visit=visit, why=str(failed))
        if request.transport is not None:
            request.transport.abort()
        return response
    finally:
        await pieces.aclose()
    await response.write_eof()
    return response


async def holds(request: web.Request) -> web.Response:
    """Every hold that stands, the oldest first."""
    desk = branch_of(request)
    return web.json_response({"holds": await desk.opened.holds.standing(desk.labels)})


async def hold(request: web.Request) -> web.Response:
    """From now on nothing shreds this visit."""
    form, person = await read_body(request, Why), _proved(request)
    visit = request.match_info["visit"]
    kept = await branch_of(request).opened.holds.set(visit, person, form.reason)
    return web.json_response({"hold": kept.id}, status=201)


async def lift(request: web.Request) -> web.Response:
    """A hold is over; others on the same visit stand."""
    form, person = await read_body(request, Why), _proved(request)
    await branch_of(request).opened.holds.lift(request.match_info["hold"], person, form.reason)
    return web.json_response({})


def _proved(request: web.Request) -> Account:
    """Who asks, proved anew by a page that has not only the cookie. Raises Refusal."""
    identity = identity_of(request)
    request.config_dict[AUTH].require_proof(identity, request.headers.get(FRESH_HEADER, ""))
    if identity.account is None:
        raise Refusal("wrong_role")
    return identity.account


def handover_routes() -> list[web.RouteDef]:
    """Below `/api/review`."""
    return [
        web.post(f"{VISIT}/packages", prepare),
        web.get(f"{VISIT}/packages/{{token:[A-Za-z0-9_-]{{32}}}}", package),
        web.get("/holds", holds),
        web.post(f"{VISIT}/holds", hold),
        web.post("/holds/{hold:hold-[0-9A-Z]{26}}/lift", lift),
    ]
