"""“This was not me”: said by whoever holds a notice's link; they have no session and need none."""

from aiohttp import web
from pydantic import Field

from teller_server.api.arrivals import guess
from teller_server.api.bodies import Body, read_body
from teller_server.api.keys import branch_of


class NotMe(Body):
    secret: str = Field(min_length=16, max_length=128)


async def not_me(request: web.Request) -> web.Response:
    """A tap on the link's page: 201, also when it was said before. Nothing is told of the visit."""
    form = await read_body(request, NotMe)
    await guess(request, branch_of(request).repudiation.by_link, form.secret)
    return web.json_response({"status": "heard"}, status=201)
