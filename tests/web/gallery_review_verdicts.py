"""Canned verdicts for the review desk: what waits, what was decided, asked and objected to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from teller_server.desk.views.proposal import proposal_line
from teller_server.domain.state import ProposalState
from tests.web.gallery_views import iso

Json = dict[str, Any]
ZERO = datetime.now(UTC) - timedelta(seconds=2600)
OPEN = {"check", "mine", "awaited", "late", "fresh", "expired", "spent", "refusal", "refused"}


def at(seconds: float) -> str:
    """An instant of the film."""
    return (ZERO + timedelta(seconds=seconds)).isoformat()


def decision(zh: bool, *, doubt: bool) -> Json:
    reason = (
        "客户提到有朋友帮忙准备材料，追问后称仅为代拍照片。因涉及第三人，提请复核。"
        if zh
        else "The customer said a friend helped with the papers; only photographs, it turned out."
    )
    label = "有第三人在旁或提示" if zh else "Somebody stands by or prompts"
    return {
        "verdict": "refer" if doubt else "approve",
        "reason": reason if doubt else "",
        "flags": [{"label": label, "blocking": False}] if doubt else [],
        "raised": [("疑似受人指使" if zh else "May be acting on somebody’s instructions")]
        if doubt
        else [],
        "bank": proposal_line(
            ProposalState(True, ("phone_changed_recently",)) if doubt else ProposalState(False),
            "zh-CN" if zh else "en",
        ),
        "who": "王敏 T1027" if zh else "Wang Min T1027",
        "at": at(23.4),
    }


def review(zh: bool, state: str) -> Json:
    checker, teller = ("赵清", "王敏 T1027") if zh else ("Zhao Qing", "Wang Min T1027")
    question = (
        "客户说的“朋友”是谁？通话中是否在场？请说明并注明录像时间。"
        if zh
        else "Who is the friend the customer speaks of, and were they in the room?"
    )
    reply = (
        "系客户同事，未在场；录像 0:13 处客户已转动手机环视房间。"
        if zh
        else "A colleague, not in the room; at 0:13 the customer turns the phone round the room."
    )
    asked = {"kind": "ReviewAsked", "title": "提交复核" if zh else "Second person asked"}
    back = {"kind": "ReviewReturned", "title": "复核退回询问" if zh else "Second person asked back"}
    answered = {"kind": "ReviewAnswered", "title": "柜员答复" if zh else "Teller answered"}
    late = {"kind": "ReviewEscalated", "title": "复核升级" if zh else "Review escalated"}
    no = {
        "kind": "ReviewRefused",
        "title": "复核不同意，待另一人确认" if zh else "Not approved; a colleague has to confirm",
    }
    colleague = "刘洋" if zh else "Liu Yang"
    doubt = (
        "客户多次看向镜头外并等待提示，身份与意愿存疑。"
        if zh
        else "The customer looks away for prompts again and again."
    )
    final = {"kind": "ReviewDecided", "title": "复核决定" if zh else "Second person’s decision"}
    log = [_said(asked, -2400)]
    if state in ("awaited", "check", "spent"):
        log.append(_said(back, -1800, checker, question))
    if state in ("check", "spent"):
        log.append(_said(answered, -900, teller, reply))
    if state == "late":
        log.append(_said(late, -600))
    if state in ("refusal", "refused"):
        log.append(_said(no, -700, colleague, doubt))
    if state in ("ok", "answered"):
        log.append(_said(final, -300, checker, "", approved=state == "ok"))
    return {
        "open": state in OPEN,
        "due_at": iso({"late": -5400, "check": 9000, "mine": 40_000}.get(state, 80_000)),
        "escalated": state == "late",
        "asked": state == "awaited",
        "refusal": state in ("refusal", "refused"),
        "refused_by_me": state == "refused",
        "returns_left": 0 if state == "spent" else 2,
        "log": log,
    }


def _said(
    kind: Json, when: int, who: str = "", text: str = "", *, approved: bool | None = None
) -> Json:
    return {**kind, "at": iso(when), "who": who, "text": text, "approved": approved}


def objection(zh: bool, *, answered: bool) -> Json:
    reason = (
        "我没有受人指使，朋友只是帮我拍照。请重新审核，或说明为什么不能办理。"
        if zh
        else "Nobody told me what to say; a friend only took the photographs. Please look again."
    )
    answer = (
        "经重新调阅录音录像，您的说明属实。请携带身份证件到任一网点，由专人为您办理。"
        if zh
        else "We watched the recording again and accept what you say. Any branch will serve you."
    )
    return {
        "reason": reason,
        "at": iso(-86_000),
        "due_at": iso(400_000),
        "answer": answer if answered else None,
        "answered_at": iso(-500) if answered else None,
        "who": ("赵清" if zh else "Zhao Qing") if answered else "",
    }


def waiting(language: str, state: str) -> Json:
    """The work list: the most urgent first."""
    zh = language == "zh-CN"
    loan = "个人贷款面谈与面签" if zh else "Personal loan interview and signing"
    company = "对公开户法定代表人意愿核实" if zh else "Legal representative of a company"
    details = "个人信息变更" if zh else "Change of details"
    rows = (
        ("A016", loan, "周*", -5400, {"escalated": True, "verdict": "refer"}),
        ("A018", loan, "李*", 5200, {"returned": 1, "verdict": "refer"}),
        ("A021", details, "Ada W.", 16_000, {"asked": True, "returned": 1}),
        ("A023", company, "吴**", 70_000, {"mine": True}),
    )
    name = {"zh-CN": "王敏", "en": "Wang Min"}[language]
    checks = [
        {
            "visit": "V20261123-000018",
            "ticket": ticket,
            "service_title": title,
            "customer_masked": who,
            "mine": False,
            "teller": name,
            "ended_at": iso(-2400),
            "due_at": iso(due),
            "escalated": False,
            "returned": 0,
            "asked": False,
            "verdict": "approve",
        }
        | more
        for ticket, title, who, due, more in rows
    ]
    keys = ("visit", "ticket", "service_title", "customer_masked", "mine")
    objections = [
        {key: checks[1][key] for key in keys} | {"ticket": "A009", "due_at": iso(400_000)}
    ]
    if state in ("empty", "calm"):
        return {"checks": [], "objections": []}
    return {"checks": checks, "objections": objections}
