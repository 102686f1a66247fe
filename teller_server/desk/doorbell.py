"""Who must see a fresh view: dirty subjects are collected and shown in one round.

A view is a whole state, so that ten changes within one round cost one view.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.04

Show = Callable[[str], Awaitable[None]]


class Doorbell:
    """`ring(subject)` from anywhere on the loop; `run` shows each dirty subject once a round."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._dirty: set[str] = set()
        self._rung = asyncio.Event()

    def ring(self, *subjects: str) -> None:
        self._dirty.update(subjects)
        self._rung.set()

    async def run(self) -> None:
        while True:
            await self._rung.wait()
            await asyncio.sleep(ROUND_SECONDS)
            self._rung.clear()
            dirty, self._dirty = self._dirty, set()
            for subject in sorted(dirty):
                try:
                    await self._show(subject)
                except Exception:  # one broken view must not silence the others
                    log.exception("view_failed", subject=subject)
