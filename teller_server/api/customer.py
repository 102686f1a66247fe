"""The customer's door: the branch, photographs, network test, hand-off, receipt, the socket."""

from typing import Any

from aiohttp import web

from signaling.dispatch import Caller, Dispatch
from signaling.limits import Buckets
from teller_server.api import guests
from teller_server.api.accounts import CUSTOMER
from teller_server.api.arrivals import (
    GUESSES,
    GUESSES_A_SECOND,
    GUESSES_AT_ONCE,
    open_visit,
    redeem,
    take_over,
)
from teller_server.api.customer_wire import customer_dispatch
from teller_server.api.guards import (
    AUTH,
    client_address,
    drop_cookie,
    identity_of,
    require,
)
from teller_server.api.keys import branch_of
from teller_server.api.papers import paper_routes, seated
from teller_server.api.problems import language_of
from teller_server.api.ranges import read_count
from teller_server.api.receipts import (
    QUESTIONS,
    QUESTIONS_A_SECOND,
    QUESTIONS_AT_ONCE,
    check_receipt,
)
from teller_server.api.repudiation import not_me
from teller_server.api.scope import objection, scope, service_part
from teller_server.desk.branch import Branch
from teller_server.domain.documents import FRONT
from teller_server.domain.errors import Refusal
from teller_server.domain.script import CUSTOMER as PARTY

PROBE_BYTES = 200_000
VISIT = "visit-"


async def branch(request: web.Request) -> web.Response:
    """Everything the start page needs before anybody has said who they are."""
    desk, language = branch_of(request), language_of(request)
    facts = desk.show.branch(language)
    scripts = [service_part(desk, script, language) for script in desk.scripts.values()]
    consents = scripts[0]["consents"]
    return web.json_response(
        {
            "branch": {
                "name": facts.name,
                "open": facts.open,
                "hours": facts.hours,
                "reopens": facts.reopens,
            },
            "services": scripts,
            "languages": ["zh-CN", "en"],
            "consents": consents,
            "probe_bytes": PROBE_BYTES,
        }
    )


async def photograph(request: web.Request) -> web.Response:
    """One side of the document, raw, under the limit; it is looked at afterwards."""
    desk = branch_of(request)
    visit, party = await seated(request)
    if request.content_type not in ("image/jpeg", "image/png"):
        raise Refusal("unsupported_type")
    limit = desk.settings.limits.upload_mb * 1024 * 1024
    photo = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        photo += chunk
        if len(photo) > limit:
            raise Refusal("too_large")
    side, kind = request.query.get("side", FRONT), request.query.get("kind", "")
    desk.identity.photograph(visit, party, bytes(photo), side, kind)
    return web.json_response({"status": "checking"}, status=202)


async def probe_down(request: web.Request) -> web.StreamResponse:
    """Bytes to measure the line with; never more than `PROBE_BYTES`."""
    size = min(read_count(request.query.get("bytes"), PROBE_BYTES), PROBE_BYTES)
    return web.Response(body=bytes(size), content_type="application/octet-stream")


async def probe_up(request: web.Request) -> web.Response:
    """Count what arrives; keep nothing."""
    size = 0
    async for chunk in request.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > 2 * PROBE_BYTES:
            raise Refusal("too_large")
    return web.json_response({"bytes": size})


async def hand_off(request: web.Request) -> web.Response:
    """A code to go on with on another device."""
    code, until = await branch_of(request).admission.hand_off(_visit_id(request))
    return web.json_response({"code": code, "expires_at": until})


async def receipt(request: web.Request) -> web.Response:
    """The receipt as a file: what `verify --receipt` reads."""
    desk, visit = branch_of(request), _visit_id(request)
    view = await desk.show.customer(visit)
    if view["receipt"] is None:
        raise Refusal("no_receipt_yet")
    name = f'attachment; filename="receipt-{view["receipt"]["ticket"] or "visit"}.json"'
    return web.json_response(view["receipt"], headers={"Content-Disposition": name})


async def leave(request: web.Request) -> web.StreamResponse:
    """The customer is done with this visit: the browser forgets it."""
    auth = request.config_dict[AUTH]
    await auth.sign_out(identity_of(request))
    response = web.json_response({})
    drop_cookie(response, auth.settings, CUSTOMER)
    return response


def _visit_id(request: web.Request) -> str:
    subject = identity_of(request).subject
    if not subject.startswith(VISIT):
        raise Refusal("no_visit_yet")
    return subject


def socket(desk: Branch) -> Any:
    dispatch: Dispatch = customer_dispatch(desk)

    async def handler(request: web.Request) -> web.StreamResponse:
        visit, party = await seated(request)
        address = client_address(request, desk.settings)
        if party == PARTY:
            await desk.place.seen(visit, address)
        caller = Caller(CUSTOMER, identity_of(request).subject, visit.language)
        auth, identity = request.config_dict[AUTH], identity_of(request)
        return await desk.switchboard.serve(
            request,
            caller,
            dispatch,
            desk.view,
            address=address,
            still_welcome=lambda: auth.keep_alive(identity),
        )

    return handler


def customer_app() -> web.Application:
    """`/api/customer`."""
    public = (
        branch, scope, redeem, guests.join, open_visit, take_over, probe_down, probe_up, not_me,
        check_receipt,
    )  # fmt: skip
    app = web.Application(middlewares=[require(CUSTOMER, public)])
    app[GUESSES] = Buckets(GUESSES_A_SECOND, GUESSES_AT_ONCE)
    app[QUESTIONS] = Buckets(QUESTIONS_A_SECOND, QUESTIONS_AT_ONCE)
    app.add_routes(
        [
            web.get("/branch", branch),
            web.post("/scope", scope),
            web.post("/objection", objection),
            *paper_routes(),
            web.post("/redeem", redeem),
            web.post("/repudiation", not_me),
            web.post("/join", guests.join),
            web.post("/join/consents", guests.consents),
            web.post("/visits", open_visit),
            web.post("/documents", photograph),
            web.get("/probe", probe_down),
            web.post("/probe", probe_up),
            web.post("/handoff", hand_off),
            web.post("/handoff/redeem", take_over),
            web.get("/receipt", receipt),
            web.post("/receipt/check", check_receipt),
            web.post("/leave", leave),
        ]
    )
    return app
