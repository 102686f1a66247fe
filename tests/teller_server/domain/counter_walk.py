"""Short words for a walk through `counter.yaml`, also with a guarantor who is looked at."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import VisitPolicy
from tests.teller_server.material import TELLER, Walk

FILE = Path(__file__).parents[1] / "scripts" / "counter.yaml"
CHECKER = "c-chen"
ANSWER = SealedText("sealed:answer")
FACE = "  - {id: face, required: false, title: *words, body: *words, if_refused: *words}\n"
STORED = FACE.replace("id: face", "id: face_storage")
THEIRS = "party: guarantor, needs: [live_video], title: *words, say: *words, task: *words}\n"
ENDS = "on_refuse: end"
OWN = THEIRS.replace("party: guarantor, ", "")
ASKED = f"  - {{id: registers, kind: registry_check, checks: [citizen, screening], {OWN}"
FACES = (
    f"  - {{id: paper, kind: identity_document, {OWN}"
    f"  - {{id: face, kind: face_match, {OWN}"
    f"  - {{id: their_paper, kind: identity_document, {THEIRS}"
    f"  - {{id: their_face, kind: face_match, {THEIRS}"
)


@cache
def script() -> ServiceScript:
    return parse_script(FILE.read_text("utf-8"), FILE.name)


@cache
def countersigned() -> ServiceScript:
    """The same, and a guarantor signs the contract after the customer."""
    return parse_script(_cosigned(FILE.read_text("utf-8")), FILE.name)


@cache
def with_faces() -> ServiceScript:
    """The same, and after the consent both parties' documents and faces are looked at."""
    return parse_script(_looked_at(FILE.read_text("utf-8")), FILE.name)


@cache
def with_everything() -> ServiceScript:
    """Both, and registers are asked at the end."""
    text = _looked_at(_cosigned(FILE.read_text("utf-8")))
    return parse_script(text.replace("  - {id: rest", f"{ASKED}  - {{id: rest", 1), FILE.name)


def _cosigned(text: str) -> str:
    theirs = f"  - {{id: cosign, kind: sign, papers: [contract], sentence: *words, {ENDS}, {THEIRS}"
    return text.replace("  - {id: rest", f"{theirs}  - {{id: rest", 1)


def _looked_at(text: str) -> str:
    text = text.replace("guests:\n", f"{FACE}{STORED}guests:\n", 1)
    return text.replace("  - id: ask\n", f"{FACES}  - id: ask\n", 1)


def walk(*, big: bool = False) -> Walk:
    """In service, the amount above the limit or not; objections within fifteen days."""
    policy = VisitPolicy(objection_days=15)
    consents, holds = {"recording": True}, {"big": big}
    opened = c.OpenVisit("v1", script(), "zh-CN", "v1", False, consents, policy, holds)
    return Walk(opened).in_service()


def refused(at: Walk, command: c.Command) -> str:
    before = at.visit
    with pytest.raises(Refusal) as caught:
        at.do(command)
    assert at.visit == before
    return caught.value.code


def passed(at: Walk, *steps: str) -> Walk:
    """These steps, the usual way."""
    for step in steps:
        if step == "ask":
            at.do(c.StartStep("ask", TELLER, ("told", "own")))
            answered(at, "told", "expected")
            answered(at, "own", "expected")
        else:
            at.do(c.StartStep(step, TELLER))
            USUAL.get(step, lambda _at: None)(at)
        at.do(c.CompleteStep(step, TELLER, "passed"))
        if step == "sign":
            at.do(c.SealPapers({"contract": "sealed-kept"}, "bank"))
    return at


def answered(at: Walk, question: str, finding: str) -> None:
    at.do(c.RecordAnswer("ask", TELLER, question, ANSWER, finding))  # type: ignore[arg-type]


def code_sent(at: Walk, step: str, party: str = "customer") -> None:
    until = at.now + timedelta(minutes=3)
    at.do(c.SendCode(step, party, "139****0009", "digest", until))


def shown(at: Walk) -> None:
    at.do(c.ShowPaper("read", "contract", "pdf-digest", 2, "kept", 1000, {"customer": (0, 1, 1)}))


def read(at: Walk, *seconds: int) -> None:
    """Look at each page for so long, then away."""
    for page, looked in enumerate(seconds, 1):
        at.do(c.TurnPage("contract", page, "customer"))
        at.now += timedelta(seconds=looked - 1)  # a command takes a second itself
    at.do(c.TurnPage("contract", 0, "customer"))


def read_all(at: Walk) -> None:
    shown(at)
    read(at, 10, 10)
    at.do(c.AnswerStep("read", "agreed"))


def coded(at: Walk, step: str, party: str = "customer") -> None:
    """A code for this step has come and was typed in."""
    at.now += timedelta(seconds=61)
    code_sent(at, step, party)
    at.do(c.EnterCode(step, party, correct=True))


def signed(at: Walk, kept: str = "signed-kept") -> None:
    coded(at, "sign")
    at.do(c.SignPapers("sign", "customer", {"contract": kept}, "certificate"))


def joined(at: Walk, guest: str = "guest-1", leg: str = "leg-1") -> Walk:
    """The guarantor was asked in, has consented and is recorded."""
    consents = {"recording": True, "face": True, "face_storage": True}
    at.do(c.InviteGuest("guarantor", guest, TELLER), c.GuestConsents("guarantor", guest, consents))
    at.do(c.LegUp("guarantor", leg), c.RecordingConfirmed("guarantor"))
    return at


def looked_at(at: Walk, *parties: str) -> Walk:
    """Document and face of these parties are passed."""
    for party in parties:
        paper, face = ("paper", "face") if party == "customer" else ("their_paper", "their_face")
        at.do(c.StartStep(paper, TELLER), c.DocumentReceived("photo", "portrait", party))
        at.do(c.CompleteStep(paper, TELLER, "passed"), c.StartStep(face, TELLER))
        recognised(at, f"k-{party}")
        at.do(c.CompleteStep(face, TELLER, "passed"))
    return at


def recognised(at: Walk, check: str) -> None:
    at.do(c.CheckIdentity(check, TELLER))
    at.do(c.IdentityChecked(check, "passed", 0.62, "agrees", ()))
    at.do(c.DecideIdentity(TELLER, "accept", check))


def both_known() -> Walk:
    """In service with a guarantor; both faces are settled."""
    consents = {"recording": True, "face": True, "face_storage": True}
    opened = c.OpenVisit("v1", with_faces(), "zh-CN", "v1", False, consents, holds={"big": False})
    at = passed(Walk(opened).in_service(), "consent")
    return looked_at(joined(at), "customer", "guarantor")


USUAL = {
    "consent": lambda at: at.do(c.AnswerStep("consent", "agreed")),
    "numbers": lambda at: at.do(
        c.DraftForm("numbers", TELLER, ANSWER, "digest"), c.AnswerStep("numbers", "seen")
    ),
    "proof": lambda at: coded(at, "proof"),
    "read": read_all,
    "sign": signed,
    "rest": lambda at: at.do(c.AnswerStep("rest", "seen")),
}
TO_THE_SIGNATURE = ("consent", "ask", "numbers", "proof", "read")
