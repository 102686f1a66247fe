"""Attested heads: every half minute the desk signs where every log of a recording stands.

Each names the digest of the one before, so a head can't be taken out of the middle; the customer's
page keeps copies, so the last ones can't be taken off the end unnoticed either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from recording import canonical
from recording import format as fmt
from recording.files import write_new
from recording.seal import Signer, Stamper

FOLDER: Final = "heads"
HEAD_FILE: Final = re.compile(r"(\d{6})\.json\Z")


@dataclass(frozen=True, slots=True)
class Head:
    """What is pushed to the customer and kept in the database; `digest` is SHA-256 in hex."""

    n: int
    at: datetime
    digest: str
    stamped: bool

    def as_receipt(self) -> dict[str, Any]:
        """The entry of a receipt."""
        return {"n": self.n, "at": canonical.stamp(self.at), "digest": self.digest}


def list_heads(directory: Path) -> list[tuple[int, Path]]:
    """(n, path of the JSON) in order."""
    found = []
    for path in (directory / FOLDER).glob("*.json"):
        if match := HEAD_FILE.match(path.name):
            found.append((int(match[1]), path))
    return sorted(found)


def head_path(directory: Path, n: int) -> Path:
    """Where head `n` lies."""
    return directory / FOLDER / f"{n:06d}.json"


def read_heads(directory: Path) -> tuple[Head, ...]:
    """The heads as they lie there; whether they are true is for `verify` to say."""
    found = []
    for n, path in list_heads(directory):
        document, raw = canonical.load(path, path.name)
        at, token = datetime.fromisoformat(document["at"]), path.with_name(path.name + ".p7s.tsr")
        found.append(Head(n, at, canonical.digest(raw), stamped=token.exists()))
    return tuple(found)


def write_head(
    directory: Path,
    recording: str,
    logs: Mapping[str, Mapping[str, Any]],
    previous: tuple[int, str] | None,
    now: datetime,
    signer: Signer,
) -> Head:
    """Sign and store the next head. `previous` is (n, digest) of the one before."""
    n = previous[0] + 1 if previous else 1
    raw = canonical.dump(
        {
            "format": fmt.VERSION,
            "type": "head",
            "recording": recording,
            "n": n,
            "at": canonical.stamp(now),
            "previous": previous[1] if previous else None,
            "logs": {log: dict(place) for log, place in logs.items()},
        }
    )
    path = head_path(directory, n)
    path.parent.mkdir(exist_ok=True)
    write_signed(path, raw, signer)
    return Head(n, now, canonical.digest(raw), stamped=False)


def write_signed(path: Path, raw: bytes, signer: Signer) -> None:
    """Store a statement with its signature, the signature first: a statement without one would look
    like damage after a crash between the two. A lone signature attests nothing and is replaced."""
    signature = path.with_name(path.name + ".p7s")
    if not path.exists():
        signature.unlink(missing_ok=True)
    write_new(signature, signer.sign(raw))
    write_new(path, raw)


def stamp_file(path: Path, stamper: Stamper) -> None:
    """Put an RFC 3161 response over `path` beside it as `.tsr`."""
    write_new(path.with_name(path.name + ".tsr"), stamper.stamp(path.read_bytes()))
