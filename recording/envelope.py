"""Sealing keys to whoever receives an export: CMS EnvelopedData (RFC 5652 §6), opened by openssl.

`openssl cms -decrypt -binary -inform DER -in FILE -recip CERTIFICATE -inkey KEY -out keys.json`
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from recording.cms import fingerprint

_LEAST_BITS: Final = 2048


class RecipientUnusable(ValueError):
    """`reason`: not_a_certificate, not_rsa, key_too_short, not_for_encryption, not_valid_now."""

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
        if not isinstance(key, rsa.RSAPublicKey):
            raise RecipientUnusable("not_rsa")  # what the library can seal to
        if key.key_size < _LEAST_BITS:
            raise RecipientUnusable("key_too_short")
        if not _for_encryption(certificate):
            raise RecipientUnusable("not_for_encryption")
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise RecipientUnusable("not_valid_now")
        self._certificate = certificate
        self.fingerprint = fingerprint(certificate)
        self.subject = certificate.subject.rfc4514_string()

    def seal(self, content: bytes) -> bytes:
        """EnvelopedData, DER: AES-256-CBC under a key that RSA carries to the recipient."""
        builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content)
        builder = builder.add_recipient(self._certificate)
        builder = builder.set_content_encryption_algorithm(AES256)
        return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _for_encryption(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.key_encipherment
