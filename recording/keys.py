"""Data keys and the port behind which the bank's key server wraps them.

The wrapped key never lives in the evidence directory: what lies in write-once storage can't be
shredded. It names the wrapper and the version of the key that wrapped it, so that keys rotate and
wrappers change one after another while older keys still open.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording.cipher import DATA_KEY
from recording.errors import Outage
from recording.files import write_new

FILE: Final = "file"
_FIRST: Final = b"\x01"  # nonce ‖ ciphertext under the first master key; its names were understood
_NAMED: Final = b"\x02"
_NONCE: Final = 12


def new_data_key() -> bytes:
    """32 fresh random bytes for one recording."""
    return secrets.token_bytes(DATA_KEY)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key with the names of what wrapped it: `02 ‖ n ‖ wrapper ‖ m ‖ version ‖ payload`.

    Lengths are one byte, names ASCII. The names only say whom to ask: what is wrapped elsewhere or
    under another version doesn't open, whatever stands here.
    """

    wrapper: str
    version: str
    payload: bytes

    def pack(self) -> bytes:
        names = [name.encode("ascii") for name in (self.wrapper, self.version)]
        return _NAMED + b"".join(bytes([len(name)]) + name for name in names) + self.payload

    @classmethod
    def parse(cls, packed: bytes) -> Wrapped:
        """Raises Outage `key_unwrap_refused` for anything that was not packed here."""
        if packed[:1] == _FIRST:
            return cls(FILE, "1", packed[1:])
        try:
            if packed[:1] != _NAMED:
                raise ValueError
            wrapper, rest = _name(packed[1:])
            version, payload = _name(rest)
        except (ValueError, IndexError):
            raise Outage("key_unwrap_refused", "not a key wrapped here") from None
        return cls(wrapper, version, payload)


def _name(packed: bytes) -> tuple[str, bytes]:
    end = 1 + packed[0]
    if end == 1 or end > len(packed):
        raise ValueError
    return packed[1:end].decode("ascii"), packed[end:]


class KeyWrapper(Protocol):
    """Wraps data keys. `context` is authenticated: the same bytes must be given to unwrap.

    Every method may raise Outage: `key_server_away` (nobody answers: later), `key_server_refused`
    (an operator has to act), `key_unwrap_refused` (not this key, context or wrapper). All block.
    """

    name: str
    demo: bool

    def version(self) -> str:
        """The version that wraps now."""
        ...

    def wrap(self, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        """The data key. `use` is written into the key server's own log, where it has one."""
        ...

    def rewrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        """The same data key under the newest version."""
        ...

    def rotate(self) -> str:
        """Make a new version, which wraps from now on; the older ones still unwrap."""
        ...


class KeyRing:
    """Wraps with one wrapper and unwraps what any of several wrapped: how an estate moves over."""

    def __init__(self, current: KeyWrapper, former: Sequence[KeyWrapper] = ()) -> None:
        self.current = current
        self.name, self.demo = current.name, current.demo
        self._known = {one.name: one for one in (*former, current)}

    def version(self) -> str:
        return self.current.version()

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        return self.current.wrap(data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        """Raises Outage `key_wrapper_unknown` when its wrapper is not among those configured."""
        return self._of(wrapped).unwrap(wrapped, context, use)

    def rewrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        before = self._of(wrapped)
        if before is self.current:
            return before.rewrap(wrapped, context, use)
        return self.current.wrap(before.unwrap(wrapped, context, use), context)

    def rotate(self) -> str:
        return self.current.rotate()

    def _of(self, wrapped: bytes) -> KeyWrapper:
        name = Wrapped.parse(wrapped).wrapper
        if name not in self._known:
            raise Outage("key_wrapper_unknown", name)
        return self._known[name]


class FileKeyWrapper:
    """Master keys in files of mode 0600. For demonstrations: whoever reads the files reads all.

    `path` is version 1, `path` with `.v2` added version 2, and so on.
    """

    name = FILE
    demo = True

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, secrets.token_bytes(DATA_KEY))
        self._keys: dict[int, AESGCM] = {}
        self._newest()

    def version(self) -> str:
        return str(self._newest())

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Payload: nonce ‖ ciphertext."""
        version, nonce = self._newest(), os.urandom(_NONCE)
        bound = _bound(str(version), context)
        sealed = nonce + self._keys[version].encrypt(nonce, data_key, bound)
        return Wrapped(FILE, str(version), sealed).pack()

    def unwrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:  # noqa: ARG002
        told = Wrapped.parse(wrapped)
        payload = told.payload
        if told.wrapper != FILE or len(payload) != _NONCE + DATA_KEY + 16:
            raise Outage("key_unwrap_refused", "not a key wrapped here")
        bound = _FIRST + context if wrapped[:1] == _FIRST else _bound(told.version, context)
        try:
            return self._key(told.version).decrypt(payload[:_NONCE], payload[_NONCE:], bound)
        except InvalidTag:
            raise Outage("key_unwrap_refused", "wrong master key or context") from None

    def rewrap(self, wrapped: bytes, context: bytes, use: str = "") -> bytes:
        return self.wrap(self.unwrap(wrapped, context, use), context)

    def rotate(self) -> str:
        version = self._newest() + 1
        write_new(self._file(version), secrets.token_bytes(DATA_KEY))
        return str(version)

    def _newest(self) -> int:
        """The newest version on the disk: another process may have rotated."""
        version = len(self._keys)
        while self._file(version + 1).exists():
            version += 1
            self._keys[version] = self._read(version)
        return version

    def _key(self, version: str) -> AESGCM:
        self._newest()
        known = {str(number): key for number, key in self._keys.items()}
        if version not in known:
            raise Outage("key_unwrap_refused", f"no master key of version {version}")
        return known[version]

    def _read(self, version: int) -> AESGCM:
        key = self._file(version).read_bytes()
        if len(key) != DATA_KEY:
            raise Outage("master_key_bad", "the master key file must hold 32 bytes")
        return AESGCM(key)

    def _file(self, version: int) -> Path:
        if version == 1:
            return self._path
        return self._path.with_name(f"{self._path.name}.v{version}")


def _bound(version: str, context: bytes) -> bytes:
    return _NAMED + version.encode("ascii") + b"|" + context
