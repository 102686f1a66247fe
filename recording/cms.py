"""Checking a detached CMS signature (RFC 5652) and its certificate chain, without any key of ours.

`openssl cms -verify -binary -inform DER -content FILE -CAfile ROOT` must agree; the tests ask it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from recording.errors import Damage

MAX_SIGNATURE: Final = 1 << 20
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_MAX_CHAIN: Final = 5


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 fingerprint in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_pem(pem: bytes) -> list[x509.Certificate]:
    """All certificates of a PEM file; `Damage` when there is none."""
    try:
        found = x509.load_pem_x509_certificates(pem)
        _read_whole(found)
    except ValueError:
        raise Damage("certificate_bad", "not PEM, or not a certificate throughout") from None
    return found


def _read_whole(certificates: Sequence[x509.Certificate]) -> None:
    """Names and dates are parsed when they are asked for: ValueError now, not in mid-verdict."""
    for one in certificates:
        one.subject.rfc4514_string()
        one.issuer.rfc4514_string()
        _ = (one.not_valid_before_utc, one.not_valid_after_utc)


def anchors_of(certificates: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Those that are self-issued: what a chain may end in."""
    return [c for c in certificates if c.issuer == c.subject]


def check_signature(
    signature: bytes, content: bytes, anchors: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:
    """The signer's certificate when `signature` covers `content` and chains to an anchor at `at`.

    Raises `Damage`: `signature_bad` for anything malformed or wrong, else what `check_chain` says.
    """
    try:
        signer, others = _check_signed_data(signature, content)
    except Damage:
        raise
    except InvalidSignature:
        raise Damage("signature_bad", "the signature does not match") from None
    except Exception as error:
        raise Damage("signature_bad", type(error).__name__) from None
    check_chain(signer, others, anchors, at)
    return signer


def check_chain(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
) -> None:
    """`Damage` unless `leaf` was valid at `at` and leads to one of `anchors`."""
    current = leaf
    trusted = {fingerprint(anchor) for anchor in anchors}
    for _ in range(_MAX_CHAIN):
        if not _valid_at(current, at):
            raise Damage("certificate_expired", current.subject.rfc4514_string())
        if fingerprint(current) in trusted:
            return
        issuer = _issuer(current, [*anchors, *others])
        if issuer is None:
            break
        current = issuer
    raise Damage("signer_untrusted", leaf.subject.rfc4514_string())


def _check_signed_data(
    signature: bytes, content: bytes
) -> tuple[x509.Certificate, list[x509.Certificate]]:
    if len(signature) > MAX_SIGNATURE:
        raise Damage("signature_bad", "too large")
    info = asn1_cms.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise Damage("signature_bad", "not SignedData")
    signed = info["content"]
    if len(signed["signer_infos"]) != 1 or signed["encap_content_info"]["content"].native:
        raise Damage("signature_bad", "not one detached signature")
    certificates = [
        x509.load_der_x509_certificate(item.chosen.dump()) for item in signed["certificates"]
    ]
    _read_whole(certificates)
    signer_info = signed["signer_infos"][0]
    algorithm = signer_info["digest_algorithm"]["algorithm"].native
    if algorithm not in _HASHES:
        raise Damage("signature_bad", f"digest {algorithm}")
    attributes = {a["type"].native: a["values"] for a in signer_info["signed_attrs"]}
    stated = attributes["message_digest"][0].native
    if not hmac.compare_digest(stated, hashlib.new(algorithm, content).digest()):
        raise Damage("signature_bad", "the signed digest is of other content")
    if attributes["content_type"][0].native != "data":
        raise Damage("signature_bad", "content type")
    signer = _signer(signer_info["sid"], certificates)
    attrs = signer_info["signed_attrs"].untag().dump()
    _verify(signer, signer_info["signature"].native, attrs, _HASHES[algorithm]())
    return signer, certificates


def _signer(identifier: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    if identifier.name != "issuer_and_serial_number":
        raise Damage("signature_bad", "signer identifier")
    serial = identifier.chosen["serial_number"].native
    issuer = identifier.chosen["issuer"].dump()
    for certificate in certificates:
        if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
            return certificate
    raise Damage("signature_bad", "no certificate of the signer")


def _verify(
    signer: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm
) -> None:
    key = signer.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    else:
        raise Damage("signature_bad", "kind of key")


def _valid_at(certificate: x509.Certificate, at: datetime) -> bool:
    at = at.astimezone(UTC)
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _issuer(
    certificate: x509.Certificate, candidates: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    for candidate in candidates:
        if candidate.subject != certificate.issuer or not _is_authority(candidate):
            continue
        try:
            certificate.verify_directly_issued_by(candidate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        return candidate
    return None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False


def to_pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """PEM of several certificates."""
    return b"".join(c.public_bytes(Encoding.PEM) for c in certificates)
