"""Settings of how evidence ends: where the shred list is kept, how long backups live."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from teller_server.settings_group import Group


class Retention(Group):
    """How evidence ends, and what must not bring it back."""

    shred_list: Path | None = Field(
        None,
        description="Folder of the certificates of all shreddings, best on another disk: `restore` "
        "replays them first. Default: `shreds` in `data.directory`.",
    )
    backup_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        30,
        description="After so many days you destroy a backup. Backups hold wrapped keys; a "
        "certificate of a shredding says until when one may still hold its key.",
    )
