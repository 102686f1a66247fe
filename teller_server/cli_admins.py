"""Two administrators for what makes or resets an account.

The rule is kept here, at the product's own door: whoever can write to the database needs no door
(docs/threat-model.md). So what is done without a second administrator is not prevented but told:
an entry in the custody chain that `verify --custody` shows, and an account that agrees to nothing
for a day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import structlog
import typer

from teller_server.api.passwords import Passwords
from teller_server.api.second_factor import matching_step
from teller_server.desk.strongroom import open_strongroom
from teller_server.domain.errors import Refusal
from teller_server.domain.people import Role
from teller_server.settings import Settings
from teller_server.store.accounts import Account
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery

log = structlog.get_logger(__name__)

SETTLED = timedelta(hours=24)
TERMINAL = "terminal"

By = Annotated[
    list[str] | None,
    typer.Option("--by", help="An administrator who is here; twice. Asks for their passwords."),
]
Alone = Annotated[
    bool, typer.Option("--alone", help="Without a second administrator; it is told for good.")
]


@dataclass(frozen=True)
class Asked:
    """What an administrator typed."""

    login: str
    password: str
    code: str


@dataclass(frozen=True)
class Consent:
    """Who stands for a change: two administrators' ids, or nobody (`alone`)."""

    admins: tuple[str, ...]
    alone: bool

    def told(self, account: str) -> dict[str, Any]:
        """As the custody chain has it; ids, no names."""
        detail: dict[str, Any] = {"account": account}
        if self.admins:
            detail["admins"] = list(self.admins)
        return {**detail, "alone": True} if self.alone else detail


def ask_admins(by: list[str] | None) -> tuple[Asked, ...]:
    """Each types their own password and code."""
    return tuple(
        Asked(
            login,
            typer.prompt(f"Password of {login}", hide_input=True),
            typer.prompt(f"Code of {login} (none: empty)", default="", show_default=False),
        )
        for login in by or ()
    )


async def consent(
    store: Store, settings: Settings, subject: str, asked: tuple[Asked, ...], *, alone: bool
) -> Consent:
    """Who stands for changing the account `subject` (its id; a new one's too).

    A branch that has had no visit yet is being set up, and asks for nobody.
    Raises Refusal `second_admin_needed`, `bad_credentials`, `account_changed`.
    """
    if asked:
        if len({one.login for one in asked}) < 2:
            raise Refusal("second_admin_needed")
        proved = [await _prove(store, settings, one, subject) for one in asked]
        return Consent(tuple(proved), alone=False)
    if await _being_set_up(store):
        return Consent((), alone=False)
    if not alone:
        raise Refusal("second_admin_needed")
    log.error("account_changed_alone", account=subject)
    return Consent((), alone=True)


async def _being_set_up(store: Store) -> bool:
    return not (await store.visits.search(VisitQuery())).total


async def _prove(store: Store, settings: Settings, asked: Asked, subject: str) -> str:
    account = await store.accounts.by_name(asked.login)
    usable = account is not None and not account.disabled and Role.ADMIN in account.roles
    kept = account.password_hash if account and usable else None
    right = await Passwords().verify(kept, asked.password)
    if account is None or not right:
        raise Refusal("bad_credentials", name=asked.login)
    if account.id == subject:
        raise Refusal("second_admin_needed")
    now = datetime.now(UTC)
    await _check_code(store, settings, account, asked.code, now)
    if now - max(account.created_at, account.changed_at or account.created_at) < SETTLED:
        raise Refusal("account_changed", name=asked.login)
    return account.id


async def _check_code(
    store: Store, settings: Settings, account: Account, code: str, now: datetime
) -> None:
    if account.totp_secret is None:
        if settings.staff.totp_required:
            raise Refusal("totp_not_set_up", name=account.name)
        return
    room = await open_strongroom(settings, store, "terminal users")
    step = matching_step(room.open_totp(account.id, account.totp_secret), code.strip(), now)
    if step is None or not await store.accounts.use_totp(account.id, step):
        raise Refusal("bad_credentials", name=account.name)


async def tell(store: Store, act: str, account: str, by: Consent) -> None:
    """Into the custody chain: `act` is account_added, account_roles, …"""
    actor = by.admins[0] if by.admins else TERMINAL
    await store.custody.add_branch_act(actor, act, by.told(account), datetime.now(UTC))
