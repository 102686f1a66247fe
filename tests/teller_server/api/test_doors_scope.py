"""What may not be done by video is said before anybody waits, with what can be done instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from teller_server.desk.attestations import attest
from teller_server.domain.fields import resident_id_valid
from teller_server.domain.policy import Attestation
from tests.teller_server.api.branch import CONSENTS, Browser, Reply, Served

LOAN = {"service": "loan_interview", "consents": CONSENTS}
HOUSING = {"purpose": "housing", "amount": "500000"}
ABOVE = {"purpose": "education", "amount": "200000.01"}
WITHIN = {"purpose": "education", "amount": "200000"}


async def judged(stranger: Browser, intake: dict[str, str], language: str = "en") -> Reply:
    wish = {"service": "loan_interview", "intake": intake, "language": language}
    return await stranger.ask("POST", "/api/customer/scope", wish)


async def test_a_home_loan_is_refused_before_the_queue_with_another_way(doors: Served) -> None:
    stranger = doors.browser()
    told = (await judged(stranger, HOUSING)).json
    assert told["decision"] == "deny"
    assert "branch" in told["title"]
    assert all(offer["title"] and offer["text"] for offer in told["offers"])
    assert [(c["id"], c["verified"]) for c in told["clauses"]] == [("CN-L-01", True)]
    opened = await stranger.arrive(**LOAN, intake=HOUSING)
    assert (opened.status, opened.code) == (409, "scope_denied")
    assert stranger.cookies == {}


async def test_above_the_limit_it_begins_here_and_ends_at_the_branch(doors: Served) -> None:
    stranger = doors.browser("zh-CN")
    told = (await judged(stranger, ABOVE)).json
    assert told["decision"] == "limit"
    assert "网点签署" in told["title"]
    assert (await stranger.arrive(**LOAN, intake=ABOVE)).status == 201
    live = await doors.branch.store.visits.live()
    (visit,) = [one for one in live if one.policy.scope == ("CN-L-04",)]
    assert visit.holds["above_esign_limit"]
    assert visit.policy.objection_days == 15
    assert [pin.id for pin in visit.policy.packs] == ["cn-bank"]


async def test_up_to_the_limit_nothing_stands_in_the_way(doors: Served) -> None:
    told = (await judged(doors.browser(), WITHIN)).json
    assert (told["decision"], told["clauses"]) == ("allow", [])


async def test_a_child_needs_a_guardian(doors: Served) -> None:
    child = f"110105{datetime.now(UTC).year - 10}0101123"
    number = next(child + last for last in "0123456789X" if resident_id_valid(child + last))
    reply = await doors.browser().arrive("李小明", number)
    assert (reply.status, reply.code) == (409, "scope_denied")


async def test_what_is_no_longer_vouched_for_closes_the_service(doors: Served) -> None:
    async def word(holds: timedelta) -> None:
        now = datetime.now(UTC)
        given = Attestation("own_platform", now, now + holds, "张三")
        await attest(doors.branch.store, doors.branch.rules, given)

    await word(timedelta())
    try:
        closed = await doors.browser().arrive(**LOAN, intake=WITHIN)
        assert (closed.status, closed.code) == (409, "attestation_lapsed")
        other = await doors.browser().arrive()
        assert other.status == 201
    finally:
        await word(timedelta(days=30))
    assert (await doors.browser().arrive(**LOAN, intake=WITHIN)).status == 201
