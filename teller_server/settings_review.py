"""Settings of the review desk: who must agree before a recording is opened."""

from enum import StrEnum

from pydantic import Field

from teller_server.settings_group import Group


class SecondPerson(StrEnum):
    """When another compliance account has to agree."""

    NEVER = "never"
    EXPORT = "export"
    ALWAYS = "always"


class Review(Group):
    """Who must agree before a recording is opened, and how often the custody list is signed."""

    second_person: SecondPerson = Field(
        SecondPerson.EXPORT,
        description="Whether a second compliance account has to agree: `never`, `export` or "
        "`always` (viewing, too). A pack's `access` rule may ask for more.",
    )
    custody_seconds: float = Field(
        300,
        gt=0,
        description="Between signed heads of the custody chain; each grant makes one at once.",
    )
