"""Our signers and timestamp authorities, as pyHanko wants them. Keys stay behind the port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from asn1crypto import algos, keys, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from recording.errors import Outage as RecordingOutage
from recording.seal import Stamper
from teller_server.domain.errors import Outage
from teller_server.papers.certificates import Signatory

# pyHanko logs whose certificate it looks at, and that fetching is not allowed. What it finds is in
# what it returns or raises.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

DIGEST = "sha256"
_ECDSA_BYTES = 72  # the largest DER of a P-256 signature
_LARGEST = 512  # RSA 4096


class SignatorySigner(Signer):
    """Asks a `Signatory` for each raw signature; a dry run, which only sizes, never does."""

    def __init__(self, signatory: Signatory) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(as_asn1(signatory.chain))
        own = as_asn1([signatory.certificate])[0]
        elliptic = isinstance(signatory.certificate.public_key(), ec.EllipticCurvePublicKey)
        name = f"{DIGEST}_ecdsa" if elliptic else f"{DIGEST}_rsa"
        super().__init__(
            signing_cert=own,
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": name}),
        )
        self._signatory = signatory
        self._size = _ECDSA_BYTES if _is_p256(own) else _LARGEST

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The port's signature; zeros of its greatest size in a dry run."""
        if dry_run:
            return bytes(self._size)
        return await asyncio.to_thread(self._signatory.sign, data, digest_algorithm)


class PaperStamper(TimeStamper):
    """Any of our timestamp authorities. Raises Outage `timestamp_failed`."""

    def __init__(self, stamper: Stamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.port = stamper

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """pyHanko checks nonce and digest; the chain is checked when the paper is."""
        try:
            reply = await asyncio.to_thread(self.port.answer, req.dump())
        except RecordingOutage as outage:
            raise Outage(outage.code, problem=outage.detail) from None
        return tsp.TimeStampResp.load(reply)


def as_asn1(certificates: Iterable[x509.Certificate]) -> list[Any]:
    """pyca's certificates as asn1crypto's."""
    return [
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        for certificate in certificates
    ]


def asn1_lists(pem: bytes) -> list[Any]:
    """The revocation lists of a PEM text as asn1crypto's."""
    marker = b"-----END X509 CRL-----"
    blocks = [block + marker for block in pem.split(marker)[:-1]]
    lists = [x509.load_pem_x509_crl(block.strip()) for block in blocks]
    return [asn1_crl.CertificateList.load(one.public_bytes(Encoding.DER)) for one in lists]


def _is_p256(certificate: Any) -> bool:
    public: keys.PublicKeyInfo = certificate.public_key
    return bool(public.algorithm == "ec" and public.curve == ("named", "secp256r1"))
