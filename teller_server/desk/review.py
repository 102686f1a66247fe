"""What compliance may do: find visits, watch what a grant covers, verify, see who else did.

Viewing is an act: only a grant opens a byte (desk/openings.py), and no more than it covers.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from recording.disclosure import Wanted
from recording.errors import Damage
from recording.loudness import MOST_SECONDS, loudness
from recording.playback import Media, Only, gaps, marks, open_media
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import CUSTODY, Purpose, review
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.search_terms import MARKS, WordKey, mark_term, words
from teller_server.desk.timeline import Timeline, timeline
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Visit
from teller_server.store.evidence import Recording, StoredObject
from teller_server.store.store import Store
from teller_server.store.view_requests import Grant, Scope
from teller_server.store.visits import VisitQuery

OPEN_MEDIA = 16
_REASONED = ("view_refused", "hold_set", "hold_lifted")
HEARD_AT_ONCE = 1  # decoding sound takes a core for as long as it lasts
VERDICTS_AT_ONCE = 2  # each reads a whole recording; sign-ins and seals want threads too


@dataclass(frozen=True)
class Said:
    """What happened in a visit (a code of MARKS), and words that were said or written in it."""

    mark: str | None = None
    words: str | None = None


ANYTHING = Said()


@dataclass(frozen=True)
class _Kept:
    """Media opened on a grant, until the grant ends."""

    media: Media
    until: datetime


class ReviewDesk:
    """Serves the review desk."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        labels: Labels,
        lookup: LookupKey,
        word_key: WordKey,
        evidence: EvidenceDesk,
        scripts: Scripts,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._labels = labels
        self._lookup = lookup
        self._word_key = word_key
        self._evidence = evidence
        self._scripts = scripts
        self._media: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._judging = asyncio.Semaphore(VERDICTS_AT_ONCE)
        self._hearing = asyncio.Semaphore(HEARD_AT_ONCE)

    # ---- finding

    async def search(
        self, query: VisitQuery, free_text: str, language: str, account: str, said: Said = ANYTHING
    ) -> dict[str, Any]:
        """A page of visits; `free_text`: a visit, a ticket, a receipt, a whole name or number.

        What was looked for is written down first: of words that may name a person, their keyed
        digest. Raises Refusal bad_request, and words_too_short where nothing could be found.
        """
        query = replace(query, terms=self._terms(said))
        await self._searched(query, free_text, said, account)
        page = await self._store.visits.search(query)
        if not page.total and free_text:
            by_person = replace(query, text=None, lookups=(self._lookup.digest(free_text),))
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

    def _terms(self, said: Said) -> tuple[str, ...]:
        """What the index calls them; searching opens no key."""
        if said.mark and said.mark not in MARKS:
            raise Refusal("bad_request", field="mark")
        found = words(said.words or "")
        if said.words and not found:
            raise Refusal("words_too_short", field="words")
        marked = (mark_term(said.mark),) if said.mark else ()
        return (*marked, *sorted(self._word_key.term(word) for word in found))

    async def _searched(self, query: VisitQuery, free_text: str, said: Said, account: str) -> None:
        asked = {
            "mark": said.mark,
            "said": self._lookup.digest(said.words) if said.words else None,
            "words": self._lookup.digest(free_text) if free_text else None,
            "from": query.opened_from.isoformat() if query.opened_from else None,
            "until": query.opened_until.isoformat() if query.opened_until else None,
            "teller": query.teller,
            "service": query.service,
            "outcome": query.outcome,
        }
        detail = {name: value for name, value in asked.items() if value}
        if detail and query.page == 1:
            now = self._counter.now()
            await self._store.custody.add_branch_act(account, "searched", detail, now)

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

    async def timeline(self, visit_id: str, language: str, grant: Grant) -> Timeline:
        """Marks and gaps as far as the grant covers them, and where each party's media is."""
        visit, recording, directory = await self._recording(visit_id)
        key, only = await self._key(grant), covering(grant.scope)
        parties = {}
        for party in (*visit.parties, *visit.guests):
            media = await self._media_of(recording, party, grant)
            if media is not None:
                parties[party] = media
        found = await asyncio.to_thread(marks, directory, key, only)
        lost = {
            party: await asyncio.to_thread(gaps, directory, party, key, only) for party in parties
        }
        script = self._scripts.of(visit)
        shown = [mark for mark in found if _within(grant.scope, mark["at_ms"])]
        return timeline(script, language, parties, shown, lost, recording.duration_ms or 0)

    async def media(self, visit_id: str, party: str, grant: Grant) -> Media:
        """What the grant covers of one party, piece by piece. Raises Refusal('not_found')."""
        _visit, recording, _directory = await self._recording(visit_id)
        media = await self._media_of(recording, party, grant)
        if media is None:
            raise Refusal("not_found")
        return media

    async def sound(self, visit_id: str, party: str, from_s: int, grant: Grant) -> list[int | None]:
        """How loud a party was, second by second, as far as one call decodes. See `loudness`."""
        media = await self.media(visit_id, party, grant)
        async with self._hearing:
            return await asyncio.to_thread(loudness, media, from_s, MOST_SECONDS)

    async def _media_of(self, recording: Recording, party: str, grant: Grant) -> Media | None:
        """The index of a party's media; of a call that still goes on it is made afresh.

        It has the keys of the segments that the grant covers, and goes when the grant ends.
        """
        held = self._media.get((grant.name, party))
        if held is not None:
            self._media.move_to_end((grant.name, party))
            return held.media
        key = await self._key(grant)
        try:
            directory, only = self._evidence.directory(recording), covering(grant.scope)
            media = await asyncio.to_thread(open_media, directory, party, key, only)
        except Damage:
            return None  # nothing of this party was recorded, or not in this range
        if recording.sealed_at is None:
            return media
        self._media[grant.name, party] = _Kept(media, grant.expires_at)
        if len(self._media) > OPEN_MEDIA:
            self._media.popitem(last=False)
        return media

    async def _key(self, grant: Grant) -> bytes:
        return await self._keys.get(grant.visit, watching(grant))

    async def object(self, visit_id: str, digest: str, grant: Grant) -> tuple[bytes, str]:
        """An attachment and its media type. Raises Refusal('not_found')."""
        known = {kept.digest: kept for kept in await self.objects(visit_id, grant)}
        if digest not in known:
            raise Refusal("not_found")
        data = await self._evidence.read_closed(visit_id, digest, watching(grant))
        return data, known[digest].media_type

    async def objects(self, visit_id: str, grant: Grant) -> list[StoredObject]:
        """The attachments; of a range those that its marks name."""
        known = await self._store.evidence.objects(visit_id)
        if grant.scope.whole or not known:
            return list(known)
        _visit, _recording, directory = await self._recording(visit_id)
        key = await self._key(grant)
        found = await asyncio.to_thread(marks, directory, key, covering(grant.scope))
        named = {
            text
            for mark in found
            if _within(grant.scope, mark["at_ms"])
            for text in _texts(mark.get("body"))
        }
        return [kept for kept in known if kept.digest in named]

    async def sweep(self) -> None:
        """Media that were opened on grants that have ended leave the memory."""
        now = self._counter.now()
        for slot in [slot for slot, kept in self._media.items() if now >= kept.until]:
            del self._media[slot]

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
                "reason": cipher.open("reason", SealedText(entry.detail["reason"]))
                if cipher and "reason" in entry.detail and entry.act in _REASONED
                else None,
                **{
                    name: entry.detail[name]
                    for name in ("kind", "from_ms", "until_ms")
                    if entry.detail.get(name) is not None
                },
            }
            for entry in await self._store.custody.entries(visit_id)
        ]

    async def _recording(self, visit_id: str) -> tuple[Visit, Recording, Path]:
        visit = await self._store.visits.get(visit_id)
        recording = await self._store.evidence.recording(recording_of(visit_id))
        if recording is None:
            raise Refusal("no_recording")
        return visit, recording, self._evidence.directory(recording)


def watching(grant: Grant) -> Purpose:
    """Why a key is opened for whoever holds this grant; its name tells nobody the token."""
    return review(grant.account, grant.name)


def covering(scope: Scope) -> Only:
    """Which segments a grant opens: those that lie in its range at least in part."""
    if scope.whole:
        return lambda _part, _header: True
    wanted = Wanted(scope.from_ms, scope.until_ms)
    return lambda _part, header: wanted.covers(header)


def _within(scope: Scope, at_ms: int) -> bool:
    after = scope.from_ms is None or at_ms >= scope.from_ms
    return after and (scope.until_ms is None or at_ms < scope.until_ms)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
