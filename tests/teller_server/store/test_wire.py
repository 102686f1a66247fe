"""One suite for every journal: numbering, receipts, replacing, ending."""

import pytest

from signaling.resume import Journal, Known, MemoryJournal, Post, Posted, Receipt
from teller_server.store.store import Store


def post(subject: str, n: int) -> Post:
    return Post(subject, "got", f'{{"n":{n}}}')


class JournalSuite:
    """What holds for every journal."""

    async def test_posts_are_numbered_by_session(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.open("s2", "v2", "h2")
        placed = await journal.commit([post("v1", 1), post("v2", 1), post("v1", 2)])
        assert [(p.subject, p.session, p.seq) for p in placed] == [
            ("v1", "s1", 1),
            ("v2", "s2", 1),
            ("v1", "s1", 2),
        ]
        assert placed[2].backlog == 2

    async def test_posts_to_nobody_are_left_out(self, journal: Journal) -> None:
        assert list(await journal.commit([post("v9", 1)])) == []

    async def test_what_is_not_acknowledged_can_be_said_again(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.commit([post("v1", n) for n in range(1, 6)])
        await journal.trim("s1", 2)
        kept = await journal.since("s1", 3)
        assert [(p.subject, p.seq, p.type, p.body) for p in kept] == [
            ("v1", 4, "got", '{"n":4}'),
            ("v1", 5, "got", '{"n":5}'),
        ]
        assert [p.seq for p in await journal.since("s1", 0)] == [3, 4, 5]
        assert isinstance(kept[0], Posted)

    async def test_numbers_go_on_after_trimming(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.commit([post("v1", 1), post("v1", 2)])
        await journal.trim("s1", 2)
        assert [p.seq for p in await journal.commit([post("v1", 3)])] == [3]
        assert await journal.find("h1") == Known("s1", "v1", 3, True)

    async def test_a_receipt_is_remembered_for_its_session(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.open("s2", "v2", "h2")
        receipt = Receipt("s1", "m1")
        assert not await journal.seen(receipt)
        await journal.commit([post("v1", 1)], receipt)
        await journal.commit([], receipt)  # twice is not an error
        assert await journal.seen(receipt)
        assert not await journal.seen(Receipt("s2", "m1"))

    async def test_a_new_session_replaces_the_old(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.commit([post("v1", 1)], Receipt("s1", "m1"))
        await journal.open("s2", "v1", "h2")
        old = await journal.find("h1")
        assert old is not None
        assert not old.current
        assert list(await journal.since("s1", 0)) == []
        assert not await journal.seen(Receipt("s1", "m1"))
        assert [p.session for p in await journal.commit([post("v1", 2)])] == ["s2"]

    async def test_an_ended_session_takes_nothing_more(self, journal: Journal) -> None:
        await journal.open("s1", "v1", "h1")
        await journal.end("v1")
        await journal.end("v1")
        assert list(await journal.commit([post("v1", 1)])) == []
        known = await journal.find("h1")
        assert known is not None
        assert not known.current
        assert await journal.find("nothing") is None

    async def test_the_receipt_of_a_replaced_session_is_not_an_error(
        self, journal: Journal
    ) -> None:
        """A handler may finish after another window has taken over."""
        await journal.open("s1", "v1", "h1")
        await journal.open("s2", "v1", "h2")
        placed = await journal.commit([post("v1", 1)], Receipt("s1", "m1"))
        assert [p.session for p in placed] == ["s2"]


class TestMemory(JournalSuite):
    @pytest.fixture
    def journal(self) -> Journal:
        return MemoryJournal()


class TestStored(JournalSuite):
    @pytest.fixture
    def journal(self, store: Store) -> Journal:
        return store.journal
