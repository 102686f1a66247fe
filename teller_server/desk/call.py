"""Visit ↔ media: opens the call on a worker, answers legs, hears what workers say.

The picture of each call (peers, what is sealed) lives here; what workers say of it is heard in
`call_news`. Commands that follow go to the counter like any other.
"""

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog

from teller_server.desk.call_news import CallNews
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.picture import CallPicture, Peer, Sealed
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event
from teller_server.domain.state import CALLING, Outcome, Visit, VisitState
from teller_server.store.visits import VisitStore
from teller_server.worker.link import LinkBrokenError, RemoteFailureError, RemoteRefusalError
from teller_server.worker.pool import WorkerPool

log = structlog.get_logger(__name__)

CUSTOMER = "customer"


class CallDesk:
    """All calls of this desk."""

    def __init__(
        self,
        counter: Counter,
        visits: VisitStore,
        evidence: EvidenceDesk,
        crew: Crew,
        ring: Callable[[str], None],
        rejoin: Callable[[str, str], None],
        *,
        connect_seconds: float,
        rejoin_seconds: float,
    ) -> None:
        self._counter = counter
        self._visits = visits
        self._evidence = evidence
        self._crew = crew
        self._ring = ring
        self._rejoin = rejoin
        self._connect_within = timedelta(seconds=connect_seconds)
        self._rejoin_within = timedelta(seconds=rejoin_seconds)
        self._workers: WorkerPool | None = None
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._accepted: set[str] = set()  # also those whose recording could not be opened yet
        self.pictures: dict[str, CallPicture] = {}
        self._news = CallNews(self.pictures, counter, evidence, crew, ring)
        counter.listen(self._heard)

    def use(self, workers: WorkerPool) -> None:
        """Workers report to us, so that they are built after us."""
        self._workers = workers

    @property
    def _pool(self) -> WorkerPool:
        if self._workers is None:
            raise Outage("no_media_workers")
        return self._workers

    # ---- what a page asks for

    async def answer(self, visit: Visit, party: str, leg: str, sdp: str) -> str:
        """Answer a browser's offer. Raises Refusal: no media before the recording is ready."""
        picture = self._open_picture(visit)
        if party not in visit.parties and not _consented(visit, party):
            raise Refusal("no_media_now")
        try:
            if party not in picture.peers:
                await self._admit(visit.id, party)
            reply = await self._pool.ask(
                visit.id, "answer", {"party": party, "leg": leg, "sdp": sdp}
            )
        except RemoteRefusalError as refusal:
            raise Refusal(refusal.code) from None
        except (LinkBrokenError, RemoteFailureError, TimeoutError) as error:
            log.warning("answer_failed", visit=visit.id, error=type(error).__name__)
            raise Outage("media_unavailable") from None
        if (peer := picture.peers.get(party)) is None:  # let go in the meantime
            raise Refusal("no_media_now")
        peer.leg = leg
        self._evidence.mark(
            visit.id,
            "leg_offered",
            {
                "party": party,
                "leg": leg,
                "server_fingerprint": reply["local_fingerprint"],
                "peer_fingerprint": reply["remote_fingerprint"],
            },
        )
        return str(reply["sdp"])

    async def candidate(
        self, visit: Visit, leg: str, candidate: str | None, mid: str | None
    ) -> None:
        """Pass a trickled candidate on; one that is outside policy is refused by the worker."""
        self._open_picture(visit)
        try:
            body = {"leg": leg, "candidate": candidate, "mid": mid}
            await self._pool.ask(visit.id, "candidate", body)
        except RemoteRefusalError as refusal:
            raise Refusal(refusal.code) from None
        except (LinkBrokenError, RemoteFailureError, TimeoutError):
            raise Outage("media_unavailable") from None

    def media_state(self, visit: Visit, party: str, audio: bool, video: bool, reason: str) -> None:
        """A party muted itself or switched its camera off: shown, and kept as a mark."""
        peer = self._open_picture(visit).peers.get(party)
        if peer is None:
            raise Refusal("no_media_now")
        if (peer.audio, peer.video) == (audio, video):
            return
        kinds = {}
        if peer.audio != audio:
            kinds["audio"] = audio
        if peer.video != video:
            kinds["video"] = video
        peer.audio, peer.video = audio, video
        body = {"party": party, "audio": audio, "video": video, "reason": reason}
        self._evidence.mark(visit.id, "media_state", body)
        self._crew.start(self._switched(visit.id, party, kinds), "call.switched")
        self._ring(visit.id)

    async def _switched(self, visit: str, party: str, kinds: dict[str, bool]) -> None:
        """The recorder learns of it, too: its ledger says why nothing is there."""
        body = {"party": party, "kinds": kinds}
        with contextlib.suppress(LinkBrokenError, RemoteFailureError, TimeoutError):
            await self._pool.ask(visit, "switched", body)

    async def tap(self, visit: str, party: str, seconds: float) -> list[tuple[bytes, bool, float]]:
        """Encoded video of one party from the server's own copy, as it arrives."""
        reply = await self._pool.ask(
            visit, "tap", {"party": party, "seconds": seconds}, within=seconds + 10
        )
        return [(base64.b64decode(data), key, at) for data, key, at in reply["frames"]]

    async def newest(self, visit: str, party: str) -> list[tuple[bytes, bool, float]]:
        """The same since the last keyframe, at once; the first time none."""
        reply = await self._pool.ask(visit, "newest", {"party": party})
        return [(base64.b64decode(data), key, at) for data, key, at in reply["frames"]]

    def rejoin_deadline(self, visit: Visit) -> datetime | None:
        """Until when an absent party may come back; None while all are there.

        A guest is waited for by their own steps, not by the call.
        """
        picture = self.pictures.get(visit.id)
        if picture is None or not visit.legs:
            return None
        gone = [
            leg.since for party, leg in visit.legs.items() if party in visit.parties and not leg.up
        ]
        return min(gone) + self._rejoin_within if gone else None

    def _open_picture(self, visit: Visit) -> CallPicture:
        picture = self.pictures.get(visit.id)
        if picture is None or not picture.media_allowed or visit.state not in CALLING:
            raise Refusal("no_media_now")
        return picture

    # ---- what happened to the visit

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case e.OfferAccepted():
                    self._accepted.add(visit.id)
                    self._crew.start(
                        self._open(visit),
                        "call.open",
                        partial(self._give_up, visit.id, "call_not_opened"),
                    )
                case e.HoldBegan() | e.HoldEnded():
                    self._crew.start(
                        self._hold(visit.id),
                        "call.hold",
                        partial(self._give_up, visit.id, "call_not_held"),
                    )
                case e.GuestLeft(party=party):
                    self._crew.start(self._part(visit.id, party), "call.part")
                case e.ServiceEnded():
                    self._crew.start(self._close(visit.id), "call.close")

    def _turn(self, visit: str) -> asyncio.Lock:
        """Opening, opening again and closing a call never overlap: what is closed stays closed."""
        return self._turns.setdefault(visit, asyncio.Lock())

    async def _open(self, visit: Visit) -> None:
        async with self._turn(visit.id):
            if (await self._visits.get(visit.id)).state not in CALLING:
                return  # left before it began
            epoch, began = time.monotonic(), self._counter.now()
            directory = await self._evidence.begin(visit, epoch, began)
            picture = CallPicture(
                visit=visit.id,
                recording=visit.recording or visit.id,
                directory=str(directory),
                epoch=epoch,
                began=began,
                peers={party: Peer() for party in visit.parties},
                sealed={party: Sealed() for party in visit.parties},
                required=visit.parties,
                seats=(*visit.parties, *visit.may_join),
            )
            self.pictures[visit.id] = picture
            await self._open_on_worker(visit.id, picture)

    async def _open_on_worker(self, visit: str, picture: CallPicture) -> None:
        parties = {"parties": list(picture.peers), "expected": list(picture.seats)}
        await self._pool.open(visit, parties | await self._recording(picture))
        for party, peer in list(picture.peers.items()):
            off = {kind: False for kind in ("audio", "video") if not getattr(peer, kind)}
            if off:  # switched off before another worker took the call over
                await self._switched(visit, party, off)
        picture.media_allowed = True
        self._ring(visit)

    async def _recording(self, picture: CallPicture) -> dict[str, Any]:
        """What a recorder has to know."""
        return {
            "directory": picture.directory,
            "recording": picture.recording,
            "data_key": base64.b64encode(await self._evidence.data_key(picture.visit)).decode(),
            "epoch": picture.epoch,
            "epoch_wall": picture.began.isoformat(),
        }

    async def _admit(self, visit: str, party: str) -> None:
        """A further party comes to the call: who has consented gets a recorder, and only then."""
        async with self._turn(visit):
            now = await self._visits.get(visit)
            picture = self._open_picture(now)
            if not _consented(now, party):
                raise Refusal("no_media_now")
            if party not in picture.peers:
                body = {"party": party} | await self._recording(picture)
                await self._pool.ask(visit, "party", body)
                picture.admit(party)

    async def _part(self, visit: str, party: str) -> None:
        """A further party was let go: their leg ends, and their log with it."""
        async with self._turn(visit):
            picture = self.pictures.get(visit)
            if picture is None or party not in picture.peers or not picture.media_allowed:
                return
            try:
                await self._pool.ask(visit, "part", {"party": party}, within=30.0)
            except (LinkBrokenError, RemoteFailureError, TimeoutError) as error:
                log.error("part_failed", visit=visit, error=type(error).__name__)
            picture.dismiss(party)
        self._ring(visit)

    async def _hold(self, visit: str) -> None:
        """Hold or go on, as the visit stands now; where the worker is lost, `_reopen` does it."""
        async with self._turn(visit):
            with contextlib.suppress(LinkBrokenError):
                await self._forward(visit)

    async def _forward(self, visit: str) -> None:
        held = (await self._visits.get(visit)).state is VisitState.ON_HOLD
        await self._pool.ask(visit, "forward", {"on": not held})

    async def _close(self, visit: str) -> None:
        """End the media; when the recorders have sealed their last segment, the evidence may."""
        async with self._turn(visit):
            if visit in self.pictures:
                self.pictures[visit].media_allowed = False
            try:
                if self._workers is not None and self._workers.holds(visit):
                    await self._workers.close_call(visit)
            except (LinkBrokenError, RemoteFailureError, TimeoutError) as error:
                log.error("call_close_failed", visit=visit, error=type(error).__name__)
            finally:
                self._evidence.media_ended(visit)

    def _give_up(self, visit: str, cause: str, _error: BaseException) -> None:
        async def abort() -> None:
            await self._counter.try_act(visit, c.Abort(Outcome.ABORTED_TECHNICAL, cause))

        self._crew.start(abort(), "call.abort")

    # ---- what the workers say

    def worker_said(self, verb: str, body: dict[str, Any]) -> None:
        self._news.hear(verb, body)

    def workers_lost(self, visits: set[str]) -> None:
        """A worker died: its calls open again on another one, in the next part of each log."""
        for visit in visits & set(self.pictures):
            give_up = partial(self._give_up, visit, "call_not_reopened")
            self._crew.start(self._reopen(visit), "call.reopen", give_up)

    async def _reopen(self, visit: str) -> None:
        async with self._turn(visit):
            picture = self.pictures.get(visit)
            if picture is None or not picture.media_allowed:
                return  # over, or never begun
            self._evidence.mark(visit, "media.WorkerLost", {})
            picture.begin_again()
            for party, peer in picture.peers.items():
                if peer.leg is not None:
                    peer.turn("dead", self._counter.now())
                    await self._counter.try_act(visit, c.LegDown(party, peer.leg, "worker_lost"))
            await self._open_on_worker(visit, picture)
            await self._forward(visit)
            for party in picture.peers:
                self._rejoin(visit, party)

    # ---- the sweep

    async def sweep(self) -> None:
        """End calls that do not come about, and those whose absent party did not come back."""
        now = self._counter.now()
        for visit_id in list(self._accepted):
            visit = await self._visits.get(visit_id)
            abort = self._overdue(visit, now)
            if abort is not None:
                await self._counter.try_act(visit_id, abort)
            elif visit.teller_released or visit.state is VisitState.CLOSED:
                self._accepted.discard(visit_id)
                self.pictures.pop(visit_id, None)

    def _overdue(self, visit: Visit, now: datetime) -> c.Abort | None:
        if visit.state not in CALLING:
            return None
        lost = self.rejoin_deadline(visit)
        if lost is not None and lost < now:
            return c.Abort(Outcome.ABORTED_TECHNICAL, "connection_lost")
        began = visit.accepted_at or now
        if visit.state is not VisitState.CONNECTING or now - began <= self._connect_within:
            return None
        if CUSTOMER not in visit.legs:
            return c.Abort(Outcome.NO_SHOW, "did_not_join")
        return c.Abort(Outcome.ABORTED_TECHNICAL, "never_connected")


def _consented(visit: Visit, party: str) -> bool:
    """Whether a further party has consented, and was not let go."""
    guest = visit.guests.get(party)
    return guest is not None and guest.status == "consented"
