"""The inside of one press process: it sets, draws and judges papers, one at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import parent_process
from typing import Any, Final

from teller_server.domain.errors import BranchError, Damage, Outage
from teller_server.papers.mark import drawn_mark, sealed_mark
from teller_server.papers.press import pictures, set_paper, signed_mark, texts, typeset
from teller_server.papers.report import Report, Roots

_NICENESS: Final = 5  # live media goes first
_WARM: Final = "<p>云柜台 Teller Server 0123456789</p>"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error on its way to the desk: exceptions with values don't survive pickling."""

    damage: bool
    code: str
    plain: Mapping[str, Any]

    def error(self) -> BranchError:
        """The error as it was raised."""
        return (Damage if self.damage else Outage)(self.code, **self.plain)


def start() -> None:
    """The process dies with its parent and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, name="parent-watch", daemon=True).start()
    os.nice(_NICENESS)


def ready() -> int:
    """The process id, once fonts were found and a page was set."""
    typeset(_WARM, "ready", "zh-CN")
    return os.getpid()


def check(pdf: bytes, roots: Roots, expected: Collection[str], at: datetime | None) -> Report:
    """`papers.check.check`, to its end."""
    from teller_server.papers.check import check as judge  # noqa: PLC0415 - heavy

    return asyncio.run(judge(pdf, roots, expected, at))


_JOBS: Final[Mapping[str, Callable[..., Any]]] = {
    "ready": ready,
    "set": set_paper,
    "pictures": pictures,
    "texts": texts,
    "mark": signed_mark,
    "drawn": drawn_mark,
    "sealed": sealed_mark,
    "check": check,
}


def run(job: str, *given: Any) -> Any:
    """The result of one job, or the `Trouble` it had. Anything unforeseen tells only its kind."""
    try:
        return _JOBS[job](*given)
    except BranchError as error:
        return Trouble(isinstance(error, Damage), error.code, dict(error.plain))
    except Exception as error:
        kind = type(error).__name__
        return Trouble(damage=False, code="press_failed", plain={"job": job, "problem": kind})


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
