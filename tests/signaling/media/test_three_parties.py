"""Three people in one call: each is heard by both others."""

import pytest

from signaling.media.events import LegDead
from tests.signaling.media.peers import Meeting, until


async def test_everybody_sees_both_others_on_the_seats_the_page_offered(meeting: Meeting) -> None:
    names = ("customer", "teller", "interpreter")
    for name in names:
        await meeting.join(name, name, seats=2)
    customer, teller, interpreter = meeting.peers
    await until(lambda: all(len(p.seen) == 2 for p in meeting.peers))
    await until(lambda: all(w.frames > 15 for p in meeting.peers for w in p.seen + p.heard))
    assert [w.brightness for w in customer.seen] == pytest.approx([200, 130], abs=20)
    assert [w.brightness for w in teller.seen] == pytest.approx([60, 130], abs=20)
    assert [w.brightness for w in interpreter.seen] == pytest.approx([60, 200], abs=20)
    assert not any(meeting.call.stats()["unheard"].values())
    for name in names:
        assert meeting.tape(name).frames["video"]
        assert meeting.tape(name).frames["audio"]


async def test_when_one_leaves_the_others_go_on(meeting: Meeting) -> None:
    for name in ("customer", "teller", "interpreter"):
        await meeting.join(name, name, seats=2)
    customer, *_ = meeting.peers
    await until(lambda: len(customer.seen) == 2 and all(w.frames > 10 for w in customer.seen))
    await meeting.call.drop("teller")
    teller, interpreter = customer.seen[0].frames, customer.seen[1].frames
    await until(lambda: customer.seen[1].frames > interpreter + 20)
    assert customer.seen[0].frames - teller < 10


async def test_a_page_with_one_pair_of_lines_hears_one_and_the_others_are_told(
    meeting: Meeting,
) -> None:
    for name in ("customer", "teller", "interpreter"):
        await meeting.join(name, name)
        await until(lambda name=name: name in meeting.call.stats()["unheard"])  # type: ignore[misc]
    assert meeting.call.stats()["unheard"] == {
        "customer": ("interpreter",),
        "teller": ("interpreter",),
        "interpreter": ("teller",),
    }


async def test_a_guest_who_comes_later_is_seen_without_a_new_offer_and_leaves_for_good() -> None:
    meeting = Meeting(expected=("customer", "teller", "guarantor"))
    try:
        customer = await meeting.join("customer", "customer", seats=2)
        teller = await meeting.join("teller", "teller", seats=2)
        await until(lambda: len(teller.seen) == 2 and teller.seen[0].frames > 5)
        guest = await meeting.join("guarantor", "guarantor", seats=2)
        everybody = (customer, teller, guest)
        await until(lambda: all(w.frames > 10 for p in everybody for w in p.seen + p.heard))
        assert [w.brightness for w in customer.seen] == pytest.approx([200, 130], abs=20)
        assert [w.brightness for w in teller.seen] == pytest.approx([60, 130], abs=20)
        assert [w.brightness for w in guest.seen] == pytest.approx([60, 200], abs=20)
        await meeting.call.part("guarantor")
        assert meeting.log.of(LegDead, "guarantor")[0].cause == "parted"
        assert not meeting.log.of(LegDead, "customer")
        before = customer.seen[0].frames
        await until(lambda: customer.seen[0].frames > before + 10)
        await meeting.call.part("guarantor")  # twice is no error
    finally:
        await meeting.close()
