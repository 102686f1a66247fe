"""Who calls: a scoped, expiring key; how often; and the same answer for the same request."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from aiohttp import web

from signaling.limits import Buckets
from teller_server.api.keys import branch_of
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import new_id
from teller_server.store.bank import BankKey, BankStore

PREFIX = "tsk_"
SCOPES = (
    "invitations:write",
    "visits:read",
    "results:read",
    "documents:read",
    "evidence:read",
    "repudiations:write",
    "webhooks:write",
)
KEY: web.AppKey[Buckets] = web.AppKey("bank_buckets", Buckets)


async def make_key(
    store: BankStore,
    title: str,
    scopes: frozenset[str],
    days: int,
    created_by: str,
    now: datetime,
) -> str:
    """A new key; the secret, shown this once: `tsk_<id>_<secret>`.

    Raises Refusal('unknown_scope').
    """
    if not scopes or not scopes <= set(SCOPES):
        raise Refusal("unknown_scope")
    key_id, secret = new_id("bank", secrets.token_bytes(16)), secrets.token_urlsafe(32)
    until = now + timedelta(days=days)
    await store.add(BankKey(key_id, title, scopes, created_by, now, until), _hash(secret))
    return f"{PREFIX}{key_id}_{secret}"


async def caller(request: web.Request, scope: str) -> BankKey:
    """The key of this request. Raises Refusal key_needed, scope_missing, too_many_requests."""
    desk = branch_of(request)
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token.isascii():
        raise Refusal("key_needed")
    key_id, _, secret = token.removeprefix(PREFIX).partition("_")
    found = await desk.store.bank.find(key_id) if kind.lower() == "bearer" else None
    kept = found[1] if found else "0" * 64
    right = hmac.compare_digest(_hash(secret), kept)
    now = desk.counter.now()
    if found is None or not right or found[0].revoked_at or found[0].expires_at <= now:
        raise Refusal("key_needed")
    bucket = request.config_dict[KEY].of(found[0].id)
    moment = asyncio.get_running_loop().time()
    if not bucket.take(moment):
        raise Refusal("too_many_requests", retry_after=int(bucket.wait(moment)) + 1)
    if scope not in found[0].scopes:
        raise Refusal("scope_missing", scope=scope)
    return found[0]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
