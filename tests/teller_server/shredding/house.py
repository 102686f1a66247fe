"""An archive with visits that are over, and the people who may end them for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from teller_server.desk.holds import HoldDesk
from teller_server.desk.keys import DataKeys
from teller_server.desk.shredding import ShreddingDesk
from teller_server.domain.errors import Refusal
from teller_server.domain.people import Role
from teller_server.domain.policy import combine
from teller_server.store.accounts import Account
from teller_server.store.schema import visits
from tests.teller_server.desk.archive import VISIT, Archive
from tests.teller_server.domain.policy.neighbours import neighbour
from tests.teller_server.material import NOON

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
LATER = NOON + timedelta(days=4000)
RULES = (
    (
        "retention: {clauses: [XX-1], artefact: visit_evidence, at_least: P5Y, at_most: P10Y, "
        "counted_from: relationship_end, then: delete}"
    ),
    "retention: {clauses: [XX-1], artefact: sale_recording, at_least: P6M, then: delete}",
    (
        "retention: {clauses: [XX-2], artefact: impact_assessment, at_least: P30Y, "
        "counted_from: processing_end, then: delete}"
    ),
)
POLICY = combine([neighbour("xx", RULES)])
WHY = "time is over"


@dataclass
class House:
    """A branch with one closed visit, two administrators and compliance; `at` is its clock."""

    branch: Archive
    desk: ShreddingDesk
    holds: HoldDesk
    keys: DataKeys
    at: datetime
    ada: Account
    bo: Account
    lin: Account

    async def ended(self) -> None:
        await self.desk.tell(VISIT, "relationship_end", NOON, "terminal: core")

    async def shred(self) -> None:
        await self.ended()
        await self.desk.ask(VISIT, self.ada, WHY)
        await self.desk.confirm(VISIT, self.bo)

    @property
    def listed(self) -> Path:
        return self.branch.settings.shred_list

    async def refused(self, code: str, *steps: object) -> None:
        for step in steps:
            with pytest.raises(Refusal, match=rf"^{code}\b"):
                await step  # type: ignore[misc]


def person(name: str, *roles: Role) -> Account:
    return Account(name, name, name.title(), f"N-{name}", frozenset(roles), "hash", NOON)


async def furnish(branch: Archive) -> House:
    store, room = branch.store, branch.room
    await store.write(lambda conn: close_visit(conn, VISIT))
    people = [person("ada", Role.ADMIN), person("bo", Role.ADMIN), person("lin", Role.COMPLIANCE)]
    for one in people:
        await store.accounts.add(one)
    keys = DataKeys(store, room.wrapper)
    made = House(branch, None, None, keys, LATER, *people)  # type: ignore[arg-type]
    made.desk = ShreddingDesk(
        store, POLICY, branch.root, made.listed, room.signer, room.stamper, timedelta(days=30),
        lambda: made.at,
    )  # fmt: skip
    made.holds = HoldDesk(store, keys, lambda: made.at)
    return made


def close_visit(connection: Connection, visit: str) -> None:
    connection.execute(update(visits).where(visits.c.id == visit).values(closed_at=NOON))


# ---- retention
