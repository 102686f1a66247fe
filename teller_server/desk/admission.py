"""Who comes in: invitations, walk-ins, hand-off to another device. A visit opens here.

What a person says of themselves is sealed under the visit's new data key in the transaction that
opens the visit; the bank's core is asked for their record then, so that a form can show what
stands there now.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection

from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.space import FreeSpace
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText, new_id
from teller_server.domain.people import masked_name
from teller_server.domain.script import ServiceScript, StepKind
from teller_server.domain.state import Visit
from teller_server.store import fields as sealed
from teller_server.store.fields import SealedField
from teller_server.store.invitations import Invitation
from teller_server.store.keys import keep_key
from teller_server.store.store import Store

INVITATION_HOURS = 72
HANDOFF_MINUTES = 5
HANDOFF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read two ways
HANDOFF_LENGTH = 8


class CoreRecord(Protocol):
    """What the bank holds of one of its customers."""

    @property
    def reference(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def occupation(self) -> str: ...


class CoreDirectory(Protocol):
    """Finds a customer in the bank's own system."""

    async def find(self, document: str) -> CoreRecord | None: ...


@dataclass(frozen=True)
class Invited:
    """A redeemed invitation, as the page may show it."""

    id: str
    service: str
    language: str
    name_masked: str


class Admission:
    """Opens visits and lets other devices take them over."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        lookup: LookupKey,
        invitation_key: bytes,
        core: CoreDirectory,
        scripts: Mapping[str, ServiceScript],
        space: FreeSpace,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._lookup = lookup
        self._invitation_key = invitation_key
        self._core = core
        self._scripts = scripts
        self._space = space

    async def open_visit(
        self,
        service: str,
        language: str,
        consents: Mapping[str, bool],
        name: str,
        document_number: str,
        *,
        authenticated: bool = False,
    ) -> Visit:
        """Open a visit for a person.

        Raises Refusal: unknown_service, consent_required, branch_out_of_space, …
        """
        script = self._scripts.get(service)
        if script is None:
            raise Refusal("unknown_service")
        await self._space.require()
        visit = new_id("visit", secrets.token_bytes(16))
        now = self._counter.now()
        key, row = await self._keys.make(visit, now)
        values = await self._fields(FieldCipher(visit, key), script, name, document_number)
        keep_fields = sealed.keep(visit, values)

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep_fields(connection)

        customer = self._lookup.digest(document_number)
        command = c.OpenVisit(visit, script, language, customer, authenticated, dict(consents))
        applied = await self._counter.act(visit, command, alongside=alongside)
        return applied.visit

    async def may_queue(self, visit: Visit) -> None:
        """Whoever has a ticket goes on. Raises Refusal('branch_out_of_space') for a new one."""
        if visit.ticket is None:
            await self._space.require()

    async def _fields(
        self, cipher: FieldCipher, script: ServiceScript, name: str, document_number: str
    ) -> dict[str, SealedField]:
        def field(label: str, value: str, lookup: str | None = None) -> SealedField:
            return SealedField(SealedText(cipher.seal(label, value)), lookup)

        values = {
            "name": field("name", name, self._lookup.digest(name)),
            "document_number": field(
                "document_number", document_number, self._lookup.digest(document_number)
            ),
        }
        record = await self._core.find(document_number)
        if record is not None and _same_name(record.name, name):
            forms = [step for step in script.steps if step.kind is StepKind.FORM]
            before = {f.name: getattr(record, f.name, "") for step in forms for f in step.fields}
            values["core_reference"] = field("core_reference", record.reference)
            values["before"] = field("before", json.dumps(before, ensure_ascii=False))
        return values

    # ---- invitations

    async def invite(
        self, service: str, language: str, name: str, document_number: str, created_by: str
    ) -> str:
        """Make an invitation; returns the secret for the link's fragment."""
        secret, now = secrets.token_urlsafe(32), self._counter.now()
        invitation = new_id("inv", secrets.token_bytes(16))
        person = json.dumps([name, document_number], ensure_ascii=False)
        await self._store.invitations.invite(
            Invitation(
                id=invitation,
                service=service,
                language=language,
                customer=self._lookup.digest(document_number),
                sealed=SealedText(self._invitation_cipher(invitation).seal("person", person)),
                created_by=created_by,
                created_at=now,
                expires_at=now + timedelta(hours=INVITATION_HOURS),
            ),
            _hash(secret),
        )
        return secret

    async def redeem(self, secret: str) -> Invited:
        """Use an invitation's secret: from now on its holder's session speaks for it."""
        invitation = await self._store.invitations.redeem(_hash(secret), self._counter.now())
        name, _number = self._person(invitation.id, invitation.sealed)
        return Invited(invitation.id, invitation.service, invitation.language, masked_name(name))

    async def open_invited(
        self, invitation: str, service: str, language: str, consents: Mapping[str, bool]
    ) -> Visit:
        """Open the visit of a redeemed invitation; its person is the bank's, not typed in."""
        kept = await self._store.invitations.redeemed(invitation)
        name, number = self._person(kept.id, kept.sealed)
        return await self.open_visit(service, language, consents, name, number, authenticated=True)

    def _person(self, invitation: str, sealed_person: str) -> tuple[str, str]:
        opened = self._invitation_cipher(invitation).open("person", sealed_person)
        name, number = json.loads(opened)
        return name, number

    def _invitation_cipher(self, invitation: str) -> FieldCipher:
        return FieldCipher(invitation, self._invitation_key)

    # ---- another device

    async def hand_off(self, visit: str) -> tuple[str, str]:
        """A code by which another device takes the visit over, and until when it works."""
        code = "".join(secrets.choice(HANDOFF_ALPHABET) for _ in range(HANDOFF_LENGTH))
        now = self._counter.now()
        until = now + timedelta(minutes=HANDOFF_MINUTES)
        await self._store.invitations.hand_off(_hash(code), visit, now, until)
        return code, until.isoformat()

    async def take_over(self, code: str) -> str:
        """The visit of a hand-off code. Raises Refusal('handoff_unknown')."""
        typed = "".join(code.upper().split()).replace("-", "")
        return await self._store.invitations.take_over(_hash(typed), self._counter.now())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _same_name(known: str, given: str) -> bool:
    return "".join(known.split()).casefold() == "".join(given.split()).casefold()
