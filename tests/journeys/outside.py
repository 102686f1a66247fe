"""What stands outside the branch: key server, time authority, vault. Each is real, each can go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recording.bao import OpenBaoKeyWrapper
from recording.hsm import HsmKeyWrapper, make_signing_key
from teller_server.desk.root import init_root
from teller_server.desk.wrappers import key_ring, open_hsm
from teller_server.rehearse.server import PrivateServer
from teller_server.settings import load
from teller_server.store.store import Store
from tests.journeys.people import OFTEN, SHORT
from tests.keyservers import softhsm
from tests.keyservers.openbao import Server, openbao
from tests.recording.bank import Bank, TimeAuthority, time_authority
from tests.recording.seaweed import ACCESS, SECRET, Seaweed, seaweed

Groups = dict[str, Mapping[str, Any]]


@dataclass
class Outside:
    """A branch with all three. `ways`: name of each → (send it away, bring it back)."""

    server: PrivateServer
    ways: Mapping[str, tuple[Callable[[], None], Callable[[], None]]]
    vault: Seaweed

    async def away(self, name: str) -> None:
        await asyncio.to_thread(self.ways[name][0])

    async def back(self, name: str) -> None:
        await asyncio.to_thread(self.ways[name][1])


def of_openbao(bao: Server, place: Path) -> tuple[Groups, Groups]:
    """Settings of a branch whose keys are there, and of whoever sets them up."""
    groups = []
    for role in ("teller-server-desk", "teller-server-keys"):
        (place / role).write_text(bao.token(role))
        bank = {"url": bao.url, "token_file": str(place / role)}
        groups.append({"keys": {"wrapper": "openbao"}, "openbao": bank})
    return groups[0], groups[1]


def of_hsm(place: Path) -> Groups:
    """Settings of a branch whose wrapping key and signing key are in a token of its own."""
    label, pin = softhsm.make_token()
    (place / "pin").write_text(pin)
    module = softhsm.hsm(label, pin)
    chain = softhsm.certify(make_signing_key(module, "seal"), place)
    module.close()
    return {
        "keys": {"wrapper": "pkcs11", "signing_chain": str(chain)},
        "hsm": {
            "module": str(softhsm.MODULE),
            "token": label,
            "pin_file": str(place / "pin"),
            "signing_key": "seal",
        },
    }


async def initialised(data: Path, groups: Groups) -> None:
    """As `teller-server keys init` does."""
    settings = load(demo=True, data={"directory": str(data)}, **groups)
    store, module = await Store.open(settings.database_url), open_hsm(settings)
    try:
        ring = await asyncio.to_thread(key_ring, settings, module)
        assert isinstance(ring.current, OpenBaoKeyWrapper | HsmKeyWrapper)
        await asyncio.to_thread(ring.current.init)
        await init_root(settings, store, ring)
    finally:
        await store.close()
        if module is not None:
            module.close()


def _of_time(authority: TimeAuthority, bank: Bank) -> dict[str, str]:
    return {"timestamp_url": authority.url, "timestamp_roots": str(bank.path("root.pem"))}


def _of_vault(weed: Seaweed) -> dict[str, Any]:
    weed.client().create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
    return {
        "kind": "s3", "bucket": "evidence", "prefix": "branch-1/", "endpoint": weed.endpoint,
        "access_key": ACCESS, "secret_key": SECRET, "lock_days": 1,
    }  # fmt: skip


@asynccontextmanager
async def outside(place: Path) -> AsyncIterator[Outside]:
    """All of it on this machine; the branch serves until the end of the block."""
    (place / "bao").mkdir()
    with ExitStack() as stack:
        bao = await asyncio.to_thread(stack.enter_context, openbao(place / "bao"))
        weed = await asyncio.to_thread(stack.enter_context, seaweed(place / "weed"))
        bank = await asyncio.to_thread(Bank.found, place / "bank")
        authority = stack.enter_context(time_authority(bank))
        desk, keys = of_openbao(bao, place)
        await initialised(place / "data", keys)
        desk["keys"] = {**desk["keys"], **_of_time(authority, bank)}
        vault = await asyncio.to_thread(_of_vault, weed)
        groups = {**desk, "vault": vault, "recording": OFTEN, "rules": SHORT}
        server = PrivateServer(place, place / "evidence", **groups)
        await server.staff()
        await server.start()

        def stamps(how: str) -> Callable[[], None]:
            return lambda: setattr(authority, "misbehave", how)

        ways = {
            "key server": (bao.seal, bao.unseal),
            "time authority": (stamps("broken"), stamps("")),
            "vault": (weed.stop, weed.start),
        }
        try:
            yield Outside(server, ways, weed)
        finally:
            await server.stop()
