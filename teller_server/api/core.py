"""The demo core's door: look into the bank behind the branch. Only where there is a demo core."""

from typing import Any

from aiohttp import web

from teller_server.api.guards import require
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.api.signin import sign_in, sign_out
from teller_server.domain.errors import Refusal
from teller_server.systems.demo_core import CoreMessage, CoreOrder
from teller_server.systems.port import STATUS_WORDS, Customer

AUDIENCE = "core"


async def ledger(request: web.Request) -> web.Response:
    """Its customers, every order it has taken, and the newest messages to telephones."""
    demo, language = branch_of(request).outside.demo, language_of(request)
    if demo is None:
        raise Refusal("not_found")
    return web.json_response(
        {
            "customers": [_customer(one, at) for one, at in await demo.customers()],
            "orders": [_order(one, language) for one in await demo.orders()],
            "messages": [_message(one) for one in await demo.messages()],
        }
    )


def _customer(one: Customer, changed_at: str | None) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "name": one.name,
        "document": one.document,
        "document_until": one.document_until,
        "phone": one.phone,
        "address": one.address,
        "occupation": one.occupation,
        "companies": [company.name for company in one.companies],
        "changed_at": changed_at,
    }


def _order(one: CoreOrder, language: str) -> dict[str, Any]:
    words = STATUS_WORDS.get(one.receipt.status, {})
    return {
        "key": one.key,
        "effect": one.effect,
        "reference": one.reference,
        "before": dict(one.before),
        "wanted": _flat(one.wanted),
        "call_seal": one.call_seal,
        "decision_seal": one.decision_seal,
        "receipt": one.receipt.number,
        "status": words.get(language, one.receipt.status),
        "at": one.at,
    }


def _flat(body: Any) -> dict[str, str]:
    """The facts of an order that a person would look at first."""
    facts = body.get("changes") or body.get("application") or {}
    return {str(name): str(value) for name, value in facts.items() if value not in (None, "")}


def _message(one: CoreMessage) -> dict[str, Any]:
    return {"to": one.to, "text": one.text, "purpose": one.purpose, "at": one.at}


def core_app() -> web.Application:
    """`/api/core`."""
    enter: Any = sign_in(AUDIENCE)
    app = web.Application(middlewares=[require(AUDIENCE, (enter,))])
    app.add_routes(
        [
            web.post("/sign-in", enter),
            web.post("/sign-out", sign_out(AUDIENCE)),
            web.get("/ledger", ledger),
        ]
    )
    return app
