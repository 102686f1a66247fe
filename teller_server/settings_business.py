"""Settings of the business: rules, the bank's own systems, codes, signatures, webhooks."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from teller_server.settings_group import Group


class Rules(Group):
    """Which rules the branch works under, and where the bank keeps its own."""

    packs: tuple[str, ...] = Field(
        ("cn-bank",), min_length=1, description="Policy packs, by id; their rules hold together."
    )
    directory: Path | None = Field(
        None,
        description="The bank's own `scripts/`, `packs/` and `papers/`; a file there replaces the "
        "one of the same name that comes with this release.",
    )


class Core(Group):
    """The bank's own system."""

    adapter: Literal["demo", "rest"] = Field(
        "demo", description="`demo`: the little bank beside this branch; `rest`: `description`."
    )
    description: Path | None = Field(
        None, description="YAML that describes the bank's HTTP interface for `rest`."
    )
    secret: SecretStr | None = Field(None, description="Bearer token for that interface.")
    hotline: str = Field(
        "",
        max_length=40,
        description="Number to call about a change one did not ask for; it is named in notices.",
    )


class Codes(Group):
    """One-time codes to customers' phones."""

    adapter: Literal["demo", "http"] = Field(
        "demo", description="`demo`: codes are shown on the demo core's page; `http`: `url`."
    )
    url: str | None = Field(None, description="Where `http` posts each message as JSON.")
    secret: SecretStr | None = Field(None, description="Bearer token for that address.")
    minutes: Annotated[int, Field(ge=1, le=10)] = Field(3, description="How long a code works.")


class Signing(Group):
    """Certificates for signatures on papers. In a demo they are made in the data directory."""

    authority_key: Path | None = Field(
        None, description="PEM key of the authority that issues one-time signer certificates."
    )
    authority_chain: Path | None = Field(None, description="PEM chain of that authority.")
    bank_key: Path | None = Field(None, description="PEM key of the bank's seal on papers.")
    bank_chain: Path | None = Field(None, description="PEM chain of the bank's seal.")
    revocation_lists: Path | None = Field(
        None,
        description="PEM revocation lists about these chains and the timestamp authority's, read "
        "for each signing; needed where certificates don't say where to fetch them.",
    )


class Webhooks(Group):
    """Events to the bank's systems."""

    allow_private: bool = Field(
        False, description="Whether receivers may be at private addresses of this network."
    )
    attempts: Annotated[int, Field(ge=1, le=20)] = Field(
        8, description="Deliveries tried before an event waits for an administrator."
    )
