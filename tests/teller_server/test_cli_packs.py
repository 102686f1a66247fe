"""`teller-server rules packs`: what is set aside and what is missing is said, not counted alone."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from teller_server.cli_rules import rules
from tests.teller_server.domain.policy.material import pack


def run(tmp_path: Path, settings: str) -> tuple[int, str]:
    config = tmp_path / "branch.toml"
    config.write_text(settings, "utf-8")
    done = CliRunner().invoke(rules, ["packs", "--config", str(config)])
    return done.exit_code, done.output


def test_the_branch_says_what_it_works_under(tmp_path: Path) -> None:
    code, said = run(tmp_path, "")
    assert code == 0
    assert said.startswith(f"cn-bank {pack().version} (active): 51 clauses, ")
    assert "3 not applicable" in said
    for clause in pack().not_applicable:
        assert clause.not_applicable is not None
        assert f"not applicable {clause.id}: {clause.not_applicable.reason}" in said


def test_a_draft_says_what_is_missing(tmp_path: Path) -> None:
    code, said = run(tmp_path, '[rules]\npacks = ["in-vcip"]\n')
    assert code == 0
    assert "(draft)" in said
    assert "no position shown in the picture" in said


def test_packs_that_contradict_each_other_are_refused_by_clause(tmp_path: Path) -> None:
    code, said = run(tmp_path, '[rules]\npacks = ["cn-bank", "in-vcip"]\n')
    assert code == 1
    assert "CN-P-04, IN-3.1" in said
