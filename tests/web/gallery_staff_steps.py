"""States of the console in the three services: questions, papers, signing, guests, decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from teller_server.desk.views.proposal import proposal_line
from teller_server.desk.words import word
from teller_server.domain.state import ProposalState
from tests.web.gallery_staff_registers import REGISTER_STATES
from tests.web.gallery_staff_services import (
    HOLDS,
    at_step,
    form,
    guests,
    place_of,
    prompts,
    questions,
    script,
)
from tests.web.gallery_staff_views import View, console, identity
from tests.web.gallery_views import iso

LOAN, COMPANY, DETAILS = "loan_interview", "corporate_account", "change_of_details"
DIGEST = "9f3c41d07be25a68c1d4f0a93b7e5d128846cc0fa1b39e7755d20c64aef8b317"
LINK = "https://branch.example/j#5Qy1tZkHn0cWm2Rr7uVxLpA9eDsGfBi3oTwJhKjNqMz"
WAIT = {"can": ["refuse"], "blocked": "answers_missing", "blocked_message": None}


def zh(language: str, chinese: str, english: str) -> str:
    return chinese if language == "zh-CN" else english


def _asking(service: str, step: str, answers: dict[int, View]) -> Callable[[str], View]:
    def state(language: str) -> View:
        asked = questions(service, step, language, answers)
        return at_step(service, step, language, current={**WAIT, "questions": asked})

    return state


def _of_type(service: str, step: str, kind: str) -> Callable[[str], View]:
    place = place_of(service, step, kind)
    given = {i: {"finding": "noted", "value": "A1"} for i in range(place)}
    return _asking(service, step, given)


YES = {"finding": "expected", "value": "yes", "attempts_left": 1}
NO = {"finding": "expected", "value": "no", "attempts_left": 1}
BAD = {"finding": "unexpected", "value": "yes", "attempts_left": 1}
UNCLEAR = {"finding": "unclear", "value": None, "attempts_left": 1}


def _answered(language: str) -> View:
    asked = questions(LOAN, "intermediaries", language, {0: NO, 1: BAD, 2: NO})
    return at_step(LOAN, "intermediaries", language, current={"questions": asked})


def _ruled_out(language: str) -> View:
    asked = questions(LOAN, "use", language, {2: BAD, **dict.fromkeys((3, 4), NO)})
    asked[0] |= {"finding": "noted", "value": zh(language, "装修婚房", "Fitting out our flat")}
    asked[1] |= {"finding": "expected", "value": "shown"}
    blocked = zh(language, "该回答不符合办理条件", "An answer rules this service out")
    more = WAIT | {"blocked": "answer_rules_out", "blocked_message": blocked}
    return at_step(LOAN, "use", language, current={**more, "questions": asked})


def _watching(found: dict[int, str], **more: Any) -> Callable[[str], View]:
    def state(language: str) -> View:
        watched = prompts(LOAN, "presence", language, found)
        now = {**WAIT, "blocked": "prompts_not_seen", "prompts": watched, **more}
        return at_step(LOAN, "presence", language, current=now)

    return state


def _moving(status: str, *outcomes: str | None, **more: Any) -> Callable[[str], View]:
    """A challenge on the console, as far as its movements were shown."""

    def state(language: str) -> View:
        shown = [_movement(language, n, outcome) for n, outcome in enumerate(outcomes)]
        part = {
            "status": status, "attempt": 1 if shown else 0, "tries_left": 3, "failed": 0,
            "count": 3, "actions": shown, "calm": False, "left": 4, "reason": None,
            "digits": None, "alternative": None,
        }  # fmt: skip
        running = status == "running"
        can = ["refuse", "alternative", *([] if running else ["challenge"])]
        blocked = {"none": "challenge_missing"}.get(status, f"challenge_{status}")
        words = word(f"blocked.{blocked}", language)
        now = {"can": can, "blocked": blocked, "blocked_message": words, "prompts": []}
        return at_step(LOAN, "presence", language, current=now | {"challenge": part | more})

    return state


def _movement(language: str, n: int, outcome: str | None) -> View:
    action, measured = (("turn_left", "18.2°"), ("nod", "3.1°"))[n]
    why = zh(language, "未见该动作", "Not seen to be done") if outcome == "failed" else None
    title = word(f"action.{action}", language)
    return {
        "action": action, "title": title, "ask": title, "outcome": outcome,
        "measured": measured if outcome else None, "reason": why,
    }  # fmt: skip


def _timed(seconds: float) -> Callable[[str], View]:
    def state(language: str) -> View:
        words = zh(language, "未满最短时长", "The minimum time is not over")
        now = {"can": ["refuse"], "blocked": "too_early", "blocked_message": words}
        ready = iso(seconds) if seconds else None
        done = {} if seconds else {"customer_answer": "agreed"}
        timed = {**now, "ready_at": ready} if seconds else done
        return at_step(LOAN, "contract_points", language, current=timed)

    return state


def _application(language: str) -> View:
    after = {
        "amount": "180000",
        "months": "36",
        "purpose": "renovation",
        "purpose_detail": zh(language, "自住房装修，已签合同", "Renovating our flat; quote shown"),
        "income": "15600",
    }  # fmt: skip
    wrong = zh(language, "请输入数字。", "Please enter a number.")
    shown = form(LOAN, "application", language, after, errors={"debts": wrong})
    words = zh(language, "请先填写并展示给客户", "Fill the form in first")
    now = {"can": ["refuse"], "blocked": "form_not_drafted", "blocked_message": words}
    intake = [
        {"label": zh(language, "贷款用途", "Purpose"), "value": zh(language, "装修", "Renovation")},
        {"label": zh(language, "申请金额", "Amount"), "value": "¥ 180,000"},
    ]
    return at_step(LOAN, "application", language, current=now, form=shown, intake=intake)


def _company(language: str) -> View:
    shown = form(COMPANY, "company", language, {"owner_share": "60", "monthly_volume": "2500000"})
    now = {"can": ["refuse"], "blocked": "form_not_drafted"}
    return at_step(COMPANY, "company", language, current=now, form=shown)


def _phone(language: str) -> View:
    before = {"phone": "138****5678"}
    shown = form(DETAILS, "details_phone", language, {"phone": "13957102046"}, before=before)
    shown["customer_seen"] = True
    now = {"customer_answer": "seen"}
    return at_step(DETAILS, "details_phone", language, current=now, form=shown)


def paper(language: str, **more: Any) -> View:
    return {
        "id": "loan_contract",
        "title": script(LOAN).papers["loan_contract"][language],
        "pages": 6,
        "page": 3,
        "customer_page": 3,
        "dwell_ms": [14200, 11800, 6100, 0, 0, 0],
        "seconds": 10,
        "read": False,
        "signed": False,
        "digest": DIGEST,
        "url": "/api/teller/papers/loan_contract/pages/",
        **more,
    }


def _reading(**more: Any) -> Callable[[str], View]:
    def state(language: str) -> View:
        read = more.get("read", False)
        words = zh(language, "等待客户读完每一页", "Waiting for the customer to read every page")
        now: View = {"customer_answer": "agreed"} if read else {
            "can": ["refuse"], "blocked": "paper_not_read", "blocked_message": words,
        }  # fmt: skip
        now["paper"] = paper(language, **more)
        return at_step(LOAN, "contract_read", language, current=now)

    return state


def _code(**more: Any) -> View:
    return {
        "phone": "138****5678",
        "sent_at": iso(-40),
        "expires_at": iso(260),
        "again_at": iso(20),
        "left": 3,
        "wrong": False,
        "correct": False,
        **more,
    }


def _signing(status: str, code: View | None = None) -> Callable[[str], View]:
    def state(language: str) -> View:
        titles = script(LOAN).papers
        signed = status == "signed"
        papers = [
            {"id": name, "title": titles[name][language], "pages": pages, "digest": DIGEST}
            | {"read": True, "signed": signed}
            for name, pages in (("cost_table", 2), ("interview_minutes", 4))
        ]
        failed = zh(
            language,
            "请客户重新签名并获取新的验证码。",
            "Ask the customer to sign again with a new code.",
        )
        sign = {"status": status, "papers": papers, "code": code}
        sign["message"] = failed if status == "failed" else None
        waits = zh(language, "等待客户签署", "Waiting for the customer to sign")
        now: View = {"can": ["refuse"], "blocked": "not_signed", "blocked_message": waits}
        if signed:
            now = {"customer_answer": "signed", "can": ["complete", "refuse", "sign_anew"]}
            sign["mark"] = "/api/teller/papers/loan_contract/pages/1"
        return at_step(LOAN, "minutes_sign", language, current={**now, "sign": sign})

    return state


def _one_time(code: View | None) -> Callable[[str], View]:
    def state(language: str) -> View:
        waits = zh(language, "等待客户输入验证码", "Waiting for the code")
        now: View = {"can": ["refuse"], "blocked": "code_not_entered", "blocked_message": waits}
        if code and code["correct"]:
            now = {}
        return at_step(DETAILS, "code_new", language, current={**now, "code": code})

    return state


def _guest(step: str, status: str, *, started: bool = True, **more: Any) -> Callable[[str], View]:
    def state(language: str) -> View:
        holds = HOLDS[LOAN]
        link = LINK if status == "invited" else None
        listed = guests(LOAN, language, holds, status, link=link)
        now = dict(more)
        if status != "here":
            words = zh(language, "保证人尚未到场", "The guarantor is not here")
            now |= {"can": [], "blocked": "party_not_here", "blocked_message": words}
        shown = at_step(LOAN, step, language, started=started, current=now, guests=listed)
        shown["visit"]["identity"] = identity("none")
        return shown

    return state


def _scope(language: str) -> View:
    """An amount above the limit: steps left out, the rest handed over to a branch."""
    text = zh(
        language,
        "单笔超过 20 万元的个人贷款不得线上签约：本次视频面谈，签约转网点办理。",
        "Above CNY 200,000 a loan contract may not be signed online: "
        "interview by video, signing at a branch.",
    )
    over = {
        "reference": "A018",
        "items": [
            zh(language, "携带身份证原件到网点签署合同", "Bring your identity document to us"),
            zh(language, "携带收入、用途证明原件", "Bring the originals about income and purpose"),
            zh(language, "保证人须一同到场签署", "The guarantor has to come and sign as well"),
        ],
        "outcome_title": zh(language, "请到网点签署", "Please sign at a branch"),
    }  # fmt: skip
    holds = {"above_esign_limit": True}
    return at_step(
        LOAN,
        "branch_signing",
        language,
        holds=holds,
        scope=[text],
        current={"hand_over": over, "customer_answer": "seen"},
        guests=guests(LOAN, language, HOLDS[LOAN] | holds, "here"),
    )


def decision(language: str, service: str = LOAN, raised: tuple[str, ...] = ()) -> View:
    flags = [
        {"id": flag.id, "label": flag.label[language], "blocking": flag.blocking}
        for flag in script(service).step("decision").detail.flags  # type: ignore[union-attr]
    ]
    return {
        "verdicts": ["approve", "refer", "refuse"],
        "flags": flags,
        "raised": [{"id": words, "label": words} for words in raised],
        "bank": proposal_line(ProposalState(True, ("core_refused",) if raised else ()), language),
    }


def _deciding(*, raised: bool) -> Callable[[str], View]:
    def state(language: str) -> View:
        words = questions(LOAN, "intermediaries", language, {})[1]["flag"]
        now = {"decision": decision(language, LOAN, (words,) if raised else ())}
        here = guests(LOAN, language, HOLDS[LOAN], "here")
        return at_step(LOAN, "decision", language, current=now, guests=here)

    return state


def _returned(language: str) -> View:
    asked = [
        {
            "visit": "V20261123-000011",
            "ticket": "A011",
            "service_title": script(LOAN).title[language],
            "question": zh(
                language,
                "12 分 40 秒处，客户停顿后旁边似有人说话。当时现场是否有其他人？请说明。",
                "At 12:40 the customer pauses and somebody seems to speak. "
                "Was anybody else in the room?",
            ),
            "asked_at": iso(-1500),
            "due_at": iso(5400),
        },
        {
            "visit": "V20261123-000009",
            "ticket": "A009",
            "service_title": script(DETAILS).title[language],
            "question": zh(
                language,
                "原号码为何停用？录音中未听清。",
                "Why was the old number given up? It can’t be heard.",
            ),
            "asked_at": iso(-9000),
            "due_at": iso(1900),
        },
    ]  # fmt: skip
    return console(language, returned=asked)


SERVICE_STATES: dict[str, Callable[[str], View]] = {
    "least-time": _timed(11),
    "least-time-over": _timed(0),
    "questions": _asking(LOAN, "will", {0: YES}),
    "question-unclear": _asking(LOAN, "will", {0: UNCLEAR}),
    "question-choice": _of_type(LOAN, "use", "choice"),
    "question-text": _of_type(LOAN, "means", "text"),
    "question-money": _of_type(LOAN, "stated", "money"),
    "question-code": _of_type(COMPANY, "licence", "credit_code"),
    "questions-answered": _answered,
    "questions-ruled-out": _ruled_out,
    "liveness": _watching({0: "expected"}),
    "liveness-instead": _watching({0: "expected", 1: "unexpected"}),
    "challenge": _moving("none"),
    "challenge-running": _moving("running", "passed", None),
    "challenge-failed": _moving("failed", "passed", "failed", failed=1, tries_left=2),
    "form-loan": _application,
    "form-company": _company,
    "form-phone": _phone,
    "paper": _reading(),
    "paper-away": _reading(customer_page=0, page=1, dwell_ms=[2100, 0, 0, 0, 0, 0]),
    "paper-read": _reading(read=True, dwell_ms=[14200, 11800, 16100, 12000, 10400, 10900]),
    "sign-draw": _signing("draw"),
    "sign-code": _signing("code", _code()),
    "sign-failed": _signing("failed"),
    "signed": _signing("signed", _code(correct=True)),
    "code-todo": _one_time(None),
    "code-sent": _one_time(_code(phone="139****2046", left=2, wrong=True)),
    "code-right": _one_time(_code(phone="139****2046", correct=True)),
    **REGISTER_STATES,
    "guest-missing": _guest("guarantor_document", "none", started=False),
    "guest-invited": _guest("guarantor_document", "invited", started=False),
    "guest-here": _guest("guarantor_document", "here"),
    "scope": _scope,
    "decision-loan": _deciding(raised=False),
    "decision-raised": _deciding(raised=True),
    "returned": _returned,
}
# These differ from another state in values alone, not in what is on the page.
VARIANTS = frozenset(
    {
        "code-right",
        "code-todo",
        "decision-loan",
        "guest-missing",
        "least-time-over",
        "liveness-instead",
        "paper-away",
        "paper-read",
        "question-code",
        "question-unclear",
        "questions-answered",
        "sign-draw",
        "signed",
    }
)
