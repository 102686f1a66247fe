"""Commands for scripts and packs: check them, list them, draw them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from teller_server.desk.packs import read_packs
from teller_server.desk.rules import BranchRules, compiled_all
from teller_server.desk.scripts import (
    ScriptFiles,
    script_files,
    with_parts_beside,
)
from teller_server.domain.diagram import diagram
from teller_server.domain.errors import Outage, Problem, ScriptInvalid
from teller_server.domain.policy import Clause, PolicyConflict, PolicyPack, combine
from teller_server.domain.script import LANGUAGES, ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.settings import Settings, complaints, load

rules = typer.Typer(
    no_args_is_help=True, help="Service scripts and policy packs: check, list, draw."
)

Config = Annotated[Path | None, typer.Option("--config", help="TOML file of settings.")]


@rules.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Scripts, or folders of them; none: the branch's.")
    ] = None,
    config: Config = None,
) -> None:
    """Read scripts as the branch would, under its packs. Mistakes at their lines; exit 1 if any."""
    settings = _settings(config)
    files = _files(settings)
    names = _found(paths) if paths else list(files.scripts)
    problems: list[object] = []
    scripts: dict[str, ServiceScript] = {}
    for name in names:
        try:
            script = _read(name, files)
        except ScriptInvalid as invalid:
            problems += invalid.problems
            continue
        if script.service in scripts:
            what = f"another file describes the service `{script.service}` already"
            problems.append(Problem(str(name), 1, what))
        scripts[script.service] = script
        typer.echo(f"read  {name}: {script.service} version {script.version}, {_size(script)}")
    problems += _against_packs(scripts, settings)
    for problem in dict.fromkeys(problems):
        typer.echo(str(problem), err=True)
    raise typer.Exit(1 if problems else 0)


@rules.command("list")
def list_services(config: Config = None) -> None:
    """The services of the branch: id, version, what they consist of, and the file's digest."""
    files = _files(_settings(config))
    for name in files.scripts:
        script = _or_exit(name, files)
        title = script.title.get("en") or next(iter(script.title.values()))
        languages = ", ".join(script.languages)
        typer.echo(f"{script.service}  version {script.version}  {title}")
        typer.echo(f"    {name}: {_size(script)}; {languages}; sha256 {script.digest}")


@rules.command()
def packs(config: Config = None) -> None:
    """The branch's packs compiled with its scripts: how many clauses, how many set aside.

    Exit 1 with every problem at its line when they can't be served.
    """
    try:
        found = BranchRules.read(load(config))
    except Outage as outage:
        typer.echo(str(outage), err=True)
        raise typer.Exit(1) from None
    except (OSError, ValueError) as error:
        for line in complaints(error, config):
            typer.echo(f"settings: {line}", err=True)
        raise typer.Exit(2) from None
    for pack in found.policy.packs:
        typer.echo(f"{pack.id} {pack.version} ({pack.status}): {_clauses(pack)}")
        for clause in pack.not_applicable:
            typer.echo(f"    not applicable {clause.id}: {_aside(clause)}")
    for service, compiled in found.compiled.items():
        typer.echo(f"{service}: {len(compiled.clauses)} clauses hold")
        for conflict in compiled.conflicts:
            typer.echo(f"    draft: {conflict}")


@rules.command()
def draw(
    service: Annotated[str, typer.Argument(help="A service of the branch, or a script's path.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the SVG here, not to the terminal.")
    ] = None,
    language: Annotated[str, typer.Option(help="zh-CN or en.")] = LANGUAGES[0],
    config: Config = None,
) -> None:
    """Draw a script's flow as a picture (SVG): lanes, conditions, ways round, where it may end."""
    if language not in LANGUAGES:
        typer.echo(f"draw: the language is one of {', '.join(LANGUAGES)}", err=True)
        raise typer.Exit(2)
    picture = diagram(_named(service, _files(_settings(config))), language)
    if output is None:
        typer.echo(picture, nl=False)
        return
    try:
        output.write_text(picture, encoding="utf-8")
    except OSError as error:
        typer.echo(f"draw: {output} can't be written: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{output}")


def _settings(config: Path | None) -> Settings:
    try:
        return load(config)
    except (OSError, ValueError) as error:
        for line in complaints(error, config):
            typer.echo(f"settings: {line}", err=True)
        raise typer.Exit(2) from None


def _files(settings: Settings) -> ScriptFiles:
    """The scripts that the settings name."""
    try:
        return script_files(settings.rules.directory)
    except ScriptInvalid as invalid:
        typer.echo(str(invalid), err=True)
        raise typer.Exit(1) from None


def _against_packs(scripts: Mapping[str, ServiceScript], settings: Settings) -> list[object]:
    """What the branch's packs have against these scripts."""
    chosen = settings.rules
    if not scripts:
        return []
    try:
        policy = combine(read_packs(chosen.packs, chosen.directory))
        compiled_all(policy, scripts)
    except PolicyConflict as conflict:
        return list(conflict.problems)
    except Outage as outage:
        return [f"packs: {outage}"]
    typer.echo(f"ok    under the packs {', '.join(chosen.packs)}: {len(scripts)} services")
    return []


def _found(paths: list[Path]) -> list[Path]:
    """The files that are meant; a folder means the scripts in it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.glob("*.yaml"))
        elif path.is_file():
            found.append(path)
        else:
            typer.echo(f"check: there is no {path}", err=True)
            raise typer.Exit(2)
    if not found:
        typer.echo("check: there is no script (*.yaml) here", err=True)
        raise typer.Exit(2)
    return found


def _read(name: str | Path, files: ScriptFiles) -> ServiceScript:
    """A script of the branch by file name, or any by path, with the parts beside it."""
    if isinstance(name, str):
        return files.read(name)
    try:
        text = name.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(name), 1, "the file can't be read as UTF-8 text")
        raise ScriptInvalid(str(name), (problem,)) from error
    return parse_script(text, str(name), with_parts_beside(files, name).parts)


def _named(service: str, files: ScriptFiles) -> ServiceScript:
    path = Path(service)
    if path.suffix == ".yaml" or path.is_file():
        return _or_exit(_found([path])[0], files)
    for name in files.scripts:
        script = _or_exit(name, files)
        if script.service == service:
            return script
    typer.echo(f"draw: there is no service `{service}` (see `teller-server rules list`)", err=True)
    raise typer.Exit(2)


def _or_exit(name: str | Path, files: ScriptFiles) -> ServiceScript:
    try:
        return _read(name, files)
    except ScriptInvalid as invalid:
        typer.echo(str(invalid), err=True)
        raise typer.Exit(1) from None


def _clauses(pack: PolicyPack) -> str:
    unseen = sum(1 for clause in pack.clauses.values() if not clause.verified)
    aside = len(pack.not_applicable)
    return (
        f"{len(pack.clauses)} clauses, {len(pack.rules)} rules, {unseen} not verified, "
        f"{aside} not applicable"
    )


def _aside(clause: Clause) -> str:
    found = clause.not_applicable
    return f"{found.reason} ({found.reviewed_by}, {found.on})" if found else ""


def _size(script: ServiceScript) -> str:
    conditions = len(script.conditions)
    guests = ", ".join(guest.party for guest in script.guests) or "none"
    return f"{len(script.steps)} steps, {conditions} conditions, guests: {guests}"
