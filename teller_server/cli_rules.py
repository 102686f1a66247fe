"""Commands for scripts, packs and attestations."""

import typer

rules = typer.Typer(no_args_is_help=True, help="Service scripts, policy packs, attestations.")
