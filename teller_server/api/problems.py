"""One mapping of failures to what a page is told: by HTTP a status and JSON, on the wire a code."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

import kyc.errors
import recording.errors
import signaling.errors
from signaling.dispatch import Problem
from teller_server.api.words import say
from teller_server.domain.errors import Damage, Outage, Refusal

_log = logging.getLogger(__name__)

REFUSALS = (Refusal, signaling.errors.Refusal, kyc.errors.Refusal)
OUTAGES = (Outage, signaling.errors.Outage, kyc.errors.Outage, recording.errors.Outage)
DAMAGES = (Damage, recording.errors.Damage)

LANGUAGE_COOKIE = "vb_language"

# A refusal is 409 (the state does not allow it) unless it is about who, where from or what.
STATUS: Mapping[str, int] = {
    "bad_request": 400,
    "bad_credentials": 401,
    "not_signed_in": 401,
    "throttled": 401,
    "totp_required": 401,
    "csrf": 403,
    "foreign_origin": 403,
    "account_changed": 403,
    "grant_needed": 403,
    "grant_too_narrow": 403,
    "not_your_visit": 403,
    "fresh_authentication_required": 403,
    "totp_not_set_up": 403,
    "wrong_role": 403,
    "no_receipt_yet": 404,
    "no_recording": 404,
    "not_found": 404,
    "unknown_request": 404,
    "unknown_visit": 404,
    "too_large": 413,
    "unsupported_type": 415,
    "too_many_requests": 429,
    "too_many_sockets": 429,
    "subprotocol": 400,
}

# aiohttp's own errors, by status, under our codes.
_BY_STATUS: Mapping[int, str] = {
    400: "bad_request",
    401: "not_signed_in",
    403: "wrong_role",
    404: "not_found",
    405: "not_found",
    413: "too_large",
    415: "unsupported_type",
    429: "too_many_requests",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is told over HTTP."""

    status: int
    code: str
    field: str | None = None
    retry_after: int | None = None

    def response(self, language: str) -> web.Response:
        body = {"code": self.code, "message": say(self.code, language)}
        if self.field:
            body["field"] = self.field
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return web.json_response(body, status=self.status, headers=headers)


Answer = Callable[[web.Request, Report], web.Response]
ANSWER: web.AppKey[Answer] = web.AppKey("answer")
"""How a part of the application that isn't for pages tells of a failure."""


def explain(failure: Exception) -> Problem:
    """A failure as a wire problem; what nobody foresaw is `internal`."""
    if isinstance(failure, REFUSALS):
        return Problem(failure.code, _field(failure))
    if isinstance(failure, OUTAGES):
        _log.error("outage: %s", failure)
        return Problem("outage")
    if isinstance(failure, DAMAGES):
        _log.error("damage: %s", failure)
        return Problem("damaged")
    return Problem("internal")


def report(failure: Exception) -> Report:
    """A failure as an HTTP answer."""
    problem = explain(failure)
    if isinstance(failure, REFUSALS):
        wait = _plain(failure).get("retry_after")
        after = wait if isinstance(wait, int) else None
        return Report(STATUS.get(problem.code, 409), problem.code, problem.field, after)
    return Report(500 if problem.code == "internal" else 503, problem.code)


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost middleware of `/api` and the sockets: every failure is answered in JSON."""
    try:
        return await handler(request)
    except (ConnectionError, TimeoutError):
        raise
    except Exception as failure:
        told = _by_status(failure) if isinstance(failure, web.HTTPException) else report(failure)
        if told is None:
            raise
        if told.code == "internal":
            _log.exception("%s %s failed", request.method, request.rel_url.path)
        answer = request.match_info.apps[-1].get(ANSWER, answer_page)
        return answer(request, told)


def answer_page(request: web.Request, told: Report) -> web.Response:
    """As our own pages want it."""
    return told.response(language_of(request))


def _by_status(error: web.HTTPException) -> Report | None:
    """aiohttp's own error; None for what is none, or isn't ours to tell."""
    text = error.text or ""
    code = text if text in STATUS else _BY_STATUS.get(error.status)
    return Report(error.status, code) if code and error.status >= 400 else None


def language_of(request: web.Request) -> str:
    """The person's own choice, else what the browser prefers most, else Chinese."""
    asked = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("Accept-Language") or ""
    return "en" if asked.strip().lower().startswith("en") else "zh-CN"


def _plain(failure: Exception) -> Mapping[str, object]:
    plain = getattr(failure, "plain", None)
    return plain if isinstance(plain, Mapping) else {}


def _field(failure: Exception) -> str | None:
    name = _plain(failure).get("field")
    return name if isinstance(name, str) else None
