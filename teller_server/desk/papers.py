"""Papers of a visit: set in type when their step begins, kept as evidence, shown page by page.

Customer and teller are served the very same pictures; what is signed is the very PDF they show.
"""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import chain, repeat
from typing import Any, TypeVar

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk, VisitFacts, shown, shown_values
from teller_server.desk.press import Press
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import BranchError, Refusal
from teller_server.domain.events import Event
from teller_server.domain.fields import Field
from teller_server.domain.script import Questions, ServiceScript, StepKind
from teller_server.domain.state import PaperState, Visit
from teller_server.domain.texts import render
from teller_server.papers.figures import loan_figures
from teller_server.papers.paper import Order
from teller_server.store.accounts import AccountStore

log = structlog.get_logger(__name__)
T = TypeVar("T")

PDF, PNG = "application/pdf", "image/png"
LINK_MINUTES = 10
MOST_LINKS = 10_000
AGAIN_SECONDS = (3.0, 10.0, 30.0)
MOST_PAPERS = 64  # whose pages are kept in memory


@dataclass(frozen=True)
class Link:
    """A short-lived way to one signed paper."""

    visit: str
    paper: str
    expires_at: datetime


class PaperDesk:
    """Makes papers and hands their pages out."""

    def __init__(
        self,
        counter: Counter,
        crew: Crew,
        accounts: AccountStore,
        evidence: EvidenceDesk,
        facts: FactsDesk,
        press: Press,
        scripts: Scripts,
        names: Mapping[str, str],
        folders: tuple[str, ...],
        zone: tzinfo,
    ) -> None:
        self._counter = counter
        self._crew = crew
        self._accounts = accounts
        self._evidence = evidence
        self._facts = facts
        self._press = press
        self._scripts = scripts
        self._names = names
        self._folders = folders
        self._zone = zone
        self._pages: OrderedDict[str, tuple[bytes, ...]] = OrderedDict()
        self._texts: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._links: OrderedDict[str, Link] = OrderedDict()
        counter.listen(self._heard)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, e.StepStarted):
                step = visit.step(event.step)
                if step is not None and step.kind is StepKind.DOCUMENT:
                    for paper in step.plan.papers:
                        self._crew.start(self._show(visit, event.step, paper), "papers.show")

    async def _show(self, visit: Visit, step: str, paper: str) -> None:
        """Set the paper; what can't be set is said, and tried again for as long as the step is."""
        for wait in chain(AGAIN_SECONDS, repeat(AGAIN_SECONDS[-1])):
            try:
                await self._set(visit, step, paper)
            except Exception as error:  # a full disk, a log that can't be written, a dead press
                code = error.code if isinstance(error, BranchError) else "not_made"
                log.exception("paper_not_made", visit=visit.id, paper=paper, code=code)
                failed = c.PaperFailed(step, paper, code)
                if await self._counter.try_act(visit.id, failed) is None:
                    return  # the step is over
                await asyncio.sleep(wait)
            else:
                return

    async def _set(self, visit: Visit, step: str, paper: str) -> None:
        """Keep the paper and its pages, and say that it can be read."""
        script = self._scripts.of(visit)
        facts = await self._facts.of(visit)
        day = self._counter.now().astimezone(self._zone).date()
        teller = await self._teller(visit)
        values = paper_values(visit, script, facts, self._names, day) | {"teller": teller}
        order = Order(paper, visit.language, values, visit.id, self._folders)
        made = await self._press.set(order)
        pages = await self._press.pictures(made.pdf)
        kept = await self._evidence.attach(visit.id, made.pdf, PDF, f"paper_{paper}")
        for picture in pages:
            await self._evidence.attach(visit.id, picture, PNG, f"page_{paper}")
        _hold(self._pages, made.digest, pages)
        size, places = len(made.pdf), dict(made.places)
        shown = c.ShowPaper(step, paper, made.digest, len(pages), kept, size, places)
        await self._counter.try_act(visit.id, shown)

    async def _teller(self, visit: Visit) -> dict[str, str]:
        account = await self._accounts.by_id(visit.teller) if visit.teller else None
        if account is None:
            return {"name": "", "number": ""}
        return {"name": account.display_name, "number": account.number}

    async def page(self, visit: Visit, party: str | None, paper: str, number: int) -> bytes:
        """One page as a picture; a party sees papers of its own steps only, the teller all."""
        state = _readable(visit, party, paper, number)
        return (await self._pictures(visit.id, state))[number - 1]

    async def text(
        self, visit: Visit, party: str | None, paper: str, number: int
    ) -> tuple[str, str]:
        """What the same page says, and the digest of the PDF that both were taken from."""
        state = _readable(visit, party, paper, number)
        held = self._texts.get(state.digest)
        if held is None:
            held = await self._press.texts(await self._evidence.read(visit.id, state.kept))
            _hold(self._texts, state.digest, held)
        self._texts.move_to_end(state.digest)
        return held[number - 1], state.digest

    async def _pictures(self, visit: str, paper: PaperState) -> tuple[bytes, ...]:
        held = self._pages.get(paper.digest)
        if held is None:
            pdf = await self._evidence.read(visit, paper.kept)
            held = await self._press.pictures(pdf)
            _hold(self._pages, paper.digest, held)
        self._pages.move_to_end(paper.digest)
        return held

    async def mark(self, visit: Visit, paper: str) -> bytes:
        """The newest signature on a paper as it stands in the signed PDF, for the teller's eyes."""
        state = visit.papers.get(paper)
        if state is None or state.signed is None:
            raise Refusal("not_found")
        page, x0, y0, x1, y1 = state.places[state.signers[-1]]
        pdf = await self._evidence.read(visit.id, state.signed)
        return await self._press.signed_mark(pdf, (int(page), x0, y0, x1, y1))

    # ---- signed copies

    def link(self, visit: Visit, party: str, paper: str) -> tuple[str, datetime]:
        """A secret that opens one signed paper for a few minutes."""
        state = visit.papers.get(paper)
        mine = any(paper in step.plan.papers and step.party == party for step in visit.steps)
        if state is None or state.signed is None or not mine:
            raise Refusal("not_found")
        secret, now = secrets.token_urlsafe(32), self._counter.now()
        until = now + timedelta(minutes=LINK_MINUTES)
        self._links[_hash(secret)] = Link(visit.id, paper, until)
        while len(self._links) > MOST_LINKS:
            self._links.popitem(last=False)
        return secret, until

    def linked(self, secret: str) -> Link:
        """What a secret opens. Raises Refusal('link_expired')."""
        found = self._links.get(_hash(secret))
        if found is None or found.expires_at < self._counter.now():
            raise Refusal("link_expired")
        return found

    async def signed(self, visit: Visit, paper: str) -> bytes:
        """The signed PDF of a visit, while its evidence is open or after."""
        state = visit.papers.get(paper)
        if state is None or state.signed is None:
            raise Refusal("not_found")
        return await self._evidence.read_closed(visit.id, state.sealed or state.signed)


def paper_values(
    visit: Visit,
    script: ServiceScript,
    facts: VisitFacts,
    names: Mapping[str, str],
    day: date,
) -> dict[str, Any]:
    """What a paper's template is given; see docs/services.md."""
    language = visit.language
    return {
        "number": visit.id,
        "today": day.isoformat(),
        "branch": names.get(language, names["zh-CN"]),
        "customer": {"name": facts.name, "document_number": facts.document_number},
        "intake": _both(script.intake, facts.intake, language),
        "forms": {
            step.id: _both(step.fields, facts.forms.get(step.id, {}), language)
            for step in script.of_kind(StepKind.FORM)
        },
        "before": {
            one.name: shown(one, facts.before.get(one.before or one.name, ""), language)
            for step in script.of_kind(StepKind.FORM)
            for one in step.fields
        },
        "answers": _answers(visit, script, facts),
        "script": {"service": script.service, "version": script.version},
        "cost": loan_figures(*facts.forms.values()) if _lends(facts) else None,
    }


def _readable(visit: Visit, party: str | None, paper: str, number: int) -> PaperState:
    """The paper, if this party may read that page of it. Raises Refusal('not_found')."""
    state = visit.papers.get(paper)
    mine = party is None or any(
        paper in step.plan.papers and step.party == party for step in visit.steps
    )
    if state is None or not mine or not 1 <= number <= state.pages:
        raise Refusal("not_found")
    return state


def _hold(held: OrderedDict[str, T], digest: str, pages: T) -> None:
    held[digest] = pages
    while len(held) > MOST_PAPERS:
        held.popitem(last=False)


def _lends(facts: VisitFacts) -> bool:
    """Whether the forms speak of a loan's cost: only then is there a table to be complete."""
    return any("rate" in form for form in facts.forms.values())


def _both(fields: Sequence[Field], values: Mapping[str, str], language: str) -> dict[str, str]:
    found = {one.name: shown(one, values.get(one.name, ""), language) for one in fields}
    return found | {f"{one.name}_raw": values.get(one.name, "") for one in fields}


def _answers(
    visit: Visit, script: ServiceScript, facts: VisitFacts
) -> dict[str, dict[str, dict[str, str]]]:
    language = visit.language
    values = shown_values(facts, script, language)
    found = {}
    for step in script.of_kind(StepKind.QUESTION):
        if isinstance(step.detail, Questions):
            given = facts.answers.get(step.id, {})
            found[step.id] = {
                one.id: {
                    "ask": render(one.ask[language], values),
                    "shown": shown(one.answer, given[one.id], language),
                    "value": given[one.id],
                }
                for one in step.detail.pool
                if one.id in given
            }
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
