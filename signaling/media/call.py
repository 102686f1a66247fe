"""The media of one call: any number of parties, each with a replaceable leg.

What the worker sees of this package. Packets pass from leg to leg and into each party's recorder
without being decoded; see `signaling.room` for who hears whom.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from aiortc.sdp import candidate_from_sdp

from signaling.errors import Refusal
from signaling.media import contract
from signaling.media.events import MediaEvent
from signaling.media.leg import Leg
from signaling.media.offer import read_offer
from signaling.media.policy import MediaPolicy
from signaling.media.receiver import Receiver
from signaling.media.sender import Sender
from signaling.media.sink import FrameSink, Tap
from signaling.media.watchdog import LoopLag
from signaling.room import Room

log = logging.getLogger(__name__)

_MAX_CANDIDATE = 512


@dataclass(frozen=True)
class LegAnswer:
    """The answer for the page, and both DTLS fingerprints as `algorithm AA:BB:…`."""

    sdp: str
    local_fingerprint: str
    remote_fingerprint: str


class CallMedia:
    """One call. All methods belong to one event loop; events are emitted synchronously there.

    Media are forwarded from the start; `forward(False)` is the hold. Recording never stops.
    """

    def __init__(
        self,
        call: str,
        policy: MediaPolicy,
        emit: Callable[[MediaEvent], None],
        expected: Sequence[str] = (),
    ) -> None:
        """`expected`: parties whose seats are kept from the start, also of those who come later."""
        contract.check()
        self._call = call
        self._policy = policy
        self._emit = emit
        self._room = Room(expected)
        self._legs: dict[str, Leg] = {}
        self._current: dict[str, Leg] = {}
        self._taps: dict[str, list[Tap]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._closed = False
        self._wiring = self._stale = False
        self._lag = LoopLag()

    async def answer(self, party: str, leg: str, offer_sdp: str, sink: FrameSink) -> LegAnswer:
        """Connect a party, instead of the leg it may have; `sink` records what it sends.

        Raises Refusal (`bad_sdp`, `sdp_too_large`, `no_common_codec`, `leg_known`,
        `leg_superseded`, `call_closed`) or Outage `no_media_port`. An offer that can't be read
        leaves the party's leg as it is.
        """
        if self._closed:
            raise Refusal("call_closed")
        if leg in self._legs:
            raise Refusal("leg_known", leg)
        offer = read_offer(offer_sdp, self._policy.max_sdp)
        taps = self._taps.setdefault(party, [])
        names = (self._call, party, leg)
        new = Leg(names, offer, self._policy, sink, taps, self._emit, self._rewire)
        self._replace(new)
        self._tick_on()
        try:
            sdp = await new.answer()
        except BaseException:
            new.end("refused")
            raise
        if new.state == "dead":
            raise Refusal("leg_superseded", leg)
        new.start()
        return LegAnswer(sdp, new.local_fingerprint, new.remote_fingerprint)

    async def candidate(self, leg: str, candidate: str | None, mid: str | None) -> None:
        """A trickled candidate (the page's `candidate` string); None or empty ends them.

        One for a leg that is gone is no error: it was under way when the leg was replaced.
        Raises Refusal `bad_candidate`. Candidates outside policy are dropped and counted.
        """
        known = self._legs.get(leg)
        if known is None or known.state == "dead":
            return
        if not candidate:
            await known.candidate(None, mid)
            return
        if len(candidate) > _MAX_CANDIDATE:
            raise Refusal("bad_candidate", "too long")
        try:
            parsed = candidate_from_sdp(candidate.removeprefix("candidate:"))
        except Exception as error:
            # like the SDP parser, it asserts and converts without care
            raise Refusal("bad_candidate", type(error).__name__) from error
        await known.candidate(parsed, mid)

    def forward(self, on: bool) -> None:
        """False is the hold: nobody is forwarded to anybody, recording goes on."""
        self._room.hold(not on)
        self._rewire()

    def tap(self, party: str, take: Tap) -> Callable[[], None]:
        """Give `take` each encoded VP8 frame of a party, across rejoins; returns the untap.

        A key frame is asked for at once, so that a decoder can start.
        """
        taps = self._taps.setdefault(party, [])
        taps.append(take)
        self.keyframe(party)

        def untap() -> None:
            if take in taps:
                taps.remove(take)

        return untap

    def keyframe(self, party: str) -> None:
        """Ask a party for a key frame: a decoder can start, a recording can be sought there."""
        leg = self._current.get(party)
        if leg is not None and "video" in leg.receivers:
            leg.receivers["video"].request_keyframe(time.monotonic())

    async def drop(self, leg: str) -> None:
        """End a leg; one that is gone already is no error."""
        known = self._legs.get(leg)
        if known is not None:
            known.end("dropped")
            await self._settle()

    async def part(self, party: str) -> None:
        """A party leaves for good: its leg ends. Its seats stay, for the case that it returns."""
        leg = self._current.get(party)
        if leg is not None:
            leg.end("parted")
            await self._settle()

    async def close(self) -> None:
        """End every leg and wait until all sockets are closed."""
        self._closed = True
        if self._ticking is not None:
            self._ticking.cancel()
        for leg in list(self._legs.values()):
            leg.end("call_closed")
        await self._settle()

    def stats(self) -> dict[str, Any]:
        """Counters of each living leg, who isn't heard for want of a line, and loop lag."""
        parties = self._room.parties
        return {
            "call": self._call,
            "held": self._room.held,
            "legs": {name: leg.stats() for name, leg in self._legs.items()},
            "unheard": {party: self._room.unheard(party) for party in parties},
            "lag_s": {"recent": round(self._lag.recent, 3), "worst": round(self._lag.worst, 3)},
        }

    def _replace(self, new: Leg) -> None:
        old = self._current.get(new.party)
        self._legs[new.name] = new
        self._current[new.party] = new
        if old is not None:
            old.end("replaced")

    def _rewire(self) -> None:
        """Seat everybody anew after a leg came up, paused, resumed or ended, and after a hold.

        Asking a speaker for a key frame can find its socket closed, which ends its leg and
        brings us here again: then it is done over.
        """
        if self._wiring:
            self._stale = True
            return
        self._wiring = True
        try:
            self._stale = True
            while self._stale:
                self._stale = False
                self._wire()
        finally:
            self._wiring = False

    def _wire(self) -> None:
        for leg in list(self._legs.values()):
            if leg.state == "dead":
                self._bury(leg)
        legs = dict(self._current)
        for party, leg in legs.items():
            if leg.state == "up":
                self._room.enter(party, leg.seats)
            else:
                self._room.leave(party)
        self._connect(legs)

    def _connect(self, legs: dict[str, Leg]) -> None:
        """Give each seat its speaker, and each speaker its listeners."""
        now = time.monotonic()
        listeners: dict[Receiver, list[Sender]] = {}
        for party, leg in legs.items():
            for kind, senders in leg.senders.items():
                for sender, speaker in zip(senders, self._room.seats(party), strict=False):
                    source = self._receiver(speaker, kind)
                    if source is not None:
                        listeners.setdefault(source, []).append(sender)
                    sender.connect(source, now)
        for leg in legs.values():
            for receiver in leg.receivers.values():
                receiver.listeners = tuple(listeners.get(receiver, ()))

    def _receiver(self, party: str | None, kind: str) -> Receiver | None:
        leg = self._current.get(party) if party is not None else None
        return leg.receivers.get(kind) if leg is not None else None

    def _bury(self, leg: Leg) -> None:
        """Forget a dead leg and close its sockets; a newer leg of its party isn't touched."""
        self._legs.pop(leg.name, None)
        if self._current.get(leg.party) is leg:
            del self._current[leg.party]
            self._room.leave(leg.party)
        self._spawn(leg.close(), leg.name)

    def _tick_on(self) -> None:
        if self._ticking is None:
            self._ticking = self._spawn(self._tick_forever(), "ticks")

    async def _tick_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._policy.tick
            await asyncio.sleep(self._policy.tick)
            self._lag.note(loop.time() - due)
            for leg in list(self._legs.values()):
                self._tick(leg)

    def _tick(self, leg: Leg) -> None:
        """One leg's failure is that leg's end, not the call's."""
        try:
            leg.tick(time.monotonic(), self._lag.recent)
        except Exception:
            log.exception("timers of leg %s failed", leg.name)
            leg.end("internal")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"{self._call} {name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s failed", task.get_name(), exc_info=task.exception())

    async def _settle(self) -> None:
        waiting = [task for task in self._tasks if task is not self._ticking]
        await asyncio.gather(*waiting, return_exceptions=True)
