"""A database as one file and back, on either kind; what can't be is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_server.domain.errors import Outage, Refusal
from teller_server.store.dump import dump, load
from teller_server.store.store import Store
from tests.teller_server.material import NOON, opening
from tests.teller_server.store.conftest import _execute


async def test_a_database_goes_into_a_file_and_back(
    url: str, store: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    await store.visits.apply("v1", opening("v1"), NOON)
    (tmp_path / "dump").mkdir()
    dumped = dump(url, tmp_path / "dump")
    await store.visits.apply("v2", opening("v2"), NOON)  # after the copy
    target = f"sqlite:///{tmp_path / 'new.db'}"
    if url.startswith("postgresql"):
        server = request.getfixturevalue("postgres")
        await _execute(server, "CREATE DATABASE branch_restored")
        target = f"{server}/branch_restored"
    load(dumped, target)
    restored = await Store.open(target)
    assert await restored.visits.verify_chain("v1") == 1
    assert await restored.visits.load("v2") is None
    await restored.close()


def test_without_pg_dump_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Outage, match="pg_dump_missing"):
        dump("postgresql://branch@127.0.0.1:1/branch", tmp_path)


def test_one_kind_does_not_go_into_the_other(sqlite_template: Path, tmp_path: Path) -> None:
    dumped = dump(f"sqlite:///{sqlite_template}", tmp_path)
    with pytest.raises(Refusal, match="restore_other_database"):
        load(dumped, "postgresql://branch@127.0.0.1:1/branch")
