"""Codes and signatures: what each needs, what a no undoes, and how a bad one is made anew."""

from __future__ import annotations

from datetime import timedelta

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.codec import from_plain, to_plain
from teller_server.domain.ids import UNSAID
from teller_server.domain.signing import sealable, unsealed
from teller_server.domain.state import Outcome, PaperState, Visit
from tests.teller_server.domain.counter_walk import (
    TO_THE_SIGNATURE,
    code_sent,
    coded,
    countersigned,
    joined,
    passed,
    refused,
    signed,
    walk,
)
from tests.teller_server.material import REASON, TELLER, Walk

NO = c.AnswerStep("sign", "refused")
SIGN = c.SignPapers("sign", "customer", {"contract": "signed-kept"}, "certificate")
ANEW = c.SignAnew("sign", TELLER, REASON)
PASSED = c.CompleteStep("sign", TELLER, "passed")


def to_sign() -> Walk:
    at = passed(walk(), *TO_THE_SIGNATURE)
    at.do(c.StartStep("sign", TELLER))
    return at


def contract(at: Walk) -> PaperState:
    return at.at.papers["contract"]


# ---- codes


def test_a_code_has_five_tries_three_minutes_and_one_minute_between() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE[:3])
    at.do(c.StartStep("proof", TELLER))
    code_sent(at, "proof")
    soon = c.SendCode("proof", "customer", "x", "d", at.now + timedelta(minutes=3))
    assert refused(at, soon) == "code_just_sent"
    for _ in range(5):
        at.do(c.EnterCode("proof", "customer", correct=False))
    assert refused(at, c.EnterCode("proof", "customer", correct=True)) == "code_used_up"
    at.now += timedelta(seconds=60)
    code_sent(at, "proof")
    at.now += timedelta(minutes=4)
    assert refused(at, c.EnterCode("proof", "customer", correct=True)) == "code_expired"
    assert refused(at, c.CompleteStep("proof", TELLER, "passed")) == "code_not_entered"


# ---- signatures


def test_a_signature_needs_its_own_code_and_all_papers_of_the_step() -> None:
    at = to_sign()
    assert refused(at, SIGN) == "code_not_entered"  # the code of the step before is spent
    assert refused(at, c.AnswerStep("sign", "agreed")) == "signature_needed"
    coded(at, "sign")
    other = c.SignPapers("sign", "customer", {}, "certificate")
    assert refused(at, other) == "papers_not_signed_together"
    stranger = c.SignPapers("sign", "guarantor", {"contract": "x"}, "certificate")
    assert refused(at, stranger) == "not_your_step"
    at.do(c.SigningFailed("sign", "timestamp_failed"))
    assert refused(at, SIGN) == "code_not_entered"  # a failed try spends the code
    signed(at)
    assert refused(at, SIGN) == "signature_not_expected"


def test_who_does_not_want_to_sign_ends_it() -> None:
    at = to_sign()
    at.do(NO)
    assert refused(at, PASSED) == "customer_refused"
    at.do(c.CompleteStep("sign", TELLER, "refused"))
    assert (at.at.outcome, at.at.reason_code) == (Outcome.REFUSED_CUSTOMER, "sign_refused")


def test_who_said_no_to_signing_may_think_again_with_a_new_code() -> None:
    at = to_sign()
    at.do(NO)
    assert refused(at, SIGN) == "signature_not_expected"
    signed(at)
    at.do(PASSED)
    assert contract(at).signers == ("customer",)


def test_a_no_that_is_tapped_while_the_signature_is_made_counts() -> None:
    at = to_sign()
    coded(at, "sign")
    at.do(NO)
    assert refused(at, SIGN) == "signature_not_expected"
    assert refused(at, c.SigningFailed("sign", "late")) == "signature_not_expected"
    assert contract(at).signed is None
    assert not at.at.signing_broke
    assert refused(at, PASSED) == "customer_refused"


def test_a_code_that_was_right_before_the_no_signs_nothing_after_it() -> None:
    """The signature in the making comes too late, also when the signer has thought again."""
    at = to_sign()
    coded(at, "sign")
    at.do(NO)
    assert refused(at, c.EnterCode("sign", "customer", correct=True)) == "code_expired"
    at.now += timedelta(seconds=61)
    code_sent(at, "sign")
    assert refused(at, SIGN) == "code_not_entered"


def test_a_no_wins_no_further_codes() -> None:
    at = to_sign()
    for _ in range(5):
        at.now += timedelta(seconds=61)
        code_sent(at, "sign")
        at.do(NO)
    at.now += timedelta(seconds=61)
    sixth = c.SendCode("sign", "customer", "x", "d", at.now + timedelta(minutes=3))
    assert refused(at, sixth) == "too_many_codes"


# ---- signing anew


def test_a_scrawled_signature_is_set_aside_and_made_anew() -> None:
    at = to_sign()
    signed(at, "scrawled")
    caused = at.do(ANEW)
    assert caused == (
        e.SignatureSetAside(at.now, "sign", "customer", TELLER, {"contract": "scrawled"}, REASON),
    )
    assert (contract(at).signed, contract(at).signers) == (None, ())
    assert refused(at, PASSED) == "not_signed"
    again = c.SignPapers("sign", "customer", {"contract": "fair"}, "other certificate")
    assert refused(at, again) == "code_not_entered", "a code serves one signature"
    coded(at, "sign")
    at.do(again, PASSED)
    assert (contract(at).signed, contract(at).signers) == ("fair", ("customer",))
    kept = [event.signed for event in at.events if isinstance(event, e.PapersSigned)]
    assert kept == [{"contract": "scrawled"}, {"contract": "fair"}], "both are on record"


def test_only_the_teller_of_the_visit_sets_a_signature_aside_and_says_why() -> None:
    at = to_sign()
    assert refused(at, ANEW) == "nothing_signed"
    signed(at)
    assert refused(at, c.SignAnew("sign", "t-other", REASON)) == "not_your_visit"
    assert refused(at, c.SignAnew("sign", TELLER, UNSAID)) == "reason_required"
    assert refused(at, c.SignAnew("read", TELLER, REASON)) == "nothing_signed"
    at.do(c.Hold(TELLER, on=True))
    assert refused(at, ANEW) == "on_hold"
    at.do(c.Hold(TELLER, on=False), PASSED)
    assert refused(at, ANEW) == "nothing_signed", "its step has passed"


def test_who_is_asked_to_sign_anew_may_also_say_no() -> None:
    at = to_sign()
    signed(at)
    at.do(ANEW, NO)
    assert refused(at, PASSED) == "customer_refused"


def test_the_banks_seal_waits_until_the_signature_can_not_be_set_aside() -> None:
    at = to_sign()
    signed(at)
    assert (unsealed(at.at), sealable(at.at)) == (("contract",), ())
    early = c.SealPapers({"contract": "x"}, "bank")
    assert refused(at, early) == "papers_not_signed_together"
    at.do(PASSED)
    assert sealable(at.at) == ("contract",)
    at.do(c.StartStep("decision", TELLER))
    assert refused(at, c.CompleteStep("decision", TELLER, "passed")) == "papers_not_sealed"
    at.do(early, c.CompleteStep("decision", TELLER, "passed"))


def test_a_second_signature_that_is_set_aside_leaves_the_first_where_it_is() -> None:
    opened = c.OpenVisit("v1", countersigned(), "zh-CN", "v1", False, {"recording": True})
    at = passed(Walk(opened).in_service(), *TO_THE_SIGNATURE)
    at.do(c.StartStep("sign", TELLER))
    signed(at, "by one")
    at.do(PASSED)
    assert sealable(at.at) == (), "somebody else has still to sign"
    joined(at).do(c.StartStep("cosign", TELLER))
    for kept in ("by both, badly", "by both"):
        coded(at, "cosign", "guarantor")
        at.do(c.SignPapers("cosign", "guarantor", {"contract": kept}, "certificate"))
        assert contract(at).signers == ("customer", "guarantor")
        if kept != "by both":
            at.do(c.SignAnew("cosign", TELLER, REASON))
            assert (contract(at).signed, contract(at).signers) == ("by one", ("customer",))
    at.do(c.CompleteStep("cosign", TELLER, "passed"))
    assert contract(at).signed == "by both"
    assert sealable(at.at) == ("contract",)


def test_a_visit_that_was_stored_before_signing_anew_was_known_still_loads() -> None:
    at = to_sign()
    signed(at)
    plain = to_plain(at.at)
    del plain["papers"]["contract"]["before"]
    assert from_plain(Visit, plain).papers["contract"].signers == ("customer",)
