"""What every section of the settings is."""

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """A section of the settings; a misspelt name is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
