"""Commands for the bank's own system: check the description of its interface."""

from pathlib import Path
from typing import Annotated

import typer

from teller_server.domain.errors import Outage
from teller_server.systems.description import Description
from teller_server.systems.description_reader import DescriptionInvalid, read_description

core = typer.Typer(no_args_is_help=True, help="The bank's own system: check its description.")


@core.callback()
def _group() -> None:
    """So that `check` keeps its name although it is alone."""


@core.command()
def check(
    description: Annotated[Path, typer.Argument(help="YAML that describes the bank's interface.")],
) -> None:
    """Read a description as the branch would. Mistakes at their lines; exit 1 if there are any."""
    try:
        told = read_description(description)
    except DescriptionInvalid as invalid:
        for problem in invalid.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except Outage as outage:
        typer.echo(str(outage), err=True)
        raise typer.Exit(1) from None
    for line in _lines(told):
        typer.echo(line)


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
