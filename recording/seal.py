"""Who signs and who stamps: ports for the bank's HSM and time authority, and demo ones in files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from rfc3161_client import TimestampRequestBuilder

from recording import cms, pki
from recording.errors import Outage
from recording.tokens import check_token

_DEMO_POLICY: Final = "1.3.6.1.4.1.55555.1.1"  # an arc nobody owns: tokens can't pass for real ones


class Signer(Protocol):
    """Signs manifests and heads. `chain`: PEM, the signer's certificate first, its root last."""

    demo: bool
    chain: bytes

    def sign(self, data: bytes) -> bytes:
        """A detached CMS SignedData (DER) over `data` that embeds the signer's certificate."""
        ...


class Stamper(Protocol):
    """A timestamp authority. `chain`: PEM, the authority's certificate first, its root last.

    `crls`: PEM revocation lists that its certificates do not name a place for; mostly empty.
    """

    demo: bool
    chain: bytes
    crls: bytes

    def stamp(self, data: bytes) -> bytes:
        """An RFC 3161 response (DER) over `data`; `Outage` when there is none to be had."""
        ...

    def answer(self, query: bytes) -> bytes:
        """The response (DER) to a request (DER) of the caller's making, who has to check it."""
        ...


class FileSigner:
    """Signs with a P-256 key in a folder; made on first use. For demonstrations."""

    demo = True

    def __init__(self, folder: Path) -> None:
        pki.demo_identity(folder, "Teller Server DEMO signer", pki.SIGNING)
        self.chain = (folder / "chain.pem").read_bytes()
        self._certificate = cms.load_pem(self.chain)[0]
        key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise Outage("signing_key_bad", "the key is neither EC nor RSA")
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """Detached CMS, DER."""
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
        signer = builder.add_signer(self._certificate, self._key, hashes.SHA256())
        return signer.sign(Encoding.DER, options)


class LocalTimestampAuthority:
    """`openssl ts` with keys in a folder. Its time is this machine's clock: a demonstration."""

    demo = True

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            raise Outage("openssl_missing", "the demo timestamp authority needs openssl")
        pki.demo_identity(folder, "Teller Server DEMO timestamp authority", pki.STAMPING)
        self.chain = (folder / "chain.pem").read_bytes()
        crls = folder / "crl.pem"  # folders made before papers were signed have none
        self.crls = crls.read_bytes() if crls.exists() else b""
        self._folder = folder
        self._lock = threading.Lock()  # openssl keeps the serial number in a file
        (folder / "tsa.cnf").write_text(_TSA_CONFIG.format(folder=folder.resolve()))

    def stamp(self, data: bytes) -> bytes:
        """An RFC 3161 response (DER), checked before it is returned."""
        request = TimestampRequestBuilder().data(data).nonce(nonce=True).build()
        response = self.answer(request.as_bytes())
        check_token(response, data, cms.anchors_of(cms.load_pem(self.chain)))
        return response

    def answer(self, query: bytes) -> bytes:
        """The response (DER) to a request (DER)."""
        with self._lock, tempfile.NamedTemporaryFile(dir=self._folder, suffix=".tsq") as file:
            file.write(query)
            file.flush()
            command = ["openssl", "ts", "-reply", "-config", str(self._folder / "tsa.cnf")]
            done = subprocess.run(  # noqa: S603 - a fixed command, our own file
                [*command, "-queryfile", file.name], capture_output=True, check=False, timeout=30
            )
        if done.returncode:
            raise Outage("timestamp_failed", done.stderr.decode("utf-8", "replace")[-300:])
        return done.stdout


_TSA_CONFIG: Final = f"""\
[tsa]
default_tsa = demo
[demo]
serial = {{folder}}/serial
signer_cert = {{folder}}/chain.pem
signer_key = {{folder}}/key.pem
signer_digest = sha256
default_policy = {_DEMO_POLICY}
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
