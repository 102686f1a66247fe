"""Canned answers for the review desk and the demo core."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from aiohttp import web

from teller_server.desk.search_terms import MARKS
from teller_server.desk.words import word
from tests.web.gallery_review_findings import findings
from tests.web.gallery_review_opened import held, wishes
from tests.web.gallery_review_verdicts import OPEN, waiting
from tests.web.gallery_staff_media import SECONDS
from tests.web.gallery_views import DIGEST, SERVICE, iso
from tests.web.gallery_words import words

Json = dict[str, Any]
VISIT = "V20261123-000018"
ROWS = [
    ("A018", "李*", 502, "done", "committed", "complete", "sealed"),
    ("A017", "陈*", 388, "refused_customer", "none", "complete", "sealed"),
    ("A016", "周*", 611, "done", "pending", "complete", "pending"),
    ("V003", "A. W.", 74, "aborted_technical", "none", "interrupted", "none"),
    ("A015", "吴*", 455, "done", "dead_lettered", "damaged", "sealed"),
    ("A014", "赵*", 530, "done_with_limits", "committed", "complete", "sealed"),
    ("A013", "孙**", 97, "aborted_suspicion", "cancelled", "complete", "sealed"),
    ("A012", "钱*", None, None, "none", "pending", "none"),
]


def rows(language: str) -> Json:
    visits = [
        {
            "id": f"V20261123-0000{18 - i:02d}",
            "ticket": ticket,
            "service": "change_of_details",
            "service_title": SERVICE[language],
            "customer_masked": customer,
            "teller": "王敏 T1027" if i % 3 else "刘洋 T1031",
            "started_at": iso(-900 * i - 700),
            "seconds": seconds,
            "outcome": outcome,
            "effect": effect,
            "verdict": verdict,
            "seal": seal,
        }
        for i, (ticket, customer, seconds, outcome, effect, verdict, seal) in enumerate(ROWS)
    ]
    return {"visits": visits, "total": 132}


def filters(language: str) -> Json:
    return {
        "tellers": [{"id": "staff-1", "name": "王敏", "number": "T1027"}],
        "services": [{"id": "change_of_details", "title": SERVICE[language]}],
        "marks": [{"id": one, "title": word(f"found.{one}", language)} for one in MARKS],
    }


def detail(language: str, review: str = "") -> Json:
    state = "in_review" if review in OPEN else "closed"
    row = rows(language)["visits"][0]
    return {**row, "id": VISIT, "seconds": SECONDS, "steps": [], "state": state} | (
        {"outcome": None, "effect": "pending"} if review in OPEN else {}
    )


def _marks(language: str) -> list[Json]:
    titles = words(language)["titles"]
    zh = language == "zh-CN"
    edges = [1000, 4200, 8400, 12600, 17000, 20400, 23200]
    spans = [
        {
            "kind": "step",
            "at_ms": edges[i],
            "until_ms": edges[i + 1] - 200,
            "title": titles[i],
            "detail": None,
        }
        for i in range(6)
    ]
    points = [
        ("LegJoined", 300, "客户接入" if zh else "Customer joined", None),
        (
            "DocumentAccepted",
            6900,
            "证件照片已封存" if zh else "Document photograph sealed",
            "2.1 MB",
        ),
        (
            "CheckReported",
            10800,
            "人脸比对：通过" if zh else "Face comparison: passed",
            "通过 · 相似度 0.71" if zh else "Passed · Similarity 0.71",
        ),
        (
            "LegLost",
            14000,
            "连接中断" if zh else "Connection lost",
            "客户 · 网络不通" if zh else "Customer · No way through the network",
        ),
        ("LegJoined", 15600, "客户重新接入" if zh else "Customer came back", None),
        (
            "face_doubt",
            17200,
            "画面中的人脸有疑点" if zh else "Doubt about the face in the picture",
            "客户 · 画面中不止一张人脸：出现" if zh else "Customer · More than one face: began",
        ),
        ("RecordingStarted", 19000, "第 3 次链头签名" if zh else "Head 3 attested", None),
    ]
    return spans + [
        {
            "kind": kind,
            "at_ms": at,
            "until_ms": None,
            "title": title,
            "detail": more,
            "stands_out": re.split("[：:]", more)[0] if more and kind == "face_doubt" else None,
        }
        for kind, at, title, more in points
    ]


def timeline(language: str, state: str) -> Json:
    marks = _marks(language)
    media = f"/api/review/visits/{VISIT}/media/"
    parties = [
        {"party": "customer", "media": f"{media}customer?grant=g", "from_ms": 300},
        {"party": "teller", "media": f"{media}teller?grant=g", "from_ms": 0},
    ]
    for one in parties:
        one["sound"] = str(one["media"]).replace("/media/", "/sound/")
    gap = {"party": "customer", "from_ms": 14000, "to_ms": 15600, "cause": "leg_down"}
    gaps = [
        {**gap, "kind": "video"},
        {**gap, "kind": "audio"},
        {
            "party": "teller",
            "kind": "audio",
            "from_ms": 18200,
            "to_ms": 18900,
            "cause": "packet_loss",
        },
    ]
    return {
        "duration_ms": SECONDS * 1000,
        "parties": [] if state == "missing" else parties,
        "marks": marks,
        "gaps": gaps,
        "objects": [
            {"digest": name, "role": name, "media_type": "image/jpeg"}
            for name in ("document", "portrait", "live")
        ],
    }


def verdict(state: str) -> Json:
    bad = state == "damaged"
    names = (
        ("package", "20 files, format version 1"),
        ("logs", "3 logs, 5 parts, 1 506 segments, 48.2 MB"),
        ("objects", "4 objects"),
        ("trust", "signer: Demo branch seal 2026"),
        ("heads", "17 heads, each covers the one before"),
        ("call seal", "signed over manifest 9f3c 41d0"),
        ("timestamp", "RFC 3161 token by Demo TSA"),
        ("decision", "approved, 1 decision names the call seal"),
        ("closing", "names the call seal"),
        ("receipt", "nothing to check"),
        ("end", "complete"),
    )
    steps: list[Json] = [
        {"n": n, "name": name, "ok": None if name == "receipt" else True, "detail": text}
        for n, (name, text) in enumerate(names, 1)
    ]
    if bad:
        broken = "segment 412 of customer.0000.evs does not hash to its leaf"
        steps[1] |= {"ok": False, "detail": broken}
        for step in steps[2:]:
            step |= {"ok": None, "detail": "not reached"}
    first = {"code": "leaf_mismatch", "file": "customer.0000.evs", "segment": 412}
    return {
        "status": "damaged" if bad else "complete",
        "exit_code": 1 if bad else 0,
        "steps": steps,
        "first_bad": first if bad else None,
        "last_head": iso(-60),
        "evidence_digest": DIGEST,
        "stamped": iso(-50),
        "trust": "outside",
        "notes": [],
    }


def custody() -> Json:
    entries = [
        (-20, "赵清", "view_granted", "quality_check: QC-2026-1123"),
        (-2000, "系统", "sealed", None),
        (-2600, "系统", "created", None),
    ]
    return {
        "entries": [
            {"at": iso(at), "actor": actor, "act": act, "purpose": purpose}
            for at, actor, act, purpose in entries
        ]
    }


def ledger(*, empty: bool) -> Json:
    people = [
        ("C100001", "李雷", "330106199001010028", "13800000001", "杭州市西湖区文三路1号", "office"),
        ("C100002", "韩梅梅", "310104198805120041", "13800000002", "上海漕溪路8号", "student"),
        ("C200001", "Ada Whitfield", "512846097", "07700 900101", "4 Larch Road", "office"),
    ]  # fmt: skip
    names = ("reference", "name", "document", "phone", "address", "occupation")
    more = {
        "document_until": "2030-01-01",
        "companies": ["杭州青禾茶业有限公司"],
        "changed_at": None,
    }
    order = {
        "key": f"{VISIT}/core.change_details",
        "effect": "core.change_details",
        "reference": "C100001",
        "wanted": {"address": "杭州市余杭区文一西路969号", "occupation": "office"},
        "before": {"address": "杭州市西湖区文三路1号", "occupation": "office"},
        "call_seal": "7f3a" * 16,
        "decision_seal": "09bc" * 16,
        "receipt": "R7F3A09BC11D2",
        "status": "已变更",
        "at": iso(-30),
    }
    message = {
        "to": "13800000001",
        "text": "您在本行登记的手机号已变更，如非本人办理，请立即联系本行。",
        "purpose": "notice",
        "at": iso(-20),
    }
    return {
        "customers": [{**dict(zip(names, person, strict=True)), **more} for person in people],
        "orders": [] if empty else [order],
        "messages": [] if empty else [message],
    }


# ---- the second person's door


def _state(request: web.Request) -> tuple[str, str]:
    return request.cookies.get("state", "ok"), request.cookies.get("vb_language", "zh-CN")


def _no(status: int, code: str, language: str, zh: str, en: str) -> web.Response:
    message = zh if language == "zh-CN" else en
    return web.json_response({"code": code, "message": message}, status=status)


async def checks(request: web.Request) -> web.Response:
    state, language = _state(request)
    if state == "error":
        return _no(503, "outage", language, "服务暂不可用。", "The service is not available.")
    if state == "loading":
        await asyncio.sleep(30)
    return web.json_response(waiting(language, state))


async def found(request: web.Request) -> web.Response:
    state, language = _state(request)
    if state == "unfound":
        return _no(503, "outage", language, "服务暂不可用。", "The service is not available.")
    return web.json_response(findings(language, state))


DECIDED: list[Json] = []
"""What the second person sent, newest last."""


async def decide(request: web.Request) -> web.Response:
    state, language = _state(request)
    if state == "expired":
        words = ("调阅授权已到期，请重新登记用途。", "Your permission to view has run out.")
        return _no(403, "grant_needed", language, *words)
    if state == "fresh" and len(DECIDED) == 0:
        DECIDED.append({})
        words = ("请再次验证身份。", "Please confirm who you are.")
        return _no(403, "fresh_authentication_required", language, *words)
    DECIDED.append(await request.json())
    response = web.json_response({})
    if "verdict" in DECIDED[-1]:
        response.set_cookie("state", {"return": "awaited"}.get(DECIDED[-1]["verdict"], "ok"))
    else:
        response.set_cookie("state", "answered")
    return response


_VISIT = "/api/review/visits/{visit}"


async def openings(request: web.Request) -> web.Response:
    """What others ask of me and what I asked for; in most states nobody asks anything."""
    state, language = _state(request)
    return web.json_response({"requests": wishes(language) if state == "asked" else []})


async def holds(request: web.Request) -> web.Response:
    state, language = _state(request)
    return web.json_response({"holds": held(language) if state in ("asked", "held") else []})


async def sound(request: web.Request) -> web.Response:
    """Somebody speaks, then the other; where the connection was down nothing was heard."""
    customer, start = request.match_info["party"] == "customer", int(request.query["from"])
    levels: list[int | None] = [
        (-22 - 5 * (at % 3)) if (at % 8 < 4) is customer else -48 for at in range(SECONDS)
    ]
    if customer:
        levels[14:16] = [None, None]
    return web.json_response({"from": start, "levels": levels[start:]})


PREPARED: list[Json] = []
"""What was asked to be handed over, newest last."""


async def package(request: web.Request) -> web.Response:
    PREPARED.append(await request.json())
    url = f"/api/review/visits/{VISIT}/packages/" + "x" * 32
    told = {"url": url, "recipient": "CN=Court 区法院", "fingerprint": DIGEST}
    return web.json_response(told, status=201)


ROUTES = [
    web.get("/api/review/checks", checks),
    web.get("/api/review/openings", openings),
    web.get("/api/review/holds", holds),
    web.get(_VISIT + "/sound/{party}", sound),
    web.post(_VISIT + "/packages", package),
    web.get(_VISIT + "/findings", found),
    web.post(_VISIT + "/decision", decide),
    web.post(_VISIT + "/objection", decide),
]
