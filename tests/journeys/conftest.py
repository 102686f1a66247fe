"""One private server for every journey that leaves it whole, and the clips that people send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from teller_server.rehearse.media import default_clip, load, pattern
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import OFTEN, SHORT, Cast


@pytest.fixture(scope="session")
async def cast() -> Cast:
    """The customer's clip shows a face, the teller's need not."""
    return Cast(await asyncio.to_thread(load, default_clip()), await asyncio.to_thread(pattern))


@pytest.fixture(scope="session")
async def branch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    """A branch with a temporary folder of its own, `tmp` beside its data."""
    place = tmp_path_factory.mktemp("branch")
    temporary = place / "tmp"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        server = PrivateServer(place, place / "evidence", recording=OFTEN, rules=SHORT)
        await server.staff()
        await server.start()
    yield server
    await server.stop()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of this test's own, gone afterwards: recordings are large."""
    with TemporaryDirectory(prefix="journey-") as folder:
        yield Path(folder)
