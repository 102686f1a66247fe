"""The desk's own keys, all from one master key: wrapping, look-up, invitations, second factors.

In a demonstration the master key is a file in the data directory and the signing and stamping keys
are made beside it; whoever reads that directory reads all.
"""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recording.authority import HttpTimestampAuthority, PemSigner
from recording.keys import FileKeyWrapper, KeyWrapper
from recording.seal import FileSigner, LocalTimestampAuthority, Signer, Stamper
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.domain.errors import Outage
from teller_server.settings import Settings


@dataclass(frozen=True)
class Strongroom:
    """Every key the desk uses, ready to use. Building it reads and makes files: use a thread."""

    wrapper: KeyWrapper
    lookup: LookupKey
    invitations: bytes
    second_factors: bytes
    codes: bytes
    answers: bytes
    webhooks: bytes
    signer: Signer
    stamper: Stamper
    demo: bool

    def seal_totp(self, account: str, secret: str) -> str:
        return FieldCipher(account, self.second_factors).seal("totp", secret)

    def seal_answer(self, key: str, answer: str) -> str:
        """An answer that may hold a secret, kept for whoever asks again."""
        return FieldCipher(key, self.answers).seal("answer", answer)

    def open_answer(self, key: str, sealed: str) -> str:
        return FieldCipher(key, self.answers).open("answer", sealed)

    def open_totp(self, account: str, sealed: str) -> str:
        return FieldCipher(account, self.second_factors).open("totp", sealed)


def open_strongroom(settings: Settings) -> Strongroom:
    """Read the configured keys; make demo ones where none are configured."""
    folder = settings.data.directory / "keys"
    master = settings.keys.master_key or folder / "master.key"
    if settings.keys.master_key is not None and not master.exists():
        raise Outage("master_key_missing", path=str(master))  # a new one would open nothing
    wrapper = FileKeyWrapper(master)
    signer, stamper = _signer(settings, folder), _stamper(settings, folder)
    root = Path(master).read_bytes()
    return Strongroom(
        wrapper=wrapper,
        lookup=LookupKey(_derive(root, b"lookup")),
        invitations=_derive(root, b"invitations"),
        second_factors=_derive(root, b"second factors"),
        codes=_derive(root, b"one-time codes"),
        answers=_derive(root, b"answers to the bank"),
        webhooks=_derive(root, b"webhooks"),
        signer=signer,
        stamper=stamper,
        demo=settings.keys.master_key is None or signer.demo or stamper.demo,
    )


def _signer(settings: Settings, folder: Path) -> Signer:
    key, chain = settings.keys.signing_key, settings.keys.signing_chain
    if key is not None and chain is not None:
        return PemSigner(key, chain)
    return FileSigner(folder / "signer")


def _stamper(settings: Settings, folder: Path) -> Stamper:
    url, roots = settings.keys.timestamp_url, settings.keys.timestamp_roots
    if url is None:
        return LocalTimestampAuthority(folder / "timestamp")
    if roots is None:
        raise Outage("timestamp_roots_missing")
    return HttpTimestampAuthority(url, roots)


def _derive(master: bytes, purpose: bytes) -> bytes:
    info = b"teller-server " + purpose + b" v0"
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
