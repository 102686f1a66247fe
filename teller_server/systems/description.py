"""How a bank's HTTP interface is described: which request each verb makes, and how it is answered.

The file is YAML; `read_description` checks all of it when the branch starts, and names the line of
every mistake. docs/integration.md explains the format with examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` and `body` hold {placeholders}, see `templates.py`."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """How a customer is found, and where the answer has each field (dotted paths)."""

    by_document: Call
    by_reference: Call
    customer: Mapping[str, str]
    companies: str = ""
    company: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[int, ...] = (404,)


@dataclass(frozen=True, slots=True)
class ReceiptAt:
    """Where an answer has the receipt. `words`: the bank's status → a word of `STATUS_WORDS`.

    `*` stands for every status that is not named.
    """

    number: str
    status: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EffectCalls:
    """How one effect is proposed (optional) and committed."""

    commit: Call
    receipt: ReceiptAt
    propose: Call | None = None
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class CancelCall:
    """How an order is withdrawn; an answer with a status of `done` holds its receipt."""

    call: Call
    receipt: ReceiptAt
    done: tuple[int, ...] = (409,)


@dataclass(frozen=True, slots=True)
class Description:
    """A bank's whole interface. `refusals`: its code found at `code`, or the HTTP status → ours."""

    bank: str
    base: str
    connect_seconds: int
    total_seconds: int
    headers: Mapping[str, str]
    look_up: LookUp
    effects: Mapping[str, EffectCalls]
    cancel: CancelCall
    code: str
    refusals: Mapping[str, str]
