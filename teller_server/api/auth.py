"""Who is at the door: sign-in, sessions, second factor, fresh authentication.

A session is a random cookie (256 bit, SHA-256 at rest), one cookie name per audience, so that all
pages can be signed in side by side in one browser. It is new at every sign-in, ends after idle
and absolute times, and binds the CSRF token (HMAC of the cookie). Unknown account, disabled
account, wrong role and wrong password get the same answer after the same work.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from teller_server.api.accounts import CUSTOMER, DOORS, REVIEW, Account, Session
from teller_server.api.passwords import Passwords
from teller_server.api.second_factor import matching_step
from teller_server.api.throttle import Throttle, penalty
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.people import Role
from teller_server.settings import Settings
from teller_server.store.accounts import AccountStore
from teller_server.store.sessions import SessionStore

TOUCH_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a request. `subject` is an account id, or a visit id for a customer."""

    audience: str
    subject: str
    session: Session
    csrf: str
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session, the cookie that opens it, and for staff the proof that the page keeps."""

    cookie: str
    session: Session
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Proved:
    """A fresh authentication: until when it counts, and what the page shows for it."""

    until: datetime
    proof: str


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


class Auth:
    """Signs in and out and recognises sessions; cookies and requests are the guards' business.

    `unseal` opens the sealed TOTP secret of an account: (account id, sealed text) → base32.
    """

    def __init__(
        self,
        accounts: AccountStore,
        sessions: SessionStore,
        settings: Settings,
        unseal: Callable[[str, str], str],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings
        self._accounts = accounts
        self._sessions = sessions
        self._unseal = unseal
        self._now = now
        self._passwords = Passwords()
        self._by_account = Throttle(settings.limits.sign_in_account)
        self._by_address = Throttle(settings.limits.sign_in_address)

    async def recognise(self, audience: str, cookie: str) -> Identity | None:
        """Whose session this cookie opens at this door, if anybody's."""
        key = hash_cookie(cookie)
        session = await self._sessions.get(key)
        if session is None or session.audience != audience:
            return None
        now = self._now()
        if now >= session.expires_at or now - session.seen_at > self._idle(audience):
            await self._sessions.remove(key)
            return None
        account = None
        if audience != CUSTOMER:
            account = await self._accounts.by_id(session.subject)
            if not _may_enter(account, audience):
                await self._sessions.remove(key)
                return None
        if now - session.seen_at > TOUCH_EVERY:
            await self._sessions.touch(key, now)
        return Identity(audience, session.subject, session, csrf_token(cookie), account)

    async def sign_in(
        self,
        audience: str,
        name: str,
        password: str,
        code: str | None,
        address: str,
        old_cookie: str | None = None,
    ) -> Opened:
        """Open a session for a member of staff; a session of the old cookie ends.

        Raises Refusal: bad_credentials, totp_required, totp_not_set_up, throttled.
        """
        account = await self._accounts.by_name(name.strip().lower())
        await self._prove(audience, account, name.strip().lower(), password, code, address)
        if account is None:
            raise Refusal("bad_credentials")
        if old_cookie:
            await self._sessions.remove(hash_cookie(old_cookie))
        life = timedelta(hours=self.settings.staff.absolute_hours)
        return await self._open(audience, account.id, life, fresh=True)

    async def freshen(
        self, identity: Identity, password: str, code: str | None, address: str
    ) -> Proved:
        """Prove again who is signed in. Raises as `sign_in`."""
        account = identity.account
        name = account.name if account else ""
        await self._prove(identity.audience, account, name, password, code, address)
        until = self._now() + timedelta(minutes=self.settings.staff.fresh_minutes)
        proof = secrets.token_urlsafe(32)
        await self._sessions.freshen(identity.session.key, until, hash_cookie(proof))
        return Proved(until, proof)

    def require_fresh(self, identity: Identity) -> None:
        """Raises Refusal fresh_authentication_required."""
        until = identity.session.fresh_until
        if until is None or self._now() >= until:
            raise Refusal("fresh_authentication_required")

    def require_proof(self, identity: Identity, proof: str) -> None:
        """Raises Refusal fresh_authentication_required unless the page shows what it was given for
        a fresh authentication: whoever has stolen the cookie alone has not got it."""
        self.require_fresh(identity)
        kept = identity.session.proof or ""
        if not kept or not hmac.compare_digest(hash_cookie(proof), kept):
            raise Refusal("fresh_authentication_required")

    async def open_visit(self, visit: str, old_cookie: str | None = None) -> Opened:
        """Open a customer's session for a visit."""
        if old_cookie:
            await self._sessions.remove(hash_cookie(old_cookie))
        life = timedelta(hours=self.settings.staff.customer_hours)
        return await self._open(CUSTOMER, visit, life, fresh=False)

    async def sign_out(self, identity: Identity) -> None:
        """End this session."""
        await self._sessions.remove(identity.session.key)

    async def end_all(self, audience: str, subject: str) -> None:
        """End every session of a subject at one door."""
        await self._sessions.remove_subject(audience, subject)

    async def keep_alive(self, identity: Identity) -> bool:
        """An open page counts as use: touch its session. False when it has ended meanwhile."""
        session = await self._sessions.get(identity.session.key)
        now = self._now()
        if session is None or now >= session.expires_at:
            return False
        if identity.audience != CUSTOMER:
            account = await self._accounts.by_id(session.subject)
            if not _may_enter(account, identity.audience):
                return False
        await self._sessions.touch(session.key, now)
        return True

    async def _open(self, audience: str, subject: str, life: timedelta, *, fresh: bool) -> Opened:
        now = self._now()
        cookie = secrets.token_urlsafe(32)
        until = now + timedelta(minutes=self.settings.staff.fresh_minutes) if fresh else None
        proof = secrets.token_urlsafe(32) if fresh else ""
        kept = hash_cookie(proof) if fresh else None
        session = Session(hash_cookie(cookie), audience, subject, now, now, now + life, until, kept)
        await self._sessions.add(session)
        return Opened(cookie, session, proof)

    async def _prove(
        self,
        audience: str,
        account: Account | None,
        name: str,
        password: str,
        code: str | None,
        address: str,
    ) -> None:
        at = self._now().timestamp()
        wait = max(self._by_account.wait(name, at), self._by_address.wait(address, at))
        if account and account.locked_until:  # remembered over a restart
            wait = max(wait, account.locked_until.timestamp() - at)
        if wait > 0:
            raise Refusal("throttled", retry_after=int(wait) + 1)
        usable = _may_enter(account, audience)
        try:
            right = await self._passwords.verify(
                account.password_hash if account and usable else None, password
            )
        except TimeoutError:
            raise Outage("sign_in_busy") from None
        if not right or account is None:
            await self._failed(account, name, address)
            raise Refusal("bad_credentials")
        await self._check_code(account, code, address)
        self._by_account.succeeded(name)
        if account.failures:
            await self._accounts.succeeded(account.id)

    async def _check_code(self, account: Account, code: str | None, address: str) -> None:
        if account.totp_secret is None:
            if self.settings.staff.totp_required:
                raise Refusal("totp_not_set_up")
            return
        if not code:
            raise Refusal("totp_required")
        secret = self._unseal(account.id, account.totp_secret)
        step = matching_step(secret, code.strip(), self._now())
        if step is None or not await self._accounts.use_totp(account.id, step):
            await self._failed(account, account.name, address)
            raise Refusal("bad_credentials")

    async def _failed(self, account: Account | None, name: str, address: str) -> None:
        now, free = self._now(), self.settings.limits.sign_in_account
        self._by_account.failed(name, now.timestamp())
        self._by_address.failed(address, now.timestamp())
        if account:
            wait = penalty(max(0, account.failures + 1 - free))
            await self._accounts.failed(account.id, free, now + timedelta(seconds=wait))

    def _idle(self, audience: str) -> timedelta:
        staff = self.settings.staff
        if audience == CUSTOMER:
            return timedelta(hours=staff.customer_hours)
        return timedelta(minutes=staff.idle_minutes)


def _may_enter(account: Account | None, audience: str) -> bool:
    if account is None or account.disabled or not account.roles & DOORS[audience]:
        return False
    # whoever rules over accounts doesn't view, however the roles came together
    return not (audience == REVIEW and Role.ADMIN in account.roles)


def hash_cookie(cookie: str) -> str:
    """What is kept of a cookie: SHA-256, hex."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def csrf_token(cookie: str) -> str:
    """The CSRF token bound to this cookie: known only to who holds the cookie or gets the page."""
    mac = hmac.digest(cookie.encode(), b"teller-server csrf v1", "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
