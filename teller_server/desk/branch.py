"""The branch, put together: every desk once, joined by the counter, the bell and the wire."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from secrets import SystemRandom
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from kyc.pool import ModelPool
from signaling.dispatch import Caller
from signaling.messages.generic import CallRejoin, Head, View
from signaling.switchboard import Switchboard
from teller_server import __version__
from teller_server.desk.admission import Admission
from teller_server.desk.alarm import Alarm
from teller_server.desk.archive import open_archive
from teller_server.desk.call import CallDesk
from teller_server.desk.challenge import ChallengeDesk
from teller_server.desk.continuity import LOOK_SECONDS, ContinuityDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.custody_heads import open_custody
from teller_server.desk.documents import DocumentDesk
from teller_server.desk.doorbell import Doorbell
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk
from teller_server.desk.findings import FindingsDesk
from teller_server.desk.guests import GUEST, VISIT, GuestDesk
from teller_server.desk.heads import HeadTimes
from teller_server.desk.housekeeping import Housekeeping
from teller_server.desk.identity import IdentityDesk
from teller_server.desk.key_watch import KeyWatch
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.opened import open_desks
from teller_server.desk.outside import Outside, Witnesses, build_bank_desks, build_webhooks
from teller_server.desk.pack_shelf import Packs
from teller_server.desk.papers import PaperDesk
from teller_server.desk.place import PlaceDesk
from teller_server.desk.press import Press
from teller_server.desk.proposals import ProposalDesk
from teller_server.desk.receipts import ReceiptDesk
from teller_server.desk.reception import Reception
from teller_server.desk.recovery import take_up_everything
from teller_server.desk.registry import RegistryDesk
from teller_server.desk.rules import BranchRules
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.second import SecondDesk
from teller_server.desk.service import ServiceDesk
from teller_server.desk.show import Show
from teller_server.desk.shredding import shred_refused
from teller_server.desk.signatures import SignatureDesk
from teller_server.desk.signing import open_signing
from teller_server.desk.space import watch_space
from teller_server.desk.strongroom import Strongroom
from teller_server.desk.surroundings import (
    ice_of,
    media_policy,
    opening_hours,
    papers_folders,
    rules_of,
    wire_policy,
)
from teller_server.desk.vault import build_statements, build_vault
from teller_server.settings import Settings
from teller_server.store.store import Store
from teller_server.worker.pool import WorkerPool

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
BACK_OFFICE_SECONDS = 0.5
REPUDIATION_SECONDS = 5.0
REVIEW_SECONDS = 30.0
UNHEARD_SECONDS = 3600.0
VAULT_SECONDS = 5.0
GRANT_SECONDS = 10.0
TIDY_SECONDS = 3600.0


class Branch:
    """Built once by `app`; `open` starts everything, `close` ends it in reverse."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        outside: Outside,
        strongroom: Strongroom,
        say: Callable[[str, str], str],
        origins: frozenset[str],
    ) -> None:
        self._chance = SystemRandom()
        self.settings = settings
        self.store = store
        self.outside = outside
        self.strongroom = strongroom
        self.rules = BranchRules.read(settings)
        self.scripts = Scripts(self.rules.scripts, settings.data.directory / "scripts")
        self.packs = Packs(self.rules.texts, settings.data.directory / "packs")
        self.names = {"zh-CN": settings.branch.name, "en": settings.branch.name_en}
        self.hours = opening_hours(settings)
        self.crew = Crew()
        self.counter = Counter(store.visits)
        self.keys = DataKeys(store, strongroom.wrapper, self.counter.now)
        self.labels = Labels(store, self.keys, strongroom.labels)
        self.key_watch = KeyWatch(settings, store, self.counter, demo=strongroom.wrapper.demo)
        self.facts = FactsDesk(store, self.keys)
        self.place = PlaceDesk(self.counter, self.keys, self.rules, outside.networks)
        self.bell = Doorbell(self._show)
        self.switchboard = Switchboard(
            store.journal, say, wire_policy(settings, origins), self._presence
        )
        self.models = ModelPool(workers=1)
        self._languages: dict[str, str] = {}
        self._build_call()
        self._build_service()
        self._build_papers()
        self._build_bank()
        self.show = self._build_show()

    def _build_call(self) -> None:
        """What records and forwards a call."""
        settings, store, counter, room = self.settings, self.store, self.counter, self.strongroom
        self.vault = build_vault(settings, store, counter)
        self.vault_statements = build_statements(settings, store, counter.now)
        self.evidence = EvidenceDesk(
            store,
            counter,
            self.keys,
            self.crew,
            settings.evidence_directory.absolute(),
            room.signer,
            room.stamper,
            HeadTimes(settings.recording.head_seconds, settings.recording.stamp_seconds),
            self._head,
            self.vault.want,
            shred_refused=shred_refused(settings, store, room, self.rules.policy),
            software=f"teller-server {__version__}",
            rules_of=partial(rules_of, self.scripts, self.packs),
        )
        self.archive = open_archive(settings, store, room, counter.now)
        self.receipts = ReceiptDesk(store.evidence, settings.evidence_directory.absolute())
        self.call = CallDesk(
            counter,
            store.visits,
            self.evidence,
            self.crew,
            self._ring_visit,
            self._rejoin,
            connect_seconds=settings.branch.connect_seconds,
            rejoin_seconds=settings.branch.rejoin_seconds,
        )
        self.workers = WorkerPool(
            settings.media.workers or max(1, (os.cpu_count() or 2) - 1),
            media_policy(settings),
            on_event=self.call.worker_said,
            on_lost=self.call.workers_lost,
        )
        self.call.use(self.workers)

    def _build_service(self) -> None:
        """What the people at both ends of a call use."""
        settings, store, counter = self.settings, self.store, self.counter
        self.reception = Reception(
            store,
            counter,
            self.crew,
            self.hours,
            self.bell.ring,
            self._ring_floor,
            wrap_up_seconds=settings.branch.wrap_up_seconds,
            most_waiting=settings.limits.waiting,
        )
        base, ring = settings.server.public_url or "", self.bell.ring
        self.guests = GuestDesk(store, counter, self.scripts, ring, self._forget_guest, base)
        lookup, zone = self.strongroom.lookup, ZoneInfo(settings.branch.timezone)
        chance, ring_visit = self._chance, self._ring_visit
        self.service = ServiceDesk(counter, self.keys, lookup, self.facts, self.scripts, chance)
        neighbours = counter, self.call, self.evidence, self.models, self.crew
        reader = DocumentDesk(*neighbours, ring_visit, self.facts, self.service, zone)
        self.identity = IdentityDesk(*neighbours, ring_visit, reader)
        self.continuity = ContinuityDesk(*neighbours, ring_visit)
        self.challenge = ChallengeDesk(*neighbours, chance)
        asked = self.facts, self.scripts, self.outside.registry, ring_visit
        self.registry = RegistryDesk(counter, self.crew, store.visits, self.evidence, *asked)
        self.space = watch_space(settings, lambda: len(self.call.pictures))
        self.admission = Admission(
            store,
            counter,
            self.keys,
            self.labels,
            lookup,
            self.strongroom.invitations,
            self.outside.core,
            self.rules,
            self.space,
            generous=settings.demo,
        )
        self.custody_heads = open_custody(settings, store, self.strongroom, counter.now)
        self.opened = open_desks(
            settings, store, counter, self.keys, self.labels, self.evidence, self.scripts,
            self.rules, self.strongroom, self.custody_heads.sign,
        )  # fmt: skip
        self.openings, self.review = self.opened.openings, self.opened.review
        self.alarm = Alarm(counter, self.crew, self._ring_visit)

    def _build_papers(self) -> None:
        """What is set in type, read and signed."""
        self.press, folders = Press(), papers_folders(self.settings)
        self.papers = PaperDesk(
            self.counter,
            self.crew,
            self.store.accounts,
            self.evidence,
            self.facts,
            self.press,
            self.scripts,
            self.names,
            folders,
            ZoneInfo(self.settings.branch.timezone),
        )
        signing = open_signing(self.settings, self.strongroom.stamper, self.press)
        self.signatures = SignatureDesk(
            self.counter,
            self.crew,
            self.store.visits,
            self.store.evidence.heads,
            self._ring_visit,
            self.evidence,
            self.facts,
            signing,
            self.outside.messenger,
            self.scripts,
            self.names,
            self.strongroom.codes,
            code_minutes=self.settings.codes.minutes,
        )
        self.second = SecondDesk(self.store, self.counter, self.keys, self.labels, self.scripts)
        self.findings = FindingsDesk(
            self.store, self.keys, self.facts, self.evidence, signing, self.packs, self.scripts
        )

    def _build_bank(self) -> None:
        """What goes to the bank's own systems."""
        settings, store, counter = self.settings, self.store, self.counter
        witnesses = Witnesses(self.evidence.seals, self.evidence.seals, self.evidence)
        desks = build_bank_desks(
            settings, store, counter, self.keys, self.facts, self.outside, witnesses,
            self.strongroom.lookup,
        )  # fmt: skip
        self.backoffice, self.notices = desks.backoffice, desks.notices
        self.repudiation = desks.repudiation
        self.proposals = ProposalDesk(
            counter, self.crew, store.visits, self.backoffice.propose, self._ring_visit
        )
        self.webhooks = build_webhooks(settings, store, self.strongroom.webhooks, counter)
        self.house = Housekeeping(store, counter, self.evidence, self.webhooks, self.vault)

    def _build_show(self) -> Show:
        return Show(
            self.store,
            self.counter,
            self.call,
            self.identity,
            self.reception,
            self.keys,
            self.facts,
            self.guests,
            self.signatures,
            self.scripts,
            self.hours,
            self.names,
            partial(ice_of, self.settings),
            relay_only=self.settings.media.relay_only,
        )

    async def open(self) -> None:
        """Start the workers and the rounds, and take up what the last desk left behind."""
        await self.press.start()  # first: without its fonts a branch must not open
        await self.workers.start()
        self.crew.start(self.bell.run(), "doorbell")
        await take_up_everything(self.store, self.counter, self.evidence)
        await self.reception.begin_anew()
        self.crew.start(self.house.tidy(), "tidy")
        self.crew.every(TIDY_SECONDS, self.house.tidy, "tidy")
        self.archive.begin(self.crew)
        self.crew.start(self.key_watch.round(), "keys")
        self.crew.every(TIDY_SECONDS, self.key_watch.round, "keys")
        self.crew.every(SWEEP_SECONDS, self.reception.sweep, "reception.sweep")
        self.crew.every(SWEEP_SECONDS, self.call.sweep, "call.sweep")
        self.crew.every(LOOK_SECONDS, self.continuity.round, "continuity")
        self.crew.every(BACK_OFFICE_SECONDS, self.backoffice.round, "backoffice")
        self.crew.every(BACK_OFFICE_SECONDS, self.notices.round, "notices")
        self.crew.every(REPUDIATION_SECONDS, self.repudiation.round, "repudiation")
        self.crew.every(BACK_OFFICE_SECONDS, self.webhooks.round, "webhooks")
        self.crew.every(REVIEW_SECONDS, self.house.hurry_reviews, "reviews")
        self.crew.every(UNHEARD_SECONDS, self.second.watch, "objections")
        for bring in (self.vault.round, self.vault_statements.round):
            self.crew.every(VAULT_SECONDS, bring, "vault")
        self.opened.begin(self.crew)
        self.crew.every(GRANT_SECONDS, self.keys.let_go, "keys")
        self.crew.every(self.settings.review.custody_seconds, self.custody_heads.round, "custody")
        self.crew.start(self.models.start(), "models.start")

    async def close(self) -> None:
        """Seal what is in memory, end the processes; what fails keeps nothing else open."""
        async with AsyncExitStack() as last_to_first:
            for part in (
                self.store, self.outside, self.webhooks, self.press, self.crew, self.models,
                self.evidence,
            ):  # fmt: skip
                last_to_first.push_async_callback(part.close)
            await self.workers.close()

    # ---- views

    async def view(self, caller: Caller) -> View:
        """The fresh view that a socket begins with."""
        self._languages[caller.subject] = caller.language
        if caller.audience == "customer":
            return View(state=await self.show.customer(caller.subject))
        return View(state=await self.show.teller(caller.subject, caller.language))

    async def _show(self, subject: str) -> None:
        if not self.switchboard.online(subject):
            return
        if subject.startswith((VISIT, GUEST)):
            body = await self.show.customer(subject)
        else:
            body = await self.show.teller(subject, self._languages.get(subject, "zh-CN"))
        await self.switchboard.push(subject, View(state=body))

    def _ring_visit(self, visit: str) -> None:
        self.crew.start(self._ring_both(visit), "ring")

    async def _ring_both(self, visit_id: str) -> None:
        visit = await self.store.visits.load(visit_id)
        guests = self.guests.subjects(visit) if visit else ()
        self.bell.ring(visit_id, *guests, *([visit.teller] if visit and visit.teller else []))

    def _ring_floor(self) -> None:
        """Everybody who sees the queue: waiting customers and tellers with a console open."""
        self.bell.ring(*self._languages)

    # ---- the wire

    async def _presence(self, caller: Caller, here: bool) -> None:
        if caller.subject.startswith(VISIT):
            self.reception.customer_here(caller.subject, here)
        elif not caller.subject.startswith(GUEST):
            self.reception.teller_here(caller.subject, here)
        if here:
            self._languages[caller.subject] = caller.language
        else:
            self._languages.pop(caller.subject, None)

    def _head(self, visit: str, n: int, at: datetime, digest: str) -> None:
        push = self.switchboard.push(visit, Head(n=n, at=at.isoformat(), digest=digest))
        self.crew.start(push, "push.head")

    def _rejoin(self, visit: str, party: str) -> None:
        async def rejoin() -> None:
            subject = visit
            if party != "customer":
                found = await self.store.visits.get(visit)
                guest = found.guests.get(party)
                subject = guest.guest if guest else found.owner or visit
            await self.switchboard.push(subject, CallRejoin(reason="worker_restarted"))

        self.crew.start(rejoin(), "push.rejoin")

    def _forget_guest(self, guest: str) -> None:
        """A new link was made for somebody else: the old one's page is over."""

        async def forget() -> None:
            await self.store.sessions.remove_subject("customer", guest)
            await self.switchboard.bye(guest, "signed_out")

        self.crew.start(forget(), "guest.forget")

    async def bye(self, subject: str, code: Literal["signed_out", "closed"]) -> None:
        await self.switchboard.bye(subject, code)
