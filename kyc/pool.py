"""Model processes for the desk: bounded, timed, and replaced when one hangs or dies.

Each process is a `ProcessPoolExecutor` of one, so that it can be killed without its neighbours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, TypeVar

from kyc import process
from kyc.errors import Outage, Refusal
from kyc.frames import EncodedFrame, bound
from kyc.image import inspect
from kyc.reading import DocumentKind, DocumentRead, DocumentShown
from kyc.result import CheckResult, PortraitFound, Rejected, SheetFound

if TYPE_CHECKING:
    from kyc.face import Template
    from kyc.liveness import Sample
    from kyc.watch import Watched

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(slots=True)
class PoolStats:
    """What a pool has done since it began; `waiting` is now."""

    done: int = 0
    busy: int = 0
    timeouts: int = 0
    crashes: int = 0
    waiting: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class _Worker:
    executor: ProcessPoolExecutor
    child: BaseProcess


class ModelPool:
    """Finds portraits, checks faces and reads documents in processes of its own.

    Args:
        workers: processes; each holds its own models (300 MB, 420 MB with the second opinion; 280
            more from the first document that it reads).
        waiting: jobs that may wait for a free process; one more is `Outage("models_busy")`.
        job_timeout: seconds one job may run before its process is killed.
        start_timeout: seconds a process may take to load its models.
        second_opinion: load dlib too.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        waiting: int = 16,
        job_timeout: float = 30.0,
        start_timeout: float = 120.0,
        second_opinion: bool = True,
    ) -> None:
        self._workers = workers
        self._capacity = workers + waiting
        self._job_timeout = job_timeout
        self._start_timeout = start_timeout
        self._second_opinion = second_opinion
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.stats = PoolStats()

    async def start(self) -> None:
        """Load every process's models now instead of at the first jobs.

        Raises:
            Outage: `models_unavailable`: missing, altered, or too slow to load.
        """
        missing = self._workers - len(self._alive)
        self._idle += await asyncio.gather(*(self._spawn() for _ in range(missing)))

    async def portrait(self, photo: bytes) -> PortraitFound | Rejected:
        """Find the portrait in a photograph of an identity document.

        Raises:
            Outage: `models_busy`, `models_unavailable`, `models_closed`, `model_timeout`,
                `model_crashed` or `model_failed`.
        """
        try:
            inspect(photo)  # a bomb is refused here, before it costs a process
        except Refusal as refusal:
            return Rejected(refusal.code)
        return await self._submit(process.portrait, photo)

    async def sheet(self, photo: bytes) -> SheetFound | Rejected:
        """Check a photograph of a side that has no portrait, and encode it afresh.

        Raises:
            Outage: as for `portrait`.
        """
        try:
            inspect(photo)
        except Refusal as refusal:
            return Rejected(refusal.code)
        return await self._submit(process.sheet, photo)

    async def check(self, portrait: bytes, frames: Sequence[EncodedFrame]) -> CheckResult:
        """Compare live video, encoded VP8 frames in order of arrival, with a portrait.

        Raises:
            Refusal: `clip_too_large`.
            Outage: as for `portrait`.
        """
        bound(frames)
        return await self._submit(process.check, portrait, list(frames))

    async def template(self, picture: bytes) -> Template | None:
        """The face of a picture that a check of ours made; None where none is found.

        Raises:
            Outage: as for `portrait`.
        """
        return await self._submit(process.template, picture)

    async def look(
        self, frames: Sequence[EncodedFrame], passed: Template | None, before: bytes
    ) -> Watched | None:
        """One look at the newest picture of `frames`; `kyc.watch.Watch.look` says more.

        Raises:
            Refusal: `clip_too_large`.
            Outage: as for `portrait`.
        """
        bound(frames)
        return await self._submit(process.look, list(frames), passed, before)

    async def gestures(self, frames: Sequence[EncodedFrame]) -> list[Sample]:
        """What the face of a stretch of live video does, about ten pictures a second.

        Raises:
            Refusal: `clip_too_large`.
            Outage: as for `portrait`.
        """
        bound(frames)
        return await self._submit(process.gestures, list(frames))

    async def read(self, photo: bytes, kind: DocumentKind, today: date) -> DocumentRead | Rejected:
        """Read a photographed document; `today` (the branch's) is held against its dates.

        Rejected by a code of `kyc.image.inspect` or by `document_not_found`, `document_too_small`,
        `document_cut_off`, `document_blurred`, `document_glare` or `document_tilted`.

        Raises:
            Outage: as for `portrait`.
        """
        try:
            inspect(photo)
        except Refusal as refusal:
            return Rejected(refusal.code)
        return await self._submit(process.read, photo, kind, today)

    async def same_document(self, still: bytes, frames: Sequence[EncodedFrame]) -> DocumentShown:
        """Whether live video shows the document of `still`, the `upright` of a reading. Advice.

        Raises:
            Refusal: `clip_too_large`, or a code of `kyc.image.inspect` for the still.
            Outage: as for `portrait`.
        """
        inspect(still)
        bound(frames)
        return await self._submit(process.same_document, still, list(frames))

    async def close(self) -> None:
        """End every process, whatever it is doing; jobs under way are cancelled."""
        self._closed = True
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        for worker in [*self._alive]:
            self._discard(worker)

    async def _submit(self, work: Callable[..., _T], *args: Any) -> _T:
        if self._closed:
            raise Outage("models_closed")
        if len(self._jobs) >= self._capacity:
            self.stats.busy += 1
            raise Outage("models_busy")
        # A job outlives its caller: a process can't be interrupted, only waited for or killed.
        job = asyncio.create_task(self._job(work, args))
        self._jobs.add(job)
        job.add_done_callback(self._ended)
        return await asyncio.shield(job)

    async def _job(self, work: Callable[..., _T], args: tuple[Any, ...]) -> _T:
        self.stats.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.stats.waiting -= 1
        try:
            try:
                return await self._attempt(work, args)
            except BrokenProcessPool:
                # It may have died idle (out of memory, an operator's kill); a second death is ours.
                return await self._attempt(work, args)
        except BrokenProcessPool as error:
            raise Outage("model_crashed") from error
        finally:
            self._slots.release()

    async def _attempt(self, work: Callable[..., _T], args: tuple[Any, ...]) -> _T:
        worker = self._idle.pop() if self._idle else await self._spawn()
        kept = False
        try:
            future = worker.executor.submit(work, *args)
            result = await self._bounded(future, self._job_timeout)
            kept = True
        except TimeoutError as error:
            self.stats.timeouts += 1
            _log.error("a model process hung and is replaced", extra={"pid": worker.child.pid})
            raise Outage("model_timeout") from error
        except BrokenProcessPool:
            self.stats.crashes += 1
            _log.error("a model process died and is replaced", extra={"pid": worker.child.pid})
            raise
        except Outage:
            kept = True
            raise
        finally:
            if kept:
                self._idle.append(worker)
            else:
                self._discard(worker)
        self.stats.done += 1
        return result

    async def _spawn(self) -> _Worker:
        executor = ProcessPoolExecutor(
            1,
            mp_context=get_context("spawn"),
            initializer=process.start,
            initargs=(self._second_opinion,),
        )
        before = set(active_children())
        ready = executor.submit(process.identify)
        (child,) = set(active_children()) - before
        worker = _Worker(executor, child)
        self._alive.add(worker)
        try:
            await self._bounded(ready, self._start_timeout)
        except (TimeoutError, BrokenProcessPool) as error:
            self._discard(worker)
            raise Outage("models_unavailable") from error
        except asyncio.CancelledError:
            self._discard(worker)
            raise
        return worker

    @staticmethod
    async def _bounded(future: Future[_T], seconds: float) -> _T:
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(future)

    def _discard(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        worker.child.kill()
        worker.executor.shutdown(wait=False, cancel_futures=True)

    def _ended(self, job: asyncio.Task[Any]) -> None:
        self._jobs.discard(job)
        if not job.cancelled():
            job.exception()  # the caller may have gone; what failed was logged where it happened
