"""Renewing timestamps before their certificates end. Blocks; see `renewed` for what it means."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from recording import canonical, files, renewed, survey
from recording import format as fmt
from recording.cms import fingerprint, load_pem
from recording.errors import Damage
from recording.manifest import MANIFEST, SIGNATURE, TRUST
from recording.parts import RECORDING_FILE
from recording.seal import Stamper


def ends(directory: Path) -> datetime | None:
    """When the first certificate that a timestamp of this package rests on ends."""
    return renewed.ends(directory, _names(directory))


def renewed_at(directory: Path) -> datetime | None:
    """When the last renewal was made, by its own word."""
    known = renewed.documents(_names(directory))
    if not known:
        return None
    said = canonical.load(directory / known[-1], known[-1])[0].get("at")
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def renew(directory: Path, now: datetime, stamper: Stamper) -> int:
    """Stamp everything signed and stamped so far; returns the renewal's number.

    Raises `Damage('seal_missing')` without a call seal, `Outage` when there is no stamp to be had.
    """
    names = _names(directory)
    if MANIFEST + SIGNATURE not in names or MANIFEST not in names:
        raise Damage("seal_missing", "nothing to renew", file=MANIFEST)
    n = len(renewed.documents(names)) + 1
    token = directory / renewed.FOLDER / f"{n:04d}.tsr"
    token.unlink(missing_ok=True)  # left by a crash before its document: it attests nothing
    covers = renewed.could_cover([name for name in names if name != _relative(token)])
    recording = canonical.load(directory / RECORDING_FILE, RECORDING_FILE)[0]["recording"]
    raw = canonical.dump(
        {
            "format": fmt.VERSION,
            "type": "renewal",
            "recording": recording,
            "n": n,
            "at": canonical.stamp(now),
            "covers": covers,
        }
    )
    response = stamper.stamp(renewed.covered_bytes(directory, raw, covers))
    token.parent.mkdir(exist_ok=True)
    _keep_chain(directory, stamper.chain)
    files.write_new(token, response)
    files.write_new(token.with_suffix(".json"), raw)
    files.sync_directory(directory)
    return n


def _relative(token: Path) -> str:
    return f"{renewed.FOLDER}/{token.name}"


def _names(directory: Path) -> list[str]:
    return [name for name in survey.list_files(directory) if survey.KNOWN.fullmatch(name)]


def _keep_chain(directory: Path, chain: bytes) -> None:
    path = directory / TRUST / f"tsa-{fingerprint(load_pem(chain)[0])[:16]}.pem"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        files.write_new(path, chain)
