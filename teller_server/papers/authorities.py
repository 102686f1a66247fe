"""Where the keys for papers come from: PEM files of the bank, or demonstration ones in a folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from recording.cms import anchors_of, to_pem
from recording.pki import demo_certificate, demo_name, keep
from teller_server.domain.errors import Outage
from teller_server.papers.certificates import (
    NOT_QUALIFIED,
    Authority,
    BankSeal,
    PrivateKey,
    document_usage,
    empty_list,
)

_YEARS: Final = timedelta(days=3650)


def pem_authority(key: Path, chain: Path) -> Authority:
    """The bank's own issuing authority. Raises Outage `signing_authority_bad`."""
    private, certificates = _pem(key, chain, "signing_authority_bad")
    try:
        constraints = certificates[0].extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        raise Outage("signing_authority_bad", problem="not an authority") from None
    if not constraints.value.ca:
        raise Outage("signing_authority_bad", problem="not an authority")
    return Authority(private, certificates, _roots(certificates), demo=False)


def pem_seal(key: Path, chain: Path) -> BankSeal:
    """The bank's seal. Raises Outage `bank_seal_bad`."""
    private, certificates = _pem(key, chain, "bank_seal_bad")
    own, *others = certificates
    return BankSeal(own, tuple(others), (), _roots(certificates), demo=False, _key=private)


def demo_authority(folder: Path) -> Authority:
    """An authority whose name says that it is none. Its key is a file."""
    _demo_root(folder, f"{NOT_QUALIFIED} one-time signer authority")
    private, certificates = _pem(folder / "key.pem", folder / "chain.pem", "signing_authority_bad")
    return Authority(private, certificates, _roots(certificates), demo=True)


def demo_seal(folder: Path) -> BankSeal:
    """A bank's seal under a root of its own, so that no one-time certificate can pass for it."""
    _demo_root(folder / "issuer", f"{NOT_QUALIFIED} bank seal root")
    _demo_leaf(folder, f"{NOT_QUALIFIED} bank seal")
    private, certificates = _pem(folder / "key.pem", folder / "chain.pem", "bank_seal_bad")
    own, *others = certificates
    issuer, _ = _pem(folder / "issuer/key.pem", folder / "issuer/chain.pem", "bank_seal_bad")
    lists = (empty_list(issuer, own.issuer, datetime.now(UTC), _YEARS),)
    return BankSeal(own, tuple(others), lists, _roots(certificates), demo=True, _key=private)


def _pem(key: Path, chain: Path, code: str) -> tuple[PrivateKey, list[x509.Certificate]]:
    try:
        certificates = x509.load_pem_x509_certificates(chain.read_bytes())
        private = load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Outage(code, problem=type(error).__name__) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Outage(code, problem="the key is neither EC nor RSA")
    if private.public_key() != certificates[0].public_key():
        raise Outage(code, problem="the chain's first certificate is of another key")
    if not anchors_of(certificates):
        raise Outage(code, problem="the chain does not end in its root")
    return private, certificates


def _roots(certificates: list[x509.Certificate]) -> bytes:
    return to_pem(anchors_of(certificates))


def _demo_root(folder: Path, name: str) -> None:
    if (folder / "chain.pem").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    subject = demo_name(name)
    keep(folder, key, [demo_certificate(subject, subject, key, key)])


def _demo_leaf(folder: Path, name: str) -> None:
    if (folder / "chain.pem").exists():
        return
    issuer, (root,) = _pem(folder / "issuer/key.pem", folder / "issuer/chain.pem", "bank_seal_bad")
    key = ec.generate_private_key(ec.SECP256R1())
    usages = list(document_usage())
    certificate = demo_certificate(demo_name(name), root.subject, key, issuer, usages)
    keep(folder, key, [certificate, root])
