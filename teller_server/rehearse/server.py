"""A private server: a process of its own on a free loopback port, with data nobody else sees."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientError

from teller_server.api.passwords import hash_password
from teller_server.domain.ids import new_id
from teller_server.domain.people import Role
from teller_server.rehearse.client import Door, Refused
from teller_server.rehearse.teller import Credentials
from teller_server.settings import load
from teller_server.store.accounts import Account
from teller_server.store.store import Store

READY_WITHIN = 90.0
_STOP_WITHIN = 20.0
_COMMAND = ("-m", "teller_server", "demo")
# Both parties are on this machine, whatever private address it has.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")


class ServerFailed(Exception):
    """The private server did not come up; holds the end of what it wrote."""


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A running server and who may sign in to it."""

    base: str
    teller: Credentials
    reviewer: Credentials
    evidence: Path
    log: Path


@asynccontextmanager
async def private_server(data: Path, evidence: Path) -> AsyncIterator[PrivateServer]:
    """Serve from `data`, with a teller and a compliance officer; keep evidence in `evidence`.

    Raises ServerFailed.
    """
    port = _free_port()
    settings = _settings(data, evidence, port)
    teller, reviewer = await _staff(settings)
    server = PrivateServer(
        f"http://127.0.0.1:{port}", teller, reviewer, evidence, data / "server.log"
    )
    with server.log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_COMMAND,
            env=_environment(settings),
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is ours; the server ends when we say so
        )
    try:
        await _ready(server, process)
        yield server
    finally:
        await _stop(process)


def _settings(data: Path, evidence: Path, port: int) -> dict[str, Any]:
    return {
        "demo": True,
        "server": {"host": "127.0.0.1", "port": port},
        "data": {"directory": str(data), "evidence": str(evidence)},
        "branch": {"always_open": True},
        "media": {"workers": 1, "allowed_networks": _PRIVATE},
        "staff": {"totp_required": False},
    }


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """Our own environment without the operator's settings of another server."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("TELLER_")
    }
    given = {f"TELLER_{name.upper()}": json.dumps(value) for name, value in settings.items()}
    return {**inherited, **given}


async def _staff(settings: Mapping[str, Any]) -> tuple[Credentials, Credentials]:
    """A teller for everything and a compliance officer, with passwords of this run only."""
    store = await Store.open(load(**settings).database_url)
    try:
        teller = await _account(store, "rehearsal-teller", "T9001", Role.TELLER)
        reviewer = await _account(store, "rehearsal-reviewer", "C9001", Role.COMPLIANCE)
    finally:
        await store.close()
    return teller, reviewer


async def _account(store: Store, login: str, number: str, role: Role) -> Credentials:
    credentials = Credentials(login, secrets.token_urlsafe(18))
    teller = role is Role.TELLER
    await store.accounts.add(
        Account(
            id=new_id("staff", secrets.token_bytes(16)),
            name=login,
            display_name="彩排",
            number=number,
            roles=frozenset({role}),
            skills=frozenset({"change_of_details"} if teller else ()),
            languages=frozenset({"zh-CN", "en"} if teller else ()),
            password_hash=await asyncio.to_thread(hash_password, credentials.password),
            created_at=datetime.now(UTC),
        )
    )
    return credentials


async def _ready(server: PrivateServer, process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(READY_WITHIN), Door(server.base) as door:
            while process.returncode is None:
                try:
                    await door.get("/api/customer/branch")
                except (ClientError, Refused):
                    await asyncio.sleep(0.2)
                else:
                    return
    except TimeoutError:
        raise ServerFailed(f"not ready after {READY_WITHIN:g} s\n{_tail(server.log)}") from None
    raise ServerFailed(f"ended with {process.returncode}\n{_tail(server.log)}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_WITHIN):
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _tail(log: Path) -> str:
    return log.read_bytes()[-2_000:].decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
