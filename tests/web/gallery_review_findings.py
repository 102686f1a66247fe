"""Canned findings for the review desk: a loan interview, as its second person reads it."""

from __future__ import annotations

from typing import Any

from tests.web.gallery_review_asked import asked
from tests.web.gallery_review_verdicts import OPEN, at, decision, objection, review
from tests.web.gallery_views import DIGEST

Json = dict[str, Any]


def findings(language: str, state: str) -> Json:
    zh = language == "zh-CN"
    empty, doubt = state == "early", state not in ("ok", "early", "objection", "answered")
    return {
        "zero": at(0),
        "state": "in_review" if state in OPEN else "closed",
        "mine": state == "mine",
        "script": {
            "service": "loan_interview",
            "title": "个人贷款面谈与面签" if zh else "Personal loan interview and signing",
            "version": 1,
            "digest": DIGEST,
        },
        "packs": [{"id": "cn-bank", "version": "2026.11", "digest": DIGEST}],
        "scope": _scope(zh),
        "intake": _pairs(_INTAKE, zh),
        "steps": _steps(zh),
        "answers": [] if empty else _answers(zh, doubt=doubt),
        "forms": [] if empty else [_form(zh)],
        "people": _people(zh, doubt=doubt, empty=empty),
        "papers": [] if empty else _papers(zh, doubt=doubt),
        "decision": None if empty else decision(zh, doubt=doubt),
        "review": review(zh, state) if state in OPEN or state in ("ok", "answered") else None,
        "objection": objection(zh, answered=state == "answered")
        if state in ("objection", "answered")
        else None,
    }


_INTAKE = (
    ("贷款用途", "Purpose of the loan", "装修", "Renovation"),
    ("申请金额（元）", "Amount (CNY)", "150,000.00", "150,000.00"),
)


def _pairs(rows: tuple[tuple[str, str, str, str], ...], zh: bool) -> list[Json]:
    return [{"label": a if zh else b, "value": c if zh else d} for a, b, c, d in rows]


def _scope(zh: bool) -> list[Json]:
    rows = (
        (
            "loan.esign",
            "电子签署限于 20 万元以下且非住房用途的个人贷款。",
            "Signing at a distance only up to CNY 200,000, and not for housing.",
            "个人贷款管理办法 金融监管总局令2024年第3号 第二十六条",
            True,
        ),
        (
            "loan.cost",
            "签约前以表格明示综合融资成本，并由借款人确认。",
            "The total cost is shown in a table and confirmed before signing.",
            "个人贷款业务明示综合融资成本规定 2026年",
            False,
        ),
    )
    return [
        {
            "id": name,
            "source": source,
            "text": chinese if zh else english,
            "confidence": "high" if seen else "medium",
            "verified": seen,
            "rest": "",
        }
        for name, chinese, english, source, seen in rows
    ]


_STEPS = (
    ("consent", "录音录像告知与同意", "Consent to recording", "done", "agreed", 1.0),
    ("document", "出示身份证件", "Identity document", "done", None, 4.2),
    ("face", "人脸比对", "Comparison with the document", "done", None, 8.4),
    ("stated", "申请要素", "What you are applying for", "done", None, 12.6),
    (
        "why_differs",
        "金额与预约不一致",
        "Another amount than before",
        "skipped",
        None,
        None,
    ),
    ("cost_read", "阅读综合融资成本明示表", "Read the total cost", "done", "agreed", 15.0),
    ("contract_sign", "签署借款合同", "Sign the contract", "done", "signed", 20.4),
    ("check", "复核", "Second person", "todo", None, None),
)


def _steps(zh: bool) -> list[Json]:
    return [
        {
            "id": name,
            "kind": "step",
            "title": chinese if zh else english,
            "party": "customer",
            "party_title": "客户" if zh else "Customer",
            "status": status,
            "when": None,
            "answer": answer,
            "started_at": at(begun) if begun else None,
            "ended_at": at(begun + 2) if begun else None,
        }
        for name, chinese, english, status, answer, begun in _STEPS
    ]


def _answers(zh: bool, *, doubt: bool) -> list[Json]:
    rows = (
        (
            "您申请多少金额？",
            "How much are you applying for?",
            "150,000.00",
            "150,000.00",
            "noted",
            1,
            "",
        ),
        (
            "这笔钱您准备用来做什么？",
            "What will the money be used for?",
            "装修自住的房子，已与装修公司签了合同" if doubt else "装修自住房",
            "Doing up the flat I live in; a contract with the builder is signed",
            "unclear" if doubt else "noted",
            2 if doubt else 1,
            "",
        ),
        (
            "有没有人指导您怎样回答，或承诺替您还款？",
            "Has anyone told you what to answer, or promised to repay for you?",
            "是" if doubt else "否",
            "Yes" if doubt else "No",
            "unexpected" if doubt else "expected",
            1,
            "flag" if doubt else "",
        ),
        (
            "您知道逾期的后果吗？",
            "Do you know what paying late costs?",
            "是",
            "Yes",
            "expected",
            1,
            "",
        ),
    )
    flag = "疑似受人指使" if zh else "May be acting on somebody’s instructions"
    asked = [
        {
            "id": f"q{n}",
            "ask": chinese if zh else english,
            "value": given if zh else said,
            "finding": finding,
            "attempts": attempts,
            "most": 2,
            "at": at(12.8 + n * 0.5),
            "flag": flag if red else None,
        }
        for n, (chinese, english, given, said, finding, attempts, red) in enumerate(rows)
    ]
    title = "申请要素与意愿核实" if zh else "Facts and will"
    return [{"step": "stated", "title": title, "asked": asked}]


def _form(zh: bool) -> Json:
    rows = (
        ("贷款金额（元）", "Amount (CNY)", "", "150,000.00"),
        ("贷款期限（月）", "Term (months)", "", "36"),
        ("联系电话", "Telephone", "138****0001", "139****2222"),
        ("居住地址", "Address", "杭州市西湖区文三路 1 号", "杭州市西湖区文三路 1 号"),
    )
    fields = [{"label": a if zh else b, "before": c, "after": d} for a, b, c, d in rows]
    title = "贷款申请要素确认" if zh else "Facts of the application"
    return {"step": "application", "title": title, "at": at(14.2), "fields": fields}


def _card(seconds: float) -> Json:
    return {"photo": "document", "portrait": "portrait", "status": "accepted", "at": at(seconds)}


def _people(zh: bool, *, doubt: bool, empty: bool) -> list[Json]:
    titles = (
        ("recording", "同意录音录像", "Consent to recording", True),
        ("face", "同意处理人脸信息", "Consent to face comparison", True),
        (
            "face_storage",
            "同意传输和保存人脸比对图像",
            "Consent to keeping the face pictures",
            True,
        ),
    )
    consents = [
        {"id": name, "title": a if zh else b, "given": given} for name, a, b, given in titles
    ]
    reason = (
        "光线偏暗导致分数偏低；已核对证件与本人五官、出生日期问答一致，认定为本人。"
        if zh
        else "Poor light lowered the score. Features and the answers on date of birth agree."
    )
    low = "画面偏暗" if zh else "The picture was dark"
    customer: Json = {
        "party": "customer",
        "title": "客户" if zh else "Customer",
        "status": None,
        "consents": consents,
        "document": None if empty else _card(6.9),
        "check": None
        if empty
        else {
            "status": "done",
            "outcome": "referred" if doubt else "passed",
            "score": 0.44 if doubt else 0.71,
            "second_opinion": "lowers" if doubt else "agrees",
            "attempt": 2 if doubt else 1,
            "reasons": [low] if doubt else [],
            "live": "live",
            "at": at(10.8),
        },
        "checks": 1,
        **({} if empty else asked(zh, doubt=doubt)),
        "decision": None
        if empty
        else {"verdict": "accept", "reason": reason if doubt else "", "at": at(11.6)},
    }
    return [customer, _guarantor(zh, customer, reason)] if doubt else [customer]


def _guarantor(zh: bool, customer: Json, reason: str) -> Json:
    consents = customer["consents"]
    return {
        **customer,
        "party": "guarantor",
        "title": "保证人" if zh else "Guarantor",
        "status": "consented",
        "consents": [{**one, "given": one["id"] == "recording"} for one in consents],
        "document": {
            "photo": "document",
            "portrait": "portrait",
            "status": "accepted",
            "at": at(16),
        },
        "check": None,
        "movements": [],
        "instead": None,
        "registers": [],
        "decision": {"verdict": "alternative", "reason": reason, "at": at(17)},
    }


def _papers(zh: bool, *, doubt: bool) -> list[Json]:
    cost = _paper(
        zh,
        "cost_table",
        "个人贷款综合融资成本明示表" if zh else "Statement of the total cost of the loan",
        15.2,
        [(1, 0.0, 1400), (2, 1.4, 1100), (1, 2.5, 700)],
        2,
        1,
    )
    looks = [(1, 0.0, 1200), (2, 1.2, 1300), (3, 2.5, 400 if doubt else 1250), (2, 3.75, 300)]
    contract = _paper(
        zh,
        "loan_contract",
        "个人贷款合同" if zh else "Personal loan contract",
        18.6,
        looks,
        3,
        1,
    )
    return [cost, contract | {"read": not doubt}]


def _paper(
    zh: bool,
    name: str,
    title: str,
    begun: float,
    seen: list[tuple[int, float, int]],
    pages: int,
    least: int,
) -> Json:
    who = "客户" if zh else "Customer"
    end = begun + max(after + ms / 1000 for _, after, ms in seen)
    looks = [{"page": page, "at": at(begun + after), "ms": ms} for page, after, ms in seen]
    return {
        "id": name,
        "title": title,
        "step": f"{name}_read",
        "party": "customer",
        "party_title": who,
        "pages": pages,
        "digest": DIGEST,
        "read": True,
        "answer": "agreed",
        "answered_at": at(end + 0.2),
        "least_s": least,
        "dwell_ms": [sum(ms for page, _, ms in seen if page == one) for one in range(1, pages + 1)],
        "looks": looks,
        "shown_at": at(begun),
        "signed": [{"party": "customer", "title": who, "at": at(end + 0.6)}],
        "sealed_at": at(60),
        "pdf": "document",
        "check": {
            "good": True,
            "whole": True,
            "problems": [],
            "findings": [
                _signature("customer", who, "signatures", "CN=李* 3301, O=Demo signer authority"),
                _signature("bank", None, "timestamps", "CN=示范银行电子印章, O=Demo bank"),
            ],
        },
    }


def _signature(field: str, title: str | None, changes: str, subject: str) -> Json:
    return {
        "field": field,
        "title": title,
        "subject": subject,
        "signed_at": at(22.9),
        "intact": True,
        "trusted": True,
        "lasting": True,
        "changes": changes,
        "problems": [],
    }
