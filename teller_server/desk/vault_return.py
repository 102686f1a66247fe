"""The way back from the vault: what the disk has lost, and what only the vault still knows."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import recording.errors
from recording.manifest import MANIFEST
from recording.vault import Vault
from teller_server.desk.vault import open_vault
from teller_server.settings import Settings
from teller_server.store.store import Store


@dataclass
class Returned:
    """What came back. `missing`: files that the vault did not give, each with a code; `unknown`:
    sealed recordings that lie in the vault and are not in the books."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


async def bring_all_back(settings: Settings, store: Store) -> Returned:
    """Every file of a recording, day or custody head that the books have and the disk has not.

    Raises `Outage` when the vault can't be asked at all.
    """
    returned, vault = Returned(), open_vault(settings.vault)
    if vault is None:
        return returned
    await asyncio.to_thread(vault.check)
    root, books = settings.evidence_directory.absolute(), await store.vault.books()
    for name, version in books.items():
        await asyncio.to_thread(_fetch, vault, root, name, version, returned)
    returned.unknown = await asyncio.to_thread(_unknown, vault, books)
    return returned


def _fetch(vault: Vault, root: Path, name: str, version: str, returned: Returned) -> None:
    if (root / name).exists():
        return
    try:
        vault.fetch(name, root / name, version)
        returned.files += 1
    except (recording.errors.Outage, recording.errors.Damage) as error:
        returned.missing.append(f"{name}: {error.code}")


def _unknown(vault: Vault, books: Iterable[str]) -> list[str]:
    known = set(books)
    sealed = (name for name in vault.names("") if name.endswith(f"/{MANIFEST}"))
    return sorted(name.removesuffix(f"/{MANIFEST}") for name in sealed if name not in known)
