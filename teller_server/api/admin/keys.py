"""What wraps data keys, and whether every use of one is accounted for."""

from aiohttp import web

from teller_server.api.keys import branch_of


async def keys(request: web.Request) -> web.Response:
    """The daily reconciliation: when the log was last read, and what nobody can explain."""
    return web.json_response(await branch_of(request).key_watch.told())


ROUTES = [web.get("/keys", keys)]
