"""A relay behind one public address, which a NAT maps to it port by port."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from signaling.media import MediaPolicy
from signaling.media.agent import own_addresses
from tests.network.proxy import Proxy
from tests.signaling.media.peers import QUICK, Meeting, until

PRIVATE = "127.0.0.1"


def candidates(sdp: str) -> set[tuple[str, int]]:
    return {(host, int(port)) for host, port in re.findall(r"udp \d+ (\S+) (\d+) typ host", sdp)}


async def test_a_customer_reaches_a_relay_that_only_its_nat_knows() -> None:
    public = own_addresses()[0]
    meeting = Meeting(replace(QUICK, addresses=(PRIVATE,), announced={PRIVATE: public}))
    customer = meeting.peer("customer")
    answer = await meeting.call.answer(
        "customer", "c1", await customer.offer(), meeting.tape("customer")
    )
    ((host, port),) = candidates(answer.sdp)
    assert host == public, "the private address is nobody's business"
    nat = await Proxy.open(public, port=port)
    nat.leads_to((PRIVATE, port))
    try:
        await customer.accept(answer.sdp)
        await until(lambda: len(meeting.tape("customer").frames["video"]) > 5)
        assert nat.up.passed > 5
    finally:
        await meeting.close()
        nat.close()


def test_an_address_is_announced_as_one_of_its_kind() -> None:
    with pytest.raises(ValueError, match="its own kind"):
        MediaPolicy(announced={"10.0.0.1": "2001:db8::1"})
