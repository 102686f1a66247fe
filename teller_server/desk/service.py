"""What the teller does in a visit that needs more than a command: draws, answers, drafts, the end.

Free text may name a person: it is sealed under the visit's key before it becomes part of a command.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from teller_server.desk.challenge_draw import opening
from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk, draws, holding
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain.document_pages import drawn_of
from teller_server.domain.errors import Refusal
from teller_server.domain.fields import Field
from teller_server.domain.ids import SealedText
from teller_server.domain.script import (
    IdentityDocument,
    Liveness,
    Question,
    Questions,
    Step,
    StepKind,
)
from teller_server.domain.state import Finding, Outcome, Visit

SEEN = {"seen": "expected", "not_seen": "unclear"}
LOOKED: Mapping[str, Finding] = {
    "seen": "expected",
    "not_seen": "unexpected",
    "not_visible": "noted",
}
"""Of a document: what was looked for and isn't there is a red flag; what the line hides is none."""


class ServiceDesk:
    """Turns a teller's words into commands."""

    def __init__(
        self,
        counter: Counter,
        keys: DataKeys,
        lookup: LookupKey,
        facts: FactsDesk,
        scripts: Scripts,
        chance: Random,
    ) -> None:
        self._counter = counter
        self._keys = keys
        self._lookup = lookup
        self._facts = facts
        self._scripts = scripts
        self._chance = chance

    async def seal(self, visit: str, name: str, text: str | None) -> SealedText:
        """Seal free text; nothing stays nothing, so that a rule can see that none was given."""
        if not text or not text.strip():
            return SealedText("")
        cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
        return SealedText(cipher.seal(name, text.strip()))

    async def start(self, visit: Visit, teller: str, step: str, command_id: str) -> None:
        """Begin the next step; what it asks is drawn now, so that nobody can foresee it."""
        planned = visit.step(step)
        if planned is not None and planned.plan.challenged:
            drawn, digits = opening(visit, planned, self._chance)
            command = c.StartStep(step, teller, drawn, digits)
            await self._counter.act(visit.id, command, command_id)
            return
        command = c.StartStep(step, teller, self._drawn(visit, step))
        await self._counter.act(visit.id, command, command_id)

    def _drawn(self, visit: Visit, step: str) -> tuple[str, ...]:
        detail, state = self._step(visit, step).detail, visit.step(step)
        if isinstance(detail, IdentityDocument) and state is not None:
            return drawn_of(state.plan, self._chance)
        pool, count, chance = draws(detail)
        return tuple(self._chance.sample(pool, count or len(pool))) if chance else pool

    async def record(
        self, visit: Visit, teller: str, step: str, question: str, value: str, clear: bool,
        command_id: str,
    ) -> None:  # fmt: skip
        """Write an answer down. Raises Refusal answer_invalid, question_not_drawn, …"""
        script, asked = self._scripts.of(visit), self._step(visit, step)
        value = value.strip()
        finding = self._finding(asked, question, value, clear)
        facts = await self._facts.of(visit)
        if finding != "unclear":
            answers = {**facts.answers.get(step, {}), question: value}
            facts = replace(facts, answers={**facts.answers, step: answers})
        sealed = await self.seal(visit.id, "answer", value)
        holds = holding(facts, script)
        command = c.RecordAnswer(step, teller, question, sealed, finding, holds)
        await self._counter.act(visit.id, command, command_id)

    def _finding(self, step: Step, question: str, value: str, clear: bool) -> Finding:
        if isinstance(step.detail, Liveness):
            if value not in SEEN:
                raise Refusal("answer_invalid", field=question)
            return "expected" if value == "seen" else "unclear"
        if isinstance(step.detail, IdentityDocument):
            if value not in LOOKED:
                raise Refusal("answer_invalid", field=question)
            return LOOKED[value]
        asked = _question(step, question)
        if not clear:
            return "unclear"
        if asked.answer.error(value) is not None:
            raise Refusal("answer_invalid", field=question)
        if asked.expect is None:
            return "noted"
        return "expected" if value == asked.expect else "unexpected"

    async def draft(
        self, visit: Visit, teller: str, step: str, values: Mapping[str, str], command_id: str
    ) -> None:
        """Fill the form in. Raises Refusal form_invalid with the field that is wrong."""
        wanted = self._checked(visit, step, values)
        plain = json.dumps(wanted, ensure_ascii=False, sort_keys=True)
        sealed = await self.seal(visit.id, "draft", plain)
        digest = self._lookup.digest(f"{visit.id}{plain}")
        facts = await self._facts.of(visit)
        facts = replace(facts, forms={**facts.forms, step: wanted})
        holds = holding(facts, self._scripts.of(visit))
        command = c.DraftForm(step, teller, sealed, digest, holds)
        await self._counter.act(visit.id, command, command_id)

    def _checked(self, visit: Visit, step: str, values: Mapping[str, str]) -> dict[str, str]:
        form = self._step(visit, step)
        if form.kind is not StepKind.FORM:
            raise Refusal("not_a_form", step=step)
        return checked_values(form.fields, values)

    def _step(self, visit: Visit, step: str) -> Step:
        try:
            return self._scripts.of(visit).step(step)
        except KeyError:
            raise Refusal("unknown_step", step=step) from None

    async def end(
        self, visit: Visit, teller: str, outcome: str, reason: str | None, command_id: str,
        flags: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """End the call. Raises Refusal unknown_outcome, reason_required, unknown_flag, …"""
        try:
            wanted = Outcome(outcome)
        except ValueError:
            raise Refusal("unknown_outcome") from None
        sealed = await self.seal(visit.id, "reason", reason)
        await self._counter.act(
            visit.id, c.EndService(teller, wanted, sealed, tuple(flags)), command_id
        )


def checked_values(fields: tuple[Field, ...], values: Mapping[str, str]) -> dict[str, str]:
    """The values that were given, tidied. Raises Refusal form_invalid with field and reason."""
    wanted = prefilled_values(fields, values)
    missing = [one.name for one in fields if one.required and one.name not in wanted]
    if missing:
        raise Refusal("form_invalid", field=missing[0], why="empty")
    if fields and not wanted:
        raise Refusal("form_invalid", field=fields[0].name, why="empty")
    return wanted


def prefilled_values(fields: tuple[Field, ...], values: Mapping[str, str]) -> dict[str, str]:
    """The same where the rest may still be filled in: each value that is given has to be right."""
    known = {one.name: one for one in fields}
    wanted = {name: value.strip() for name, value in values.items() if value.strip()}
    for name, value in wanted.items():
        why = known[name].error(value) if name in known else "unknown_field"
        if why is not None:
            raise Refusal("form_invalid", field=name, why=why)
    return wanted


def _question(step: Step, name: str) -> Question:
    if isinstance(step.detail, Questions):
        for question in step.detail.pool:
            if question.id == name:
                return question
    raise Refusal("question_not_drawn", question=name)
