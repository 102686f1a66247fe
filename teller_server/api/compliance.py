"""The review desk's door: search, purpose before viewing, replay by Range, verdict, custody."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import structlog
from aiohttp import web
from pydantic import Field

from recording.playback import Media
from teller_server.api.auth import Identity
from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.guards import AUTH, identity_of, require
from teller_server.api.handover import handover_routes
from teller_server.api.keys import branch_of
from teller_server.api.problems import DAMAGES, language_of
from teller_server.api.ranges import read_count, read_day, read_day_after, read_range
from teller_server.api.second import second_routes
from teller_server.api.signin import freshen, sign_in, sign_out
from teller_server.desk.openings import Given
from teller_server.desk.review import Said
from teller_server.desk.search_terms import MARKS
from teller_server.desk.words import word
from teller_server.domain.errors import Refusal
from teller_server.store.view_requests import Grant, Scope, ViewRequest
from teller_server.store.visits import VisitQuery

log = structlog.get_logger(__name__)

AUDIENCE = "review"


FRESH_HEADER = "X-Fresh"
"""What the page was given for the last password: the cookie alone opens nothing."""

At = Annotated[int, Field(ge=0, le=10**10)]


class Purpose(Body):
    """Why, what for, and how much: milliseconds of the recording's own clock."""

    purpose: Annotated[str, Typed, Field(min_length=4, max_length=300)]
    kind: Literal["view", "export"] = "view"
    from_ms: At | None = None
    until_ms: At | None = None

    def scope(self) -> Scope:
        """Raises Refusal bad_request where the range is none."""
        if self.until_ms is not None and self.until_ms <= (self.from_ms or 0):
            raise Refusal("bad_request", field="until_ms")
        return Scope(self.kind, self.from_ms, self.until_ms)


class Word(Body):
    """A second person's decision on a request; `reason` is needed to refuse."""

    approve: bool
    reason: Annotated[str, Typed, Field(max_length=300)] = ""


class Search(Body):
    """A search by name, document number or words: such are never in an address."""

    q: Annotated[str, Typed, Field(max_length=80)] = ""
    since: str | None = Field(default=None, alias="from", max_length=32)
    to: str | None = Field(default=None, max_length=32)
    teller: str | None = Field(default=None, max_length=64)
    service: str | None = Field(default=None, max_length=64)
    outcome: str | None = Field(default=None, max_length=64)
    mark: str | None = Field(default=None, max_length=32)
    words: Annotated[str, Typed, Field(max_length=80)] | None = None
    page: int = Field(default=1, ge=1, le=10**9)


async def visits(request: web.Request) -> web.Response:
    """A page of visits, newest first."""
    wanted = request.query
    for private in {"q", "words"} & set(wanted):
        raise Refusal("bad_request", field=private)  # an address is logged by every proxy
    query = VisitQuery(
        opened_from=read_day(wanted.get("from") or None, "from"),
        opened_until=read_day_after(wanted.get("to") or None),
        teller=wanted.get("teller") or None,
        service=wanted.get("service") or None,
        outcome=wanted.get("outcome") or None,
        page=max(1, read_count(wanted.get("page"), 1)),
    )
    return await _found(request, query, Said(wanted.get("mark") or None))


async def search(request: web.Request) -> web.Response:
    """As `visits`, by a visit, a ticket, a whole name or document number, or by words."""
    wanted = await read_body(request, Search)
    if not (wanted.q or wanted.words):
        raise Refusal("bad_request", field="q")
    query = VisitQuery(
        text=wanted.q or None,
        opened_from=read_day(wanted.since or None, "from"),
        opened_until=read_day_after(wanted.to or None),
        teller=wanted.teller or None,
        service=wanted.service or None,
        outcome=wanted.outcome or None,
        page=wanted.page,
    )
    return await _found(request, query, Said(wanted.mark or None, wanted.words or None))


async def _found(request: web.Request, query: VisitQuery, said: Said) -> web.Response:
    language = language_of(request)
    found = await branch_of(request).review.search(
        query, query.text or "", language, identity_of(request).subject, said
    )
    return web.json_response(found)


async def filters(request: web.Request) -> web.Response:
    """What the search form offers: tellers, services, what may have happened in a visit."""
    desk, language = branch_of(request), language_of(request)
    staff = await desk.store.accounts.all()
    tellers = [
        {"id": one.id, "name": one.display_name, "number": one.number}
        for one in staff
        if "teller" in one.roles
    ]
    services = [
        {"id": script.service, "title": script.title[language]} for script in desk.scripts.values()
    ]
    marks = [{"id": one, "title": word(f"found.{one}", language)} for one in MARKS]
    return web.json_response({"tellers": tellers, "services": services, "marks": marks})


async def visit(request: web.Request) -> web.Response:
    found = await branch_of(request).review.visit(_visit(request), language_of(request))
    return web.json_response(found)


async def view(request: web.Request) -> web.Response:
    """Say why, freshly authenticated: 201 with a grant, or 202 with a request that waits."""
    form = await read_body(request, Purpose)
    account = proved(request).subject
    given = await branch_of(request).openings.ask(
        _visit(request), account, form.purpose, form.scope()
    )
    if isinstance(given, ViewRequest):
        body = {"request": given.id, "expires_at": given.expires_at.isoformat()}
        return web.json_response(body, status=202)
    return _given(given)


async def openings(request: web.Request) -> web.Response:
    """What I have asked for, and what others ask of me."""
    found = await branch_of(request).openings.waiting(identity_of(request).subject)
    return web.json_response({"requests": found})


async def decide(request: web.Request) -> web.Response:
    """Agree to what somebody else asks, or don't."""
    form = await read_body(request, Word)
    account = proved(request).subject
    await branch_of(request).openings.decide(
        request.match_info["request"], account, approve=form.approve, reason=form.reason.strip()
    )
    return web.json_response({})


async def use(request: web.Request) -> web.Response:
    """The grant that an approved request gives; once."""
    account = proved(request).subject
    return _given(await branch_of(request).openings.use(request.match_info["request"], account))


def _given(given: Given) -> web.Response:
    grant = given.grant
    body = {"grant": given.token, "expires_at": grant.expires_at.isoformat()}
    return web.json_response({**body, **grant.scope.as_dict()}, status=201)


def proved(request: web.Request) -> Identity:
    """Who asks, proved anew by a page that has not only the cookie. Raises Refusal."""
    identity = identity_of(request)
    request.config_dict[AUTH].require_proof(identity, request.headers.get(FRESH_HEADER, ""))
    return identity


async def timeline(request: web.Request) -> web.Response:
    grant = await _granted(request)
    visit_id, token = _visit(request), request.query["grant"]
    desk = branch_of(request).review
    drawn = await desk.timeline(visit_id, language_of(request), grant)
    base = f"/api/review/visits/{visit_id}"
    body = {
        "granted": grant.scope.as_dict(),
        "duration_ms": drawn.duration_ms,
        "parties": [
            {
                "party": party,
                "from_ms": start,
                "media": f"{base}/media/{party}?grant={token}",
                "sound": f"{base}/sound/{party}?grant={token}",
            }
            for party, start in drawn.parties
        ],
        "marks": list(drawn.marks),
        "gaps": list(drawn.gaps),
        "objects": [
            {
                "role": kept.role,
                "media_type": kept.media_type,
                "url": f"{base}/objects/{kept.digest}?grant={token}",
                "digest": kept.digest,
            }
            for kept in await desk.objects(visit_id, grant)
        ],
    }
    return web.json_response(body)


async def media(request: web.Request) -> web.StreamResponse:
    """One party's sound and picture, decrypted as far as the Range asks for."""
    grant = await _granted(request)
    played = await branch_of(request).review.media(
        _visit(request), request.match_info["party"], grant
    )
    span = read_range(request.headers.get("Range"), played.size)
    if span is None:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{played.size}"})
    start, stop, partial = span
    headers = {
        "Content-Type": played.mime,
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
    }
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{played.size}"
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    pieces = _pieces(played, start, stop)
    first = await anext(pieces)
    await response.prepare(request)
    try:
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
    except DAMAGES as damage:
        # too late for an answer: the player must see a broken stream, not a shorter film
        log.error("media_damaged", visit=_visit(request), damage=str(damage))
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


async def sound(request: web.Request) -> web.Response:
    """How loud one party was, in dBFS a second from `from`; at most ten minutes, then ask on."""
    grant = await _granted(request)
    from_s = read_count(request.query.get("from"), 0)
    party = request.match_info["party"]
    levels = await branch_of(request).review.sound(_visit(request), party, from_s, grant)
    return web.json_response({"from": from_s, "levels": levels})


CHUNK = 512 * 1024


async def _pieces(played: Media, start: int, stop: int) -> AsyncIterator[bytes]:
    for at in range(start, stop, CHUNK):
        yield await asyncio.to_thread(played.read, at, min(at + CHUNK, stop))


async def picture(request: web.Request) -> web.Response:
    grant = await _granted(request)
    data, kind = await branch_of(request).review.object(
        _visit(request), request.match_info["digest"], grant
    )
    return web.Response(body=data, content_type=kind)


async def verdict(request: web.Request) -> web.Response:
    return web.json_response(await branch_of(request).review.verify(_visit(request)))


async def custody(request: web.Request) -> web.Response:
    entries = await branch_of(request).review.custody(_visit(request))
    demo = branch_of(request).strongroom.wrapper.demo
    return web.json_response({"entries": entries, "demo_keys": demo})


async def _granted(request: web.Request) -> Grant:
    return await branch_of(request).openings.require(
        request.query.get("grant", ""), _visit(request), identity_of(request).subject
    )


def _visit(request: web.Request) -> str:
    return request.match_info["visit"]


def review_app() -> web.Application:
    """`/api/review`."""
    enter: Any = sign_in(AUDIENCE)
    app = web.Application(middlewares=[require(AUDIENCE, (enter,))])
    one = "/visits/{visit:visit-[0-9A-Z]{26}}"
    asked = "/openings/{request:opening-[0-9A-Z]{26}}"
    app.add_routes(
        [
            web.post("/sign-in", enter),
            web.post("/sign-out", sign_out(AUDIENCE)),
            web.post("/fresh", freshen),
            web.get("/visits", visits),
            web.post("/visits/search", search),
            web.get("/filters", filters),
            web.get(one, visit),
            web.post(f"{one}/views", view),
            web.get("/openings", openings),
            web.post(f"{asked}/decision", decide),
            web.post(f"{asked}/grant", use),
            web.get(f"{one}/timeline", timeline),
            web.get(f"{one}/media/{{party:[a-z_]{{1,32}}}}", media),
            web.get(f"{one}/sound/{{party:[a-z_]{{1,32}}}}", sound),
            web.get(f"{one}/objects/{{digest:[0-9a-f]{{64}}}}", picture),
            web.get(f"{one}/verify", verdict),
            web.get(f"{one}/custody", custody),
            *second_routes(),
            *handover_routes(),
        ]
    )
    return app
