"""A detached CMS SignedData (RFC 5652) around a signature that is made elsewhere, as in an HSM."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos, core
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def detached(
    data: bytes, certificates: Sequence[x509.Certificate], sign: Callable[[bytes], bytes]
) -> bytes:
    """DER over `data`, with the certificates inside; the signer's is the first.

    `sign(attributes)` makes the ECDSA signature with SHA-256 over the attributes' DER (§5.4).
    """
    chain = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates]
    attributes = asn1.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", hashlib.sha256(data).digest()),
            _attribute("signing_time", asn1.Time({"utc_time": datetime.now(UTC)})),
        ]
    )
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier({"issuer_and_serial_number": _named(chain[0])}),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": core.OctetString(sign(attributes.dump())),
        }
    )
    signed = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": chain,
            "signer_infos": [signer],
        }
    )
    wrapper = asn1.ContentInfo({"content_type": "signed_data", "content": signed})
    return bytes(wrapper.dump())


def _attribute(kind: str, value: Any) -> asn1.CMSAttribute:
    return asn1.CMSAttribute({"type": kind, "values": [value]})


def _named(certificate: Any) -> asn1.IssuerAndSerialNumber:
    return asn1.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
