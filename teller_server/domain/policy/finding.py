"""What one rule finds in one script: what it is held by, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from teller_server.domain.conditions import Condition
from teller_server.domain.script import (
    CUSTOMER,
    Document,
    Form,
    Question,
    Questions,
    ServiceScript,
    Sign,
    Step,
    StepKind,
)

from .combining import BranchPolicy
from .kinds_branch import AttestationRule
from .problems import Conflict
from .rules import Rule
from .trying import TooMany, behind, place, possible, ways

FINAL = ("sign", "teller_decision", "checker_decision", "commit")
"""What every demanded step comes before, unless a rule names something narrower."""
_OF_ALL = frozenset({StepKind.TELLER_DECISION, StepKind.CHECKER_DECISION, StepKind.COMMIT})


@dataclass(frozen=True, slots=True)
class Finding:
    """Collects for one rule. `guards`: step ids, or `level: name` for what is no step."""

    rule: Rule
    script: ServiceScript
    policy: BranchPolicy
    guards: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def held(self, *guards: str) -> None:
        """The rule is carried out by these."""
        self.guards.extend(guard for guard in guards if guard not in self.guards)

    def lacks(self, what: str, step: Step | None = None) -> None:
        """The script is missing something that the rule asks for."""
        source, line = (step.source, step.line) if step else ("", 1)
        told = f"{what} (asked for by {self.rule.source}:{self.rule.line})"
        self.conflicts.append(
            Conflict(source or f"{self.script.service}.yaml", line, told, self.rule.clauses)
        )

    def unbuilt(self, what: str) -> None:
        """The rule asks for something that this release can't enforce."""
        told = f"{self.rule.kind}: this release has no {what} ({self.script.service})"
        self.conflicts.append(Conflict(self.rule.source, self.rule.line, told, self.rule.clauses))

    def vouched(self, what: str) -> None:
        """What no program sees: held by an attestation of the same clause, without which no visit
        opens; a complaint where the pack has none."""
        given = [
            rule.attestation
            for rule in self.policy.of(AttestationRule, self.script.service)
            if rule.blocks and set(rule.clauses) & set(self.rule.clauses)
        ]
        if given:
            self.held(*(f"attestation: {kind}" for kind in given))
        else:
            self.unbuilt(f"{what}, and no attestation vouches for it")

    def certain(self, step: Step, where: Condition | None = None) -> bool:
        """Whether the step takes place in every visit that its party takes part in.

        With `where`: in each of those for which that holds, found out by trying.
        """
        guest = next((one for one in self.script.guests if one.party == step.party), None)
        usual = guest.when.text if guest and guest.when else ""
        if step.when is None or step.when.text == usual:
            return True
        return where is not None and self._taken(step, where)

    def never(self, where: Condition | None) -> bool:
        """Whether no visit of this script comes to that; held by it, or a complaint, if so."""
        if where is None:
            return False
        try:
            held = [facts for facts in ways((where,), self.script) if where.holds(facts) is True]
        except TooMany:
            held = []
        if not held:
            self.unbuilt(f"way to try out `{where.text}`")
        elif not any(possible(facts, self.script) for facts in held):
            self.held(f"step: nothing comes to `{where.text}`")
        else:
            return False
        return True

    def _taken(self, step: Step, where: Condition) -> bool:
        try:
            tried = [
                facts
                for facts in ways((where, *behind(self.script, [step])), self.script)
                if where.holds(facts) is True
            ]
        except TooMany:
            return False
        return bool(tried) and all(place(self.script, step, facts) for facts in tried)

    def demand(
        self,
        steps: Iterable[Step],
        what: str,
        before: tuple[str, ...] = (),
        where: Condition | None = None,
    ) -> Step | None:
        """The first of `steps` that always takes place, in time; a complaint when there is none."""
        if self.never(where):
            return None
        found = list(steps)
        always = [step for step in found if self.certain(step, where)]
        if not always:
            missing = "is not certain to take place" if found else "is missing"
            self.lacks(f"{what} {missing}", found[0] if found else None)
            return None
        step = always[0]
        late = self.overtaken(step, before or FINAL)
        if late is not None:
            self.lacks(f"{what} must come before `{late.id}`", step)
            return None
        self.held(step.id)
        return step

    def overtaken(self, step: Step, before: tuple[str, ...]) -> Step | None:
        """The first step that should come after `step` and doesn't."""
        for other in self.script.steps:
            if other.id == step.id:
                return None
            mine = other.party == step.party or other.kind in _OF_ALL
            if mine and any(_named(other, word) for word in before):
                return other
        return None

    def live(self, step: Step | None) -> None:
        """The step needs a live picture."""
        if step is not None and "live_video" not in step.needs:
            self.lacks(f"step `{step.id}` needs `live_video`", step)


def _named(step: Step, word: str) -> bool:
    """Whether a step is meant by a word of `before`: `sign`, `question:willingness`, …"""
    kind, _, narrower = word.partition(":")
    if step.kind.value != kind:
        return False
    match step.detail:
        case Questions(purpose=purpose):
            return narrower in ("", purpose)
        case Document(paper=paper):
            return narrower in ("", paper)
        case Sign(papers=papers):
            return not narrower or narrower in papers
    return narrower in ("", step.id)


def parties(script: ServiceScript, *, every: bool) -> tuple[str, ...]:
    """The customer, and with `every` all further parties."""
    return (CUSTOMER, *(guest.party for guest in script.guests)) if every else (CUSTOMER,)


def of_party(script: ServiceScript, kind: StepKind, party: str) -> list[Step]:
    """A party's steps of a kind, in order; a paper without a face on it is nobody's document."""
    steps = [step for step in script.of_kind(kind) if step.party == party]
    if kind is not StepKind.IDENTITY_DOCUMENT:
        return steps
    return [step for step in steps if step.identifies]


def certain_questions(step: Step) -> tuple[Question, ...]:
    """The questions of a step that are asked in every visit."""
    if not isinstance(step.detail, Questions):
        return ()
    whole = step.detail.draw in (0, len(step.detail.pool))
    return step.detail.pool if whole else ()


def asks(script: ServiceScript, question: str, party: str = "") -> list[Step]:
    """The steps that are certain to ask that question, of one party or of any."""
    return [
        step
        for step in script.of_kind(StepKind.QUESTION)
        if party in ("", step.party) and any(one.id == question for one in certain_questions(step))
    ]


def writes(script: ServiceScript, field_name: str) -> list[Step]:
    """The forms that can't be left without that field (`form.field`)."""
    form, _, name = field_name.rpartition(".")
    return [
        step
        for step in script.of_kind(StepKind.FORM)
        if isinstance(step.detail, Form)
        and form in ("", step.id)
        and any(one.name == name and one.required for one in step.detail.fields)
    ]
