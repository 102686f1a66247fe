"""A visit keeps the words it began with, also after the bank has changed the script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from teller_server.desk.script_shelf import Scripts
from teller_server.desk.scripts import load_scripts
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Visit
from tests.teller_server.domain.script_text import PARTS, SCRIPT
from tests.teller_server.material import NOON

OLD = parse_script(SCRIPT, "small_loan.yaml", PARTS)
NEW = parse_script(
    SCRIPT.replace("version: 3", "version: 4").replace("id: cost\n", "id: fees\n"),
    "small_loan.yaml",
    PARTS,
)


def visit(script: str, service: str = "small_loan") -> Visit:
    return Visit("v", service, "loans", script, "en", "c", False, {}, (), (), NOON)


def test_a_visit_keeps_its_version_over_a_change_and_a_restart(tmp_path: Path) -> None:
    before = Scripts({"small_loan": OLD}, tmp_path / "scripts")
    assert before.of(visit(OLD.digest)) is OLD
    after = Scripts({"small_loan": NEW}, tmp_path / "scripts")
    assert after["small_loan"] is NEW
    assert after.of(visit(NEW.digest)) is NEW
    found = after.of(visit(OLD.digest))
    assert found == OLD
    assert found.step("cost").title["en"] == "Cost"
    assert after.of(visit(OLD.digest)) is found, "read once"


def test_evidence_gets_the_very_file_and_its_parts(tmp_path: Path) -> None:
    scripts = Scripts({"small_loan": OLD}, tmp_path)
    written = scripts.written(visit(OLD.digest))
    assert written is not None
    held = json.loads(written)
    assert parse_script(held["text"], held["name"], held["parts"]).digest == OLD.digest


def test_a_service_that_was_given_up_is_still_found(tmp_path: Path) -> None:
    Scripts({"small_loan": OLD}, tmp_path)
    assert Scripts({}, tmp_path).of(visit(OLD.digest)) == OLD
    with pytest.raises(KeyError):
        Scripts({}, tmp_path / "other").of(visit(OLD.digest))


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"name": "x", "text": "a", "parts": {}}'])
def test_a_version_that_was_changed_on_disk_is_not_used(tmp_path: Path, damage: str) -> None:
    Scripts({"small_loan": OLD}, tmp_path)
    (tmp_path / f"{OLD.digest}.json").write_text(damage, encoding="utf-8")
    assert Scripts({"small_loan": NEW}, tmp_path).of(visit(OLD.digest)) is NEW


def test_another_version_is_no_evidence_of_a_visit_whose_own_is_lost(tmp_path: Path) -> None:
    Scripts({"small_loan": OLD}, tmp_path)
    (tmp_path / f"{OLD.digest}.json").unlink()
    after = Scripts({"small_loan": NEW}, tmp_path)
    assert after.of(visit(OLD.digest)) is NEW
    assert after.written(visit(OLD.digest)) is None
    assert after.written(visit(OLD.digest, "given_up")) is None


def test_another_script_in_its_place_is_not_used(tmp_path: Path) -> None:
    Scripts({"small_loan": OLD}, tmp_path)
    Scripts({"small_loan": NEW}, tmp_path)
    other = (tmp_path / f"{NEW.digest}.json").read_text(encoding="utf-8")
    (tmp_path / f"{OLD.digest}.json").write_text(other, encoding="utf-8")
    assert Scripts({"small_loan": NEW}, tmp_path).of(visit(OLD.digest)) is NEW


def test_the_scripts_of_the_release_can_be_taken_from_the_shelf(tmp_path: Path) -> None:
    scripts = load_scripts()
    Scripts(scripts, tmp_path)
    bare = Scripts({}, tmp_path)
    for name, script in scripts.items():
        assert bare.of(visit(script.digest, name)) == script
