"""Signed heads of a branch's custody chain: `custody/000001.json` in the evidence root.

Each names how many links the chain of custody entries had, the hash of the newest, and the head
before; so what was taken off the end of the chain is missed. Writing blocks; reading is keyless.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from recording import canonical, cms
from recording import format as fmt
from recording import statements as st
from recording.errors import Damage, Outage
from recording.files import sync_directory, write_new
from recording.heads import stamp_file, write_signed
from recording.manifest import SIGNATURE, STAMP, TRUST
from recording.seal import Signer, Stamper

FOLDER: Final = "custody"
_NAME: Final = re.compile(r"(\d{6,9})\.json\Z")


@dataclass(frozen=True, slots=True)
class CustodyHead:
    """Head `n` attests `links` links of the chain, the newest with this hash."""

    n: int
    at: datetime
    links: int
    hash: str
    digest: str
    stamped: bool


@dataclass(slots=True)
class CustodyHeads:
    """The heads that verified, in order, and what was wrong with the first that did not."""

    heads: list[CustodyHead] = field(default_factory=list)
    problems: list[Damage] = field(default_factory=list)


def list_custody_heads(root: Path) -> list[tuple[int, Path]]:
    """(n, path) in order."""
    found = []
    for path in (root / FOLDER).glob("*.json"):
        if match := _NAME.match(path.name):
            found.append((int(match[1]), path))
    return sorted(found)


def last_custody_head(root: Path) -> tuple[int, int] | None:
    """(n, links) of the newest head as it lies there; `Damage` when it is no document."""
    known = list_custody_heads(root)
    if not known:
        return None
    n, path = known[-1]
    document, _ = canonical.load(path, path.name)
    links = document.get("links")
    if not isinstance(links, int):
        raise Damage("document_bad", "links", file=path.name)
    return n, links


def write_custody_head(root: Path, links: int, newest: str, now: datetime, signer: Signer) -> int:
    """Sign and keep the next head; returns its number. `Outage` when it can't be signed or kept."""
    known = list_custody_heads(root)
    n = known[-1][0] + 1 if known else 1
    raw = canonical.dump(
        {
            "format": fmt.VERSION,
            "type": "custody",
            "n": n,
            "at": canonical.stamp(now),
            "previous": canonical.digest(known[-1][1].read_bytes()) if known else None,
            "links": links,
            "hash": newest,
        }
    )
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _keep_chain(folder, "signer", signer.chain)
    write_signed(folder / f"{n:06d}.json", raw, signer)
    sync_directory(root)
    return n


def stamp_custody_head(root: Path, stamper: Stamper) -> bool:
    """Stamp the newest head, if it has no token yet; a token over it covers all before it.

    Returns whether it has one now.
    """
    known = list_custody_heads(root)
    if not known:
        return True
    signature = known[-1][1].with_name(known[-1][1].name + SIGNATURE)
    if signature.with_name(signature.name + STAMP).exists():
        return True
    try:
        stamp_file(signature, stamper)
    except Outage:
        return False
    _keep_chain(root / FOLDER, "tsa", stamper.chain)
    return True


def read_custody_heads(root: Path, trust: Sequence[bytes] | None = None) -> CustodyHeads:
    """Judge the heads by their signatures, tokens and links to one another.

    `trust`: PEM roots; without it those kept beside the heads.
    """
    found = CustodyHeads()
    anchors = _anchors(root, trust)
    previous: CustodyHead | None = None
    for expected, (n, path) in enumerate(list_custody_heads(root), 1):
        try:
            head = _head(st.read_statement(path.parent, path.name, "at", anchors))
            if (n, head.n) != (expected, expected):
                raise Damage("head_missing", f"expected head {expected}", file=path.name)
            _check_link(path, head, previous)
        except Damage as damage:
            found.problems.append(damage)
            break
        found.heads.append(head)
        previous = head
    return found


def _check_link(path: Path, head: CustodyHead, previous: CustodyHead | None) -> None:
    document, _ = canonical.load(path, path.name)
    if document.get("previous") != (previous.digest if previous else None):
        raise Damage("head_chain_broken", file=path.name)
    if previous and head.links < previous.links:
        raise Damage("head_chain_broken", "fewer links than before", file=path.name)


def _head(statement: st.Statement) -> CustodyHead:
    said = statement.document
    try:
        if said["type"] != "custody":
            raise ValueError(said["type"])
        at, n, links, newest = said["at"], said["n"], said["links"], said["hash"]
        if not (isinstance(n, int) and isinstance(links, int) and isinstance(newest, str)):
            raise TypeError
        moment = datetime.fromisoformat(at)
    except (KeyError, TypeError, ValueError):
        raise Damage("document_bad", "not a custody head", file=statement.name) from None
    stamped = statement.stamped is not None
    return CustodyHead(n, moment, links, newest, statement.digest, stamped)


def _anchors(root: Path, trust: Sequence[bytes] | None) -> list[x509.Certificate]:
    if trust is not None:
        return [c for pem in trust for c in cms.load_pem(pem)]
    paths = sorted((root / FOLDER / TRUST).glob("*.pem"))
    pems = [canonical.read_limited(path, path.name, cms.MAX_SIGNATURE) for path in paths]
    return cms.anchors_of([c for pem in pems for c in cms.load_pem(pem)])


def _keep_chain(folder: Path, role: str, chain: bytes) -> None:
    name = f"{role}-{cms.fingerprint(cms.load_pem(chain)[0])[:16]}.pem"
    path = folder / TRUST / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_new(path, chain)
