from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kyc.engines.dlib import DlibResNet
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.frames import EncodedFrame
from kyc.pool import ModelPool
from tests.kyc import people


@pytest.fixture(scope="session")
def finder() -> YuNet:
    return YuNet()


@pytest.fixture(scope="session")
def sface() -> SFace:
    return SFace()


@pytest.fixture(scope="session")
def dlib() -> DlibResNet:
    return DlibResNet()


@pytest.fixture(scope="session")
def video_of_a() -> list[EncodedFrame]:
    return people.vp8(people.clip())


@pytest.fixture(scope="session")
def photo_of_a() -> bytes:
    """The document photograph of A: the clip's first frame."""
    return people.jpeg(people.clip()[0])


@pytest_asyncio.fixture(scope="session")
async def pool() -> AsyncIterator[ModelPool]:
    pool = ModelPool(workers=1, waiting=4)
    await pool.start()
    yield pool
    await pool.close()
