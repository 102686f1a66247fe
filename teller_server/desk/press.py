"""Papers are set, pictured and judged in processes of their own: bounded, timed, replaced.

Type setting takes a tenth of a second a page; the desk's loop never waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from typing import Any, cast

import structlog

from teller_server.domain.errors import Outage
from teller_server.papers import pressroom
from teller_server.papers.mark import Said
from teller_server.papers.paper import Order, Paper, Place
from teller_server.papers.report import Report, Roots
from teller_server.papers.strokes import Strokes

log = structlog.get_logger(__name__)


class _Machine:
    """One process; of one worker, so that it can be ended without its neighbours."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.executor = ProcessPoolExecutor(1, mp_context=context, initializer=pressroom.start)
        before = set(active_children())
        self.warm = self.executor.submit(pressroom.run, "ready")
        self.child: BaseProcess = (set(active_children()) - before).pop()

    def end(self) -> None:
        self.child.kill()
        self.executor.shutdown(wait=False, cancel_futures=True)


class Press:
    """Every method raises Outage: `press_busy`, `press_timeout`, `press_crashed`, `press_failed`,
    `press_closed`, and what the work itself raises.

    Args:
        machines: processes, 120 MB each.
        waiting: jobs that may wait; one more is `press_busy`.
        seconds: a job may take, the process's start included.
    """

    def __init__(self, machines: int = 1, *, waiting: int = 32, seconds: float = 60.0) -> None:
        self._capacity = machines + waiting
        self._seconds = seconds
        self._slots = asyncio.Semaphore(machines)
        self._machines = machines
        self._idle: list[_Machine] = []
        self._alive: set[_Machine] = set()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the processes now instead of at the first papers. Outage `fonts_missing`."""
        await asyncio.gather(*(self._submit("ready") for _ in range(self._machines)))

    async def set(self, order: Order) -> Paper:
        """`papers.press.set_paper`."""
        return cast(Paper, await self._submit("set", order))

    async def pictures(self, pdf: bytes) -> tuple[bytes, ...]:
        """`papers.press.pictures`: every page as PNG."""
        return cast(tuple[bytes, ...], await self._submit("pictures", pdf))

    async def signed_mark(self, pdf: bytes, place: Place) -> bytes:
        """`papers.press.signed_mark`: what stands in one place, as PNG."""
        return cast(bytes, await self._submit("mark", pdf, place))

    async def texts(self, pdf: bytes) -> tuple[str, ...]:
        """`papers.press.texts`: what every page says."""
        return cast(tuple[str, ...], await self._submit("texts", pdf))

    async def drawn_mark(self, place: Place, strokes: Strokes, said: Said) -> bytes:
        """`papers.mark.drawn_mark`."""
        return cast(bytes, await self._submit("drawn", place, strokes, said))

    async def sealed_mark(self, place: Place, said: Said) -> bytes:
        """`papers.mark.sealed_mark`."""
        return cast(bytes, await self._submit("sealed", place, said))

    async def check(
        self, pdf: bytes, roots: Roots, expected: Collection[str], at: datetime | None = None
    ) -> Report:
        """`papers.check.check`."""
        return cast(Report, await self._submit("check", pdf, roots, tuple(expected), at))

    async def close(self) -> None:
        """End every process, whatever it is doing."""
        self._closed = True
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        for machine in [*self._alive]:
            self._discard(machine)

    async def _submit(self, job: str, *given: Any) -> Any:
        if self._closed:
            raise Outage("press_closed")
        if len(self._jobs) >= self._capacity:
            raise Outage("press_busy")
        # a job outlives its caller: a process can't be interrupted, only waited for or ended
        task = asyncio.create_task(self._job(job, given))
        self._jobs.add(task)
        task.add_done_callback(self._ended)
        result = await asyncio.shield(task)
        if isinstance(result, pressroom.Trouble):
            raise result.error()
        return result

    async def _job(self, job: str, given: tuple[Any, ...]) -> Any:
        async with self._slots:
            try:
                return await self._attempt(job, given)
            except BrokenProcessPool:
                log.error("a press process died and is replaced", job=job)
            try:  # it may have died idle, by an operator's hand; a second death is the job's
                return await self._attempt(job, given)
            except BrokenProcessPool:
                raise Outage("press_crashed", job=job) from None

    async def _attempt(self, job: str, given: tuple[Any, ...]) -> Any:
        machine = self._idle.pop() if self._idle else _Machine()
        self._alive.add(machine)
        kept = False
        try:
            async with asyncio.timeout(self._seconds):
                future = machine.executor.submit(pressroom.run, job, *given)
                result = await asyncio.wrap_future(future)
            kept = True
            return result
        except TimeoutError:
            log.error("a press process hung and is replaced", job=job)
            raise Outage("press_timeout", job=job) from None
        finally:
            if kept:
                self._idle.append(machine)
            else:
                self._discard(machine)

    def _discard(self, machine: _Machine) -> None:
        self._alive.discard(machine)
        machine.end()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._jobs.discard(task)
        if not task.cancelled():
            task.exception()  # the caller may have gone; it hears of it otherwise
