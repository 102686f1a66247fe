"""A branch opens under its packs, or says at which lines it can't; it closes when a word lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from teller_server.desk.rules import BranchRules
from teller_server.desk.scripts import load_scripts
from teller_server.domain.errors import Outage
from teller_server.domain.policy import Attestation, PolicyConflict
from teller_server.settings import Settings
from teller_server.settings_business import Rules
from tests.teller_server.domain.policy.material import HOME

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PACK = (HOME / "packs" / "cn-bank.yaml").read_text("utf-8")


def settings(directory: Path | None = None, *packs: str) -> Settings:
    return Settings(rules=Rules(packs=packs or ("cn-bank",), directory=directory))


def own(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return directory


def words_for(rules: BranchRules) -> list[Attestation]:
    until = NOW + timedelta(days=30)
    return [Attestation(s.rule.attestation, NOW, until, "张三") for s in rules.standings(())]


def load(chosen: Settings) -> BranchRules:
    return BranchRules.load(chosen, load_scripts(chosen.rules.directory))


def test_the_release_opens_under_its_own_pack() -> None:
    rules = load(settings())
    assert set(rules.compiled) == {"change_of_details", "loan_interview", "corporate_account"}
    for compiled in rules.compiled.values():
        assert [pin.id for pin in compiled.policy.packs] == ["cn-bank"]
        assert compiled.policy.objection_days == 15
        assert compiled.conflicts == ()
    assert rules.judge("loan_interview", {"intake.purpose": "housing"}).decision == "deny"


def test_a_lapsed_word_closes_the_services_that_need_it() -> None:
    rules = load(settings())
    held = words_for(rules)
    assert rules.why_closed(held, NOW, "loan_interview") is None
    without = [one for one in held if one.kind != "own_platform"]
    refusal = rules.why_closed(without, NOW, "loan_interview")
    assert refusal is not None
    assert (refusal.code, refusal.plain) == ("attestation_lapsed", {"attestations": "own_platform"})
    assert rules.why_closed(without, NOW, "change_of_details") is None
    assert rules.why_closed(held, NOW + timedelta(days=30)) is not None


def test_a_draft_opens_nothing() -> None:
    rules = load(settings(None, "in-vcip"))
    refusal = rules.why_closed(words_for(rules), NOW, "loan_interview")
    assert refusal is not None
    assert refusal.code == "pack_draft"


def test_a_wrong_script_stops_the_branch_with_its_lines(tmp_path: Path) -> None:
    text = (HOME / "scripts" / "loan_interview.yaml").read_text("utf-8")
    loan = text.replace("acknowledge: agree", "acknowledge: seen").replace(
        "\n    hours: 24", "\n    hours: 24\n    when: housing"
    )
    with pytest.raises(PolicyConflict) as conflict:
        load(settings(own(tmp_path, "scripts/loan_interview.yaml", loan)))
    assert {"CN-L-07", "CN-L-09"} <= conflict.value.clauses
    lines = str(conflict.value).splitlines()
    assert len(lines) >= 3
    assert all(line.startswith("loan_interview.yaml:") for line in lines)
    assert isinstance(conflict.value, Outage)


def test_a_wrong_pack_stops_the_branch_with_its_lines(tmp_path: Path) -> None:
    broken = PACK.replace("decision: deny", "decision: perhaps").replace(
        "valid_for: P90D", "valid_for: soon"
    )
    with pytest.raises(PolicyConflict) as conflict:
        load(settings(own(tmp_path, "packs/cn-bank.yaml", broken)))
    assert len(conflict.value.problems) >= 2
    assert all(problem.source == "cn-bank.yaml" for problem in conflict.value.problems)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Two scripts that can't be read, one that the law doesn't allow, and a pack with a mistake."""
    loan = (HOME / "scripts" / "loan_interview.yaml").read_text("utf-8")
    own(
        tmp_path,
        "scripts/loan_interview.yaml",
        loan.replace("acknowledge: agree", "acknowledge: seen"),
    )
    own(tmp_path, "scripts/change_of_details.yaml", "service: change_of_details\n")
    own(tmp_path, "scripts/corporate_account.yaml", "- nothing\n")
    with pytest.raises(PolicyConflict) as conflict:
        BranchRules.read(settings(tmp_path))
    told = {problem.source for problem in conflict.value.problems}
    assert told == {"change_of_details.yaml", "corporate_account.yaml", "loan_interview.yaml"}
    own(tmp_path, "packs/cn-bank.yaml", PACK.replace("valid_for: P90D", "valid_for: soon"))
    with pytest.raises(PolicyConflict) as conflict:
        BranchRules.read(settings(tmp_path))
    told = {problem.source for problem in conflict.value.problems}
    assert told == {"change_of_details.yaml", "corporate_account.yaml", "cn-bank.yaml"}


def test_the_banks_own_pack_stands_in_place_of_the_releases(tmp_path: Path) -> None:
    longer = PACK.replace("objection_days: 15", "objection_days: 7")
    rules = load(settings(own(tmp_path, "packs/cn-bank.yaml", longer)))
    assert rules.compiled["loan_interview"].policy.objection_days == 7
    release = load(settings()).compiled["loan_interview"].policy.packs
    assert rules.compiled["loan_interview"].policy.packs != release


def test_a_pack_that_is_not_there_is_named() -> None:
    with pytest.raises(Outage) as outage:
        load(settings(None, "cn-bank", "atlantis"))
    assert outage.value.code == "pack_unknown"
    assert outage.value.plain["pack"] == "atlantis"


def test_two_countries_are_no_branch() -> None:
    with pytest.raises(PolicyConflict) as conflict:
        load(settings(None, "cn-bank", "in-vcip"))
    assert {"CN-P-04", "IN-3.1"} <= conflict.value.clauses


def test_a_clause_says_where_it_stands_and_whether_it_was_seen() -> None:
    rules = load(settings())
    seen, unseen = rules.clause("CN-L-01"), rules.clause("CN-L-09", "en")
    assert seen["source"] == "个人贷款管理办法 国家金融监督管理总局令2024年第3号 第18条第1、2款"
    assert (seen["verified"], unseen["verified"]) == (True, False)


def test_least_times_reach_the_scripts_that_are_served() -> None:
    scripts = load_scripts()
    loan = scripts["loan_interview"]
    quick = tuple(
        replace(step, detail=replace(step.detail, seconds=0))
        if getattr(step.detail, "paper", "") == "cost_table"
        else step
        for step in loan.steps
    )
    rules = BranchRules.load(settings(), {"loan_interview": replace(loan, steps=quick)})
    (table,) = (
        step for step in rules.scripts["loan_interview"].steps
        if getattr(step.detail, "paper", "") == "cost_table"
    )  # fmt: skip
    assert table.detail.seconds == 15  # type: ignore[union-attr]
