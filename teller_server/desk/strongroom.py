"""The desk's own keys, all from one root: look-up, lists, invitations, second factors.

With a key server or an HSM the root is a secret that lies in the database, wrapped like every data
key. With a master key file it is that file. In a demonstration the file is in the data directory
and the signing and stamping keys are made beside it; whoever reads that directory reads all.
"""

import asyncio
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recording.authority import HttpTimestampAuthority
from recording.hsm import Hsm
from recording.keys import KeyRing
from recording.seal import LocalTimestampAuthority, Signer, Stamper
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.root import open_root
from teller_server.desk.wrappers import key_ring, open_hsm, signer
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.store.store import Store


@dataclass(frozen=True)
class Strongroom:
    """Every key the desk uses, ready to use. Building it reads and makes files: use a thread."""

    wrapper: KeyRing
    lookup: LookupKey
    labels: bytes
    invitations: bytes
    second_factors: bytes
    codes: bytes
    answers: bytes
    webhooks: bytes
    words: bytes
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


async def open_strongroom(settings: Settings, store: Store, purpose: str = "start") -> Strongroom:
    """Read the configured keys; make demo ones where none are configured.

    Raises Outage `keys_not_initialised`, `key_server_away`, `key_server_refused`, …
    """
    hsm = open_hsm(settings)
    ring = await asyncio.to_thread(key_ring, settings, hsm)
    root = await open_root(settings, store, ring, purpose)
    return await asyncio.to_thread(_furnish, settings, ring, hsm, root)


def _furnish(settings: Settings, ring: KeyRing, hsm: Hsm | None, root: bytes) -> Strongroom:
    seals, stamper = signer(settings, hsm), _stamper(settings)
    invented = settings.keys.wrapper == "file" and settings.keys.master_key is None
    return Strongroom(
        wrapper=ring,
        lookup=LookupKey(_derive(root, b"lookup")),
        labels=_derive(root, b"labels"),
        invitations=_derive(root, b"invitations"),
        second_factors=_derive(root, b"second factors"),
        codes=_derive(root, b"one-time codes"),
        answers=_derive(root, b"answers to the bank"),
        webhooks=_derive(root, b"webhooks"),
        words=_derive(root, b"words of visits"),
        signer=seals,
        stamper=stamper,
        demo=invented or seals.demo or stamper.demo,
    )


def _stamper(settings: Settings) -> Stamper:
    url, roots = settings.keys.timestamp_url, settings.keys.timestamp_roots
    if url is None:
        return LocalTimestampAuthority(settings.data.directory / "keys" / "timestamp")
    if roots is None:
        raise Outage("timestamp_roots_missing")
    return HttpTimestampAuthority(url, roots)


def _derive(master: bytes, purpose: bytes) -> bytes:
    info = b"teller-server " + purpose + b" v0"
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
