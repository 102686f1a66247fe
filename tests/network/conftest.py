from collections.abc import AsyncIterator

import pytest

from tests.network.rehearsal import Rehearsal


@pytest.fixture
async def rehearsal() -> AsyncIterator[Rehearsal]:
    rehearsal = Rehearsal()
    yield rehearsal
    await rehearsal.close()
