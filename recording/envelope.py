"""Sealing keys to whoever receives an export: CMS EnvelopedData (RFC 5652 §6), opened by openssl.

`openssl cms -decrypt -binary -inform DER -in FILE -recip CERTIFICATE -inkey KEY -out keys.json`

To an RSA key the library seals. To a key on an elliptic curve it can't, so openssl itself does
(RFC 5753, ephemeral-static ECDH, AES-256 key wrap); what is sealed reaches it through a pipe.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from recording.cms import fingerprint
from recording.errors import Outage

_LEAST_RSA: Final = 2048
_LEAST_EC: Final = 256
_PATIENCE_S: Final = 30


class RecipientUnusable(ValueError):
    """`reason`: not_a_certificate, not_rsa_or_ec, key_too_short, not_for_encryption or
    not_valid_now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Recipient:
    """Somebody whose certificate is known. Only they can open what is sealed to them."""

    def __init__(self, pem: bytes, now: datetime) -> None:
        """Takes the first certificate of `pem`; `RecipientUnusable` says why not."""
        try:
            certificate = x509.load_pem_x509_certificates(pem)[0]
            key = certificate.public_key()
        except Exception:  # whatever a stranger's file makes the parser say
            raise RecipientUnusable("not_a_certificate") from None
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise RecipientUnusable("not_rsa_or_ec")
        self._curve = isinstance(key, ec.EllipticCurvePublicKey)
        if key.key_size < (_LEAST_EC if self._curve else _LEAST_RSA):
            raise RecipientUnusable("key_too_short")
        if not _for_encryption(certificate, agreed=self._curve):
            raise RecipientUnusable("not_for_encryption")
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise RecipientUnusable("not_valid_now")
        self._certificate = certificate
        self.fingerprint = fingerprint(certificate)
        self.subject = certificate.subject.rfc4514_string()

    def seal(self, content: bytes) -> bytes:
        """EnvelopedData, DER: AES-256-CBC under a key that RSA or ECDH carries to the recipient.

        `Outage` when openssl is needed and does not do it.
        """
        if self._curve:
            return _sealed_by_openssl(self._certificate, content)
        builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content)
        builder = builder.add_recipient(self._certificate)
        builder = builder.set_content_encryption_algorithm(AES256)
        return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _sealed_by_openssl(certificate: x509.Certificate, content: bytes) -> bytes:
    if shutil.which("openssl") is None:
        raise Outage("openssl_missing", "sealing to an EC certificate needs openssl")
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate.public_bytes(Encoding.PEM))
        file.flush()
        command = ["openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-aes-256-cbc"]
        done = subprocess.run(  # noqa: S603 - a fixed command, our own file
            [*command, "-recip", file.name, "-keyopt", "ecdh_kdf_md:sha256"],
            input=content, capture_output=True, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip
    if done.returncode or not done.stdout:
        raise Outage("envelope_failed", done.stderr.decode("utf-8", "replace")[-300:])
    return done.stdout


def _for_encryption(certificate: x509.Certificate, *, agreed: bool) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.key_agreement if agreed else usage.key_encipherment
