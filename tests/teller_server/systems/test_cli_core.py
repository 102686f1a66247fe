"""`teller-server core check`: what would be asked of the bank, or what is wrong on which line."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from teller_server.cli_core import core
from tests.teller_server.systems.banks import SAMPLE


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
