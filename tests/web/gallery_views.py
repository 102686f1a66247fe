"""Canned `view` messages, one per state of the customer's page, in both languages."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from teller_server.desk.words import word
from tests.web.gallery_documents import customer_states

View = dict[str, Any]

SERVICE = {
    "zh-CN": "个人信息变更",
    "en": "Change of personal details",
}
BRANCH = {"zh-CN": "江南银行远程营业厅", "en": "Jiangnan Bank Video Branch"}
DIGEST = "9f3c41d07be25a68c1d4f0a93b7e5d128846cc0fa1b39e7755d20c64aef8b317"


TEXTS = Path(__file__).with_name("gallery_customer.json")


@cache
def texts(language: str) -> View:
    """What the three services say, in one language."""
    everything: dict[str, View] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return everything[language]


def branch(language: str, *, is_open: bool = True) -> View:
    """Answer of GET /api/customer/branch."""
    zh = language == "zh-CN"
    return {
        "branch": {
            "name": BRANCH[language],
            "open": is_open,
            "hours": "08:30–20:00" if zh else "8.30 am to 8 pm",
            "reopens": None if is_open else "2026-11-24T08:30:00+08:00",
        },
        "services": texts(language)["services"],
        "languages": ["zh-CN", "en"],
        "consents": texts(language)["consents"],
        "probe_bytes": 100_000,
    }


def iso(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def visit(language: str, state: str, **more: Any) -> View:
    return {
        "branch": branch(language)["branch"],
        "language": language,
        "party": "customer",
        "visit": {
            "id": "V20261123-000018",
            "ticket": "A018",
            "service": "change_of_details",
            "service_title": SERVICE[language],
            "state": state,
            "outcome": None,
            "effect": "none",
        },
        "queue": None,
        "teller": None,
        "call": None,
        "step": None,
        "guests": [],
        "reverify": None,
        "review": None,
        "receipt": None,
        "notice": None,
        **more,
    }


def _queue(ahead: int, basis: str = "history") -> View:
    return {
        "ahead": ahead,
        "position": ahead + 1,
        "wait_low_s": 60 * ahead,
        "wait_high_s": 150 * ahead + 60,
        "basis": basis,
    }


def call(state: str = "up", **more: Any) -> View:
    return {
        "ice_servers": [],
        "relay_only": False,
        "media_allowed": True,
        "recording": "on",
        "recording_since": iso(-134),
        "on_hold": False,
        "peers": [
            {"party": "teller", "state": state, "since": iso(-12), "audio": True, "video": True}
        ],
        "rejoin_deadline": None,
        **more,
    }


def _teller(zh: bool) -> View:
    return {"name": "王敏" if zh else "Wang Min", "number": "T1027"}


NO_STEP: View = {
    "party": "customer",
    "who": None,
    "mine": True,
    "say": None,
    "wait": "customer",
    "ready_at": None,
    "acknowledge": None,
    "if_refused": None,
    "question": None,
    "prompt": None,
    "challenge": None,
    "coach": None,
    "paper": None,
    "sign": None,
    "code": None,
    "hand_over": None,
    "document": None,
    "form": None,
    "can": [],
}


def _step(zh: bool, number: int, **more: Any) -> View:
    step = copy.deepcopy(_STEPS[number - 1][0 if zh else 1])
    return {
        "index": number,
        "count": 6,
        **NO_STEP,
        **step,
        **more,
    }


def _form(zh: bool) -> list[View]:
    if zh:
        return [
            {
                "name": "address",
                "label": "联系地址",
                "before": "浙江省杭州市西湖区文三路 90 号",
                "after": "浙江省杭州市余杭区文一西路 969 号 3 幢 1204 室",
            },
            {"name": "occupation", "label": "职业", "before": "教师", "after": "教师"},
        ]
    return [
        {
            "name": "address",
            "label": "Address",
            "before": "90 Wensan Road, Xihu, Hangzhou",
            "after": "Flat 1204, Block 3, 969 Wenyi West Road, Yuhang, Hangzhou",
        },
        {"name": "occupation", "label": "Occupation", "before": "Teacher", "after": "Teacher"},
    ]


def receipt(zh: bool, outcome: str = "done", **more: Any) -> View:
    words = {
        "done": ("业务已受理", "Your change has been accepted"),
        "refused_customer": ("您已终止办理", "You ended the visit"),
        "aborted_technical": ("因技术原因终止", "Ended for technical reasons"),
    }
    return {
        "visit": "V20261123-000018",
        "ticket": "A018",
        "service_title": SERVICE["zh-CN" if zh else "en"],
        "closed_at": iso(),
        "outcome": outcome,
        "outcome_title": words[outcome][0 if zh else 1],
        "effect": "committed",
        "evidence_digest": DIGEST,
        "seal_status": "sealed",
        "heads": [
            {"n": n, "at": iso(30 * n - 240), "digest": DIGEST[n:] + DIGEST[:n]}
            for n in range(1, 8)
        ],
        **more,
    }


_STEPS: list[tuple[View, View]] = [
    (
        {
            "id": "recording_consent",
            "kind": "consent",
            "title": "确认录音录像",
            "task": "柜员询问后，请清楚地回答，并点击下方按钮。",
            "say": "您好，我是本行视频柜员，今天由我为您办理。为保障您的权益，本次服务将全程"
            "录音录像。请问您是否同意？请您回答“同意”或“不同意”。",
            "can": ["agree", "refuse"],
        },
        {
            "id": "recording_consent",
            "kind": "consent",
            "title": "Agree to the recording aloud",
            "task": "When the teller has asked you, answer clearly and tap below.",
            "say": "Good day. I’m a video teller of this bank. For your protection this call is "
            "recorded in sound and picture throughout. Do you agree to that?",
            "can": ["agree", "refuse"],
        },
    ),
    (
        {
            "id": "document",
            "kind": "identity_document",
            "title": "拍摄身份证人像面",
            "task": "请将身份证平放在桌面，拍摄印有照片的一面。",
            "document": {"status": "none", "code": None, "message": None},
            "can": ["photograph"],
        },
        {
            "id": "document",
            "kind": "identity_document",
            "title": "Photograph your identity card",
            "task": "Lay it flat on a table, with the side that shows your portrait facing up.",
            "document": {"status": "none", "code": None, "message": None},
            "can": ["photograph"],
        },
    ),
    (
        {
            "id": "face",
            "kind": "face_match",
            "title": "人脸比对",
            "task": "请将面部置于框内，保持不动。",
        },
        {
            "id": "face",
            "kind": "face_match",
            "title": "Compare your face",
            "task": "Please hold your face inside the oval and keep still.",
        },
    ),
    (
        {
            "id": "details",
            "kind": "form",
            "title": "核对变更内容",
            "task": "柜员已填写，请逐项核对。",
            "can": ["see"],
        },
        {
            "id": "details",
            "kind": "form",
            "title": "Check what will change",
            "task": "The teller has filled this in. Please read every line.",
            "can": ["see"],
        },
    ),
    (
        {
            "id": "confirmation",
            "kind": "disclosure",
            "acknowledge": "agree",
            "title": "确认办理",
            "task": "请朗读后点击同意。",
            "say": "请问本次变更是您本人自愿办理吗？如无问题，请您复述：“我确认变更以上信息。”",
            "can": ["agree", "refuse"],
        },
        {
            "id": "confirmation",
            "kind": "disclosure",
            "acknowledge": "agree",
            "title": "Confirm",
            "task": "Please read aloud, then tap.",
            "say": "Are you making this change yourself and of your own free will? If all is in "
            "order, please say: “I confirm this change”, and then tap.",
            "can": ["agree", "refuse"],
        },
    ),
    (
        {
            "id": "decision",
            "kind": "teller_decision",
            "title": "柜员审核",
            "task": "柜员正在作最后审核，请稍候。",
            "wait": "teller",
        },
        {
            "id": "decision",
            "kind": "teller_decision",
            "title": "The teller decides",
            "task": "The teller is making the final checks. Please wait a moment.",
            "wait": "teller",
        },
    ),
]


def views(language: str) -> dict[str, View]:
    """State name → the `view` that a server would send in it."""
    return {**_waiting(language), **_steps(language), **_troubles(language), **_endings(language)}


def live(language: str, state: str = "in_service", **more: Any) -> View:
    zh = language == "zh-CN"
    return visit(language, state, **{"teller": _teller(zh), "call": call(), **more})


def _waiting(language: str) -> dict[str, View]:
    return {
        "check": visit(language, "consented"),
        "queue": visit(language, "waiting", queue=_queue(2)),
        "queue-next": visit(language, "waiting", queue=_queue(0, "few_samples")),
        "queue-no-teller": visit(language, "waiting", queue=_queue(4, "no_teller")),
        "offered": visit(language, "offered", queue=_queue(0)),
        "connecting": live(language, "connecting", call=call("absent", recording="starting")),
        "recording-starting": live(language, "connecting", call=call(recording="starting")),
    }


def _steps(language: str) -> dict[str, View]:
    zh = language == "zh-CN"

    def document(status: str, message: str | None = None) -> View:
        shown = {"status": status, "code": "blurred" if message else None, "message": message}
        return live(language, step=_step(zh, 2, document=shown))

    blurred = "照片模糊，请保持手机稳定。" if zh else "It is blurred; hold the phone still."
    return {
        "listen": live(language),
        "consent": live(language, step=_step(zh, 1)),
        "consent-wait": live(language, step=_step(zh, 1, wait="teller")),
        "document": live(language, step=_step(zh, 2)),
        "document-checking": document("checking"),
        "document-accepted": document("accepted"),
        "document-rejected": document("rejected", blurred),
        **{
            name: live(language, step=_step(zh, 2, **shown))
            for name, shown in customer_states(language).items()
        },
        "face": live(language, step=_step(zh, 3)),
        "face-coach": live(language, step=_step(zh, 3, coach=word("coach.too_dark", language))),
        "form": live(language, step=_step(zh, 4, form=_form(zh))),
        "confirm": live(language, step=_step(zh, 5, form=_form(zh))),
        "decision": live(language, step=_step(zh, 6)),
        "wrap-up": live(language, "wrap_up"),
    }


def _troubles(language: str) -> dict[str, View]:
    zh = language == "zh-CN"
    dark = {**call(), "peers": [{**call()["peers"][0], "video": False}]}
    again = (
        "您刚刚重新连接，请正对镜头，由柜员再次核对。"
        if zh
        else "You have just reconnected. Look into the camera so that we can check again."
    )
    dead = (
        "磁盘写入失败，柜员将为您另行安排。"
        if zh
        else "It could not be written. The teller arranges another visit with you."
    )
    return {
        "hold": live(language, "on_hold", call=call(on_hold=True), step=_step(zh, 6)),
        "teller-gone": live(language, call=call("dead"), step=_step(zh, 4, form=_form(zh))),
        "teller-video-off": live(language, call=dark, step=_step(zh, 6)),
        "reverify": live(language, "reverify", reverify={"reason": "rejoined", "message": again}),
        "recorder-failed": live(
            language,
            call=call(recording="failed"),
            notice={"code": "recorder_failed", "message": dead, "severity": "bad"},
        ),
    }


def _endings(language: str) -> dict[str, View]:
    def ended(outcome: str, **more: Any) -> View:
        slip = receipt(language == "zh-CN", outcome, **more)
        view = visit(language, "closed", receipt=slip)
        view["visit"]["outcome"] = outcome
        return view

    return {
        "done": ended("done"),
        "sealing": ended("done", effect="pending", seal_status="pending", evidence_digest=None),
        "refused": ended("refused_customer", effect="none"),
        "aborted": ended("aborted_technical", effect="none"),
    }
