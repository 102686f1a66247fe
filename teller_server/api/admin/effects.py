"""Changes that the bank's system has not taken, and notices that did not go out."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, identity_of
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.api.words import say
from teller_server.domain.state import Visit
from teller_server.store.notices import NoticeLook
from teller_server.store.outbox import EffectLook

VISIT = r"{visit:visit-[0-9A-Z]{26}}"


class Purpose(Body):
    """Why an administrator acts; it is kept in the visit's custody list."""

    purpose: Annotated[str, Typed, Field(min_length=4, max_length=300)]


async def held_up(request: web.Request) -> web.Response:
    """Effects that were given up or failed before, notices that were given up, reviews whose
    time has run out, and objections that no account may answer."""
    desk, language = branch_of(request), language_of(request)
    effects, notices = await desk.backoffice.held_up()
    titles = {name: script.title[language] for name, script in desk.scripts.items()}
    return web.json_response(
        {
            "effects": [_effect(one, titles, language) for one in effects],
            "notices": [_notice(one, language) for one in notices],
            "repudiations": [
                _repudiated(one, titles, language) for one in await desk.repudiation.waiting()
            ],
            "overdue": [_overdue(one, titles) for one in await desk.second.overdue()],
            "objections": [_unheard(one, titles) for one in await desk.second.unheard()],
        }
    )


async def retry(request: web.Request) -> web.Response:
    """Try a given up effect again: 202."""
    return await _act(request, branch_of(request).backoffice.retry)


async def cancel(request: web.Request) -> web.Response:
    """Give it up for good: 202 {effect}; `committed` when the bank had taken it after all."""
    return await _act(request, branch_of(request).backoffice.cancel)


async def _act(request: web.Request, work: Any) -> web.Response:
    identity = identity_of(request)
    request.config_dict[AUTH].require_fresh(identity)
    form = await read_body(request, Purpose)
    applied = await work(request.match_info["visit"], identity.subject, form.purpose)
    return web.json_response({"effect": applied.visit.effect.value}, status=202)


async def send_again(request: web.Request) -> web.Response:
    """Take up a notice that was given up: 202."""
    await branch_of(request).backoffice.send_again(request.match_info["notice"])
    return web.json_response({}, status=202)


def _effect(one: EffectLook, titles: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "visit": one.visit,
        "ticket": one.ticket,
        "service_title": titles.get(one.service, one.service),
        "effect": one.effect,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.state == "pending" else None,
        "cause": cause_of(one.detail, language),
    }


def _repudiated(visit: Visit, titles: dict[str, str], language: str) -> dict[str, Any]:
    said = visit.repudiation
    return {
        "visit": visit.id,
        "ticket": visit.ticket,
        "service_title": titles.get(visit.service, visit.service),
        "at": said.at.isoformat() if said else None,
        "by": said.by if said else None,
        "end": said.end if said else None,
        "cause": cause_of(said.detail, language) if said else None,
    }


def _notice(one: NoticeLook, language: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "visit": one.visit,
        "receiver": one.receiver,
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "cause": cause_of(one.detail, language),
    }


def _unheard(visit: Visit, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "visit": visit.id,
        "ticket": visit.ticket,
        "service_title": titles.get(visit.service, visit.service),
        "due_at": visit.objection.due_at.isoformat() if visit.objection else None,
    }


def _overdue(visit: Visit, titles: dict[str, str]) -> dict[str, Any]:
    asked = visit.under_review
    return {
        "visit": visit.id,
        "ticket": visit.ticket,
        "service_title": titles.get(visit.service, visit.service),
        "due_at": asked.due_at.isoformat() if asked else None,
        "escalated": bool(asked and asked.escalated),
        "waits_for": _waits_for(visit),
    }


def _waits_for(visit: Visit) -> str:
    """Who has to do something: a second person, another to confirm, or the visit's teller."""
    asked = visit.under_review
    if asked is not None and asked.question:
        return "teller"
    return "colleague" if asked is not None and asked.refusal else "second_person"


def cause_of(detail: str, language: str) -> str | None:
    """The sentence of a cause; what follows the code (a status) is for the log."""
    return say(detail.split(" ", maxsplit=1)[0], language) if detail else None


ROUTES = (
    web.get("/effects", held_up),
    web.post(f"/effects/{VISIT}/retry", retry),
    web.post(f"/effects/{VISIT}/cancel", cancel),
    web.post("/notices/{notice:notice-[0-9A-F]{26}}/again", send_again),
)
