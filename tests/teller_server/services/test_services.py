"""The three services as they are shipped: whole, in both languages, in the order that is owed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import teller_server
from teller_server.domain import conditions, texts
from teller_server.domain.fields import Fact
from teller_server.domain.policy import combine, compile_service, load_packs
from teller_server.domain.script import (
    AFTER_CALL,
    LANGUAGES,
    Commit,
    ConsentAsked,
    FaceMatch,
    HandOver,
    Liveness,
    OneTimeCode,
    Questions,
    ServiceScript,
    Sign,
    Step,
    StepKind,
    TellerDecision,
    Words,
)
from teller_server.domain.script_reader import read_script
from teller_server.systems.port import CHANGE_DETAILS, LOAN_INTERVIEW, OPEN_ACCOUNT

HOUSE = Path(teller_server.__file__).parent
SERVICES = ("change_of_details", "loan_interview", "corporate_account")
WIDE = r"[\u3000-\u9fff\uff00-\uffef]"
OPENING = [
    "recording_consent", "safety_notice", "document", "document_back", "face", "registers",
]  # fmt: skip
NUMBER: dict[str, Fact] = {"customer.known": True, "intake.item": "phone"}
LOAN: dict[str, Fact] = {
    "customer.known": True,
    "intake.purpose": "renovation",
    "intake.amount": Decimal(150_000),
    "stated.amount": Decimal(150_000),
    "application.amount": Decimal(150_000),
    "application.guarantee": "none",
    "terms.service_fee": Decimal(0),
    "terms.guarantee_fee": Decimal(0),
}
COMPANY: dict[str, Fact] = {
    "customer.known": True,
    "intake.account_class": "basic",
    "intake.credit_code": "91350100M000100Y43",
    "licence.credit_code": "91350100M000100Y43",
    "licence.stated_operating": "here",
    "authority.has_agent": False,
    "company.risk": "low",
    "tax.residence": "china_only",
    "tax.passive": False,
}


@cache
def service(name: str) -> ServiceScript:
    return read_script(HOUSE / "scripts" / f"{name}.yaml")


def path(name: str, facts: Mapping[str, Fact]) -> list[str]:
    """The steps that take place when all of these facts are known."""
    script = service(name)
    holds = {c: condition.holds(facts) for c, condition in script.conditions.items()}
    known = {c: held for c, held in holds.items() if held is not None}
    return [
        step.id
        for step in script.steps
        if conditions.holds(step.when.text if step.when else "", known) is not False
    ]


def said(script: ServiceScript) -> Iterator[tuple[str, Words]]:
    """Every text of a script, with where it stands."""
    yield from (("title", script.title), ("summary", script.summary), ("effects", script.effects))
    yield from (("bring", words) for words in script.bring)
    for consent in script.consents:
        for words in (consent.title, consent.body, consent.if_refused):
            yield consent.id, words
    for field in script.intake:
        yield field.name, field.label
        yield from ((field.name, option.label) for option in field.options)
    for step in script.steps:
        yield from ((step.id, words) for words in _of_step(step))


def _of_step(step: Step) -> Iterator[Words]:
    yield from (step.title, step.task)
    if step.kind not in AFTER_CALL:
        yield step.say
    for field in step.fields:
        yield field.label
        yield from (option.label for option in field.options)
    match step.detail:
        case ConsentAsked(if_refused=words) | Sign(sentence=words):
            yield words
        case Questions(pool=pool):
            for question in pool:
                yield question.ask
                yield from (option.label for option in question.answer.options)
                if question.otherwise == "flag":
                    yield question.flag
        case Liveness(prompts=prompts):
            yield from (prompt.ask for prompt in prompts)
        case TellerDecision(flags=flags):
            yield from (flag.label for flag in flags)
        case HandOver(items=items):
            yield from items


@pytest.mark.parametrize("name", SERVICES)
def test_every_text_stands_in_both_languages(name: str) -> None:
    for where, words in said(service(name)):
        assert set(words) == set(LANGUAGES), where
        plain = {language: re.sub(r"\{\{.*?\}\}", "", words[language]) for language in LANGUAGES}
        assert re.search(r"[\u4e00-\u9fff]", plain["zh-CN"]), (where, plain["zh-CN"])
        assert re.search(r"[A-Za-z]", plain["en"]), where
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", plain["en"]), (where, plain["en"])
        assert not re.search(r"[\u4e00-\u9fff][,;?!]", plain["zh-CN"]), (where, plain["zh-CN"])
        assert not re.search(WIDE + r"\s+" + WIDE, words["zh-CN"]), (where, words["zh-CN"])


@pytest.mark.parametrize("name", SERVICES)
def test_texts_name_the_same_values_in_both_languages(name: str) -> None:
    for where, words in said(service(name)):
        shown = [{n for _, n in texts.compile_text(words[lang]).names} for lang in LANGUAGES]
        assert shown[0] == shown[1], (where, shown)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stands_under_the_law_of_mainland_china(name: str) -> None:
    pack = HOUSE / "packs" / "cn-bank.yaml"
    policy = combine(load_packs({pack.name: pack.read_text(encoding="utf-8")}))
    compiled = compile_service(service(name), policy)
    assert not compiled.conflicts
    assert {step.id for step in compiled.script.steps} == {s.id for s in service(name).steps}


@pytest.mark.parametrize("name", SERVICES)
def test_every_visit_opens_with_who_is_who_and_ends_with_a_decision(name: str) -> None:
    script = service(name)
    ids = [step.id for step in script.steps]
    assert ids[: len(OPENING)] == OPENING
    assert ids.index("will") < ids.index("closing") < ids.index("decision") < ids.index("check")
    commit = script.steps[-1].detail
    assert isinstance(commit, Commit)
    assert commit.effect in {CHANGE_DETAILS, LOAN_INTERVIEW, OPEN_ACCOUNT}
    assert [consent.id for consent in script.consents] == ["recording", "face", "face_storage"]
    assert [consent.required for consent in script.consents] == [True, False, False]
    for step in script.steps:
        if step.kind not in AFTER_CALL and step.kind is not StepKind.HAND_OVER:
            assert "live_video" in step.needs, step.id
        if step.kind is StepKind.SIGN:
            assert "fresh_face" in step.needs, step.id
        if isinstance(step.detail, FaceMatch):
            assert step.detail.alternative == ("agent_visual",)
        if isinstance(step.detail, Liveness):
            assert any(not prompt.motor for prompt in step.detail.prompts)


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_signed_was_read_before(name: str) -> None:
    read: set[tuple[str, str]] = set()
    for step in service(name).steps:
        if step.kind is StepKind.DOCUMENT:
            read.add((step.party, step.detail.paper))  # type: ignore[union-attr]
        if isinstance(step.detail, Sign):
            assert {(step.party, paper) for paper in step.detail.papers} <= read, step.id


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_says_that_it_is_done_before_the_receipt(name: str) -> None:
    done = re.compile(r"(.{0,12})(已经?开立|已经?批准|已经?发放|已经?变更|已经?办成)")
    opened = re.compile(r"(.{0,60})\b(has been (opened|approved|paid out|changed)|is open)\b")
    for where, words in said(service(name)):
        for before, *_ in done.findall(words["zh-CN"]):
            assert re.search("不|未|就算|即代表|以为", before), (where, words["zh-CN"])
        for before, *_ in opened.findall(words["en"]):
            assert re.search(r"not|n't|whether|nothing|until", before, re.I), (where, words["en"])


def test_an_address_takes_the_light_way() -> None:
    facts: dict[str, Fact] = {"customer.known": True, "intake.item": "address"}
    assert path("change_of_details", facts) == [
        *OPENING, "will", "details", "confirmation", "closing", "decision", "change",
    ]  # fmt: skip
    assert service("change_of_details").step("details").fields[0].name == "address"


def test_a_new_number_is_proven_on_both_telephones() -> None:
    way = path("change_of_details", NUMBER | {"number_reason.old_alive": True})
    assert {"presence", "code_new", "code_old", "effects_phone", "form_sign", "check"} <= set(way)
    assert way.index("details_phone") < way.index("code_new") < way.index("form_read")
    assert "old_number_gone" not in way
    script = service("change_of_details")
    codes = [s.detail.to for s in script.steps if isinstance(s.detail, OneTimeCode)]
    assert codes == ["details_phone.phone", "customer.phone"]


def test_where_the_old_number_is_dead_its_end_is_explained() -> None:
    way = path("change_of_details", NUMBER | {"number_reason.old_alive": False})
    assert "old_number_gone" in way
    assert "code_old" not in way
    assert "possession" in way


def test_no_number_is_entered_where_no_code_is_sent_to_it() -> None:
    script = service("change_of_details")
    with_number = [s for s in script.steps if any(f.type == "phone" for f in s.fields)]
    assert [step.id for step in with_number] == ["details_phone"]
    assert with_number[0].when == script.step("code_new").when


def test_a_renewal_reads_its_own_words_and_is_checked() -> None:
    way = path("change_of_details", {"customer.known": True, "intake.item": "document"})
    assert {"renewal_reason", "details_document", "effects_document", "check"} <= set(way)
    assert not {"code_new", "details", "details_phone"} & set(way)


def test_a_plain_loan_is_signed_here() -> None:
    way = path("loan_interview", LOAN)
    order = ["credit_consent", "credit_sign", "stated", "application", "use", "means",
             "intermediaries", "terms", "cost_read", "cost_spoken", "contract_points", "warnings",
             "understanding", "minutes_read", "minutes_sign", "contract_read", "contract_sign",
             "decision", "check", "report"]  # fmt: skip
    assert [step for step in way if step in order] == order
    assert not {"branch_signing", "why_differs", "fees_explained", "contact"} & set(way)
    assert not [step for step in way if step.startswith("guarant")]


@pytest.mark.parametrize("where", ["intake.amount", "application.amount"])
def test_above_the_limit_the_contract_waits_for_the_branch(where: str) -> None:
    at_limit = path("loan_interview", LOAN | {where: Decimal(200_000)})
    assert "contract_sign" in at_limit
    above = path("loan_interview", LOAN | {where: Decimal("200000.01")})
    assert "branch_signing" in above
    assert not {"contract_read", "contract_sign", "guarantee_sign"} & set(above)
    assert {"minutes_sign", "cost_read", "check"} <= set(above)
    assert above[-1] == "report", "the bank is told of the interview, and pays nothing out"


def test_a_guarantor_is_known_asked_and_signs_alone() -> None:
    way = path("loan_interview", LOAN | {"application.guarantee": "guarantor"})
    theirs = [s.id for s in service("loan_interview").steps if s.party == "guarantor"]
    assert theirs == [step for step in way if step in theirs]
    assert {"guarantor_document", "guarantor_face", "guarantor_will", "guarantor_details",
            "guarantor_questions", "guarantee_read", "guarantee_sign"} <= set(theirs)  # fmt: skip


def test_housing_can_neither_be_entered_nor_said() -> None:
    script = service("loan_interview")
    purpose = next(f for f in script.step("application").fields if f.name == "purpose")
    assert purpose.error("housing") == "not_an_option"
    asked = script.step("use").detail
    assert isinstance(asked, Questions)
    housing = next(question for question in asked.pool if question.id == "housing")
    assert (housing.expect, housing.otherwise) == ("no", "end")


def test_a_company_is_questioned_and_what_remains_is_handed_over() -> None:
    way = path("corporate_account", COMPANY)
    order = ["licence", "will_statement", "business", "company", "owner", "authority", "warnings",
             "duties", "tax", "application_read", "agreement_read", "sign_papers", "branch_rest",
             "decision", "check", "account"]  # fmt: skip
    assert [step for step in way if step in order] == order
    assert not {"code_question", "limits", "tax_at_branch", "agent_document"} & set(way)
    pool = service("corporate_account").step("business").detail
    assert isinstance(pool, Questions)
    assert (pool.draw, pool.shuffle, len(pool.pool)) == (3, True, 7)


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"licence.credit_code": "911101080000000000"}, "code_question"),
        ({"company.risk": "high"}, "limits"),
        ({"licence.stated_operating": "elsewhere"}, "limits"),
        ({"authority.has_agent": True}, "agent_questions"),
        ({"tax.residence": "both"}, "tax_at_branch"),
        ({"tax.passive": True}, "tax_at_branch"),
        ({"customer.known": False}, "contact_code"),
    ],
)
def test_what_is_out_of_the_ordinary_has_its_step(changed: dict[str, Fact], step: str) -> None:
    assert step in path("corporate_account", COMPANY | changed)


def test_lending_an_account_is_warned_of_and_answered() -> None:
    warned = service("corporate_account").step("warnings")
    assert "出租、出借" in warned.say["zh-CN"]
    assert "请大声回答" in warned.say["zh-CN"]
