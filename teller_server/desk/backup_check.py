"""What a backup says it is, against what it is; nothing of it is trusted before that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

import recording.errors
from recording import canonical, cms
from recording import statements as st
from recording.shredding import NAME, Certificate, check, read
from teller_server.desk.backup import BACKUP, EVIDENCE, LIST, SHREDS, digest, packages
from teller_server.domain.errors import Damage

MOST = 256 << 20  # bytes of the list: about two million files


@dataclass(frozen=True)
class Checked:
    """A backup whose signature holds. `files`: name → SHA-256; the others are wrong in some way."""

    path: Path
    said: Mapping[str, Any]
    anchors: Sequence[x509.Certificate]
    files: Mapping[str, str]
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...]


def check_backup(path: Path, trust: Sequence[bytes] | None) -> Checked:
    """Raises Damage `backup_unfinished`, `backup_damaged`. Blocks; reads every byte."""
    if not (path / BACKUP).is_file():
        raise Damage("backup_unfinished")
    pems = list(trust) if trust else [p.read_bytes() for p in sorted(path.glob("trust/*.pem"))]
    found = [one for pem in pems for one in cms.load_pem(pem)]
    anchors = found if trust else cms.anchors_of(found)
    try:
        statement = st.read_statement(path, BACKUP, "began", anchors)
        raw = canonical.read_limited(path / LIST, LIST, MOST)
    except recording.errors.Damage as damage:
        raise Damage("backup_damaged", file=damage.file, detail=damage.code) from None
    said = statement.document
    if said.get("type") != "backup" or said.get("list") != canonical.digest(raw):
        raise Damage("backup_damaged", file=LIST)
    listed = _listed(raw)
    there = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}
    own = {LIST, BACKUP, f"{BACKUP}.p7s", f"{BACKUP}.p7s.tsr"}
    missing = sorted(set(listed) - there)
    altered = sorted(n for n in listed if n in there and digest(path / n) != listed[n])
    foreign = sorted(there - set(listed) - own)
    return Checked(path, said, anchors, listed, tuple(missing), tuple(altered), tuple(foreign))


def _listed(raw: bytes) -> dict[str, str]:
    """As `sha256sum` writes it; names that lead out of the backup are Damage."""
    found = {}
    for line in raw.decode("utf-8").splitlines():
        sum_, _, name = line.partition("  ")
        if not name or name.startswith("/") or ".." in Path(name).parts:
            raise Damage("backup_damaged", file=LIST)
        found[name] = sum_
    return found


def certificates(backup: Checked, lists: Sequence[Path]) -> dict[str, Certificate]:
    """Every certificate of a shredding that can be found, by recording.

    In the backup's own list and packages, and in `lists` that outlived it. One that does not verify
    stops the restore: left out, something would come back to life; believed, anybody could destroy.
    Raises Damage `shred_record_bad`.
    """
    found: dict[str, Certificate] = {}
    folders = [backup.path / SHREDS, *lists]
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    paths += [place / NAME for place in packages(backup.path / EVIDENCE)]
    for path in paths:
        if path.exists():
            certificate = _certificate(path, backup.anchors)
            found.setdefault(certificate.recording, certificate)
    return found


def _certificate(path: Path, anchors: Sequence[x509.Certificate]) -> Certificate:
    try:
        certificate = read(path, _chains(path))
        check(certificate, anchors)
    except recording.errors.Damage as damage:
        raise Damage("shred_record_bad", file=str(path), detail=damage.code) from None
    return certificate


def _chains(path: Path) -> list[bytes]:
    """Beside a list's entry, or in the package's own folder of chains."""
    beside = [path.with_name(f"{path.stem}.{role}.pem") for role in ("signer", "tsa")]
    if path.name == NAME:
        trust = path.parent / "trust"
        beside = [next(iter(sorted(trust.glob(f"{r}-*.pem"))), trust) for r in ("signer", "tsa")]
    return [one.read_bytes() for one in beside if one.is_file()]
