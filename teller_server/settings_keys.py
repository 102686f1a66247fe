"""Settings of keys: what wraps data keys, what signs, where key server and HSM are."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from teller_server.settings_group import Group

Wrapper = Literal["file", "openbao", "pkcs11"]


def _server(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("is not like https://openbao.bank.example:8200")
    return url.rstrip("/")


class Keys(Group):
    """Keys that sign, wrap and stamp. In a demo they are made in the data directory."""

    wrapper: Wrapper = Field(
        "file",
        description="What wraps the visits' data keys: `file` (`master_key`), `openbao` or "
        "`pkcs11` (an HSM).",
    )
    former: tuple[Wrapper, ...] = Field(
        (), description="What wrapped them before, until `keys rewrap` has been through."
    )
    master_key: Path | None = Field(
        None, description="File with the 32-byte master key that wraps the visits' data keys."
    )
    signing_key: Path | None = Field(None, description="PEM key that signs heads and seals.")
    signing_chain: Path | None = Field(
        None, description="PEM certificate chain of that key, or of `hsm.signing_key`."
    )
    timestamp_url: str | None = Field(
        None, description="RFC 3161 timestamp authority; none: the labelled demo authority."
    )
    timestamp_roots: Path | None = Field(None, description="PEM roots to check timestamps with.")


class OpenBaoServer(Group):
    """The OpenBao server for `keys.wrapper = "openbao"`."""

    url: Annotated[str, AfterValidator(_server)] | None = Field(
        None, description="Its address, `https://…`."
    )
    token: SecretStr | None = Field(
        None, description="Token; better `token_file`, which an agent can renew."
    )
    token_file: Path | None = Field(
        None, description="File that holds the token; read for each request."
    )
    ca: Path | None = Field(None, description="PEM roots of its certificate.")
    namespace: str | None = Field(None, description="Namespace.")
    mount: str = Field("transit", description="Where its transit engine is mounted.")
    key: str = Field(
        "teller-server", pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", description="The key's name."
    )
    audit_log: Path | None = Field(
        None,
        description="Its own audit log (file device), as this machine can read it: each unwrapping "
        "in it is compared with the custody log every day.",
    )
    audit_device: str = Field("desk", description="That audit device's name.")


class Hsm(Group):
    """The HSM (PKCS #11) for `keys.wrapper = "pkcs11"`, and for a signing key that is in it."""

    module: Path | None = Field(None, description="The maker's PKCS #11 library.")
    token: str | None = Field(None, description="Label of the token.")
    pin: SecretStr | None = Field(None, description="Its user PIN; better `pin_file`.")
    pin_file: Path | None = Field(None, description="File that holds the user PIN.")
    wrapping_key: str = Field("teller-server", description="Label of the AES key that wraps.")
    signing_key: str | None = Field(
        None, description="Label of the EC key that signs heads and seals, in place of a PEM file."
    )


def missing(keys: Keys, openbao: OpenBaoServer, hsm: Hsm) -> list[str]:
    """What these settings need and don't have; empty when they can be used."""
    used = {keys.wrapper, *keys.former}
    found = []
    if "openbao" in used:
        needs = "keys.wrapper openbao needs"
        found += [f"{needs} openbao.url"] * (openbao.url is None)
        nothing = openbao.token is None and openbao.token_file is None
        found += [f"{needs} openbao.token_file or openbao.token"] * nothing
    if "pkcs11" in used or hsm.signing_key is not None:
        needs = "an HSM needs"
        found += [f"{needs} hsm.{name}" for name in ("module", "token") if not getattr(hsm, name)]
        found += [f"{needs} hsm.pin_file or hsm.pin"] * (hsm.pin is None and hsm.pin_file is None)
    if hsm.signing_key is not None:
        found += ["hsm.signing_key needs keys.signing_chain"] * (keys.signing_chain is None)
        if keys.signing_key is not None:
            found.append("keys.signing_key and hsm.signing_key are both set")
    return found
