"""Opened on purpose: who asks to see or export what and why, who agrees, and for how long.

A request names one visit, and a range of it where that is enough. Where the branch or its packs ask
for a second person, another compliance account decides: not whoever asked, not who served the
visit, and nobody whose account was changed within a day. What comes of it is a grant: short, for
one account, and written into the custody list before it exists.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recording.disclosure import Wanted
from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import CUSTODY
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText, new_id
from teller_server.domain.people import Role
from teller_server.domain.policy import BranchPolicy
from teller_server.domain.policy.opening import second_person
from teller_server.domain.state import Visit
from teller_server.settings_review import SecondPerson
from teller_server.store.store import Store
from teller_server.store.view_requests import Grant, Scope, ViewRequest, ViewRequests

GRANT_MINUTES = 30
REQUEST_HOURS = 24
SETTLED = timedelta(hours=24)
"""So long a new or changed account agrees to nothing."""


@dataclass(frozen=True)
class Given:
    """A grant and its token, which is told once."""

    token: str
    grant: Grant


class OpeningDesk:
    """Takes requests, lets second persons decide them, gives grants and knows which hold.

    `witness` is called after each grant: it signs the head of the custody chain.
    """

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        labels: Labels,
        second_person: SecondPerson,
        policy: BranchPolicy,
        witness: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._labels = labels
        self._second_person = second_person
        self._policy = policy
        self._witness = witness
        self._live: dict[str, Grant] = {}  # grants that were shown here

    async def ask(
        self, visit_id: str, account: str, purpose: str, scope: Scope
    ) -> Given | ViewRequest:
        """A grant where nobody else is asked, else a request that waits.

        Raises Refusal `unknown_visit`, `key_shredded`.
        """
        visit = await self._store.visits.get(visit_id)
        sealed = (await self._cipher(visit_id)).seal("purpose", purpose)
        if not asks_second(self._second_person, self._policy, visit.service, scope.kind):
            return await self._give(visit_id, account, scope, {"purpose": sealed})
        now = self._counter.now()
        wish = ViewRequest(
            new_id("opening", secrets.token_bytes(16)),
            visit_id,
            account,
            scope,
            sealed,
            now,
            now + timedelta(hours=REQUEST_HOURS),
        )
        await self._store.view_requests.ask(wish)
        return wish

    async def waiting(self, account: str) -> list[dict[str, Any]]:
        """What this account has asked for, and what others have asked that it may decide."""
        wishes = await self._store.view_requests.open(self._counter.now())
        staff = {one.id: one.display_name for one in await self._store.accounts.all()}
        names = await self._labels.of([wish.visit for wish in wishes])
        told = []
        for wish in wishes:
            mine = wish.account == account
            if not mine and wish.decided_at is not None:
                continue
            told.append(
                {
                    "id": wish.id,
                    "visit": wish.visit,
                    "customer_masked": names.get(wish.visit, ""),
                    "by": staff.get(wish.account, ""),
                    "mine": mine,
                    **wish.scope.as_dict(),
                    "purpose": await self._opened(wish.visit, "purpose", wish.purpose),
                    "asked_at": wish.asked_at.isoformat(),
                    "expires_at": wish.expires_at.isoformat(),
                    "approved": wish.approved,
                    "decided_by": staff.get(wish.decided_by or ""),
                    "reason": await self._opened(wish.visit, "reason", wish.reason),
                }
            )
        return told

    async def decide(self, request: str, account: str, *, approve: bool, reason: str) -> None:
        """A second person's word. `reason` is needed to refuse.

        Raises Refusal `unknown_request`, `request_expired`, `request_decided`,
        `second_person_needed`, `account_changed`, `reason_needed`.
        """
        wish = await self._store.view_requests.get(request)
        now = self._counter.now()
        if wish.decided_at is not None:
            raise Refusal("request_decided")
        if now >= wish.expires_at:
            raise Refusal("request_expired")
        await self._check_second(wish, account, now)
        if not approve and not reason:
            raise Refusal("reason_needed")
        sealed = (await self._cipher(wish.visit)).seal("reason", reason) if reason else None
        await self._store.view_requests.decide(wish, account, approve, sealed, now)
        await self._witness()

    async def _check_second(self, wish: ViewRequest, account: str, now: datetime) -> None:
        visit = await self._store.visits.get(wish.visit)
        if account == wish.account or account in _tellers(visit):
            raise Refusal("second_person_needed")
        second = await self._store.accounts.by_id(account)
        if second is None or second.disabled or Role.COMPLIANCE not in second.roles:
            raise Refusal("second_person_needed")
        if now - max(second.created_at, second.changed_at or second.created_at) < SETTLED:
            raise Refusal("account_changed")

    async def use(self, request: str, account: str) -> Given:
        """The grant that an approved request gives, once, to whoever asked.

        Raises Refusal `unknown_request`, `request_expired`, `second_person_needed`, `request_used`.
        """
        wish = await self._store.view_requests.get(request)
        if wish.account != account:
            raise Refusal("unknown_request")
        if self._counter.now() >= wish.expires_at:
            raise Refusal("request_expired")
        if wish.approved is not True or wish.decided_by is None:
            raise Refusal("second_person_needed")
        told = {"purpose": wish.purpose, "request": wish.id, "approved_by": wish.decided_by}
        return await self._give(wish.visit, account, wish.scope, told, wish.id)

    async def _give(
        self,
        visit: str,
        account: str,
        scope: Scope,
        detail: dict[str, Any],
        request: str | None = None,
    ) -> Given:
        token, now = secrets.token_urlsafe(32), self._counter.now()
        hashed = _hash(token)
        until = now + timedelta(minutes=GRANT_MINUTES)
        grant = Grant(hashed[:16], visit, account, scope, until)
        await self._store.view_requests.grant(hashed, grant, detail, now, request)
        await self._witness()
        return Given(token, grant)

    async def require(self, token: str, visit: str, account: str, kind: str = "view") -> Grant:
        """Raises Refusal('grant_needed') unless this grant holds now, for this and for them."""
        grant = None
        if token:
            grant = await self._store.view_requests.granted(_hash(token), self._counter.now())
        if grant is None or (grant.visit, grant.account, grant.scope.kind) != (
            visit,
            account,
            kind,
        ):
            raise Refusal("grant_needed")
        self._live[grant.name] = grant
        return grant

    async def purpose_of(self, grant: Grant) -> str:
        """What the grant was asked for. Raises Refusal key_shredded."""
        for entry in await self._store.custody.entries(grant.visit):
            if entry.act == "view_granted" and entry.detail.get("grant") == grant.name:
                sealed = SealedText(entry.detail["purpose"])
                return (await self._cipher(grant.visit)).open("purpose", sealed)
        raise Refusal("grant_needed")

    async def sweep(self) -> None:
        """Keys that were opened on a grant leave the memory when it has ended."""
        now = self._counter.now()
        for name in [name for name, grant in self._live.items() if now >= grant.expires_at]:
            self._keys.forget_permission(f"grant {self._live.pop(name).name}")

    async def require_whole(self, token: str, visit: str, account: str) -> Grant:
        """As `require`; Refusal('grant_too_narrow') where only a range is granted."""
        grant = await self.require(token, visit, account)
        if not grant.scope.whole:
            raise Refusal("grant_too_narrow")
        return grant

    async def _cipher(self, visit: str) -> FieldCipher:
        return FieldCipher(visit, await self._keys.get(visit, CUSTODY))

    async def _opened(self, visit: str, name: str, sealed: str | None) -> str | None:
        """None where nothing was written, or the key was shredded since."""
        if not sealed:
            return None
        try:
            return (await self._cipher(visit)).open(name, SealedText(sealed))
        except Refusal:
            return None


def asks_second(asked: SecondPerson, policy: BranchPolicy, service: str, kind: str) -> bool:
    """Whether a second person has to agree to opening a recording of this service for `kind`, view
    or export: by the branch's own setting, or by a pack's `access` rule, the stricter."""
    both = {asked, SecondPerson(second_person(policy, service))}
    return SecondPerson.ALWAYS in both or (kind == "export" and SecondPerson.EXPORT in both)


async def export_grant(
    requests: ViewRequests, token: str, visit: str, wanted: Wanted | None, now: datetime
) -> Grant:
    """The export grant that this token is, whoever holds it; it must cover what is asked for.

    Raises Refusal `grant_needed`, `grant_too_narrow`.
    """
    grant = await requests.granted(_hash(token), now)
    if grant is None or (grant.visit, grant.scope.kind) != (visit, "export"):
        raise Refusal("grant_needed")
    scope, asked = grant.scope, wanted or Wanted()
    before = scope.from_ms is not None and (asked.from_ms is None or asked.from_ms < scope.from_ms)
    after = scope.until_ms is not None and (
        asked.until_ms is None or asked.until_ms > scope.until_ms
    )
    if before or after or (asked.marks and not scope.whole):
        raise Refusal("grant_too_narrow")
    return grant


def _tellers(visit: Visit) -> frozenset[str]:
    return frozenset(one for one in (visit.teller, visit.owner) if one)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
