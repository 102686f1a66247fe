"""What the templates of the three services are given: as the branch gives it, little and much."""

from __future__ import annotations

from typing import Any

from teller_server.papers.figures import loan_figures

PAPERS = (
    "change_form", "credit_authorisation", "cost_table", "interview_minutes", "loan_contract",
    "guarantee_letter", "account_application", "account_agreement", "tax_residence",
)  # fmt: skip
TERMS = {
    "repayment": "equal_instalments", "service_fee": "0", "guarantee_fee": "0",
    "overdue_surcharge": "50", "misuse_surcharge": "100", "early_fee": "0",
}  # fmt: skip
FEES = {"service_fee": "1,200.00", "guarantee_fee": "800.50"}
_WORDS: dict[str, dict[str, Any]] = {
    "zh-CN": {
        "branch": "江海银行云柜台",
        "payee": "江海融资担保股份有限公司",
        "name": "李雷",
        "long_name": "买买提江·阿卜杜热合曼·热合木江",
        "guest": "韩梅梅",
        "purpose": "装修",
        "detail": "自住房屋厨房、卫生间改造，付款给杭州某装饰工程有限公司",
        "company": "杭州云帆跨境电子商务有限公司",
        "business": "进口食品批发零售、仓储服务及相关技术咨询",
        "address": "浙江省杭州市滨江区长河街道江南大道588号恒鑫大厦主楼10层1002室",
        "answer": "在杭州一家制造企业做质量工程师，工作六年，月收入约一万二千元，流水已出示。",
        "ask": "您在哪里工作，做什么，做了多久？",
        "yes": "是",
        "china": "仅为中国税收居民",
        "item": "手机号码",
        "class": "基本存款账户",
        "guarantee": "自然人保证",
        "teller": "王芳",
    },
    "en": {
        "branch": "River & Sea Bank, Online Branch",
        "payee": "River & Sea Guarantee Company Limited",
        "name": "Ada Whitfield",
        "long_name": "Maximiliana Wilhelmina Featherstonehaugh-Cholmondeley",
        "guest": "Owen Pryce",
        "purpose": "Renovation",
        "detail": "Kitchen and bathroom of the borrower's own home, paid to a fitter in Hangzhou",
        "company": "Hangzhou Yunfan Cross-Border Electronic Commerce Company Limited",
        "business": "Wholesale and retail of imported food, warehousing and technical advice",
        "address": "Room 1002, 10th floor, 588 Jiangnan Avenue, Binjiang District, Hangzhou",
        "answer": "A quality engineer at a manufacturer in Hangzhou for six years, about 12,000 a "
        "month; statements shown.",
        "ask": "Where do you work, as what, and for how long?",
        "yes": "Yes",
        "china": "China only",
        "item": "Phone number",
        "class": "Basic account",
        "guarantee": "Personal guarantee",
        "teller": "Wang Fang",
    },
}


def values(language: str, *, much: bool) -> dict[str, Any]:
    """The values of a visit, as `desk/papers.py` makes them; `much`: every field, and long ones."""
    words = _WORDS[language]
    application, terms = _loan(words, much=much)
    raw = {**application, **terms}
    company = _company(words)
    person = {"name": words["name"], "document_number": "330106199001010028"}
    found: dict[str, Any] = {
        "visit": "v-1",
        "today": "2026-11-23",
        "branch": words["branch"],
        "customer": person if not much else {**person, "name": words["long_name"]},
        "intake": {"item": words["item"], "purpose": words["purpose"],
                   "account_class": words["class"], "account_class_raw": "basic"},
        "forms": {
            "application": {**application, **{f"{k}_raw": v for k, v in application.items()},
                            "purpose": words["purpose"], "guarantee": words["guarantee"]},
            "terms": terms,
            "company": {**company, **{f"{k}_raw": v for k, v in company.items()}},
            "details_phone": {"phone": "139 0000 7788"},
        },
        "before": {"phone": "138****0001"} if much else {},
        "answers": _answers(words, much=much),
        "script": {"service": "loan_interview", "version": 1},
        "cost": loan_figures(raw),
    }  # fmt: skip
    if much:
        guest = {"name": words["guest"], "document_number": "310104198805120041"}
        found["forms"]["guarantor_details"] = found["forms"]["agent_details"] = guest
        found["teller"] = {"name": words["teller"], "number": "8807"}
        found["forms"]["details"] = {"address": words["address"], "occupation": words["yes"]}
        found["forms"]["details_document"] = {"document_until": "2046-01-31"}
    return found


def _loan(words: dict[str, Any], *, much: bool) -> tuple[dict[str, str], dict[str, str]]:
    application = {
        "amount": "150000.00", "months": "36", "purpose": "renovation",
        "purpose_detail": words["detail"] * (3 if much else 1), "income": "12000.00",
        "debts": "0", "repayment_source": words["answer"], "rate": "4.35", "guarantee": "guarantor",
    }  # fmt: skip
    fees = {**FEES, "fee_payee": words["payee"]} if much else {}
    return application, {**TERMS, **fees}


def _company(words: dict[str, Any]) -> dict[str, str]:
    return {
        "company": words["company"], "credit_code": "91330108MA2AXXXX0Y",
        "business": words["business"], "registered_address": words["address"],
        "operating_address": words["address"], "beneficial_owner": words["name"],
        "owner_share": "62.5", "account_purpose": words["business"],
        "monthly_volume": "3500000", "risk": "low",
    }  # fmt: skip


def _answers(words: dict[str, Any], *, much: bool) -> dict[str, Any]:
    one = {"ask": words["ask"], "shown": words["answer"]}
    steps = ("will", "stated", "use", "means", "intermediaries", "guarantor_questions",
             "understanding")  # fmt: skip
    asked = {step: {f"q{n}": one for n in range(5)} for step in steps} if much else {}
    tax = {"residence": {"ask": "", "shown": words["china"]},
           "passive": {"ask": "", "shown": words["yes"]}}  # fmt: skip
    return {**asked, "tax": tax, "authority": {"scope": {"ask": "", "shown": words["guest"]}}}
