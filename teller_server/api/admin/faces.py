"""How many people's faces this branch keeps, beside the number from which it has to be filed."""

from aiohttp import web

from teller_server.api.keys import branch_of

MOST = 100_000
"""人脸识别技术应用安全管理办法 (Order 19), art. 15: filed within 30 working days of reaching it."""


async def faces(request: web.Request) -> web.Response:
    """A count; nothing here names a person."""
    kept = await branch_of(request).store.faces.people()
    return web.json_response({"kept": kept, "most": MOST})


ROUTES = [web.get("/faces", faces)]
