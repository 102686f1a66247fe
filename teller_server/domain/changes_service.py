"""What steps, answers, papers, codes, signatures and identity checks change of a visit."""

from __future__ import annotations

from dataclasses import replace

from . import events as e
from .changes import Changes, with_person, with_step
from .reading import nobody_reads, turned
from .script import CUSTOMER, StepKind
from .state import (
    CheckState,
    CodeState,
    Decision,
    Draft,
    GivenAnswer,
    PaperState,
    Visit,
)

SERVICE = Changes()


@SERVICE.on(e.StepStarted)
def _step_started(visit: Visit, event: e.StepStarted) -> Visit:
    return with_step(visit, event.step, status="current", started_at=event.at, drawn=event.drawn)


@SERVICE.on(e.StepSkipped)
def _step_skipped(visit: Visit, event: e.StepSkipped) -> Visit:
    return with_step(visit, event.step, status="skipped", ended_at=event.at)


@SERVICE.on(e.StepAnswered)
def _step_answered(visit: Visit, event: e.StepAnswered) -> Visit:
    """A consent counts for its purpose; a paper that was agreed to or seen has been read.

    With a no to signing the code is spent: to sign after all takes a new one.
    """
    answered = with_step(visit, event.step, answer=event.answer)
    step = answered.step(event.step)
    if step is None:
        return answered
    if step.kind is StepKind.CONSENT and event.party == CUSTOMER:
        given = {**answered.consents, step.plan.purpose: event.answer == "agreed"}
        return replace(answered, consents=given)
    if step.kind is StepKind.DOCUMENT and event.answer in ("seen", "agreed"):
        read = {p: replace(answered.papers[p], read=True) for p in step.plan.papers}
        return replace(answered, papers={**answered.papers, **read})
    if step.kind is StepKind.SIGN:
        return replace(answered, code=_spent(answered.code))
    return answered


def _spent(code: CodeState | None) -> CodeState | None:
    """A code that works no more, while what was sent still counts."""
    return replace(code, expires_at=code.sent_at, correct=False) if code is not None else None


@SERVICE.on(e.StepEnded)
def _step_ended(visit: Visit, event: e.StepEnded) -> Visit:
    """What is open on a screen when its step ends is read no longer."""
    status = "done" if event.result == "passed" else "refused"
    ended = with_step(visit, event.step, status=status, ended_at=event.at)
    return nobody_reads(ended, event.at)


@SERVICE.on(e.QuestionAnswered)
def _question_answered(visit: Visit, event: e.QuestionAnswered) -> Visit:
    step = visit.step(event.step)
    given = GivenAnswer(event.sealed, event.finding, event.attempt)
    answers = {**(step.answers if step else {}), event.question: given}
    known = replace(visit, holds={**visit.holds, **event.holds})
    return with_step(known, event.step, answers=answers)


@SERVICE.on(e.TellerDecided)
def _teller_decided(visit: Visit, event: e.TellerDecided) -> Visit:
    return replace(visit, verdict=event.verdict, flags=event.flags)


@SERVICE.on(e.FormDrafted)
def _form_drafted(visit: Visit, event: e.FormDrafted) -> Visit:
    """A new draft has not been seen by the customer yet."""
    draft = Draft(event.step, event.sealed, event.digest)
    drafts = {name: one for name, one in visit.drafts.items() if name != event.step}
    holds = {**visit.holds, **event.holds}
    drafted = replace(visit, drafts={**drafts, event.step: draft}, holds=holds)
    return with_step(drafted, event.step, answer=None)


# --- papers, codes, signatures ---


@SERVICE.on(e.PaperShown)
def _paper_shown(visit: Visit, event: e.PaperShown) -> Visit:
    """A paper that is made anew has not been read by anybody."""
    paper = PaperState(
        event.digest,
        event.pages,
        event.kept,
        event.size,
        event.places,
        dwell=(0,) * event.pages,
    )
    shown = replace(visit, papers={**visit.papers, event.paper: paper}, paper_broke=None)
    return with_step(shown, event.step, answer=None)


@SERVICE.on(e.PageTurned)
def _page_turned(visit: Visit, event: e.PageTurned) -> Visit:
    paper = visit.papers[event.paper]
    if event.by == visit.subject:
        paper = turned(paper, event.page, event.at)
    else:
        paper = replace(paper, teller_page=event.page or paper.teller_page)
    return replace(visit, papers={**visit.papers, event.paper: paper})


@SERVICE.on(e.CodeSent)
def _code_sent(visit: Visit, event: e.CodeSent) -> Visit:
    """Who had said no to signing and asks for a code has thought again."""
    before = visit.code.sent if visit.code and visit.code.step == event.step else 0
    code = CodeState(
        event.step, event.to, event.digest, event.at, event.expires_at, sent=before + 1
    )
    sent = replace(visit, code=code, signing_broke=False)
    step = visit.step(event.step)
    refused = step is not None and step.answer == "refused"
    return with_step(sent, event.step, answer=None) if refused else sent


@SERVICE.on(e.CodeEntered)
def _code_entered(visit: Visit, event: e.CodeEntered) -> Visit:
    if visit.code is None:
        return visit
    tries = visit.code.tries + (0 if event.correct else 1)
    return replace(visit, code=replace(visit.code, tries=tries, correct=event.correct))


@SERVICE.on(e.PapersSigned)
def _papers_signed(visit: Visit, event: e.PapersSigned) -> Visit:
    signed = {
        name: _with_signature(visit.papers[name], event.party, kept)
        for name, kept in event.signed.items()
    }
    return with_step(replace(visit, papers={**visit.papers, **signed}), event.step, answer="signed")


def _with_signature(paper: PaperState, party: str, kept: str) -> PaperState:
    return replace(paper, signed=kept, before=paper.signed, signers=(*paper.signers, party))


@SERVICE.on(e.SignatureSetAside)
def _signature_set_aside(visit: Visit, event: e.SignatureSetAside) -> Visit:
    """The papers are again what they were before it; a code served that one signature."""
    papers = {name: _without_signature(visit.papers[name]) for name in event.signed}
    back = replace(visit, papers={**visit.papers, **papers}, code=None, signing_broke=False)
    step = visit.step(event.step)
    return with_step(back, event.step, answer=None, anew=step.anew + 1 if step else 0)


def _without_signature(paper: PaperState) -> PaperState:
    return replace(paper, signed=paper.before, before=None, signers=paper.signers[:-1])


@SERVICE.on(e.PaperBroke)
def _paper_broke(visit: Visit, event: e.PaperBroke) -> Visit:
    return replace(visit, paper_broke=event.code)


@SERVICE.on(e.PapersSealed)
def _papers_sealed(visit: Visit, event: e.PapersSealed) -> Visit:
    sealed = {
        paper: replace(visit.papers[paper], sealed=digest) for paper, digest in event.sealed.items()
    }
    return replace(visit, papers={**visit.papers, **sealed})


@SERVICE.on(e.SigningBroke)
def _signing_broke(visit: Visit, _: e.SigningBroke) -> Visit:
    """A code serves one signature: the next try takes a new one."""
    return replace(visit, code=None, signing_broke=True)


# --- identity ---


@SERVICE.on(e.CheckBegan)
def _check_began(visit: Visit, event: e.CheckBegan) -> Visit:
    check = CheckState(event.check, event.attempt, "running")
    return with_person(visit, visit.subject, check=check, checks=event.attempt)


@SERVICE.on(e.CheckReported)
def _check_reported(visit: Visit, event: e.CheckReported) -> Visit:
    check = CheckState(
        event.check,
        visit.checks,
        "done",
        event.outcome,
        event.score,
        event.second_opinion,
        event.reasons,
        event.digests,
    )
    return with_person(visit, visit.subject, check=check)


@SERVICE.on(e.CheckBroke)
def _check_broke(visit: Visit, event: e.CheckBroke) -> Visit:
    check = CheckState(event.check, visit.checks, "failed", reasons=(event.code,))
    return with_person(visit, visit.subject, check=check)


@SERVICE.on(e.IdentityDecided)
def _identity_decided(visit: Visit, event: e.IdentityDecided) -> Visit:
    if event.verdict == "repeat":
        return with_person(visit, visit.subject, check=None, decision=None)
    decision = Decision(event.check, event.verdict, event.reason)
    return with_person(visit, visit.subject, decision=decision)
