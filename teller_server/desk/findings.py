"""What a reviewer reads beside the film: every finding of a visit, opened and in words.

What a bank's compliance head asks is answered here: which page was before the customer's eyes when
and for how long, who answered what in which attempt, what was signed and whether it still holds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk, VisitFacts, shown, shown_values
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.rules import BranchRules
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.signing import SigningDesk
from teller_server.desk.words import word, word_or
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.ids import SealedText
from teller_server.domain.script import (
    CUSTOMER,
    Document,
    Questions,
    ServiceScript,
    Step,
    StepKind,
    TellerDecision,
)
from teller_server.domain.state import PaperState, Visit
from teller_server.domain.texts import render
from teller_server.papers.report import Report
from teller_server.store.store import Store


class FindingsDesk:
    """Draws the findings of one visit for whoever may view it."""

    def __init__(
        self,
        store: Store,
        keys: DataKeys,
        facts: FactsDesk,
        evidence: EvidenceDesk,
        signing: SigningDesk,
        rules: BranchRules,
        scripts: Scripts,
    ) -> None:
        self._store = store
        self._keys = keys
        self._facts = facts
        self._evidence = evidence
        self._signing = signing
        self._rules = rules
        self._scripts = scripts

    async def of(self, visit_id: str, language: str) -> dict[str, Any]:
        """Everything; see docs/protocol.md."""
        visit = await self._store.visits.get(visit_id)
        script = self._scripts.of(visit)
        facts = await self._facts.of(visit)
        told = [one.event for one in await self._store.visits.events(visit_id)]
        cipher = FieldCipher(visit_id, await self._keys.get(visit_id))
        look = _Look(visit, script, facts, told, cipher, language)
        papers = {name: await self._report(visit, state) for name, state in visit.papers.items()}
        staff = {one.id: one.display_name for one in await self._store.accounts.all()}
        return {
            "script": {
                "service": visit.service,
                "version": script.version,
                "digest": visit.script,
            },
            "packs": [vars_of(pack) for pack in visit.policy.packs],
            "scope": [self._rules.clause(one, language) for one in visit.policy.scope],
            "intake": look.intake(),
            "steps": look.steps(),
            "answers": look.answers(),
            "forms": look.forms(),
            "people": look.people(),
            "papers": [look.paper(name, papers[name]) for name in script.papers if name in papers],
            "decision": look.decision(),
            "review": look.review(staff),
            "objection": look.objection(),
        }

    async def _report(self, visit: Visit, paper: PaperState) -> Report | None:
        """The signatures judged anew, from what is kept."""
        kept = paper.sealed or paper.signed
        if kept is None:
            return None
        pdf = await self._evidence.read_closed(visit.id, kept)
        signed = (*paper.signers, *(("bank",) if paper.sealed else ()))
        return await self._signing.check(pdf, signed)


def vars_of(value: Any) -> dict[str, Any]:
    """A frozen value's fields."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


class _Look:
    """One visit as one reader reads it."""

    def __init__(
        self,
        visit: Visit,
        script: ServiceScript,
        facts: VisitFacts,
        told: Sequence[Event],
        cipher: FieldCipher,
        language: str,
    ) -> None:
        self._visit = visit
        self._script = script
        self._facts = facts
        self._told = told
        self._cipher = cipher
        self._language = language
        self._values = shown_values(facts, script, language)

    def _say(self, words: Mapping[str, str]) -> str:
        text = words.get(self._language, "")
        return render(text, self._values) if text else ""

    def _open(self, name: str, sealed: SealedText) -> str:
        return self._cipher.open(name, sealed) if sealed else ""

    def _party(self, party: str) -> str:
        titles = {guest.party: guest.title for guest in self._script.guests}
        if party in titles:
            return titles[party][self._language]
        return word(f"party.{party}", self._language)

    def intake(self) -> list[dict[str, str]]:
        given, language = self._facts.intake, self._language
        return [
            {"label": one.label[language], "value": shown(one, given[one.name], language)}
            for one in self._script.intake
            if one.name in given
        ]

    def steps(self) -> list[dict[str, Any]]:
        return [
            {
                "id": state.id,
                "kind": state.kind.value,
                "title": self._say(self._script.step(state.id).title),
                "party": state.party,
                "party_title": self._party(state.party),
                "status": state.status,
                "when": state.plan.when or None,
                "answer": state.answer,
                "started_at": _moment(state.started_at),
                "ended_at": _moment(state.ended_at),
            }
            for state in self._visit.steps
        ]

    def answers(self) -> list[dict[str, Any]]:
        found = []
        for step in self._script.of_kind(StepKind.QUESTION):
            lines = self._asked(step)
            if lines:
                found.append({"step": step.id, "title": self._say(step.title), "asked": lines})
        return found

    def _asked(self, step: Step) -> list[dict[str, Any]]:
        state = self._visit.step(step.id)
        if state is None or not isinstance(step.detail, Questions):
            return []
        pool = {question.id: question for question in step.detail.pool}
        given = self._facts.answers.get(step.id, {})
        return [
            {
                "id": name,
                "ask": self._say(pool[name].ask),
                "value": shown(pool[name].answer, given.get(name, ""), self._language),
                "finding": state.answers[name].finding,
                "attempts": state.answers[name].attempts,
                "flag": f"{step.id}.{name}" in self._visit.raised,
            }
            for name in state.drawn
            if name in state.answers and name in pool
        ]

    def forms(self) -> list[dict[str, Any]]:
        return [
            {"step": step.id, "title": self._say(step.title), "fields": self._filled(step)}
            for step in self._script.of_kind(StepKind.FORM)
            if step.id in self._facts.forms
        ]

    def _filled(self, step: Step) -> list[dict[str, str]]:
        values, before, language = self._facts.forms[step.id], self._facts.before, self._language
        return [
            {
                "label": one.label[language],
                "before": shown(one, before.get(one.before or one.name, ""), language),
                "after": shown(one, values[one.name], language),
            }
            for one in step.fields
            if one.name in values
        ]

    def people(self) -> list[dict[str, Any]]:
        parties = [CUSTOMER, *self._visit.guests]
        return [self._person(party) for party in parties]

    def _person(self, party: str) -> dict[str, Any]:
        person, visit = self._visit.person(party), self._visit
        guest = visit.guests.get(party)
        consents = visit.consents if party == CUSTOMER else (guest.consents if guest else {})
        check, decision = person.check, person.decision
        return {
            "party": party,
            "title": self._party(party),
            "consents": dict(consents),
            "document": {"photo": person.document.photo, "portrait": person.document.portrait}
            if person.document
            else None,
            "check": {
                "outcome": check.outcome,
                "score": check.score,
                "second_opinion": check.second_opinion,
                "attempt": check.attempt,
                "reasons": [
                    word_or(f"reason.{code}", "reason.other", self._language)
                    for code in check.reasons
                ],
                "live": check.digests.get("live"),
            }
            if check
            else None,
            "decision": {
                "verdict": decision.verdict,
                "reason": self._open("reason", decision.reason),
            }
            if decision
            else None,
        }

    def paper(self, name: str, report: Report | None) -> dict[str, Any]:
        """A paper with every look at every page of it, and what became of its signatures."""
        state = self._visit.papers[name]
        step = next(
            one
            for one in self._script.of_kind(StepKind.DOCUMENT)
            if isinstance(one.detail, Document) and one.detail.paper == name
        )
        reader = self._visit.step(step.id)
        return {
            "id": name,
            "title": self._script.papers[name][self._language],
            "step": step.id,
            "pages": state.pages,
            "digest": state.digest,
            "read": state.read,
            "answer": reader.answer if reader else None,
            "least_s": step.detail.seconds if isinstance(step.detail, Document) else 0,
            "dwell_ms": list(state.dwell),
            "looks": self._looks(name, step.party),
            "signed_at": self._signed_at(name),
            "signers": [self._party(party) for party in state.signers],
            "sealed": state.sealed is not None,
            "pdf": state.sealed or state.signed or state.kept,
            "check": _checked(report, self._language) if report else None,
        }

    def _looks(self, paper: str, party: str) -> list[dict[str, Any]]:
        """Each time a page was before the reader's eyes: which, since when, how long."""
        turns = [
            event
            for event in self._told
            if isinstance(event, e.PageTurned) and event.paper == paper and event.by == party
        ]
        ends = [event.at for event in self._told if _puts_aside(event, paper)]
        found = []
        for n, turn in enumerate(turns):
            if not turn.page:
                continue
            later = [turns[n + 1].at] if n + 1 < len(turns) else []
            until = min([*later, *(at for at in ends if at > turn.at)], default=turn.at)
            ms = round((until - turn.at).total_seconds() * 1000)
            found.append({"page": turn.page, "at": turn.at.isoformat(), "ms": ms})
        return found

    def _signed_at(self, paper: str) -> list[str]:
        signings = (event for event in self._told if isinstance(event, e.PapersSigned))
        return [event.at.isoformat() for event in signings if paper in event.signed]

    def decision(self) -> dict[str, Any] | None:
        decided = [event for event in self._told if isinstance(event, e.TellerDecided)]
        if not decided:
            return None
        last, language = decided[-1], self._language
        detail = self._script.step(last.step).detail
        labels = (
            {flag.id: flag.label[language] for flag in detail.flags}
            if isinstance(detail, TellerDecision)
            else {}
        )
        return {
            "verdict": last.verdict,
            "reason": self._open("note", last.reason),
            "flags": [labels.get(flag, flag) for flag in last.flags],
            "raised": list(self._visit.raised),
            "at": last.at.isoformat(),
        }

    def review(self, staff: Mapping[str, str]) -> dict[str, Any] | None:
        asked = self._visit.under_review
        if asked is None:
            return None
        return {
            "due_at": asked.due_at.isoformat(),
            "escalated": asked.escalated,
            "asked": bool(asked.question),
            "log": [line for event in self._told if (line := self._review_line(event, staff))],
        }

    def _review_line(self, event: Event, staff: Mapping[str, str]) -> dict[str, Any] | None:
        match event:
            case e.ReviewReturned():
                who, text = event.checker, self._open("question", event.question)
            case e.ReviewAnswered():
                who, text = event.teller, self._open("answer", event.answer)
            case e.ReviewDecided():
                who, text = event.checker, self._open("question", event.reason)
            case e.ReviewAsked() | e.ReviewEscalated():
                who, text = "", ""
            case _:
                return None
        kind = type(event).__name__
        return {
            "at": event.at.isoformat(),
            "kind": kind,
            "title": word(f"mark.{kind}", self._language),
            "who": staff.get(who, ""),
            "text": text,
            "approved": event.approved if isinstance(event, e.ReviewDecided) else None,
        }

    def objection(self) -> dict[str, Any] | None:
        filed = self._visit.objection
        if filed is None:
            return None
        return {
            "reason": self._open("objection", filed.reason),
            "due_at": filed.due_at.isoformat(),
            "answer": self._open("answer", filed.answer) or None,
        }


def _checked(report: Report, language: str) -> dict[str, Any]:
    """Whether the signatures hold, as far as this branch's own check goes."""
    return {
        "good": report.good,
        "whole": report.whole,
        "problems": list(report.problems),
        "findings": [
            {
                "field": one.field,
                "subject": one.subject,
                "signed_at": _moment(one.signed_at),
                "intact": one.intact,
                "trusted": one.trusted,
                "lasting": one.lasting,
                "changes": one.changes,
                "problems": list(one.problems),
            }
            for one in report.findings
        ],
        "language": language,
    }


def _puts_aside(event: Event, paper: str) -> bool:
    """What ends a look without a turn: the step's end, a hold, a lost leg, the paper anew."""
    match event:
        case e.StepEnded() | e.HoldBegan() | e.LegLost() | e.ServiceEnded():
            return True
        case e.PaperShown():
            return event.paper == paper
    return False


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
