"""Data keys wrapped by the transit engine of an OpenBao server, over HTTP.

The key is a *derived* one and the context is its derivation context: transit binds it as it would
associated data, and can then re-wrap by itself. (With `associated_data` its `rewrap` of OpenBao
2.7.2 answers "message authentication failed": data keys would have to come out to be re-wrapped.)

Each decryption carries its number in the header `X-Teller-Use`, which an audit device writes down
in the clear when told so; see `docs/operations.md`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import hvac
import requests
from hvac import exceptions as refusals

from recording.cipher import DATA_KEY
from recording.errors import Outage
from recording.keys import Wrapped

USE_HEADER: Final = "X-Teller-Use"
_KIND: Final = "aes256-gcm96"
_TIMEOUT_S: Final = 5
_AWAY: Final = (  # sealed, starting, or behind a proxy that finds it gone
    refusals.VaultDown, refusals.InternalServerError, refusals.BadGateway,
    refusals.VaultNotInitialized, refusals.RateLimitExceeded,
)  # fmt: skip


class OpenBao:
    """One token's way to one server. `token` is asked for each request: an agent may renew it."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        ca: Path | None = None,
        namespace: str | None = None,
    ) -> None:
        if not url.startswith(("https://", "http://")):
            raise Outage("key_server_refused", "the address is not http(s)")
        self._token = token
        verify = str(ca) if ca else True
        self._client = hvac.Client(
            url=url,
            verify=verify,
            namespace=namespace,
            timeout=_TIMEOUT_S,
            allow_redirects=False,  # a token is for this server
        )
        self._client.token = None  # or the environment's would go out instead of ours

    def ask(self, method: str, path: str, body: Any = None, *, use: str = "") -> dict[str, Any]:
        """The `data` of an answer. Raises Outage; nothing that was sent or answered is in it."""
        headers = {"X-Vault-Token": self._token()}
        if use:
            headers[USE_HEADER] = use
        try:
            answer = self._client.adapter.request(method, f"/v1/{path}", json=body, headers=headers)
        except (requests.exceptions.RequestException, *_AWAY) as error:
            raise Outage("key_server_away", type(error).__name__) from None
        except refusals.InvalidRequest:
            raise Outage("key_unwrap_refused", "the key server refuses key or context") from None
        except refusals.VaultError as error:
            raise Outage("key_server_refused", f"{path}: {type(error).__name__}") from None
        found = answer.get("data") if isinstance(answer, dict) else None
        return found if isinstance(found, dict) else {}


class OpenBaoKeyWrapper:
    """Wraps under one transit key, which never leaves the server."""

    demo = False

    def __init__(self, server: OpenBao, mount: str, key: str) -> None:
        self._server = server
        self._mount, self._key = mount.strip("/"), key
        self.name = f"openbao:{self._mount}/{key}"

    def init(self) -> None:
        """Make the key where there is none; one that is there must be as we need it."""
        body = {"type": _KIND, "derived": True, "exportable": False}
        self._server.ask("post", self._path("keys"), body)
        self.version()

    def version(self) -> str:
        told = self._server.ask("get", self._path("keys"))
        if told.get("type") != _KIND or not told.get("derived") or told.get("exportable"):
            raise Outage("key_server_refused", "the key must be derived and not exportable")
        return str(told["latest_version"])

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Payload: the server's own text, `vault:v1:…`."""
        body = {"plaintext": _text(data_key), "context": _text(context)}
        return self._pack(self._server.ask("post", self._path("encrypt"), body))

    def unwrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        body = {"ciphertext": self._ciphertext(wrapped), "context": _text(context)}
        told = self._server.ask("post", self._path("decrypt"), body, use=use)
        try:
            key = base64.b64decode(told.get("plaintext", ""), validate=True)
        except (binascii.Error, TypeError):
            key = b""
        if len(key) != DATA_KEY:
            raise Outage("key_server_refused", "the answer is not a data key")
        return key

    def rewrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        """Done by the server alone: the data key does not come out."""
        body = {"ciphertext": self._ciphertext(wrapped), "context": _text(context)}
        return self._pack(self._server.ask("post", self._path("rewrap"), body, use=use))

    def rotate(self) -> str:
        self._server.ask("post", f"{self._path('keys')}/rotate")
        return self.version()

    def audit_hash(self, device: str, context: bytes) -> str:
        """How the audit device `device` writes this context."""
        body = {"input": _text(context)}
        return str(self._server.ask("post", f"sys/audit-hash/{device}", body).get("hash", ""))

    def _path(self, verb: str) -> str:
        return f"{self._mount}/{verb}/{self._key}"

    def _ciphertext(self, wrapped: bytes) -> str:
        told = Wrapped.parse(wrapped)
        if told.wrapper != self.name:
            raise Outage("key_unwrap_refused", "not a key wrapped here")
        return told.payload.decode("ascii", "replace")

    def _pack(self, told: dict[str, Any]) -> bytes:
        text = str(told.get("ciphertext", ""))
        label, _, rest = text.partition(":v")
        version = rest.partition(":")[0]
        if label != "vault" or not version.isdecimal():
            raise Outage("key_server_refused", "the answer is not a wrapped key")
        return Wrapped(self.name, version, text.encode("ascii")).pack()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
