"""Sign-in, sign-out and fresh authentication of staff, for any of their doors."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import Field

from teller_server.api.auth import Identity
from teller_server.api.bodies import Body, read_body
from teller_server.api.guards import (
    AUTH,
    client_address,
    cookie_name,
    drop_cookie,
    identity_of,
    set_cookie,
)

SignedOut = Callable[[Identity], Awaitable[None]]


class SignIn(Body):
    """What the sign-in form sends."""

    account: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)
    totp: str | None = Field(default=None, max_length=12)


class Fresh(Body):
    """What the fresh-authentication form sends."""

    password: str = Field(min_length=1, max_length=256)
    totp: str | None = Field(default=None, max_length=12)


def sign_in(audience: str) -> Handler:
    """`POST …/sign-in`: 200 {next, proof} and a new cookie."""

    async def handler(request: web.Request) -> web.StreamResponse:
        auth = request.config_dict[AUTH]
        settings = auth.settings
        form = await read_body(request, SignIn)
        opened = await auth.sign_in(
            audience,
            form.account,
            form.password,
            form.totp,
            client_address(request, settings),
            request.cookies.get(cookie_name(settings, audience)),
        )
        response = web.json_response({"next": f"/{audience}", "proof": opened.proof})
        set_cookie(response, settings, audience, opened)
        return response

    return handler


def sign_out(audience: str, signed_out: SignedOut | None = None) -> Handler:
    """`POST …/sign-out`: 200 {next}; `signed_out` hears whose session ended."""

    async def handler(request: web.Request) -> web.StreamResponse:
        auth = request.config_dict[AUTH]
        identity = identity_of(request)
        await auth.sign_out(identity)
        if signed_out:
            await signed_out(identity)
        response = web.json_response({"next": f"/{audience}/sign-in"})
        drop_cookie(response, auth.settings, audience)
        return response

    return handler


async def freshen(request: web.Request) -> web.StreamResponse:
    """`POST …/fresh`: 200 {fresh_until, proof}."""
    auth = request.config_dict[AUTH]
    form = await read_body(request, Fresh)
    proved = await auth.freshen(
        identity_of(request), form.password, form.totp, client_address(request, auth.settings)
    )
    return web.json_response({"fresh_until": proved.until.isoformat(), "proof": proved.proof})
