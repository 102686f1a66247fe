"""The review desk's door: search, purpose before viewing, replay by Range, verdict, custody."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, read_body
from teller_server.api.guards import AUTH, identity_of, require
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.api.ranges import read_range
from teller_server.api.signin import freshen, sign_in, sign_out
from teller_server.domain.errors import Refusal
from teller_server.store.visits import VisitQuery

AUDIENCE = "review"


class Purpose(Body):
    purpose: str = Field(min_length=4, max_length=300)


async def visits(request: web.Request) -> web.Response:
    """A page of visits, newest first."""
    wanted = request.query
    text = wanted.get("q", "").strip()[:80]
    until = _day(wanted.get("to"))
    query = VisitQuery(
        text=text or None,
        opened_from=_day(wanted.get("from")),
        opened_until=until + timedelta(days=1) if until else None,
        teller=wanted.get("teller") or None,
        service=wanted.get("service") or None,
        outcome=wanted.get("outcome") or None,
        page=int(wanted["page"]) if wanted.get("page", "").isdecimal() else 1,
    )
    found = await branch_of(request).review.search(query, text, language_of(request))
    return web.json_response(found)


def _day(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("bad_request", field="from") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


async def filters(request: web.Request) -> web.Response:
    """What the search form offers: tellers, services."""
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
    return web.json_response({"tellers": tellers, "services": services})


async def visit(request: web.Request) -> web.Response:
    found = await branch_of(request).review.visit(_visit(request), language_of(request))
    return web.json_response(found)


async def view(request: web.Request) -> web.Response:
    """Say why, freshly authenticated; the custody entry is written before the grant is given."""
    auth, identity = request.config_dict[AUTH], identity_of(request)
    form = await read_body(request, Purpose)
    auth.require_fresh(identity)
    grant = await branch_of(request).review.grant(
        _visit(request), identity.subject, form.purpose.strip()
    )
    body = {"grant": grant.token, "expires_at": grant.expires_at.isoformat()}
    return web.json_response(body, status=201)


async def timeline(request: web.Request) -> web.Response:
    await _granted(request)
    visit_id, token = _visit(request), request.query["grant"]
    drawn = await branch_of(request).review.timeline(visit_id, language_of(request))
    base = f"/api/review/visits/{visit_id}"
    body = {
        "duration_ms": drawn.duration_ms,
        "parties": [
            {"party": party, "from_ms": start, "media": f"{base}/media/{party}?grant={token}"}
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
            for kept in await branch_of(request).store.evidence.objects(visit_id)
        ],
    }
    return web.json_response(body)


async def media(request: web.Request) -> web.StreamResponse:
    """One party's sound and picture, decrypted as far as the Range asks for."""
    await _granted(request)
    played = await branch_of(request).review.media(_visit(request), request.match_info["party"])
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
    await response.prepare(request)
    for at in range(start, stop, CHUNK):
        piece = await asyncio.to_thread(played.read, at, min(at + CHUNK, stop))
        await response.write(piece)
    await response.write_eof()
    return response


CHUNK = 512 * 1024


async def picture(request: web.Request) -> web.Response:
    await _granted(request)
    desk = branch_of(request)
    data, kind = await desk.review.object(_visit(request), request.match_info["digest"])
    return web.Response(body=data, content_type=kind)


async def verdict(request: web.Request) -> web.Response:
    return web.json_response(await branch_of(request).review.verify(_visit(request)))


async def custody(request: web.Request) -> web.Response:
    entries = await branch_of(request).review.custody(_visit(request))
    return web.json_response({"entries": entries})


async def _granted(request: web.Request) -> None:
    await branch_of(request).review.require(
        request.query.get("grant", ""), _visit(request), identity_of(request).subject
    )


def _visit(request: web.Request) -> str:
    return request.match_info["visit"]


def review_app() -> web.Application:
    """`/api/review`."""
    enter: Any = sign_in(AUDIENCE)
    app = web.Application(middlewares=[require(AUDIENCE, (enter,))])
    one = "/visits/{visit:visit-[0-9A-Z]{26}}"
    app.add_routes(
        [
            web.post("/sign-in", enter),
            web.post("/sign-out", sign_out(AUDIENCE)),
            web.post("/fresh", freshen),
            web.get("/visits", visits),
            web.get("/filters", filters),
            web.get(one, visit),
            web.post(f"{one}/views", view),
            web.get(f"{one}/timeline", timeline),
            web.get(f"{one}/media/{{party:[a-z_]{{1,32}}}}", media),
            web.get(f"{one}/objects/{{digest:[0-9a-f]{{64}}}}", picture),
            web.get(f"{one}/verify", verdict),
            web.get(f"{one}/custody", custody),
        ]
    )
    return app
