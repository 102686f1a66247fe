"""The administrator's door: what waits for a person, and where events go."""

from typing import Any

from aiohttp import web

from teller_server.api.admin import effects, faces, keys, services, storage, webhooks
from teller_server.api.guards import require
from teller_server.api.signin import freshen, sign_in, sign_out

AUDIENCE = "admin"


def admin_app() -> web.Application:
    """`/api/admin`."""
    enter: Any = sign_in(AUDIENCE)
    app = web.Application(middlewares=[require(AUDIENCE, (enter,))])
    app.add_routes(
        [
            web.post("/sign-in", enter),
            web.post("/sign-out", sign_out(AUDIENCE)),
            web.post("/fresh", freshen),
            *effects.ROUTES,
            *faces.ROUTES,
            *keys.ROUTES,
            *services.ROUTES,
            *storage.ROUTES,
            *webhooks.ROUTES,
        ]
    )
    return app
