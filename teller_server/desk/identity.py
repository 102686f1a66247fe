"""Visit ↔ KYC: the customer's document photograph and the comparison of faces.

Faces come from the server's own copy of the live video; the photograph of the document is checked
and encoded afresh in the model process. What is kept is sealed before the visit hears of it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from kyc.errors import Outage as ModelOutage
from kyc.errors import Refusal as ModelRefusal
from kyc.policy import Outcome as CheckOutcome
from kyc.pool import ModelPool
from kyc.result import CheckResult, PortraitFound, Rejected
from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.documents import DocumentDesk
from teller_server.desk.evidence import EvidenceDesk
from teller_server.domain import commands as c
from teller_server.domain.document_pages import fits, kind_of
from teller_server.domain.documents import FRONT, document_type
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import new_id
from teller_server.domain.script import StepKind
from teller_server.domain.state import CheckOutcome as Verdict
from teller_server.domain.state import Visit, VisitState
from teller_server.worker.link import LinkBrokenError, RemoteFailureError, RemoteRefusalError

log = structlog.get_logger(__name__)

WATCH_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class _Shot:
    """What somebody says that a photograph shows."""

    visit: str
    party: str
    side: str
    kind: str


class IdentityDesk:
    """Runs checks for visits; at most one photograph and one comparison at a time for each."""

    def __init__(
        self,
        counter: Counter,
        call: CallDesk,
        evidence: EvidenceDesk,
        models: ModelPool,
        crew: Crew,
        ring: Callable[[str], None],
        documents: DocumentDesk,
    ) -> None:
        self.documents = documents
        self._counter = counter
        self._call = call
        self._evidence = evidence
        self._models = models
        self._crew = crew
        self._ring = ring
        self.checking: set[str] = set()

    def photograph(
        self, visit: Visit, party: str, photo: bytes, side: str = FRONT, kind: str = ""
    ) -> None:
        """Take a photograph of one side of a party's document; the result shows in the view.

        Raises Refusal when none is asked for, or while one is being looked at.
        """
        current = visit.current
        if visit.state is not VisitState.IN_SERVICE or current is None:
            raise Refusal("document_not_expected")
        if current.kind is not StepKind.IDENTITY_DOCUMENT or current.party != party:
            raise Refusal("document_not_expected")
        fits(current, kind, side)
        if visit.id in self.checking:
            raise Refusal("document_being_checked")
        self.checking.add(visit.id)
        self._ring(visit.id)
        shot = _Shot(visit.id, party, side, kind or kind_of(current))
        self._crew.start(self._look_at(shot, photo), "identity.document")

    async def _look_at(self, shot: _Shot, photo: bytes) -> None:
        try:
            await self._judge(shot, photo)
        except Exception as error:  # a model, the disk: the customer is asked for another
            log.warning("document_not_checked", visit=shot.visit, **_why(error))
            await self._reject(shot, "not_checked")
        finally:
            self.checking.discard(shot.visit)
            self._ring(shot.visit)

    async def _judge(self, shot: _Shot, photo: bytes) -> None:
        portrait = shot.side == FRONT and document_type(shot.kind).portrait
        found = await (self._models.portrait if portrait else self._models.sheet)(photo)
        if isinstance(found, Rejected):
            await self._reject(shot, found.code)
            return
        page = await self._evidence.attach(shot.visit, found.photo, "image/jpeg", "document_photo")
        face = None
        if isinstance(found, PortraitFound):
            face = await self._evidence.attach(shot.visit, found.portrait, "image/jpeg", "portrait")
        reads = self.documents.reads(shot.kind, shot.side)
        command = c.DocumentReceived(page, face, shot.party, shot.side, shot.kind, reads)
        applied = await self._counter.try_act(shot.visit, command)
        if applied is not None and applied.visit.current is not None and reads:
            step = applied.visit.current
            await self.documents.read(applied.visit, step, shot.side, found.photo)

    async def _reject(self, shot: _Shot, code: str) -> None:
        await self._counter.try_act(shot.visit, c.DocumentRejected(code, shot.party, shot.side))

    async def check(self, visit: Visit, teller: str, command_id: str) -> None:
        """Begin a comparison of the live face with the portrait."""
        check = new_id("check", secrets.token_bytes(16))
        applied = await self._counter.act(visit.id, c.CheckIdentity(check, teller), command_id)
        if not applied.duplicate:
            self._crew.start(self._compare(applied.visit, check), "identity.check")

    async def _compare(self, visit: Visit, check: str) -> None:
        """Whatever happens, the check ends: one that ran for ever would allow no other."""
        try:
            portrait = await self._evidence.read(visit.id, _portrait(visit))
            frames = await self._call.tap(visit.id, visit.subject, WATCH_SECONDS)
            result = await self._models.check(portrait, frames)
            await self._report(visit.id, check, result)
        except (ModelOutage, ModelRefusal, Outage, RemoteRefusalError) as error:
            await self._counter.try_act(visit.id, c.IdentityCheckFailed(check, error.code))
        except (LinkBrokenError, RemoteFailureError, TimeoutError):
            await self._counter.try_act(visit.id, c.IdentityCheckFailed(check, "no_video"))
        except Exception as error:
            log.warning("identity_not_checked", visit=visit.id, **_why(error))
            await self._counter.try_act(visit.id, c.IdentityCheckFailed(check, "not_checked"))

    async def _report(self, visit: str, check: str, result: CheckResult) -> None:
        if result.outcome is CheckOutcome.UNUSABLE or result.score is None:
            # the first reason is that there were too few frames; the second says what to change
            code = next(iter(result.reasons[1:] or result.reasons), "unusable")
            await self._counter.try_act(visit, c.IdentityCheckFailed(check, code))
            return
        digests = {}
        for role, picture in (("live", result.live_face), ("portrait", result.portrait_face)):
            if picture is not None:
                digests[role] = await self._evidence.attach(
                    visit, picture, "image/jpeg", f"face_{role}"
                )
        self._evidence.mark(visit, "face_scores", _figures(check, result))
        command = c.IdentityChecked(
            check,
            _OUTCOMES[result.outcome],
            round(result.score, 4),
            result.second_opinion.value,
            result.reasons,
            digests,
        )
        await self._counter.try_act(visit, command)


_OUTCOMES: dict[CheckOutcome, Verdict] = {
    CheckOutcome.PASSED: "passed",
    CheckOutcome.REFERRED: "referred",
    CheckOutcome.FAILED: "failed",
}


def _why(error: Exception) -> dict[str, object]:
    """For the log: the code of an error that has one; a traceback of one that nobody foresaw."""
    code = getattr(error, "code", None)
    return {"code": code} if isinstance(code, str) else {"exc_info": error}


def _portrait(visit: Visit) -> str:
    if visit.document is None or visit.document.portrait is None:
        raise Outage("portrait_missing")
    return visit.document.portrait


def _figures(check: str, result: CheckResult) -> dict[str, object]:
    """What the verdict rests on, so that a reviewer can judge the judge."""
    return {
        "check": check,
        "engine": result.engine,
        "model_sha256": result.model_sha256,
        "scores": [round(frame.score, 4) for frame in result.frames],
        "second_distance": result.second_distance,
        "frames_decoded": result.frames_decoded,
        "frames_examined": result.frames_examined,
        "flaws": result.flaws,
    }
