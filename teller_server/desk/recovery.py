"""After a crash: every visit that was in a call ends as interrupted; every place is kept.

The legs died with the workers, so a call can't go on; what was sealed is sealed, what was not is
said to be missing. Waiting customers simply keep their places: their pages come back by themselves.
"""

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.domain import commands as c
from teller_server.domain.state import CALLING, Outcome, Visit, VisitState
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

DISPOSITION = "branch_restarted"


async def take_up_everything(store: Store, counter: Counter, evidence: EvidenceDesk) -> None:
    """Bring every live visit to a state in which somebody can act on it."""
    for visit in await store.visits.live():
        if visit.state is VisitState.OFFERED and visit.offer is not None:
            expire = c.ExpireOffer(visit.offer.pairing, "branch_restarted")
            await counter.try_act(visit.id, expire)
        elif visit.state in CALLING or visit.state is VisitState.WRAP_UP:
            await _end(counter, evidence, visit)


async def _end(counter: Counter, evidence: EvidenceDesk, visit: Visit) -> None:
    log.warning("visit_interrupted", visit=visit.id, state=visit.state.value)
    try:
        await evidence.take_up(visit)
    except Exception:  # one bad recording must not keep the branch closed
        log.exception("evidence_not_taken_up", visit=visit.id)
    if visit.state in CALLING:
        abort = c.Abort(Outcome.ABORTED_TECHNICAL, "branch_restarted")
        await counter.try_act(visit.id, abort)
    if visit.owner is not None:
        await counter.try_act(visit.id, c.WrapUp(visit.owner, DISPOSITION))
    evidence.media_ended(visit.id)
