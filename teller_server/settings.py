"""Every setting of the server: typed, frozen, from a TOML file and the environment.

Precedence: command line, then environment (`TELLER_SERVER__PORT=8443`), then the TOML file
(`[server]` `port = 8443`), then the defaults here. `docs/settings.md` is made from this file.
"""

from __future__ import annotations

import ipaddress
from datetime import time
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from teller_server.settings_business import Codes, Core, Rules, Signing, Webhooks
from teller_server.settings_group import Group
from teller_server.settings_keys import Hsm, Keys, OpenBaoServer, missing
from teller_server.settings_networks import Networks
from teller_server.settings_registry import Registers
from teller_server.settings_retention import Retention
from teller_server.settings_review import Review
from teller_server.settings_vault import Vault


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no time zone is called {name}")
    return str(ZoneInfo(name))


def _span(text: str) -> str:
    start, dash, end = text.partition("-")
    if not dash or time.fromisoformat(start) >= time.fromisoformat(end):
        raise ValueError(f"{text} is not like 09:00-17:00")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise ValueError("is not like https://branch.example")
    return f"{parts.scheme}://{parts.netloc}"


Network = Annotated[str, AfterValidator(_network)]
Address = Annotated[str, AfterValidator(_address)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


class Server(Group):
    """Where pages are served."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8080, description="TCP port to listen on; 0 takes a free one."
    )
    public_url: Annotated[str, AfterValidator(_base_url)] | None = Field(
        None,
        description="The address that browsers use, `https://…`. Needed behind a proxy; requests "
        "and sockets from any other origin are refused.",
    )
    tls_certificate: Path | None = Field(
        None, description="PEM chain, to serve HTTPS without a proxy in front."
    )
    tls_key: Path | None = Field(None, description="PEM private key of `tls_certificate`.")
    proxies: tuple[Network, ...] = Field(
        (), description="Networks of proxies whose `X-Forwarded-For` and `-Proto` are believed."
    )


class Data(Group):
    """Where state is kept."""

    directory: Path = Field(
        Path("data"), description="Directory of the database, the evidence and the demo keys."
    )
    database: str | None = Field(
        None, description="SQLAlchemy URL; default: `branch.db` (SQLite) in `directory`."
    )
    evidence: Path | None = Field(
        None, description="Directory of the evidence; default: `evidence` in `directory`."
    )


class Branch(Group):
    """The branch as customers see it."""

    name: str = Field("云柜台示范营业厅", min_length=1, max_length=60, description="Its name.")
    name_en: str = Field(
        "Cloud Counter Demo Branch", min_length=1, max_length=80, description="Its English name."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description="Time zone of its opening hours and ticket days."
    )
    weekdays: tuple[Annotated[str, AfterValidator(_span)], ...] = Field(
        ("09:00-17:00",), description="Opening spans from Monday to Friday, `HH:MM-HH:MM`."
    )
    weekend: tuple[Annotated[str, AfterValidator(_span)], ...] = Field(
        (), description="Opening spans on Saturday and Sunday; none: closed."
    )
    closed_days: tuple[str, ...] = Field(
        (), description="Dates (`YYYY-MM-DD`) on which it is closed all day."
    )
    always_open: bool = Field(False, description="Open day and night, whatever the spans say.")
    connect_seconds: Seconds = Field(
        120,
        description="How long an accepted call may take until everybody is connected and recorded.",
    )
    rejoin_seconds: Seconds = Field(
        60, description="How long a party that dropped out of a call may come back."
    )
    wrap_up_seconds: Seconds = Field(
        120, description="Time for the teller's notes; the visit then moves on by itself."
    )


class Media(Group):
    """Calls: addresses, ports, processes."""

    port_min: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="First UDP port for media; 0 together with `port_max` 0: any free port."
    )
    port_max: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="Last UDP port for media."
    )
    addresses: tuple[Address, ...] | None = Field(
        None,
        description="Local addresses offered to browsers; default: every interface but loopback.",
    )
    announced: dict[Address, Address] = Field(
        {},
        description="Local address → public address told to browsers instead, where a NAT maps "
        "one to the other with the same ports.",
    )
    allowed_networks: tuple[Network, ...] = Field(
        (),
        description="Private networks from which browsers may send media; default: none, only "
        "public addresses get a packet from us.",
    )
    max_candidates: Annotated[int, Field(ge=1, le=256)] = Field(
        32, description="ICE candidates taken from one peer."
    )
    workers: Annotated[int, Field(ge=0, le=256)] = Field(
        0, description="Media processes; 0: one per core but one, at least one."
    )
    turn_urls: tuple[str, ...] = Field((), description="`turn:` and `turns:` URLs for browsers.")
    turn_secret: SecretStr | None = Field(
        None, description="Shared secret of the TURN servers, for credentials that expire."
    )
    relay_only: bool = Field(False, description="Browsers use the TURN servers only.")

    @model_validator(mode="after")
    def _ports_make_a_range(self) -> Media:
        if (self.port_min == 0) != (self.port_max == 0) or self.port_min > self.port_max:
            raise ValueError("media.port_min and media.port_max do not make a range")
        return self

    @model_validator(mode="after")
    def _announced_addresses_are_bound(self) -> Media:
        if self.addresses is not None and not set(self.announced) <= set(self.addresses):
            raise ValueError("media.announced names an address that media.addresses does not")
        if any((":" in bound) != (":" in told) for bound, told in self.announced.items()):
            raise ValueError("media.announced maps IPv4 to IPv4 and IPv6 to IPv6 only")
        return self

    def policy(self) -> dict[str, Any]:
        """What a media worker is told, as plain JSON values."""
        names = {"port_min", "port_max", "addresses", "announced"}
        names |= {"allowed_networks", "max_candidates"}
        return self.model_dump(mode="json", include=names)


class RefusedRecording(StrEnum):
    """What becomes of the seconds recorded before a customer refused to be recorded."""

    KEEP = "keep"
    SHRED = "shred"


class Recording(Group):
    """Evidence: how often it is cut, attested, stamped."""

    head_seconds: Seconds = Field(30, description="Between attested heads over all logs.")
    stamp_seconds: Seconds = Field(180, description="Between timestamps on heads.")
    refused: RefusedRecording = Field(
        RefusedRecording.KEEP,
        description="`keep` or `shred` what was recorded before the customer refused aloud.",
    )
    renew_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        180, description="Timestamps are renewed so long before a certificate of theirs ends."
    )
    min_free_mb: Annotated[int, Field(ge=0)] = Field(
        512, description="With less free space than this no new visit is let in."
    )
    reserve_mb: Annotated[int, Field(ge=0)] = Field(
        400, description="And so much more is kept free for each visit that is being recorded."
    )


class Staff(Group):
    """How staff sign in."""

    totp_required: bool = Field(True, description="Staff need a second factor (TOTP, RFC 6238).")
    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        15, description="A session of staff ends after so long without a request or open page."
    )
    absolute_hours: Annotated[int, Field(ge=1, le=24)] = Field(
        8, description="A session of staff ends so long after sign-in, whatever happens."
    )
    fresh_minutes: Annotated[int, Field(ge=1, le=60)] = Field(
        10, description="How long a fresh authentication opens recordings for viewing."
    )
    customer_hours: Annotated[int, Field(ge=1, le=48)] = Field(
        12, description="How long a customer's visit cookie lives."
    )


class Limits(Group):
    """How much of anything one stranger may have."""

    sign_in_account: Annotated[int, Field(ge=1)] = Field(
        5, description="Failed sign-ins in a row before an account has to wait."
    )
    sign_in_address: Annotated[int, Field(ge=1)] = Field(
        30, description="Failed sign-ins per address in 15 minutes before it has to wait."
    )
    requests_rate: Seconds = Field(20, description="Requests a second and address, sustained.")
    requests_burst: Seconds = Field(200, description="Requests at once and address.")
    messages_rate: Seconds = Field(20, description="Messages a second and socket, sustained.")
    messages_burst: Seconds = Field(60, description="Messages at once and socket.")
    sockets_rate: Seconds = Field(5, description="New sockets a second and address.")
    upload_mb: Annotated[int, Field(ge=1, le=64)] = Field(
        12, description="Largest photograph in MiB."
    )
    bank_rate: Seconds = Field(
        10, description="Requests a second and key of the bank's own programs, sustained."
    )
    bank_burst: Seconds = Field(50, description="The same at once.")
    waiting: Annotated[int, Field(ge=1)] = Field(
        1000, description="Customers who may wait at once; the next one is asked to come later."
    )


class Settings(BaseSettings):
    """All settings. Build with `load`."""

    model_config = SettingsConfigDict(
        env_prefix="TELLER_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    server: Server = Field(default_factory=Server)
    data: Data = Field(default_factory=Data)
    branch: Branch = Field(default_factory=Branch)
    media: Media = Field(default_factory=Media)
    recording: Recording = Field(default_factory=Recording)
    keys: Keys = Field(default_factory=Keys)
    vault: Vault = Field(default_factory=Vault)
    retention: Retention = Field(default_factory=Retention)
    review: Review = Field(default_factory=Review)
    openbao: OpenBaoServer = Field(default_factory=OpenBaoServer)
    hsm: Hsm = Field(default_factory=Hsm)
    staff: Staff = Field(default_factory=Staff)
    limits: Limits = Field(default_factory=Limits)
    rules: Rules = Field(default_factory=Rules)
    core: Core = Field(default_factory=Core)
    codes: Codes = Field(default_factory=Codes)
    registers: Registers = Field(default_factory=Registers)
    networks: Networks = Field(default_factory=Networks)
    signing: Signing = Field(default_factory=Signing)
    webhooks: Webhooks = Field(default_factory=Webhooks)
    demo: bool = Field(
        False,
        description="A demonstration: demo keys, demo staff and the demo core; a banner says so.",
    )
    random_seed: int | None = Field(
        None,
        description="Fixes random choices for rehearsals; `serve` refuses it. None are drawn yet.",
    )

    @model_validator(mode="after")
    def _keys_can_be_reached(self) -> Settings:
        if lacking := missing(self.keys, self.openbao, self.hsm):
            raise ValueError("; ".join(lacking))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not ours
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not ours
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database_url(self) -> str:
        """The database as an SQLAlchemy URL."""
        path = self.data.directory / "branch.db"
        return self.data.database or f"sqlite:///{path.absolute()}"

    @property
    def evidence_directory(self) -> Path:
        """Where recordings are kept."""
        return self.data.evidence or self.data.directory / "evidence"

    @property
    def shred_list(self) -> Path:
        """Where the certificates of all shreddings are kept together."""
        return self.retention.shred_list or self.data.directory / "shreds"

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by HTTPS, so that cookies may say `Secure`."""
        url = self.server.public_url
        return bool(self.server.tls_certificate) or bool(url and url.startswith("https://"))


def load(path: Path | None = None, **given: Any) -> Settings:
    """Settings from a TOML file (if any), the environment, and `given` groups or values.

    Raises pydantic.ValidationError, OSError, tomllib.TOMLDecodeError.
    """
    if path is None:
        return Settings(**given)
    path.stat()  # pydantic-settings would pass over a missing file

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    return FromFile(**given)


def complaints(error: Exception, path: Path | None = None) -> list[str]:
    """What `load` raised, one line for each mistake, and never a value: it may be a secret."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}" for one in found]
    if isinstance(error, OSError):
        return [f"{error.filename or path}: {error.strerror}"]
    return [f"{path}: {error}" if path else str(error)]


def spans(texts: tuple[str, ...]) -> tuple[tuple[time, time], ...]:
    """`("09:00-12:00", …)` as pairs of times, in order. Raises ValueError when they overlap."""
    pairs = sorted(
        (time.fromisoformat(start), time.fromisoformat(end))
        for start, _, end in (text.partition("-") for text in texts)
    )
    for (_, end), (start, _) in pairwise(pairs):
        if start < end:
            raise ValueError("opening spans overlap")
    return tuple(pairs)
