"""The packs and scripts of the release to play with, and scissors for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import teller_server
from teller_server.domain import conditions
from teller_server.domain.policy import (
    BranchPolicy,
    CompiledService,
    PolicyConflict,
    PolicyPack,
    combine,
    compile_service,
    load_packs,
)
from teller_server.domain.policy.rules import Rule
from teller_server.domain.script import (
    Consent,
    Disclosure,
    HandOver,
    ServiceScript,
    Step,
    StepKind,
)
from teller_server.domain.script_reader import read_script

HOME = Path(teller_server.__file__).parent
SERVICES = ("change_of_details", "loan_interview", "corporate_account")
WORDS = {"zh-CN": "好", "en": "Good"}


@cache
def script(service: str) -> ServiceScript:
    """A script of the release; `wealth_sale` and `open_account` are made up for their rules."""
    made = {"wealth_sale": _wealth_sale, "open_account": _open_account}
    if service in made:
        return made[service]()
    return read_script(HOME / "scripts" / f"{service}.yaml")


@cache
def pack(name: str = "cn-bank") -> PolicyPack:
    file = HOME / "packs" / f"{name}.yaml"
    (found,) = load_packs({file.name: file.read_text("utf-8")})
    return found


@cache
def policy() -> BranchPolicy:
    return combine([pack()])


def compiled(service: str) -> CompiledService:
    return compile_service(script(service), policy())


def without(rules: BranchPolicy, clause: str) -> BranchPolicy:
    """The policy with every rule of a clause taken out."""
    return keeping(rules, lambda rule: clause not in rule.clauses)


def keeping(rules: BranchPolicy, wanted: Callable[[Rule], bool]) -> BranchPolicy:
    packs = (replace(one, rules=tuple(filter(wanted, one.rules))) for one in rules.packs)
    return BranchPolicy(tuple(packs))


def clauses_against(rules: BranchPolicy, changed: ServiceScript) -> frozenset[str]:
    """The clauses in whose name a script is refused; empty when it compiles."""
    try:
        compile_service(changed, rules)
    except PolicyConflict as conflict:
        return conflict.clauses
    return frozenset()


def tried(
    changed: ServiceScript, law: BranchPolicy | None = None
) -> CompiledService | PolicyConflict:
    """The script compiled under the law (none given: cn-bank), or why it can't be."""
    try:
        return compile_service(changed, law or policy())
    except PolicyConflict as conflict:
        return conflict


# ---- scissors for scripts


def minus(whole: ServiceScript, *steps: str) -> ServiceScript:
    """Without these steps."""
    left = tuple(step for step in whole.steps if step.id not in steps)
    assert len(left) < len(whole.steps), steps
    return replace(whole, steps=left)


def last(whole: ServiceScript, step: str) -> ServiceScript:
    """With a step moved behind everything that it could guard."""
    moved = whole.step(step)
    return replace(whole, steps=(*(s for s in whole.steps if s.id != step), moved))


def with_step(whole: ServiceScript, step: str, **changes: Any) -> ServiceScript:
    """With a step changed: its own fields, or those of its detail."""
    old = whole.step(step)
    known = {one.name for one in fields(Step)}
    own = {name: value for name, value in changes.items() if name in known}
    rest = {name: value for name, value in changes.items() if name not in own}
    new = replace(old, **own)
    new = replace(new, detail=replace(new.detail, **rest)) if rest else new
    return replace(whole, steps=tuple(new if s.id == step else s for s in whole.steps))


def only_when(whole: ServiceScript, step: str, condition: str) -> ServiceScript:
    """With a step that takes place under a condition only."""
    return with_step(whole, step, when=conditions.parse(condition))


def with_consent(whole: ServiceScript, consent: str, **changes: Any) -> ServiceScript:
    asked = tuple(replace(c, **changes) if c.id == consent else c for c in whole.consents)
    return replace(whole, consents=asked)


def minus_consent(whole: ServiceScript, *consents: str) -> ServiceScript:
    return replace(whole, consents=tuple(c for c in whole.consents if c.id not in consents))


def reading(whole: ServiceScript, paper: str) -> str:
    """The id of the step in which a paper is read."""
    (found,) = (s for s in whole.of_kind(StepKind.DOCUMENT) if s.detail.paper == paper)  # type: ignore[union-attr]
    return found.id


def minus_flag(whole: ServiceScript, flag: str) -> ServiceScript:
    """With a flag of the teller's decision that doesn't block any more."""
    (decision,) = whole.of_kind(StepKind.TELLER_DECISION)
    flags = tuple(
        replace(one, blocking=False) if one.id == flag else one
        for one in decision.detail.flags  # type: ignore[union-attr]
    )
    return with_step(whole, decision.id, flags=flags)


def minus_field(whole: ServiceScript, form: str, field: str) -> ServiceScript:
    kept = tuple(one for one in whole.step(form).fields if one.name != field)
    assert len(kept) < len(whole.step(form).fields), field
    return with_step(whole, form, fields=kept)


def minus_question(whole: ServiceScript, step: str, question: str) -> ServiceScript:
    pool = whole.step(step).detail.pool  # type: ignore[union-attr]
    return with_step(whole, step, pool=tuple(one for one in pool if one.id != question))


def softer(whole: ServiceScript, step: str, question: str) -> ServiceScript:
    """With a question whose unexpected answer is only noted."""
    pool = whole.step(step).detail.pool  # type: ignore[union-attr]
    noted = (replace(one, otherwise="note") if one.id == question else one for one in pool)
    return with_step(whole, step, pool=tuple(noted))


# ---- services that the release doesn't have


def _like_details(service: str, *more: Step, without: tuple[str, ...] = ()) -> ServiceScript:
    """The unconditional steps of the change of details, with others before the decision."""
    base = read_script(HOME / "scripts" / "change_of_details.yaml")
    kept = [s for s in base.steps if s.when is None and s.kind is not StepKind.COMMIT]
    cut = next(i for i, s in enumerate(kept) if s.kind is StepKind.TELLER_DECISION)
    check = next(s for s in base.steps if s.kind is StepKind.CHECKER_DECISION)
    steps = (*kept[:cut], *more, *kept[cut:], replace(check, when=None))
    return replace(
        base, service=service, skill=service, steps=steps, intake=(), conditions={}, guests=()
    )


def _told(step: str, topic: str) -> Step:
    detail = Disclosure(topic=topic, seconds=5, acknowledge="agree")
    needs = frozenset({"live_video"})
    return Step(step, StepKind.DISCLOSURE, WORDS, WORDS, WORDS, detail, needs)  # type: ignore[arg-type]


def _wealth_sale() -> ServiceScript:
    chapters = (_told("pitch", "pitch"), _told("risk", "risk"), _told("confirm", "confirm"))
    return _like_details("wealth_sale", *chapters)


def _open_account() -> ServiceScript:
    detail = HandOver("done_with_limits", (WORDS,))
    rest = Step("rest", StepKind.HAND_OVER, WORDS, WORDS, WORDS, detail)
    base = _like_details("open_account", _told("warnings", "no_lending_of_account"), rest)
    (intake,) = (f for f in script("corporate_account").intake if f.name == "account_class")
    classes = tuple(replace(intake.options[0], value=value) for value in ("I", "II", "III"))
    (decision,) = base.of_kind(StepKind.TELLER_DECISION)
    flags = script("corporate_account").of_kind(StepKind.TELLER_DECISION)[0].detail
    base = with_step(base, decision.id, detail=flags)
    return replace(base, intake=(replace(intake, options=classes),))


def bundled(asked: Consent) -> Consent:
    return replace(asked, id="recording_and_face")
