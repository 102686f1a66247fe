"""The `RTCIceServer` list a page gets, with short-lived TURN credentials.

The server itself uses no STUN or TURN: its peer connections are built with `iceServers=[]`; a page
behind a hard NAT reaches it through the relay named here.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class TurnServer:
    """A relay that shares a secret with us (coturn's `use-auth-secret`).

    `urls` are RFC 7065 URIs; offer `turns:…:443?transport=tcp` too, for strict firewalls.
    """

    urls: tuple[str, ...]
    secret: bytes


def turn_credentials(
    secret: bytes, user: str, now: datetime, lifetime: timedelta
) -> tuple[str, str]:
    """Username and password valid until `now + lifetime`.

    As in draft-uberti-behave-turn-rest-00: the username is `expiry:user`, the password the
    Base64 of HMAC-SHA1 over it. `user` is an opaque id, never a person's name. A colon in it is
    refused, for it would move the expiry.
    """
    if ":" in user:
        raise ValueError("a TURN user must not contain a colon")
    username = f"{int((now + lifetime).timestamp())}:{user}"
    digest = hmac.new(secret, username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def ice_servers(
    stun: Sequence[str],
    turn: TurnServer | None,
    user: str,
    now: datetime,
    lifetime: timedelta = timedelta(minutes=10),
) -> list[dict[str, Any]]:
    """The list for `new RTCPeerConnection({iceServers})`; empty when nothing is configured.

    The credentials only open the relay's allocation, which lives on after they expire, so ten
    minutes outlast any set-up and are useless to whoever copies them later.
    """
    servers: list[dict[str, Any]] = []
    if stun:
        servers.append({"urls": list(stun)})
    if turn is not None:
        username, credential = turn_credentials(turn.secret, user, now, lifetime)
        servers.append({"urls": list(turn.urls), "username": username, "credential": credential})
    return servers
