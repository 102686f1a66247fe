"""Who signs a paper: a certificate of its own for each signer and visit, and the bank's seal.

The signer's key is made here, in memory, for one act of signing, after the one-time code; it is
never written, never serialised, and forgotten when the act is over. What remains is a certificate
that names the visit and the digests of the identity result and of the evidence.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import rfc8785
from asn1crypto.core import UTF8String
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from recording.pki import key_usage
from teller_server.domain.errors import Outage

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

NOT_QUALIFIED: Final = "NOT QUALIFIED - DEMONSTRATION"
BINDING_OID: Final = x509.ObjectIdentifier("1.3.6.1.4.1.55555.1.2")  # an arc nobody owns
DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# Long enough to sign and stamp every paper of a step over a slow line to the timestamp authority,
# short enough that a certificate is of no use to anybody afterwards.
VALID: Final = timedelta(minutes=10)
# Clocks of this server and of the timestamp authority may differ by so much.
SKEW: Final = timedelta(minutes=1)
_LIST_VALID: Final = timedelta(days=7)
_HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a one-time certificate says about its signer. Digests are SHA-256 in hex.

    `name` is masked (`张*`); `party` is customer, guarantor, agent…; `identity` is the digest of
    the identity check's result, `evidence` that of the last attested head of the recording.
    """

    name: str
    party: str
    visit: str
    identity: str
    evidence: str

    def binding(self) -> bytes:
        """The certificate's own extension: canonical JSON in an ASN.1 UTF8String."""
        said = {"evidence": self.evidence, "identity": self.identity}
        said |= {"party": self.party, "visit": self.visit}
        return bytes(UTF8String(rfc8785.dumps(said).decode()).dump())


@dataclass(frozen=True, slots=True)
class Destruction:
    """The record of a key that is gone."""

    certificate: str
    created: datetime
    destroyed: datetime
    signatures: int

    def plain(self) -> dict[str, str | int]:
        """As JSON values."""
        return {
            "certificate": self.certificate,
            "created": self.created.isoformat(timespec="milliseconds"),
            "destroyed": self.destroyed.isoformat(timespec="milliseconds"),
            "signatures": self.signatures,
        }


class Signatory(Protocol):
    """Whoever signs a paper: a certificate, the rest of its chain, revocation lists (DER)."""

    @property
    def certificate(self) -> x509.Certificate: ...
    @property
    def chain(self) -> tuple[x509.Certificate, ...]: ...
    @property
    def crls(self) -> tuple[bytes, ...]: ...

    def sign(self, data: bytes, digest: str) -> bytes:
        """The raw signature over `data`, hashed with `digest` (sha256, sha384, sha512)."""
        ...


class SignerCertificates(Protocol):
    """Issues one-time certificates. `roots`: PEM, what they lead to."""

    demo: bool
    roots: bytes

    def issue(self, subject: Subject, now: datetime) -> OneTimeSigner:
        """A new key and its certificate. Call it only after the code was accepted."""
        ...


@dataclass(slots=True)
class OneTimeSigner:
    """A key for one act of signing. `destroy` it; afterwards `sign` raises `key_destroyed`."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...]
    created: datetime
    signatures: int = 0
    _key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def sign(self, data: bytes, digest: str) -> bytes:
        """An ECDSA signature, DER."""
        if self._key is None:
            raise Outage("key_destroyed")
        self.signatures += 1
        return raw_signature(self._key, data, digest)

    def destroy(self, now: datetime) -> Destruction:
        """Forget the key. OpenSSL clears its memory when the last reference goes, which is here."""
        self._key = None
        return Destruction(self.digest, self.created, now, self.signatures)


@dataclass(frozen=True, slots=True, eq=False)
class BankSeal:
    """The bank's own seal: a lasting key, not the recorder's and not the authority's."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...]
    roots: bytes
    demo: bool
    _key: PrivateKey = field(repr=False)

    def sign(self, data: bytes, digest: str) -> bytes:
        """ECDSA, or RSA with PKCS #1 v1.5."""
        return raw_signature(self._key, data, digest)


class Authority:
    """Issues one-time certificates and revocation lists with a key that it holds.

    `chain`: the authority's certificate first, its root last. `demo` puts a label in every name.
    """

    def __init__(
        self, key: PrivateKey, chain: Sequence[x509.Certificate], roots: bytes, *, demo: bool
    ) -> None:
        self.demo = demo
        self.roots = roots
        self._key = key
        self._chain = tuple(chain)

    def issue(self, subject: Subject, now: datetime) -> OneTimeSigner:
        """See `SignerCertificates`."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = self._chain[0]
        builder = (
            x509.CertificateBuilder(own.subject, self._name(subject), key.public_key())
            .serial_number(int.from_bytes(os.urandom(15), "big") | 1 << 112)
            .not_valid_before(now - SKEW)
            .not_valid_after(now + VALID)
        )
        for extension, critical in _extensions(key.public_key(), own, subject):
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(self._key, hashes.SHA256())
        lists = (self.revocations(now),)
        return OneTimeSigner(certificate, self._chain, lists, now, _key=key)

    def revocations(self, now: datetime) -> bytes:
        """A list (DER) that revokes nothing: a key that no longer exists can't be stolen."""
        return empty_list(self._key, self._chain[0].subject, now, _LIST_VALID)

    def _name(self, subject: Subject) -> x509.Name:
        names = [
            x509.NameAttribute(NameOID.COMMON_NAME, subject.name[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.visit[:64]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, subject.party[:64]),
        ]
        if self.demo:
            names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, NOT_QUALIFIED))
        return x509.Name(names)


def empty_list(key: PrivateKey, issuer: x509.Name, now: datetime, valid: timedelta) -> bytes:
    """A revocation list (DER, RFC 5280) with nothing on it."""
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        x509.CertificateRevocationListBuilder(issuer, now - SKEW, now + valid)
        .add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def raw_signature(key: PrivateKey, data: bytes, digest: str) -> bytes:
    """Sign `data` with `digest`: ECDSA in DER, or RSA with PKCS #1 v1.5."""
    algorithm = _HASHES[digest]()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm)
    return key.sign(data, ec.ECDSA(algorithm))


def binding_of(certificate: x509.Certificate) -> str | None:
    """The canonical JSON that a one-time certificate carries; None when it is not one."""
    try:
        found = certificate.extensions.get_extension_for_oid(BINDING_OID)
    except x509.ExtensionNotFound:
        return None
    value = found.value
    if not isinstance(value, x509.UnrecognizedExtension):
        return None
    try:
        return str(UTF8String.load(value.value).native)
    except (ValueError, TypeError):
        return None


def digest_of(der: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(der).hexdigest()


def utc_now() -> datetime:
    """The wall clock, which certificates and stamps are compared with."""
    return datetime.now(UTC)


def document_usage() -> x509.ExtendedKeyUsage:
    """Documents (RFC 9336), and mail: what `openssl cms -verify` asks for."""
    return x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])


def _extensions(
    public: ec.EllipticCurvePublicKey, issuer: x509.Certificate, subject: Subject
) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(authority=False), True),
        (document_usage(), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False),  # type: ignore[arg-type]
        (x509.UnrecognizedExtension(BINDING_OID, subject.binding()), False),
    )
