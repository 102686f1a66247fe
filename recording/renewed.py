"""Renewals, keyless: new timestamps over everything signed and stamped before (as in RFC 4998 §5).

A timestamp is as good as its authority's certificate. Before that ends, `renewals/NNNN.tsr` stamps
`renewals/NNNN.json` ‖ the files which that names, in its order: every statement, signature and
token there was. The older token is then good for ever, if the new one is good now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from rfc3161_client import decode_timestamp_response

from recording import canonical, tokens
from recording import format as fmt
from recording.cms import MAX_SIGNATURE
from recording.errors import Damage

FOLDER: Final = "renewals"
_SEAL: Final = "manifest.json.p7s"
_COVERED: Final = (".json", ".p7s", ".tsr")
_MOST_BYTES: Final = 64 << 20


def could_cover(names: Sequence[str]) -> list[str]:
    """The statements, signatures and tokens among the names of a package, in order."""
    return sorted(name for name in names if name.endswith(_COVERED))


def covered_bytes(directory: Path, document: bytes, names: Sequence[str]) -> bytes:
    """What a renewal's token stamps; `Damage` beyond 64 MiB."""
    found = [document]
    for name in names:
        found.append(canonical.read_limited(directory / name, name))
        if sum(map(len, found)) > _MOST_BYTES:
            raise Damage("file_too_large", "what a renewal covers", file=name)
    return b"".join(found)


def documents(names: Sequence[str]) -> list[str]:
    """The renewals' documents among the names of a package, in order."""
    return sorted(n for n in names if n.startswith(f"{FOLDER}/") and n.endswith(".json"))


def check_renewals(
    directory: Path, recording: str, names: Sequence[str], anchors: Sequence[x509.Certificate]
) -> list[datetime]:
    """The times of the renewals in order. `Damage` unless each covers the call seal's signature and
    every older token, verifies, and was made while the certificates of those were good."""
    times: list[datetime] = []
    older = {_SEAL} | {n for n in names if n == f"{_SEAL}.tsr"}
    for n, name in enumerate(documents(names), 1):
        document, raw = canonical.load(directory / name, name)
        covers = document.get("covers")
        if name != f"{FOLDER}/{n:04d}.json" or document.get("n") != n:
            raise Damage("renewal_missing", f"expected renewal {n}", file=name)
        if document.get("recording") != recording or document.get("format") not in fmt.READABLE:
            raise Damage("renewal_foreign", file=name)
        if not isinstance(covers, list) or not all(isinstance(one, str) for one in covers):
            raise Damage("document_bad", "covers", file=name)
        if covers != could_cover([one for one in names if one in set(covers)]):
            raise Damage("renewal_differs", "covers files that are not here", file=name)
        if missing := older - set(covers):
            raise Damage("renewal_differs", f"does not cover {min(missing)}", file=name)
        token = f"{FOLDER}/{n:04d}.tsr"
        response = canonical.read_limited(directory / token, token, MAX_SIGNATURE)
        try:
            at = tokens.check_token(response, covered_bytes(directory, raw, covers), anchors)
        except Damage as damage:
            raise Damage(damage.code, damage.detail, file=token) from None
        times.append(at)
        older.add(token)
    return times


def tokens_not_covered(directory: Path, names: Sequence[str]) -> list[str]:
    """The tokens that no renewal stands over: those whose certificates still count."""
    every = [name for name in names if name.endswith(".tsr")]
    renewals = documents(names)
    if not renewals:
        return every
    covers = canonical.load(directory / renewals[-1], renewals[-1])[0].get("covers")
    held = set(covers) if isinstance(covers, list) else set()
    return [name for name in every if name not in held]


def ends(directory: Path, names: Sequence[str]) -> datetime | None:
    """When the first certificate of an uncovered token ends; None without any token."""
    found = []
    for name in tokens_not_covered(directory, names):
        raw = canonical.read_limited(directory / name, name, MAX_SIGNATURE)
        found += [c.not_valid_after_utc for c in certificates(raw)]
    return min(found, default=None)


def certificates(response: bytes) -> list[x509.Certificate]:
    """The certificates in an RFC 3161 response; `Damage` when it can't be read."""
    try:
        found = decode_timestamp_response(response).signed_data.certificates
        return [x509.load_der_x509_certificate(bytes(one)) for one in found]
    except Exception as error:
        raise Damage("timestamp_bad", type(error).__name__) from None
