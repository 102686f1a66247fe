"""One OpenBao for the package; a branch of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from teller_server.store.store import Store
from tests.keyservers.openbao import Server
from tests.keyservers.openbao import openbao as server
from tests.teller_server.keys.house import House


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("openbao")) as running:
        yield running


@pytest.fixture
def house(bao: Server, tmp_path: Path) -> House:
    (tmp_path / "data").mkdir()
    return House(bao, tmp_path)


@pytest.fixture
async def store(house: House) -> AsyncIterator[Store]:
    opened = await Store.open(house.settings.database_url)
    yield opened
    await opened.close()
