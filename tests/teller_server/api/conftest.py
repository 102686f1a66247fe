"""One branch for every module that asks at its doors and leaves it standing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.teller_server.api.branch import Served, served


@pytest.fixture(scope="package")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("doors")) as found:
        await found.staff()
        yield found
