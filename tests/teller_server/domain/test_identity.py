"""The machine never says yes alone, and one teller never overrules its no."""

from __future__ import annotations

import pytest

from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.errors import Refusal
from teller_server.domain.identity import MAX_ATTEMPTS
from teller_server.domain.state import Outcome, VisitState
from tests.teller_server.domain.test_visit import refused
from tests.teller_server.material import REASON, STEPS, TELLER, Walk, opening


def at_face(*, face: bool = True) -> Walk:
    walk = Walk(opening(face=face)).in_service().through("recording_consent", "document")
    walk.do(c.StartStep("face", TELLER))
    return walk


def checked(walk: Walk, outcome: str, check: str = "k1") -> Walk:
    walk.do(c.CheckIdentity(check, TELLER))
    walk.do(c.IdentityChecked(check, outcome, 0.4, "none", ("below_threshold",)))
    return walk


def rejoined(walk: Walk) -> Walk:
    walk.do(c.LegDown("customer", "customer-1", "silent"), c.LegUp("customer", "customer-2"))
    return walk


def test_a_failed_match_cannot_be_accepted_with_any_reason() -> None:
    walk = checked(at_face(), "failed")
    assert rules.may_decide(walk.at) == ("repeat", "refuse", "alternative")
    accept = c.DecideIdentity(TELLER, "accept", "k1", REASON)
    assert refused(walk, accept) == "failed_match_not_acceptable"


def test_a_referred_match_needs_a_stated_reason() -> None:
    walk = checked(at_face(), "referred")
    assert refused(walk, c.DecideIdentity(TELLER, "accept", "k1")) == "reason_required"
    walk.do(c.DecideIdentity(TELLER, "accept", "k1", REASON))
    walk.do(c.CompleteStep("face", TELLER, "passed"))
    assert walk.at.decision is not None
    assert walk.at.decision.reason == REASON


def test_a_machine_that_passed_still_waits_for_the_teller() -> None:
    walk = checked(at_face(), "passed")
    assert refused(walk, c.CompleteStep("face", TELLER, "passed")) == "identity_undecided"
    assert refused(walk, c.CheckIdentity("k2", TELLER)) == "decide_first"
    walk.do(c.DecideIdentity(TELLER, "accept", "k1"))
    assert refused(walk, c.DecideIdentity(TELLER, "refuse", "k1", REASON)) == (
        "identity_already_decided"
    )
    assert rules.may_decide(walk.at) == ()


def test_a_failed_match_may_be_repeated_but_not_for_ever() -> None:
    walk = at_face()
    for attempt in range(1, MAX_ATTEMPTS):
        checked(walk, "failed", f"k{attempt}").do(c.DecideIdentity(TELLER, "repeat"))
    checked(walk, "failed", "last")
    assert refused(walk, c.DecideIdentity(TELLER, "repeat")) == "too_many_attempts"
    assert rules.may_decide(walk.at) == ("refuse", "alternative")


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [("refuse", Outcome.REFUSED_BANK), ("alternative", Outcome.OTHER_CHANNEL)],
)
def test_after_a_failed_match_only_others_can_help(verdict: str, outcome: Outcome) -> None:
    walk = checked(at_face(), "failed")
    assert refused(walk, c.DecideIdentity(TELLER, verdict, "k1")) == "reason_required"
    walk.do(c.DecideIdentity(TELLER, verdict, "k1", REASON))
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, outcome)
    assert walk.at.step("face").status == "refused"


def test_without_consent_the_teller_compares_by_eye_and_says_why() -> None:
    walk = at_face(face=False)
    assert refused(walk, c.CheckIdentity("k1", TELLER)) == "face_consent_missing"
    assert refused(walk, c.DecideIdentity(TELLER, "accept")) == "face_consent_missing"
    assert refused(walk, c.DecideIdentity(TELLER, "alternative")) == "reason_required"
    walk.do(c.DecideIdentity(TELLER, "alternative", reason=REASON))
    walk.do(c.CompleteStep("face", TELLER, "passed"))
    assert walk.at.face_settled


def test_a_check_without_a_result_can_simply_be_tried_again() -> None:
    walk = at_face()
    assert refused(walk, c.IdentityChecked("k0", "passed", 1.0, "agrees", ())) == (
        "check_not_running"
    )
    walk.do(c.CheckIdentity("k1", TELLER))
    assert refused(walk, c.CheckIdentity("k2", TELLER)) == "check_running"
    assert rules.may_decide(walk.at) == ()
    walk.do(c.IdentityCheckFailed("k1", "no_face"))
    assert refused(walk, c.DecideIdentity(TELLER, "accept", "k1")) == "no_check_result"
    checked(walk, "passed", "k2").do(c.DecideIdentity(TELLER, "accept", "k2"))


def test_a_verdict_is_about_the_check_that_the_teller_saw() -> None:
    walk = checked(at_face(), "passed")
    assert refused(walk, c.DecideIdentity(TELLER, "accept", "k0")) == "check_superseded"


def test_a_document_without_a_portrait_cannot_be_compared() -> None:
    walk = Walk().in_service().through("recording_consent")
    walk.do(c.StartStep("document", TELLER), c.DocumentRejected("no_portrait"))
    assert refused(walk, c.CompleteStep("document", TELLER, "passed")) == "document_missing"
    walk.do(c.DocumentReceived("photo", None), c.CompleteStep("document", TELLER, "passed"))
    walk.do(c.StartStep("face", TELLER))
    assert refused(walk, c.CheckIdentity("k1", TELLER)) == "portrait_missing"


# --- after a rejoin ---


def test_after_a_rejoin_nothing_proceeds_until_the_face_passes_again() -> None:
    walk = rejoined(Walk().in_service().through(*STEPS[:3]))
    assert (walk.at.state, walk.at.reverify) == (VisitState.REVERIFY, "rejoined")
    assert refused(walk, c.StartStep("details", TELLER)) == "reverify_first"
    assert refused(walk, c.EndService(TELLER, Outcome.DONE)) == "reverify_first"
    assert refused(walk, c.Reverified(TELLER, REASON)) == "face_match_needed"
    assert refused(walk, c.DecideIdentity(TELLER, "accept", reason=REASON)) == "no_check_result"
    checked(walk, "failed", "k2")
    assert refused(walk, c.DecideIdentity(TELLER, "accept", "k2", REASON)) == (
        "failed_match_not_acceptable"
    )
    walk.do(c.DecideIdentity(TELLER, "repeat", "k2"))
    checked(walk, "passed", "k3").do(c.DecideIdentity(TELLER, "accept", "k3"))
    assert (walk.at.state, walk.at.reverify) == (VisitState.IN_SERVICE, None)
    walk.through(*STEPS[3:])


def test_another_face_after_a_rejoin_ends_the_visit() -> None:
    walk = checked(rejoined(Walk().in_service().through(*STEPS[:3])), "failed", "k2")
    walk.do(c.DecideIdentity(TELLER, "alternative", "k2", REASON))
    assert walk.at.outcome is Outcome.OTHER_CHANNEL


@pytest.mark.parametrize("face", [True, False])
def test_where_no_face_can_be_compared_the_teller_recognises_by_eye(face: bool) -> None:
    """Before the face step there is nothing to compare with; without consent there never is."""
    steps = STEPS[:2] if face else STEPS[:1]
    walk = rejoined(Walk(opening(face=face)).in_service().through(*steps))
    code = "face_not_yet_compared" if face else "face_consent_missing"
    assert refused(walk, c.CheckIdentity("k9", TELLER)) == code
    walk.do(c.Reverified(TELLER, REASON))
    assert walk.at.state is VisitState.IN_SERVICE


def test_a_rejoin_in_mid_check_makes_the_old_result_worthless() -> None:
    walk = at_face()
    walk.do(c.CheckIdentity("k1", TELLER))
    rejoined(walk)
    late = c.IdentityChecked("k1", "passed", 0.9, "agrees", ())
    assert refused(walk, late) == "check_not_running"
    walk.do(c.Reverified(TELLER, REASON))
    assert walk.at.decision is None
    checked(walk, "passed", "k2").do(c.DecideIdentity(TELLER, "accept", "k2"))
    walk.do(c.CompleteStep("face", TELLER, "passed"))


def test_a_rejoin_while_held_is_verified_after_the_hold() -> None:
    walk = Walk().in_service().through(*STEPS[:3])
    walk.do(c.Hold(TELLER, on=True))
    rejoined(walk)
    assert walk.at.state is VisitState.ON_HOLD
    walk.do(c.Hold(TELLER, on=False))
    assert walk.at.state is VisitState.REVERIFY


def test_a_second_rejoin_begins_again() -> None:
    walk = checked(rejoined(Walk().in_service().through(*STEPS[:3])), "passed", "k2")
    walk.do(c.LegUp("customer", "customer-3"))
    assert walk.at.check is None
    with pytest.raises(Refusal, match="check_superseded"):
        walk.do(c.DecideIdentity(TELLER, "accept", "k2"))


def used_up(walk: Walk, first: str) -> Walk:
    for n in range(MAX_ATTEMPTS):
        checked(walk, "failed", f"{first}{n}")
        if n < MAX_ATTEMPTS - 1:
            walk.do(c.DecideIdentity(TELLER, "repeat", f"{first}{n}"))
    return walk


def test_dropping_out_wins_no_further_tries() -> None:
    """Neither before the face was settled nor while it is in question again."""
    walk = rejoined(used_up(at_face(), "k"))
    walk.do(c.Reverified(TELLER, REASON))
    assert refused(walk, c.CheckIdentity("k9", TELLER)) == "too_many_attempts"
    walk = rejoined(Walk().in_service().through(*STEPS[:3]))
    used_up(walk, "r").do(c.LegUp("customer", "customer-3"))
    assert refused(walk, c.CheckIdentity("r9", TELLER)) == "too_many_attempts"
    assert "accept" not in rules.may_decide(walk.at)
    assert "alternative" in rules.may_decide(walk.at)


def test_a_teller_who_rejoins_needs_no_second_look() -> None:
    walk = Walk().in_service()
    walk.do(c.LegDown("teller", "teller-1", "closed"), c.LegUp("teller", "teller-2"))
    assert walk.at.state is VisitState.IN_SERVICE
