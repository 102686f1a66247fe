"""The demonstration branch as a newcomer starts it: one command, and what it printed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.phones import core_of

READY_WITHIN = 90.0
STOP_WITHIN = 60.0


@dataclass(frozen=True)
class DemoBranch:
    """A running demonstration and what it printed."""

    base: str
    data: Path
    passwords: dict[str, str]
    invitation: str
    printed: str

    @property
    def core(self) -> Path:
        """The demo core's own file."""
        return core_of(self.data)

    def recordings(self) -> list[Path]:
        """Evidence directories, oldest first."""
        found = (self.data / "evidence").glob("*/*/*/*/recording.json")
        return sorted((path.parent for path in found), key=lambda path: path.stat().st_mtime)


@asynccontextmanager
async def demo_branch(
    data: Path, rules: Path | None = None, packs: str = ""
) -> AsyncIterator[DemoBranch]:
    """`teller-server demo` on a free port with data of its own; stopped as by Ctrl-C.

    `rules`: the bank's own directory of scripts and packs; `packs`: the one it stands under.
    """
    port = _free_port()
    log = data.parent / f"{data.name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "teller_server", "demo"),
            *("--port", str(port), "--data", str(data)),
            stdout=output,
            stderr=output,
            env={k: v for k, v in os.environ.items() if not k.startswith("TELLER_")}
            | ({"TELLER_RULES__DIRECTORY": str(rules)} if rules else {})
            | ({"TELLER_RULES__PACKS": json.dumps([packs])} if packs else {}),
            start_new_session=True,
        )
    try:
        yield _read(await _ready(log, process), port, data)
    finally:
        await _stop(process)


async def _ready(log: Path, process: asyncio.subprocess.Process) -> str:
    """What it printed once the last line of its greeting is there."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        if "Stop with Ctrl-C" in _text(log):
            return _text(log)
        await asyncio.sleep(0.1)
    raise AssertionError(f"the demonstration did not start:\n{_text(log)}")


def _text(log: Path) -> str:
    return log.read_text(errors="replace")


def _read(printed: str, port: int, data: Path) -> DemoBranch:
    staff = r"^\s+([a-z]+)\s+(\S+)\s+(?:teller|supervisor|compliance|admin)\b"
    invitation = re.search(r"(http://\S+/i#\S+)", printed)
    assert invitation is not None, printed
    return DemoBranch(
        base=f"http://127.0.0.1:{port}",
        data=data,
        passwords=dict(re.findall(staff, printed, re.MULTILINE)),
        invitation=invitation[1],
        printed=printed,
    )


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(STOP_WITHIN):
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise AssertionError("the demonstration did not stop on Ctrl-C") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
