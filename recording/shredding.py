"""The certificate of a shredding: `shredded.json` beside what nobody can read any more.

The files stay as they were sealed, so that chain and seals still verify; what is gone is the key.
The certificate says what, when, why and by whom, names the call seal, and is signed and stamped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from recording import canonical, cms, files, tokens
from recording import format as fmt
from recording.errors import Damage
from recording.manifest import MANIFEST, SIGNATURE, STAMP, TRUST
from recording.parts import RECORDING_FILE
from recording.seal import Signer, Stamper

NAME: Final = "shredded.json"


@dataclass(frozen=True, slots=True)
class Certificate:
    """`document` is the JSON as it was signed; `chains` are PEM, the signer's and the authority's.

    `token` is an RFC 3161 response over `signature`.
    """

    recording: str
    document: bytes
    signature: bytes
    token: bytes
    chains: tuple[bytes, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of the document, hex."""
        return canonical.digest(self.document)


def certify(
    directory: Path,
    recording: str,
    now: datetime,
    said: Mapping[str, Any],
    signer: Signer,
    stamper: Stamper,
) -> Certificate:
    """A certificate for what lies in `directory`; nothing is written. Blocks.

    `said`: `visit`, `what`, `why`, `by`, `backups_until`. `Outage` when it can't be signed or
    stamped: then nothing is shredded either.
    """
    document = canonical.dump(
        {
            "format": fmt.VERSION,
            "type": "shredding",
            "recording": recording,
            "seal": _seal(directory),
            "shredded": canonical.stamp(now),
            **said,
        }
    )
    signature = signer.sign(document)
    token = stamper.stamp(signature)
    return Certificate(recording, document, signature, token, (signer.chain, stamper.chain))


def place(directory: Path, certificate: Certificate) -> None:
    """Put the certificate into its package; what a crash left half done is finished. Blocks."""
    for role, chain in zip(("signer", "tsa"), certificate.chains, strict=True):
        _keep_chain(directory / TRUST, role, chain)
    write(directory / NAME, certificate)


def write(path: Path, certificate: Certificate) -> None:
    """The certificate as `path`, `path`.p7s and `path`.p7s.tsr, the document last."""
    signature = path.with_name(path.name + SIGNATURE)
    for target, data in (
        (signature.with_name(signature.name + STAMP), certificate.token),
        (signature, certificate.signature),
        (path, certificate.document),
    ):
        if not (target.exists() and target.read_bytes() == data):
            target.unlink(missing_ok=True)
            files.write_new(target, data)


def read(path: Path, chains: Sequence[bytes] = ()) -> Certificate:
    """A certificate as it lies there; whether it is true is for `check` to say. `Damage`."""
    document, raw = canonical.load(path, path.name)
    signature = path.with_name(path.name + SIGNATURE)
    recording = document.get("recording")
    if document.get("type") != "shredding" or not isinstance(recording, str):
        raise Damage("document_bad", "not a certificate of a shredding", file=path.name)
    if not fmt.RECORDING_ID.match(recording):
        raise Damage("document_bad", "not a recording", file=path.name)
    return Certificate(
        recording,
        raw,
        canonical.read_limited(signature, signature.name, cms.MAX_SIGNATURE),
        canonical.read_limited(
            signature.with_name(signature.name + STAMP), signature.name + STAMP, cms.MAX_SIGNATURE
        ),
        (chains[0], chains[1]) if len(chains) > 1 else (b"", b""),
    )


def check(certificate: Certificate, anchors: Sequence[x509.Certificate]) -> datetime:
    """When it was stamped, if an anchor vouches for signature and token; else `Damage`."""
    at = tokens.check_token(certificate.token, certificate.signature, anchors)
    cms.check_signature(certificate.signature, certificate.document, anchors, at)
    return at


def _seal(directory: Path) -> dict[str, str | None]:
    """The digests by which a later statement names the call seal; null without one."""
    seal: dict[str, str | None] = {"manifest": None}
    if not (directory / RECORDING_FILE).is_file():
        return seal  # lost before; the certificate says at least that its key is gone
    for field, name in (
        ("manifest", MANIFEST),
        ("signature", MANIFEST + SIGNATURE),
        ("token", MANIFEST + SIGNATURE + STAMP),
    ):
        path = directory / name
        if path.is_file():
            seal[field] = canonical.digest(path.read_bytes())
    return seal


def _keep_chain(folder: Path, role: str, chain: bytes) -> None:
    if not chain:
        return
    path = folder / f"{role}-{cms.fingerprint(cms.load_pem(chain)[0])[:16]}.pem"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        files.write_new(path, chain)
