"""Who comes in: invitations, walk-ins, hand-off to another device. A visit opens here.

What a person says of themselves is sealed under the visit's new data key in the transaction that
opens the visit; the bank's core is asked for their record then (`newcomer`), so that a form can
show what stands there now. What can be refused without the core is refused before it is asked.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from teller_server.desk import newcomer
from teller_server.desk.counter import Counter
from teller_server.desk.facts import VisitFacts, holding, typed
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.rules import BranchRules
from teller_server.desk.service import checked_values, prefilled_values
from teller_server.desk.space import FreeSpace
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.fields import age_on
from teller_server.domain.ids import SealedText, new_id
from teller_server.domain.people import masked_name
from teller_server.domain.policy import CompiledService, ScopeDecision
from teller_server.domain.script import Commit, ServiceScript
from teller_server.domain.state import Visit
from teller_server.store import fields as sealed
from teller_server.store.invitations import Invitation
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery
from teller_server.systems.port import CHANGE_DETAILS, Backoffice

INVITATION_HOURS = 72
HANDOFF_MINUTES = 5
HANDOFF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read two ways
HANDOFF_LENGTH = 8
BROKEN = 3
"""For each visit that a service allows one customer, so many calls may break off."""

GENEROUS = 20
"""A demonstration shows a service more often than a customer needs it."""


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
        labels: Labels,
        lookup: LookupKey,
        invitation_key: bytes,
        core: Backoffice,
        rules: BranchRules,
        space: FreeSpace,
        *,
        generous: bool = False,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._labels = labels
        self._lookup = lookup
        self._invitation_key = invitation_key
        self._core = core
        self._rules = rules
        self._space = space
        self._times = GENEROUS if generous else 1

    async def open_visit(
        self,
        service: str,
        language: str,
        consents: Mapping[str, bool],
        name: str,
        document_number: str,
        intake: Mapping[str, str],
        *,
        reference: str = "",
        invitation: str = "",
    ) -> Visit:
        """Open a visit for a person, if the rules let the service be done by video at all.

        `invitation`: whose holder it is; then the bank vouches for name, number and `reference`.
        Raises Refusal: unknown_service, scope_denied, attestation_lapsed, consent_required,
        too_many_visits, no_core_customer, …
        """
        compiled = self._compiled(service)
        script = compiled.script
        now = self._counter.now()
        await self._may_open(service, now)
        asked = checked_values(script.intake, intake)
        scope = self._judge(script, asked, document_number)
        if scope.decision == "deny":
            raise Refusal("scope_denied")
        await self._space.require()
        await self._within_limits(script, document_number, now)
        said = VisitFacts(name, document_number, reference, intake=asked)
        person = await newcomer.known(self._core, said)
        if not person.core_reference and _changes_a_record(script):
            raise Refusal("no_core_customer")
        visit = new_id("visit", secrets.token_bytes(16))
        key, row = await self._keys.make(visit, now)
        fields = newcomer.sealed(FieldCipher(visit, key), self._lookup, person, invitation)
        keep_fields = sealed.keep(visit, {**fields, **self._labels.field(visit, name)})

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep_fields(connection)

        command = c.OpenVisit(
            visit,
            script,
            language,
            self._lookup.digest(document_number),
            bool(invitation),
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
        return self._judge(script, checked_values(script.intake, intake), document_number)

    def _judge(
        self, script: ServiceScript, asked: Mapping[str, str], document_number: str
    ) -> ScopeDecision:
        facts = typed(VisitFacts(intake=asked), script)
        age = age_on(document_number, self._counter.now().date())
        known = facts if age is None else {**facts, "customer.age": Decimal(age)}
        return self._rules.judge(script.service, known)

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
        """A service that is a way to take an account over may not be tried again and again.

        A call that broke off for technical reasons is not held against the customer, but nobody
        breaks off without end.
        """
        if script.limits is None:
            return
        since = now - timedelta(days=script.limits.days)
        customer = self._lookup.digest(document_number)
        served, broken = await self._store.visits.served(customer, script.service, since)
        most = script.limits.visits * self._times
        if served >= most or served + broken >= most * (1 + BROKEN):
            raise Refusal("too_many_visits", days=script.limits.days)

    async def may_queue(self, visit: Visit) -> None:
        """Whoever has a ticket goes on. Raises Refusal('branch_out_of_space') for a new one."""
        if visit.ticket is None:
            await self._space.require()

    # ---- invitations

    async def invite(
        self,
        service: str,
        language: str,
        name: str,
        document_number: str,
        created_by: str,
        *,
        reference: str = "",
        intake: Mapping[str, str] | None = None,
        hours: int = INVITATION_HOURS,
    ) -> Made:
        """Make an invitation; its secret belongs into the link's fragment.

        With the bank's own `reference` its record says who it is; a name or number that is given
        as well has to agree. Raises Refusal: unknown_service, language_not_offered, form_invalid,
        scope_denied, no_core_customer, customer_differs; Outage core_unreachable, …
        """
        script = self._compiled(service).script
        if language not in script.languages:
            raise Refusal("language_not_offered", language=language)
        filled_in = prefilled_values(script.intake, intake or {})
        if reference:
            name, document_number = await self._referred(reference, name, document_number)
        if self._judge(script, filled_in, document_number).decision == "deny":
            raise Refusal("scope_denied")
        secret, now = secrets.token_urlsafe(32), self._counter.now()
        invitation = new_id("inv", secrets.token_bytes(16))
        person = json.dumps([name, document_number, filled_in, reference], ensure_ascii=False)
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

    async def _referred(self, reference: str, name: str, number: str) -> tuple[str, str]:
        """Name and document number as the bank holds them."""
        record = await self._core.look_up(reference=reference)
        if record is None or not record.document:
            raise Refusal("no_core_customer")
        if name and not newcomer.same_name(name, record.name):
            raise Refusal("customer_differs", field="name")
        if number and self._lookup.digest(number) != self._lookup.digest(record.document):
            raise Refusal("customer_differs", field="document_number")
        return record.name, record.document

    async def redeem(self, secret: str) -> Invited:
        """Use an invitation's secret: from now on its holder's session speaks for it."""
        invitation = await self._store.invitations.redeem(_hash(secret), self._counter.now())
        name, _number, intake, _reference = self._person(invitation.id, invitation.sealed)
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
        name, number, known, reference = self._person(kept.id, kept.sealed)
        return await self.open_visit(
            service,
            language,
            consents,
            name,
            number,
            {**known, **intake},
            reference=reference,
            invitation=kept.id,
        )

    def digests(self, *values: str | None) -> tuple[str, ...]:
        """What a search finds these by: keyed, so that the database has none in the clear."""
        return tuple(self._lookup.digest(value) for value in values if value)

    async def visits_of(self, invitation: str) -> tuple[str, ...]:
        """The visits that its holder has opened, the newest first."""
        query = VisitQuery(lookups=(self._lookup.digest(invitation),))
        page = await self._store.visits.search(query)
        return tuple(row.id for row in page.rows)

    def _person(self, invitation: str, sealed_person: str) -> tuple[str, str, dict[str, str], str]:
        """Name, document number, what the bank has filled in, and its reference of the person."""
        opened = self._invitation_cipher(invitation).open("person", sealed_person)
        name, number, intake, *reference = json.loads(opened)
        return name, number, intake, reference[0] if reference else ""

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


def _changes_a_record(script: ServiceScript) -> bool:
    """Whether the service can do nothing for somebody whom the bank does not know."""
    effects = {step.detail.effect for step in script.steps if isinstance(step.detail, Commit)}
    return CHANGE_DETAILS in effects
