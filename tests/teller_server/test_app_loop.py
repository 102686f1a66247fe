"""Nothing stalls the desk's loop, and nothing personal is in what the whole server writes down."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_server.rehearse.media import default_clip, load
from teller_server.rehearse.server import private_server
from tests.journeys.people import LI_LEI, SHORT, Cast, meeting, officer

SLOW = 0.25  # seconds; the loop itself warns of whatever takes longer than a tenth


@pytest.mark.proof
async def test_a_whole_visit_stalls_nothing_and_is_not_told_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    medium = await asyncio.to_thread(load, default_clip())
    often = {"head_seconds": 2, "stamp_seconds": 4}
    place = tmp_path / "evidence"
    async with private_server(tmp_path, place, recording=often, rules=SHORT) as server:
        async with meeting(server, Cast(medium, medium), LI_LEI) as people:
            await people.serve()
            await people.finish()
            await people.closed("committed")
        async with officer(server) as reviewer:
            granted = await reviewer.view(people.visit, "复核彩排的录像")
            await reviewer.recorded(people.visit, granted)
            assert (await reviewer.verdict(people.visit))["status"] == "complete"
            found = await reviewer.door.post("/api/review/visits/search", {"q": LI_LEI.name})
            assert found["total"] == 1
        log = server.log.read_text("utf-8").split("Ctrl-C", 1)[1]  # what follows the greeting
    took = [float(seconds) for seconds in re.findall(r"took ([0-9.]+) seconds", log)]
    figure(f"slowest callback of a visit: {max(took, default=0.1):.2f} s; limit {SLOW} s")
    for words in (LI_LEI.name, LI_LEI.document_number, "彩排路", "复核彩排的录像", granted):
        assert words not in log
    assert max(took, default=0.0) <= SLOW, log
