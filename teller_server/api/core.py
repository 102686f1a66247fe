"""The demo core's door: look into the bank behind the branch. Only where there is a demo core."""

from typing import Any

from aiohttp import web

from teller_server.api.guards import require
from teller_server.api.keys import branch_of
from teller_server.api.signin import sign_in, sign_out

AUDIENCE = "core"


async def ledger(request: web.Request) -> web.Response:
    """Its customers and every change it has taken."""
    core = branch_of(request).core
    customers = [
        {
            "reference": one.reference,
            "name": one.name,
            "document": one.document,
            "phone": one.phone,
            "address": one.address,
            "occupation": one.occupation,
            "changed_at": one.changed_at,
        }
        for one in await core.customers()
    ]
    changes = [
        {
            "key": one.key,
            "reference": one.reference,
            "before": dict(one.before),
            "wanted": dict(one.wanted),
            "receipt": one.receipt,
            "at": one.at,
        }
        for one in await core.changes()
    ]
    return web.json_response({"customers": customers, "changes": changes})


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
