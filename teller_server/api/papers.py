"""Papers over HTTP: pages as pictures, a signature as strokes, signed copies by a link."""

from typing import Any
from urllib.parse import quote

from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, read_body
from teller_server.api.guards import identity_of
from teller_server.api.keys import branch_of
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit
from teller_server.papers.strokes import read_strokes

PNG, PDF = "image/png", "application/pdf"
PAPER = "{paper:[a-z][a-z0-9_]{0,39}}"
PAGE = f"{PAPER}/pages/{{page:[1-9][0-9]?}}"
KEPT = {"Cache-Control": "private, no-store"}


class Signature(Body):
    """A signature with its code; `strokes` as papers/strokes.py says."""

    step: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=4, max_length=12)
    agreed: bool
    width: float
    height: float
    strokes: list[Any] = Field(max_length=60)


async def page(request: web.Request) -> web.Response:
    """One page of a paper that is this party's to read."""
    visit, party = await seated(request)
    return await page_picture(request, visit, party)


async def page_picture(request: web.Request, visit: Visit, party: str | None) -> web.Response:
    """The very bytes that everybody is shown."""
    paper, number = request.match_info["paper"], int(request.match_info["page"])
    picture = await branch_of(request).papers.page(visit, party, paper, number)
    return web.Response(body=picture, content_type=PNG, headers=KEPT)


async def text(request: web.Request) -> web.Response:
    """What one page says, for a screen reader: taken from the PDF that the pictures show."""
    visit, party = await seated(request)
    return await page_text(request, visit, party)


async def page_text(request: web.Request, visit: Visit, party: str | None) -> web.Response:
    """{text, digest}: lines, and the SHA-256 of the PDF."""
    paper, number = request.match_info["paper"], int(request.match_info["page"])
    said, digest = await branch_of(request).papers.text(visit, party, paper, number)
    return web.json_response({"text": said, "digest": digest}, headers=KEPT)


async def sign(request: web.Request) -> web.Response:
    """Strokes and a code; whether it became a signature shows in the view."""
    form, (visit, party) = await read_body(request, Signature), await seated(request)
    if not form.agreed:
        raise Refusal("bad_request", field="agreed")
    strokes = read_strokes({"width": form.width, "height": form.height, "strokes": form.strokes})
    await branch_of(request).signatures.sign(visit, party, form.step, form.code, strokes)
    return web.json_response({"status": "signing"}, status=202)


async def link(request: web.Request) -> web.Response:
    """An address that opens one signed paper for ten minutes."""
    visit, party = await seated(request)
    secret, until = branch_of(request).papers.link(visit, party, request.match_info["paper"])
    return web.json_response({"url": f"/d/{secret}", "expires_at": until.isoformat()})


async def download(request: web.Request) -> web.Response:
    """The signed paper behind a link; whoever holds the link may fetch it."""
    desk = branch_of(request)
    found = desk.papers.linked(request.match_info["secret"])
    visit = await desk.store.visits.get(found.visit)
    pdf = await desk.papers.signed(visit, found.paper)
    title = desk.scripts.of(visit).papers[found.paper][visit.language]
    name = quote(f"{title}-{visit.ticket or 'visit'}.pdf")
    disposition = f"attachment; filename*=UTF-8''{name}"
    return web.Response(
        body=pdf, content_type=PDF, headers={**KEPT, "Content-Disposition": disposition}
    )


async def seated(request: web.Request) -> tuple[Visit, str]:
    """The visit this browser speaks in, and for whom."""
    desk = branch_of(request)
    seat = await desk.guests.seat_of(identity_of(request).subject)
    return await desk.store.visits.get(seat.visit_id), seat.party


def paper_routes() -> list[web.RouteDef]:
    """Below `/api/customer`."""
    return [
        web.get(f"/papers/{PAGE}", page),
        web.get(f"/papers/{PAGE}/text", text),
        web.post("/signatures", sign),
        web.post(f"/papers/{PAPER}/link", link),
    ]
