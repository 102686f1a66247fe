"""Free space on the disks that hold a visit: with too little of it nobody new is let in."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from teller_server.domain.errors import Refusal
from teller_server.settings import Settings

log = structlog.get_logger(__name__)

MB = 1024 * 1024


class FreeSpace:
    """Watches where state and evidence are kept. Visits that are under way are let go on."""

    def __init__(
        self,
        places: Sequence[Path],
        least_mb: int,
        reserve_mb: int,
        recorded: Callable[[], int],
    ) -> None:
        """`recorded()`: how many visits are being recorded; each may need `reserve_mb` yet."""
        self._places = [place.absolute() for place in places]
        self._least_mb = least_mb
        self._reserve_mb = reserve_mb
        self._recorded = recorded

    @property
    def needed_mb(self) -> int:
        """What has to be free for one visit more."""
        return self._least_mb + self._reserve_mb * self._recorded()

    async def require(self) -> None:
        """Raises Refusal('branch_out_of_space') when any of the disks is too full."""
        free, needed = await self.look(), self.needed_mb
        if free < needed:
            log.error("out_of_space", free_mb=free, needed_mb=needed)
            raise Refusal("branch_out_of_space")

    async def look(self) -> int:
        """Free space of the fullest disk, in MiB."""
        return await asyncio.to_thread(self.free_mb)

    def free_mb(self) -> int:
        """Free space of the fullest disk, in MiB. Blocks."""
        return min(shutil.disk_usage(_existing(place)).free for place in self._places) // MB


def watch_space(settings: Settings, recorded: Callable[[], int]) -> FreeSpace:
    """The disks of this branch."""
    return FreeSpace(
        [settings.data.directory, settings.evidence_directory],
        settings.recording.min_free_mb,
        settings.recording.reserve_mb,
        recorded,
    )


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())
