"""Security headers on every response: nothing inline, nothing foreign, nothing cached by chance."""

from __future__ import annotations

from aiohttp import hdrs, web

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
PERMISSIONS_POLICY = "Permissions-Policy"
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), "
    "geolocation=(), payment=(), usb=()"
)
WITH_POSITION = PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
"""For the one page that may ask a device where it is; see `PageContext.position`."""
HSTS = "max-age=31536000; includeSubDomains"


def content_security_policy(sockets: str | None = None) -> str:
    """Return the policy; `sockets` (`wss://host`) helps old iOS, where 'self' excludes sockets."""
    policy = dict(POLICY)
    if sockets is not None:
        policy["connect-src"] += f" {sockets}"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def install_headers(
    app: web.Application, *, https: bool = False, sockets: str | None = None
) -> None:
    """Add the headers to every response of `app` and its sub-applications.

    A response keeps its own `Cache-Control` (static files); all others are `no-store`. A page that
    may ask for a position keeps its own `Permissions-Policy`.
    `https` adds HSTS: set it only where the public address is https.
    """
    fixed = {
        "Content-Security-Policy": content_security_policy(sockets),
        PERMISSIONS_POLICY: PERMISSIONS,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if https:
        fixed["Strict-Transport-Security"] = HSTS

    async def prepare(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        response.headers[hdrs.SERVER] = ""  # an attacker needs no version list

    app.on_response_prepare.append(prepare)
