"""The configured wrappers and signer, as the strongroom and the command line want them."""

from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from recording.authority import PemSigner
from recording.bao import OpenBao, OpenBaoKeyWrapper
from recording.hsm import Hsm, HsmKeyWrapper, HsmSigner
from recording.keys import FileKeyWrapper, KeyRing, KeyWrapper
from recording.seal import FileSigner, Signer
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.settings_keys import Wrapper

MOST = 4096  # bytes of a token or PIN file


def key_ring(settings: Settings, hsm: Hsm | None) -> KeyRing:
    """What wraps now, and what wrapped before. Raises Outage `master_key_missing`, …"""
    kinds = [settings.keys.wrapper, *settings.keys.former]
    current, *former = [_wrapper(kind, settings, hsm) for kind in dict.fromkeys(kinds)]
    return KeyRing(current, former)


def signer(settings: Settings, hsm: Hsm | None) -> Signer:
    """Who signs heads and seals: the HSM, the bank's PEM key, or a demo key."""
    keys, label = settings.keys, settings.hsm.signing_key
    if label is not None and hsm is not None and keys.signing_chain is not None:
        return HsmSigner(hsm, label, keys.signing_chain)
    if keys.signing_key is not None and keys.signing_chain is not None:
        return PemSigner(keys.signing_key, keys.signing_chain)
    return FileSigner(settings.data.directory / "keys" / "signer")


def open_hsm(settings: Settings) -> Hsm | None:
    """The token, if any setting names one; it is logged in to when it is first used."""
    given = settings.hsm
    if given.module is None or given.token is None:
        return None
    return Hsm(given.module, given.token, secret("hsm.pin", given.pin, given.pin_file))


def master_key_path(settings: Settings) -> Path:
    return settings.keys.master_key or settings.data.directory / "keys" / "master.key"


def openbao(settings: Settings) -> OpenBaoKeyWrapper:
    """The transit key of the configured server."""
    given = settings.openbao
    token = secret("openbao.token", given.token, given.token_file)
    server = OpenBao(given.url or "", token, ca=given.ca, namespace=given.namespace)
    return OpenBaoKeyWrapper(server, given.mount, given.key)


def _wrapper(kind: Wrapper, settings: Settings, hsm: Hsm | None) -> KeyWrapper:
    if kind == "openbao":
        return openbao(settings)
    if kind == "pkcs11" and hsm is not None:
        return HsmKeyWrapper(hsm, settings.hsm.wrapping_key)
    path = master_key_path(settings)
    if not path.exists() and (settings.keys.master_key is not None or kind in settings.keys.former):
        raise Outage("master_key_missing", path=str(path))  # a new one would open nothing
    return FileKeyWrapper(path)


def secret(name: str, given: SecretStr | None, file: Path | None) -> Callable[[], str]:
    """Reads it anew each time: what renews a token writes the file. Raises Outage secret_missing"""

    def read() -> str:
        if file is None:
            return given.get_secret_value() if given is not None else ""
        try:
            with file.open("rb") as opened:
                found = opened.read(MOST).decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Outage("secret_unreadable", setting=name, why=type(error).__name__) from None
        if not found:
            raise Outage("secret_unreadable", setting=name, why="empty")
        return found

    return read
