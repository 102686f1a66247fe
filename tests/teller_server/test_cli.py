"""The command line: exit codes, what it says, and what it must never say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from teller_server import __version__
from teller_server.cli import whole

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(whole(), list(map(str, words)))


def commands(group: Any, *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in getattr(group, "commands", {}).items():
        yield (*before, name)
        yield from commands(command, *before, name)


# ---- help


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(whole()))), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    told = run(*words, "--help")
    assert told.exit_code == 0
    assert "Usage" in told.stdout


def test_the_version_is_the_distributions() -> None:
    assert run("version").stdout.strip() == __version__
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


# ---- verify and inspect


@pytest.mark.parametrize("vector", sorted(p.parent.name for p in VECTORS.glob("*/expect.json")))
def test_verify_exits_as_the_vectors_say(vector: str) -> None:
    folder = VECTORS / vector
    expected = json.loads((folder / "expect.json").read_text())
    receipt = ("--receipt", folder / "receipt.json")
    for more, name in (((), "verify"), (receipt, "verify_with_receipt")):
        told = run("verify", folder / "package", "--json", *more)
        last = json.loads(told.stdout.splitlines()[-1])
        assert told.exit_code == last["exit_code"] == expected[name]["exit_code"]
        assert last["status"] == expected[name]["status"]
        assert [step["n"] for step in last["steps"]] == list(range(1, len(last["steps"]) + 1))


def test_verify_tells_a_person_the_steps_and_the_first_bad_place() -> None:
    assert run("verify", VECTORS / "valid" / "package").stdout.endswith("verdict: complete\n")
    told = run("verify", VECTORS / "flipped" / "package").stdout
    assert "FAIL" in told
    assert "leaf_mismatch" in told
    assert "customer.0000.evs" in told


def test_trust_from_outside_is_what_counts(tmp_path: Path) -> None:
    package = VECTORS / "valid" / "package"
    known = [word for pem in (VECTORS / "trust").glob("*.pem") for word in ("--trust", pem)]
    assert run("verify", package, *known).exit_code == 0
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(next((VECTORS / "trust").glob("tsa.pem")).read_bytes())
    assert run("verify", package, "--trust", stranger).exit_code == 1


def test_nothing_is_no_evidence(tmp_path: Path) -> None:
    assert run("verify", tmp_path / "nowhere").exit_code == 1
    told = run("inspect", tmp_path, "--data", tmp_path / "data")
    assert told.exit_code == 2
    assert "not_evidence" in told.stderr


def test_evidence_of_another_branch_is_not_opened(tmp_path: Path) -> None:
    told = run("inspect", VECTORS / "valid" / "package", "--data", tmp_path / "data")
    assert told.exit_code == 2
    assert told.stderr.startswith("cannot inspect: ")
    assert "Traceback" not in told.output


@pytest.mark.parametrize("held", ["{", "[]", "\N{COLLISION SYMBOL}"])
def test_a_receipt_that_is_none_is_a_mistake_of_the_caller(tmp_path: Path, held: str) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text(held)
    told = run("verify", VECTORS / "valid" / "package", "--receipt", receipt)
    assert (told.exit_code, told.stderr) == (2, f"refused: {receipt} is not a receipt\n")
    assert run("verify", VECTORS / "valid" / "package", "--receipt", tmp_path / "x").exit_code == 2


# ---- settings


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("[server]\nport = 99999\n", "settings: server.port: "),
        ("[serve]\nport = 1\n", "settings: serve: "),
        ('[media]\nturn_secret = ["hush"]\n', "settings: media.turn_secret: "),
        ("what is this", "branch.toml: "),
    ],
)
@pytest.mark.parametrize("command", [("serve",), ("demo",), ("users", "list")], ids=" ".join)
def test_mistakes_in_settings_are_one_line_each(
    tmp_path: Path, toml: str, line: str, command: tuple[str, ...]
) -> None:
    config = tmp_path / "branch.toml"
    config.write_text(toml)
    told = run(*command, "--config", config)
    assert told.exit_code == 2
    assert line.removeprefix("settings: ") in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert "hush" not in told.output


def test_a_missing_file_of_settings_is_named(tmp_path: Path) -> None:
    told = run("serve", "--config", tmp_path / "none.toml")
    assert (told.exit_code, "none.toml: No such file" in told.stderr) == (2, True)


# ---- serve refuses


def test_serve_names_everything_that_is_unsafe_and_leaves_nothing(tmp_path: Path) -> None:
    config = tmp_path / "branch.toml"
    config.write_text(
        f'random_seed = 7\ndemo = true\n[data]\ndirectory = "{tmp_path}/data"\n'
        '[server]\nhost = "0.0.0.0"\n[staff]\ntotp_required = false\n'
    )
    told = run("serve", "--config", config)
    assert told.exit_code == 2
    lines = told.stderr.splitlines()
    assert all(line.startswith("refused: ") for line in lines)
    for words in (
        "demo = true",
        "keys.master_key",
        "keys.signing_key",
        "keys.signing_chain",
        "keys.timestamp_url",
        "core.adapter",
        "codes.adapter",
        "second factor",
        "random_seed",
        "without HTTPS",
    ):
        assert sum(words in line for line in lines) == 1, words
    assert not (tmp_path / "data").exists()


def test_a_demonstration_is_for_this_machine_only(tmp_path: Path) -> None:
    config = tmp_path / "branch.toml"
    config.write_text('[server]\nhost = "0.0.0.0"\n')
    told = run("demo", "--config", config, "--data", tmp_path / "data")
    assert told.exit_code == 2
    assert "for this machine only" in told.stderr
    assert not (tmp_path / "data").exists()
