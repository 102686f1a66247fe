"""A paper is made for as long as somebody waits for it, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from teller_server.desk import papers
from teller_server.desk.keys import recording_of
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Outcome, Visit
from teller_server.store.evidence import Recording
from tests.teller_server.desk.house import TELLER, House, house
from tests.teller_server.desk.own_rules import own_rules
from tests.teller_server.material import REASON


@pytest.fixture
async def reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(papers, "AGAIN_SECONDS", (0.05, 0.05, 0.05))
    rules = own_rules(tmp_path / "rules")
    with structlog.testing.capture_logs():  # drawing tracebacks takes longer than the rest
        async with house(tmp_path, rules) as opened:
            yield opened


async def before_reading(opened: House) -> tuple[Visit, Path]:
    """In service, the paper's step is next; and where attachments are kept."""
    visit = await opened.accepted()
    branch, recording = opened.branch, None
    while recording is None:
        recording = await branch.store.evidence.recording(recording_of(visit.id))
    assert isinstance(recording, Recording)
    while not any(o.role == "pack_house" for o in await branch.store.evidence.objects(visit.id)):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    visit = await opened.do(
        visit,
        *(c.LegUp(party, f"{party}-1") for party in visit.parties),
        *(c.RecordingConfirmed(party) for party in visit.parties),
        c.StartStep("recording_consent", TELLER),
        c.AnswerStep("recording_consent", "agreed"),
        c.CompleteStep("recording_consent", TELLER, "passed"),
    )
    return visit, branch.evidence.directory(recording) / "objects"


async def broken(opened: House, visit: Visit) -> list[str]:
    told = await opened.branch.store.visits.events(visit.id)
    return [one.event.code for one in told if isinstance(one.event, e.PaperBroke)]


async def test_a_disk_that_fails_for_long_delays_the_paper_and_says_so(reading: House) -> None:
    visit, objects = await before_reading(reading)
    objects.rename(objects.with_name("away"))
    objects.write_bytes(b"no folder")  # every attachment fails with OSError
    await reading.do(visit, c.StartStep("read", TELLER))
    while len(codes := await broken(reading, visit)) < 5:
        assert set(codes) <= {"not_made"}
        await asyncio.sleep(0.05)
    objects.unlink()
    objects.with_name("away").rename(objects)
    read = await reading.until(visit, lambda it: "contract" in it.papers)
    assert read.papers["contract"].pages == 2
    assert reading.branch.crew.failures["papers.show"] == 0


async def test_the_page_is_there_in_words_too_from_the_file_that_is_shown(reading: House) -> None:
    visit, _ = await before_reading(reading)
    await reading.do(visit, c.StartStep("read", TELLER))
    read = await reading.until(visit, lambda it: "contract" in it.papers)
    papers, state = reading.branch.papers, read.papers["contract"]
    first, second = [await papers.text(read, "customer", "contract", n) for n in (1, 2)]
    assert first == ("个人贷款合同\n借款人：韩梅梅", state.digest)
    assert second[0].replace("\n", "") == "第二页借款人应当按期足额偿还贷款本息。"
    pdf = await reading.branch.evidence.read(visit.id, state.kept)
    assert hashlib.sha256(pdf).hexdigest() == first[1]
    for party, number in (("guarantor", 1), ("customer", 3), ("customer", 0)):
        with pytest.raises(Refusal, match="not_found"):
            await papers.text(read, party, "contract", number)


async def test_nobody_makes_a_paper_whose_step_is_over(reading: House) -> None:
    visit, objects = await before_reading(reading)
    objects.rename(objects.with_name("away"))
    objects.write_bytes(b"no folder")
    await reading.do(visit, c.StartStep("read", TELLER))
    while len(await broken(reading, visit)) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await reading.do(visit, c.EndService(TELLER, Outcome.REFUSED_BANK, REASON))
    while any(task.get_name() == "papers.show" for task in reading.branch.crew._tasks):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert reading.branch.crew.failures["papers.show"] == 0
