"""The commands that serve, as processes of their own: safe settings, first and second demo."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pyotp
import pytest
import structlog
from typer.testing import CliRunner

from teller_server.cli_users import users
from teller_server.papers.authorities import demo_authority, demo_seal
from teller_server.rehearse.client import Door
from tests.recording.bank import Bank, TimeAuthority, time_authority
from tests.teller_server.systems.banks import SAMPLE
from tests.teller_server.test_cli import run

PASSWORD = "correct horse battery"
STARTS_WITHIN = 60


@dataclass
class Served:
    """A server's address and what it has said so far."""

    base: str
    said: list[str] = field(default_factory=list)


@asynccontextmanager
async def serving(*words: str | Path) -> AsyncIterator[Served]:
    """`teller-server …` until it says where it serves; ended as an operator would."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELLER_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "teller_server"),
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=clean | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            async for line in process.stdout:
                said.append(line.decode())
                if "Ctrl-C" in said[-1] or said[-1].startswith("serving "):
                    break
        found = re.search(r"https?://127\.0\.0\.1:\d+", "".join(said))
        assert found, "".join(said)
        yield Served(found[0], said)
        process.terminate()
        rest, _ = await asyncio.wait_for(process.communicate(), 120)
        said.append(rest.decode())
        assert process.returncode == 0, said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """A command that is run in this process sets logging up; nobody else shall feel it."""
    root, kept = logging.getLogger(), list(logging.getLogger().handlers)
    yield
    root.handlers[:] = kept
    structlog.reset_defaults()


# ---- demo


@pytest.fixture(scope="module")
async def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A demonstration's data after its first start, and the passwords that it printed."""
    data = tmp_path_factory.mktemp("demo") / "data"
    async with serving("demo", "--data", data, "--port", "0") as server:
        said = "".join(server.said)
        printed = dict(re.findall(r"^    ([a-z]+) +(\S{12}) ", said, re.MULTILINE))
        async with Door(server.base) as door:
            await door.sign_in("teller", "wangmin", printed["wangmin"])
    return data, printed


def test_the_first_start_prints_links_and_every_password(
    first: tuple[Path, dict[str, str]],
) -> None:
    assert set(first[1]) == {"wangmin", "zhaolei", "sunjing", "chenyu", "liuyang", "hemin", "admin"}


async def redeemed(base: str, secret: str) -> str:
    """The service that an invitation's link leads to."""
    async with Door(base) as door:
        answer = await door.post("/api/customer/redeem", {"secret": secret})
    return str(answer["service"])


async def test_the_second_start_keeps_the_data_and_prints_no_password(
    first: tuple[Path, dict[str, str]],
) -> None:
    data, printed = first
    async with serving("demo", "--data", data, "--port", "0") as server, Door(server.base) as door:
        await door.sign_in("review", "chenyu", printed["chenyu"])
        secrets = re.findall(r"/i#(\S{40,})", "".join(server.said))
        seen = [await redeemed(server.base, one) for one in secrets]
    said = "".join(server.said)
    assert not [password for password in printed.values() if password in said]
    assert f"{server.base}/admin" in said
    assert seen == ["loan_interview", "change_of_details", "corporate_account"]


def test_serve_refuses_the_passwords_of_a_demonstration(
    first: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    config = tmp_path / "branch.toml"
    config.write_text(f'[data]\ndirectory = "{first[0]}"\n')
    told = run("serve", "--config", config)
    assert told.exit_code == 2
    assert "refused: 7 accounts still have demo passwords" in told.stderr


# ---- serve


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return Bank.found(tmp_path_factory.mktemp("bank"))


def settings(bank: Bank, clock: TimeAuthority, data: Path, **keys: Path) -> Path:
    master = bank.path("master.key")
    master.write_bytes(bytes(range(32)))
    named = {
        "master_key": master,
        "signing_key": bank.path("signer.key"),
        "signing_chain": bank.path("signer-chain.pem"),
        "timestamp_roots": bank.path("root.pem"),
        **keys,
    }
    config = data.with_suffix(".toml")
    config.write_text(
        f'[server]\nport = 0\ntls_certificate = "{bank.path("server-chain.pem")}"\n'
        f'tls_key = "{bank.path("server.key")}"\n[data]\ndirectory = "{data}"\n'
        f"[branch]\nalways_open = true\n[media]\nworkers = 1\n"
        f'[core]\nadapter = "rest"\ndescription = "{SAMPLE / "description.yaml"}"\n'
        '[codes]\nadapter = "http"\nurl = "http://127.0.0.1:1/send"\n'
        f'[registers]\nadapter = "http"\ndescription = "{SAMPLE / "registers.yaml"}"\n[keys]\n'
        f'timestamp_url = "{clock.url}"\n'
        + "".join(f'{name} = "{path}"\n' for name, path in named.items())
        + _signing(data.parent / "signing")
    )
    return config


def _signing(folder: Path) -> str:
    """Keys for papers, in files of the bank's own."""
    demo_authority(folder / "authority")
    demo_seal(folder / "bank")
    return "[signing]\n" + "".join(
        f'{who}_{what} = "{folder / who / what}.pem"\n'
        for who in ("authority", "bank")
        for what in ("key", "chain")
    )


async def test_safe_settings_serve_over_tls_with_two_factors(bank: Bank, tmp_path: Path) -> None:
    with time_authority(bank) as clock:
        config = settings(bank, clock, tmp_path / "branch")
        secret = await asyncio.to_thread(_hire, config)
        async with serving("serve", "--config", config) as server:
            assert server.base.startswith("https://")
            await _sign_in(server.base, bank, secret)


def _hire(config: Path) -> str:
    runner, where = CliRunner(), ["--config", str(config)]
    about = ["add", "wang", "--name", "王敏", "--number", "T1", "--role", "teller"]
    added = runner.invoke(users, [*about, "--password-stdin", *where], input=PASSWORD + "\n")
    assert added.exit_code == 0, added.output
    told = runner.invoke(users, ["totp", "wang", *where]).stdout
    return next(line[8:] for line in told.splitlines() if line.startswith("secret: "))


async def _sign_in(base: str, bank: Bank, secret: str) -> None:
    trust = ssl.create_default_context(cafile=str(bank.path("root.pem")))
    form = {"account": "wang", "password": PASSWORD}
    async with aiohttp.ClientSession(
        base, connector=aiohttp.TCPConnector(ssl=trust), headers={"Origin": base}
    ) as http:
        async with http.get("/teller/sign-in") as page:
            assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
            assert '"demo": false' in await page.text()
        async with http.get("/core") as core:
            assert core.status == 404, "only a demonstration has a demo core"
        async with http.post("/api/teller/sign-in", json=form) as half:
            assert (half.status, (await half.json())["code"]) == (401, "totp_required")
        form["totp"] = pyotp.TOTP(secret).at(datetime.now(UTC))
        async with http.post("/api/teller/sign-in", json=form) as entered:
            assert entered.status == 200
            cookie = entered.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vb_teller=")
    for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("key", "path", "why"),
    [
        ("master_key", "none.key", "master_key_missing"),
        ("master_key", "root.pem", "master_key_bad"),
        ("signing_key", "stamper.key", "signing_key_bad"),
        ("signing_key", "root.pem", "signing_key_bad"),
        ("signing_chain", "none.pem", "No such file"),
        ("timestamp_roots", "stamper.pem", "timestamp_roots_bad"),
    ],
)
def test_keys_that_can_not_be_used_are_named(
    bank: Bank, tmp_path: Path, key: str, path: str, why: str
) -> None:
    with TimeAuthority(bank) as clock:
        config = settings(bank, clock, tmp_path / "branch", **{key: bank.path(path)})
    told = run("serve", "--config", config)
    assert told.exit_code == 2
    assert told.stderr.startswith("cannot serve: ")
    assert why in told.stderr
    assert not bank.path("none.key").exists(), "no new master key is made in place of a lost one"


async def test_a_port_in_use_is_said(first: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        told = await asyncio.to_thread(run, "demo", "--data", first[0], "--port", str(port))
    assert told.exit_code == 2
    assert "cannot serve: " in told.stderr
    assert "in use" in told.stderr
