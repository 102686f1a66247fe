"""A bank's own HTTP interface, as its description says (`description.py`).

Every request carries the bearer secret; a change carries its key as `Idempotency-Key` as well.
Nothing is tried again here: an answer that may be another one later is an `Outage`, and the outbox
asks again under the same key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp

from teller_server.domain.errors import Outage, Refusal

from .answers import asks_again, pick, pick_text, read_whole
from .description import Call, Description, LookUp, ReceiptAt
from .port import Company, Customer, Order, Proposal, Receipt, Seals
from .templates import fill, fill_path

MAX_ANSWER = 1024 * 1024

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FACTS = ("phone", "address", "occupation", "document_until", "document")


class RestCore:
    """A bank behind an HTTP interface."""

    def __init__(self, description: Description, secret: str | None) -> None:
        self._told = description
        self._secret = secret
        self._http: aiohttp.ClientSession | None = None

    async def look_up(self, *, document: str = "", reference: str = "") -> Customer | None:
        """By document number, or by reference."""
        how = self._told.look_up
        call = how.by_document if document else how.by_reference
        values = {"document": document, "reference": reference}
        status, answer = await self._ask(call, values)
        if status in how.missing:
            return None
        self._judge(status, answer)
        facts = {name: pick_text(answer, path) for name, path in how.customer.items()}
        if not facts["reference"]:
            raise Outage("core_answer_unreadable", wanted=how.customer["reference"])
        return Customer(
            reference=facts["reference"],
            name=facts["name"],
            companies=_companies(how, answer),
            **{name: facts.get(name, "") for name in _FACTS},
        )

    async def propose(self, order: Order) -> Proposal:
        """What the bank says; yes when its description has no such request."""
        calls = self._told.effects.get(order.effect)
        if calls is None:
            return Proposal(False, ("core_refused",))
        if calls.propose is None:
            return Proposal(True)
        status, answer = await self._ask(calls.propose, _values(order), order.key)
        if asks_again(status) or status in (401, 403) or 300 <= status < 400:
            self._judge(status, answer)
        if status < 300:
            return Proposal(True)
        reasons = pick(answer, calls.reasons) if calls.reasons else None
        if isinstance(reasons, list) and reasons:
            return Proposal(False, tuple(self._reason(str(reason)) for reason in reasons[:8]))
        return Proposal(False, (self._refusal(status, answer),))

    async def commit(self, order: Order, seals: Seals, now: datetime) -> Receipt:
        """The bank's receipt for the order."""
        calls = self._told.effects.get(order.effect)
        if calls is None:
            raise Refusal("core_refused", effect=order.effect)
        if not seals.call:
            raise Refusal("core_evidence_missing")
        facts = {"call": seals.call, "decision": seals.decision}
        values = {**_values(order), "seals": facts, "at": now.isoformat()}
        status, answer = await self._ask(calls.commit, values, order.key)
        self._judge(status, answer)
        return _receipt(calls.receipt, answer)

    async def cancel(self, key: str) -> Receipt | None:
        """None when the bank will never carry the key out; else what it has done."""
        how = self._told.cancel
        status, answer = await self._ask(how.call, {"key": key}, key)
        if status in how.done:
            return _receipt(how.receipt, answer)
        if status != 404:  # what the bank has never seen is withdrawn as well
            self._judge(status, answer)
        return None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _ask(self, call: Call, values: Mapping[str, Any], key: str = "") -> tuple[int, Any]:
        url = self._told.base + fill_path(call.path, values)
        body = fill(call.body, values)
        headers = {"Idempotency-Key": key} if key else {}
        try:
            async with self._session().request(
                call.method, url, json=body, headers=headers, allow_redirects=False
            ) as reply:
                raw = await read_whole(reply, MAX_ANSWER)
                status = reply.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Outage("core_unreachable", kind=type(error).__name__) from None
        try:
            return status, json.loads(raw) if raw else None
        except ValueError:
            return status, None

    def _judge(self, status: int, answer: Any) -> None:
        """Nothing for 2xx. Outage: ask again or call an operator; Refusal: never."""
        if 200 <= status < 300:
            return
        if asks_again(status):
            raise Outage("core_busy", status=status)
        if status in (401, 403) or status < 400:
            raise Outage("core_does_not_admit_us", status=status)
        raise Refusal(self._refusal(status, answer), status=status)

    def _refusal(self, status: int, answer: Any) -> str:
        said = pick_text(answer, self._told.code) if self._told.code else ""
        found = self._told.refusals.get(said) or self._told.refusals.get(str(status))
        return found or "core_refused"

    def _reason(self, said: str) -> str:
        """One of our codes, or the bank's own if it looks like a code: texts go nowhere."""
        own = said if _CODE.fullmatch(said) else "core_refused"
        return self._told.refusals.get(said, own)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            headers = {"Accept": "application/json", **self._told.headers}
            if self._secret:
                headers["Authorization"] = f"Bearer {self._secret}"
            times = aiohttp.ClientTimeout(
                total=self._told.total_seconds, connect=self._told.connect_seconds
            )
            self._http = aiohttp.ClientSession(timeout=times, headers=headers)
        return self._http


def _values(order: Order) -> dict[str, Any]:
    return {
        "key": order.key,
        "effect": order.effect,
        "reference": order.reference,
        "body": order.body,
    }


def _receipt(where: ReceiptAt, answer: Any) -> Receipt:
    number = pick_text(answer, where.number)
    if not number or " " in number:
        raise Outage("core_answer_unreadable", wanted=where.number)
    said = pick_text(answer, where.status) if where.status else ""
    return Receipt(number, where.words.get(said) or where.words.get("*", ""))


def _companies(how: LookUp, answer: Any) -> tuple[Company, ...]:
    found = (pick(answer, how.companies) if how.companies else None) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Outage("core_answer_unreadable", wanted=how.companies)
    return tuple(_company(how.company, one) for one in found)


def _company(paths: Mapping[str, str], one: Any) -> Company:
    return Company(
        name=pick_text(one, paths.get("name", "name")),
        credit_code=pick_text(one, paths.get("credit_code", "credit_code")),
        role=pick_text(one, paths.get("role", "role")),
    )
