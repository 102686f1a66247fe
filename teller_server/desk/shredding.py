"""Shredding: an act of two people, when retention lets it go and no hold stands on it.

Due is not shredded: nothing goes by itself, but what the branch's settings say is not kept of a
customer who refused to be recorded. The certificate is signed and stamped first; then one
transaction looks for holds, destroys the key and lists the certificate; then the certificate is put
beside the package and on the shred list, now or with the next `retention` command after a crash.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from recording import canonical
from recording.seal import Signer, Stamper
from recording.shredding import NAME, Certificate, certify, place, write
from teller_server.desk.keys import recording_of
from teller_server.desk.strongroom import Strongroom
from teller_server.domain.errors import Refusal
from teller_server.domain.people import Role
from teller_server.domain.policy import BranchPolicy
from teller_server.domain.policy.keeping import Keeping, counted_from, keeping
from teller_server.settings import RefusedRecording, Settings
from teller_server.store.accounts import Account
from teller_server.store.retention import Kept, ShredRequest
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

SETTLED = timedelta(hours=24)
"""An account that was changed since then confirms nothing."""
WHAT = (
    "recording", "attachments", "personal fields", "search index", "labels", "notices",
    "events to the bank", "sessions",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A visit and how long it is kept."""

    kept: Kept
    keeping: Keeping


class ShreddingDesk:
    """Says what is due, takes requests, and shreds what a second person confirms."""

    def __init__(
        self,
        store: Store,
        policy: BranchPolicy,
        root: Path,
        shred_list: Path,
        signer: Signer,
        stamper: Stamper,
        backups: timedelta,
        now: Callable[[], datetime],
        finished: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """`backups`: how long one may live. `finished(recording)`: its package has a new file."""
        self._store = store
        self._policy = policy
        self._root = root
        self._list = shred_list
        self._signer = signer
        self._stamper = stamper
        self._backups = backups
        self._now = now
        self._finished = finished

    async def standings(self) -> list[Standing]:
        """Every visit that can still be read."""
        found: list[Standing] = []
        while page := await self._store.retention.kept(after=found[-1].kept.visit if found else ""):
            found += [self._standing(one) for one in page]
        return found

    async def tell(self, visit: str, event: str, at: datetime, by: str) -> None:
        """The bank says when something ended. Raises Refusal retention_event_unknown, …"""
        service = (await self._store.visits.get(visit)).service
        known = counted_from(self._policy, service)
        if event not in known:
            raise Refusal("retention_event_unknown", known=", ".join(sorted(known)))
        if at > self._now():
            raise Refusal("retention_event_later")
        await self._store.retention.tell(visit, event, at, by, self._now())

    async def ask(self, visit: str, account: Account, why: str) -> ShredRequest:
        """The first person's word.

        Raises Refusal shred_not_allowed, retention_runs, held, shred_asked, key_shredded.
        """
        _check_person(account)
        await self._check_free(visit)
        return await self._store.retention.ask(visit, why, account.id, self._now())

    async def confirm(self, visit: str, account: Account) -> Certificate:
        """The second person's word: it is done, and can't be undone.

        Raises Refusal shred_not_asked, shred_not_allowed, second_person_needed, account_changed,
        retention_runs, held, key_shredded; Outage.
        """
        now = self._now()
        request = await self._asked(visit)
        _check_person(account)
        if account.id == request.asked_by:
            raise Refusal("second_person_needed")
        if now - max(account.created_at, account.changed_at or account.created_at) < SETTLED:
            raise Refusal("account_changed")
        first = await self._store.accounts.by_id(request.asked_by)
        if first is None:
            raise Refusal("shred_not_allowed")
        _check_person(first)
        standing = await self._check_free(visit)
        certificate = await asyncio.to_thread(
            certify,
            self._root / standing.kept.directory if standing.kept.directory else self._root,
            recording_of(visit),
            now,
            self._said(standing, request, first, account),
            self._signer,
            self._stamper,
        )
        await self._store.shreds.shred(request, account.id, certificate, now)
        log.info("shredded", visit=visit, certificate=certificate.digest)
        await self.finish()
        return certificate

    async def by_rule(self, visit: str, rule: str) -> Certificate:
        """What a setting says is not kept: no person asks, retention is not asked, a hold is.

        Raises Refusal held, key_shredded; Outage: then nothing was shredded.
        """
        now, (kept,) = self._now(), await self._kept(visit)
        directory = self._root / kept.directory if kept.directory else self._root
        said = {
            "visit": visit,
            "what": list(WHAT),
            "why": {"words": rule, "clauses": [], "kept_until": None},
            "by": {"rule": rule},
            "backups_until": canonical.stamp(now + self._backups),
        }
        words = directory, recording_of(visit), now, said, self._signer, self._stamper
        certificate = await asyncio.to_thread(certify, *words)
        await self._store.shreds.shred_by_rule(visit, rule, certificate, now)
        log.info("shredded", visit=visit, rule=rule, certificate=certificate.digest)
        await self._put(certificate)
        return certificate

    async def withdraw(self, visit: str, account: Account) -> None:
        """Nothing is shredded. Raises Refusal shred_not_asked, shred_not_allowed."""
        _check_person(account)
        await self._store.retention.withdraw(await self._asked(visit), account.id, self._now())

    async def finish(self) -> None:
        """Put certificates where they belong that a crash kept from it."""
        for shred in await self._store.shreds.all():
            await self._put(shred.certificate)

    async def _put(self, certificate: Certificate) -> None:
        there = await asyncio.to_thread(self._listed, certificate)
        kept = await self._store.evidence.recording(certificate.recording)
        if kept is None:
            return
        placed = await asyncio.to_thread(
            _placed, self._root / kept.directory, certificate, there=there
        )
        if placed and self._finished is not None:
            await self._finished(certificate.recording)

    def _listed(self, certificate: Certificate) -> bool:
        """Whether it was on the list already; it is now."""
        path = self._list / f"{certificate.recording}.json"
        if path.exists():
            return True
        self._list.mkdir(parents=True, exist_ok=True)
        write(path, certificate)
        for role, chain in zip(("signer", "tsa"), certificate.chains, strict=True):
            (self._list / f"{certificate.recording}.{role}.pem").write_bytes(chain)
        return False

    async def _asked(self, visit: str) -> ShredRequest:
        found = await self._store.retention.asked(visit)
        if not found:
            raise Refusal("shred_not_asked")
        return found[0]

    async def _check_free(self, visit: str) -> Standing:
        """The standing of a visit that may go now; holds are looked for again when it goes."""
        await self._store.visits.get(visit)
        standing = self._standing((await self._kept(visit))[0])
        if not standing.keeping.may_go(self._now()):
            until = standing.keeping.until
            raise Refusal(
                "retention_runs",
                until=until.isoformat() if until else None,
                awaits=", ".join(standing.keeping.awaits),
            )
        return standing

    async def _kept(self, visit: str) -> list[Kept]:
        kept = await self._store.retention.kept(visit)
        if not kept:
            raise Refusal("key_shredded")
        if kept[0].held:
            raise Refusal("held")
        return list(kept)

    def _standing(self, kept: Kept) -> Standing:
        return Standing(kept, keeping(self._policy, kept.service, kept.closed_at, kept.events))

    def _said(
        self, standing: Standing, request: ShredRequest, first: Account, second: Account
    ) -> dict[str, Any]:
        """What the certificate says besides; staff by their numbers."""
        until = standing.keeping.until
        return {
            "visit": standing.kept.visit,
            "what": list(WHAT),
            "why": {
                "words": request.why,
                "clauses": list(standing.keeping.clauses),
                "kept_until": canonical.stamp(until) if until else None,
            },
            "by": {"asked": first.number, "confirmed": second.number},
            "backups_until": canonical.stamp(self._now() + self._backups),
        }


def open_shredding(
    settings: Settings,
    store: Store,
    room: Strongroom,
    policy: BranchPolicy,
    now: Callable[[], datetime],
) -> ShreddingDesk:
    """The desk as the settings place it; a new certificate goes to the vault as well."""

    async def finished(recording: str) -> None:
        if settings.vault.kind != "none":
            await store.vault.want(recording, now())

    return ShreddingDesk(
        store,
        policy,
        settings.evidence_directory.absolute(),
        settings.shred_list.absolute(),
        room.signer,
        room.stamper,
        timedelta(days=settings.retention.backup_days),
        now,
        finished,
    )


def shred_refused(
    settings: Settings, store: Store, room: Strongroom, policy: BranchPolicy
) -> Callable[[str], Awaitable[Certificate]] | None:
    """What shreds a visit whose customer refused to be recorded; None where that is kept."""
    if settings.recording.refused is RefusedRecording.KEEP:
        return None
    desk = open_shredding(settings, store, room, policy, lambda: datetime.now(UTC))
    return partial(desk.by_rule, rule="recording.refused")


def _placed(directory: Path, certificate: Certificate, *, there: bool) -> bool:
    """Whether the package did not have it before; a package that is lost gets none."""
    if not directory.is_dir() or (there and (directory / NAME).exists()):
        return False
    place(directory, certificate)
    return True


def _check_person(account: Account) -> None:
    """An administrator who serves nobody."""
    wrong = account.disabled or Role.TELLER in account.roles or Role.ADMIN not in account.roles
    if wrong:
        raise Refusal("shred_not_allowed")
