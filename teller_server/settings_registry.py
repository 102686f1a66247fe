"""Settings of the registers outside the bank."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from teller_server.settings_group import Group


class Registers(Group):
    """Registers outside the bank: identities, companies, telephone numbers, lists of names."""

    adapter: Literal["demo", "http"] = Field(
        "demo",
        description="`demo`: invented answers, by the number asked about; `http`: `description`.",
    )
    description: Path | None = Field(
        None, description="YAML that describes the registers' HTTP interfaces for `http`."
    )
    secret: SecretStr | None = Field(None, description="Bearer token for those interfaces.")
