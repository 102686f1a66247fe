"""The policy packs of this branch: those of the release, and the bank's own in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from teller_server.domain.errors import Outage
from teller_server.domain.policy import PolicyPack, load_packs

FOLDER = "packs"
SUFFIX = ".yaml"


def read_packs(ids: Sequence[str], directory: Path | None = None) -> tuple[PolicyPack, ...]:
    """The packs of these ids; `directory` is `rules.directory` of the settings.

    Raises PolicyConflict with every problem at its line; Outage `pack_unknown`.
    """
    return load_packs(pack_texts(ids, directory))


def pack_texts(ids: Sequence[str], directory: Path | None = None) -> dict[str, str]:
    """The texts of these packs by file name. Raises Outage `pack_unknown`."""
    files = pack_files(directory)
    unknown = [name for name in ids if name + SUFFIX not in files]
    if unknown:
        raise Outage("pack_unknown", pack=", ".join(unknown), known=", ".join(known(files)))
    return {name + SUFFIX: files[name + SUFFIX] for name in ids}


def pack_files(directory: Path | None = None) -> Mapping[str, str]:
    """The texts of all packs by file name; a file of the same name in `directory`/packs counts."""
    release = _texts(resources.files("teller_server") / FOLDER)
    return {**release, **_texts(directory / FOLDER)} if directory else release


def known(files: Mapping[str, str]) -> list[str]:
    """The ids that settings may name."""
    return sorted(name.removesuffix(SUFFIX) for name in files)


def _texts(folder: Traversable) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    found = [entry for entry in folder.iterdir() if entry.name.endswith(SUFFIX)]
    try:
        return {entry.name: entry.read_text("utf-8") for entry in found}
    except (OSError, UnicodeDecodeError) as error:
        raise Outage("pack_unreadable", folder=str(folder)) from error
