"""Canned views of the three services: papers, signatures, codes, guests, review, objection."""

from __future__ import annotations

import copy
from typing import Any

from teller_server.desk.words import word
from tests.web.gallery_place import place
from tests.web.gallery_place import views as place_views
from tests.web.gallery_views import DIGEST, NO_STEP, View, call, iso, live, receipt, texts, visit
from tests.web.gallery_views import views as plain_views

COUNT = 14
PAGES = 4
SECONDS = 8
LINK = "https://branch.example/j#k7Jw2mQxT0b9sV4n"
PHONE = "138****0001"


def views(language: str) -> dict[str, View]:
    """State name → view, of everything that the customer's page can show."""
    return {
        **plain_views(language),
        **place_views(language),
        "place-paper": _reading(language)["paper"] | {"place": place(language)},
        **_talking(language),
        **_reading(language),
        **_codes(language),
        **_signing(language),
        **_together(language),
        **_afterwards(language),
    }


def loan(language: str, step: View | None = None, **more: Any) -> View:
    """A loan interview that is under way."""
    view = live(language, **({"step": step} if step else {}), **more)
    return _named(view, language, 1)


def _named(view: View, language: str, service: int) -> View:
    chosen = texts(language)["services"][service]
    view["visit"] |= {"service": chosen["id"], "service_title": chosen["title"], "ticket": "B007"}
    return view


def step(language: str, name: str, kind: str, index: int, **more: Any) -> View:
    """One step with the texts of `name`."""
    words = texts(language)["steps"][name]
    own = {key: words[key] for key in ("id", "title", "task", "say", "if_refused") if key in words}
    return {**copy.deepcopy(NO_STEP), "kind": kind, "index": index, "count": COUNT, **own, **more}


def form_rows(language: str) -> list[View]:
    rows = texts(language)["steps"]["fields"]
    return [
        {"name": f"f{i}", "label": label, "before": before, "after": after}
        for i, (label, before, after) in enumerate(rows)
    ]


def _talking(language: str) -> dict[str, View]:
    steps = texts(language)["steps"]
    ask = {"ask": steps["question"]["ask"], "index": 2, "count": 4}
    prompt = {"ask": steps["liveness"]["ask"], "index": 1, "count": 2}
    both = ["agree", "refuse"]

    def told(ready: str | None, can: list[str]) -> View:
        told = {"acknowledge": "agree", "ready_at": ready, "can": can}
        return loan(language, step(language, "disclosure", "disclosure", 8, **told))

    read = {"acknowledge": "seen", "ready_at": None, "can": ["see"]}
    hand = {
        "reference": "B007",
        "items": steps["hand_over"]["items"],
        "outcome_title": steps["hand_over"]["outcome"],
    }
    return {
        "consent-refusable": loan(language, step(language, "consent", "consent", 4, can=both)),
        "disclosure-held": told(iso(3600), ["refuse"]),
        "disclosure": told(None, both),
        "notice": loan(language, step(language, "notice", "notice", 3, **read)),
        "question": loan(language, step(language, "question", "question", 6, question=ask)),
        "liveness": loan(language, step(language, "liveness", "liveness", 3, prompt=prompt)),
        **{
            f"challenge-{phase}": loan(language, step(language, "liveness", "liveness", 3, **part))
            for phase, part in _moving(language).items()
        },
        "application": loan(
            language, step(language, "form", "form", 5, form=form_rows(language), can=["see"])
        ),
        "hand-over": loan(
            language, step(language, "hand_over", "hand_over", 13, hand_over=hand, can=["see"])
        ),
    }


def _moving(language: str) -> dict[str, View]:
    """Movements that the machine judges, then digits to be read aloud."""
    zh = language == "zh-CN"
    none = {"action": None, "ask": None, "index": 0, "count": 3, "seconds": 6, "left": 0}
    turn = "请慢慢向左转头" if zh else "Turn your head slowly to your left"
    hand = "请把手掌从脸前慢慢划过" if zh else "Pass your open hand slowly in front of your face"
    read = "请大声念出下面的数字" if zh else "Please read these digits aloud"
    can = ["decline_challenge"]

    def part(phase: str, can: list[str], **more: Any) -> View:
        return {"challenge": none | {"phase": phase} | more, "can": can}

    digits = {"ask": read, "index": 1, "count": 1, "digits": "4815"}
    return {
        "ready": part("ready", can),
        "calm": part("calm", can, index=1),
        "turn": part("action", can, action="turn_left", ask=turn, index=1, left=5),
        "hand": part("action", can, action="cover_face", ask=hand, index=3, left=2),
        "failed": part("failed", []),
        "digits": part("passed", []) | {"prompt": digits},
    }


def paper(language: str, page: int, dwell_ms: list[int], *, read: bool = False) -> View:
    return {
        "id": "loan_contract",
        "title": texts(language)["steps"]["document"]["paper"],
        "pages": PAGES,
        "page": page,
        "url": "/api/customer/papers/loan_contract/pages/",
        "seconds": SECONDS,
        "dwell_ms": dwell_ms,
        "read": read,
        "signed": False,
        "digest": DIGEST,
    }


def _reading(language: str) -> dict[str, View]:
    def at(*can: str, acknowledge: str = "seen", **shown: Any) -> View:
        more = {
            "paper": paper(language, **shown),
            "acknowledge": acknowledge,
            "can": ["turn", *can],
        }
        return loan(language, step(language, "document", "document", 9, **more))

    full = [9000] * PAGES
    return {
        "paper": at(page=2, dwell_ms=[9000, 2500, 0, 0]),
        "paper-last": at(page=4, dwell_ms=[9000, 9000, 9000, 1000]),
        "paper-read": at("read", page=4, dwell_ms=full, read=True),
        "paper-agree": at("agree", "refuse", acknowledge="agree", page=1, dwell_ms=full, read=True),
        "paper-making": loan(language, step(language, "document", "document", 9)),
    }


def code(left: int = 3, **more: Any) -> View:
    return {
        "phone": PHONE,
        "sent_at": iso(-20),
        "expires_at": iso(3600),
        "again_at": iso(3600),
        "left": left,
        "wrong": left < 3,
        "correct": False,
        **more,
    }


def _codes(language: str) -> dict[str, View]:
    def at(state: View | None, *can: str) -> View:
        one = step(language, "code", "one_time_code", 7, code=state, can=list(can))
        return live(language, step=one)

    return {
        "code-ask": at({**code(), "sent_at": None, "expires_at": None, "left": 3}, "request_code"),
        "code": at(code(), "enter_code"),
        "code-wrong": at(code(2, again_at=iso(-1)), "enter_code", "request_code"),
        "code-expired": at(code(expires_at=iso(-1), again_at=iso(-1)), "request_code"),
        "code-right": at(code(correct=True)),
    }


def sign(language: str, status: str = "draw", **more: Any) -> View:
    words = texts(language)["steps"]["sign"]
    papers = [
        {
            "id": f"paper-{i}",
            "title": title,
            "pages": PAGES - i,
            "digest": DIGEST,
            "read": True,
            "signed": status == "signed",
        }
        for i, title in enumerate(words["papers"])
    ]
    return {
        "papers": papers,
        "sentence": words["sentence"],
        "phone": PHONE if status != "draw" else None,
        "statement": words["statement"],
        "status": status,
        "message": None,
        "code": None,
        **more,
    }


def signing_view(language: str, state: View, *can: str) -> View:
    """The sign step with `state` of the signature."""
    return loan(language, step(language, "sign", "sign", 12, sign=state, can=list(can)))


def _anew(language: str) -> View:
    """The teller has set a signature aside."""
    return sign(language, anew=1, message=word("sign.anew", language))


def _thinking_again(language: str) -> View:
    """A no was said; the step is still open."""
    view = signing_view(language, sign(language), "request_code")
    return view | {"step": view["step"] | {"refused": True, "wait": "teller"}}


def _signing(language: str) -> dict[str, View]:
    failed = texts(language)["steps"]["sign"]["failed"]
    broken = sign(language, "failed", message=failed)
    return {
        "sign": signing_view(language, sign(language), "request_code", "refuse"),
        "signing": signing_view(language, sign(language, "signing")),
        "signed": signing_view(language, sign(language, "signed")),
        "sign-failed": signing_view(language, broken, "request_code", "refuse"),
        "sign-anew": signing_view(language, _anew(language), "request_code", "refuse"),
        "sign-refused": _thinking_again(language),
    }


def _together(language: str) -> dict[str, View]:
    words = texts(language)["guest"]
    decision = step(language, "decision", "teller_decision", 13, wait="teller", mine=True)
    theirs = step(
        language,
        "question",
        "question",
        10,
        mine=False,
        party="guarantor",
        who=words["party_title"],
        wait="guest",
    )
    guest = {"party": "guarantor", "title": words["party_title"]}
    invited = [{**guest, "status": "invited", "link": LINK}]
    ready = [{**guest, "status": "consented", "link": None}]
    here = [{**guest, "status": "here", "link": None}]
    peers = [
        *call()["peers"],
        {"party": "guarantor", "state": "absent", "since": iso(-3), "audio": True, "video": True},
    ]
    own = step(
        language,
        "question",
        "question",
        10,
        party="guarantor",
        question={"ask": texts(language)["steps"]["question"]["ask"], "index": 1, "count": 2},
    )
    guarantor = {"party": "guarantor", "guests": []}
    return {
        "guest-link": loan(language, decision, guests=invited),
        "guest-coming": loan(language, decision, guests=ready),
        "guest-turn": loan(language, theirs, guests=here, call=call(peers=peers)),
        "as-guest-check": loan(language, {**own, "mine": False}, **guarantor),
        "as-guest-waits": loan(language, {**own, "mine": False, "question": None}, **guarantor),
        "as-guest-turn": loan(language, own, **guarantor),
        "as-guest-left": loan(language, **guarantor, left=True),
        "as-guest-done": _named(visit(language, "closed", **guarantor), language, 1),
    }


def _afterwards(language: str) -> dict[str, View]:
    words = texts(language)

    def ended(outcome: str, state: str = "closed", **more: Any) -> View:
        service = words["services"][1]["title"]
        own = {
            "outcome": outcome,
            "outcome_title": words["outcomes"][outcome],
            "service_title": service,
            "ticket": "B007",
            "reason": None,
            "reference": None,
            "papers": [],
            "objection": None,
            **more,
        }
        slip = receipt(language == "zh-CN", "done") | own
        view = _named(visit(language, state, receipt=slip), language, 1)
        view["visit"] |= {"outcome": outcome, "effect": slip["effect"]}
        return view

    papers = [
        {"id": f"paper-{i}", "title": title, "signed": i == 0}
        for i, title in enumerate(words["steps"]["sign"]["papers"])
    ]
    may = {"may": True, "days": 15, "due_at": None, "status": "none", "answer": None}
    refused = {"effect": "none", "reason": words["reason"]}
    review = ended("pending_check", "in_review", effect="pending", papers=papers)
    late = copy.deepcopy(review)
    review["review"] = {"due_at": iso(86_400), "escalated": False}
    late["review"] = {"due_at": iso(3600), "escalated": True}
    answered = {"may": False, "status": "answered", "answer": words["answer"]}
    filed = {"may": False, "status": "open", "due_at": iso(15 * 86_400)}
    return {
        "in-review": review,
        "in-review-late": late,
        "done-papers": ended("done", papers=papers),
        "done-pending": ended("done", papers=papers, effect="pending"),
        "sign-at-branch": ended(
            "sign_at_branch",
            effect="none",
            reference="B007",
            items=words["steps"]["hand_over"]["items"],
        ),
        "refused-bank": ended("refused_bank", objection=may, **refused),
        "objection-open": ended("refused_bank", objection=may | filed, **refused),
        "objection-answered": ended("refused_bank", objection=may | answered, **refused),
    }
