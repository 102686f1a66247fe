"""What a visit is found by: codes of what happened in it, and keyed digests of its words (pure).

Words are runs of letters and digits, folded; Chinese has no spaces, so each two neighbouring
characters are a word there. A search finds visits that have all of the words, in any order.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from teller_server.desk.fields import FieldCipher
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.events import Event
from teller_server.domain.ids import SealedText
from teller_server.domain.script import StepKind
from teller_server.domain.state import Effect, Outcome, Visit

MOST_WORDS: Final = 4000
LONGEST: Final = 40
_NAMES: Final = ("note", "answer", "question", "reason", "objection", "repudiation")
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")

_SIMPLE: Final[Mapping[type[Event], str]] = {
    e.DocumentRefused: "document_rejected",
    e.FieldCorrected: "document_corrected",
    e.CheckBroke: "face_no_result",
    e.AlternativeChosen: "movements_instead",
    e.PaperShown: "paper_shown",
    e.PapersSigned: "signed",
    e.SigningBroke: "signing_failed",
    e.SignatureSetAside: "signature_set_aside",
    e.HoldBegan: "hold",
    e.LegLost: "connection_lost",
    e.ReverifyRequired: "verified_again",
    e.RecordingBroke: "recording_failed",
    e.GuestConsented: "guest_joined",
    e.ReviewReturned: "asked_back",
    e.ReviewEscalated: "review_escalated",
    e.ReviewRefused: "review_refused",
    e.Objected: "objection",
    e.Repudiated: "repudiated",
    e.PlaceDeclined: "place_declined",
}
_OF_THE_LOG: Final = {
    "face_doubt": "face_doubt",
    "injection_hint": "injection_hint",
    "weak_network": "weak_network",
    "media.WorkerLost": "worker_restarted",
}
_DECIDED: Final = {"refer": "teller_referred", "refuse": "teller_refused"}
_IDENTIFIED: Final = {"refuse": "identity_refused", "alternative": "identity_by_eye"}
_ENDED: Final = {"passed": "passed", "failed": "failed", "unusable": "no_result"}
MARKS: Final = (
    "consent_refused", "face_consent_refused", "declined", "document_rejected", "document_problem",
    "document_corrected", "face_passed", "face_referred", "face_failed", "face_no_result",
    "face_doubt", "injection_hint", "identity_refused", "identity_by_eye", "movements_passed",
    "movements_failed", "movements_no_result", "movements_instead", "registry_confirmed",
    "registry_mismatch", "registry_unreachable", "broken_off", "red_flag", "paper_shown", "signed",
    "signing_failed",
    "signature_set_aside", "hold", "camera_off", "muted", "weak_network", "connection_lost",
    "worker_restarted", "recording_failed", "verified_again", "guest_joined", "teller_referred",
    "teller_refused", "asked_back", "review_escalated", "review_refused", "objection",
    "repudiated", "effect_given_up", "network_outside", "place_declined",
)  # fmt: skip
"""Every code, in the order in which the search offers them."""


def marks(visit: Visit, told: Sequence[Event], log: Iterable[Mapping[str, Any]]) -> set[str]:
    """What happened, by the visit's events and the marks of its recording."""
    found = {mark for event in told for mark in _of_event(visit, event)}
    found |= {_OF_THE_LOG[one["kind"]] for one in log if one["kind"] in _OF_THE_LOG}
    for one in log:
        if one["kind"] == "media_state":
            found |= {"camera_off"} if one["body"].get("video") is False else set()
            found |= {"muted"} if one["body"].get("audio") is False else set()
    if visit.flags or visit.raised:
        found.add("red_flag")
    return found


def says(visit: Visit, event: Event) -> bool:
    """Whether an event after the call gives reason to write a visit's terms anew."""
    if isinstance(event, e.EvidenceSealed) or any(_of_event(visit, event)):
        return True
    return any(_written(event))


def _of_document(event: Event) -> Iterator[str]:
    if isinstance(event, e.DocumentRead) and event.problems:
        yield "document_problem"


def _of_event(visit: Visit, event: Event) -> Iterator[str]:
    if type(event) in _SIMPLE:
        yield _SIMPLE[type(event)]
    yield from _of_document(event)
    match event:
        case e.VisitOpened() if event.consents.get("face") is False:
            yield "face_consent_refused"
        case e.StepAnswered(answer="refused"):
            step = visit.step(event.step)
            consent = step is not None and step.kind is StepKind.CONSENT
            yield "consent_refused" if consent else "declined"
        case e.CheckReported():
            yield f"face_{event.outcome}"
        case e.ChallengeEnded() if event.reason != "alternative_chosen":
            yield f"movements_{_ENDED[event.outcome]}"
        case e.IdentityDecided() if event.verdict in _IDENTIFIED:
            yield _IDENTIFIED[event.verdict]
        case e.TellerDecided() if event.verdict in _DECIDED:
            yield _DECIDED[event.verdict]
        case _:
            yield from _of_others(event)


def _of_others(event: Event) -> Iterator[str]:
    """What systems outside the call said, and what broke it off."""
    match event:
        case e.NetworkSeen(admitted=False):
            yield "network_outside"
        case e.RegistryAnswered(outcome="match"):
            yield "registry_confirmed"
        case e.RegistryAnswered():
            yield f"registry_{event.outcome}"
        case e.ServiceEnded(outcome=Outcome.ABORTED_SUSPICION):
            yield "broken_off"
        case e.EffectSettled(effect=Effect.DEAD_LETTERED):
            yield "effect_given_up"


def texts(told: Iterable[Event], cipher: FieldCipher) -> Iterator[str]:
    """What people wrote or answered; not what a form holds: that is data, not words."""
    for event in told:
        for sealed in _written(event):
            yield _opened(cipher, sealed)


def _written(event: Event) -> Iterator[SealedText]:
    if isinstance(event, e.FormDrafted):
        return
    for one in fields(event):
        value = getattr(event, one.name)
        if one.name in _WRITTEN and isinstance(value, str) and value:
            yield SealedText(value)


_WRITTEN: Final = frozenset({"note", "reason", "sealed", "question", "answer"})


def _opened(cipher: FieldCipher, sealed: SealedText) -> str:
    """Whatever it was sealed as; nothing where it is no sealed text."""
    for name in _NAMES:
        try:
            return cipher.open(name, sealed)
        except Refusal:
            continue
    return ""


def words(text: str) -> set[str]:
    """The words of a text, as an index and a search both see them."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found: set[str] = set()
    for run in _RUNS.findall(plain):
        if re.match(rf"[{_HAN}]", run):
            found |= {run[at : at + 2] for at in range(len(run) - 1)}
        elif len(run) > 1:
            found.add(run[:LONGEST])
    return found


class WordKey:
    """Turns words into terms: who reads the database finds digests, and whether two are alike."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def term(self, word: str) -> str:
        """`w:` and 128 bits of HMAC-SHA256, hex."""
        return "w:" + hmac.new(self._key, word.encode(), hashlib.sha256).hexdigest()[:32]


def mark_term(mark: str) -> str:
    """A mark's code is no secret: what happened in a visit stands in its events as well."""
    return f"m:{mark}"
