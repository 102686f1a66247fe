from collections.abc import AsyncIterator

import pytest

from tests.signaling.media.peers import Meeting


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    meeting = Meeting()
    yield meeting
    await meeting.close()
