"""The teller's door: sign-in, the pictures of the visit in hand, the socket."""

from typing import Any

from aiohttp import web

from signaling.dispatch import Caller
from teller_server.api.auth import Identity
from teller_server.api.guards import AUTH, client_address, identity_of, require
from teller_server.api.keys import branch_of
from teller_server.api.papers import KEPT, PAGE, PAPER, PNG, page_picture, page_text
from teller_server.api.problems import language_of
from teller_server.api.signin import sign_in, sign_out
from teller_server.api.teller_wire import teller_dispatch
from teller_server.desk.branch import Branch
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit

AUDIENCE = "teller"


async def picture(request: web.Request) -> web.Response:
    """A photograph or face of the visit in this teller's hands, and of no other."""
    visit, digest = await _in_hand(request), request.match_info["digest"]
    shown: set[str | None] = set()
    for person in visit.people.values():
        if person.document is not None:
            shown |= {person.document.photo, person.document.portrait}
        if person.check is not None:
            shown |= set(person.check.digests.values())
    for page in (page for step in visit.steps for page in step.pages.values()):
        shown |= {page.photo, page.portrait, page.reading.upright if page.reading else None}
    if digest not in shown:
        raise Refusal("not_found")
    data = await branch_of(request).evidence.read(visit.id, digest)
    return web.Response(body=data, content_type="image/jpeg")


async def paper_page(request: web.Request) -> web.Response:
    """A page of a paper of the visit in this teller's hands."""
    return await page_picture(request, await _in_hand(request), None)


async def paper_text(request: web.Request) -> web.Response:
    """What that page says."""
    return await page_text(request, await _in_hand(request), None)


async def paper_mark(request: web.Request) -> web.Response:
    """The newest signature on it, to be compared with the name before the step is passed."""
    visit = await _in_hand(request)
    mark = await branch_of(request).papers.mark(visit, request.match_info["paper"])
    return web.Response(body=mark, content_type=PNG, headers=KEPT)


async def _in_hand(request: web.Request) -> Visit:
    desk, teller = branch_of(request), identity_of(request).subject
    presence = await desk.store.floor.presence(teller)
    if presence is None or presence.visit is None:
        raise Refusal("not_found")
    visit = await desk.store.visits.get(presence.visit)
    if visit.owner != teller:
        raise Refusal("not_found")
    return visit


def socket(desk: Branch) -> Any:
    dispatch = teller_dispatch(desk)

    async def handler(request: web.Request) -> web.StreamResponse:
        identity = identity_of(request)
        caller = Caller(AUDIENCE, identity.subject, language_of(request))
        auth = request.config_dict[AUTH]
        return await desk.switchboard.serve(
            request,
            caller,
            dispatch,
            desk.view,
            address=client_address(request, desk.settings),
            still_welcome=lambda: auth.keep_alive(identity),
        )

    return handler


def teller_app(desk: Branch) -> web.Application:
    """`/api/teller`."""

    async def signed_out(identity: Identity) -> None:
        await desk.reception.set_state(identity.subject, "away", None)
        await desk.bye(identity.subject, "signed_out")

    enter = sign_in(AUDIENCE)
    app = web.Application(middlewares=[require(AUDIENCE, (enter,))])
    app.add_routes(
        [
            web.post("/sign-in", enter),
            web.post("/sign-out", sign_out(AUDIENCE, signed_out)),
            web.get(f"/papers/{PAGE}", paper_page),
            web.get(f"/papers/{PAGE}/text", paper_text),
            web.get(f"/papers/{PAPER}/mark", paper_mark),
            web.get("/objects/{digest:[0-9a-f]{64}}", picture),
        ]
    )
    return app
