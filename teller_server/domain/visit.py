"""One visit as a state machine: a command and a moment go in, events come out.

    consented → waiting → offered → connecting → in_service ⇄ reverify | on_hold
              → wrap_up → in_review → closed

`apply` decides and changes nothing; `evolve` applies what was decided; replaying the events gives
the same visit. A refusal is raised before any event exists. After `closed` only the effect word
may still move, to its end, an objection be made and answered, and the visit be repudiated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from . import (
    asking,
    challenge,
    closing,
    connecting,
    document_pages,
    effects,
    guests,
    identity,
    objection,
    place,
    proposal,
    questions,
    queueing,
    reading,
    repudiation,
    review,
    service,
    signing,
)
from . import commands as c
from . import events as e
from .errors import Refusal
from .evolution import evolve
from .identity import may_decide
from .service import blocked
from .state import Visit, VisitState

__all__ = ["Visit", "apply", "blocked", "evolve", "may_decide", "replay", "step_to"]

_Rule = Callable[[Visit, Any, datetime], tuple[e.Event, ...]]

_RULES: dict[type[c.Command], _Rule] = {
    c.TakeTicket: queueing.take_ticket,
    c.LeaveQueue: queueing.leave_queue,
    c.SeeNetwork: place.see_network,
    c.TellPlace: place.tell_place,
    c.DeclinePlace: place.decline_place,
    c.CustomerAway: queueing.customer_away,
    c.CustomerBack: queueing.customer_back,
    c.Offer: queueing.offer,
    c.Accept: queueing.accept,
    c.Decline: queueing.decline,
    c.ExpireOffer: queueing.expire_offer,
    c.LegUp: connecting.leg_up,
    c.LegDown: connecting.leg_down,
    c.RecordingConfirmed: connecting.recording_confirmed,
    c.RecordingFailed: connecting.recording_failed,
    c.Hold: connecting.hold,
    c.StartStep: service.start_step,
    c.AnswerStep: service.answer_step,
    c.CompleteStep: service.complete_step,
    c.DraftForm: service.draft_form,
    c.AskRegistry: asking.ask_registry,
    c.AnswerRegistry: asking.answer_registry,
    c.RecordAnswer: questions.record_answer,
    c.DrawChallenge: challenge.draw_challenge,
    c.ShowAction: challenge.show_action,
    c.JudgeAction: challenge.judge_action,
    c.BreakChallenge: challenge.break_challenge,
    c.ChooseAlternative: challenge.choose_alternative,
    c.ShowPaper: reading.show_paper,
    c.PaperFailed: reading.paper_failed,
    c.TurnPage: reading.turn_page,
    c.SendCode: signing.send_code,
    c.EnterCode: signing.enter_code,
    c.SignPapers: signing.sign_papers,
    c.SigningFailed: signing.signing_failed,
    c.SignAnew: signing.sign_anew,
    c.SealPapers: signing.seal_papers,
    c.InviteGuest: guests.invite_guest,
    c.GuestConsents: guests.guest_consents,
    c.DismissGuest: guests.dismiss_guest,
    c.GuestLeaves: guests.guest_leaves,
    c.DocumentReceived: document_pages.document_received,
    c.DocumentRejected: document_pages.document_rejected,
    c.ReadDocument: document_pages.read_document,
    c.CorrectField: document_pages.correct_field,
    c.CompareDocument: document_pages.compare_document,
    c.CheckIdentity: identity.check_identity,
    c.IdentityChecked: identity.identity_checked,
    c.IdentityCheckFailed: identity.identity_check_failed,
    c.DecideIdentity: identity.decide_identity,
    c.Reverified: identity.reverified,
    c.EndService: closing.end_service,
    c.Abort: closing.abort,
    c.WrapUp: closing.wrap_up,
    c.CallSealed: closing.call_sealed,
    c.Review: review.review,
    c.AnswerReview: review.answer_review,
    c.HurryReview: review.hurry_review,
    c.EffectCommitted: effects.effect_committed,
    c.EffectFailed: effects.effect_failed,
    c.RetryEffect: effects.retry_effect,
    c.CancelEffect: effects.cancel_effect,
    c.Object: objection.file_objection,
    c.AnswerObjection: objection.answer_objection,
    c.AnswerProposal: proposal.answer_proposal,
    c.Repudiate: repudiation.repudiate,
    c.SettleRepudiation: repudiation.settle_repudiation,
}

_AFTER_CLOSE = (
    c.EffectCommitted,
    c.EffectFailed,
    c.RetryEffect,
    c.CancelEffect,
    c.Object,
    c.AnswerObjection,
    c.Repudiate,
    c.SettleRepudiation,
)


def apply(visit: Visit | None, command: c.Command, now: datetime) -> tuple[e.Event, ...]:
    """The events that `command` causes at `now` (aware); empty when it changes nothing.

    Raises `Refusal` when the rules don't allow it. `visit` is None for `OpenVisit` alone.
    """
    if isinstance(command, c.OpenVisit):
        if visit is not None:
            raise Refusal("visit_already_open")
        return queueing.open_visit(command, now)
    if visit is None:
        raise Refusal("unknown_visit")
    if visit.state is VisitState.CLOSED and not isinstance(command, _AFTER_CLOSE):
        raise Refusal("visit_closed")
    return _RULES[type(command)](visit, command, now)


def replay(events: Iterable[e.Event], visit: Visit | None = None) -> Visit:
    """The visit after all `events`; ValueError when there is none."""
    for event in events:
        visit = evolve(visit, event)
    if visit is None:
        raise ValueError("no events")
    return visit


def step_to(
    visit: Visit | None, command: c.Command, now: datetime
) -> tuple[Visit, tuple[e.Event, ...]]:
    """`apply` and `evolve` in one: the visit after the command, and its events."""
    events = apply(visit, command, now)
    return replay(events, visit), events
