"""The application: pages, doors and sockets over one branch. It only puts together."""

from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web, web_response

from teller_server.api.accounts import CUSTOMER
from teller_server.api.admin import admin_app
from teller_server.api.auth import Auth
from teller_server.api.bank.interface import bank_app
from teller_server.api.compliance import review_app
from teller_server.api.core import core_app
from teller_server.api.customer import customer_app
from teller_server.api.customer import socket as customer_socket
from teller_server.api.guards import AUTH, limit_requests, own_origins, require
from teller_server.api.keys import BRANCH
from teller_server.api.pages import PAGES, page, page_apps, show_problems
from teller_server.api.papers import download
from teller_server.api.problems import answer_problems
from teller_server.api.teller import socket as teller_socket
from teller_server.api.teller import teller_app
from teller_server.api.words import say
from teller_server.desk.branch import Branch
from teller_server.desk.outside import open_outside
from teller_server.desk.strongroom import open_strongroom
from teller_server.settings import Settings
from teller_server.store.store import Store
from web.headers import install_headers
from web.pages import Pages

MAX_BODY = 16 * 1024 * 1024


async def open_branch(settings: Settings) -> Branch:
    """Open the store and the strongroom and build the branch; `Branch.open` starts it."""
    store = await Store.open(settings.database_url)
    outside = await open_outside(settings)
    strongroom = await open_strongroom(settings, store)
    return Branch(settings, store, outside, strongroom, say, own_origins(settings))


def build_app(branch: Branch) -> web.Application:
    """The whole application; it opens the branch when it starts and closes it when it ends."""
    settings = branch.settings
    app = web.Application(
        middlewares=[show_problems, answer_problems, limit_requests(settings)],
        client_max_size=MAX_BODY,
    )
    pages = Pages.load()
    app[BRANCH] = branch
    app[PAGES] = pages
    app[AUTH] = Auth(
        branch.store.accounts,
        branch.store.sessions,
        settings,
        branch.strongroom.open_totp,
    )
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_let_pages_go)
    _routes(app, branch)
    pages.assets.install(app)
    install_headers(app, https=settings.secure)
    # what isn't HTTP aiohttp answers by itself, past every hook, with its name and version
    web_response.SERVER_SOFTWARE = ""  # type: ignore[attr-defined]
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    await app[BRANCH].open()
    yield
    await app[BRANCH].close()


async def _let_pages_go(app: web.Application) -> None:
    """Before the server waits for its sockets: they come back to the next one and resume."""
    await app[BRANCH].switchboard.close()


def _routes(app: web.Application, branch: Branch) -> None:
    start = page("customer", CUSTOMER)
    app.router.add_get("/", start)
    app.router.add_get("/i", start)
    app.router.add_get("/j", start)
    app.router.add_get("/n", page("customer-not-me", CUSTOMER))
    app.router.add_get("/receipt", page("customer-receipt", CUSTOMER))
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/d/{secret:[A-Za-z0-9_-]{16,64}}", download)
    app.add_subapp("/api/customer", customer_app())
    app.add_subapp("/api/teller", teller_app(branch))
    app.add_subapp("/api/review", review_app())
    app.add_subapp("/api/admin", admin_app())
    app.add_subapp("/api/bank", bank_app(branch.settings.limits))
    if branch.settings.demo:
        app.add_subapp("/api/core", core_app())
    for audience, socket in (
        (CUSTOMER, customer_socket(branch)),
        ("teller", teller_socket(branch)),
    ):
        app.add_subapp(f"/ws/{audience}", _socket_app(audience, socket))
    for prefix, sub in page_apps(branch):
        app.add_subapp(prefix, sub)


def _socket_app(
    audience: str, socket: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.Application:
    app = web.Application(middlewares=[require(audience)])
    app.router.add_get("", socket)
    return app


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})
