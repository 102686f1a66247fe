"""The gate on a signature: facts under which it may not be given at a distance.

Found out by trying: for each condition of the rule, facts that make it true are put to the
script, and every signature on the paper must fall away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from teller_server.domain.conditions import Condition
from teller_server.domain.fields import Fact
from teller_server.domain.script import Commit, HandOver, ServiceScript, Step, StepKind

from .finding import Finding, writes
from .kinds_branch import LegalScopeRule
from .kinds_step import SignatureRule
from .scope import weigh
from .trying import Facts, TooMany, field_of, place, possible, values_of, ways


def check_gate(rule: SignatureRule, found: Finding, signs: list[Step]) -> None:
    """Each closing condition closes every signature, and what stands instead takes place."""
    script, denied = found.script, never_opened(found)
    for condition in rule.closed_when:
        _known_in_time(condition, found, signs)
        tried = probes(condition, rule.closed_when, script)
        if not tried:
            found.unbuilt(f"way to try out `{condition.text}`")
        for facts in tried:
            if not possible(facts, script) or denied(facts):
                continue
            told = ", ".join(f"{name} = {value}" for name, value in sorted(facts.items()))
            for step in (*signs, *_effects(rule, script)):
                if place(script, step, facts) is not False:
                    found.lacks(f"`{step.id}` may not take place with {told}", step)
            if rule.instead:
                _instead(rule.instead, found, facts, told)


def never_opened(found: Finding) -> Callable[[Facts], bool]:
    """Tells of facts whether a visit with them is denied before the queue."""
    rules = found.policy.of(LegalScopeRule, found.script.service)
    return lambda facts: weigh(rules, facts).decision == "deny"


def _effects(rule: SignatureRule, script: ServiceScript) -> list[Step]:
    """The commits that ask for more than may be asked for without the signature."""
    if rule.only_effects is None:
        return []
    return [
        step
        for step in script.of_kind(StepKind.COMMIT)
        if isinstance(step.detail, Commit) and step.detail.effect not in rule.only_effects
    ]


def probes(
    condition: Condition, all_of: tuple[Condition, ...], script: ServiceScript
) -> tuple[Facts, ...]:
    """Facts under which `condition` holds, and of the others none that need not."""
    others = {name for one in all_of for name in one.names if name not in condition.names}
    quiet = {name: quiet_value(name, all_of, script) for name in others}
    try:
        settings = ways((condition,), script)
    except TooMany:
        return ()
    return tuple({**quiet, **facts} for facts in settings if condition.holds(facts) is True)


def quiet_value(name: str, all_of: tuple[Condition, ...], script: ServiceScript) -> Fact:
    """A value for which no condition speaks by itself, where there is one."""
    values = values_of(name, all_of, script)
    return next((v for v in values if not any(c.holds({name: v}) for c in all_of)), values[0])


def _known_in_time(condition: Condition, found: Finding, signs: list[Step]) -> None:
    """What the gate depends on is written down in a form that comes before every signature."""
    order = {step.id: place for place, step in enumerate(found.script.steps)}
    for name in sorted(condition.names):
        if name.startswith("intake."):
            asked = field_of(found.script, name)
            if asked is None or not asked.required:
                found.lacks(f"`{name}` must be asked before the queue (`intake`, `required: true`)")
            continue
        forms = [form for form in writes(found.script, name) if form.when is None]
        for sign in signs:
            if not any(order[form.id] < order[sign.id] for form in forms):
                found.lacks(f"`{sign.id}` must come after a required field `{name}`", sign)
        found.held(*(form.id for form in forms))


def hand_overs(script: ServiceScript, outcome: str) -> Iterator[Step]:
    """The steps that hand over to where it goes on, with that outcome."""
    for step in script.of_kind(StepKind.HAND_OVER):
        if isinstance(step.detail, HandOver) and step.detail.outcome == outcome:
            yield step


def _instead(outcome: str, found: Finding, facts: Facts, told: str) -> None:
    for step in hand_overs(found.script, outcome):
        in_time = found.overtaken(step, ("checker_decision", "commit")) is None
        if in_time and place(found.script, step, facts) is not False:
            found.held(step.id)
            return
    found.lacks(f"with {told} the visit must end in a hand-over `{outcome}`")
