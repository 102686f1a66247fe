"""Keys for the bank's programs from the terminal; whatever is refused says so in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from teller_server.cli import whole


def run(*words: str) -> Result:
    return CliRunner().invoke(whole(), words)


def refused(done: Result) -> str:
    """The one line that is told; nothing else, and no traceback."""
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("refused: ")
    assert isinstance(done.exception, SystemExit)
    return line


def test_a_key_is_made_listed_without_its_secret_and_revoked(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert run("api-keys", "list", *data).stdout == "no keys\n"
    scopes = ("--scope", "visits:read", "--scope", "results:read")
    made = run("api-keys", "add", "CRM", *scopes, "--days", "30", *data)
    assert made.exit_code == 0
    prefix, key, secret = made.stdout.strip().split("_", 2)
    assert prefix == "tsk"
    listed = run("api-keys", "list", *data).stdout
    assert key in listed
    assert "results:read visits:read  CRM" in listed
    assert secret not in listed
    assert run("api-keys", "revoke", key, *data).stdout == f"{key} is revoked\n"
    assert "revoked" in run("api-keys", "list", *data).stdout


def test_an_unknown_scope_or_key_is_named(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert "unknown_scope" in refused(
        run("api-keys", "add", "CRM", "--scope", "everything:write", *data)
    )
    assert "bank_key_unknown" in refused(run("api-keys", "revoke", "bank-none", *data))


@pytest.mark.parametrize(
    "command",
    [
        ("api-keys", "list"),
        ("users", "list"),
        ("attest", "list"),
        ("keys", "status"),
        ("vault", "status"),
        ("renew",),
        ("verify", "--days"),
    ],
    ids=" ".join,
)
def test_settings_that_cannot_be_used_are_told_in_one_line(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    assert "nonexistent.toml" in refused(run(*command, "--config", "/nonexistent.toml"))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[branch]\ntimezone = 7\n", encoding="utf-8")
    assert "timezone" in refused(run(*command, "--config", str(wrong)))
    wrong.write_text("[branch\n", encoding="utf-8")
    assert "wrong.toml" in refused(run(*command, "--config", str(wrong)))


@pytest.mark.parametrize("command", [("api-keys", "list"), ("users", "list")], ids=" ".join)
def test_a_data_directory_that_is_a_file_is_told_in_one_line(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    place = tmp_path / "data"
    place.write_text("x", encoding="utf-8")
    refused(run(*command, "--data", str(place)))
