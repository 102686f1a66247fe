"""A visit's values for the papers of the three services: little, or every field filled."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import teller_server
from teller_server.desk.facts import VisitFacts
from teller_server.desk.papers import paper_values
from teller_server.domain.fields import Field
from teller_server.domain.script import Questions, ServiceScript, StepKind
from teller_server.domain.script_reader import read_script
from teller_server.domain.state import Visit

SCRIPTS = Path(teller_server.__file__).parent / "scripts"
SERVICES = ("change_of_details", "loan_interview", "corporate_account")
PAPERS = (
    ("change_of_details", "change_form"),
    ("loan_interview", "credit_authorisation"),
    ("loan_interview", "cost_table"),
    ("loan_interview", "interview_minutes"),
    ("loan_interview", "loan_contract"),
    ("loan_interview", "guarantee_letter"),
    ("corporate_account", "account_application"),
    ("corporate_account", "account_agreement"),
    ("corporate_account", "tax_residence"),
)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NAMES = {"zh-CN": "江海银行云柜台", "en": "River & Sea Bank, Online Branch"}
TICKET = "YG-0042"
TERMS = {
    "repayment": "equal_instalments", "service_fee": "0", "guarantee_fee": "0",
    "overdue_surcharge": "50", "misuse_surcharge": "100", "early_fee": "0",
}  # fmt: skip
LOAN = {"amount": "150000", "months": "36", "rate": "4.35", "income": "12000", "debts": "0"}
FEES = {"service_fee": "1,200.00", "guarantee_fee": "800.50", "early_fee": "1"}
PERSON = {"zh-CN": ("李雷", "买买提江·阿卜杜热合曼·热合木江"),
          "en": ("Ada Whitfield", "Maximiliana Featherstonehaugh-Cholmondeley")}  # fmt: skip
WORDS = {
    "zh-CN": "浙江省杭州市滨江区江南大道588号恒鑫大厦10层，改造厨房并付款给装饰公司。",
    "en": "Room 1002, 588 Jiangnan Avenue, Binjiang: a new kitchen, paid to a fitter. ",
}


@cache
def service(name: str) -> ServiceScript:
    return read_script(SCRIPTS / f"{name}.yaml")


def values(name: str, language: str, *, much: bool) -> dict[str, Any]:
    """What the branch gives the templates of a service; with `much` a guarantor or agent too."""
    script, who = service(name), PERSON[language]
    forms = {
        step.id: {f.name: sample(f, language, much=much) for f in step.fields if f.required or much}
        for step in script.of_kind(StepKind.FORM)
        if much or step.party == "customer"
    }
    facts = VisitFacts(
        name=who[much],
        document_number="330106199001010028",
        intake={f.name: sample(f, language, much=much) for f in script.intake},
        before={"phone": "13800000001", "address": WORDS[language]} if much else {},
        forms=forms,
        answers=_answers(script, language) if much else {},
    )
    visit = Visit(
        "v-1", name, script.skill, script.digest, language, "c-1", False, {}, ("customer",), (),
        NOON, ticket=TICKET,
    )  # fmt: skip
    return paper_values(visit, script, facts, NAMES, NOON)


def sample(field: Field, language: str, *, much: bool) -> str:
    """A value that the field accepts: the longest for texts, the last of a choice."""
    known = {**LOAN, **TERMS, **(FEES if much else {})}.get(field.name)
    text = (
        (WORDS[language] * 9)[: min(field.max_length or 80, 80)] if much else WORDS[language][:12]
    )
    by_type = {
        "choice": field.options[-1 if much else 0].value if field.options else "",
        "yes_no": "yes",
        "number": "12",
        "money": "3500000" if much else "2000",
        "date": "2046-01-31",
        "phone": "13900007788",
        "credit_code": "91350100M000100Y43",
        "resident_id": "11010519491231002X",
    }
    value = by_type.get(field.type, text.strip())
    if known is not None and field.error(known) is None:
        value = known
    assert field.error(value) is None, (field.name, value)
    return value


def _answers(script: ServiceScript, language: str) -> dict[str, dict[str, str]]:
    return {
        step.id: {q.id: sample(q.answer, language, much=True) for q in step.detail.pool}
        for step in script.of_kind(StepKind.QUESTION)
        if isinstance(step.detail, Questions)
    }
