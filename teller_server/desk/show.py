"""Gathers what a view is drawn from and hands it to the wire.

Subjects on the bell are visit ids (the customer's page) and account ids (the teller's console).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk, VisitFacts
from teller_server.desk.fields import FieldCipher
from teller_server.desk.guests import GuestDesk
from teller_server.desk.identity import IdentityDesk
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.purposes import SERVICE
from teller_server.desk.reception import Reception
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.signatures import SignatureDesk
from teller_server.desk.views.customer import customer_view
from teller_server.desk.views.scene import (
    Attested,
    BranchFacts,
    Person,
    VisitScene,
)
from teller_server.desk.views.teller import Me, Returned, TellerScene, Waiting, teller_view
from teller_server.domain.errors import Refusal
from teller_server.domain.hours import OpeningHours
from teller_server.domain.objection import may_object
from teller_server.domain.people import TellerState, masked_document, masked_name
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
        facts: FactsDesk,
        guests: GuestDesk,
        signatures: SignatureDesk,
        scripts: Scripts,
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
        self._facts = facts
        self._guests = guests
        self._signatures = signatures
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

    async def customer(self, subject: str) -> dict[str, Any]:
        """The page of a customer (a visit's id), or of a further party (a guest's)."""
        seat = await self._guests.seat_of(subject)
        visit = await self._store.visits.get(seat.visit_id)
        scene = await self._scene(visit, queue=True)
        return customer_view(self.branch(visit.language), scene, seat.party)

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
                returned=await self._returned(account_id, language),
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
            lines.append(
                Waiting(
                    ticket=row.ticket,
                    service_title=self._scripts.title(row.service, language),
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
        facts = await self._facts_of(visit)
        return VisitScene(
            visit=visit,
            script=self._scripts.of(visit),
            now=self._counter.now(),
            monotonic=time.monotonic(),
            picture=self._call.pictures.get(visit.id),
            person=self._person(facts),
            teller_name=name,
            teller_number=number,
            facts=facts,
            guests=self._guests.guests_of(visit),
            branch_name=self._names.get(visit.language, self._names["zh-CN"]),
            signing=visit.id in self._signatures.signing,
            statement=self._signatures.statement(visit.language),
            may_object=may_object(visit),
            texts=await self._texts(visit),
            heads=tuple(Attested(head.n, head.at, head.digest) for head in heads),
            checking_document=visit.id in self._identity.checking,
            comparing_document=visit.id in self._identity.documents.comparing,
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
        cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
        return masked_name(cipher.open("name", fields["name"]))

    async def _facts_of(self, visit: Visit) -> VisitFacts | None:
        try:
            return await self._facts.of(visit)
        except Refusal:
            return None  # shredded

    def _person(self, facts: VisitFacts | None) -> Person | None:
        if facts is None or not facts.name:
            return None
        return Person(masked_name(facts.name), masked_document(facts.document_number))

    async def _texts(self, visit: Visit) -> dict[str, str]:
        """What staff wrote to the customer, opened."""
        if visit.objection is None or not visit.objection.answer:
            return {}
        cipher = FieldCipher(visit.id, await self._keys.get(visit.id, SERVICE))
        return {"objection_answer": cipher.open("answer", visit.objection.answer)}

    async def _returned(self, account: str, language: str) -> list[Returned]:
        """What second persons asked this teller, and has not been answered."""
        found = []
        for visit in await self._store.visits.under_review(account):
            review = visit.under_review
            if review is None or not review.question:
                continue
            cipher = FieldCipher(visit.id, await self._keys.get(visit.id, SERVICE))
            found.append(
                Returned(
                    visit=visit.id,
                    ticket=visit.ticket,
                    service_title=self._scripts.of(visit).title[language],
                    question=cipher.open("question", review.question),
                    asked_at=review.asked_at,
                    due_at=review.due_at,
                )
            )
        return found
