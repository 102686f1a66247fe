"""What compliance may do: find visits, ask to view one, watch, verify, see who else did.

Viewing is an act: purpose first, then an entry in the custody chain, then a grant; only a grant
opens a byte.
"""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recording.errors import Damage
from recording.playback import Media, gaps, marks, open_media
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import CUSTODY, Purpose, review
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.timeline import Timeline, timeline
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Visit
from teller_server.store.evidence import Recording
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery

GRANT_MINUTES = 30
OPEN_MEDIA = 16
VERDICTS_AT_ONCE = 2  # each reads a whole recording; sign-ins and seals want threads too


@dataclass(frozen=True)
class Grant:
    """A permission to view one visit, for one account, for a while."""

    token: str
    expires_at: datetime


class ReviewDesk:
    """Serves the review desk."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        labels: Labels,
        lookup: LookupKey,
        evidence: EvidenceDesk,
        scripts: Scripts,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._labels = labels
        self._lookup = lookup
        self._evidence = evidence
        self._scripts = scripts
        self._media: OrderedDict[tuple[str, str], Media] = OrderedDict()
        self._judging = asyncio.Semaphore(VERDICTS_AT_ONCE)

    # ---- finding

    async def search(self, query: VisitQuery, free_text: str, language: str) -> dict[str, Any]:
        """A page of visits; `free_text`: a visit, a ticket, a receipt, a whole name or number."""
        page = await self._store.visits.search(query)
        if not page.total and free_text:
            by_person = VisitQuery(
                lookups=(self._lookup.digest(free_text),),
                opened_from=query.opened_from,
                opened_until=query.opened_until,
                teller=query.teller,
                service=query.service,
                outcome=query.outcome,
                page=query.page,
            )
            page = await self._store.visits.search(by_person)
        names = await self._labels.of([row.id for row in page.rows])
        staff = {account.id: account for account in await self._store.accounts.all()}
        lines = [
            {
                "id": row.id,
                "ticket": row.ticket,
                "service_title": self._scripts.title(row.service, language),
                "customer_masked": names.get(row.id, ""),
                "teller": staff[row.teller].name if row.teller in staff else None,
                "started_at": (row.began_at or row.opened_at).isoformat(),
                "seconds": row.duration_ms // 1000 if row.duration_ms else None,
                "state": row.state,
                "outcome": row.outcome,
                "effect": row.effect,
                "verdict": row.verdict,
                "seal": row.seal,
            }
            for row in page.rows
        ]
        return {"visits": lines, "total": page.total}

    async def visit(self, visit_id: str, language: str) -> dict[str, Any]:
        """What may be told of a visit before anybody asks to view it."""
        visit = await self._store.visits.get(visit_id)
        recording = await self._store.evidence.recording(recording_of(visit_id))
        account = await self._store.accounts.by_id(visit.teller) if visit.teller else None
        script = self._scripts.of(visit)
        names = await self._labels.of([visit_id])
        return {
            "id": visit.id,
            "ticket": visit.ticket,
            "service_title": script.title[language],
            "customer_masked": names.get(visit_id, ""),
            "teller": account.display_name if account else None,
            "teller_number": account.number if account else None,
            "language": visit.language,
            "consents": dict(visit.consents),
            "started_at": (visit.began_at or visit.opened_at).isoformat(),
            "ended_at": visit.ended_at.isoformat() if visit.ended_at else None,
            "seconds": recording.duration_ms // 1000
            if recording and recording.duration_ms
            else None,
            "state": visit.state.value,
            "outcome": visit.outcome.value if visit.outcome else None,
            "effect": visit.effect.value,
            "receipt": visit.receipt,
            "seal": recording.state if recording else None,
            "verdict": recording.verdict if recording else None,
            "evidence_digest": visit.manifest,
            "steps": [
                {
                    "id": step.id,
                    "kind": step.kind.value,
                    "title": script.step(step.id).title[language],
                    "status": step.status,
                }
                for step in visit.steps
            ],
            "parties": [*visit.parties, *visit.guests],
        }

    async def _cipher(self, visit: str) -> FieldCipher | None:
        """What opens the visit's fields; None once its key was shredded."""
        try:
            return FieldCipher(visit, await self._keys.get(visit, CUSTODY))
        except Refusal:
            return None

    # ---- viewing

    async def grant(self, visit_id: str, account: str, purpose: str) -> Grant:
        """Write who wants to view what and why; then let them. Raises Refusal('unknown_visit')."""
        visit = await self._store.visits.get(visit_id)
        token, now = secrets.token_urlsafe(32), self._counter.now()
        until = now + timedelta(minutes=GRANT_MINUTES)
        sealed = await self._sealed_purpose(visit, purpose)
        await self._store.custody.grant(
            visit_id, account, _hash(token), {"purpose": sealed}, now, until
        )
        return Grant(token, until)

    async def _sealed_purpose(self, visit: Visit, purpose: str) -> str:
        cipher = FieldCipher(visit.id, await self._keys.get(visit.id, CUSTODY))
        return cipher.seal("purpose", purpose)

    async def require(self, token: str, visit: str, account: str) -> None:
        """Raises Refusal('grant_needed') unless this grant holds now."""
        now = self._counter.now()
        if not token or not await self._store.custody.granted(_hash(token), visit, account, now):
            raise Refusal("grant_needed")

    async def timeline(self, visit_id: str, language: str, purpose: Purpose) -> Timeline:
        """Marks and gaps of the whole recording, and where each party's media is."""
        visit, recording, directory = await self._recording(visit_id)
        key = await self._keys.get(visit_id, purpose)
        parties = {}
        for party in (*visit.parties, *visit.guests):
            media = await self._open(recording, party, key)
            if media is not None:
                parties[party] = media
        found = await asyncio.to_thread(marks, directory, key)
        lost = {party: await asyncio.to_thread(gaps, directory, party, key) for party in parties}
        script = self._scripts.of(visit)
        return timeline(script, language, parties, found, lost, recording.duration_ms or 0)

    async def media(self, visit_id: str, party: str, purpose: Purpose) -> Media:
        """The media of one party, opened piece by piece. Raises Refusal('not_found')."""
        _visit, recording, _directory = await self._recording(visit_id)
        key = await self._keys.get(visit_id, purpose)
        media = await self._open(recording, party, key)
        if media is None:
            raise Refusal("not_found")
        return media

    async def _open(self, recording: Recording, party: str, key: bytes) -> Media | None:
        """The index of a party's media; of a call that still goes on it is made afresh."""
        held = self._media.get((recording.id, party))
        if held is not None:
            self._media.move_to_end((recording.id, party))
            return held
        try:
            directory = self._evidence.directory(recording)
            media = await asyncio.to_thread(open_media, directory, party, key)
        except Damage:
            return None  # nothing of this party was recorded
        if recording.sealed_at is None:
            return media
        self._media[recording.id, party] = media
        if len(self._media) > OPEN_MEDIA:
            self._media.popitem(last=False)
        return media

    async def object(self, visit_id: str, digest: str, purpose: Purpose) -> tuple[bytes, str]:
        """An attachment and its media type. Raises Refusal('not_found')."""
        known = {kept.digest: kept for kept in await self._store.evidence.objects(visit_id)}
        if digest not in known:
            raise Refusal("not_found")
        data = await self._evidence.read_closed(visit_id, digest, purpose)
        return data, known[digest].media_type

    # ---- judging

    async def verify(self, visit_id: str) -> dict[str, Any]:
        """The keyless verdict, computed now from what is on the disk."""
        _visit, _recording, directory = await self._recording(visit_id)
        async with self._judging:
            verdict = await asyncio.to_thread(verify, directory)
        return verdict.as_dict()

    async def custody(self, visit_id: str) -> list[dict[str, Any]]:
        """Who did what with this visit's evidence, oldest first. Raises Refusal unknown_visit."""
        await self._store.visits.get(visit_id)
        staff = {account.id: account.display_name for account in await self._store.accounts.all()}
        cipher = await self._cipher(visit_id)
        return [
            {
                "at": entry.at.isoformat(),
                "actor": staff.get(entry.actor, entry.actor),
                "act": entry.act,
                "purpose": cipher.open("purpose", SealedText(entry.detail["purpose"]))
                if cipher and "purpose" in entry.detail
                else None,
            }
            for entry in await self._store.custody.entries(visit_id)
        ]

    async def _recording(self, visit_id: str) -> tuple[Visit, Recording, Path]:
        visit = await self._store.visits.get(visit_id)
        recording = await self._store.evidence.recording(recording_of(visit_id))
        if recording is None:
            raise Refusal("no_recording")
        return visit, recording, self._evidence.directory(recording)


def watching(account: str, token: str) -> Purpose:
    """Why a key is opened for whoever holds this grant; its name tells nobody the token."""
    return review(account, _hash(token)[:16])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
