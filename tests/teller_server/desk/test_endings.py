"""Whatever breaks behind a visit, it comes to an end and says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from teller_server.desk import reception
from teller_server.desk.keys import recording_of
from teller_server.domain import commands as c
from teller_server.domain.state import Outcome, Visit, VisitState
from teller_server.store.view_requests import Scope
from teller_server.worker import pool
from tests.teller_server.desk.house import TELLER, House, house
from tests.teller_server.kept import shredded


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


async def evidence_of(house: House, visit: Visit) -> Path:
    """Where the recording is, once it has begun."""
    recording = None
    while recording is None:
        recording = await house.branch.store.evidence.recording(recording_of(visit.id))
    return house.branch.evidence.directory(recording)


async def swept(house: House, visit: Visit) -> Visit:
    """The visit once the sweep has ended its call."""
    while (now := await house.branch.store.visits.get(visit.id)).state is VisitState.CONNECTING:
        await house.branch.call.sweep()
    return now


async def test_without_a_worker_the_call_ends_and_the_visit_closes(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "NEW_WORKER_SECONDS", 0.05)
    visit = await open_house.accepted()
    ended = await open_house.in_state(visit, VisitState.WRAP_UP)
    assert (ended.outcome, ended.reason_code) == (Outcome.ABORTED_TECHNICAL, "call_not_opened")
    await open_house.do(visit, c.WrapUp(TELLER, "nothing_done"))
    assert (await open_house.in_state(visit, VisitState.CLOSED)).outcome is ended.outcome


async def test_a_customer_who_never_comes_to_the_call_is_not_waited_for(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "NEW_WORKER_SECONDS", 5)
    visit = await open_house.accepted()
    ended = await swept(open_house, visit)
    assert (ended.outcome, ended.reason_code) == (Outcome.NO_SHOW, "did_not_join")
    await open_house.do(visit, c.WrapUp(TELLER, "nothing_done"))
    await open_house.in_state(visit, VisitState.CLOSED)


async def test_a_call_that_is_never_recorded_is_not_a_no_show(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "NEW_WORKER_SECONDS", 5)
    visit = await open_house.accepted()
    await open_house.do(visit, c.LegUp("customer", "leg-1"), c.LegUp("teller", "leg-2"))
    ended = await swept(open_house, visit)
    assert (ended.outcome, ended.reason_code) == (Outcome.ABORTED_TECHNICAL, "never_connected")


async def test_evidence_that_is_gone_can_not_keep_a_visit_open(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "NEW_WORKER_SECONDS", 0.3)
    visit = await open_house.accepted()
    directory = await evidence_of(open_house, visit)
    directory.rename(directory.with_name("elsewhere"))
    await open_house.in_state(visit, VisitState.WRAP_UP)
    await open_house.do(visit, c.WrapUp(TELLER, "nothing_done"))
    closed = await open_house.in_state(visit, VisitState.CLOSED)
    assert (closed.sealed, closed.seal_verified) == (True, False)
    recording = await open_house.branch.store.evidence.recording(recording_of(visit.id))
    assert recording is not None
    assert (recording.state, recording.verdict) == ("failed", "damaged")


async def test_who_consents_and_leaves_without_a_ticket_is_not_remembered_for_ever(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "AWAY_GRACE", timedelta(0))
    monkeypatch.setattr(reception, "FORGET_AWAY", timedelta(0))
    visit = await open_house.customer()
    open_house.branch.reception.customer_here(visit.id, here=False)
    await open_house.branch.reception.sweep()
    assert (await open_house.branch.store.visits.get(visit.id)).outcome is Outcome.NO_SHOW


async def test_a_comparison_that_breaks_allows_another(open_house: House) -> None:
    visit = await open_house.accepted()
    directory = await evidence_of(open_house, visit)
    await open_house.do(
        visit,
        *(c.LegUp(party, f"{party}-1") for party in visit.parties),
        *(c.RecordingConfirmed(party) for party in visit.parties),
        c.StartStep("recording_consent", TELLER),
        c.AnswerStep("recording_consent", "agreed"),
        c.CompleteStep("recording_consent", TELLER, "passed"),
        c.StartStep("document", TELLER),
    )
    digest = await open_house.branch.evidence.attach(visit.id, b"face", "image/jpeg", "portrait")
    at_face = await open_house.do(
        visit,
        c.DocumentReceived(digest, digest),
        c.CompleteStep("document", TELLER, "passed"),
        c.StartStep("face", TELLER),
    )
    (sealed,) = directory.glob(f"objects/{digest}*")
    sealed.write_bytes(sealed.read_bytes()[:-1])
    await open_house.branch.identity.check(at_face, TELLER, "check")
    over = await open_house.until(
        visit, lambda it: it.check is not None and it.check.status != "running"
    )
    assert over.check is not None
    assert (over.check.status, over.check.reasons) == ("failed", ("not_checked",))


async def test_custody_outlives_the_key(open_house: House) -> None:
    branch, visit = open_house.branch, await open_house.customer()
    await branch.openings.ask(visit.id, TELLER, "a complaint", Scope())
    (before,) = await branch.review.custody(visit.id)
    await shredded(branch.store, visit.id, branch.counter.now())
    await branch.keys.let_go()
    (after,) = await branch.review.custody(visit.id)
    assert (before["purpose"], after["purpose"]) == ("a complaint", None)
    assert after["actor"] == "王敏"
