"""`teller-server attest`: given by name and end, listed with the days that are left."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from teller_server.cli_attest import attest

app = typer.Typer()
app.command()(attest)
RUN = CliRunner()


def run(data: Path, *words: str) -> tuple[int, str]:
    done = RUN.invoke(app, [*words, "--data", str(data)])
    return done.exit_code, done.output


def test_given_and_listed(tmp_path: Path) -> None:
    code, said = run(tmp_path, "impact_assessment", "--until", "2099-01-01", "--by", "张三, DPO")
    assert code == 0
    assert said.startswith("impact_assessment: 张三, DPO, until ")
    code, listed = run(tmp_path, "list", "--json")
    assert code == 0
    found = {one["kind"]: one for one in json.loads(listed)}
    assert len(found) == 9
    mine = found["impact_assessment"]
    assert mine["holds"]
    assert mine["by"] == "张三, DPO"
    assert 363 <= mine["days_left"] <= 366, "cut to the year that the pack allows"
    assert found["own_platform"]["services"] == ["loan_interview"]
    assert not any(one["holds"] for kind, one in found.items() if kind != "impact_assessment")


def test_the_list_is_for_people(tmp_path: Path) -> None:
    _, listed = run(tmp_path, "list")
    assert "stored_faces_counted" in listed
    assert "missing" in listed
    assert "CN-P-09" in listed


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    for words, why in (
        (("impact_assessment",), "say --until and --by"),
        (("impact_assessment", "--until", "soon", "--by", "x"), "is a day"),
        (("weather", "--until", "2099-01-01", "--by", "x"), "attestation_unknown"),
        (("impact_assessment", "--until", "2001-01-01", "--by", "x"), "attestation_over"),
    ):
        code, said = run(tmp_path, *words)
        assert code == 2
        assert why in said
