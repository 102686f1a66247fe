"""The store as one thing: each noun of the branch under its own name."""

from __future__ import annotations

from typing import TypeVar

from .accounts import AccountStore
from .attestations import AttestationStore
from .bank import BankStore
from .custody import CustodyStore
from .days import DayStore
from .engine import Database, Work, connect
from .evidence import EvidenceStore
from .faces import FaceStore
from .fields import FieldStore
from .floor import FloorStore
from .guests import GuestStore
from .invitations import InvitationStore
from .key_uses import KeyStore
from .ledger import Ledger
from .migrate import migrate_database
from .notices import NoticeStore
from .outbox import OutboxStore
from .queue import QueueStore
from .repudiation_links import RepudiationLinks
from .retention import RetentionStore
from .search_terms import SearchTerms
from .sessions import SessionStore
from .shredding import ShreddingStore
from .vault import VaultStore
from .view_requests import ViewRequests
from .visits import VisitStore
from .webhooks import WebhookStore
from .wire import WireJournal

T = TypeVar("T")


class Store:
    """Open with `await Store.open(url)`, which brings the tables up to date first."""

    def __init__(self, database: Database) -> None:
        ledger = Ledger()
        self.database = database
        self.visits = VisitStore(database, ledger)
        self.queue = QueueStore(database, ledger)
        self.floor = FloorStore(database)
        self.accounts = AccountStore(database)
        self.attestations = AttestationStore(database)
        self.bank = BankStore(database)
        self.sessions = SessionStore(database)
        self.invitations = InvitationStore(database)
        self.guests = GuestStore(database)
        self.journal = WireJournal(database)
        self.outbox = OutboxStore(database, ledger)
        self.notices = NoticeStore(database)
        self.repudiation_links = RepudiationLinks(database)
        self.webhooks = WebhookStore(database)
        self.evidence = EvidenceStore(database)
        self.faces = FaceStore(database)
        self.custody = CustodyStore(database)
        self.view_requests = ViewRequests(database)
        self.keys = KeyStore(database)
        self.days = DayStore(database)
        self.retention = RetentionStore(database)
        self.shreds = ShreddingStore(database)
        self.fields = FieldStore(database)
        self.vault = VaultStore(database)
        self.search = SearchTerms(database)

    @classmethod
    async def open(cls, url: str) -> Store:
        """Connect, migrate, and be ready: `sqlite:///path/branch.db` or `postgresql://…`."""
        database = connect(url)
        try:
            await migrate_database(database)
        except BaseException:
            await database.close()
            raise
        return cls(database)

    async def write(self, work: Work[T]) -> T:
        """One transaction of the caller's own making."""
        return await self.database.write(work)

    async def read(self, work: Work[T]) -> T:
        """One consistent look."""
        return await self.database.read(work)

    async def close(self) -> None:
        """Finish what is running."""
        await self.database.close()
