"""The bank's own system, as this branch needs it: four verbs and what they carry.

Every change travels as an `Order` under a key of its own. The same key with the same content gets
the same receipt however often it is sent; with other content it is refused. Nothing is committed
without the digest of the sealed evidence it rests on.

A verb raises `Refusal` (the bank will never do this) or `Outage` (ask again later).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

CHANGE_DETAILS = "core.change_details"
LOAN_INTERVIEW = "core.loan_interview"
OPEN_ACCOUNT = "core.open_account"
STOP = "core.stop"
"""The customer says that an order which was carried out was not theirs."""

CHANGEABLE = ("address", "occupation", "phone", "document_until")
"""What a change of details may change."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company that a customer acts for; `role` is `legal_representative` or `agent`."""

    name: str
    credit_code: str
    role: str


@dataclass(frozen=True, slots=True)
class Customer:
    """What the bank holds of one of its customers; `document_until` is YYYY-MM-DD or empty."""

    reference: str
    name: str
    document: str = ""
    phone: str = ""
    address: str = ""
    occupation: str = ""
    document_until: str = ""
    companies: tuple[Company, ...] = ()


@dataclass(frozen=True, slots=True)
class Seals:
    """Digests of the sealed evidence: over the call, and over a second person's decision."""

    call: str
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One change for the bank: whose record, which effect, and its facts (JSON values).

    The body by effect (docs/integration.md shows each whole): change_details {changes}; any other
    {application, decision, outcome, papers, handed_over}. `reference` is empty when the bank does
    not know the person yet: then the body has their particulars, person {name, document, phone}.
    Either may have limits {until}. `STOP` is about an earlier order: {order, effect, receipt,
    reported}.
    """

    key: str
    effect: str
    reference: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the bank says before the call ends; `reasons` are codes of why it would refuse."""

    accepted: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bank's word that it took an order: its number, and a word for what it did.

    As text (`str`, `Receipt.read`) it is the number, a space, and the status.
    """

    number: str
    status: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.status}".rstrip()

    @classmethod
    def read(cls, text: str) -> Receipt:
        """The receipt that `str` wrote."""
        number, _, status = text.partition(" ")
        return cls(number, status)


STATUS_WORDS: Mapping[str, Mapping[str, str]] = {
    "changed": {"zh-CN": "已变更", "en": "Changed"},
    "granted": {"zh-CN": "贷款已批准", "en": "Loan granted"},
    "interview_recorded": {"zh-CN": "面谈结果已登记", "en": "Interview recorded"},
    "sign_at_branch": {"zh-CN": "已登记，待到网点签约", "en": "Recorded, to be signed at a branch"},
    "refusal_recorded": {"zh-CN": "不予办理的结果已登记", "en": "Refusal recorded"},
    "pending_filing": {"zh-CN": "账户待备案", "en": "Account waiting for filing"},
    "pending_originals": {"zh-CN": "账户待核验原件", "en": "Account waiting for the originals"},
    "opened": {"zh-CN": "账户已开立", "en": "Account open"},
    "stopped": {"zh-CN": "已止付", "en": "Payments stopped"},
    "reversed": {"zh-CN": "已止付并撤销变更", "en": "Payments stopped and the change undone"},
}
"""What a receipt's status means, for the pages; a bank's description may use no other word."""


class Backoffice(Protocol):
    """A bank's own system."""

    async def look_up(self, *, document: str = "", reference: str = "") -> Customer | None:
        """The customer with this document number, or with this reference; None: not known."""

    async def propose(self, order: Order) -> Proposal:
        """Ask whether the bank would take the order. Changes nothing; may be skipped."""

    async def commit(self, order: Order, seals: Seals, now: datetime) -> Receipt:
        """Carry the order out, once for its key.

        Refusal: core_unknown_customer, core_not_changeable, core_key_reused, core_withdrawn,
        core_refused. Outage: core_unreachable, core_busy, core_answer_unreadable.
        """

    async def cancel(self, key: str) -> Receipt | None:
        """Withdraw the order for good; its receipt when it was carried out before."""

    async def close(self) -> None:
        """Let go of files and connections."""
