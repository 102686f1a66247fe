"""The command line: options in, one call, an exit code out.

What is heavy is imported where it is needed: every model process imports this module again.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

import recording.errors
from recording.verify import Verdict, verify
from teller_server import __version__
from teller_server.domain.errors import Outage, Refusal
from teller_server.safety import is_loopback, unsafe
from teller_server.settings import Settings, complaints, load

app = typer.Typer(
    name="teller-server",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A virtual bank branch with remote video tellers.",
)

Config = Annotated[Path | None, typer.Option("--config", help="TOML file of settings.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")]


@app.command()
def serve(config: Config = None) -> None:
    """Serve a branch. Refuses settings that are unsafe for real customers."""
    settings = _settings(config)
    _refuse(unsafe(settings, _demo_accounts(settings)))
    _serve(settings, demo=False)


@app.command()
def demo(
    config: Config = None,
    port: Annotated[int | None, typer.Option(help="TCP port on 127.0.0.1.")] = None,
    data: Annotated[Path | None, typer.Option(help="Where the demo keeps its data.")] = None,
) -> None:
    """Serve a demonstration branch on this machine, with invented staff and keys."""
    from teller_server.demo import demo_settings  # noqa: PLC0415 - the server is slow to import

    settings = _settings(config)
    given: dict[str, Any] = {}
    if port is not None:
        given["server"] = {"port": port}
    if data is not None:
        given["data"] = {"directory": data}
    shown = demo_settings(given, settings)
    host = shown.server.host
    if not is_loopback(host):
        _refuse([f"server.host = {host}: a demonstration is for this machine only"])
    _serve(shown, demo=True)


@app.command()
def rehearse(
    seconds: Annotated[float, typer.Option(help="Length of the call's service.")] = 20.0,
    video: Annotated[Path | None, typer.Option(help="Clip with the customer's face.")] = None,
    audio: Annotated[Path | None, typer.Option(help="What the customer is heard saying.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Leave the evidence here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Perform one whole visit with synthetic parties; exit 0 only if its evidence verifies."""
    from teller_server.rehearse import command as rehearsal  # noqa: PLC0415 - media libraries
    from teller_server.rehearse.rehearsal import Options  # noqa: PLC0415

    options = Options(seconds=seconds, video=video, audio=audio, keep=keep)
    raise typer.Exit(rehearsal.run(options, typer.echo, as_json=as_json))


@app.command("verify")
def verify_command(
    path: Annotated[Path | None, typer.Argument(help="The evidence directory.")] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="The customer's receipt (JSON).", exists=True)
    ] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="PEM roots that you trust.", exists=True)
    ] = None,
    days: Annotated[
        bool, typer.Option("--days", help="The chain of days of the whole archive.")
    ] = False,
    custody: Annotated[
        bool, typer.Option("--custody", help="The branch's custody entries and their signed heads.")
    ] = False,
    config: Config = None,
    data: Annotated[Path | None, typer.Option(help="Data directory (--days, --custody).")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify evidence without any key. Exit 0 complete, 3 interrupted, 1 damaged or forged.

    With --days: whether every recording that a day lists is there; exit 0 or 1. Without a path the
    branch's own archive, held against its database. With --custody: whether every entry of who
    opened what is still there as it was signed; exit 0 or 1.
    """
    roots = [pem.read_bytes() for pem in trust] if trust else None
    if days:
        from teller_server.cli_archive import verify_days  # noqa: PLC0415

        raise typer.Exit(verify_days(path, roots, config, data, as_json=as_json))
    if custody:
        from teller_server.cli_custody import verify_custody  # noqa: PLC0415

        raise typer.Exit(verify_custody(roots, config, data, as_json=as_json))
    if path is None:
        _refuse(["say which evidence directory"])
        return
    verdict = verify(path, trust=roots, receipt=_receipt(receipt) if receipt else None)
    if as_json:
        typer.echo(json.dumps(verdict.as_dict(), ensure_ascii=False))
    else:
        _tell(verdict)
    raise typer.Exit(verdict.exit_code)


def _receipt(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        held = None
    if not isinstance(held, dict):
        _refuse([f"{path} is not a receipt"])
    return dict(held)


def _tell(verdict: Verdict) -> None:
    signs = {True: "ok  ", False: "FAIL", None: "-   "}
    for step in verdict.steps:
        typer.echo(f"{step.n:>2}  {signs[step.ok]}  {step.name:<12} {step.detail}")
    for note in verdict.notes:
        typer.echo(f"      note: {note}")
    if verdict.first_bad:
        typer.echo(f"      first bad: {json.dumps(verdict.first_bad, ensure_ascii=False)}")
    typer.echo(f"verdict: {verdict.status}")


@app.command()
def inspect(
    path: Annotated[Path, typer.Argument(help="The evidence directory.")],
    config: Config = None,
    data: Annotated[Path | None, typer.Option(help="Data directory of the branch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decrypt and decode evidence with the branch's keys; tell what is in it."""
    from teller_server.inspection import inspect_evidence  # noqa: PLC0415 - media libraries

    settings = _settings(config, **({"data": {"directory": data}} if data else {}))
    try:
        found = asyncio.run(inspect_evidence(settings, path))
    except (Refusal, Outage, recording.errors.Outage, recording.errors.Damage) as error:
        typer.echo(f"cannot inspect: {error}", err=True)
        raise typer.Exit(2) from None
    text = json.dumps(found, ensure_ascii=False, indent=None if as_json else 2)
    typer.echo(text)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _settings(config: Path | None, **given: Any) -> Settings:
    try:
        return load(config, **given)
    except (OSError, ValueError) as error:
        for line in complaints(error, config):
            typer.echo(f"settings: {line}", err=True)
        raise typer.Exit(2) from None


def _refuse(problems: Iterable[str]) -> None:
    """Say why not, one line each, and exit 2; go on when there is nothing to say."""
    told = list(problems)
    for problem in told:
        typer.echo(f"refused: {problem}", err=True)
    if told:
        raise typer.Exit(2)


def _demo_accounts(settings: Settings) -> int:
    from teller_server.serving import count_demo_accounts  # noqa: PLC0415

    return asyncio.run(count_demo_accounts(settings))


def _serve(settings: Settings, *, demo: bool) -> None:
    from teller_server.serving import serve_for_ever  # noqa: PLC0415 - slow to import

    try:
        serve_for_ever(settings, typer.echo, demo=demo)
    except (Refusal, Outage, recording.errors.Outage, OSError) as error:
        typer.echo(f"cannot serve: {error}", err=True)
        sys.exit(2)


def whole() -> typer.Typer:
    """The command line with the commands on accounts and rules, which pull much in."""
    from teller_server.cli_archive import renew  # noqa: PLC0415
    from teller_server.cli_attest import attest  # noqa: PLC0415 - see the module's docstring
    from teller_server.cli_backup import backup, restore  # noqa: PLC0415
    from teller_server.cli_bank import api_keys  # noqa: PLC0415
    from teller_server.cli_core import core  # noqa: PLC0415
    from teller_server.cli_evidence import export  # noqa: PLC0415
    from teller_server.cli_keys import keys  # noqa: PLC0415
    from teller_server.cli_retention import hold, retention  # noqa: PLC0415
    from teller_server.cli_rules import rules  # noqa: PLC0415
    from teller_server.cli_users import users  # noqa: PLC0415
    from teller_server.cli_vault import vault  # noqa: PLC0415

    if not app.registered_groups:
        app.add_typer(users, name="users")
        app.add_typer(keys, name="keys")
        app.add_typer(rules, name="rules")
        app.add_typer(core, name="core")
        app.add_typer(api_keys, name="api-keys")
        app.add_typer(vault, name="vault")
        app.add_typer(retention, name="retention")
        app.add_typer(hold, name="hold")
        app.command()(attest)
        app.command()(backup)
        app.command()(restore)
        app.command()(export)
        app.command()(renew)
    return app


def main() -> None:
    """`teller-server`."""
    whole()()
