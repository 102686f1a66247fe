from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.recording import handed, material


@pytest.fixture(scope="session")
def clip() -> list[material.Frame]:
    return material.clip(5)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> material.Authority:
    return material.Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def sealed_once(
    tmp_path_factory: pytest.TempPathFactory,
    authority: material.Authority,
    clip: list[material.Frame],
) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("sealed") / "rec-1"
    return directory, material.whole(directory, authority, clip)


@pytest.fixture(scope="session")
def open_once(
    tmp_path_factory: pytest.TempPathFactory,
    authority: material.Authority,
    clip: list[material.Frame],
) -> tuple[Path, dict[str, Any]]:
    """A recording that was never sealed: the desk died after the second head."""
    directory = tmp_path_factory.mktemp("open") / "rec-1"
    return directory, material.whole(directory, authority, clip, seal=False)


@pytest.fixture(scope="session")
def golden(
    tmp_path_factory: pytest.TempPathFactory,
    authority: material.Authority,
    clip: list[material.Frame],
) -> handed.Golden:
    """A closed recording, handed over whole and in part."""
    return handed.Golden(tmp_path_factory.mktemp("golden"), authority, clip)


@pytest.fixture
def sealed(sealed_once: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return copied(sealed_once[0], tmp_path / "sealed")


@pytest.fixture
def unsealed(open_once: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return copied(open_once[0], tmp_path / "unsealed")


@pytest.fixture
def roots(authority: material.Authority) -> list[bytes]:
    """What a reader trusts: the root of the signer and of the timestamp authority."""
    return [last_pem(authority.signer.chain), last_pem(authority.stamper.chain)]


def last_pem(chain: bytes) -> bytes:
    marker = b"-----BEGIN CERTIFICATE-----"
    return marker + chain.rsplit(marker, 1)[1]


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target
