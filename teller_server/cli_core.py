"""Commands for the bank's systems: check the descriptions of their interfaces."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from teller_server.domain.errors import Outage
from teller_server.systems.description import Description
from teller_server.systems.description_parts import InvalidDescription
from teller_server.systems.description_reader import read_description
from teller_server.systems.registry_description import Registers, read_registers

T = TypeVar("T")
core = typer.Typer(no_args_is_help=True, help="The bank's systems: check their descriptions.")


@core.command()
def check(
    description: Annotated[Path, typer.Argument(help="YAML that describes the bank's interface.")],
) -> None:
    """Read a description as the branch would. Mistakes at their lines; exit 1 if there are any."""
    told = _read(read_description, description)
    for line in _lines(told):
        typer.echo(line)


@core.command()
def registers(
    description: Annotated[Path, typer.Argument(help="YAML that describes the registers.")],
) -> None:
    """The same for the registers' description: every question that would be asked, and of whom."""
    for line in _questions(_read(read_registers, description)):
        typer.echo(line)


def _read(reader: Callable[[Path], T], description: Path) -> T:
    """What stands in the file; what is wrong with it is printed. Exit 1 if anything is."""
    try:
        return reader(description)
    except InvalidDescription as invalid:
        for problem in invalid.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except Outage as outage:
        typer.echo(str(outage), err=True)
        raise typer.Exit(1) from None


def _questions(told: Registers) -> list[str]:
    """Every register that is connected, one a line; what is not described is never asked."""
    times = f"{told.connect_seconds} s to connect, {told.total_seconds} s in all"
    width = max(len(name) for name in told.questions)
    lines = [f"{name:<{width}}  POST   {one.url}" for name, one in told.questions.items()]
    return [f"{told.name}: {times}", *lines]


def _lines(told: Description) -> list[str]:
    """Every request that would be made, one a line."""
    times = f"{told.connect_seconds} s to connect, {told.total_seconds} s in all"
    requests = [
        ("look up by document", told.look_up.by_document),
        ("look up by reference", told.look_up.by_reference),
    ]
    for name, calls in told.effects.items():
        if calls.propose:
            requests.append((f"propose {name}", calls.propose))
        requests.append((f"commit {name}", calls.commit))
    requests.append(("cancel", told.cancel.call))
    width = max(len(what) for what, _ in requests)
    lines = [f"{what:<{width}}  {call.method:<6} {told.base}{call.path}" for what, call in requests]
    return [f"{told.bank}: {times}", *lines]
