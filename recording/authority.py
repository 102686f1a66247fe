"""The bank's own signing key and its timestamp authority, as `seal` wants them."""

from __future__ import annotations

import http.client
import urllib.request
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from rfc3161_client import TimestampRequestBuilder, decode_timestamp_response

from recording import cms
from recording.errors import Damage, Outage
from recording.tokens import check_token

_TIMEOUT_S: Final = 10
_MAX_REPLY: Final = 1 << 20


def _certificates(pem: bytes, code: str) -> list[x509.Certificate]:
    try:
        return cms.load_pem(pem)
    except Damage as damage:
        raise Outage(code, str(damage)) from None


class PemSigner:
    """Signs with a private key and a certificate chain that the bank issued."""

    demo = False

    def __init__(self, key: Path, chain: Path) -> None:
        self.chain = chain.read_bytes()
        certificates = _certificates(self.chain, "signing_key_bad")
        try:
            loaded = load_pem_private_key(key.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Outage("signing_key_bad", "not an unencrypted PEM private key") from None
        if not isinstance(loaded, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise Outage("signing_key_bad", "the key is neither EC nor RSA")
        if loaded.public_key() != certificates[0].public_key():
            raise Outage("signing_key_bad", "the chain's first certificate is of another key")
        self._key = loaded
        self._certificate, self._others = certificates[0], certificates[1:]

    def sign(self, data: bytes) -> bytes:
        """Detached CMS (RFC 5652), DER, with the whole chain inside."""
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
        builder = builder.add_signer(self._certificate, self._key, hashes.SHA256())
        for certificate in self._others:
            builder = builder.add_certificate(certificate)
        return builder.sign(Encoding.DER, options)


class HttpTimestampAuthority:
    """An RFC 3161 authority over HTTP (§3.4). `roots`: PEM, what its tokens must chain to."""

    demo = False
    crls = b""

    def __init__(self, url: str, roots: Path) -> None:
        if not url.startswith(("https://", "http://")):
            raise Outage("timestamp_url_bad", url)
        self._url = url
        self.chain = roots.read_bytes()
        self._anchors = cms.anchors_of(_certificates(self.chain, "timestamp_roots_bad"))
        if not self._anchors:
            raise Outage("timestamp_roots_bad", "no self-issued certificate among the roots")

    def stamp(self, data: bytes) -> bytes:
        """The authority's response (DER), checked before it is returned; blocks."""
        request = TimestampRequestBuilder().data(data).nonce(nonce=True).build()
        response = self.answer(request.as_bytes())
        try:
            check_token(response, data, self._anchors)
        except Damage as damage:
            raise Outage("timestamp_failed", str(damage)) from None
        if decode_timestamp_response(response).tst_info.nonce != request.nonce:
            raise Outage("timestamp_failed", "a reply to another request")
        return response

    def answer(self, query: bytes) -> bytes:
        """The authority's response (DER) to a request (DER), unchecked; blocks."""
        post = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._url, data=query, headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(post, timeout=_TIMEOUT_S) as reply:  # noqa: S310
                response: bytes = reply.read(_MAX_REPLY)
        except (OSError, http.client.HTTPException) as error:
            raise Outage("timestamp_failed", type(error).__name__) from None
        return response
