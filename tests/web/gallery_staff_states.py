"""Every state of the console by name."""

from __future__ import annotations

from collections.abc import Callable

from teller_server.desk.words import word
from tests.web.gallery_documents import document
from tests.web.gallery_staff_place import unplaced
from tests.web.gallery_staff_steps import SERVICE_STATES
from tests.web.gallery_staff_views import (
    OBJECTS,
    View,
    busy,
    call,
    check,
    console,
    current,
    form,
    identity,
    offer,
    visit,
)
from tests.web.gallery_views import iso
from tests.web.gallery_words import words

DECIDED = {"verdict": "accept", "reason": ""}


def _blocked(language: str, number: int, code: str, word: str, can: tuple[str, ...] = ()) -> View:
    message = words(language)["blocked"][word]
    return current(language, number, can=list(can), blocked=code, blocked_message=message)


def _document(language: str, code: str = "", **how: bool) -> View:
    """Both sides photographed; `code` is what holds the step up."""
    shown = document(language, OBJECTS + "document", **how)
    at = current(language, 2, document=shown)
    if code:
        message = word(f"blocked.{code}", language)
        at |= {"can": ["refuse"], "blocked": code, "blocked_message": message}
    return busy(language, visit(language, 2, current=at))


def _face(language: str, outcome: str | None, may: tuple[str, ...], **more: View) -> View:
    can = ("refuse", "decide") if may else ("refuse",)
    shown = visit(
        language,
        3,
        current=_blocked(language, 3, "identity_undecided", "identity", can),
        identity=identity(check=check(language, outcome), may=list(may)),
        **more,
    )
    return busy(language, shown)


def _recorder_failed(language: str) -> View:
    shown = visit(
        language,
        4,
        identity=identity(decision=DECIDED),
        current=_blocked(language, 4, "recording", "recording", ("refuse",)),
    )
    shown["recording"]["state"] = "failed"
    return busy(language, shown)


def _weak(language: str) -> View:
    shown = visit(
        language,
        1,
        current=_blocked(language, 1, "customer_has_not_answered", "answer", ("refuse",)),
    )
    return busy(language, shown)


def _details(language: str, **more: bool) -> View:
    code, word = ("form_not_seen", "seen") if more.get("after") else ("form_not_drafted", "draft")
    at = _blocked(language, 4, code, word, ("refuse",))
    if more.get("seen"):
        at = current(language, 4, customer_answer="seen")
    shown = visit(
        language,
        4,
        current=at,
        identity=identity(decision=DECIDED),
        form=form(language, **more),
    )
    return busy(language, shown)


def _confirm(language: str) -> View:
    at = current(language, 5, customer_answer="agreed")
    done = form(language, after=True, seen=True, yes=True)
    return busy(
        language, visit(language, 5, current=at, identity=identity(decision=DECIDED), form=done)
    )


def _decision(language: str, number: int = 6) -> View:
    done = form(language, after=True, seen=True, yes=True)
    shown = visit(language, number, identity=identity(decision=DECIDED), form=done)
    if shown["current"]:
        shown["current"]["decision"] = {
            "verdicts": ["approve", "refuse"],
            "flags": [],
            "raised": [],
        }
    return busy(language, shown)


def _away(language: str) -> View:
    shown = visit(
        language,
        4,
        identity=identity(decision=DECIDED),
        call=call("dead", rejoin_deadline=iso(78)),
        form=form(language),
    )
    return busy(language, shown)


def _doubts(language: str) -> View:
    seen = call()
    seen["peers"][0]["doubts"] = ["another_face", "several_faces"]
    seen["peers"][0]["hints"] = ["virtual_camera"]
    shown = visit(language, 4, identity=identity(decision=DECIDED), call=seen, form=form(language))
    return busy(language, shown)


def _reverify(language: str) -> View:
    at = _blocked(language, 4, "reverify_first", "reverify", ("check",))
    why = {"reason": "rejoined", "message": words(language)["reverify"]}
    shown = visit(
        language, 4, state="reverify", current=at, reverify=why, identity=identity(check=None)
    )
    return busy(language, shown)


def _connecting(language: str) -> View:
    shown = visit(
        language,
        1,
        "todo",
        state="connecting",
        current=_blocked(language, 1, "connecting", "answer"),
        call=call("absent", recording="starting", recording_since=None),
        recording={"state": "starting", "parties": {}},
    )
    return busy(language, shown)


def _hold(language: str) -> View:
    return busy(
        language,
        visit(
            language,
            4,
            state="on_hold",
            current=current(language, 4, can=[]),
            call=call(on_hold=True),
            identity=identity(decision=DECIDED),
        ),
    )


def _no_face(language: str) -> View:
    shown = visit(
        language,
        3,
        current=_blocked(language, 3, "identity_undecided", "identity", ("refuse", "decide")),
        consents={"recording": True, "face": False},
        identity=identity(may=["refuse", "alternative"]),
    )
    return busy(language, shown)


def _wrap_up(language: str) -> View:
    shown = visit(language, 7, state="wrap_up", outcome="done", wrap_up_deadline=iso(24), call=None)
    return console(language, "wrap_up", visit=shown)


STATES: dict[str, Callable[[str], View]] = {
    "idle": console,
    "break": lambda language: console(language, "break"),
    "empty": lambda language: console(language, queue=[]),
    "ring": lambda language: console(language, "offered", offer=offer(language)),
    "connecting": _connecting,
    "consent-todo": lambda language: busy(
        language, visit(language, 1, "todo", current=current(language, 1, can=["start"]))
    ),
    "consent": _weak,
    "consent-agreed": lambda language: busy(
        language, visit(language, 1, current=current(language, 1, customer_answer="agreed"))
    ),
    "consent-refused": lambda language: busy(
        language,
        visit(language, 5, current=current(language, 5, can=["refuse"], customer_answer="refused")),
    ),
    "document": lambda language: busy(
        language,
        visit(
            language, 2, current=_blocked(language, 2, "document_missing", "document", ("refuse",))
        ),
    ),
    "document-problems": lambda language: _document(language, "document_number_wrong"),
    "document-read": lambda language: _document(language, good=True),
    "document-not-read": lambda language: _document(language, "document_not_handled", read=False),
    "document-accepted": lambda language: busy(language, visit(language, 2, identity=identity())),
    "face": lambda language: busy(
        language,
        visit(
            language,
            3,
            current=_blocked(language, 3, "identity_undecided", "identity", ("refuse", "check")),
        ),
    ),
    "face-running": lambda language: _face(language, None, ()),
    "face-passed": lambda language: _face(
        language, "passed", ("accept", "repeat", "refuse", "alternative")
    ),
    "face-doubts": _doubts,
    "face-referred": lambda language: _face(
        language, "referred", ("accept", "repeat", "refuse", "alternative")
    ),
    "face-failed": lambda language: _face(language, "failed", ("repeat", "refuse", "alternative")),
    "no-face-consent": _no_face,
    "form": _details,
    "form-shown": lambda language: _details(language, after=True),
    "form-seen": lambda language: _details(language, after=True, seen=True),
    "confirm": _confirm,
    "decision": _decision,
    "finish": lambda language: _decision(language, 7),
    "customer-away": _away,
    "reverify": _reverify,
    "hold": _hold,
    "weak": _weak,
    "unplaced": unplaced,
    "wire-lost": _weak,
    "recording-failed": _recorder_failed,
    "wrap-up": _wrap_up,
    **SERVICE_STATES,
}
BYES = {"superseded": "superseded", "closed": "closed"}
