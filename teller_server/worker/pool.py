"""The desk's side of the media workers: start them, pin calls to them, hear when one dies."""

import asyncio
import json
import socket
import sys
from collections.abc import Callable
from typing import Any

import structlog

from teller_server.worker.link import Body, Link, LinkBrokenError, RemoteFailureError

log = structlog.get_logger(__name__)

RESPAWN_SECONDS = 0.5
CLOSE_SECONDS = 10
START_SECONDS = 60.0  # until a worker answers, on a busy machine
NEW_WORKER_SECONDS = 40.0  # a call waits so long for a worker in place of a lost one
LOOK_SECONDS = 5.0
STUCK_SECONDS = 20.0  # a worker that does not answer for so long forwards and records nothing


class Worker:
    """One child process and our end of its rope."""

    def __init__(self, number: int, process: asyncio.subprocess.Process, link: Link) -> None:
        self.number = number
        self.process = process
        self.link = link
        self.ready = False  # it has answered: calls may be opened on it
        self.calls: set[str] = set()


class WorkerPool:
    """N workers; a call stays where it was opened.

    `on_event(verb, body)` hears what workers say; `on_lost(calls)` is told which calls stood on a
    worker that died (they may be opened again at once: a new worker is already starting).
    """

    def __init__(
        self,
        count: int,
        policy: dict[str, Any],
        *,
        on_event: Callable[[str, Body], None],
        on_lost: Callable[[set[str]], None],
    ) -> None:
        self._count = count
        self._policy = policy
        self._on_event = on_event
        self._on_lost = on_lost
        self._workers: dict[int, Worker] = {}
        self._pinned: dict[str, Worker] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._changed = asyncio.Condition()
        self._closing = False

    async def start(self) -> None:
        """Start all. Raises LinkBrokenError when not one of them comes up."""
        for number in range(self._count):
            self._keepers.append(asyncio.create_task(self._keep(number), name=f"worker-{number}"))
        await self._any_worker(START_SECONDS)

    async def close(self) -> None:
        """Close the ropes; each worker seals what it holds and leaves."""
        self._closing = True
        for worker in list(self._workers.values()):
            worker.link.close()
        if self._keepers:
            _done, late = await asyncio.wait(self._keepers, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
        for worker in list(self._workers.values()):
            if worker.process.returncode is None:
                worker.process.kill()

    async def open(self, call: str, body: Body) -> None:
        """Open a call on the least busy worker. Raises LinkBrokenError when there is none."""
        worker = min(await self._any_worker(NEW_WORKER_SECONDS), key=lambda w: len(w.calls))
        worker.calls.add(call)
        self._pinned[call] = worker
        await worker.link.request("open", {"call": call, **body})

    async def ask(self, call: str, verb: str, body: Body, within: float = 20.0) -> Body:
        """One request about an open call. Raises LinkBrokenError when its worker is gone."""
        worker = self._pinned.get(call)
        if worker is None:
            raise LinkBrokenError
        return await worker.link.request(verb, {"call": call, **body}, within)

    async def close_call(self, call: str) -> None:
        worker = self._pinned.pop(call, None)
        if worker is None:
            return
        worker.calls.discard(call)
        await worker.link.request("close", {"call": call}, within=30.0)

    def holds(self, call: str) -> bool:
        return call in self._pinned

    def pids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers.values()]

    async def stats(self) -> list[Body]:
        workers = list(self._workers.values())
        return list(await asyncio.gather(*(w.link.request("stats", {}) for w in workers)))

    async def _any_worker(self, within: float) -> list[Worker]:
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(self._living), within)
            except TimeoutError:
                raise LinkBrokenError from None
            return self._living()

    def _living(self) -> list[Worker]:
        workers = self._workers.values()
        return [worker for worker in workers if worker.ready and not worker.link.broken]

    async def _keep(self, number: int) -> None:
        while not self._closing:
            try:
                await self._live(number)
            except Exception:
                log.exception("media_worker_start_failed", worker=number)
            if not self._closing:
                await asyncio.sleep(RESPAWN_SECONDS)

    async def _live(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "teller_server.worker",
                str(theirs.fileno()),
                json.dumps(self._policy),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
        reader, writer = await asyncio.open_connection(sock=ours)
        link = Link(reader, writer, handle=_refuse)
        link.listener = self._on_event
        worker = Worker(number, process, link)
        self._workers[number] = worker
        watch = asyncio.create_task(self._watch(worker), name=f"worker-{number}-watch")
        try:
            await link.run()
            await _gone(process)
        finally:
            watch.cancel()
            self._lose(worker)

    async def _watch(self, worker: Worker) -> None:
        """A worker that hangs is ended: its calls go on elsewhere instead of being silent for
        ever."""
        while not worker.link.broken:
            try:
                patience = STUCK_SECONDS if worker.ready else START_SECONDS
                await worker.link.request("stats", {}, within=patience)
                await self._answered(worker)
                await asyncio.sleep(LOOK_SECONDS)
            except TimeoutError:
                log.error("media_worker_stuck", worker=worker.number)
                worker.process.kill()
                return
            except LinkBrokenError:
                return
            except RemoteFailureError as error:
                log.error("media_worker_fault", worker=worker.number, error=str(error))
                await asyncio.sleep(LOOK_SECONDS)

    async def _answered(self, worker: Worker) -> None:
        """It has loaded its libraries, on a busy machine after many seconds."""
        if not worker.ready:
            async with self._changed:
                worker.ready = True
                self._changed.notify_all()

    def _lose(self, worker: Worker) -> None:
        self._workers.pop(worker.number, None)
        lost = {call for call, on in self._pinned.items() if on is worker}
        for call in lost:
            del self._pinned[call]
        if not self._closing:
            log.error("media_worker_lost", worker=worker.number, calls=len(lost))
            self._on_lost(lost)


async def _gone(process: asyncio.subprocess.Process) -> None:
    """Its rope is cut: it seals what it holds and leaves, or it is ended. Only then is its
    recording open to another."""
    try:
        await asyncio.wait_for(process.wait(), CLOSE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _refuse(verb: str, _body: Body) -> Body:
    raise LookupError(verb)
