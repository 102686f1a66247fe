"""What a page notices: greeting, resuming, superseding, pushing, failing."""

import pytest

from signaling.connection import WirePolicy
from signaling.messages import View
from signaling.resume import MemoryJournal
from tests.signaling.branch import branch
from tests.signaling.words import Got


async def test_hello_is_answered_by_a_token_and_a_fresh_view() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        assert page.welcome["resumed"] is False
        assert page.welcome["heartbeat"] == 10
        assert len(page.welcome["token"]) == 43
        heard = await page.hear()
        assert (heard["type"], heard["seq"]) == ("view", 0)
        assert heard["body"] == {"subject": "visit-1", "said": 0}


async def test_messages_are_numbered_and_acknowledged() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        for n in (1, 2, 3):
            await page.say("put", n=n)
        assert [(await page.hear("got"))["seq"] for _ in range(3)] == [1, 2, 3]
        await page.put({"v": 1, "type": "media.state", "seq": 4, "id": "", "body": {}})
        while page.kept:
            await page.hear()
        assert here.said == [1, 2, 3]


async def test_a_handled_message_is_not_handled_again() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        again = {"v": 1, "type": "put", "id": "same", "seq": 1, "body": {"n": 7}}
        await page.put(again)
        await page.put(again)
        await page.say("put", n=8)
        assert [(await page.hear("got"))["body"]["n"] for _ in range(2)] == [7, 8]
        assert here.said == [7, 8]
        assert here.switchboard.counters["repeated"] == 1


async def test_what_was_missed_is_said_again_after_a_broken_socket() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        await page.close()
        for n in (1, 2, 3):
            await here.switchboard.push("visit-1", Got(n=n))
        page.last = 1  # the first had arrived
        await page.open()
        assert page.welcome["resumed"] is True
        heard = [await page.hear() for _ in range(3)]
        assert [(h["type"], h["seq"]) for h in heard] == [("got", 2), ("got", 3), ("view", 0)]


async def test_a_new_socket_takes_over_from_the_old() -> None:
    async with branch() as here:
        old, new = here.page(), here.page()
        await old.open()
        new.token = old.token
        await new.open()
        assert new.welcome["resumed"] is True
        assert (await old.hear("bye", "closed"))["body"] == {"code": "superseded"}
        assert (await old.hear("closed"))["code"] == 4001
        await here.switchboard.push("visit-1", Got(n=5))
        assert (await new.hear("got"))["body"] == {"n": 5}
        assert here.came == [("visit-1", True), ("visit-1", True)], "nobody left"


async def test_a_replaced_page_that_comes_back_by_itself_is_sent_away() -> None:
    async with branch() as here:
        old, new = here.page(), here.page()
        await old.open()
        await old.close()
        await new.open()  # without a token: another window
        assert (await old.open())["body"] == {"code": "superseded"}
        assert (await old.hear("closed"))["code"] == 4001
        old.token = None  # the person says: here
        await old.open()
        assert (await new.hear("bye"))["body"] == {"code": "superseded"}


@pytest.mark.parametrize("whose", ["nobody's", "another visit's"])
async def test_a_token_that_opens_nothing_begins_a_new_session(whose: str) -> None:
    async with branch() as here:
        page, other = here.page(), here.page("visit-2")
        await other.open()
        page.token = other.token if whose == "another visit's" else "x" * 43
        page.last = 9
        await page.connect()
        await page.put({"v": 1, "type": "hello", "id": "h", "body": {"token": page.token}})
        error = await page.hear()
        assert (error["type"], error["body"]["code"]) == ("error", "stale_token")
        assert (await page.hear("welcome"))["body"]["resumed"] is False
        assert (await page.hear("view"))["body"]["subject"] == "visit-1"
        await here.switchboard.push("visit-2", Got(n=1))
        assert (await other.hear("got"))["seq"] == 1, "the other visit keeps its page"


async def test_a_page_that_claims_more_than_was_said_starts_afresh() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.close()
        page.last = 50
        await page.open()
        assert page.welcome["resumed"] is False


async def test_a_refusal_is_told_in_words_and_kept() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        said = await page.say("put", n=13)
        await page.close()
        await here.heard.wait()
        await page.open()
        error = await page.hear("error")
        assert error["seq"] == 1
        assert error["body"] == {
            "re": said,
            "code": "rejected",
            "message": "<rejected>",
            "field": None,
        }


async def test_a_defect_is_told_and_the_next_message_is_handled() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.say("put", n=500)
        await page.say("put", n=2)
        assert (await page.hear("error"))["body"]["code"] == "internal"
        assert (await page.hear("got"))["body"] == {"n": 2}


async def test_what_a_handler_says_leaves_with_its_receipt_or_not_at_all() -> None:
    class Full(MemoryJournal):
        full = True

        async def commit(self, posts, receipt=None):  # type: ignore[no-untyped-def]
            if self.full:
                raise OSError("disk full")
            return await super().commit(posts, receipt)

    journal = Full()
    async with branch(journal=lambda: journal) as here:
        page = here.page()
        await page.open()
        await page.say("put", n=1)
        assert (await page.hear("error"))["body"]["code"] == "outage"
        assert (await page.hear("closed"))["code"] == 1011
        journal.full = False
        await page.open()
        assert (await page.hear("got"))["body"] == {"n": 1}
        assert here.said == [1, 1], "not settled, so said and handled again"


async def test_a_page_that_returns_in_mid_handling_does_not_double_it() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.say("put", n=1000)
        await here.busy.wait()
        await page.close()
        await page.open()  # says it again
        here.go_on.set()
        assert (await page.hear("got"))["body"] == {"n": 1000}
        await page.say("put", n=2)
        assert (await page.hear("got"))["body"] == {"n": 2}
        assert here.said == [1000, 2]


async def test_views_that_have_not_left_are_replaced_by_newer_ones() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        for n in range(50):
            await here.switchboard.push("visit-1", View(state={"n": n}))
        await here.switchboard.push("visit-1", Got(n=1))
        heard = []
        while (message := await page.hear())["type"] == "view":
            heard.append(message["body"]["n"])
        assert heard[-1] == 49
        assert len(heard) <= 2


async def test_goodbye_ends_the_session() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        await here.switchboard.bye("visit-1", "signed_out")
        assert (await page.hear("bye"))["body"] == {"code": "signed_out"}
        assert (await page.hear("closed"))["code"] == 4003
        assert not here.switchboard.online("visit-1")
        assert here.came == [("visit-1", True), ("visit-1", False)]
        assert (await page.open())["type"] == "bye", "its token opens nothing any more"


async def test_a_server_that_restarts_lets_pages_go() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        await here.switchboard.close()
        assert (await page.hear("closed"))["code"] == 1012


async def test_a_subject_that_never_came_is_not_written_for() -> None:
    async with branch() as here:
        await here.switchboard.push("visit-9", Got(n=1))
        page = here.page("visit-9")
        await page.open()
        assert (await page.hear())["type"] == "view"


async def test_an_outbox_nobody_comes_for_is_given_up() -> None:
    async with branch(WirePolicy(backlog=20)) as here:
        page = here.page()
        await page.open()
        await page.close()
        for n in range(25):
            await here.switchboard.push("visit-1", Got(n=n))
        assert here.switchboard.counters["overflowed"] == 1
        new = here.page()
        await new.open()
        assert (await new.hear())["type"] == "view"


async def test_a_view_that_cannot_be_made_is_told_and_the_page_comes_back() -> None:
    async with branch() as here:
        page = here.page("visit-lost")
        await page.open()
        assert (await page.hear())["body"]["code"] == "rejected"
        assert (await page.hear("closed"))["code"] == 1011
        assert here.came == [("visit-lost", True), ("visit-lost", False)]


async def test_a_page_whose_session_has_ended_is_signed_out() -> None:
    async with branch(WirePolicy(welcome_check=0.02)) as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        here.welcome = False
        assert (await page.hear("bye"))["body"] == {"code": "signed_out"}
        assert (await page.hear("closed"))["code"] == 4003
