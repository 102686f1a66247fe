"""The banks that the adapters are tried on: the demo's, and the sample bank as a process."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from teller_server.systems.description_reader import parse_description
from teller_server.systems.rest import RestCore
from tests.tree import ROOT

SAMPLE = ROOT / "examples" / "sample_bank"
SECRET = "sample secret"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class SampleBank:
    """The bank's process; it may be stopped and started again."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(SAMPLE / "bank.py"),
            f"--port={self.port}",
            f"--file={self.folder / 'bank.db'}",
            env={**os.environ, "SAMPLE_BANK_SECRET": SECRET},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(60):
            while not await self._answers():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            await self.process.wait()
            self.process = None

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    def adapter(self, secret: str = SECRET) -> RestCore:
        told = (SAMPLE / "description.yaml").read_text(encoding="utf-8")
        told = told.replace("127.0.0.1:9090", f"127.0.0.1:{self.port}")
        return RestCore(parse_description(told, "description.yaml"), secret)


@asynccontextmanager
async def sample_bank(folder: Path) -> AsyncIterator[SampleBank]:
    bank = SampleBank(folder, free_port())
    await bank.start()
    try:
        yield bank
    finally:
        await bank.stop()
