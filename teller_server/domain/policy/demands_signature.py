"""What the rules about signatures ask of a script: what is signed, by whom, after what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from teller_server.domain.script import ServiceScript, Sign, Step, StepKind

from .finding import Finding, of_party
from .gate import check_gate, hand_overs, never_opened, quiet_value
from .kinds_step import SignatureRule
from .trying import Facts, TooMany, behind, place, ways

_ANY_PAPER = "any"
_DECISIONS = ("teller_decision", "checker_decision", "commit")


def signature(rule: SignatureRule, found: Finding) -> None:
    """Each signature on the paper: read before, by a known person, live, and only where lawful."""
    signs = [
        step
        for step in found.script.of_kind(StepKind.SIGN)
        if isinstance(step.detail, Sign)
        and (rule.paper == _ANY_PAPER or rule.paper in step.detail.papers)
    ]
    for step in signs:
        if rule.on_camera:
            found.live(step)
        if rule.known_signer:
            _known(found, step)
        if rule.after_reading and isinstance(step.detail, Sign):
            for paper in step.detail.papers:
                _read(found, step, paper)
        found.held(step.id)
    if rule.closed_when:
        check_gate(rule, found, signs)
    if rule.required:
        check_required(rule, found, signs)
    elif not signs:
        found.held(f"step: nothing signs `{rule.paper}`")


def check_required(rule: SignatureRule, found: Finding, signs: list[Step]) -> None:
    """Signed in time wherever it may be; else handed over to where it will be."""
    if found.never(rule.condition):
        return
    what = f"the signature on `{rule.paper}`"
    late = [found.overtaken(step, rule.before or _DECISIONS) for step in signs]
    if not signs or None not in late:
        other = next((step for step in late if step), None)
        found.lacks(f"{what} must come before `{other.id}`" if other else f"{what} is missing")
        return
    timely = [step for step, other in zip(signs, late, strict=True) if other is None]
    for step in timely:
        if isinstance(step.detail, Sign) and step.detail.on_refuse != "end":
            found.lacks(f"{what}: a no must end the visit (`on_refuse: end`)", step)
    ends = list(hand_overs(found.script, rule.instead)) if rule.instead else []
    try:
        tried = list(_open(rule, found, (*timely, *ends)))
    except TooMany:
        found.unbuilt(f"way to try out where {what} takes place")
        return
    neither = [facts for facts in tried if not _any(found.script, (*timely, *ends), facts)]
    if neither or not any(_any(found.script, timely, facts) for facts in tried):
        told = ", ".join(f"{name} = {value}" for name, value in sorted((*neither, {})[0].items()))
        where = f" with {told}" if told else ""
        found.lacks(f"{what} is not certain to take place{where}", timely[0])


def _open(rule: SignatureRule, found: Finding, steps: tuple[Step, ...]) -> Iterator[Facts]:
    """Facts under which nothing closes the signature, and with which a visit may be opened."""
    denied = never_opened(found)
    deciding = (*((rule.condition,) if rule.condition else ()), *behind(found.script, steps))
    names = {name for condition in deciding for name in condition.names}
    still = {name for one in rule.closed_when for name in one.names if name not in names}
    quiet = {name: quiet_value(name, rule.closed_when, found.script) for name in still}
    for varied in ways(deciding, found.script):
        facts = {**quiet, **varied}
        wanted = rule.condition is None or rule.condition.holds(facts) is True
        closed = any(condition.holds(facts) for condition in rule.closed_when)
        if wanted and not closed and not denied(facts):
            yield facts


def _any(script: ServiceScript, steps: Iterable[Step], facts: Facts) -> bool:
    return any(place(script, step, facts) is True for step in steps)


def _known(found: Finding, sign: Step) -> None:
    """Its party has shown a document and been compared with it, before this."""
    for kind in (StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH):
        earlier = _before(found, sign, of_party(found.script, kind, sign.party))
        if earlier is None:
            found.lacks(f"`{sign.id}`: {sign.party} must pass {kind.value} before signing", sign)
        else:
            found.held(earlier.id)


def _read(found: Finding, sign: Step, paper: str) -> None:
    shown = [s for s in found.script.of_kind(StepKind.DOCUMENT) if _shows(s, paper)]
    earlier = _before(found, sign, [s for s in shown if s.party == sign.party])
    if earlier is None:
        found.lacks(
            f"`{sign.id}`: `{paper}` must be read by {sign.party} before it is signed", sign
        )
    else:
        found.held(earlier.id)


def _shows(step: Step, paper: str) -> bool:
    return getattr(step.detail, "paper", None) == paper


def _before(found: Finding, later: Step, candidates: list[Step]) -> Step | None:
    """One that comes earlier and takes place whenever `later` does."""
    order = {step.id: place for place, step in enumerate(found.script.steps)}
    same = later.when.text if later.when else ""
    for step in candidates:
        always = found.certain(step) or (step.when and step.when.text == same)
        if order[step.id] < order[later.id] and always:
            return step
    return None
