"""`teller-server keys …`: what wraps data keys, from the terminal of a machine that may ask it."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from recording.bao import OpenBaoKeyWrapper
from recording.hsm import Hsm, HsmKeyWrapper, make_signing_key
from recording.keys import KeyRing
from teller_server.cli_store import Config, Data, on_store
from teller_server.desk.reconcile import reconciler
from teller_server.desk.rewrapping import Rewrapping, wrapped_by
from teller_server.desk.root import init_root
from teller_server.desk.wrappers import key_ring, open_hsm, openbao
from teller_server.settings import Settings
from teller_server.store.store import Store

keys = typer.Typer(no_args_is_help=True, help="What wraps the visits' data keys.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]

ALARM = 1


@keys.command()
def init(config: Config = None, data: Data = None) -> None:
    """Make the wrapping key where there is none, and the root of the desk's own keys. Once."""

    async def work(store: Store, settings: Settings) -> list[str]:
        hsm = open_hsm(settings)
        ring = await asyncio.to_thread(key_ring, settings, hsm)
        await asyncio.to_thread(_make, ring)
        told = [f"{ring.name} is at version {await asyncio.to_thread(ring.version)}"]
        if settings.hsm.signing_key is not None and hsm is not None:
            told += await asyncio.to_thread(_signing, hsm, settings.hsm.signing_key)
        if settings.keys.wrapper == "file":
            return [*told, "the master key file is the root of the desk's own keys"]
        if await init_root(settings, store, ring):
            return [*told, "the master key file is the root of the desk's own keys, wrapped now"]
        return [*told, "a new root of the desk's own keys is in the database, wrapped"]

    _tell(on_store(config, data, work))


@keys.command()
def rotate(config: Config = None, data: Data = None) -> None:
    """Make a new version of the wrapping key; it wraps from now on, the older ones still open."""

    async def work(_: Store, settings: Settings) -> list[str]:
        ring = await asyncio.to_thread(key_ring, settings, open_hsm(settings))
        return [f"{ring.name} is at version {await asyncio.to_thread(ring.rotate)}"]

    _tell(on_store(config, data, work))


@keys.command()
def rewrap(config: Config = None, data: Data = None) -> None:
    """Wrap every data key anew under the newest version. Evidence is not touched."""

    async def work(store: Store, settings: Settings) -> list[str]:
        ring = await asyncio.to_thread(key_ring, settings, open_hsm(settings))
        done = await Rewrapping(store, ring).run()
        return [f"{done.changed} keys wrapped anew, {done.left} left as they were"]

    _tell(on_store(config, data, work))


@keys.command()
def status(config: Config = None, data: Data = None, as_json: AsJson = False) -> None:
    """What wraps, at which version, how many keys each version holds; what the audit log told."""
    found = on_store(config, data, _status)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    typer.echo(f"{found['wrapper']} is at version {found['version']}")
    for one in found["keys"]:
        typer.echo(f"{one['count']:>8} keys under {one['wrapper']} version {one['version']}")
    check = found["check"]
    if check is None:
        typer.echo("the key server's audit log was never read")
    else:
        typer.echo(f"audit log read {check['at']}: {check['findings']} unexplained")


@keys.command()
def reconcile(config: Config = None, data: Data = None, as_json: AsJson = False) -> None:
    """Compare the key server's own audit log with what was written down. Exit 1 on an alarm."""

    async def work(store: Store, settings: Settings) -> Any:
        wrapper = openbao(settings)
        return await reconciler(settings, store, wrapper, lambda: datetime.now(UTC)).run()

    check = on_store(config, data, work)
    if as_json:
        typer.echo(json.dumps({"read": check.read, "findings": check.findings}))
    else:
        typer.echo(f"{check.read} lines read, {len(check.findings)} unexplained")
        for one in check.findings:
            typer.echo("ALARM " + " ".join(f"{name}={value}" for name, value in one.items()))
    if check.findings:
        raise typer.Exit(ALARM)


async def _status(store: Store, settings: Settings) -> dict[str, Any]:
    ring = await asyncio.to_thread(key_ring, settings, open_hsm(settings))
    held = await wrapped_by(store)
    checks = await store.keys.checks(1)
    return {
        "wrapper": ring.name,
        "version": await asyncio.to_thread(ring.version),
        "demo": ring.demo,
        "keys": [
            {"wrapper": wrapper, "version": version, "count": count}
            for (wrapper, version), count in sorted(held.items())
        ],
        "check": {"at": checks[0].at.isoformat(), "findings": len(checks[0].findings)}
        if checks
        else None,
    }


def _make(ring: KeyRing) -> None:
    if isinstance(ring.current, OpenBaoKeyWrapper | HsmKeyWrapper):
        ring.current.init()


def _signing(hsm: Hsm, label: str) -> list[str]:
    """The public key that the bank's authority certifies; the private one is in the token."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - seldom needed

    key = serialization.load_der_public_key(make_signing_key(hsm, label))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_bytes(serialization.Encoding.PEM, form).decode()
    return [f"public key of {label}, to be certified:", pem.rstrip()]


def _tell(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)
