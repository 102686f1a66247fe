"""A synthetic further party: comes by a link, consents, and is then like a customer."""

from __future__ import annotations

from typing import Self

from teller_server.rehearse.client import Door
from teller_server.rehearse.customer import Customer
from teller_server.rehearse.media import Medium


class Guest(Customer):
    """One guest in one browser. Make one with `come`; `close` at the end."""

    @classmethod
    async def come(cls, base: str, link: str, medium: Medium, *, face: bool = True) -> Self:
        """Open the link, use it, answer every consent (those about the face: `face`), be heard.

        Raises client.Refused, wire.WireError.
        """
        door = Door(base)
        try:
            await door.page("/j")
            secret = link.partition("#")[2]
            joining = await door.post("/api/customer/join", {"secret": secret})
            await door.page("/j")  # the new cookie's own CSRF token
            consents = {one: face or not one.startswith("face") for one in joining["consents"]}
            await door.post("/api/customer/join/consents", {"consents": consents})
            return cls(door, await door.wire("/ws/customer"), medium, "", face=face)
        except BaseException:
            await door.close()
            raise
