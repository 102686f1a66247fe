"""`teller-server verify --custody`: who opened what, held against what was signed of it."""

import asyncio
import json
from pathlib import Path

import typer

from recording.custody_heads import FOLDER
from teller_server.cli_store import on_store
from teller_server.desk.custody_heads import CustodyVerdict, check_custody
from teller_server.desk.vault import open_vault
from teller_server.desk.vault_statements import cut_off
from teller_server.settings import Settings
from teller_server.store.store import Store

_CUT = "the vault has it"


def verify_custody(
    trust: list[bytes] | None, config: Path | None, data: Path | None, *, as_json: bool
) -> int:
    """The exit code: 0 when nothing was changed or taken away, else 1. Heads that the vault has and
    the disk has not were taken away."""

    async def work(store: Store, settings: Settings) -> CustodyVerdict:
        root = settings.evidence_directory.absolute()
        found = await check_custody(store.custody, root, trust)
        vault = open_vault(settings.vault)
        if vault is not None:
            for name in await asyncio.to_thread(cut_off, root, vault, FOLDER):
                found.problems.append({"code": "head_missing", "file": name, "detail": _CUT})
        return found

    found = on_store(config, data, work)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False))
        return found.exit_code
    for problem in found.problems:
        typer.echo(f"FAIL  {json.dumps(problem, ensure_ascii=False)}")
    for act in found.alone:
        typer.echo(f"note: {act}")
    signed = f"{found.attested} of them under {found.heads} signed heads"
    stamped = f", the last stamped {found.stamped}" if found.stamped else ", none stamped"
    typer.echo(f"{found.links} entries, {signed}{stamped if found.heads else ''}")
    return found.exit_code
