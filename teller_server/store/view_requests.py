"""Who asked to open what, who agreed or not, and the grants that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from teller_server.domain.errors import Refusal

from .custody import CustodyEntry, add_entry
from .engine import Database
from .schema import view_grants
from .schema_custody import view_requests


@dataclass(frozen=True, slots=True)
class Scope:
    """What is opened: `kind` view or export; [from_ms, until_ms) of the recording, None: all."""

    kind: str = "view"
    from_ms: int | None = None
    until_ms: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the whole recording is meant."""
        return self.from_ms is None and self.until_ms is None

    def as_dict(self) -> dict[str, Any]:
        """As custody entries and answers have it."""
        return {"kind": self.kind, "from_ms": self.from_ms, "until_ms": self.until_ms}


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """A wish to open one visit. `purpose` and `reason` are sealed under the visit's key."""

    id: str
    visit: str
    account: str
    scope: Scope
    purpose: str
    asked_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    approved: bool | None = None
    reason: str | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens, for whom, until when. `name`: the token's hash, shortened."""

    name: str
    visit: str
    account: str
    scope: Scope
    expires_at: datetime


class ViewRequests:
    """Requests and grants; each change of either is an entry in the visit's custody list."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, wish: ViewRequest) -> None:
        """Keep a request."""

        def work(connection: Connection) -> None:
            detail = {"request": wish.id, "purpose": wish.purpose, **wish.scope.as_dict()}
            add_entry(connection, wish.visit, wish.account, "view_asked", detail, wish.asked_at)
            connection.execute(
                insert(view_requests).values(
                    id=wish.id, visit=wish.visit, account=wish.account, purpose=wish.purpose,
                    asked_at=wish.asked_at, expires_at=wish.expires_at, **wish.scope.as_dict(),
                )
            )  # fmt: skip

        await self._database.write(work)

    async def get(self, request: str) -> ViewRequest:
        """Raises Refusal('unknown_request')."""
        statement = select(view_requests).where(view_requests.c.id == request)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None:
            raise Refusal("unknown_request")
        return _request(row)

    async def open(self, now: datetime) -> tuple[ViewRequest, ...]:
        """Those that wait for a second person, or for whoever asked to make use of them."""
        statement = (
            select(view_requests)
            .where(view_requests.c.expires_at > now, view_requests.c.used_at.is_(None))
            .order_by(view_requests.c.asked_at)
            .limit(200)
        )
        return await self._database.read(
            lambda conn: tuple(_request(row) for row in conn.execute(statement))
        )

    async def decide(
        self, wish: ViewRequest, by: str, approved: bool, reason: str | None, now: datetime
    ) -> None:
        """Once. Raises Refusal('request_decided')."""

        def work(connection: Connection) -> None:
            values = {"decided_by": by, "decided_at": now, "approved": approved, "reason": reason}
            statement = update(view_requests).where(
                view_requests.c.id == wish.id, view_requests.c.decided_at.is_(None)
            )
            if connection.execute(statement.values(**values)).rowcount != 1:
                raise Refusal("request_decided")
            detail = {"request": wish.id} | ({"reason": reason} if reason else {})
            act = "view_approved" if approved else "view_refused"
            add_entry(connection, wish.visit, by, act, detail, now)

        await self._database.write(work)

    async def grant(
        self,
        grant_hash: str,
        grant: Grant,
        detail: dict[str, Any],
        now: datetime,
        request: str | None = None,
    ) -> CustodyEntry:
        """The grant and its entry together; a request is used up. Raises Refusal request_used."""

        def work(connection: Connection) -> CustodyEntry:
            if request is not None:
                statement = update(view_requests).where(
                    view_requests.c.id == request, view_requests.c.used_at.is_(None)
                )
                if connection.execute(statement.values(used_at=now)).rowcount != 1:
                    raise Refusal("request_used")
            told = {**detail, "grant": grant.name, **grant.scope.as_dict()}
            entry = add_entry(connection, grant.visit, grant.account, "view_granted", told, now)
            connection.execute(
                insert(view_grants).values(
                    grant_hash=grant_hash, visit=grant.visit, account=grant.account,
                    custody_seq=entry.seq, expires_at=grant.expires_at, **grant.scope.as_dict(),
                )
            )  # fmt: skip
            return entry

        return await self._database.write(work)

    async def granted(self, grant_hash: str, now: datetime) -> Grant | None:
        """The grant with this hash, while it holds."""
        statement = select(view_grants).where(
            view_grants.c.grant_hash == grant_hash, view_grants.c.expires_at > now
        )
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None:
            return None
        scope = Scope(row.kind, row.from_ms, row.until_ms)
        return Grant(grant_hash[:16], row.visit, row.account, scope, row.expires_at)


def _request(row: Row[Any]) -> ViewRequest:
    values = dict(row._mapping)
    scope = Scope(values.pop("kind"), values.pop("from_ms"), values.pop("until_ms"))
    return ViewRequest(scope=scope, **values)
