"""Packs together: the strictest holds, and what can't hold together is said at load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teller_server.domain.policy import (
    KINDS,
    PolicyConflict,
    PolicyPack,
    combine,
    compile_service,
)
from teller_server.domain.policy.compiling import visit_policy
from teller_server.domain.policy.kinds_branch import AssignmentRule, RetentionRule
from teller_server.domain.policy.kinds_session import OnDisruptionRule
from teller_server.domain.policy.kinds_step import (
    ConsentRule,
    FaceMatchRule,
    IdDocumentRule,
    OtpRule,
    RandomQuestionsRule,
)
from teller_server.domain.policy.rules import Guard, merged, parameters

from .material import SERVICES, clauses_against, pack, script, with_step
from .neighbours import bafin, europe, insurance, neighbour, nist

EUROPEAN = (bafin(), europe(), nist())


def test_there_are_the_44_kinds_of_the_catalogue_at_their_levels() -> None:
    assert len(KINDS) == 44
    levels = {guard: sum(1 for kind in KINDS.values() if kind.guard is guard) for guard in Guard}
    assert levels == {"step": 18, "session": 13, "queue": 3, "effect": 5, "pack": 5}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_merges_with_itself_unchanged(kind: type) -> None:
    """A pack chosen beside another that says the same changes nothing."""
    rule = kind(clauses=("A",), source="a.yaml", line=1)
    again = merged([rule, replace(rule, clauses=("B",), source="b.yaml")])
    assert again.clauses == ("A", "B")
    assert all(getattr(again, name) == getattr(rule, name) for name in parameters(kind))


@pytest.mark.parametrize("packs", [(bafin(),), (nist(),), (europe(),), (insurance(),)])
def test_the_format_carries_the_packs_that_come_next(packs: tuple[PolicyPack, ...]) -> None:
    policy = combine([pack(), *packs])
    assert len(policy.pins) == 2


def test_c1_an_abort_wins_over_a_resume() -> None:
    (resumed,) = combine([nist()]).of(OnDisruptionRule)
    (aborted,) = combine([nist(), pack(), bafin()]).of(OnDisruptionRule)
    assert (resumed.mode, aborted.mode) == ("resume_code", "abort_fresh")
    assert visit_policy(combine([nist()]), "loan_interview").on_disruption == "resume"
    assert visit_policy(combine([nist(), bafin()]), "x").on_disruption == "abort_fresh"


def test_c3_the_longest_least_and_the_shortest_most() -> None:
    policy = combine([pack(), bafin(), europe()])
    kept = {rule.artefact: rule for rule in policy.of(RetentionRule)}["visit_evidence"]
    assert (str(kept.at_least), str(kept.at_most), kept.then) == ("P10Y", "P15Y", "freeze")
    assert {"CN-A-17", "DE-10.1", "EU-21"} <= set(kept.clauses)


def test_c3_an_empty_range_is_an_error_that_names_both_clauses() -> None:
    rule = "retention: {clauses: [XX-9], artefact: visit_evidence, at_most: P5Y, then: delete}"
    short = neighbour("short", (rule,))
    with pytest.raises(PolicyConflict) as conflict:
        combine([pack(), short])
    (problem,) = conflict.value.problems
    assert set(problem.clauses) == {"CN-A-17", "XX-9"}
    assert str(problem).startswith("cn-bank.yaml:")
    assert f"short.yaml:{short.rules[0].line}" in problem.what


def test_c4_one_branch_has_one_residency() -> None:
    elsewhere = neighbour("there", ("data_residency: {clauses: [YY-1], countries: [DE, FR]}",))
    with pytest.raises(PolicyConflict) as conflict:
        combine([pack(), elsewhere])
    assert conflict.value.clauses == {"CN-P-04", "YY-1"}
    here_too = neighbour("too", ("data_residency: {clauses: [YY-1], countries: [CN, SG]}",))
    assert combine([pack(), here_too]).packs


def test_c5_a_required_face_keeps_its_alternatives() -> None:
    indian = replace(pack("in-vcip"), rules=tuple(
        rule for rule in pack("in-vcip").rules if isinstance(rule, FaceMatchRule)
    ))  # fmt: skip
    (face,) = combine([pack(), indian, nist()]).of(FaceMatchRule)
    assert face.required
    assert face.auxiliary
    assert set(face.alternative) == {"agent_visual", "referee"}


def test_c7_questions_for_verification_are_forbidden_where_nist_is_loaded() -> None:
    asking = neighbour("kbv", ("random_questions: {clauses: [KB-1], purpose: verification}",))
    alone = {rule.purpose for rule in combine([asking]).of(RandomQuestionsRule)}
    beside = {rule.purpose for rule in combine([asking, nist()]).of(RandomQuestionsRule)}
    assert alone == {"verification"}
    assert beside == {"fraud_signal"}
    loan = with_step(script("loan_interview"), "will", purpose="verification")
    assert "US-09" in clauses_against(combine([nist()]), loan)


def test_c11_chance_wins_over_the_customers_own_banker() -> None:
    own = neighbour("own", ("assignment: {clauses: [OW-1], mode: dedicated}",))
    (rule,) = combine([own, bafin()]).of(AssignmentRule)
    assert rule.mode == "random"


def test_c14_a_refused_recording_ends_it_where_one_pack_says_so() -> None:
    (free,) = combine([nist()]).of(ConsentRule)
    strict = [r for r in combine([nist(), pack()]).of(ConsentRule) if r.purpose == "recording"]
    assert free.on_refuse == "continue_unrecorded"
    assert [rule.on_refuse for rule in strict] == ["deny"]


def test_c17_a_disagreement_aborts_where_europe_is_loaded() -> None:
    (face,) = combine([pack(), europe()]).of(FaceMatchRule)
    assert face.disagree == "abort"


def test_numbers_take_the_stricter_side() -> None:
    (code,) = combine([bafin(), nist()]).of(OtpRule)
    assert (code.digits, code.seconds, code.in_session) == (6, 600, True)
    (document,) = combine([bafin(), europe()]).of(IdDocumentRule)
    assert (document.features, document.optically_variable, document.mrz) == (3, 2, True)


def test_a_consent_can_not_be_free_and_bound() -> None:
    bound = neighbour("b", ("consent: {clauses: [BB-1], purpose: face, on_refuse: deny}",))
    with pytest.raises(PolicyConflict) as conflict:
        combine([pack(), bound])
    assert {"CN-P-01", "BB-1"} <= conflict.value.clauses


def test_a_clause_belongs_to_one_pack() -> None:
    with pytest.raises(PolicyConflict, match=r"CN-B-01 is in cn-bank\.yaml as well"):
        combine([pack(), pack()])


@pytest.mark.parametrize("service", SERVICES)
def test_india_is_read_and_compiled_and_says_what_is_missing(service: str) -> None:
    india = compile_service(script(service), combine([pack("in-vcip")]))
    assert india.drafts == ("in-vcip",)
    assert india.policy.on_disruption == "abort_fresh"
    told = "\n".join(str(conflict) for conflict in india.conflicts)
    for clause in ("IN-1.4", "IN-2.6", "IN-2.7", "IN-2.9"):
        assert f"[{clause}]" in told
    assert "[IN-1.3]" not in told, "networks are told apart"
    assert "burned in" in told
    assert "resident_id" in told


def test_india_beside_china_is_no_branch() -> None:
    with pytest.raises(PolicyConflict) as conflict:
        combine([pack(), pack("in-vcip")])
    assert {"CN-P-04", "IN-3.1", "CN-A-18", "IN-1.4"} == conflict.value.clauses


def test_what_this_release_can_not_do_stops_an_active_pack() -> None:
    """A rule without a guard is never quietly left out."""
    against = clauses_against(combine([bafin()]), script("loan_interview"))
    assert {"DE-1.1", "DE-2.1", "DE-4.4", "DE-6.1", "DE-6.2", "DE-8.1"} <= against
    assert "DE-4.2" not in against


def test_a_rule_that_comes_to_nothing_is_refused() -> None:
    """Neither held by anything nor complained of: then it would be silent."""
    empty = neighbour("empty", ("agent_location: {clauses: [X], place: any}",))
    assert clauses_against(combine([empty]), script("loan_interview")) == {"X"}
    allowed = neighbour("few", ("participants: {clauses: [X], allowed: [guarantor]}",))
    assert not clauses_against(combine([allowed]), script("loan_interview"))
    assert clauses_against(combine([allowed]), script("corporate_account")) == {"X"}
