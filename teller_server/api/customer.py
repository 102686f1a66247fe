"""The customer's door: opening a visit, photographs, network test, hand-off, receipt."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import Field

from signaling.dispatch import Caller, Dispatch
from teller_server.api.accounts import CUSTOMER
from teller_server.api.auth import csrf_token
from teller_server.api.bodies import Body, read_body
from teller_server.api.customer_wire import customer_dispatch
from teller_server.api.guards import (
    AUTH,
    IDENTITY,
    client_address,
    cookie_name,
    drop_cookie,
    identity_of,
    require,
    set_cookie,
)
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.desk.branch import Branch
from teller_server.domain.errors import Refusal
from teller_server.domain.script import ServiceScript

PROBE_BYTES = 200_000
INVITATION = "inv-"
VISIT = "visit-"


class Redeem(Body):
    secret: str = Field(min_length=16, max_length=128)


class OpenVisit(Body):
    service: str = Field(min_length=1, max_length=64)
    language: str = Field(min_length=2, max_length=16)
    consents: dict[str, bool] = Field(max_length=8)
    name: str | None = Field(default=None, max_length=80)
    document_number: str | None = Field(default=None, max_length=40)


class TakeOver(Body):
    code: str = Field(min_length=6, max_length=16)


async def branch(request: web.Request) -> web.Response:
    """Everything the start page needs before anybody has said who they are."""
    desk, language = branch_of(request), language_of(request)
    facts = desk.show.branch(language)
    scripts = [_service(script, language) for script in desk.scripts.values()]
    consents = next(iter(desk.scripts.values())).consents
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
            "consents": {
                consent.id: {
                    "title": consent.title[language],
                    "body": consent.body[language],
                    "if_refused": consent.if_refused[language],
                    "required": consent.required,
                }
                for consent in consents
            },
            "probe_bytes": PROBE_BYTES,
        }
    )


def _service(script: ServiceScript, language: str) -> Mapping[str, Any]:
    return {
        "id": script.service,
        "title": script.title[language],
        "summary": script.summary[language],
        "minutes": script.minutes,
        "needs": [words[language] for words in script.bring],
    }


async def redeem(request: web.Request) -> web.StreamResponse:
    """A tap on an invitation: its secret is used up and this browser speaks for it."""
    form = await read_body(request, Redeem)
    invited = await branch_of(request).admission.redeem(form.secret)
    answer = {
        "customer": {"name_masked": invited.name_masked},
        "service": invited.service,
        "language": invited.language,
    }
    return await _with_session(request, answer, invited.id, 200)


async def open_visit(request: web.Request) -> web.StreamResponse:
    """The consents are given: the visit begins."""
    desk, form = branch_of(request), await read_body(request, OpenVisit)
    identity = request.get(IDENTITY)
    if identity is not None and identity.subject.startswith(INVITATION):
        visit = await desk.admission.open_invited(
            identity.subject, form.service, form.language, form.consents
        )
    else:
        name, number = (form.name or "").strip(), (form.document_number or "").strip()
        if not name or not number:
            raise Refusal("bad_request", field="name" if not name else "document_number")
        visit = await desk.admission.open_visit(
            form.service, form.language, form.consents, name, number
        )
    return await _with_session(request, {"visit": visit.id}, visit.id, 201)


async def _with_session(
    request: web.Request, answer: Mapping[str, Any], subject: str, status: int
) -> web.StreamResponse:
    auth = request.config_dict[AUTH]
    old = request.cookies.get(cookie_name(auth.settings, CUSTOMER))
    opened = await auth.open_visit(subject, old)
    body = {**answer, "csrf": csrf_token(opened.cookie)}
    response = web.json_response(body, status=status)
    set_cookie(response, auth.settings, CUSTOMER, opened)
    return response


async def photograph(request: web.Request) -> web.Response:
    """One photograph of the document, raw, under the limit; it is looked at afterwards."""
    desk = branch_of(request)
    visit = await desk.store.visits.get(_visit_id(request))
    if request.content_type not in ("image/jpeg", "image/png"):
        raise Refusal("unsupported_type")
    limit = desk.settings.limits.upload_mb * 1024 * 1024
    photo = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        photo += chunk
        if len(photo) > limit:
            raise Refusal("too_large")
    desk.identity.photograph(visit, bytes(photo))
    return web.json_response({"status": "checking"}, status=202)


async def probe_down(request: web.Request) -> web.StreamResponse:
    """Bytes to measure the line with; never more than `PROBE_BYTES`."""
    wanted = request.query.get("bytes", str(PROBE_BYTES))
    size = min(int(wanted), PROBE_BYTES) if wanted.isdecimal() else PROBE_BYTES
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


async def take_over(request: web.Request) -> web.StreamResponse:
    """Another device goes on with the visit."""
    form = await read_body(request, TakeOver)
    visit = await branch_of(request).admission.take_over(form.code)
    return await _with_session(request, {"visit": visit}, visit, 200)


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
        visit = await desk.store.visits.get(_visit_id(request))
        caller = Caller(CUSTOMER, visit.id, visit.language)
        return await desk.switchboard.serve(
            request,
            caller,
            dispatch,
            desk.view,
            address=client_address(request, desk.settings),
        )

    return handler


def customer_app() -> web.Application:
    """`/api/customer`."""
    public = (branch, redeem, open_visit, take_over, probe_down, probe_up)
    app = web.Application(middlewares=[require(CUSTOMER, public)])
    app.add_routes(
        [
            web.get("/branch", branch),
            web.post("/redeem", redeem),
            web.post("/visits", open_visit),
            web.post("/documents", photograph),
            web.get("/probe", probe_down),
            web.post("/probe", probe_up),
            web.post("/handoff", hand_off),
            web.post("/handoff/redeem", take_over),
            web.get("/receipt", receipt),
            web.post("/leave", leave),
        ]
    )
    return app
