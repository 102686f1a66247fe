"""Anything that people and machines may send to a visit, sensible or not, for random visits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from teller_server.domain import commands as c
from teller_server.domain.script import CUSTOMER
from teller_server.domain.state import Outcome
from tests.teller_server.domain.counter_walk import CHECKER, with_everything
from tests.teller_server.material import NOON, OFFER, REASON, STEPS, TELLER, UNSAID

GUARANTOR, PAPER = "guarantor", "contract"
RICH = tuple(step.id for step in with_everything().steps)
TELLERS = st.sampled_from([TELLER, TELLER, TELLER, "t-zhao"])
CHECKERS = st.sampled_from([TELLER, CHECKER, CHECKER, "c-liu"])
PAIRINGS = st.sampled_from(["p1", "p2", "p3"])
PARTIES = st.sampled_from([CUSTOMER, "teller", GUARANTOR])
SIGNERS = st.sampled_from([CUSTOMER, GUARANTOR])
GUESTS = st.sampled_from(["g1", "g2"])
LEGS = st.sampled_from(["a", "b", "c"])
CHECKS = st.sampled_from(["k1", "k2", "k3"])
REASONS = st.sampled_from([UNSAID, REASON])
STEP = st.sampled_from([*STEPS, *RICH, "coffee"])
SIGNING = st.sampled_from(["sign", "sign", "cosign", "proof"])
ANSWERS = st.sampled_from(["agreed", "agreed", "refused", "seen"])
MARKS = st.sampled_from(["passed", "passed", "referred", "failed"])
VERDICTS = st.sampled_from(["accept", "repeat", "refuse", "alternative"])
REVIEWS = st.sampled_from(["approve", "return", "refuse"])
FINDINGS = st.sampled_from(["noted", "expected", "unexpected", "unclear"])
ENDS = st.sampled_from(["withdrawn", "stopped", "nothing_done", "refused"])
ABORTS = st.sampled_from([Outcome.ABORTED_TECHNICAL, Outcome.REFUSED_CUSTOMER, Outcome.DONE])
CONSENTS = st.fixed_dictionaries(
    {"recording": st.sampled_from([True, True, False]), "face": st.booleans()}
)
SIDE = st.sampled_from(["front", "front", "back"])
KIND = st.sampled_from(["", "resident_id", "passport"])
SHOWN = st.sampled_from(["document", "paper", "their_paper"])
PROBLEMS = st.sampled_from([{}, {"number": "number_check"}, {"name": "name_differs"}])
LATER = NOON + timedelta(days=99)

QUEUE = st.one_of(
    st.just(c.CustomerAway()),
    st.just(c.CustomerBack()),
    st.builds(c.Offer, PAIRINGS, TELLERS, st.just(NOON + 3 * OFFER)),
    st.builds(c.Accept, PAIRINGS, TELLERS, st.just("r1")),
    st.builds(c.Decline, PAIRINGS, TELLERS, REASONS),
    st.builds(c.ExpireOffer, PAIRINGS, st.sampled_from(["expired", "teller_gone"])),
)
CALL = st.one_of(
    st.builds(c.LegUp, PARTIES, LEGS),
    st.builds(c.LegDown, PARTIES, LEGS, st.just("silent")),
    st.builds(c.RecordingConfirmed, PARTIES),
    st.builds(c.Hold, TELLERS, st.booleans()),
    st.builds(c.Reverified, TELLERS, REASONS),
)
PEOPLE = st.one_of(
    st.builds(c.InviteGuest, st.sampled_from([GUARANTOR, GUARANTOR, "spouse"]), GUESTS, TELLERS),
    st.builds(c.GuestConsents, st.just(GUARANTOR), GUESTS, CONSENTS),
    st.builds(c.GuestLeaves, st.just(GUARANTOR), GUESTS),
    st.builds(c.DismissGuest, st.just(GUARANTOR), TELLERS),
)
SCRIPT = st.one_of(
    st.builds(c.StartStep, STEP, TELLERS, st.sampled_from([(), ("own", "told")])),
    st.builds(c.AnswerStep, STEP, ANSWERS, SIGNERS),
    st.builds(c.CompleteStep, STEP, TELLERS, st.sampled_from(["passed", "refused"]), REASONS),
    st.builds(c.DraftForm, STEP, TELLERS, st.just(REASON), st.just("f")),
    st.builds(c.RecordAnswer, STEP, TELLERS, st.sampled_from(["own", "told", "why"]),
              st.just(REASON), FINDINGS),
)  # fmt: skip
MOVEMENTS = st.one_of(
    st.builds(c.DrawChallenge, STEP, TELLERS, st.just("n"), st.just(("a", "b")), st.just(""),
              st.just(6.0)),
    st.builds(c.ShowAction, st.just("n"), st.integers(0, 2), st.just("ab" * 32)),
    st.builds(c.JudgeAction, st.just("n"), st.integers(0, 2),
              st.sampled_from(["passed", "failed", "unusable"]), st.just(17.0)),
    st.builds(c.BreakChallenge, st.just("n"), st.just("interrupted")),
    st.builds(c.ChooseAlternative, STEP, st.sampled_from([CUSTOMER, TELLER]), st.just(("a",)),
              st.just(""), REASONS),
)  # fmt: skip
PAPERS = st.one_of(
    st.builds(c.ShowPaper, st.just("read"), st.just(PAPER), st.just("pdf"), st.integers(1, 2)),
    st.builds(c.PaperFailed, st.just("read"), st.just(PAPER), st.just("press_busy")),
    st.builds(c.TurnPage, st.just(PAPER), st.integers(0, 3), st.sampled_from([CUSTOMER, TELLER])),
    st.builds(c.SendCode, SIGNING, SIGNERS, st.just("1**"), st.just("d"), st.just(LATER)),
    st.builds(c.EnterCode, SIGNING, SIGNERS, st.booleans()),
    st.builds(c.SignPapers, SIGNING, SIGNERS, st.just({PAPER: "signed"}), st.just("x")),
    st.builds(c.SigningFailed, SIGNING, st.just("timestamp_failed")),
    st.builds(c.SignAnew, SIGNING, TELLERS, REASONS),
    st.builds(c.SealPapers, st.just({PAPER: "sealed"}), st.just("bank")),
)
IDENTITY = st.one_of(
    st.builds(c.DocumentReceived, st.just("d"), st.sampled_from(["p", None]), SIGNERS),
    st.builds(c.DocumentRejected, st.just("blurred"), SIGNERS),
    st.builds(c.DocumentReceived, st.just("d"), st.none(), SIGNERS, SIDE, KIND, st.booleans()),
    st.builds(c.ReadDocument, SHOWN, SIDE, st.just("d"), st.just(REASON), problems=PROBLEMS),
    st.builds(
        c.CorrectField,
        SHOWN,
        SIDE,
        st.sampled_from(["number", "coffee"]),
        TELLERS,
        st.just("d"),
        st.just(REASON),
        st.just(REASON),
        PROBLEMS,
    ),
    st.builds(c.CompareDocument, SHOWN, SIDE, st.just("d"), st.booleans(), st.just(0.5)),
    st.builds(c.CheckIdentity, CHECKS, TELLERS),
    st.builds(c.IdentityChecked, CHECKS, MARKS, st.just(0.4), st.just("none"), st.just(())),
    st.builds(c.IdentityCheckFailed, CHECKS, st.just("no_face")),
    st.builds(c.DecideIdentity, TELLERS, VERDICTS, st.none() | CHECKS, REASONS),
)
REGISTERS = st.one_of(
    st.builds(c.AskRegistry, STEP, TELLERS, st.sampled_from(["citizen", "phone"])),
    st.builds(c.AnswerRegistry, st.just("registers"), st.sampled_from(["citizen", "screening"]),
              st.integers(1, 3), st.sampled_from(["match", "match", "unreachable", "mismatch"])),
)  # fmt: skip
PLACES = st.one_of(
    st.builds(c.SeeNetwork, st.sampled_from(["CN", "CN", "XX", ""])),
    st.builds(c.TellPlace, st.just(REASON), st.just(35.0)),
    st.builds(c.DeclinePlace, st.sampled_from(["chosen", "timeout"])),
)
END = st.one_of(
    st.builds(c.TakeTicket, st.just("A002"), st.integers(-1, 9)),
    st.just(c.LeaveQueue()),
    st.builds(c.RecordingFailed, PARTIES, st.just("disk_full")),
    st.builds(c.EndService, TELLERS, st.sampled_from(list(Outcome)), REASONS),
    st.builds(
        c.EndService,
        TELLERS,
        st.just(Outcome.ABORTED_SUSPICION),
        REASONS,
        st.sampled_from([("coerced",), ("third_party", "prompted"), ("bored",)]),
    ),
    st.builds(c.Abort, ABORTS, st.just("left")),
    st.builds(c.WrapUp, TELLERS, st.just("ok")),
    st.builds(c.CallSealed, st.just("m"), st.booleans()),
    st.builds(c.EffectCommitted, st.just("R")),
    st.builds(c.EffectFailed, st.just("down"), st.booleans()),
)
AFTER = st.one_of(
    st.builds(c.Review, CHECKERS, REVIEWS, REASONS),
    st.builds(c.AnswerReview, TELLERS, REASONS),
    st.just(c.HurryReview()),
    st.builds(c.EffectFailed, st.just("down"), st.booleans()),
    st.builds(c.RetryEffect, st.just("admin")),
    st.builds(c.CancelEffect, st.just("admin"), st.just("withdrawn")),
    st.builds(c.Object, REASONS),
    st.builds(c.AnswerObjection, CHECKERS, REASONS),
    st.builds(c.AnswerProposal, st.booleans(), st.sampled_from([(), ("limit_reached",)])),
    st.builds(c.Repudiate, st.sampled_from(["link", "hotline"]), st.just("139****0009")),
    st.builds(c.SettleRepudiation, ENDS, st.just("")),
)
