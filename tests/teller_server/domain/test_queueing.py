"""Who is served next, how long it may take, and when the branch is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_server.domain.estimate import ENOUGH_SAMPLES, estimate
from teller_server.domain.hours import OpeningHours, around_the_clock
from teller_server.domain.ids import new_id
from teller_server.domain.people import Teller, masked_document, masked_name
from teller_server.domain.ticket import (
    PRIORITY_BONUS,
    STICKY_PATIENCE,
    Ticket,
    ahead_of,
    lane_letter,
    next_for,
    queue_key,
    ticket_number,
)
from tests.teller_server.material import NOON

WANG = Teller("t-wang", "T1027", "王敏", frozenset({"details"}), frozenset({"zh-CN", "en"}))
ZHAO = Teller("t-zhao", "T1028", "赵蕾", frozenset({"details"}), frozenset({"zh-CN"}))


def ticket(visit: str, after: int = 0, **more: object) -> Ticket:
    known = {"skill": "details", "language": "zh-CN", **more}
    return Ticket(visit, visit, enqueued_at=NOON + timedelta(seconds=after), **known)


def test_tickets_are_numbered_by_lane_and_day() -> None:
    assert [lane_letter(n) for n in (0, 1, 25, 26, 27, 52)] == ["A", "B", "Z", "AA", "AB", "BA"]
    assert ticket_number("A", 18) == "A018"
    assert ticket_number("B", 1234) == "B1234"


def test_first_come_first_served_within_what_a_teller_can_do() -> None:
    line = [ticket("c", 2), ticket("a", 0, language="en"), ticket("b", 1)]
    assert next_for(WANG, line, NOON).visit == "a"
    assert next_for(ZHAO, line, NOON).visit == "b"
    assert next_for(ZHAO, [ticket("a", skill="loans")], NOON) is None


def test_an_absent_customer_is_passed_over_and_keeps_the_place() -> None:
    line = [ticket("a", 0, away=True), ticket("b", 1)]
    assert next_for(WANG, line, NOON).visit == "b"
    assert ahead_of(line[1], line) == 1


def test_a_returning_customer_is_kept_for_their_teller_for_a_while() -> None:
    line = [ticket("mine", 5, sticky="t-wang"), ticket("first", 0)]
    assert next_for(WANG, line, NOON).visit == "mine"
    assert next_for(ZHAO, [line[0]], NOON) is None
    later = line[0].enqueued_at + STICKY_PATIENCE
    assert next_for(ZHAO, [line[0]], later).visit == "mine"


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 2)), min_size=2, max_size=30))
def test_nobody_is_overtaken_for_longer_than_the_largest_bonus(
    arrivals: list[tuple[int, int]],
) -> None:
    line = [ticket(f"{n:02d}", after, priority=p) for n, (after, p) in enumerate(arrivals)]
    served = sorted(line, key=lambda t: t.key)
    for earlier, later in pairwise(served):
        assert later.enqueued_at - earlier.enqueued_at >= -PRIORITY_BONUS[-1]


@given(st.integers(-5, 50))
def test_any_priority_has_a_key(priority: int) -> None:
    assert NOON - PRIORITY_BONUS[-1] <= queue_key(NOON, priority) <= NOON


def test_an_estimate_says_what_it_rests_on() -> None:
    assert estimate(3, 0, 0, [300.0] * 50).basis == "no_teller"
    assert estimate(3, 0, 0, []).low_s is None
    assert estimate(0, 1, 0, []).basis == "few_samples"
    assert estimate(0, 1, 0, [300.0] * ENOUGH_SAMPLES).basis == "history"


def test_a_free_teller_means_hardly_any_wait() -> None:
    soon = estimate(0, 2, 3, [300.0] * 20)
    assert (soon.low_s, soon.high_s) == (0, 30)


@given(
    st.integers(0, 30),
    st.integers(0, 10),
    st.integers(1, 10),
    st.lists(st.floats(10, 3000), max_size=60),
)
def test_estimates_are_ranges_that_grow_with_the_line(
    ahead: int, free: int, busy: int, durations: list[float]
) -> None:
    now, next_ = estimate(ahead, free, busy, durations), estimate(ahead + 1, free, busy, durations)
    assert 0 <= now.low_s <= now.high_s
    assert now.high_s <= next_.high_s
    assert now.low_s <= next_.low_s


HOURS = OpeningHours(
    "Asia/Shanghai",
    dict.fromkeys(range(5), ((time(9), time(12)), (time(13, 30), time(17)))),
    {date(2026, 11, 26): (), date(2026, 11, 28): ((time(10), time(11)),)},
)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Shanghai, told in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (local(23, 8, 59), False),
        (local(23, 9), True),
        (local(23, 12), False),
        (local(23, 16, 59), True),
        (local(26, 10), False),
        (local(28, 10, 30), True),
        (local(29, 10), False),
    ],
)
def test_the_branch_keeps_its_hours(now: datetime, is_open: bool) -> None:
    assert HOURS.is_open(now) is is_open


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (local(23, 7), local(23, 9)),
        (local(23, 12, 30), local(23, 13, 30)),
        (local(25, 18), local(27, 9)),
        (local(27, 17), local(28, 10)),
        (local(23, 10), None),
    ],
)
def test_a_closed_branch_says_when_it_opens(now: datetime, opens: datetime | None) -> None:
    assert HOURS.reopens(now) == opens


def test_hours_are_told_in_the_branchs_own_day() -> None:
    assert HOURS.today(local(23, 1)) == "09:00–12:00, 13:30–17:00"
    assert HOURS.local_day(datetime(2026, 11, 22, 17, tzinfo=UTC)) == date(2026, 11, 23)
    assert OpeningHours("UTC", {}).reopens(NOON) is None
    assert around_the_clock("UTC").is_open(NOON)


def test_clocks_that_change_are_followed() -> None:
    london = OpeningHours("Europe/London", dict.fromkeys(range(7), ((time(9), time(17)),)))
    before = datetime(2026, 3, 28, 20, tzinfo=UTC)
    assert london.reopens(before) == datetime(2026, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("李雷", "李*"), ("欧阳明月", "欧***"), ("Ada Whitfield", "A** W********"), ("Li", "L*")],
)
def test_a_masked_name_greets_without_identifying(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_a_masked_document_shows_its_ends_only() -> None:
    assert masked_document("330106199001010028") == "3301**********0028"
    assert masked_document("512846097") == "*******97"


def test_an_id_is_readable_and_as_random_as_its_entropy() -> None:
    made = new_id("v", bytes(range(16)))
    assert made == new_id("v", bytes(range(16)))
    assert made.startswith("v-")
    assert len(made) == 28
    assert not set(made[2:]) & set("ILOU")
