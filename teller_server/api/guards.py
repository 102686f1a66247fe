"""The doors' keepers: middlewares that let a request in, or say why not. Deny by default."""

import asyncio
import hmac
import ipaddress
from collections.abc import Collection

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from signaling.limits import Buckets
from signaling.origin import same_origin
from teller_server.api.accounts import CUSTOMER, DOORS
from teller_server.api.auth import Auth, Identity, Opened, csrf_token
from teller_server.domain.errors import Refusal
from teller_server.settings import Settings

AUTH = web.AppKey("auth", Auth)
IDENTITY = web.RequestKey("identity", Identity)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STATIC = "/s/"
CSRF_HEADER = "X-CSRF"


def require(audience: str, public: Collection[Handler] = ()) -> Middleware:
    """A middleware for one audience's sub-app: signed in at this door, or the handler is public.

    Every request, public or not, must come from our own origin when it changes something, and
    carry the session's CSRF token when there is a session.
    """

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        auth = request.config_dict[AUTH]
        cookie = request.cookies.get(cookie_name(auth.settings, audience), "")
        identity = await auth.recognise(audience, cookie) if cookie else None
        if request.method not in SAFE:
            check_origin(request, auth.settings)
            if identity:
                check_csrf(request, identity)
        if identity:
            request[IDENTITY] = identity
        elif request.match_info.handler not in public:
            if audience in DOORS and wants_page(request):
                raise web.HTTPSeeOther(f"/{audience}/sign-in")
            raise Refusal("not_signed_in")
        return await handler(request)

    return door


def identity_of(request: web.Request) -> Identity:
    """Who makes this request. Raises Refusal not_signed_in (on a public handler)."""
    identity = request.get(IDENTITY)
    if not isinstance(identity, Identity):
        raise Refusal("not_signed_in")
    return identity


def wants_page(request: web.Request) -> bool:
    """Whether a person opened this in the address bar, rather than a script fetching it."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def limit_requests(settings: Settings) -> Middleware:
    """A middleware that bounds requests per address; files that never change are not counted."""
    buckets = Buckets(settings.limits.requests_rate, settings.limits.requests_burst)

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(STATIC):
            return await handler(request)
        bucket = buckets.of(client_address(request, settings))
        if not bucket.take(asyncio.get_running_loop().time()):
            raise Refusal("too_many_requests", retry_after=1)
        return await handler(request)

    return limit


def check_origin(request: web.Request, settings: Settings) -> None:
    """Raises Refusal foreign_origin unless the browser says that our own page sent this.

    `Sec-Fetch-Site` is the browser's own word; `Origin` is sent with every unsafe request.
    A request with neither is not from a browser that we can trust to tell.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        raise Refusal("foreign_origin")
    origin = request.headers.get("Origin")
    if origin is None and site == "same-origin":
        return
    if not same_origin(origin, request.host, own_origins(settings)):
        raise Refusal("foreign_origin")


def check_csrf(request: web.Request, identity: Identity) -> None:
    """Raises Refusal csrf unless the request carries the session's token."""
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), identity.csrf.encode()):
        raise Refusal("csrf")


def own_origins(settings: Settings) -> frozenset[str]:
    """The origins of our own pages; empty: whatever host the request names."""
    url = settings.server.public_url
    return frozenset({url}) if url else frozenset()


def cookie_name(settings: Settings, audience: str) -> str:
    """`vb_teller`; over HTTPS `__Host-vb_teller`, which no other host can set."""
    return f"__Host-vb_{audience}" if settings.secure else f"vb_{audience}"


def set_cookie(
    response: web.StreamResponse, settings: Settings, audience: str, opened: Opened
) -> None:
    """Give the browser its session, and the page that asked for it the CSRF token (`X-CSRF`)."""
    response.headers[CSRF_HEADER] = csrf_token(opened.cookie)
    life = opened.session.expires_at - opened.session.created_at
    response.set_cookie(
        cookie_name(settings, audience),
        opened.cookie,
        max_age=int(life.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="Lax" if audience == CUSTOMER else "Strict",
    )


def drop_cookie(response: web.StreamResponse, settings: Settings, audience: str) -> None:
    """Take the browser's session away."""
    response.del_cookie(
        cookie_name(settings, audience), path="/", secure=settings.secure, httponly=True
    )


def client_address(request: web.Request, settings: Settings) -> str:
    """The browser's address: the peer's, or what a trusted proxy says it forwarded for."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if not forwarded or not _is_proxy(peer, settings):
        return peer
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        if not _is_proxy(hop, settings):
            return hop
    return peer


def _is_proxy(address: str, settings: Settings) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(net) for net in settings.server.proxies)
