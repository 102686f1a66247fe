"""The pages themselves: each audience's shell, shown to whoever is signed in at its door."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from teller_server.api.accounts import CUSTOMER
from teller_server.api.guards import AUTH, IDENTITY, cookie_name, require, wants_page
from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.desk.branch import Branch
from teller_server.domain.errors import Refusal
from web.pages import PageContext, Pages

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGES = web.AppKey("pages", Pages)


def page(name: str, audience: str) -> Handler:
    """A handler that renders `name` with the visitor's language and CSRF token."""

    async def handler(request: web.Request) -> web.StreamResponse:
        desk, language = branch_of(request), language_of(request)
        identity = request.get(IDENTITY)
        if identity is None and audience == CUSTOMER:
            auth = request.config_dict[AUTH]
            cookie = request.cookies.get(cookie_name(auth.settings, audience), "")
            identity = await auth.recognise(audience, cookie) if cookie else None
        account = identity.account if identity else None
        visit = await _visit_of(desk, identity.subject) if identity else None
        context = PageContext(
            language=language,
            csrf=identity.csrf if identity else "",
            bank=desk.show.branch(language).name,
            demo=desk.settings.demo,
            data={
                "audience": audience,
                "signed_in": identity is not None,
                "visit": visit,
                "name": account.display_name if account else None,
                "visit_id": request.match_info.get("visit"),
                "second_factor": desk.settings.staff.totp_required,
            },
            position=name == CUSTOMER and await _may_ask(desk, visit),
        )
        return request.config_dict[PAGES].response(name, context)

    return handler


@web.middleware
async def show_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever opened an address that shows nothing gets a page that says so, and where to go."""
    response = await handler(request)
    missing = response.status in (403, 404) or response.status >= 500
    if not missing or not wants_page(request) or request.path.startswith(("/api/", "/ws/")):
        return response
    desk, language = branch_of(request), language_of(request)
    context = PageContext(
        language=language,
        bank=desk.show.branch(language).name,
        demo=desk.settings.demo,
        status=response.status,
    )
    return request.config_dict[PAGES].response("error", context)


async def _visit_of(desk: Branch, subject: str) -> str | None:
    """The visit this browser takes part in; an invitation that was only opened is none yet."""
    try:
        return (await desk.guests.seat_of(subject)).visit_id
    except Refusal:
        return None


async def _may_ask(desk: Branch, visit: str | None) -> bool:
    """Whether this page may come to ask for a position: a new visit of it, or the one it is in."""
    if desk.place.asks or visit is None:
        return desk.place.asks
    return (await desk.store.visits.get(visit)).policy.place is not None


def page_apps(desk: Branch) -> list[tuple[str, web.Application]]:
    """The staff's pages, each behind its own door; `desk` tells whether there is a demo core."""
    audiences = ["teller", "review", "admin"] + (["core"] if desk.settings.demo else [])
    apps = []
    for audience in audiences:
        enter = page(f"{audience}-sign-in", audience)
        app = web.Application(middlewares=[require(audience, (enter,))])
        app.router.add_get("/sign-in", enter)
        app.router.add_get("", page(audience, audience))
        if audience == "review":
            app.router.add_get("/openings", page("review-openings", audience))
            app.router.add_get("/{visit:visit-[0-9A-Z]{26}}", page("review-visit", audience))
        apps.append((f"/{audience}", app))
    return apps
