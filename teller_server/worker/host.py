"""What one media worker holds: its calls, each a CallMedia whose parties write into recorders.

A worker has no database and no master key. It receives a recording's data key when a call opens
and forgets it when the call closes.
"""

import asyncio
import base64
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from recording.parts import SealedSegment
from recording.recorder import PartyRecorder
from signaling.media.call import CallMedia
from signaling.media.policy import MediaPolicy
from teller_server.worker.newest import Newest

_log = logging.getLogger(__name__)

Body = dict[str, Any]
Notify = Callable[[str, Body], None]

TAP_FRAMES = 400
TAP_BYTES = 12 * 1024 * 1024  # what a call at 16 Mbit/s sends in six seconds
STALL_LOOK_SECONDS = 2.0
STALL_SECONDS = 15.0  # a disk that takes nothing for so long does not record
KEYFRAME_SECONDS = 2.5  # a reviewer's seek fetches and decodes from the key frame before it


@dataclass
class Call:
    """One call on this worker."""

    media: CallMedia
    recorders: dict[str, PartyRecorder] = field(default_factory=dict)
    rounds: list[asyncio.Task[None]] = field(default_factory=list)
    newest: dict[str, Newest] = field(default_factory=dict)

    def begin(self, round_: Coroutine[Any, Any, None]) -> None:
        """Go on with `round_` until the call closes; its failure is logged."""
        task = asyncio.create_task(round_)
        task.add_done_callback(_heard)
        self.rounds.append(task)


class CallHost:
    """Answers the desk's requests; `handle` is the table of verbs."""

    def __init__(self, policy: MediaPolicy, notify: Notify) -> None:
        self._policy = policy
        self._notify = notify
        self._calls: dict[str, Call] = {}
        self._verbs = {
            "open": self._open,
            "party": self._party,
            "switched": self._switched,
            "part": self._part,
            "answer": self._answer,
            "candidate": self._candidate,
            "forward": self._forward,
            "tap": self._tap,
            "newest": self._newest,
            "drop": self._drop,
            "close": self._close,
            "stats": self._stats,
        }

    async def handle(self, verb: str, body: Body) -> Body:
        return await self._verbs[verb](body)

    async def close(self) -> None:
        """Seal what is in memory and end every call: the desk is gone or drains us."""
        await asyncio.gather(*(self._close({"call": name}) for name in list(self._calls)))

    async def _open(self, body: Body) -> Body:
        name = body["call"]
        if name in self._calls:
            return {}
        loop = asyncio.get_running_loop()

        def emit(event: Any) -> None:
            self._notify("leg", {"call": name, "kind": type(event).__name__, **asdict(event)})

        media = CallMedia(name, self._policy, emit, body["expected"])
        call = self._calls[name] = Call(media)
        for party in body["parties"]:
            call.recorders[party] = await asyncio.to_thread(self._recorder, loop, name, party, body)
        call.begin(_ask_for_keyframes(call))
        call.begin(self._watch(name, call.recorders))
        return {}

    async def _party(self, body: Body) -> Body:
        """Let a further party in: from now on it is recorded, and heard once its leg is up."""
        call, party = self._calls[body["call"]], body["party"]
        if party not in call.recorders:
            loop, now = asyncio.get_running_loop(), time.monotonic()
            call.recorders[party] = await asyncio.to_thread(
                self._recorder, loop, body["call"], party, body, now
            )
        return {}

    async def _part(self, body: Body) -> Body:
        """Let a party go: its leg ends, and its log is closed properly."""
        call, party = self._calls[body["call"]], body["party"]
        recorder = call.recorders.pop(party, None)  # first: nobody unrecorded is let in meanwhile
        await call.media.part(party)
        if recorder is not None:
            await recorder.close()
        return {}

    async def _switched(self, body: Body) -> Body:
        """A person switched the microphone or the camera: what is missing then has its cause."""
        recorder = self._calls[body["call"]].recorders.get(body["party"])
        if recorder is not None:
            now = time.monotonic()
            for kind, on in body["kinds"].items():
                recorder.switched(kind, on, now)
        return {}

    async def _watch(self, name: str, recorders: dict[str, PartyRecorder]) -> None:
        """A disk that hangs raises nothing: what waits too long to be sealed is a failure."""
        told: set[str] = set()
        while True:
            await asyncio.sleep(STALL_LOOK_SECONDS)
            for party, recorder in recorders.items():
                if party not in told and recorder.stats()["behind_s"] > STALL_SECONDS:
                    told.add(party)
                    self._notify("failed", {"call": name, "party": party, "error": "stalled"})

    def _recorder(
        self,
        loop: asyncio.AbstractEventLoop,
        name: str,
        party: str,
        body: Body,
        joined: float | None = None,
    ) -> PartyRecorder:
        def sealed(segment: SealedSegment) -> None:
            news = {
                "call": name,
                "party": party,
                "part": segment.part,
                "sequence": segment.sequence,
                "leaf": segment.leaf_hex,
                "to_ms": segment.to_ms,
                "bytes": segment.bytes_total,
                "kinds": sorted(segment.kinds),
            }
            loop.call_soon_threadsafe(self._notify, "sealed", news)

        def failed(error: BaseException) -> None:
            news = {"call": name, "party": party, "error": type(error).__name__}
            loop.call_soon_threadsafe(self._notify, "failed", news)

        return PartyRecorder(
            directory=Path(body["directory"]),
            recording=body["recording"],
            party=party,
            data_key=base64.b64decode(body["data_key"]),
            epoch=body["epoch"],
            epoch_wall=datetime.fromisoformat(body["epoch_wall"]),
            sealed=sealed,
            failed=failed,
            joined=joined,
            clock=time.monotonic,
        )

    async def _answer(self, body: Body) -> Body:
        call = self._calls[body["call"]]
        answer = await call.media.answer(
            body["party"], body["leg"], body["sdp"], call.recorders[body["party"]]
        )
        return asdict(answer)

    async def _candidate(self, body: Body) -> Body:
        call = self._calls[body["call"]]
        await call.media.candidate(body["leg"], body["candidate"], body["mid"])
        return {}

    async def _forward(self, body: Body) -> Body:
        self._calls[body["call"]].media.forward(body["on"])
        return {}

    async def _tap(self, body: Body) -> Body:
        """Collect one party's encoded video for `seconds`, up to `TAP_FRAMES` and `TAP_BYTES`."""
        frames: list[list[Any]] = []
        size = 0
        full = asyncio.Event()

        def take(data: bytes, keyframe: bool, arrived: float) -> None:
            nonlocal size
            if full.is_set() or not (frames or keyframe):
                return
            size += len(data)
            if len(frames) >= TAP_FRAMES or size > TAP_BYTES:
                full.set()
                return
            frames.append([base64.b64encode(data).decode(), keyframe, arrived])

        untap = self._calls[body["call"]].media.tap(body["party"], take)
        try:
            await asyncio.wait_for(full.wait(), body["seconds"])
        except TimeoutError:
            pass
        finally:
            untap()
        return {"frames": frames}

    async def _newest(self, body: Body) -> Body:
        """One party's video since its last keyframe; the first time it is asked for, none."""
        call = self._calls[body["call"]]
        party = body["party"]
        if party not in call.newest:
            call.newest[party] = Newest(TAP_FRAMES, TAP_BYTES)
            call.media.tap(party, call.newest[party].take)
        return {"frames": call.newest[party].frames()}

    async def _drop(self, body: Body) -> Body:
        call = self._calls.get(body["call"])
        if call is not None:
            await call.media.drop(body["leg"])
        return {}

    async def _close(self, body: Body) -> Body:
        call = self._calls.pop(body["call"], None)
        if call is not None:
            for task in call.rounds:
                task.cancel()
            await call.media.close()
            await asyncio.gather(*(recorder.close() for recorder in call.recorders.values()))
        return {}

    async def _stats(self, _body: Body) -> Body:
        return {
            "at": time.time(),
            "calls": {name: call.media.stats() for name, call in self._calls.items()},
        }


def _heard(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a round of a call failed", exc_info=error)


async def _ask_for_keyframes(call: Call) -> None:
    while True:
        await asyncio.sleep(KEYFRAME_SECONDS)
        for party in call.recorders:
            call.media.keyframe(party)
