"""What the rules of scope, queue, effect and branch ask of a script and of this release."""

from __future__ import annotations

from decimal import Decimal

from teller_server.domain.script import HandOver, StepKind

from .demands_person import blocking_flag
from .finding import Finding, asks, writes
from .kinds_branch import (
    AccessRule,
    AgentLocationRule,
    AgentProfileRule,
    AssignmentRule,
    AttestationRule,
    CheckerRule,
    DataResidencyRule,
    EffectLimitRule,
    FilingRule,
    LegalScopeRule,
    NotifyRule,
    RejectReasonRule,
    RetentionRule,
)
from .trying import field_of

VIEWERS = frozenset({"compliance"})
"""Who may watch a recording in this release."""
KNOWN = frozenset({"customer.age"})
"""What is known before the queue beside what is asked there."""


def legal_scope(rule: LegalScopeRule, found: Finding) -> None:
    """What the rule depends on is asked before the queue, and the answer can be given."""
    speaks = rule.condition or rule.only_if
    for name in sorted(speaks.names if speaks else ()):
        if not name.startswith("intake."):
            if name not in KNOWN:
                found.unbuilt(f"way to know `{name}` before the queue")
            continue
        field = field_of(found.script, name)
        if field is None or not field.required:
            found.lacks(f"`{name}` must be asked before the queue (`intake`, `required: true`)")
        elif field.type == "choice" and name in rule.example:
            value = rule.example[name]
            if not isinstance(value, Decimal) and field.error(str(value)) == "not_an_option":
                found.lacks(f"`{name}` must let a customer say `{value}`")
    found.held(f"scope: {rule.id}")


def data_residency(rule: DataResidencyRule, found: Finding) -> None:
    found.held(f"pack: kept in {', '.join(rule.countries or ())}")


def agent_profile(rule: AgentProfileRule, found: Finding) -> None:
    if rule.training_months is not None:
        found.unbuilt("record of the tellers' training")
    if rule.employer == "own":
        found.vouched("look at whose employees the tellers are")
    for skill in rule.skills:
        if skill != found.script.skill:
            found.lacks(f"only tellers with that skill may serve (`skill: {skill}`)")
    if rule.own_skill and found.script.skill != found.script.service:
        found.lacks(
            f"only tellers with a skill of its own may serve (`skill: {found.script.service}`)"
        )
    variables = {
        "teller.number": rule.shows_credential,
        "branch.name": rule.states_organisation,
    }
    first = next((step for step in found.script.steps if step.say), None)
    for variable, wanted in variables.items():
        said = first.say if first else {}
        if wanted and not all(variable in said.get(one, "") for one in found.script.languages):
            found.lacks(f"the teller's first words must name `{variable}`", first)
    found.held(f"queue: skill {found.script.skill}")
    if first is not None and any(variables.values()):
        found.held(first.id)


def agent_location(rule: AgentLocationRule, found: Finding) -> None:
    if rule.place != "any":
        found.unbuilt("register of the places where tellers sit")


def assignment(rule: AssignmentRule, found: Finding) -> None:
    if rule.mode == "random":
        found.unbuilt("assignment by chance")
    found.held(f"queue: {rule.mode}")


def checker(rule: CheckerRule, found: Finding) -> None:
    """A second person, never the teller, decides before anything reaches the bank's system."""
    if rule.by == "concurrent_audit":
        found.unbuilt("audit by others than the second person")
    checks = found.script.of_kind(StepKind.CHECKER_DECISION)
    found.demand(checks, "a second person", ("commit",), rule.condition)


def effect_limit(rule: EffectLimitRule, found: Finding) -> None:
    """What decides about the limit is asked, and a visit can end with limits."""
    for name in rule.asks:
        steps = asks(found.script, name) or writes(found.script, name)
        found.demand(steps, f"question or required field `{name}`", ("checker_decision", "commit"))
    ends = [
        step
        for step in found.script.of_kind(StepKind.HAND_OVER)
        if isinstance(step.detail, HandOver) and step.detail.outcome == "done_with_limits"
    ]
    what = f"a hand-over `done_with_limits` for {rule.what}"
    found.demand(ends, what, ("checker_decision", "commit"))


def filing(rule: FilingRule, found: Finding) -> None:
    """What has to be filed is handed over in words; what must be known for it is asked."""
    if rule.hours is not None:
        found.vouched(f"watch over the {rule.hours} hours of the filing with {rule.authority}")
    ends = found.script.of_kind(StepKind.HAND_OVER)
    found.demand(ends, f"a hand-over for the filing with {rule.authority}", ("commit",))
    for name in rule.asks:
        steps = asks(found.script, name) or writes(found.script, name)
        if steps:
            found.demand(steps, f"question or required field `{name}`")
        else:
            blocking_flag(found, (name,), f"the filing with {rule.authority}")


def reject_reason(rule: RejectReasonRule, found: Finding) -> None:
    """Reasons are demanded of tellers and checkers; the customer sees a neutral text."""
    if rule.disclose == "none":
        found.unbuilt("refusal of which the customer is told nothing")
    if rule.objection_days is not None:
        found.held(f"effect: objections answered within {rule.objection_days} days")
    found.held("effect: no refusal without a reason")


def notify(rule: NotifyRule, found: Finding) -> None:
    disowned = ", with a way to disown it" if rule.repudiation else ""
    found.unbuilt(f"message to {', '.join(rule.to)}{disowned}")


def retention(rule: RetentionRule, found: Finding) -> None:
    least = f"at least {rule.at_least}" if rule.at_least else ""
    most = f"at most {rule.at_most}" if rule.at_most else ""
    span = ", ".join(part for part in (least, most, f"then {rule.then}") if part)
    found.held(f"pack: {rule.artefact} {span}")


def access(rule: AccessRule, found: Finding) -> None:
    if rule.roles is not None and not set(rule.roles) >= VIEWERS:
        found.unbuilt("other role for watching recordings than compliance")
    if rule.no_training:
        found.vouched("look at what a bank trains with its recordings")
    found.held("pack: recordings are seen by compliance alone, each viewing with its purpose")
    if rule.second_person != "never":
        found.held(f"pack: a second person agrees ({rule.second_person})")


def attestation(rule: AttestationRule, found: Finding) -> None:
    found.held(f"attestation: {rule.attestation}")
