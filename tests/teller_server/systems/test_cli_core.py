"""`teller-server core`: what would be asked of the bank, or what is wrong on which line."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from teller_server.cli_core import core
from tests.teller_server.systems.banks import SAMPLE
from tests.tree import ROOT


def test_a_sound_description_lists_its_requests() -> None:
    ran = CliRunner().invoke(core, ["check", str(SAMPLE / "description.yaml")])
    assert ran.exit_code == 0
    assert "Sample bank: 2 s to connect, 10 s in all" in ran.output
    assert "http://127.0.0.1:9090/v1/orders/{key}" in ran.output


def test_every_mistake_stands_at_its_line(tmp_path: Path) -> None:
    text = (SAMPLE / "description.yaml").read_text(encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace("DELETE", "X").replace("total: 10", "total: 99"), encoding="utf-8")
    ran = CliRunner().invoke(core, ["check", str(bad)])
    assert ran.exit_code == 1
    assert [line.split(":")[0] for line in ran.stderr.splitlines()] == ["bad.yaml", "bad.yaml"]


def test_no_file_is_said_in_a_line(tmp_path: Path) -> None:
    ran = CliRunner().invoke(core, ["check", str(tmp_path / "none.yaml")])
    assert ran.exit_code == 1
    assert "core_description_missing" in ran.stderr


def documented(path: Path, **changed: str) -> Path:
    """The registers' description of docs/integration.md, with other words in it."""
    section = (ROOT / "docs" / "integration.md").read_text("utf-8").split("## Registers", 1)[1]
    text = section.split("```yaml\n", 1)[1].split("```", 1)[0]
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    return path


def test_a_sound_description_of_registers_lists_its_questions(tmp_path: Path) -> None:
    ran = CliRunner().invoke(core, ["registers", str(documented(tmp_path / "registers.yaml"))])
    assert ran.exit_code == 0, ran.stderr
    assert "Register gateway of the bank: " in ran.output
    assert "citizen" in ran.output
    assert "https://numbers.bank.example" in ran.output


def test_every_mistake_of_registers_stands_at_its_line(tmp_path: Path) -> None:
    bad = documented(tmp_path / "bad.yaml", outcome="outcom")
    ran = CliRunner().invoke(core, ["registers", str(bad)])
    assert ran.exit_code == 1
    assert ran.stderr.splitlines()
    assert all(line.startswith("bad.yaml:") for line in ran.stderr.splitlines())


def test_no_file_of_registers_is_said_in_a_line(tmp_path: Path) -> None:
    ran = CliRunner().invoke(core, ["registers", str(tmp_path / "none.yaml")])
    assert ran.exit_code == 1
    assert "registry_description_missing" in ran.stderr
