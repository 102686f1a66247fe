"""Demonstration certificates: labelled in every name, their keys are files."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID, ObjectIdentifier

from recording.cms import to_pem
from recording.files import write_new

_SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)  # a rehearsal may set its clock back
_YEARS: Final = timedelta(days=3650)
SIGNING: Final = (Usage.EMAIL_PROTECTION, False)  # what `openssl cms -verify` asks for
STAMPING: Final = (Usage.TIME_STAMPING, True)  # RFC 3161 §2.3: present and critical


def demo_identity(folder: Path, name: str, usage: tuple[ObjectIdentifier, bool]) -> None:
    """Make `key.pem`, `crl.pem` (the root's, empty) and `chain.pem` (certificate, then its root).

    Nothing is made when `chain.pem` exists. The root's key is forgotten.
    """
    if (folder / "chain.pem").exists():
        return
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = demo_name(f"{name} root"), demo_name(name)
    root = demo_certificate(root_name, root_name, root_key, root_key)
    leaf = demo_certificate(leaf_name, root_name, key, root_key, [usage[0]], critical=usage[1])
    keep(folder, key, [leaf, root], _empty_list(root_name, root_key))


def keep(
    folder: Path,
    key: ec.EllipticCurvePrivateKey,
    chain: list[x509.Certificate],
    revoked: x509.CertificateRevocationList | None = None,
) -> None:
    """Write `key.pem`, `crl.pem` if there is one, and `chain.pem` last: with it, all is there."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for file in ("key.pem", "crl.pem"):
        (folder / file).unlink(missing_ok=True)  # left by a crash before chain.pem
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_new(folder / "key.pem", raw)
    if revoked is not None:
        write_new(folder / "crl.pem", revoked.public_bytes(Encoding.PEM))
    write_new(folder / "chain.pem", to_pem(chain))


def demo_name(common: str) -> x509.Name:
    """A name that says whose it is not."""
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Teller Server DEMO")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def demo_certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    usages: Collection[ObjectIdentifier] = (),
    *,
    critical: bool = False,
) -> x509.Certificate:
    """A certificate (RFC 5280) for these extended usages; without any, that of an authority."""
    authority = not usages
    public = key.public_key()
    builder = (
        x509.CertificateBuilder(issuer, subject, public)
        .serial_number(int.from_bytes(os.urandom(15), "big") | 1)
        .not_valid_before(_SINCE)
        .not_valid_after(datetime.now(UTC) + _YEARS)
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), critical=True)
        .add_extension(key_usage(authority=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _empty_list(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateRevocationList:
    """Nothing is revoked, and nothing can be: the root's key is forgotten after this."""
    now = datetime.now(UTC)
    return (
        x509.CertificateRevocationListBuilder(name, now, now + _YEARS)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(key, hashes.SHA256())
    )


def key_usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates and lists, everybody else only what they stand for."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
