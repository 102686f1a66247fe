"""One visit as one reader reads it: what was entered, said, answered, and who everybody is."""

from collections.abc import Mapping, Sequence
from typing import Any

from teller_server.desk.facts import VisitFacts, shown, shown_values
from teller_server.desk.fields import FieldCipher
from teller_server.desk.views.step import moment
from teller_server.desk.words import word, word_or
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.ids import SealedText
from teller_server.domain.script import CUSTOMER, Question, Questions, ServiceScript, Step, StepKind
from teller_server.domain.state import CheckState, PersonState, Visit
from teller_server.domain.texts import render


class Reading:
    """The plain values of a visit, in one language; exists as long as one answer is written."""

    def __init__(
        self,
        visit: Visit,
        script: ServiceScript,
        facts: VisitFacts,
        told: Sequence[Event],
        cipher: FieldCipher,
        language: str,
    ) -> None:
        self.visit = visit
        self.script = script
        self.told = told
        self.language = language
        self._facts = facts
        self._cipher = cipher
        self._values = shown_values(facts, script, language)

    def say(self, words: Mapping[str, str]) -> str:
        """A text of the script with this visit's values in it."""
        text = words.get(self.language, "")
        return render(text, self._values) if text else ""

    def open(self, name: str, sealed: SealedText) -> str:
        """What was sealed under that name; empty when nothing was said."""
        return self._cipher.open(name, sealed) if sealed else ""

    def party(self, party: str) -> str:
        """A party's title."""
        titles = {guest.party: guest.title for guest in self.script.guests}
        if party in titles:
            return titles[party][self.language]
        return word(f"party.{party}", self.language)

    def intake(self) -> list[dict[str, str]]:
        given, language = self._facts.intake, self.language
        return [
            {"label": one.label[language], "value": shown(one, given[one.name], language)}
            for one in self.script.intake
            if one.name in given
        ]

    def steps(self) -> list[dict[str, Any]]:
        return [
            {
                "id": state.id,
                "kind": state.kind.value,
                "title": self.say(self.script.step(state.id).title),
                "party": state.party,
                "party_title": self.party(state.party),
                "status": state.status,
                "when": state.plan.when or None,
                "answer": state.answer,
                "started_at": moment(state.started_at),
                "ended_at": moment(state.ended_at),
            }
            for state in self.visit.steps
        ]

    def answers(self) -> list[dict[str, Any]]:
        """The questions of each step that were asked, in the order in which they were drawn."""
        found = []
        for step in self.script.of_kind(StepKind.QUESTION):
            if lines := self._asked(step):
                found.append({"step": step.id, "title": self.say(step.title), "asked": lines})
        return found

    def _asked(self, step: Step) -> list[dict[str, Any]]:
        state = self.visit.step(step.id)
        if state is None or not isinstance(step.detail, Questions):
            return []
        pool = {question.id: question for question in step.detail.pool}
        given = self._facts.answers.get(step.id, {})
        return [
            {
                "id": name,
                "ask": self.say(pool[name].ask),
                "value": shown(pool[name].answer, given.get(name, ""), self.language),
                "finding": state.answers[name].finding,
                "attempts": state.answers[name].attempts,
                "most": pool[name].attempts,
                "at": self._answered_at(step.id, name),
                "flag": self.flag(step, pool[name]),
            }
            for name in state.drawn
            if name in state.answers and name in pool
        ]

    def flag(self, step: Step, question: Question) -> str | None:
        """What the answer gives reason to doubt, in words; None when it gives none."""
        if f"{step.id}.{question.id}" not in self.visit.raised:
            return None
        return self.say(question.flag) or self.say(question.ask)

    def raised(self) -> list[str]:
        """The red flags of all answers, in words."""
        return [
            words
            for step in self.script.of_kind(StepKind.QUESTION)
            if isinstance(step.detail, Questions)
            for question in step.detail.pool
            if (words := self.flag(step, question))
        ]

    def _answered_at(self, step: str, question: str) -> str | None:
        """When the answer that counts was written down."""
        times = [
            event.at
            for event in self.told
            if isinstance(event, e.QuestionAnswered)
            and (event.step, event.question) == (step, question)
        ]
        return moment(times[-1]) if times else None

    def forms(self) -> list[dict[str, Any]]:
        return [
            {
                "step": step.id,
                "title": self.say(step.title),
                "at": self._drafted_at(step.id),
                "fields": self._filled(step),
            }
            for step in self.script.of_kind(StepKind.FORM)
            if step.id in self._facts.forms
        ]

    def _drafted_at(self, step: str) -> str | None:
        drafts = (event for event in self.told if isinstance(event, e.FormDrafted))
        times = [event.at for event in drafts if event.step == step]
        return moment(times[-1]) if times else None

    def _filled(self, step: Step) -> list[dict[str, str]]:
        values, before, language = self._facts.forms[step.id], self._facts.before, self.language
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
        return [self._person(party) for party in (CUSTOMER, *self.visit.guests)]

    def _person(self, party: str) -> dict[str, Any]:
        person, guest = self.visit.person(party), self.visit.guests.get(party)
        document, decision = person.document, person.decision
        return {
            "party": party,
            "title": self.party(party),
            "status": guest.status if guest else None,
            "consents": self._consents(party),
            "document": {
                "photo": document.photo,
                "portrait": document.portrait,
                "status": document.status,
                "at": self._photographed_at(party),
            }
            if document
            else None,
            "check": self._check(person.check) if person.check else None,
            "checks": person.checks,
            "decision": {
                "verdict": decision.verdict,
                "reason": self.open("reason", decision.reason),
                "at": self._decided_at(person),
            }
            if decision
            else None,
        }

    def _consents(self, party: str) -> list[dict[str, Any]]:
        titles = {one.id: one.title for one in self.script.consents}
        return [
            {
                "id": name,
                "title": titles[name][self.language] if name in titles else name,
                "given": given,
            }
            for name, given in self.visit.consents_of(party).items()
        ]

    def _check(self, check: CheckState) -> dict[str, Any]:
        reported = [
            event.at
            for event in self.told
            if isinstance(event, e.CheckReported) and event.check == check.id
        ]
        return {
            "status": check.status,
            "outcome": check.outcome,
            "score": check.score,
            "second_opinion": check.second_opinion,
            "attempt": check.attempt,
            "reasons": [
                word_or(f"reason.{code}", "reason.other", self.language) for code in check.reasons
            ],
            "live": check.digests.get("live"),
            "at": moment(reported[-1]) if reported else None,
        }

    def _decided_at(self, person: PersonState) -> str | None:
        """When the teller made up their mind about this person, as far as the check tells whom."""
        decision = person.decision
        times = [
            event.at
            for event in self.told
            if isinstance(event, e.IdentityDecided)
            and decision
            and (event.check, event.verdict) == (decision.check, decision.verdict)
        ]
        return moment(times[-1]) if times else None

    def _photographed_at(self, party: str) -> str | None:
        photos = (event for event in self.told if isinstance(event, e.DocumentAccepted))
        times = [event.at for event in photos if event.party == party]
        return moment(times[-1]) if times else None
