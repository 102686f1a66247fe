"""The inside of one model process. Light to import: the models load when the process starts."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import date
from multiprocessing import parent_process
from typing import TYPE_CHECKING, TypeVar

from kyc.errors import Outage
from kyc.frames import EncodedFrame
from kyc.reading import DocumentKind, DocumentRead, DocumentShown
from kyc.result import CheckResult, PortraitFound, Rejected, SheetFound

if TYPE_CHECKING:
    from kyc.face import Template
    from kyc.liveness import Sample
    from kyc.models import Models
    from kyc.watch import Watched

_NICENESS = 5  # live media goes first
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_IO_MAX_IMAGE_PIXELS": "24000000",  # again what kyc.image asks, should it be fooled
}

_T = TypeVar("_T")
_models: Models | None = None


def start(second_opinion: bool) -> None:
    """Load the models; the process dies with its parent and leaves Ctrl-C to it."""
    global _models  # noqa: PLW0603 - one process, one set of models
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, name="parent-watch", daemon=True).start()
    os.nice(_NICENESS)
    os.environ.update(_ENVIRONMENT)
    from kyc.models import Models  # noqa: PLC0415 - only after the environment is set

    _models = Models(second_opinion)


def identify() -> int:
    """The process id, once the models are loaded."""
    _loaded()
    return os.getpid()


def portrait(photo: bytes) -> PortraitFound | Rejected:
    """`Models.portrait` of this process."""
    return _guarded(lambda: _loaded().portrait(photo))


def sheet(photo: bytes) -> SheetFound | Rejected:
    """`Models.sheet` of this process."""
    return _guarded(lambda: _loaded().sheet(photo))


def check(document: bytes, frames: Sequence[EncodedFrame]) -> CheckResult:
    """`Models.check` of this process."""
    return _guarded(lambda: _loaded().check(document, frames))


def template(picture: bytes) -> Template | None:
    """`Models.template` of this process."""
    return _guarded(lambda: _loaded().template(picture))


def look(frames: Sequence[EncodedFrame], passed: Template | None, before: bytes) -> Watched | None:
    """`Models.look` of this process."""
    return _guarded(lambda: _loaded().look(frames, passed, before))


def gestures(frames: Sequence[EncodedFrame]) -> list[Sample]:
    """`Models.gestures` of this process."""
    return _guarded(lambda: _loaded().gestures(frames))


def read(photo: bytes, kind: DocumentKind, today: date) -> DocumentRead | Rejected:
    """`Models.read` of this process."""
    return _guarded(lambda: _loaded().read(photo, kind, today))


def same_document(still: bytes, frames: Sequence[EncodedFrame]) -> DocumentShown:
    """`Models.same_document` of this process."""
    return _guarded(lambda: _loaded().same_document(still, frames))


def _guarded(job: Callable[[], _T]) -> _T:
    """A library's own exceptions may not survive the way back to the desk; their names do."""
    try:
        return job()
    except Outage:
        raise
    except Exception as error:
        raise Outage("model_failed", type(error).__name__) from None


def _loaded() -> Models:
    if _models is None:
        raise Outage("models_unavailable")
    return _models


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
