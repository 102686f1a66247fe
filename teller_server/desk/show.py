"""Gathers what a view is drawn from and hands it to the wire.

Subjects on the bell are visit ids (the customer's page) and account ids (the teller's console).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher
from teller_server.desk.identity import IdentityDesk
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.reception import Reception
from teller_server.desk.views.customer import customer_view
from teller_server.desk.views.scene import (
    Attested,
    BranchFacts,
    FormValues,
    Person,
    VisitScene,
)
from teller_server.desk.views.teller import Me, TellerScene, Waiting, teller_view
from teller_server.domain.errors import Refusal
from teller_server.domain.hours import OpeningHours
from teller_server.domain.people import TellerState, masked_document, masked_name
from teller_server.domain.script import ServiceScript
from teller_server.domain.state import QUEUED, Visit
from teller_server.store.floor import BoardRow
from teller_server.store.store import Store

MOST_LINES = 100  # of the queue on a console; the figures count them all

NOTICES: Mapping[str, str] = {
    "recorder_failed": "recorder_failed",
    "connection_lost": "connection_lost",
    "branch_restarted": "branch_restarted",
    "call_not_opened": "connection_lost",
    "call_not_reopened": "connection_lost",
    "call_not_held": "connection_lost",
    "never_connected": "connection_lost",
    "seal_not_verified": "seal_failed",
}


class Show:
    """Draws views on demand."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        call: CallDesk,
        identity: IdentityDesk,
        reception: Reception,
        keys: DataKeys,
        scripts: Mapping[str, ServiceScript],
        hours: OpeningHours,
        names: Mapping[str, str],
        ice_servers: Callable[[str], list[dict[str, Any]]],
        *,
        relay_only: bool,
    ) -> None:
        self._store = store
        self._counter = counter
        self._call = call
        self._identity = identity
        self._reception = reception
        self._keys = keys
        self._scripts = scripts
        self._hours = hours
        self._names = names
        self._ice_servers = ice_servers
        self._relay_only = relay_only

    def branch(self, language: str) -> BranchFacts:
        now = self._counter.now()
        reopens = self._hours.reopens(now)
        return BranchFacts(
            name=self._names.get(language, self._names["zh-CN"]),
            open=self._hours.is_open(now),
            hours=self._hours.today(now),
            reopens=reopens.isoformat() if reopens else None,
        )

    async def customer(self, visit_id: str) -> dict[str, Any]:
        """The customer's view of a visit."""
        visit = await self._store.visits.get(visit_id)
        return customer_view(self.branch(visit.language), await self._scene(visit, queue=True))

    async def teller(self, account_id: str, language: str) -> dict[str, Any]:
        """The console of a teller."""
        account = await self._store.accounts.by_id(account_id)
        if account is None:
            raise Refusal("not_signed_in")
        presence = await self._store.floor.presence(account_id)
        now = self._counter.now()
        figures = await self._store.floor.figures(account_id, self._hours.midnight(now))
        state = presence.state if presence else TellerState.AWAY
        engaged = None
        if presence and presence.visit:
            visit = await self._store.visits.get(presence.visit)
            engaged = await self._scene(visit, name=account.display_name, number=account.number)
        offered = state is TellerState.OFFERED
        board = await self._store.floor.board()
        sticky = {row.visit: row.sticky for row in board}
        return teller_view(
            TellerScene(
                branch=self.branch(language),
                me=Me(
                    name=account.display_name,
                    number=account.number,
                    state=state.value,
                    reason=presence.reason if presence else None,
                    skills=sorted(account.skills),
                    languages=sorted(account.languages),
                    visits_today=figures.visits,
                    average_s=figures.average_s,
                ),
                language=language,
                queue=await self._queue(board[:MOST_LINES], account_id, language),
                waiting=[row.waiting_since for row in board if row.status == "waiting"],
                why="sticky" if engaged and sticky.get(engaged.visit.id) == account_id else "next",
                offer=engaged if offered else None,
                visit=None if offered else engaged,
                wrap_up_deadline=(
                    self._reception.wrap_up_deadline(engaged.visit)
                    if engaged and not offered
                    else None
                ),
            )
        )

    async def _queue(self, board: Sequence[BoardRow], account: str, language: str) -> list[Waiting]:
        lines = []
        named = await self._store.fields.read_many([row.visit for row in board], ["name"])
        for row in board:
            script = self._scripts[row.service]
            lines.append(
                Waiting(
                    ticket=row.ticket,
                    service_title=script.title[language],
                    language=row.language,
                    waiting_since=row.waiting_since,
                    priority=row.priority,
                    name_masked=await self._masked(row.visit, named.get(row.visit, {})),
                    status=row.status,
                    mine=row.teller == account,
                )
            )
        return lines

    async def _scene(
        self, visit: Visit, *, queue: bool = False, name: str = "", number: str = ""
    ) -> VisitScene:
        place = None
        if queue and visit.state in QUEUED and visit.ticket:
            place = await self._store.floor.place(visit.id, self._counter.now())
        if not name and visit.teller:
            account = await self._store.accounts.by_id(visit.teller)
            name, number = (account.display_name, account.number) if account else ("", "")
        heads = await self._store.evidence.heads(recording_of(visit.id)) if queue else ()
        return VisitScene(
            visit=visit,
            script=self._scripts[visit.service],
            now=self._counter.now(),
            monotonic=time.monotonic(),
            picture=self._call.pictures.get(visit.id),
            person=await self._person(visit.id),
            teller_name=name,
            teller_number=number,
            form=await self._form(visit),
            heads=tuple(Attested(head.n, head.at, head.digest) for head in heads),
            checking_document=visit.id in self._identity.checking,
            ahead=place.ahead if place else 0,
            wait=place.wait if place else None,
            ice_servers=tuple(self._ice_servers(visit.id)),
            relay_only=self._relay_only,
            rejoin_deadline=self._call.rejoin_deadline(visit),
            notice=NOTICES.get(visit.reason_code or ""),
        )

    async def _masked(self, visit: str, fields: Mapping[str, str]) -> str:
        if "name" not in fields:
            return ""
        cipher = FieldCipher(visit, await self._keys.get(visit))
        return masked_name(cipher.open("name", fields["name"]))

    async def _person(self, visit: str) -> Person | None:
        try:
            cipher = FieldCipher(visit, await self._keys.get(visit))
        except Refusal:
            return None
        fields = await self._store.fields.read(visit)
        if "name" not in fields:
            return None
        return Person(
            masked_name(cipher.open("name", fields["name"])),
            masked_document(cipher.open("document_number", fields["document_number"])),
        )

    async def _form(self, visit: Visit) -> FormValues | None:
        try:
            cipher = FieldCipher(visit.id, await self._keys.get(visit.id))
        except Refusal:
            return None
        fields = await self._store.fields.read(visit.id)
        before = json.loads(cipher.open("before", fields["before"])) if "before" in fields else {}
        after = json.loads(cipher.open("draft", visit.draft.sealed)) if visit.draft else {}
        return FormValues(before, after)
