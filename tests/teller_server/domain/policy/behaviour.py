"""What each enforced clause of cn-bank comes to: one check each, by the name its clause gives.

A check takes a policy and asserts what a bank would notice; it holds with the pack, and fails
with the pack's rules for that clause taken out. `test_clauses` runs both.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from teller_server.domain.policy import (
    BranchPolicy,
    PolicyConflict,
    combine,
    judge,
    lapsed,
    standings,
)
from teller_server.domain.policy.kinds_branch import RetentionRule
from teller_server.domain.policy.opening import second_person
from teller_server.domain.script import ServiceScript, StepKind

from .material import (
    bundled,
    clauses_against,
    last,
    minus,
    minus_consent,
    minus_field,
    minus_flag,
    minus_question,
    only_when,
    pack,
    reading,
    script,
    softer,
    with_consent,
    with_step,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def refused(policy: BranchPolicy, clause: str, *changed: ServiceScript) -> None:
    """Each of these scripts is refused, and this clause is named as a reason."""
    for one in changed:
        assert clause in clauses_against(policy, one), one.service


# ---- sales


def a_sale_needs_its_recording(policy: BranchPolicy) -> None:
    sale = script("wealth_sale")
    refused(policy, "CN-B-01", minus_consent(sale, "recording"))
    refused(policy, "CN-B-01", with_consent(sale, "recording", required=False))


def a_sale_has_its_chapters(policy: BranchPolicy) -> None:
    sale = script("wealth_sale")
    for chapter in ("pitch", "risk", "confirm"):
        refused(policy, "CN-B-05", minus(sale, chapter), only_when(sale, chapter, "old"))
    refused(policy, "CN-B-05", with_step(sale, "risk", acknowledge="seen"))


def no_recording_consent_no_service(policy: BranchPolicy) -> None:
    for service in ("change_of_details", "loan_interview", "corporate_account"):
        whole = script(service)
        refused(policy, "CN-B-06", with_consent(whole, "recording", required=False))
        refused(policy, "CN-B-06", minus(whole, "recording_consent"))
        refused(policy, "CN-B-06", with_step(whole, "recording_consent", on_refuse="continue"))
        refused(policy, "CN-B-06", last(whole, "recording_consent"))


def nothing_happens_without_live_picture(policy: BranchPolicy) -> None:
    whole = script("loan_interview")
    for step in ("recording_consent", "will", "document", "face", "presence", "contract_sign"):
        refused(policy, "CN-B-07", with_step(whole, step, needs=frozenset()))


def tellers_are_qualified_and_say_who_they_are(policy: BranchPolicy) -> None:
    whole = script("corporate_account")
    refused(policy, "CN-B-08", replace(whole, skill="anything"))
    silent = dict.fromkeys(whole.languages, "…")
    refused(policy, "CN-B-08", with_step(whole, "recording_consent", say=silent))
    assert "own_tellers" in lapsed(policy, (), NOW, "corporate_account")


def a_sale_is_checked_by_somebody_else(policy: BranchPolicy) -> None:
    refused(policy, "CN-B-10", minus(script("wealth_sale"), "check"))


# ---- loans


def no_housing_loan_by_video(policy: BranchPolicy) -> None:
    found = judge(policy, "loan_interview", {"intake.purpose": "housing"})
    assert found.decision == "deny"
    assert found.outcome == "other_channel"
    assert found.offers
    assert judge(policy, "loan_interview", {"intake.purpose": "education"}).decision == "allow"
    loan = script("loan_interview")
    refused(policy, "CN-L-01", minus_question(loan, "use", "housing"))
    refused(policy, "CN-L-01", softer(loan, "use", "housing"), replace(loan, intake=()))


def the_interview_runs_on_the_banks_own_platform(policy: BranchPolicy) -> None:
    assert "own_platform" in lapsed(policy, (), NOW, "loan_interview")
    refused(policy, "CN-L-02", minus_consent(script("loan_interview"), "recording"))


def identity_comes_before_the_interview(policy: BranchPolicy) -> None:
    loan = script("loan_interview")
    for step in ("document", "face", "guarantor_document", "guarantor_face"):
        refused(policy, "CN-L-03", minus(loan, step), last(loan, step))
    refused(policy, "CN-L-03", minus_field(loan, "guarantor_details", "guest_document"))


def no_contract_is_signed_here_above_the_limit(policy: BranchPolicy) -> None:
    loan = script("loan_interview")
    assert judge(policy, "loan_interview", {"intake.amount": Decimal(200000)}).decision == "allow"
    above = judge(policy, "loan_interview", {"intake.amount": Decimal("200000.01")})
    assert (above.decision, above.outcome) == ("limit", "sign_at_branch")
    refused(policy, "CN-L-04", with_step(loan, "contract_sign", when=None))
    (report,) = loan.of_kind(StepKind.COMMIT)
    refused(policy, "CN-L-04", with_step(loan, report.id, effect="core.grant_loan", when=None))
    for gate in ("not housing", "unknown_name", "not above_esign_limit or with_guarantor"):
        refused(policy, "CN-L-04", only_when(loan, "contract_sign", gate))
    looser = dict(loan.conditions)
    looser["above_esign_limit"] = replace(
        looser["above_esign_limit"], text="application.amount > 200001"
    )
    refused(policy, "CN-L-04", replace(loan, conditions=looser))
    refused(policy, "CN-L-04", last(loan, "application"))
    for step in ("contract_sign", "guarantee_sign", "branch_signing"):
        refused(policy, "CN-L-04", minus(loan, step), last(loan, step))
    refused(policy, "CN-L-04", with_step(loan, "contract_sign", on_refuse="continue"))
    for step in ("contract_sign", "guarantee_sign"):
        refused(policy, "CN-L-04", only_when(loan, step, "not above_esign_limit and fees_charged"))


def purpose_means_and_repayment_are_asked_and_a_second_person_decides(
    policy: BranchPolicy,
) -> None:
    loan = script("loan_interview")
    for field in (
        "purpose", "purpose_detail", "amount", "months", "rate", "income", "debts",
        "repayment_source",
    ):  # fmt: skip
        refused(policy, "CN-L-07", minus_field(loan, "application", field))
    refused(policy, "CN-L-07", minus_field(loan, "terms", "repayment"))
    for step, question in (
        ("stated", "amount"), ("stated", "months"), ("use", "exactly"), ("use", "papers_shown"),
        ("means", "income_shown"), ("means", "other_loans"), ("means", "repayment"),
    ):  # fmt: skip
        refused(policy, "CN-L-07", minus_question(loan, step, question))
    refused(policy, "CN-L-07", softer(loan, "means", "income_shown"))
    refused(policy, "CN-L-07", minus(loan, "check"), minus(loan, "contract_points"))
    refused(policy, "CN-L-07", with_step(loan, "contract_points", acknowledge="seen"))


def the_cost_table_is_complete_and_read_out(policy: BranchPolicy) -> None:
    loan = script("loan_interview")
    refused(policy, "CN-L-08", minus(loan, reading(loan, "cost_table")), minus(loan, "cost_spoken"))
    for field in ("service_fee", "guarantee_fee", "overdue_surcharge", "early_fee"):
        refused(policy, "CN-L-08", minus_field(loan, "terms", field))
    refused(policy, "CN-L-08", minus(loan, "minutes_sign"))


def the_cost_table_is_read_for_its_time_before_signing(policy: BranchPolicy) -> None:
    loan = script("loan_interview")
    table = reading(loan, "cost_table")
    refused(policy, "CN-L-09", minus(loan, table), last(loan, table))
    refused(policy, "CN-L-09", with_step(loan, table, acknowledge="seen"))
    refused(policy, "CN-L-09", only_when(loan, table, "above_esign_limit"))
    refused(policy, "CN-L-09", minus(loan, "minutes_sign"), last(loan, "minutes_sign"))


# ---- accounts and who the customer is


def everybody_shows_an_own_document(policy: BranchPolicy) -> None:
    refused(policy, "CN-A-01", minus(script("change_of_details"), "document"))
    refused(policy, "CN-A-01", minus(script("corporate_account"), "agent_document"))
    refused(policy, "CN-A-01", minus(script("loan_interview"), "guarantor_document"))
    refused(policy, "CN-A-01", minus(script("corporate_account"), "agent_details"))


def document_person_and_will_are_three_findings(policy: BranchPolicy) -> None:
    for service in ("change_of_details", "loan_interview", "corporate_account"):
        whole = script(service)
        refused(policy, "CN-A-02", *(minus(whole, one) for one in ("document", "face", "will")))
        refused(policy, "CN-A-02", minus(whole, "registers"), last(whole, "registers"))
        refused(policy, "CN-A-02", with_step(whole, "registers", checks=("screening",)))
        refused(policy, "CN-A-02", minus_flag(whole, "registry_not_confirmed"))
        refused(policy, "CN-A-02", minus_question(whole, "document_back", "valid_until"))


def the_face_is_an_aid_and_never_alone(policy: BranchPolicy) -> None:
    whole = script("change_of_details")
    refused(policy, "CN-A-03", with_step(whole, "face", alternative=()))
    refused(policy, "CN-A-03", with_consent(whole, "face", required=True))


def no_class_one_account_by_video(policy: BranchPolicy) -> None:
    found = judge(policy, "open_account", {"intake.account_class": "I"})
    assert (found.decision, found.outcome) == ("deny", "other_channel")
    assert judge(policy, "open_account", {"intake.account_class": "II"}).decision == "allow"
    refused(policy, "CN-A-04", replace(script("open_account"), intake=()))


def opening_a_lesser_account_keeps_the_document(policy: BranchPolicy) -> None:
    refused(policy, "CN-A-05", minus(script("open_account"), "document"))


def no_account_service_without_the_bound_accounts_bank(policy: BranchPolicy) -> None:
    refused(policy, "CN-A-06", script("open_account"))


def suspicion_rules_approval_out(policy: BranchPolicy) -> None:
    for service in ("change_of_details", "loan_interview", "corporate_account"):
        refused(policy, "CN-A-07", minus_flag(script(service), "prompted"))
        refused(policy, "CN-A-07", minus_flag(script(service), "registry_not_confirmed"))
    refused(policy, "CN-A-07", minus_flag(script("corporate_account"), "in_groups"))


def a_new_phone_number_is_proven_and_belongs_to_one_person(policy: BranchPolicy) -> None:
    change = script("change_of_details")
    refused(policy, "CN-A-08", minus(change, "code_new"), last(change, "code_new"))
    refused(policy, "CN-A-08", with_step(change, "code_new", to="customer.phone"))
    refused(policy, "CN-A-08", only_when(change, "code_new", "light"))
    refused(policy, "CN-A-08", minus_flag(change, "number_in_use"))
    refused(policy, "CN-A-08", minus(change, "number_register"))
    refused(policy, "CN-A-08", with_step(change, "number_register", phone="customer.phone"))
    refused(policy, "CN-A-08", minus_question(change, "number_reason", "own_number"))


def what_carries_risk_is_looked_at_more_deeply(policy: BranchPolicy) -> None:
    change = script("change_of_details")
    for step in ("check", "number_reason", "code_old", "effects_phone", "effects_document"):
        refused(policy, "CN-A-17", minus(change, step), last(change, step))
    for step in ("check", "code_old", "effects_phone"):
        refused(policy, "CN-A-17", only_when(change, step, "renewal"))
    refused(policy, "CN-A-17", with_step(change, "code_old", to="details_phone.phone"))
    refused(policy, "CN-A-17", minus_consent(change, "recording"))
    kept = {rule.artefact: rule for rule in policy.of(RetentionRule)}["visit_evidence"]
    assert (str(kept.at_least), kept.hold) == ("P10Y", ("dispute",))


def a_vague_company_gets_no_full_account(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    refused(policy, "CN-A-09", minus(company, "business"), minus_flag(company, "knows_nothing"))
    refused(policy, "CN-A-09", with_step(company, "business", draw=2))
    refused(policy, "CN-A-09", with_step(company, "business", shuffle=False))
    refused(policy, "CN-A-09", minus_question(company, "licence", "stated_operating"))
    refused(policy, "CN-A-09", minus(company, "branch_rest", "tax_at_branch"))
    refused(policy, "CN-A-09", minus(company, "limits"), only_when(company, "limits", "with_agent"))


def the_legal_representative_states_the_will(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    refused(policy, "CN-A-10", minus(company, "will_statement"), last(company, "will_statement"))
    refused(policy, "CN-A-10", with_step(company, "will_statement", acknowledge="seen"))
    refused(policy, "CN-A-10", minus_question(company, "licence", "named_on_it"))
    refused(policy, "CN-A-10", softer(company, "licence", "named_on_it"))
    refused(policy, "CN-A-10", minus(company, "check"))


def a_basic_account_is_the_only_one_and_is_filed(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    refused(policy, "CN-A-11", minus_flag(company, "basic_account_exists"))
    refused(policy, "CN-A-11", minus(company, "branch_rest"))
    filed = [s for s in standings(policy, ()) if "CN-A-11" in s.rule.clauses]
    assert [one.rule.attestation for one in filed] == ["account_follow_up"]


def the_beneficial_owner_and_the_purpose_are_known(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    for field in ("beneficial_owner", "owner_share", "account_purpose"):
        refused(policy, "CN-A-13", minus_field(company, "company", field))
    for question in ("controls", "nominee"):
        refused(policy, "CN-A-13", minus_question(company, "owner", question))


def an_agent_is_identified_and_authorised(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    refused(policy, "CN-A-14", minus(company, "authority"), minus(company, "agent_questions"))
    refused(policy, "CN-A-14", minus(company, "agent_document"), minus(company, "agent_face"))
    refused(policy, "CN-A-14", replace(company, guests=()))


def a_position_serves_against_fraud_alone(policy: BranchPolicy) -> None:
    """Beside a pack that shows the position in the picture, this one objects."""
    with pytest.raises(PolicyConflict) as conflict:
        combine([*policy.packs, pack("in-vcip")])
    assert {"CN-A-18", "IN-1.4"} <= conflict.value.clauses


def nobody_opens_an_account_unwarned(policy: BranchPolicy) -> None:
    company = script("corporate_account")
    refused(policy, "CN-A-19", minus(company, "warnings"), last(company, "warnings"))
    refused(policy, "CN-A-19", with_step(company, "warnings", acknowledge="seen"))
    refused(policy, "CN-A-19", only_when(company, "warnings", "basic_account"))
    refused(policy, "CN-A-19", minus(script("loan_interview"), "warnings"))


# ---- personal information, faces, signatures


def a_no_to_the_face_ends_nothing(policy: BranchPolicy) -> None:
    whole = script("loan_interview")
    refused(policy, "CN-P-01", with_consent(whole, "face", required=True))
    refused(policy, "CN-P-01", replace(whole, languages=("en",)))
    assert "rights_of_data_subjects" in lapsed(policy, (), NOW)


def sensitive_data_has_a_consent_of_its_own(policy: BranchPolicy) -> None:
    whole = script("loan_interview")
    together = tuple(bundled(c) for c in whole.consents if c.id == "recording")
    refused(policy, "CN-P-02", replace(whole, consents=together))
    refused(policy, "CN-P-02", minus(whole, "credit_consent"), last(whole, "credit_consent"))
    refused(policy, "CN-P-02", minus(whole, "credit_sign"), last(whole, "credit_sign"))


def what_must_be_kept_is_frozen_not_used(policy: BranchPolicy) -> None:
    kept = {rule.artefact: rule for rule in policy.of(RetentionRule)}
    for artefact in ("identity_data", "visit_evidence"):
        assert kept[artefact].then == "freeze", artefact
        assert str(kept[artefact].at_least) == "P10Y"


def everything_is_kept_in_china(policy: BranchPolicy) -> None:
    """Beside a pack that keeps everything elsewhere, there is no branch."""
    with pytest.raises(PolicyConflict) as conflict:
        combine([*policy.packs, pack("in-vcip")])
    assert {"CN-P-04", "IN-3.1"} <= conflict.value.clauses
    assert "kept_in_china" in lapsed(policy, (), NOW)


def the_face_is_asked_for_first_and_children_need_a_guardian(policy: BranchPolicy) -> None:
    child = judge(policy, "change_of_details", {"customer.age": Decimal(13)})
    assert (child.decision, child.outcome) == ("deny", "other_channel")
    assert judge(policy, "change_of_details", {"customer.age": Decimal(14)}).decision == "allow"
    refused(policy, "CN-P-06", minus_consent(script("change_of_details"), "face"))


def keeping_the_face_is_a_question_of_its_own(policy: BranchPolicy) -> None:
    whole = script("corporate_account")
    refused(policy, "CN-P-07", minus_consent(whole, "face_storage"))
    refused(policy, "CN-P-07", with_consent(whole, "face_storage", required=True))


def the_number_of_stored_faces_is_vouched_for(policy: BranchPolicy) -> None:
    assert "stored_faces_counted" in lapsed(policy, (), NOW)


def no_consent_is_bundled_or_forced(policy: BranchPolicy) -> None:
    whole = script("change_of_details")
    refused(policy, "CN-P-10", with_consent(whole, "face", required=True))
    refused(policy, "CN-P-10", with_consent(whole, "face_storage", required=True))
    together = tuple(bundled(c) if c.id == "recording" else c for c in whole.consents)
    refused(policy, "CN-P-10", replace(whole, consents=together))


def a_copy_that_leaves_takes_a_second_person(policy: BranchPolicy) -> None:
    for service in ("change_of_details", "wealth_sale"):
        assert second_person(policy, service) == "export"


def only_a_known_signer_signs_what_was_read(policy: BranchPolicy) -> None:
    loan = script("loan_interview")
    for paper in loan.papers:
        step = reading(loan, paper)
        refused(policy, "CN-P-11", minus(loan, step), last(loan, step))
    for step in ("document", "face", "guarantor_face"):
        refused(policy, "CN-P-11", minus(loan, step), last(loan, step))
    refused(policy, "CN-P-11", only_when(loan, reading(loan, "loan_contract"), "with_guarantor"))
    refused(policy, "CN-P-11", with_step(loan, "contract_sign", needs=frozenset()))
    refused(policy, "CN-P-11", minus(script("change_of_details"), "form_sign"))
    refused(policy, "CN-P-11", minus(script("corporate_account"), "sign_papers"))
    company = script("corporate_account")
    for paper in ("account_application", "account_agreement"):
        others = tuple(p for p in company.step("sign_papers").detail.papers if p != paper)  # type: ignore[union-attr]
        refused(policy, "CN-P-11", with_step(company, "sign_papers", papers=others))
