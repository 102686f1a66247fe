"""What chance chooses for a challenge, or for the path without movement; chance is an argument."""

from random import Random

from kyc.challenge import SECONDS, Action, draw, draw_digits
from teller_server.domain import commands as c
from teller_server.domain.challenge import measurable
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.state import StepState, Visit

Drawn = tuple[tuple[str, ...], str]
"""Prompts in their order, and digits to read aloud."""


def opening(visit: Visit, step: StepState, chance: Random) -> Drawn:
    """What a challenge step begins with: nothing yet; spoken tasks where no face is measured."""
    return ((), "") if measurable(visit, step.party) else spoken(step, chance)


def spoken(step: StepState, chance: Random) -> Drawn:
    """Prompts without movement, as many as movements if there are so many."""
    pool = [q for q in step.plan.questions if q.otherwise == "note"]
    drawn = chance.sample(pool, min(step.plan.draw, len(pool)))
    digits = max((question.digits for question in drawn), default=0)
    return tuple(question.id for question in drawn), draw_digits(chance, digits)


def challenge(step: StepState, teller: str, chance: Random) -> c.DrawChallenge:
    """Movements in a random order, one of them a turn, under a fresh nonce."""
    prompts = {Action(q.action): q.id for q in step.plan.questions if q.action}
    drawn = draw(chance, step.plan.draw, frozenset(prompts), step.plan.digits)
    names = tuple(prompts[action] for action in drawn.actions)
    return c.DrawChallenge(step.id, teller, drawn.nonce, names, drawn.digits, SECONDS)


def instead(
    step: StepState, by: str, chance: Random, note: SealedText = UNSAID
) -> c.ChooseAlternative:
    """The path without movement, chosen by the party or by the teller, who says why."""
    drawn, digits = spoken(step, chance)
    return c.ChooseAlternative(step.id, by, drawn, digits, note)
