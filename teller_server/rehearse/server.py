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

SERVICES = ("change_of_details", "loan_interview", "corporate_account")
READY_WITHIN = 90.0
_STOP_WITHIN = 60.0
_COMMAND = ("-m", "teller_server", "demo")
# Both parties are on this machine, whatever private address it has.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")


class ServerFailed(Exception):
    """The private server did not come up; holds the end of what it wrote."""


class PrivateServer:
    """A server of its own and who may sign in to it. It may be stopped and started again."""

    def __init__(self, place: Path, evidence: Path, **more: Mapping[str, Any]) -> None:
        """Data go to `place`, evidence to `evidence`; `more` are groups of settings."""
        port = _free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.data = place / "data"
        self.evidence = evidence
        self.log = place / "server.log"
        self.teller = Credentials("rehearsal-teller", secrets.token_urlsafe(18))
        self.reviewer = Credentials("rehearsal-reviewer", secrets.token_urlsafe(18))
        self.second = Credentials("rehearsal-second", secrets.token_urlsafe(18))
        self._settings = _settings(self.data, evidence, port, more)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its desk process, which leads a process group of its own with all its children."""
        return self._process.pid if self._process else None

    async def staff(self) -> None:
        """A teller for everything and two compliance officers, with passwords of this run only."""
        store = await Store.open(load(**self._settings).database_url)
        try:
            await _account(store, self.teller, "T9001", Role.TELLER)
            await _account(store, self.reviewer, "C9001", Role.COMPLIANCE)
            await _account(store, self.second, "C9002", Role.COMPLIANCE)
        finally:
            await store.close()

    async def start(self) -> None:
        """Serve; returns when pages can be opened. Raises ServerFailed."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *_COMMAND,
                env=_environment(self._settings),
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is ours; the server ends when we say so
            )
        await _ready(self, self._process)

    async def stop(self) -> None:
        """End it as an operator would; after a while, by force."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_WITHIN):
                await process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it and all its children at once, as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


@asynccontextmanager
async def private_server(
    place: Path, evidence: Path, **more: Mapping[str, Any]
) -> AsyncIterator[PrivateServer]:
    """Serve from `place`, with a teller and a compliance officer; keep evidence in `evidence`.

    Raises ServerFailed.
    """
    server = PrivateServer(place, evidence, **more)
    await server.staff()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def _settings(
    data: Path, evidence: Path, port: int, more: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "demo": True,
        "server": {"host": "127.0.0.1", "port": port},
        "data": {"directory": str(data), "evidence": str(evidence)},
        "branch": {"always_open": True},
        "media": {"workers": 1, "allowed_networks": _PRIVATE},
        "staff": {"totp_required": False},
    }
    for group, values in more.items():
        given[group] = {**given.get(group, {}), **values}
    return given


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """Our own environment without the operator's settings of another server."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("TELLER_")
    }
    given = {f"TELLER_{name.upper()}": json.dumps(value) for name, value in settings.items()}
    return {**inherited, **given}


async def _account(store: Store, credentials: Credentials, number: str, role: Role) -> None:
    teller = role is Role.TELLER
    await store.accounts.add(
        Account(
            id=new_id("staff", secrets.token_bytes(16)),
            name=credentials.account,
            display_name="彩排",
            number=number,
            roles=frozenset({role}),
            skills=frozenset(SERVICES if teller else ()),
            languages=frozenset({"zh-CN", "en"} if teller else ()),
            password_hash=await asyncio.to_thread(hash_password, credentials.password),
            created_at=datetime.now(UTC),
        )
    )


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


def _tail(log: Path) -> str:
    return log.read_bytes()[-2_000:].decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
