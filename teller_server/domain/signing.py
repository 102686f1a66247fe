"""One-time codes and signatures on papers.

A code has six digits, works once, for one step of one party, for a few minutes and five tries; a
new one comes after a minute, at most five in a step. A signature needs a code, papers that were
read, and live video where the script says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, in_state, live, open_step, owned_by, party_step, stated
from .script import StepKind
from .state import SERVING, CodeState, StepState, Visit

MAX_TRIES = 5
MAX_CODES = 5
AGAIN_AFTER = timedelta(seconds=60)
_WITH_CODE = (StepKind.ONE_TIME_CODE, StepKind.SIGN)


def send_code(visit: Visit, command: c.SendCode, now: datetime) -> tuple[e.Event, ...]:
    """A code for this step, unless one has just gone out or was already right."""
    step = may_send(visit, command.step, command.party, now)
    return (
        e.CodeSent(now, step.id, command.party, command.to, command.digest, command.expires_at),
    )


def may_send(visit: Visit, step_id: str, party: str, now: datetime) -> StepState:
    """The step that a code may be sent for now; refused otherwise, before anything is sent."""
    in_service(visit)
    step = party_step(visit, step_id, party)
    if step.kind not in _WITH_CODE or step.answer == "signed":
        raise Refusal("code_not_expected", step=step.id)
    code = code_of(visit, step)
    if code is None:
        return step
    if code.correct:
        raise Refusal("code_already_correct")
    if code.sent >= MAX_CODES:
        raise Refusal("too_many_codes")
    if now < code.sent_at + AGAIN_AFTER:
        raise Refusal("code_just_sent")
    return step


def enter_code(visit: Visit, command: c.EnterCode, now: datetime) -> tuple[e.Event, ...]:
    """Right or wrong, every try counts and is on record."""
    standing_code(visit, command.step, command.party, now)
    return (e.CodeEntered(now, command.step, command.party, command.correct),)


def standing_code(visit: Visit, step_id: str, party: str, now: datetime) -> CodeState:
    """The code that may be tried now; refused otherwise."""
    in_service(visit)
    step = party_step(visit, step_id, party)
    code = code_of(visit, step)
    if code is None:
        raise Refusal("code_not_sent")
    if code.correct:
        raise Refusal("code_already_correct")
    if now >= code.expires_at:
        raise Refusal("code_expired")
    if code.tries >= MAX_TRIES:
        raise Refusal("code_used_up")
    return code


def sign_papers(visit: Visit, command: c.SignPapers, now: datetime) -> tuple[e.Event, ...]:
    """All papers of the step in one act, after the code."""
    step = may_sign(visit, command.step, command.party)
    if set(command.signed) != set(step.plan.papers):
        raise Refusal("papers_not_signed_together", step=step.id)
    return (e.PapersSigned(now, step.id, command.party, dict(command.signed), command.certificate),)


def may_sign(visit: Visit, step_id: str, party: str) -> StepState:
    """The step whose papers may be signed now; refused otherwise, before a key is made."""
    in_service(visit)
    step = party_step(visit, step_id, party)
    if step.kind is not StepKind.SIGN or step.answer is not None:  # also a no, said meanwhile
        raise Refusal("signature_not_expected", step=step.id)
    if step.live_video:
        live(visit, step.party)
    for name in step.plan.papers:
        paper = visit.papers.get(name)
        if paper is None or not paper.read:
            raise Refusal("paper_not_read", paper=name)
    code = code_of(visit, step)
    if code is None or not code.correct:
        raise Refusal("code_not_entered")
    return step


def signing_failed(visit: Visit, command: c.SigningFailed, now: datetime) -> tuple[e.Event, ...]:
    """No signature came of it: the code is spent, and it may be tried again."""
    step = open_step(visit, command.step)
    if step.kind is not StepKind.SIGN or step.answer is not None:
        raise Refusal("signature_not_expected", step=step.id)
    return (e.SigningBroke(now, step.id, command.code),)


def sign_anew(visit: Visit, command: c.SignAnew, now: datetime) -> tuple[e.Event, ...]:
    """A signature that was scrawled, or is not the signer's name, is made again.

    Only while its step is open: until then nothing has been built on it, the bank's seal neither.
    """
    owned_by(visit, command.teller)
    in_service(visit)
    step = may_set_aside(visit)
    if step is None or step.id != command.step:
        raise Refusal("nothing_signed", step=command.step)
    stated(command.reason)
    signed = {name: visit.papers[name].signed or "" for name in step.plan.papers}
    aside = e.SignatureSetAside(now, step.id, step.party, command.teller, signed, command.reason)
    return (aside,)


def may_set_aside(visit: Visit) -> StepState | None:
    """The open step whose signature may be set aside, or None."""
    step = visit.current
    return step if step is not None and step.answer == "signed" else None


def seal_papers(visit: Visit, command: c.SealPapers, now: datetime) -> tuple[e.Event, ...]:
    """The bank's seal, once, and only on papers that nobody has to sign any more."""
    in_state(visit, SERVING)
    if not command.sealed or not set(command.sealed) <= set(sealable(visit)):
        raise Refusal("papers_not_signed_together")
    return (e.PapersSealed(now, dict(command.sealed), command.certificate),)


def unsealed(visit: Visit) -> tuple[str, ...]:
    """Papers that parties have signed and the bank has not sealed."""
    return tuple(name for name, paper in visit.papers.items() if paper.signed and not paper.sealed)


def sealable(visit: Visit) -> tuple[str, ...]:
    """Those of them that no step to come has signed by somebody else.

    A signature whose step is still open may be set aside: the seal comes after it.
    """
    coming = {
        paper
        for step in visit.steps
        if step.kind is StepKind.SIGN and step.status in ("todo", "current")
        for paper in step.plan.papers
        if visit.applies(step)
    }
    return tuple(name for name in unsealed(visit) if name not in coming)


def code_of(visit: Visit, step: StepState) -> CodeState | None:
    """The newest code of this very step."""
    return visit.code if visit.code is not None and visit.code.step == step.id else None
