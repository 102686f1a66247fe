"""The registers behind HTTP interfaces, as their description says (`registry_description.py`).

One POST a question: over TLS that is verified, no redirect, no cookie, no second try, within its
seconds, and no more of an answer than `MAX_ANSWER` bytes. Whatever goes wrong is an answer too:
`unreachable`, with the reason.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp

from teller_server.domain.errors import Refusal

from .answers import asks_again, pick, read_whole
from .registry import MOST_REASONS, Answer, Kind, clean_reference, known_reasons
from .registry_description import Question, Registers
from .templates import fill

MAX_ANSWER = 1024 * 1024


class HttpRegistry:
    """Asks what is described; keeps its connections."""

    def __init__(self, registers: Registers, secret: str | None) -> None:
        self._told = registers
        self._secret = secret
        self._http: aiohttp.ClientSession | None = None

    async def citizen(self, name: str, number: str, portrait: bytes | None) -> Answer:
        picture = base64.b64encode(portrait).decode() if portrait else None
        return await self._ask("citizen", name=name, number=number, portrait=picture)

    async def company(self, credit_code: str, name: str, legal_representative: str) -> Answer:
        return await self._ask(
            "company", credit_code=credit_code, name=name, legal_representative=legal_representative
        )

    async def screening(self, name: str, code: str, kind: Kind) -> Answer:
        return await self._ask("screening", name=name, code=code, kind=kind)

    async def phone(self, phone: str, document: str) -> Answer:
        return await self._ask("phone", phone=phone, document=document)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _ask(self, question: str, **values: str | None) -> Answer:
        asked_at = datetime.now(UTC)
        how = self._told.questions.get(question)
        if how is None:
            return _none("registry_not_connected", asked_at)
        try:
            status, raw = await self._post(how, fill(how.body, values))
        except Refusal:
            return _none("registry_fact_missing", asked_at)
        except TimeoutError:
            return _none("registry_timeout", asked_at)
        except (aiohttp.ClientError, OSError):
            return _none("registry_unreachable", asked_at)
        return _read(how, status, raw, asked_at)

    async def _post(self, how: Question, body: Any) -> tuple[int, bytes]:
        async with self._session().post(how.url, json=body, allow_redirects=False) as reply:
            return reply.status, await read_whole(reply, MAX_ANSWER + 1)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            headers = {"Accept": "application/json", **self._told.headers}
            if self._secret:
                headers["Authorization"] = f"Bearer {self._secret}"
            times = aiohttp.ClientTimeout(
                total=self._told.total_seconds, connect=self._told.connect_seconds
            )
            self._http = aiohttp.ClientSession(
                timeout=times, headers=headers, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._http


def _read(how: Question, status: int, raw: bytes, asked_at: datetime) -> Answer:
    """What an answer says; one that can't be read is kept, and none at all in effect."""
    refusal = _refused(how, status)
    if refusal:
        return Answer("unreachable", asked_at, (refusal,), "", raw[:MAX_ANSWER])
    said = _json(raw)
    reference = clean_reference(_text(said, how.reference))
    if status in how.mismatch_statuses:
        reasons = _reasons(how, said) or known_reasons([(how.codes or {}).get(str(status), "")])
        return Answer("mismatch", asked_at, reasons, reference, raw)
    match _word(how, said):
        case "match":
            return Answer("match", asked_at, (), reference, raw)
        case "mismatch":
            return Answer("mismatch", asked_at, _reasons(how, said) or ("other",), reference, raw)
        case "unreachable":
            return Answer("unreachable", asked_at, ("registry_busy",), reference, raw)
    return Answer("unreachable", asked_at, ("registry_answer_unreadable",), "", raw[:MAX_ANSWER])


def _word(how: Question, said: Mapping[str, Any] | None) -> str | None:
    """The outcome that the register's result stands for; None when it says nothing of the kind."""
    result = _text(said, how.outcome)
    return (how.words.get(result) or how.words.get("*")) if result else None


def _refused(how: Question, status: int) -> str:
    """Why an HTTP status is no answer to the question; empty when it may be one."""
    if 200 <= status < 300 or status in how.mismatch_statuses:
        return ""
    if asks_again(status):
        return "registry_busy"
    if status in (401, 403) or status < 400:
        return "registry_does_not_admit_us"
    return "registry_refused"


def _reasons(how: Question, said: Any) -> tuple[str, ...]:
    found = pick(said, how.reasons) if how.reasons else None
    several = found if isinstance(found, list) else [found]
    plain = [_plain(one) for one in several[:MOST_REASONS] if one not in (None, "")]
    return known_reasons((how.codes or {}).get(one, "other") for one in plain)


def _text(said: Any, path: str) -> str:
    return _plain(pick(said, path)) if path else ""


def _plain(value: Any) -> str:
    """As JSON writes it: `true`, not `True`."""
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, dict | list) else json.dumps(value)


def _json(raw: bytes) -> Mapping[str, Any] | None:
    if len(raw) > MAX_ANSWER:
        return None
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None


def _none(reason: str, asked_at: datetime) -> Answer:
    return Answer("unreachable", asked_at, (reason,))
