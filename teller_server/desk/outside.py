"""The systems beyond the branch, as the settings name them: the bank's own, and its messages."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from teller_server.desk.backoffice import BackOffice, CallWitness, DecisionWitness
from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import LookupKey
from teller_server.desk.final_papers import Archive
from teller_server.desk.keys import DataKeys
from teller_server.desk.notices import NoticeDesk, Sender
from teller_server.desk.repudiation import RepudiationDesk
from teller_server.desk.webhooks import Webhooks
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.store.store import Store
from teller_server.systems.delivery import WebhookSender
from teller_server.systems.demo_core import DemoCore
from teller_server.systems.demo_registers import DemoRegistry
from teller_server.systems.description_reader import read_description
from teller_server.systems.messages import HttpMessenger, Messenger
from teller_server.systems.networks import NetworkCountries, NetworkDatabases
from teller_server.systems.port import Backoffice
from teller_server.systems.registry import Registry
from teller_server.systems.registry_description import read_registers
from teller_server.systems.registry_http import HttpRegistry
from teller_server.systems.rest import RestCore


@dataclass(frozen=True)
class Outside:
    """`demo` is the little bank beside the branch, where one stands in for either of the two."""

    core: Backoffice
    messenger: Messenger
    demo: DemoCore | None
    registry: Registry
    networks: NetworkCountries

    async def close(self) -> None:
        """Let go of files and connections."""
        parts = {
            id(part): part for part in (self.core, self.messenger, self.demo, self.registry) if part
        }
        for part in parts.values():
            await part.close()


async def open_outside(settings: Settings) -> Outside:
    """Open them. Reads a description: outages name what is missing in the settings."""
    rest = _rest(settings) if settings.core.adapter == "rest" else None
    gateway = _gateway(settings) if settings.codes.adapter == "http" else None
    registry = _registry(settings)
    known = settings.networks
    networks = await asyncio.to_thread(NetworkDatabases, known.countries, known.kinds)
    if rest is not None and gateway is not None:
        return Outside(rest, gateway, None, registry, networks)
    demo = await _demo(settings)
    return Outside(rest or demo, gateway or demo, demo, registry, networks)


@dataclass(frozen=True)
class Witnesses:
    """What a commit rests on: the call's evidence, a second person's decision, the papers."""

    calls: CallWitness
    decisions: DecisionWitness
    archive: Archive


@dataclass(frozen=True)
class BankDesks:
    """The desks that face the bank, each with a round of its own: none waits for another."""

    backoffice: BackOffice
    notices: NoticeDesk
    repudiation: RepudiationDesk


def build_bank_desks(
    settings: Settings,
    store: Store,
    counter: Counter,
    keys: DataKeys,
    facts: FactsDesk,
    outside: Outside,
    witnesses: Witnesses,
    lookup: LookupKey,
) -> BankDesks:
    """The desk that commits, the notices that follow a change, and what undoes it."""
    branch = settings.branch
    names = {"zh-CN": branch.name, "en": branch.name_en}
    sender = Sender(names, settings.core.hotline, branch.timezone, _base(settings))
    notices = NoticeDesk(store.notices, counter, keys, outside.messenger, sender)
    backoffice = BackOffice(
        store,
        counter,
        keys,
        facts,
        witnesses.calls,
        outside.core,
        notices,
        witnesses.decisions,
        witnesses.archive,
        lookup,
    )
    repudiation = RepudiationDesk(store, counter, keys, facts, outside.core, backoffice)
    return BankDesks(backoffice, notices, repudiation)


def _base(settings: Settings) -> str:
    """Where the pages are; a demonstration without a public address is on this very machine."""
    server = settings.server
    if server.public_url or not settings.demo or not server.port:
        return server.public_url or ""
    return f"http://{server.host}:{server.port}"


def build_webhooks(settings: Settings, store: Store, key: bytes, counter: Counter) -> Webhooks:
    """The desk that tells the bank's other systems; `key` seals the endpoints' secrets."""
    sender = WebhookSender(allow_private=settings.webhooks.allow_private)
    attempts = settings.webhooks.attempts
    return Webhooks(store.webhooks, key, sender, counter.now, attempts=attempts)


def _rest(settings: Settings) -> RestCore:
    if settings.core.description is None:
        raise Outage("core_description_missing")
    secret = settings.core.secret
    description = read_description(settings.core.description)
    return RestCore(description, secret.get_secret_value() if secret else None)


def _registry(settings: Settings) -> Registry:
    told = settings.registers
    if told.adapter == "demo":
        return DemoRegistry()
    if told.description is None:
        raise Outage("registry_description_missing")
    secret = told.secret.get_secret_value() if told.secret else None
    return HttpRegistry(read_registers(told.description), secret)


async def _demo(settings: Settings) -> DemoCore:
    data = settings.data.directory
    demo = DemoCore(data.with_name(data.name + "-core") / "core.db")
    if settings.demo:
        await demo.seed()
    return demo


def _gateway(settings: Settings) -> HttpMessenger:
    url, secret = settings.codes.url, settings.codes.secret
    parts = urlsplit(url or "")
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not url or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise Outage("messenger_url_missing")
    return HttpMessenger(url, secret.get_secret_value() if secret else None)
