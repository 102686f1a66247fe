"""The same tests on every database: SQLite always, PostgreSQL where there is one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from teller_server.store.migrate import migrate
from teller_server.store.store import Store
from tests.teller_server.store.branch import Branch
from tests.teller_server.store.postgres import NoPostgres, cluster

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    try:
        with cluster() as server:
            yield server
    except NoPostgres as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "branch.db"
    _run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    _run(_execute(postgres, "CREATE DATABASE template_branch"))
    _run(migrate(f"{postgres}/template_branch"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of this test's own, with its tables."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "branch.db")
        return f"sqlite:///{tmp_path / 'branch.db'}"
    server = request.getfixturevalue("postgres_template")
    name = f"branch_{next(_NUMBERS)}"
    _run(_execute(server, f"CREATE DATABASE {name} TEMPLATE template_branch"))
    return f"{server}/{name}"


def _run(work: Coroutine[None, None, None]) -> None:
    """In a thread of its own: the tests' loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def branch(store: Store) -> Branch:
    return Branch(store)
