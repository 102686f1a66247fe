"""The desks by which evidence is found, opened, handed over and held: built and kept going."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from teller_server import __version__
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.export import ExportDesk
from teller_server.desk.handover import HandoverDesk
from teller_server.desk.holds import HoldDesk
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.openings import OpeningDesk
from teller_server.desk.review import ReviewDesk
from teller_server.desk.rules import BranchRules
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.search_index import SearchIndex
from teller_server.desk.search_terms import WordKey
from teller_server.desk.strongroom import Strongroom
from teller_server.settings import Settings
from teller_server.store.store import Store

GRANT_SECONDS = 10.0
INDEX_SECONDS = 2.0
CATCH_UP_SECONDS = 3600.0


@dataclass(frozen=True)
class OpenedDesks:
    """What the review page's doors lead to."""

    openings: OpeningDesk
    review: ReviewDesk
    search: SearchIndex
    handover: HandoverDesk
    holds: HoldDesk

    def begin(self, crew: Crew) -> None:
        """Let go of what grants opened that have ended; index what was sealed."""
        crew.every(GRANT_SECONDS, self.openings.sweep, "grants")
        crew.every(GRANT_SECONDS, self.review.sweep, "grants")
        crew.every(INDEX_SECONDS, self.search.round, "search")
        crew.every(CATCH_UP_SECONDS, self.search.catch_up, "search")
        crew.start(self.search.catch_up(), "search")


def open_desks(
    settings: Settings,
    store: Store,
    counter: Counter,
    keys: DataKeys,
    labels: Labels,
    evidence: EvidenceDesk,
    scripts: Scripts,
    rules: BranchRules,
    room: Strongroom,
    witness: Callable[[], Awaitable[None]],
) -> OpenedDesks:
    """`witness` signs the head of the custody chain."""
    words = WordKey(room.words)
    exports = ExportDesk(
        store, keys, settings.evidence_directory.absolute(), room.signer, counter.now,
        f"teller-server {__version__}",
    )  # fmt: skip
    return OpenedDesks(
        OpeningDesk(
            store, counter, keys, labels, settings.review.second_person, rules.policy, witness
        ),
        ReviewDesk(store, counter, keys, labels, room.lookup, words, evidence, scripts),
        SearchIndex(store, counter, keys, evidence, words),
        HandoverDesk(exports, counter.now),
        HoldDesk(store, keys, counter.now),
    )
