"""The custody chain's witness: signs where it stands, regularly and after a grant; checks."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from recording.custody_heads import (
    last_custody_head,
    read_custody_heads,
    stamp_custody_head,
    write_custody_head,
)
from recording.seal import Signer, Stamper
from teller_server.desk.strongroom import Strongroom
from teller_server.domain.errors import Damage
from teller_server.settings import Settings
from teller_server.store.custody import CustodyStore
from teller_server.store.store import Store

Now = Callable[[], datetime]

log = structlog.get_logger(__name__)


class CustodyHeads:
    """Keeps signed heads of the custody chain below the evidence root."""

    def __init__(
        self,
        store: CustodyStore,
        root: Path,
        signer: Signer,
        stamper: Stamper,
        now: Now,
    ) -> None:
        self._store = store
        self._root = root
        self._signer = signer
        self._stamper = stamper
        self._now = now
        self._turn = asyncio.Lock()

    async def sign(self) -> None:
        """Sign where the chain stands, unless the newest head says so already.

        A signer that is away keeps nobody from an entry that is written: the next round signs.
        """
        try:
            async with self._turn:
                place = await self._store.place()
                if place is not None:
                    await asyncio.to_thread(self._write, place.n, place.hash)
        except Exception:
            log.exception("custody_head_failed")

    def _write(self, links: int, newest: str) -> None:
        known = last_custody_head(self._root)
        if known is None or known[1] != links:
            write_custody_head(self._root, links, newest, self._now(), self._signer)

    async def round(self) -> None:
        """Sign, then stamp the newest head."""
        await self.sign()
        async with self._turn:
            if not await asyncio.to_thread(stamp_custody_head, self._root, self._stamper):
                log.warning("custody_head_unstamped")


def open_custody(settings: Settings, store: Store, room: Strongroom, now: Now) -> CustodyHeads:
    """The branch's own."""
    root = settings.evidence_directory.absolute()
    return CustodyHeads(store.custody, root, room.signer, room.stamper, now)


@dataclass(slots=True)
class CustodyVerdict:
    """What was found; `problems` as plain values. `alone`: accounts changed by no two admins."""

    links: int = 0
    heads: int = 0
    attested: int = 0
    stamped: str | None = None
    alone: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when nothing was changed or taken away, 1 otherwise."""
        return 1 if self.problems else 0

    def as_dict(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {
            "links": self.links,
            "heads": self.heads,
            "attested": self.attested,
            "stamped": self.stamped,
            "alone": self.alone,
            "problems": self.problems,
        }


async def check_custody(
    store: CustodyStore, root: Path, trust: Sequence[bytes] | None = None
) -> CustodyVerdict:
    """Hold the database's custody entries against their chain, and the chain against its heads."""
    told = await asyncio.to_thread(read_custody_heads, root, trust)
    chain = await store.check(frozenset(head.links for head in told.heads))
    verdict = CustodyVerdict(chain.links, len(told.heads))
    for problem in told.problems:
        verdict.problems.append({"code": problem.code, "file": problem.file, **_said(problem)})
    verdict.alone = [
        f"{one.at.isoformat()} {one.act} {one.detail.get('account')} by {one.actor}, nobody second"
        for one in chain.acts
        if one.detail.get("alone")
    ]
    verdict.problems += [_plain(problem) for problem in chain.problems]
    for head in told.heads:
        verdict.attested = max(verdict.attested, head.links)
        if head.stamped:
            verdict.stamped = head.at.isoformat()
        if chain.at.get(head.links) != head.hash:
            gone = head.links > chain.links
            code = "custody_entry_gone" if gone else "custody_chain_broken"
            verdict.problems.append({"code": code, "head": head.n, "links": head.links})
    return verdict


def _said(problem: Any) -> dict[str, str]:
    return {"detail": problem.detail} if problem.detail else {}


def _plain(problem: Damage) -> dict[str, Any]:
    return {"code": problem.code, **problem.plain}
