"""What was read on a photographed identity document: plain values that cross a process boundary.

Names of fields, by kind:

- resident identity card, front: `name`, `sex`, `nation`, `birth`, `address`, `number`;
  back: `authority`, `valid_from`, `valid_until`;
- business licence: `name`, `credit_code`, `type`, `legal_representative`, `capital`, `established`,
  `address`, `scope` (only where it is printed);
- passport: `surname`, `given`, `number`, `nationality`, `issuer`, `birth`, `sex`, `expiry`.

Everything here is personal data. It has no place in a log, an address or an exception, so a `repr`
names the field and never what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LONG_TERM = "long_term"
"""The text of `valid_until` for 长期: the card does not expire."""


class DocumentKind(StrEnum):
    """What the customer was asked to photograph."""

    RESIDENT_ID_FRONT = "resident_id_front"
    RESIDENT_ID_BACK = "resident_id_back"
    BUSINESS_LICENCE = "business_licence"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field in its normal form: dates YYYY-MM-DD or `long_term`, sex F or M, the rest as it is
    printed without the spaces of setting; empty where it was not found.

    `confidence` is 0 to 1: the reader's own, less what a check found against it and more what one
    confirmed. `problem` is a stable code, empty where nothing is wrong: `not_found`, `unsure`,
    `number_check`, `birth_differs`, `sex_differs`, `impossible_date`, …
    """

    name: str
    text: str = field(repr=False)
    confidence: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A whole document. `problems` are those that concern all of it: `not_this_document`,
    `expired`, `not_yet_valid`, `number_check`, `birth_differs`, `sex_differs`, `dates_reversed`, …

    `upright` is the rectified page as JPEG without metadata; `engine` names the reader of letters,
    `model_sha256` the file of its recogniser.
    """

    kind: DocumentKind
    fields: tuple[FieldRead, ...]
    problems: tuple[str, ...]
    upright: bytes = field(repr=False)
    engine: str
    model_sha256: str

    def text(self, name: str) -> str:
        """What a field says; empty where it was not found."""
        return next((one.text for one in self.fields if one.name == name), "")


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """Whether the live video shows the document of a photograph; advice, never a verdict.

    `likeness` is 0 to 1: of the details of the photograph that one picture of the video could show,
    the part that lies there as one flat thing seen at an angle. `at` is the arrival of that picture
    (the caller's clock, seconds), 0 where no picture could be decoded.
    """

    found: bool
    likeness: float
    at: float
