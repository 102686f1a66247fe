"""`teller-server rehearse`: options in, lines and an exit code out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from teller_server.rehearse.rehearsal import Options, rehearse


def run(options: Options, echo: Callable[[str], None], *, as_json: bool = False) -> int:
    """Rehearse once and tell; 0 only if all holds. With `as_json` the last line is the object."""
    report = asyncio.run(rehearse(options, lambda text: echo(f"· {text}")))
    for line in report.as_lines():
        echo(line)
    if as_json:
        echo(report.as_json())
    return 1 if report.failures else 0
