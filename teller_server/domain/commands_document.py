"""Commands about documents: photographs and what was read, corrected and compared of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .command import Command
from .documents import FRONT
from .ids import UNSAID, SealedText
from .script import CUSTOMER


@dataclass(frozen=True, slots=True)
class DocumentReceived(Command):
    """A usable photograph of one side; digests of the sealed photograph and portrait.

    `kind` is what the customer says it is. `reads`: a `ReadDocument` follows.
    """

    photo: str
    portrait: str | None
    party: str = CUSTOMER
    side: str = FRONT
    kind: str = ""
    reads: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRejected(Command):
    """A photograph that can't be used; `code` says why (`blurred`, `no_portrait`, …)."""

    code: str
    party: str = CUSTOMER
    side: str = FRONT


@dataclass(frozen=True, slots=True)
class ReadDocument(Command):
    """What was read of a photograph. `values`: the fields' texts as JSON, sealed.

    `confidences` (0 to 1) and `problems` (codes) go by field; `page` are codes of the whole side,
    `not_read` among them when nothing could be read. `upright` is the digest of the side, set
    straight. `engine` and `model_sha256` name the reader.
    """

    step: str
    side: str
    photo: str
    values: SealedText = UNSAID
    confidences: Mapping[str, float] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    page: tuple[str, ...] = ()
    upright: str | None = None
    engine: str = ""
    model_sha256: str = ""


@dataclass(frozen=True, slots=True)
class CorrectField(Command):
    """The teller puts a field right by the photograph; `problems` are those of the side then."""

    step: str
    side: str
    name: str
    teller: str
    photo: str
    before: SealedText
    after: SealedText
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompareDocument(Command):
    """The document that is held up was looked for in the live video, beside its photograph.

    `likeness` is 0 to 1, advisory. `code` says why there is no result.
    """

    step: str
    side: str
    photo: str
    found: bool = False
    likeness: float = 0.0
    code: str = ""
