"""What was found out about a signed paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Roots:
    """PEM of what may be trusted: for parties' certificates, for the bank's seal, for stamps."""

    signers: bytes
    bank: bytes
    time: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One signature. `problems` are codes with words for the page; none: nothing is wrong.

    `lasting`: timestamps and revocation lists inside are enough to check it after its certificate
    has expired. `changes` since: none, timestamps, signatures (more of them), other.
    """

    field: str
    subject: str
    certificate: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    lasting: bool
    changes: str
    facts: Mapping[str, Any]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A paper's signatures in their order. `read`: digest of the bytes that were read, once found.

    `whole`: the last signature or timestamp covers the file to its last byte.
    """

    findings: tuple[Finding, ...]
    read: str
    whole: bool
    stamps: int
    problems: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not self.problems and not any(one.problems for one in self.findings)
