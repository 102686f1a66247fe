"""The server of `bench.media`, variant ours: `python -m bench._media_ours PORT FOLDER`.

A desk process and a media worker process as `serve` runs them: the desk holds the evidence, opens
calls over the worker's rope, hears of every sealed segment and attests heads of all logs every
30 s; the worker forwards and records. Pages, database and socket traffic are left out: they don't
depend on media.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from recording.evidence import Evidence
from recording.seal import FileSigner
from signaling.media import MediaPolicy, own_addresses
from teller_server.worker.pool import WorkerPool

HEAD_SECONDS = 30.0
PARTIES = ("customer", "teller")


class Desk:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signer = FileSigner(folder / "signer")
        self._heads: list[asyncio.Task[None]] = []
        self._opened: dict[str, asyncio.Task[None]] = {}
        self.sealed = 0
        self.failed: list[Any] = []
        policy = asdict(MediaPolicy().this_machine(own_addresses()))
        self.pool = WorkerPool(1, policy, on_event=self._said, on_lost=lambda _calls: None)

    async def offer(self, request: web.Request) -> web.Response:
        body = await request.json()
        call, party = body["call"], body["party"]
        if call not in self._opened:
            self._opened[call] = asyncio.create_task(self._open(call))
        await self._opened[call]
        ask = {"party": party, "leg": f"{call}-{party}", "sdp": body["sdp"]}
        answer = await self.pool.ask(call, "answer", ask)
        return web.json_response({"sdp": answer["sdp"]})

    async def stats(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"sealed": self.sealed, "failed": self.failed, "workers": await self.pool.stats()}
        )

    async def _open(self, call: str) -> None:
        key, now = secrets.token_bytes(32), datetime.now(UTC)
        directory = self._folder / f"recording-{call}"
        evidence = await asyncio.to_thread(
            Evidence.create,
            directory,
            f"recording-{call}",
            f"visit-{call}",
            PARTIES,
            key,
            now,
            "bench",
        )
        await self.pool.open(
            call,
            {
                "directory": str(directory),
                "recording": f"recording-{call}",
                "parties": list(PARTIES),
                "expected": list(PARTIES),
                "data_key": base64.b64encode(key).decode(),
                "epoch": time.monotonic(),
                "epoch_wall": now.isoformat(),
            },
        )
        self._heads.append(asyncio.create_task(self._attest(evidence)))

    async def _attest(self, evidence: Evidence) -> None:
        while True:
            await asyncio.sleep(HEAD_SECONDS)
            await asyncio.to_thread(evidence.head, datetime.now(UTC), self._signer)

    def _said(self, verb: str, body: dict[str, Any]) -> None:
        if verb == "sealed":
            self.sealed += 1
        elif verb == "failed":
            self.failed.append(body)


async def main(port: int, folder: Path) -> None:
    desk = Desk(folder)
    await desk.pool.start()
    app = web.Application()
    app.add_routes([web.post("/offer", desk.offer), web.get("/stats", desk.stats)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2])))
