"""Running the application: logging, the listening socket, signals, TLS."""

import asyncio
import logging
import resource
import signal
import ssl
from collections.abc import Callable

import structlog
import uvloop
from aiohttp import web

from teller_server.app import build_app, open_branch
from teller_server.demo import greeting, seed_staff
from teller_server.settings import Settings
from teller_server.store.store import Store

DEMO_LOGINS = frozenset({"wangmin", "zhaolei", "sunjing", "chenyu", "liuyang", "hemin", "admin"})


def serve_for_ever(settings: Settings, echo: Callable[[str], None], *, demo: bool) -> None:
    """Serve until SIGINT or SIGTERM. Raises Outage, OSError (port in use)."""
    configure_logging(pretty=demo)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash writes no keys and no faces to disk
    uvloop.run(_serve(settings, echo, demo=demo))


async def _serve(settings: Settings, echo: Callable[[str], None], *, demo: bool) -> None:
    branch = await open_branch(settings)
    passwords = await seed_staff(branch) if demo else {}
    runner = web.AppRunner(
        build_app(branch), access_log=None, handle_signals=False, shutdown_timeout=5
    )
    await runner.setup()
    try:
        site = web.TCPSite(
            runner, settings.server.host, settings.server.port, ssl_context=_tls(settings)
        )
        await site.start()
        base = settings.server.public_url or _base(settings, runner)
        for line in await greeting(branch, base, passwords) if demo else [f"serving {base}"]:
            echo(line)
        await _stopped()
    finally:
        await runner.cleanup()


async def _stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


def _base(settings: Settings, runner: web.AppRunner) -> str:
    scheme = "https" if settings.server.tls_certificate else "http"
    port = runner.addresses[0][1]
    return f"{scheme}://{settings.server.host}:{port}"


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.server.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.server.tls_certificate, settings.server.tls_key)
    return context


def configure_logging(*, pretty: bool) -> None:
    """One line an event on standard error: JSON for machines, words for a person."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    # a traceback shows no local variables: they hold names, photographs and keys
    tracebacks = [] if pretty else [structlog.processors.format_exc_info]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *tracebacks,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("aioice").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


async def count_demo_accounts(settings: Settings) -> int:
    """Accounts of the demonstration that are still active in this database, if there is one."""
    path = settings.data.directory / "branch.db"
    if settings.data.database is None and not await asyncio.to_thread(path.exists):
        return 0  # settings that are refused must leave nothing behind
    store = await Store.open(settings.database_url)
    try:
        accounts = await store.accounts.all()
        return sum(1 for one in accounts if one.name in DEMO_LOGINS and not one.disabled)
    finally:
        await store.close()
