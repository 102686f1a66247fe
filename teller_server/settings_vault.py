"""Settings of the vault: where finished evidence is kept besides the branch's own disk."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from teller_server.settings_group import Group


class Vault(Group):
    """Where finished evidence is kept besides the branch's own disk."""

    kind: Literal["none", "folder", "s3"] = Field(
        "none",
        description="`folder`: a second disk or share; `s3`: a bucket with Object Lock; "
        "`none`: the branch's own disk only.",
    )
    folder: Path | None = Field(None, description="Where `folder` keeps its copies.")
    bucket: str = Field("", max_length=63, description="Bucket of `s3`.")
    prefix: str = Field("", max_length=200, description="What the bucket's keys begin with.")
    endpoint: str | None = Field(None, description="Address of an S3 server; none: AWS.")
    region: str = Field("us-east-1", description="Region of the bucket.")
    access_key: str | None = Field(
        None, description="Access key; none: what the machine's environment gives."
    )
    secret_key: SecretStr | None = Field(None, description="Secret of that key.")
    mode: Literal["COMPLIANCE", "GOVERNANCE"] = Field(
        "COMPLIANCE", description="Lock: `COMPLIANCE` nobody can lift, `GOVERNANCE` some can."
    )
    lock_days: Annotated[int, Field(ge=1, le=36525)] = Field(
        3653, description="How long a file is locked from its seal on."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "folder" and self.folder is None:
            raise ValueError("vault.folder is missing")
        if self.kind == "s3" and not self.bucket:
            raise ValueError("vault.bucket is missing")
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("vault.access_key and vault.secret_key come together")
        return self

    @property
    def lock(self) -> timedelta:
        """How long."""
        return timedelta(days=self.lock_days)
