"""Who comes in: invitations, walk-ins, hand-off to another device. A visit opens here.

What a person says of themselves is sealed under the visit's new data key in the transaction that
opens the visit; the bank's core is asked for their record then, so that a form can show what
stands there now.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from teller_server.desk.counter import Counter
from teller_server.desk.facts import VisitFacts, holding, typed
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.rules import BranchRules
from teller_server.desk.service import checked_values
from teller_server.desk.space import FreeSpace
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.fields import age_on
from teller_server.domain.ids import SealedText, new_id
from teller_server.domain.people import masked_name
from teller_server.domain.policy import CompiledService, ScopeDecision
from teller_server.domain.script import ServiceScript
from teller_server.domain.state import Visit
from teller_server.store import fields as sealed
from teller_server.store.fields import SealedField
from teller_server.store.invitations import Invitation
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.systems.port import Backoffice

INVITATION_HOURS = 72
HANDOFF_MINUTES = 5
HANDOFF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read two ways
HANDOFF_LENGTH = 8
HELD = ("phone", "address", "occupation", "document_until")


@dataclass(frozen=True)
class Invited:
    """A redeemed invitation, as the page may show it."""

    id: str
    service: str
    language: str
    name_masked: str
    intake: Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """An invitation that was made, and its secret."""

    id: str
    secret: str
    expires_at: datetime


class Admission:
    """Opens visits and lets other devices take them over."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        lookup: LookupKey,
        invitation_key: bytes,
        core: Backoffice,
        rules: BranchRules,
        space: FreeSpace,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._lookup = lookup
        self._invitation_key = invitation_key
        self._core = core
        self._rules = rules
        self._space = space

    async def open_visit(
        self,
        service: str,
        language: str,
        consents: Mapping[str, bool],
        name: str,
        document_number: str,
        intake: Mapping[str, str],
        *,
        authenticated: bool = False,
    ) -> Visit:
        """Open a visit for a person, if the rules let the service be done by video at all.

        Raises Refusal: unknown_service, scope_denied, attestation_lapsed, consent_required, …
        """
        compiled = self._compiled(service)
        script = compiled.script
        now = self._counter.now()
        await self._may_open(service, now)
        asked = checked_values(script.intake, intake)
        scope = self.judge(service, asked, document_number)
        if scope.decision == "deny":
            raise Refusal("scope_denied")
        await self._space.require()
        visit = new_id("visit", secrets.token_bytes(16))
        person = await self._person_facts(name, document_number, asked)
        await self._within_limits(script, document_number, now)
        key, row = await self._keys.make(visit, now)
        keep_fields = sealed.keep(visit, self._sealed(FieldCipher(visit, key), person))

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep_fields(connection)

        command = c.OpenVisit(
            visit,
            script,
            language,
            self._lookup.digest(document_number),
            authenticated,
            dict(consents),
            replace(compiled.policy, scope=scope.clauses),
            holding(person, script),
        )
        applied = await self._counter.act(visit, command, alongside=alongside)
        return applied.visit

    def judge(
        self, service: str, intake: Mapping[str, str], document_number: str = ""
    ) -> ScopeDecision:
        """What the law lets this service do by video, before anybody waits."""
        script = self._compiled(service).script
        asked = checked_values(script.intake, intake)
        facts = typed(VisitFacts(intake=asked), script)
        age = age_on(document_number, self._counter.now().date())
        known = facts if age is None else {**facts, "customer.age": Decimal(age)}
        return self._rules.judge(service, known)

    def _compiled(self, service: str) -> CompiledService:
        compiled = self._rules.compiled.get(service)
        if compiled is None:
            raise Refusal("unknown_service")
        return compiled

    async def _may_open(self, service: str, now: datetime) -> None:
        why = self._rules.why_closed(await self._store.attestations.all(), now, service)
        if why is not None:
            raise why

    async def _within_limits(
        self, script: ServiceScript, document_number: str, now: datetime
    ) -> None:
        """A service that is a way to take an account over may not be tried again and again."""
        if script.limits is None:
            return
        since = now - timedelta(days=script.limits.days)
        customer = self._lookup.digest(document_number)
        served = await self._store.visits.served(customer, script.service, since)
        if served >= script.limits.visits:
            raise Refusal("too_many_visits", days=script.limits.days)

    async def may_queue(self, visit: Visit) -> None:
        """Whoever has a ticket goes on. Raises Refusal('branch_out_of_space') for a new one."""
        if visit.ticket is None:
            await self._space.require()

    async def _person_facts(
        self, name: str, document_number: str, intake: Mapping[str, str]
    ) -> VisitFacts:
        """What the person says, and what the bank holds of them if the name agrees."""
        person = VisitFacts(name, document_number, intake=intake)
        record = await self._core.look_up(document=document_number)
        if record is None or not _same_name(record.name, name):
            return person
        before = {one: value for one in HELD if (value := str(getattr(record, one)))}
        return replace(person, core_reference=record.reference, before=before)

    def _sealed(self, cipher: FieldCipher, person: VisitFacts) -> dict[str, SealedField]:
        def field(label: str, value: str, lookup: str | None = None) -> SealedField:
            return SealedField(SealedText(cipher.seal(label, value)), lookup)

        digest, number = self._lookup.digest, person.document_number
        values = {
            "name": field("name", person.name, digest(person.name)),
            "document_number": field("document_number", number, digest(number)),
            "intake": field("intake", json.dumps(dict(person.intake), ensure_ascii=False)),
        }
        if person.core_reference:
            values["core_reference"] = field("core_reference", person.core_reference)
            before = json.dumps(dict(person.before), ensure_ascii=False)
            values["before"] = field("before", before)
        return values

    # ---- invitations

    async def invite(
        self,
        service: str,
        language: str,
        name: str,
        document_number: str,
        created_by: str,
        *,
        intake: Mapping[str, str] | None = None,
        hours: int = INVITATION_HOURS,
    ) -> Made:
        """Make an invitation; its secret belongs into the link's fragment.

        Raises Refusal: unknown_service, language_not_offered, form_invalid, scope_denied.
        """
        script = self._compiled(service).script
        if language not in script.languages:
            raise Refusal("language_not_offered", language=language)
        if intake and self.judge(service, intake).decision == "deny":
            raise Refusal("scope_denied")
        secret, now = secrets.token_urlsafe(32), self._counter.now()
        invitation = new_id("inv", secrets.token_bytes(16))
        person = json.dumps([name, document_number, dict(intake or {})], ensure_ascii=False)
        until = now + timedelta(hours=hours)
        await self._store.invitations.invite(
            Invitation(
                id=invitation,
                service=service,
                language=language,
                customer=self._lookup.digest(document_number),
                sealed=SealedText(self._invitation_cipher(invitation).seal("person", person)),
                created_by=created_by,
                created_at=now,
                expires_at=until,
            ),
            _hash(secret),
        )
        return Made(invitation, secret, until)

    async def redeem(self, secret: str) -> Invited:
        """Use an invitation's secret: from now on its holder's session speaks for it."""
        invitation = await self._store.invitations.redeem(_hash(secret), self._counter.now())
        name, _number, intake = self._person(invitation.id, invitation.sealed)
        return Invited(
            invitation.id, invitation.service, invitation.language, masked_name(name), intake
        )

    async def open_invited(
        self,
        invitation: str,
        service: str,
        language: str,
        consents: Mapping[str, bool],
        intake: Mapping[str, str],
    ) -> Visit:
        """Open the visit of a redeemed invitation; its person is the bank's, not typed in."""
        kept = await self._store.invitations.redeemed(invitation)
        name, number, known = self._person(kept.id, kept.sealed)
        return await self.open_visit(
            service, language, consents, name, number, {**known, **intake}, authenticated=True
        )

    def _person(self, invitation: str, sealed_person: str) -> tuple[str, str, dict[str, str]]:
        """Name, document number, and what the bank has filled in."""
        opened = self._invitation_cipher(invitation).open("person", sealed_person)
        name, number, intake = json.loads(opened)
        return name, number, intake

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
