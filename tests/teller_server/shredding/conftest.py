"""An archive of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.recording.material import Frame, clip
from tests.teller_server.desk.archive import archive
from tests.teller_server.shredding.house import House, furnish


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def house(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[House]:
    branch = await archive(tmp_path, frames)
    yield await furnish(branch)
    await branch.store.close()
