"""Papers are set and signed once for all tests; a test that alters one works on a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_server.papers.paper import Paper
from tests.teller_server.papers.material import Keys, set_small, signed


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.made(tmp_path_factory.mktemp("paper-keys"))


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return set_small(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
async def by_customer(paper: Paper, keys: Keys) -> bytes:
    return await signed(paper, paper.pdf, keys, "customer")


@pytest.fixture(scope="session")
async def by_both(paper: Paper, keys: Keys, by_customer: bytes) -> bytes:
    return await signed(paper, by_customer, keys, "guarantor")


@pytest.fixture(scope="session")
async def by_all(paper: Paper, keys: Keys, by_both: bytes) -> bytes:
    return await signed(paper, by_both, keys, "bank")


@pytest.fixture
def file(tmp_path: Path, by_all: bytes) -> Path:
    path = tmp_path / "signed.pdf"
    path.write_bytes(by_all)
    return path
