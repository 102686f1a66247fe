"""The photographs of a document: what is asked for, what was read of it, what holds a step up.

A model that reads nothing holds nothing up. What it has read counts until the teller has put it
right by the photograph; a document that has expired, or a number that can't be, is not passed.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from . import commands as c
from . import events as e
from .document_findings import blocking
from .documents import PROMPTS, TYPES, asked_of, document_type, feature, readable, wanted_sides
from .errors import Refusal
from .guards import in_service, in_state, live, open_step, owned_by
from .script import StepKind
from .state import SERVING, PageState, PlannedStep, StepState, Visit


def document_received(
    visit: Visit, command: c.DocumentReceived, now: datetime
) -> tuple[e.Event, ...]:
    """A usable photograph, while one is asked for; the newest of a side counts."""
    step = _expected(visit, command.party)
    fits(step, command.kind, command.side)
    accepted = e.DocumentAccepted(
        now,
        command.photo,
        command.portrait,
        command.party,
        command.side,
        command.kind or kind_of(step),
        command.reads,
    )
    return (accepted,)


def document_rejected(
    visit: Visit, command: c.DocumentRejected, now: datetime
) -> tuple[e.Event, ...]:
    """A photograph that can't be used also takes the place of an earlier one."""
    _expected(visit, command.party)
    return (e.DocumentRefused(now, command.code, command.party, command.side),)


def read_document(visit: Visit, command: c.ReadDocument, now: datetime) -> tuple[e.Event, ...]:
    """What was read; of a photograph that was taken again meanwhile it is not heard."""
    in_state(visit, SERVING)
    _page(visit, command.step, command.side, command.photo)
    read = e.DocumentRead(
        now,
        command.step,
        command.side,
        command.photo,
        command.values,
        dict(command.confidences),
        dict(command.problems),
        command.page,
        command.upright,
        command.engine,
        command.model_sha256,
    )
    return (read,)


def correct_field(visit: Visit, command: c.CorrectField, now: datetime) -> tuple[e.Event, ...]:
    """A field of this side, while the step is open and its reading is there."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    page = _page(visit, step.id, command.side, command.photo)
    if page.reading is None:
        raise Refusal("document_being_read")
    if command.name not in document_type(kind_of(step)).reads.get(command.side, ()):
        raise Refusal("no_such_field", field=command.name)
    corrected = e.FieldCorrected(
        now,
        step.id,
        command.side,
        command.name,
        command.teller,
        command.before,
        command.after,
        dict(command.problems),
    )
    return (corrected,)


def compare_document(
    visit: Visit, command: c.CompareDocument, now: datetime
) -> tuple[e.Event, ...]:
    """A figure for the teller and the file; it decides nothing."""
    in_state(visit, SERVING)
    _page(visit, command.step, command.side, command.photo)
    found, likeness = command.found, command.likeness
    step, side, photo = command.step, command.side, command.photo
    return (e.DocumentCompared(now, step, side, photo, found, likeness, command.code),)


def unfit(visit: Visit, step: StepState) -> str | None:
    """Why a document step can't be passed: a code, or None."""
    missing = [side for side in wanted(step) if side not in step.pages]
    if missing and not _of_earlier_release(visit, step):
        return "document_side_missing" if step.pages else "document_missing"
    pages = step.pages.values()
    if any(page.reads and page.reading is None for page in pages):
        return "document_being_read"
    codes = (blocking(page.reading.problems) for page in pages if page.reading)
    return next((code for code in codes if code), None) or _unlooked(step)


def wanted(step: StepState, kind: str = "") -> tuple[str, ...]:
    """The sides that are asked for, of the document that is shown or of another kind."""
    return wanted_sides(kind or kind_of(step), step.plan.sides)


def kind_of(step: StepState) -> str:
    """What the customer says the document is; the first that will do while nothing was said."""
    return step.document_kind or next(iter(step.plan.types), "")


def missing_side(step: StepState) -> str | None:
    """The side to be photographed next."""
    return next((side for side in wanted(step) if side not in step.pages), None)


def fits(step: StepState, kind: str, side: str) -> None:
    """Refuse a document of another kind, or a side that is not asked for."""
    if kind and kind not in (step.plan.types or TYPES):
        raise Refusal("document_kind_not_accepted", kind=kind)
    if side not in wanted(step, kind):
        raise Refusal("document_side_not_expected", side=side)


def check_drawn_document(step: StepState, drawn: tuple[str, ...]) -> None:
    """Refuse a draw of another size than the script's, or of what isn't there."""
    once = len(set(drawn)) == len(drawn) == sum(count for _, count in pools(step.plan))
    sizes = (len(set(drawn) & set(names)) == count for names, count in pools(step.plan))
    if not once or not all(sizes):
        raise Refusal("draw_wrong", step=step.id)


def pools(plan: PlannedStep) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Names, and how many of them are drawn: of the prompts, and of each kind's features."""
    found: list[tuple[tuple[str, ...], int]] = [(PROMPTS, plan.draw)]
    for kind in dict.fromkeys(plan.types):
        names = tuple(feature(kind, one) for one in document_type(kind).features)
        found.append((names, min(plan.features, len(names))))
    return tuple(found)


def drawn_of(plan: PlannedStep, chance: Random) -> tuple[str, ...]:
    """A draw for this step; `chance` is its randomness."""
    return tuple(name for names, count in pools(plan) for name in chance.sample(names, count))


def asked(step: StepState) -> tuple[str, ...]:
    """What the teller has to answer of what was drawn: for the document that is shown."""
    return asked_of(step.drawn, kind_of(step))


def offers(step: StepState) -> frozenset[str]:
    """The fields that forms may take over from this step."""
    return readable(step.plan.types, step.plan.sides)


def _unlooked(step: StepState) -> str | None:
    """Each has an answer, whatever it is: what was not seen is a red flag at the decision."""
    given = [step.answers.get(name) for name in asked(step)]
    settled = all(one is not None and one.finding != "unclear" for one in given)
    return None if settled else "document_not_handled"


def _of_earlier_release(visit: Visit, step: StepState) -> bool:
    """A photograph that was taken before sides were told apart."""
    document = visit.person(step.party).document
    accepted = document is not None and document.status == "accepted"
    return accepted and not step.plan.sides and not step.pages


def _expected(visit: Visit, party: str) -> StepState:
    in_service(visit)
    step = visit.current
    if step is None or step.kind is not StepKind.IDENTITY_DOCUMENT or step.party != party:
        raise Refusal("document_not_expected")
    if step.live_video:
        live(visit, party)
    return step


def _page(visit: Visit, step_id: str, side: str, photo: str) -> PageState:
    step = visit.step(step_id)
    page = step.pages.get(side) if step else None
    if page is None or page.photo != photo:
        raise Refusal("photograph_superseded", side=side)
    return page
