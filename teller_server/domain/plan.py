"""A step of a script, flattened into what the rules of a visit need of it."""

from __future__ import annotations

from dataclasses import replace

from .documents import PROMPTS, document_type, feature
from .script import (
    CheckerDecision,
    Commit,
    ConsentAsked,
    Disclosure,
    Document,
    Form,
    HandOver,
    IdentityDocument,
    Liveness,
    Notice,
    Questions,
    RegistryCheck,
    Sign,
    Step,
    TellerDecision,
)
from .state import Answer, PlannedQuestion, PlannedStep

YES_OR_NO: tuple[Answer, ...] = ("agreed", "refused")
SEEN: tuple[Answer, ...] = ("seen",)
PROMPT_ATTEMPTS = 2
DOCUMENT_ATTEMPTS = 3
SECONDS_PER_HOUR = 3600


def plan(step: Step) -> PlannedStep:
    """What is pinned to a visit; a prompt of a liveness step counts as a question.

    A no to a disclosure or a paper that asks for agreement ends the visit.
    """
    return replace(
        _of_kind(step),
        live_video="live_video" in step.needs,
        fresh_face="fresh_face" in step.needs,
        party=step.party,
        when=step.when.text if step.when else "",
    )


def _of_kind(step: Step) -> PlannedStep:
    bare = PlannedStep(step.id, step.kind)
    match step.detail:
        case Notice(seconds=seconds):
            return replace(bare, asks=SEEN, seconds=seconds)
        case ConsentAsked(purpose=purpose, on_refuse=on_refuse):
            return replace(bare, asks=YES_OR_NO, purpose=purpose, on_refuse=on_refuse)
        case Disclosure(seconds=seconds, acknowledge=how):
            return replace(bare, asks=_asks(how), seconds=seconds)
        case Document(paper=paper, seconds=seconds, acknowledge=how):
            return replace(bare, asks=_asks(how), seconds=seconds, papers=(paper,))
        case Sign(papers=papers, on_refuse=on_refuse):
            return replace(bare, asks=YES_OR_NO, papers=papers, on_refuse=on_refuse)
        case Form():
            return replace(bare, asks=SEEN)
        case Questions() | Liveness() as pool:
            return _pool(bare, pool)
    return _end(bare, step)


def _end(bare: PlannedStep, step: Step) -> PlannedStep:
    """A document, what stands at the end of a script, or has nothing of its own to plan."""
    match step.detail:
        case IdentityDocument() as asked:
            return _document(bare, asked)
        case HandOver(outcome=outcome):
            return replace(bare, asks=SEEN, outcome=outcome)
        case TellerDecision(flags=flags):
            blocking = tuple(flag.id for flag in flags if flag.blocking)
            return replace(bare, flags=tuple(flag.id for flag in flags), blocking=blocking)
        case RegistryCheck(checks=checks):
            return replace(bare, checks=checks)
        case CheckerDecision(hours=hours):
            return replace(bare, within=hours * SECONDS_PER_HOUR)
        case Commit(effect=effect, cooling_off=cooling):
            if cooling is None:
                return replace(bare, effect=effect)
            within = cooling.hours * SECONDS_PER_HOUR
            return replace(bare, effect=effect, within=within, cools=cooling.field)
    return bare


def _asks(acknowledge: str) -> tuple[Answer, ...]:
    return YES_OR_NO if acknowledge == "agree" else SEEN


def _document(bare: PlannedStep, asked: IdentityDocument) -> PlannedStep:
    """What may be asked of a document counts as questions; one not seen is a red flag."""
    names = [*(PROMPTS if asked.draw else ()), *(features_of(asked) if asked.features else ())]
    return replace(
        bare,
        types=asked.types,
        sides=asked.sides,
        draw=asked.draw,
        features=asked.features,
        questions=tuple(PlannedQuestion(n, True, "flag", DOCUMENT_ATTEMPTS) for n in names),
    )


def features_of(asked: IdentityDocument) -> tuple[str, ...]:
    """What may be looked for on any of the documents that will do."""
    return tuple(feature(kind, one) for kind in asked.types for one in document_type(kind).features)


def _pool(bare: PlannedStep, pool: Questions | Liveness) -> PlannedStep:
    if isinstance(pool, Liveness):
        prompts = tuple(
            PlannedQuestion(prompt.id, True, "flag" if prompt.motor else "note", PROMPT_ATTEMPTS,
                            prompt.action, prompt.digits)
            for prompt in pool.prompts
        )  # fmt: skip
        return replace(bare, questions=prompts, draw=pool.draw, purpose="liveness")
    questions = tuple(
        PlannedQuestion(question.id, question.expect is not None, question.otherwise,
                        question.attempts)
        for question in pool.pool
    )  # fmt: skip
    return replace(bare, questions=questions, draw=pool.draw, purpose=pool.purpose)
