"""Visit ↔ KYC between the checks: one look a second at everyone whose face may be compared.

A doubt is told to the teller and is a mark in the recording; it decides nothing. Nobody is looked
at who has not consented; what a look measures leaves memory with the call. A look that the models
have no time for is left out: checks go first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from kyc.continuity import Continuity, News
from kyc.errors import Outage as ModelOutage
from kyc.errors import Refusal as ModelRefusal
from kyc.face import Template
from kyc.injection import Hint, Injection
from kyc.policy import Thresholds
from kyc.pool import ModelPool
from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.domain.connecting import TELLER
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event
from teller_server.domain.script import StepKind
from teller_server.domain.state import SERVING, Visit, VisitState
from teller_server.worker.link import LinkBrokenError, RemoteFailureError

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
MOST_WAITING = 2  # jobs before the models; with more of them looks are left out
MARK = "face_doubt"
HINT = "injection_hint"
_NO_LOOK = (
    *(ModelOutage, ModelRefusal, Outage, Refusal),
    *(LinkBrokenError, RemoteFailureError, TimeoutError),
)


@dataclass
class _Watched:
    """One party of one visit. `check`: the comparison whose face `passed` is."""

    continuity: Continuity = field(default_factory=lambda: Continuity(Thresholds().referred))
    check: str = ""
    passed: Template | None = None
    before: bytes = b""
    injection: Injection = field(default_factory=Injection)
    flaw: str = ""
    newest: float = float("-inf")
    looking: bool = False


class ContinuityDesk:
    """Looks at every party of every visit that is being served."""

    def __init__(
        self,
        counter: Counter,
        call: CallDesk,
        evidence: EvidenceDesk,
        models: ModelPool,
        crew: Crew,
        ring: Callable[[str], None],
    ) -> None:
        self._call = call
        self._evidence = evidence
        self._models = models
        self._crew = crew
        self._ring = ring
        self._visits: dict[str, Visit] = {}
        self._watched: dict[tuple[str, str], _Watched] = {}
        counter.listen(self._heard)

    def _heard(self, visit: Visit, _events: Sequence[Event]) -> None:
        if visit.state in SERVING:
            self._visits[visit.id] = visit
            return
        self._visits.pop(visit.id, None)
        for place in [place for place in self._watched if place[0] == visit.id]:
            del self._watched[place]

    async def round(self) -> None:
        """Begin a look at everyone; one that still runs is not joined by a second."""
        if self._models.stats.waiting > MOST_WAITING:
            return
        for visit in self._visits.values():
            for party in self._parties(visit):
                watched = self._watched.setdefault((visit.id, party), _Watched())
                if not watched.looking:
                    watched.looking = True
                    self._crew.start(self._look(visit, party, watched), "continuity")

    def _parties(self, visit: Visit) -> list[str]:
        picture = self._call.pictures.get(visit.id)
        if picture is None or visit.state is VisitState.ON_HOLD:
            return []
        return [
            party
            for party, peer in picture.peers.items()
            if party != TELLER
            and visit.consented(party, "face")
            and peer.state == "up"
            and peer.video
        ]

    async def _look(self, visit: Visit, party: str, watched: _Watched) -> None:
        try:
            await self._remember(visit, party, watched)
            frames = await self._call.newest(visit.id, party)
            if not frames or frames[-1][2] == watched.newest:
                return  # nothing new has come: that is the line's doing and no frozen picture
            watched.newest = frames[-1][2]
            for hint in watched.injection.take(frames):
                self._hint(visit.id, party, hint)
            seen = await self._models.look(frames, watched.passed, watched.before)
            if seen is not None:
                watched.before = seen.picture
                self._tell(visit.id, party, watched.continuity.take(seen.look))
                self._advise(visit, party, watched, seen.flaws)
        except _NO_LOOK as error:
            log.debug("no_look", visit=visit.id, why=getattr(error, "code", type(error).__name__))
        finally:
            watched.looking = False

    async def _remember(self, visit: Visit, party: str, watched: _Watched) -> None:
        """The face that passed last, from the picture that was sealed with its check."""
        check = visit.person(party).check
        if check is None or check.id == watched.check or not visit.recognised(party):
            return
        if check.outcome not in ("passed", "referred") or "live" not in check.digests:
            return
        picture = await self._evidence.read(visit.id, check.digests["live"])
        watched.passed = await self._models.template(picture)
        watched.check = check.id

    def named_virtual(self, visit: str, party: str) -> None:
        """The party's browser names a camera that is a program."""
        self._hint(visit, party, Hint.VIRTUAL_CAMERA)

    def _hint(self, visit: str, party: str, hint: Hint) -> None:
        """Tell the teller, once in a call, that a picture may not come from a camera."""
        picture = self._call.pictures.get(visit)
        peer = picture.peers.get(party) if picture else None
        if peer is None or party == TELLER or hint.value in peer.hints:
            return
        peer.hints.add(hint.value)
        self._evidence.mark(visit, HINT, {"party": party, "hint": hint.value})
        self._ring(visit)

    def _advise(self, visit: Visit, party: str, watched: _Watched, flaws: Sequence[str]) -> None:
        """What to change before the camera: at the second look that says so, until a good one."""
        picture = self._call.pictures.get(visit.id)
        peer = picture.peers.get(party) if picture else None
        before, watched.flaw = watched.flaw, next(iter(flaws), "")
        if peer is None or watched.flaw not in ("", before) or watched.flaw == peer.advice:
            return
        peer.advice = watched.flaw
        if visit.current is not None and visit.current.kind is StepKind.FACE_MATCH:
            self._ring(visit.id)

    def _tell(self, visit: str, party: str, news: Sequence[News]) -> None:
        picture = self._call.pictures.get(visit)
        peer = picture.peers.get(party) if picture else None
        if not news or peer is None:
            return
        for one in news:
            (peer.doubts.add if one.began else peer.doubts.discard)(one.doubt.value)
            body = {"party": party, "doubt": one.doubt.value, "began": one.began}
            self._evidence.mark(visit, MARK, body)
        self._ring(visit)
