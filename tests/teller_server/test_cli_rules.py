"""`teller-server rules …`: what a bank's author of scripts sees on the terminal."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from teller_server.cli import whole
from teller_server.desk.scripts import script_files
from tests.teller_server.domain import script_text
from tests.teller_server.domain.script_text import IDENTITY

SCRIPT = script_text.SCRIPT.replace("parts/identity", "parts/who")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A bank's own folder with one script and its part."""
    (tmp_path / "scripts" / "parts").mkdir(parents=True)
    (tmp_path / "scripts" / "small_loan.yaml").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "scripts" / "parts" / "who.yaml").write_text(IDENTITY, encoding="utf-8")
    (tmp_path / "branch.toml").write_text(f'[rules]\ndirectory = "{tmp_path}"\n', encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(whole(), ["rules", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_services_of_the_release_are_in_order() -> None:
    code, out, err = run("check")
    assert (code, err) == (0, "")
    for service in ("change_of_details", "corporate_account", "loan_interview"):
        assert f"{service} version" in out


def test_the_banks_own_services_stand_beside_those_of_the_release(own: Path) -> None:
    code, out, _ = run("list", "--config", own / "branch.toml")
    assert code == 0
    assert "small_loan  version 3  Small loan" in out
    assert "loan_interview  version" in out


def test_a_file_of_the_same_name_replaces_the_one_of_the_release(own: Path) -> None:
    text = SCRIPT.replace("service: small_loan", "service: loan_interview")
    (own / "scripts" / "loan_interview.yaml").write_text(text, encoding="utf-8")
    _, out, _ = run("list", "--config", own / "branch.toml")
    assert "loan_interview  version 3  Small loan" in out


def test_two_files_for_one_service_are_told(own: Path) -> None:
    (own / "scripts" / "another.yaml").write_text(SCRIPT, encoding="utf-8")
    code, _, err = run("check", own / "scripts")
    assert code == 1
    assert "describes the service `small_loan` already" in err


def test_each_mistake_stands_at_its_line_and_in_its_file(own: Path) -> None:
    script = own / "scripts" / "small_loan.yaml"
    script.write_text(SCRIPT.replace("minutes: 20", "minutes: soon"), encoding="utf-8")
    part = own / "scripts" / "parts" / "who.yaml"
    part.write_text(IDENTITY.replace("kind: liveness", "kind: livness"), encoding="utf-8")
    code, out, err = run("check", script)
    assert (code, out) == (1, "")
    assert f"{script}:4: a whole number from 1 to 240 is expected here" in err
    line = IDENTITY[: IDENTITY.index("kind: liveness")].count("\n") + 1
    assert f"parts/who.yaml:{line}: `livness` is none of" in err


def test_what_the_law_asks_for_is_missed_by_its_clause(own: Path) -> None:
    """Without the second person a loan would be granted by its interviewer (商业银行法 35)."""
    text = script_files().scripts["loan_interview.yaml"]
    start, end = text.index("  - id: check\n"), text.index("  - id: report\n")
    script = own / "scripts" / "loan_interview.yaml"
    script.write_text(text[:start] + text[end:], encoding="utf-8")
    code, out, err = run("check", script)
    assert code == 1
    assert "read " in out
    assert "CN-L-07" in err


def test_a_part_is_no_script(own: Path) -> None:
    code, _, err = run("check", own / "scripts" / "parts" / "who.yaml")
    assert code == 1
    assert err.splitlines() == [err.strip()]
    assert "this is a part" in err


@pytest.mark.parametrize("bad", ["nowhere.yaml", "."])
def test_nothing_to_check_is_told(own: Path, bad: str) -> None:
    code, _, err = run("check", own / bad)
    assert code == 2
    assert "there is no" in err


def test_a_file_that_is_no_text_is_told(own: Path) -> None:
    (own / "scripts" / "small_loan.yaml").write_bytes(b"\xff\xfe\x00")
    assert run("check", own / "scripts")[0] == 1
    code, _, err = run("check", "--config", own / "branch.toml")
    assert code == 1
    assert "can't be read as UTF-8" in err


def test_a_service_is_drawn_by_its_name_or_its_file(own: Path) -> None:
    picture = own / "flow.svg"
    assert run("draw", "small_loan", "-o", picture, "--config", own / "branch.toml")[0] == 0
    assert ET.parse(picture).getroot().tag.endswith("svg")
    code, out, _ = run("draw", own / "scripts" / "small_loan.yaml", "--language", "en")
    assert code == 0
    assert "Small loan" in out


def test_what_can_not_be_drawn_is_told(own: Path) -> None:
    code, _, err = run("draw", "nothing")
    assert code == 2
    assert "there is no service `nothing`" in err
    assert run("draw", "loan_interview", "--language", "fr")[0] == 2
    assert run("draw", "loan_interview", "-o", own / "no" / "folder.svg")[0] == 2
    (own / "scripts" / "small_loan.yaml").write_text("steps: 3", encoding="utf-8")
    assert run("draw", own / "scripts" / "small_loan.yaml")[0] == 1
