"""A hardware security module by PKCS #11 (v2.40): wraps data keys, signs heads and seals.

The wrapping key and the signing key never leave it: AES-GCM with the context as associated data,
and ECDSA over a digest that is made here, into a CMS of our own making.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as faults
from pkcs11.util.ec import (
    encode_ec_public_key,
    encode_ecdsa_signature,
    encode_named_curve_parameters,
)

from recording import cms
from recording.cipher import DATA_KEY
from recording.cms_signing import detached
from recording.errors import Damage, Outage
from recording.keys import Wrapped

T = TypeVar("T")

_NONCE: Final = 12
_TAG_BITS: Final = 128
_WRONG: Final = (  # what tokens say to a wrong tag; SoftHSM says GeneralError
    faults.GeneralError, faults.EncryptedDataInvalid, faults.EncryptedDataLenRange,
    faults.DataInvalid, faults.DataLenRange,
)  # fmt: skip
_REFUSED: Final = (
    faults.PinIncorrect, faults.PinInvalid, faults.PinLocked, faults.PinExpired,
    faults.PinLenRange, faults.UserPinNotInitialized, faults.TokenWriteProtected,
    faults.MechanismInvalid, faults.AttributeSensitive, faults.TemplateInconsistent,
)  # fmt: skip


class Hsm:
    """One token of one module, logged in once for this process; calls take turns.

    A session that the token has forgotten is opened anew, once for each call.
    """

    def __init__(self, module: Path, token: str, pin: Callable[[], str]) -> None:
        self.token = token
        self._module, self._pin = module, pin
        self._session: Any = None
        self._turn = threading.RLock()

    def call(self, work: Callable[[Any], T]) -> T:
        """`work(session)`. Raises Outage `key_server_away`, `key_server_refused`."""
        with self._turn:
            try:
                try:
                    return work(self._open())
                except _LOST:
                    self.close()
                    return work(self._open())
            except _REFUSED as error:
                raise Outage("key_server_refused", type(error).__name__) from None
            except (pkcs11.PKCS11Error, RuntimeError) as error:
                self.close()
                raise Outage("key_server_away", type(error).__name__) from None

    def close(self) -> None:
        with self._turn:
            session, self._session = self._session, None
            if session is not None:
                with suppress(pkcs11.PKCS11Error):
                    session.close()

    def _open(self) -> Any:
        if self._session is None:
            library = pkcs11.lib(str(self._module))
            try:
                token = library.get_token(token_label=self.token)
            except pkcs11.NoSuchToken:  # libraries list tokens once; it may have come since
                library.reinitialize()
                token = library.get_token(token_label=self.token)
            try:
                self._session = token.open(user_pin=self._pin(), rw=True)
            except faults.UserAlreadyLoggedIn:  # a process is logged in as a whole
                self._session = token.open(rw=True)
        return self._session


_LOST: Final = (
    faults.SessionHandleInvalid, faults.SessionClosed, faults.DeviceRemoved,
    faults.UserNotLoggedIn, faults.KeyHandleInvalid, faults.ObjectHandleInvalid,
)  # fmt: skip


class HsmKeyWrapper:
    """AES-256 keys of one label; the version is the key's id. Payload: nonce ‖ ciphertext."""

    demo = False

    def __init__(self, hsm: Hsm, label: str) -> None:
        self._hsm, self._label = hsm, label
        self.name = f"pkcs11:{hsm.token}/{label}"

    def init(self) -> None:
        """Make version 1 where there is none."""
        if not self._hsm.call(self._versions):
            self._make(1)

    def version(self) -> str:
        return str(self._newest())

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        version = str(self._newest())
        nonce = os.urandom(_NONCE)
        bound = GCMParams(nonce, _bound(version, context), _TAG_BITS)

        def work(session: Any) -> bytes:
            key = self._key(session, version)
            return bytes(key.encrypt(data_key, mechanism=Mechanism.AES_GCM, mechanism_param=bound))

        return Wrapped(self.name, version, nonce + self._hsm.call(work)).pack()

    def unwrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:  # noqa: ARG002
        told = Wrapped.parse(wrapped)
        if told.wrapper != self.name or len(told.payload) != _NONCE + DATA_KEY + 16:
            raise Outage("key_unwrap_refused", "not a key wrapped here")
        nonce, sealed = told.payload[:_NONCE], told.payload[_NONCE:]
        bound = GCMParams(nonce, _bound(told.version, context), _TAG_BITS)

        def work(session: Any) -> bytes:
            key = self._key(session, told.version)
            try:
                plain = key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=bound)
            except _WRONG:
                raise Outage("key_unwrap_refused", "wrong key or context") from None
            return bytes(plain)

        return self._hsm.call(work)

    def rewrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        return self.wrap(self.unwrap(wrapped, context, use), context)

    def rotate(self) -> str:
        return self._make(self._newest() + 1)

    def _make(self, version: int) -> str:
        template = {
            Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False,
            Attribute.ENCRYPT: True, Attribute.DECRYPT: True,
            Attribute.WRAP: False, Attribute.UNWRAP: False,
            Attribute.SIGN: False, Attribute.VERIFY: False,
        }  # fmt: skip
        name = str(version)
        self._hsm.call(
            lambda session: session.generate_key(
                KeyType.AES, 256, label=self._label, id=name.encode(), store=True, template=template
            )
        )
        return name

    def _newest(self) -> int:
        known = self._hsm.call(self._versions)
        if not known:
            raise Outage("key_server_refused", f"no key is called {self._label}")
        return max(known)

    def _versions(self, session: Any) -> list[int]:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._label}
        found = list(session.get_objects(wanted))  # a search must end before another begins
        ids = [bytes(key.id).decode("ascii", "replace") for key in found]
        return [int(one) for one in ids if one.isdecimal()]

    def _key(self, session: Any, version: str) -> Any:
        try:
            key = session.get_key(
                object_class=ObjectClass.SECRET_KEY, label=self._label, id=version.encode()
            )
        except (faults.NoSuchKey, faults.MultipleObjectsReturned) as error:
            raise Outage("key_unwrap_refused", f"{type(error).__name__}: {version}") from None
        if key[Attribute.EXTRACTABLE]:
            raise Outage("key_server_refused", f"{self._label} can be taken out of the token")
        return key


class HsmSigner:
    """Signs with an EC key of the token, by its label. `chain`: PEM, its certificate first."""

    demo = False

    def __init__(self, hsm: Hsm, label: str, chain: Path) -> None:
        self._hsm, self._label = hsm, label
        self.chain = chain.read_bytes()
        try:
            self._certificates = cms.load_pem(self.chain)
        except Damage as damage:
            raise Outage("signing_key_bad", str(damage)) from None
        _same_key(self._certificates[0], hsm.call(self._public))

    def sign(self, data: bytes) -> bytes:
        """Detached CMS (RFC 5652), DER, with the whole chain inside."""
        return detached(data, self._certificates, self._raw)

    def _raw(self, attributes: bytes) -> bytes:
        """ECDSA-Sig-Value (RFC 5480) over SHA-256; CKM_ECDSA, which every token has."""
        digest = hashlib.sha256(attributes).digest()

        def work(session: Any) -> bytes:
            key = _one(session, ObjectClass.PRIVATE_KEY, self._label)
            return bytes(encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA)))

        return self._hsm.call(work)

    def _public(self, session: Any) -> bytes:
        return bytes(encode_ec_public_key(_one(session, ObjectClass.PUBLIC_KEY, self._label)))


def make_signing_key(hsm: Hsm, label: str) -> bytes:
    """A new P-256 key in the token, or the one of that label; its public key (DER)."""

    def work(session: Any) -> bytes:
        try:
            public = _one(session, ObjectClass.PUBLIC_KEY, label)
        except Outage:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            private = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
            public, _private = parameters.generate_keypair(
                mechanism=Mechanism.EC_KEY_PAIR_GEN, store=True, label=label,
                private_template=private,
            )  # fmt: skip
        return bytes(encode_ec_public_key(public))

    return hsm.call(work)


def _one(session: Any, kind: ObjectClass, label: str) -> Any:
    try:
        return session.get_key(object_class=kind, label=label)
    except (faults.NoSuchKey, faults.MultipleObjectsReturned) as error:
        raise Outage("signing_key_bad", f"{type(error).__name__}: {label}") from None


def _same_key(certificate: x509.Certificate, public: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Outage("signing_key_bad", "the chain's first certificate is not of an EC key")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != public:
        raise Outage("signing_key_bad", "the chain's first certificate is of another key")


def _bound(version: str, context: bytes) -> bytes:
    return b"\x02" + version.encode("ascii") + b"|" + context
