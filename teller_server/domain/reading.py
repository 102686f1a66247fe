"""Reading a paper: which page is before whose eyes, and for how long it has been.

Only what the reader's own page reports counts, never where the teller has turned to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, in_state, open_step, owned_by
from .script import StepKind
from .state import SERVING, PaperState, StepState, Visit

LONGEST_LOOK = timedelta(minutes=10)
"""More than this at one page in one go says that nobody was there."""


def show_paper(visit: Visit, command: c.ShowPaper, now: datetime) -> tuple[e.Event, ...]:
    """A paper of the step that is open, made for this visit: also while the call is held."""
    in_state(visit, SERVING)
    step = open_step(visit, command.step)
    if step.kind is not StepKind.DOCUMENT or command.paper not in step.plan.papers:
        raise Refusal("paper_not_open", paper=command.paper)
    shown = e.PaperShown(
        now,
        step.id,
        command.paper,
        command.digest,
        command.pages,
        command.kept,
        command.size,
        dict(command.places),
    )
    return (shown,)


def paper_failed(visit: Visit, command: c.PaperFailed, now: datetime) -> tuple[e.Event, ...]:
    """The step can't go on until the paper is there; the teller sees why."""
    in_state(visit, SERVING)
    step = open_step(visit, command.step)
    return (e.PaperBroke(now, step.id, command.paper, command.code),)


def turn_page(visit: Visit, command: c.TurnPage, now: datetime) -> tuple[e.Event, ...]:
    """The reader or the teller turns to a page of a paper that is open; 0 is away from it."""
    in_service(visit)
    step, paper = visit.current, visit.papers.get(command.paper)
    if step is None or paper is None or command.paper not in step.plan.papers:
        raise Refusal("paper_not_open", paper=command.paper)
    if command.by != step.party:
        owned_by(visit, command.by)
    if not 0 <= command.page <= paper.pages:
        raise Refusal("no_such_page", page=command.page)
    shown = paper.page if command.by == step.party else paper.teller_page
    if shown == command.page:
        return ()
    return (e.PageTurned(now, command.paper, command.page, command.by),)


def turned(paper: PaperState, page: int, now: datetime) -> PaperState:
    """The paper after its reader has turned to `page` (0: away from it)."""
    return replace(paper, dwell=looked_at(paper, now), page=page, since=now if page else None)


def looked_at(paper: PaperState, now: datetime) -> tuple[int, ...]:
    """Milliseconds each page has been before the reader's eyes until now."""
    if not paper.page or paper.since is None:
        return paper.dwell
    more = max(timedelta(0), min(now - paper.since, LONGEST_LOOK)) // timedelta(milliseconds=1)
    return tuple(ms + more if n == paper.page else ms for n, ms in enumerate(paper.dwell, 1))


def nobody_reads(visit: Visit, now: datetime) -> Visit:
    """The visit with every paper put aside: a held or broken call is not reading time."""
    papers = {name: turned(paper, 0, now) for name, paper in visit.papers.items()}
    return replace(visit, papers=papers)


def unread(visit: Visit, step: StepState, now: datetime) -> str | None:
    """Why the papers of a document step count as unread: a code, or None."""
    for name in step.plan.papers:
        paper = visit.papers.get(name)
        if paper is None:
            return "paper_not_ready"
        least = max(1, step.plan.seconds * 1000)
        if any(ms < least for ms in looked_at(paper, now)):
            return "paper_not_read"
    return None
