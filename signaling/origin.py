"""Does this request come from our own page? (RFC 6454; WebSockets: RFC 6455 §10.2)"""

from collections.abc import Collection
from urllib.parse import urlsplit


def same_origin(origin: str | None, host: str, extra: Collection[str] = ()) -> bool:
    """True when `origin` names `host` itself, or is one of `extra` (`https://host[:port]`).

    The scheme is not compared: behind a proxy that ends TLS it is not ours to see. An absent or
    opaque ("null") origin is foreign.
    """
    if not origin or origin == "null":
        return False
    if origin.lower() in {known.lower().rstrip("/") for known in extra}:
        return True
    if extra:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()
