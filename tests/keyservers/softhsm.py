"""A SoftHSM token in a folder. One process sees one SOFTHSM2_CONF, so all tests share a folder."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.oid import NameOID

from recording import cms, pki
from recording.hsm import Hsm

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@cache
def _house() -> Path:
    """The module reads its configuration when it is first loaded, and never again."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    return folder


def make_token() -> tuple[str, str]:
    """A new token; its label and its PIN."""
    _house()
    label, pin = f"test-{secrets.token_hex(6)}", secrets.token_hex(6)
    command = ["softhsm2-util", "--init-token", "--free", "--label", label]
    subprocess.run([*command, "--so-pin", secrets.token_hex(6), "--pin", pin], check=True)
    return label, pin


@contextmanager
def unplugged(module: Hsm) -> Iterator[None]:
    """Nobody answers: the tokens are gone, and the library has noticed."""
    kept = _house() / "tokens"
    away = kept.rename(_house() / "away")
    kept.mkdir()
    module.close()
    pkcs11.lib(str(MODULE)).reinitialize()
    try:
        yield
    finally:
        kept.rmdir()
        away.rename(kept)


def hsm(label: str, pin: str) -> Hsm:
    return Hsm(MODULE, label, lambda: pin)


def certify(public: bytes, folder: Path) -> Path:
    """What the bank's authority does with the public key of its HSM; the chain as PEM."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bank root")])
    leaf = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bank seal in an HSM")])
    key = load_der_public_key(public)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    now, day = datetime.now(UTC), timedelta(days=1)

    def issue(subject: x509.Name, of: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            root, subject, of, x509.random_serial_number(), now - day, now + day
        )
        basic = x509.BasicConstraints(ca, None)
        builder = builder.add_extension(basic, critical=True)
        if not ca:
            usage = x509.ExtendedKeyUsage([pki.SIGNING[0]])
            builder = builder.add_extension(usage, critical=False)
        return builder.sign(root_key, hashes.SHA256())

    chain = folder / "hsm-chain.pem"
    certificates = [issue(leaf, key, ca=False), issue(root, root_key.public_key(), ca=True)]
    chain.write_bytes(cms.to_pem(certificates))
    (folder / "root.pem").write_bytes(cms.to_pem(certificates[1:]))
    return chain
