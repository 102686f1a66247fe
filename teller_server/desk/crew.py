"""Background work that is heard: every task has a name, a failure is logged, counted and told."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

RESTART_SECONDS = 1.0


class Crew:
    """Owns the tasks of one part of the branch and ends them with it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures: Counter[str] = Counter()

    def start(
        self,
        work: Coroutine[Any, Any, None],
        name: str,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Run `work` once; on failure log it, count it under `name` and call `failed`."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled() or (error := task.exception()) is None:
                return
            self.failures[name] += 1
            log.error("task_failed", task=name, exc_info=error)
            if failed is not None:
                failed(error)

        task.add_done_callback(done)

    def every(self, seconds: float, work: Callable[[], Awaitable[None]], name: str) -> None:
        """Run `work` again and again, `seconds` after it ended; a failing round is not the last."""

        async def loop() -> None:
            while True:
                await asyncio.sleep(seconds)
                try:
                    await work()
                except Exception:
                    self.failures[name] += 1
                    log.exception("round_failed", task=name)
                    await asyncio.sleep(RESTART_SECONDS)

        self.start(loop(), name)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
