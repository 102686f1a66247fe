"""The bank's interface, whole: every operation, as routes and as OpenAPI 3.1."""

from functools import cache
from typing import Any

from aiohttp import web
from pydantic.json_schema import models_json_schema

from signaling.limits import Buckets
from teller_server import __version__
from teller_server.api.bank import handlers as h
from teller_server.api.bank import models as m
from teller_server.api.bank.keys import KEY, SCOPES
from teller_server.api.bank.operations import (
    PROBLEM,
    STATUS,
    Operation,
    Parameter,
    answer_problem,
)
from teller_server.api.keys import branch_of
from teller_server.api.pages import PAGES
from teller_server.api.problems import ANSWER
from teller_server.api.problems import STATUS as HTTP
from teller_server.api.words import say
from teller_server.api.words_bank import BANK_WORDS
from teller_server.settings import Limits
from web.pages import PageContext

PREFIX = "/v1"
SCHEMAS = "#/components/schemas/"
_VISIT = Parameter(
    "visit", "path", "The visit.", {"type": "string", "pattern": "^visit-[0-9A-Z]{26}$"}
)
_PAPER = Parameter(
    "document", "path", "The paper.", {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
)
_DAY = {"type": "string", "format": "date"}
_WORD = {"type": "string", "maxLength": 64}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "listServices", "GET", "/services", "invitations:write",
        "The services, and what each asks before the queue", h.services, m.Services,
    ),
    Operation(
        "createInvitation", "POST", "/invitations", "invitations:write",
        "Invite a customer by a link that works once", h.invite, m.Invitation,
        status=201, body=m.Invited, once=True,
    ),
    Operation(
        "getInvitation", "GET", "/invitations/{invitation}", "invitations:write",
        "Whether an invitation was used, and for which visits", h.invitation, m.InvitationStatus,
        parameters=(
            Parameter(
                "invitation", "path", "The invitation.",
                {"type": "string", "pattern": "^inv-[0-9A-Z]{26}$"},
            ),
        ),
    ),
    Operation(
        "listVisits", "GET", "/visits", "visits:read",
        "Visits, the newest first, 50 a page", h.visits, m.Visits,
        parameters=(
            Parameter("service", "query", "Only this service.", _WORD),
            Parameter("outcome", "query", "Only this outcome.", _WORD),
            Parameter("state", "query", "Only in this state (`closed`, …).", _WORD),
            Parameter("effect", "query", "Only with this effect (`committed`, …).", _WORD),
            Parameter(
                "customer_reference", "query", "Only of this customer, as the bank knows them.",
                _WORD,
            ),
            Parameter("receipt", "query", "Only the one with this receipt of the core's.", _WORD),
            Parameter("from", "query", "Opened on this day (UTC) or later.", _DAY),
            Parameter("to", "query", "Opened on this day (UTC) or before.", _DAY),
            Parameter(
                "page", "query", "From 1.", {"type": "integer", "minimum": 1, "maximum": 10**6}
            ),
        ),
    ),
    Operation(
        "getVisit", "GET", "/visits/{visit}", "visits:read",
        "One visit: state, steps, outcome, effect, receipt", h.visit, m.Visit,
        parameters=(_VISIT,),
    ),
    Operation(
        "getResult", "GET", "/visits/{visit}/result", "results:read",
        "What was found out and decided (personal data)", h.result, m.Result,
        parameters=(_VISIT,),
    ),
    Operation(
        "listDocuments", "GET", "/visits/{visit}/documents", "documents:read",
        "The papers of a visit", h.papers, m.Papers, parameters=(_VISIT,),
    ),
    Operation(
        "getDocument", "GET", "/visits/{visit}/documents/{document}", "documents:read",
        "A paper as PDF, with the signatures it has by now", h.paper, None,
        media_type="application/pdf", parameters=(_VISIT, _PAPER),
    ),
    Operation(
        "getEvidence", "GET", "/visits/{visit}/evidence", "evidence:read",
        "Verify the recording now, without any key", h.evidence, m.Verdict, parameters=(_VISIT,),
    ),
    Operation(
        "repudiateVisit", "POST", "/visits/{visit}/repudiation", "repudiations:write",
        "The customer says that it was somebody else: stop it", h.repudiate, m.RepudiationHeard,
        status=201, body=m.Repudiation, parameters=(_VISIT,),
    ),
    Operation(
        "listWebhooks", "GET", "/webhooks", "webhooks:write",
        "Where events go", h.webhooks, m.Webhooks,
    ),
    Operation(
        "createWebhook", "POST", "/webhooks", "webhooks:write",
        "Have events sent to an address", h.add_webhook, m.WebhookMade,
        status=201, body=m.Webhook, once=True,
    ),
    Operation(
        "deleteWebhook", "DELETE", "/webhooks/{webhook}", "webhooks:write",
        "Send no more events there", h.remove_webhook, None, status=204,
        parameters=(
            Parameter(
                "webhook", "path", "The endpoint.",
                {"type": "string", "pattern": "^hook-[0-9A-Z]{26}$"},
            ),
        ),
    ),
)  # fmt: skip


def bank_app(limits: Limits) -> web.Application:
    """`/api/bank`: the operations below `/v1`, their description, and a page that shows it."""
    app = web.Application()
    app[KEY] = Buckets(limits.bank_rate, limits.bank_burst)
    app[ANSWER] = answer_problem
    app.add_routes([operation.route(PREFIX) for operation in OPERATIONS])
    app.router.add_get("/openapi.json", _description)
    app.router.add_get("/docs", _docs)
    return app


async def _description(_request: web.Request) -> web.Response:
    return web.json_response(openapi())


async def _docs(request: web.Request) -> web.StreamResponse:
    """The same for people, without a byte from elsewhere."""
    desk = branch_of(request)
    context = PageContext(
        language="en",
        bank=desk.show.branch("en").name,
        demo=desk.settings.demo,
        data={"openapi": openapi(), "problems": _problems()},
    )
    return request.config_dict[PAGES].response("bank-docs", context)


def _problems() -> list[dict[str, Any]]:
    codes = sorted({*STATUS, *BANK_WORDS, "bad_request", "too_many_requests", "unknown_visit"})
    known = {**HTTP, **STATUS}
    return [
        {"code": code, "status": known.get(code, 409), "title": say(code, "en")} for code in codes
    ]


@cache
def openapi() -> dict[str, Any]:
    """OpenAPI 3.1 of every operation, made from what runs."""
    models: list[Any] = [m.Problem]
    for operation in OPERATIONS:
        models += [one for one in (operation.body, operation.answer) if one is not None]
    unique = list(dict.fromkeys(models))
    _, schemas = models_json_schema(
        [(one, "validation") for one in unique], ref_template=SCHEMAS + "{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        described = paths.setdefault(f"/api/bank{PREFIX}{operation.path}", {})
        described[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Teller Server for a bank's own programs",
            "version": __version__,
            "description": "Keys are made by `teller-server api-keys add`. A request without "
            "a valid key is 401; every error is application/problem+json (RFC 9457).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes: " + ", ".join(SCOPES),
                }
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"Scope: `{operation.scope}`.",
        "parameters": [_parameter(one) for one in operation.parameters],
        "responses": _responses(operation),
    }
    if operation.once:
        schema = {"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[ -~]+$"}
        described["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The same key and body get the same answer for 24 hours.",
                "schema": schema,
            }
        )
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": SCHEMAS + operation.body.__name__}}
            },
        }
    return described


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place,
        "required": one.place == "path",
        "description": one.about,
        "schema": one.schema,
    }


def _responses(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.answer is not None:
        schema: dict[str, Any] = {"$ref": SCHEMAS + operation.answer.__name__}
        done["content"] = {"application/json": {"schema": schema}}
    elif operation.status != 204:
        binary = {"schema": {"type": "string", "format": "binary"}}
        done["content"] = {operation.media_type: binary}
    wrong = {
        "description": "A problem.",
        "content": {PROBLEM: {"schema": {"$ref": SCHEMAS + "Problem"}}},
    }
    return {str(operation.status): done, "4XX": wrong, "5XX": wrong}
