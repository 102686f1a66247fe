"""Documents that are photographed: their sides, what is read on each, and how they are handled.

Of a kind that isn't known here one side is wanted, with a portrait, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FRONT, BACK = "front", "back"
SIDES = (FRONT, BACK)

PROMPTS = (
    "tilt_sideways",
    "tilt_upright",
    "cover_corner",
    "finger_across",
    "bring_closer",
    "turn_over",
)
"""What the teller may ask a customer to do with the document before the camera."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of document. `reads`: side → fields that a reading can find there.

    `features`: what the teller may look for in the live picture while the document is moved.
    """

    sides: tuple[str, ...] = (FRONT,)
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    features: tuple[str, ...] = ("hologram", "portrait_edge", "fine_print")
    portrait: bool = True


_CARD = ("name", "sex", "nation", "birth", "address", "number")
_LICENCE = (
    "name", "credit_code", "type", "legal_representative", "capital", "established", "address",
    "scope",
)  # fmt: skip
_PASSPORT = ("surname", "given", "number", "nationality", "issuer", "birth", "sex", "expiry")

TYPES: Mapping[str, DocumentType] = {
    # What the eye looks for is what is generally told of these documents, not taken from a standard
    # that we have read: a bank puts its own list in its place before it relies on this one.
    "resident_id": DocumentType(
        SIDES,
        {FRONT: _CARD, BACK: ("authority", "valid_from", "valid_until")},
        ("great_wall", "china_text", "guilloche", "micro_print", "portrait_edge"),
    ),
    "passport": DocumentType(
        (FRONT,),
        {FRONT: _PASSPORT},
        ("kinegram", "portrait_edge", "machine_lines", "second_portrait", "laminate"),
    ),
    "business_licence": DocumentType(
        (FRONT,), {FRONT: _LICENCE}, ("seal", "qr_code", "emblem", "border"), portrait=False
    ),
    "hk_macau_permit": DocumentType(SIDES),
    "tw_permit": DocumentType(SIDES),
    "pr_card": DocumentType(SIDES),
}
_PLAIN = DocumentType()
DATES = ("birth", "valid_from", "valid_until", "expiry", "established")
_SAME = {"expiry": "valid_until"}
"""One name for what is the same on all documents, as forms ask for it."""


def document_type(name: str) -> DocumentType:
    """The kind of that name."""
    return TYPES.get(name, _PLAIN)


def wanted_sides(kind: str, sides: tuple[str, ...]) -> tuple[str, ...]:
    """The sides that a step asks for (`sides`; the front when it names none) and `kind` has."""
    has = document_type(kind).sides
    return tuple(side for side in sides or (FRONT,) if side in has) or has[:1]


def common_names(values: Mapping[str, str]) -> dict[str, str]:
    """What was read, under the names that forms use."""
    return {_SAME.get(name, name): value for name, value in values.items()}


def readable(kinds: tuple[str, ...], sides: tuple[str, ...]) -> frozenset[str]:
    """Every name that a form may take over from a step which asks for these kinds and sides."""
    return frozenset(
        _SAME.get(name, name)
        for kind in kinds
        for side in wanted_sides(kind, sides)
        for name in document_type(kind).reads.get(side, ())
    )


def feature(kind: str, name: str) -> str:
    """What a feature of a kind is called among the things that are asked in a step."""
    return f"{kind}.{name}"


def asked_of(drawn: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """What is asked of a document of this kind: the prompts, and its own features."""
    return tuple(name for name in drawn if "." not in name or name.startswith(f"{kind}."))
