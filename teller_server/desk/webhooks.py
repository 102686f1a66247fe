"""Visit ↔ the bank's other systems: signed events to the endpoints that an administrator names.

An event is written with what it tells of and sent from here until it has arrived, or waits for a
person. Secrets are sealed under the desk's own key and shown once, when they are made.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from teller_server.desk.fields import FieldCipher
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText, new_id
from teller_server.store.outgoing import TYPES
from teller_server.store.webhooks import Delivery, DeliveryJob, Endpoint, WebhookStore
from teller_server.systems.signatures import new_secret, signed_headers

log = structlog.get_logger(__name__)

CHANGE_OVER = timedelta(hours=24)
"""How long a secret goes on signing after it was replaced."""

KEPT = timedelta(days=30)
"""How long an event that arrived can be looked up and sent again."""

MOST_ENDPOINTS = 20


class Sender(Protocol):
    """Posts one signed event."""

    def check(self, url: str) -> None: ...

    async def send(self, url: str, headers: dict[str, str], body: str) -> int: ...

    async def close(self) -> None: ...


class Webhooks:
    """Endpoints, their secrets, and the round that delivers."""

    def __init__(
        self,
        store: WebhookStore,
        key: bytes,
        sender: Sender,
        now: Callable[[], datetime],
        *,
        attempts: int,
    ) -> None:
        self._store = store
        self._key = key
        self._sender = sender
        self._now = now
        self._attempts = attempts

    # ---- endpoints

    async def register(
        self, url: str, title: str, types: Collection[str], by: str
    ) -> tuple[Endpoint, str]:
        """A new endpoint and its secret, which is shown this once.

        Refusal endpoint_not_allowed, unknown_event_type, too_many_endpoints.
        """
        self._sender.check(url)
        wanted = tuple(kind for kind in TYPES if kind in types)
        if not wanted or set(types) - set(TYPES):
            raise Refusal("unknown_event_type", field="types")
        if len(await self._store.endpoints()) >= MOST_ENDPOINTS:
            raise Refusal("too_many_endpoints")
        id_, secret = new_id("hook", secrets.token_bytes(16)), new_secret()
        endpoint = Endpoint(
            id=id_,
            url=url,
            title=title,
            types=wanted,
            secret=self._seal(id_, secret),
            former=None,
            former_until=None,
            state="on",
            created_by=by,
            created_at=self._now(),
        )
        await self._store.add(endpoint)
        log.info("webhook_registered", endpoint=id_, by=by)
        return endpoint, secret

    async def rotate(self, endpoint: str, by: str) -> str:
        """A new secret; the one before it signs as well for `CHANGE_OVER`."""
        secret = new_secret()
        until = self._now() + CHANGE_OVER
        await self._store.rotate(endpoint, self._seal(endpoint, secret), until)
        log.info("webhook_secret_rotated", endpoint=endpoint, by=by)
        return secret

    async def turn(self, endpoint: str, state: str, by: str) -> None:
        """`on`, `off` or `removed`."""
        await self._store.turn(endpoint, state)
        log.info("webhook_turned", endpoint=endpoint, state=state, by=by)

    async def endpoints(self) -> tuple[Endpoint, ...]:
        """All there are, oldest first."""
        return await self._store.endpoints()

    async def deliveries(self, endpoint: str, limit: int = 50) -> tuple[Delivery, ...]:
        """The newest first."""
        return await self._store.deliveries(endpoint, limit)

    async def again(self, event: str, endpoint: str, by: str) -> None:
        """Send once more; the receiver knows the event by its id."""
        await self._store.endpoint(endpoint)
        await self._store.again(event, endpoint, self._now())
        log.info("webhook_sent_again", endpoint=endpoint, event_id=event, by=by)

    # ---- deliveries

    async def round(self) -> None:
        """Send everything that is due now; endpoints don't wait for each other."""
        jobs = await self._store.claim(self._now())
        for result in await asyncio.gather(*map(self._send, jobs), return_exceptions=True):
            if isinstance(result, BaseException):  # the lease ends and it is tried again
                log.error("delivery_not_settled", exc_info=result)

    async def tidy(self) -> None:
        """Forget events that arrived long ago."""
        await self._store.sweep(self._now() - KEPT)

    async def close(self) -> None:
        await self._sender.close()

    async def _send(self, job: DeliveryJob) -> None:
        now = self._now()
        try:
            signing = self._secrets(job.endpoint, now)
            headers = dict(signed_headers(signing, job.event, now, job.body))
            status = await self._sender.send(job.endpoint.url, headers, job.body)
        except Refusal as refusal:
            if refusal.code == "endpoint_gone":
                await self._store.turn(job.endpoint.id, "off")
            await self._failed(job, refusal.code, final=True)
        except Outage as outage:
            status_or_kind = outage.plain.get("status") or outage.plain.get("kind")
            await self._failed(job, f"{outage.code} {status_or_kind}", final=False)
        else:
            await self._store.delivered(job, self._now(), str(status))

    async def _failed(self, job: DeliveryJob, why: str, *, final: bool) -> None:
        log.warning("delivery_failed", endpoint=job.endpoint.id, attempt=job.attempt, why=why)
        now = self._now()
        await self._store.failed(job, why, now, attempts=self._attempts, final=final)

    def _secrets(self, endpoint: Endpoint, now: datetime) -> list[str]:
        """Those that are valid now, the newest first."""
        valid = [endpoint.secret]
        if endpoint.former and endpoint.former_until and now < endpoint.former_until:
            valid.append(endpoint.former)
        cipher = FieldCipher(endpoint.id, self._key)
        try:
            return [cipher.open("secret", sealed) for sealed in valid]
        except Refusal:
            raise Refusal("secret_unreadable") from None

    def _seal(self, endpoint: str, secret: str) -> SealedText:
        return SealedText(FieldCipher(endpoint, self._key).seal("secret", secret))
