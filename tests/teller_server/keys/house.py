"""A branch whose keys are in a real OpenBao, and short words for what is done with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from typer.testing import CliRunner, Result

from teller_server.cli_keys import keys as commands
from teller_server.desk.keys import DataKeys
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.settings import Settings, load
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from tests.keyservers.openbao import Server
from tests.teller_server.material import NOON, opening

VISIT, ACCOUNT = "visit-1", "staff-1"
FIELD = "a secret of the second factor"


class House:
    """A branch's data directory with OpenBao, and the command line over it."""

    def __init__(self, bao: Server, place: Path) -> None:
        self.bao, self.place = bao, place
        self.key = f"branch-{place.name}-{abs(hash(place)) % 10**8}"
        for policy in ("teller-server-desk", "teller-server-keys"):
            (place / policy).write_text(self._token(policy))
        self.config = place / "branch.toml"
        self.configure('wrapper = "openbao"')

    def _token(self, policy: str) -> str:
        """As `docs/openbao` says, for a key of this test's own."""
        from tests.keyservers.openbao import POLICIES

        rules = (POLICIES / f"{policy}.hcl").read_text().replace("teller-server", self.key)
        name = f"{policy}-{self.key}"
        self.bao.admin.sys.create_or_update_policy(name, rules)
        made = self.bao.admin.auth.token.create(policies=[name], no_default_policy=True)
        return str(made["auth"]["client_token"])

    def configure(self, keys: str, more: str = "", role: str = "teller-server-desk") -> None:
        self.config.write_text(
            f'[data]\ndirectory = "{self.place / "data"}"\n[keys]\n{keys}\n[openbao]\n'
            f'url = "{self.bao.url}"\ntoken_file = "{self.place / role}"\nkey = "{self.key}"\n'
            f'audit_log = "{self.bao.audit_log}"\n{more}'
        )

    @property
    def settings(self) -> Settings:
        return load(self.config)

    def __call__(self, command: str, role: str = "", **env: str) -> Result:
        given = {"TELLER_OPENBAO__TOKEN_FILE": str(self.place / role)} if role else {}
        words = [command, "--config", str(self.config)]
        return CliRunner().invoke(commands, words, env={**given, **env})

    async def run(self, command: str, role: str = "", **env: str) -> Result:
        return await asyncio.to_thread(self.__call__, command, role, **env)


async def visit(store: Store, keys: DataKeys, name: str = VISIT) -> bytes:
    """A visit that came in; its data key."""
    key, row = await keys.make(name, NOON)
    await store.visits.apply(name, opening(name), NOON)
    await store.write(lambda connection: keep_key(connection, row))
    return key


async def furnished(house: House, store: Store) -> tuple[Strongroom, DataKeys]:
    room = await open_strongroom(house.settings, store)
    return room, DataKeys(store, room.wrapper)


async def initialised(house: House) -> None:
    done = await house.run("init", role="teller-server-keys")
    assert done.exit_code == 0, done.output


# ---- the root and the commands
