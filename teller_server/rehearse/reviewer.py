"""A synthetic compliance officer: finds a visit, says why, watches it through the review doors."""

from __future__ import annotations

import io
from typing import Any, Self

import av

from teller_server.rehearse.client import Door
from teller_server.rehearse.teller import Credentials


class Reviewer:
    """One compliance officer in one browser. Make one with `sign_in`; `close` at the end."""

    def __init__(self, door: Door, credentials: Credentials) -> None:
        self.door = door
        self._credentials = credentials

    @classmethod
    async def sign_in(cls, base: str, credentials: Credentials) -> Self:
        """Sign in at the review desk. Raises client.Refused."""
        door = Door(base)
        try:
            await door.sign_in("review", credentials.account, credentials.password)
        except BaseException:
            await door.close()
            raise
        return cls(door, credentials)

    async def fresh(self) -> None:
        """Say the password again, as viewing asks. Raises client.Refused."""
        await self.door.post("/api/review/fresh", {"password": self._credentials.password})

    async def view(self, visit: str, purpose: str) -> str:
        """Say why; the grant with which the visit may be watched. Raises client.Refused."""
        granted = await self.door.post(f"/api/review/visits/{visit}/views", {"purpose": purpose})
        return str(granted["grant"])

    async def timeline(self, visit: str, grant: str) -> dict[str, Any]:
        """Parties with their media addresses, marks and gaps."""
        return dict(await self.door.get(f"/api/review/visits/{visit}/timeline", grant=grant))

    async def recorded(self, visit: str, grant: str) -> dict[str, dict[str, int]]:
        """Per party, how many whole frames of `video` and `audio` the replay plays."""
        timeline = await self.timeline(visit, grant)
        return {
            party["party"]: count_frames(await self.door.fetch(party["media"]))
            for party in timeline["parties"]
        }

    async def verdict(self, visit: str) -> dict[str, Any]:
        """What the server's own verification says."""
        return dict(await self.door.get(f"/api/review/visits/{visit}/verify"))

    async def close(self) -> None:
        """Shut the browser."""
        await self.door.close()


def count_frames(webm: bytes) -> dict[str, int]:
    """Packets of each kind in a WebM file; whole frames, since one block holds one."""
    counts = {"video": 0, "audio": 0}
    with av.open(io.BytesIO(webm), "r") as container:
        for packet in container.demux():
            if packet.size:
                counts[packet.stream.type] = counts.get(packet.stream.type, 0) + 1
    return counts
