"""Codes and signatures: from a tap on a phone to a signed paper in the evidence.

A code is compared here, in constant time; whether one may be sent, tried or used is the visit's
rule. The signer's key is made after the code was right and is destroyed with a record.
"""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk, VisitFacts
from teller_server.desk.keys import recording_of
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.signing import BANK, Act, Signed, SigningDesk, Unsigned
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import BranchError, Refusal
from teller_server.domain.events import Event
from teller_server.domain.people import masked_name, masked_phone
from teller_server.domain.script import (
    CUSTOMER,
    Form,
    OneTimeCode,
    ServiceScript,
    Sign,
    StepKind,
)
from teller_server.domain.signing import may_send, may_sign, sealable, standing_code
from teller_server.domain.state import SERVING, Visit
from teller_server.papers.codes import code_digest, code_matches, make_code
from teller_server.papers.paper import Place
from teller_server.papers.strokes import Strokes
from teller_server.store.evidence import Head
from teller_server.store.visits import VisitStore
from teller_server.systems.messages import CODE, Messenger

log = structlog.get_logger(__name__)

PDF = "application/pdf"
AGAIN_SECONDS = 5.0
GUEST_NAME = "guest_name"
MESSAGE = {
    "zh-CN": "【{branch}】验证码 {code}，{minutes} 分钟内有效，用于本次视频办理“{title}”。"
    "请勿告知任何人，包括银行工作人员。",
    "en": "{branch}: code {code}, valid for {minutes} minutes, for {title} in this video call. "
    "Tell it to nobody, not even to our staff.",
}


class SignatureDesk:
    """Serves steps with a code or a signature."""

    def __init__(
        self,
        counter: Counter,
        crew: Crew,
        visits: VisitStore,
        heads: Callable[[str], Awaitable[Sequence[Head]]],
        ring: Callable[[str], None],
        evidence: EvidenceDesk,
        facts: FactsDesk,
        signing: SigningDesk,
        messenger: Messenger,
        scripts: Scripts,
        names: Mapping[str, str],
        code_key: bytes,
        *,
        code_minutes: int,
    ) -> None:
        self._counter = counter
        self._crew = crew
        self._visits = visits
        self._heads = heads
        self._ring = ring
        self._evidence = evidence
        self._facts = facts
        self._signing = signing
        self._messenger = messenger
        self._scripts = scripts
        self._names = names
        self._code_key = code_key
        self._minutes = code_minutes
        self.signing: set[str] = set()
        self._sealing: set[str] = set()
        counter.listen(self._heard)

    def statement(self, language: str) -> str:
        """What a signature made here is under the law, for the page."""
        return self._signing.statement(language)

    async def send_code(self, visit: Visit, party: str, step: str, command_id: str) -> None:
        """Send a fresh code. Raises Refusal no_phone, code_just_sent, …; Outage when it can't."""
        now = self._counter.now()
        may_send(visit, step, party, now)
        to = self._phone(visit, party, step, await self._facts.of(visit))
        code = make_code(secrets.token_bytes(16))
        text = MESSAGE[visit.language].format(
            branch=self._names[visit.language],
            code=code,
            minutes=self._minutes,
            title=self._scripts.of(visit).step(step).title[visit.language],
        )
        digest = code_digest(self._code_key, visit.id, step, code)
        until = now + timedelta(minutes=self._minutes)
        command = c.SendCode(step, party, masked_phone(to), digest, until)
        await self._counter.act(visit.id, command, command_id)
        await self._messenger.send(to, text, CODE, f"{visit.id}/{step}/{command_id}")

    async def enter_code(
        self, visit: Visit, party: str, step: str, code: str, command_id: str | None = None
    ) -> bool:
        """Try a code; every try is on record. Raises Refusal code_expired, code_used_up, …"""
        kept = standing_code(visit, step, party, self._counter.now())
        correct = code_matches(self._code_key, visit.id, step, code, kept.digest)
        await self._counter.act(visit.id, c.EnterCode(step, party, correct), command_id)
        return correct

    def _phone(self, visit: Visit, party: str, step: str, facts: VisitFacts) -> str:
        """Where a code goes: what the step names; else the party's own number."""
        script = self._scripts.of(visit)
        detail = script.step(step).detail
        if isinstance(detail, OneTimeCode) and detail.to != "customer.phone":
            form, _, field = detail.to.partition(".")
            number = facts.forms.get(form, {}).get(field, "")
        elif party == CUSTOMER:
            number = facts.phone or _given(script, facts, CUSTOMER)
        else:
            number = _given(script, facts, party)
        if not number:
            raise Refusal("no_phone")
        return number

    # ---- signatures

    async def sign(self, visit: Visit, party: str, step: str, code: str, strokes: Strokes) -> None:
        """Check the code, then sign; how it went shows in the view."""
        if visit.id in self.signing:
            raise Refusal("signature_being_made")
        correct = await self.enter_code(visit, party, step, code)
        if correct:
            self.signing.add(visit.id)
            self._crew.start(self._sign(visit.id, party, step, strokes), "signatures.sign")

    async def _sign(self, visit_id: str, party: str, step: str, strokes: Strokes) -> None:
        try:
            visit = await self._visits.get(visit_id)
            may_sign(visit, step, party)
            await self._make(visit, party, step, strokes)
        except Exception as error:  # the customer may try again with a new code
            code = error.code if isinstance(error, BranchError) else "not_made"
            log.exception("signature_not_made", visit=visit_id, code=code)
            await self._counter.try_act(visit_id, c.SigningFailed(step, code))
        finally:
            self.signing.discard(visit_id)
            self._ring(visit_id)

    async def _make(self, visit: Visit, party: str, step: str, strokes: Strokes) -> None:
        state = visit.step(step)
        names = state.plan.papers if state else ()
        papers = {name: await self._unsigned(visit, name) for name in names}
        act = await self._act(visit, party, step)
        made = await self._signing.sign(visit.id, act, papers, strokes)
        try:
            may_sign(await self._visits.get(visit.id), step, party)
        except Refusal:  # a no was said meanwhile: it counts, and what was made is kept nowhere
            self._evidence.mark(visit.id, "signature_discarded", dict(made.record))
            raise
        signed = await self._attach(visit.id, made, "signed")
        await self._evidence.attach(visit.id, made.strokes, "application/json", "strokes")
        await self._counter.act(visit.id, c.SignPapers(step, party, signed, made.certificate))

    async def _attach(self, visit: str, made: Signed, role: str) -> dict[str, str]:
        digests = {}
        for name, pdf in made.papers.items():
            digests[name] = await self._evidence.attach(visit, pdf, PDF, f"{role}_{name}")
        self._evidence.mark(visit, "signer_key", dict(made.record))
        return digests

    async def _unsigned(self, visit: Visit, name: str) -> Unsigned:
        state = visit.papers[name]
        pdf = await self._evidence.read(visit.id, state.signed or state.kept)
        places = {party: _place(numbers) for party, numbers in state.places.items()}
        return Unsigned(pdf, state.digest, state.size, places, state.signers)

    async def _act(self, visit: Visit, party: str, step: str) -> Act:
        facts = await self._facts.of(visit)
        detail = self._scripts.of(visit).step(step).detail
        sentence = detail.sentence[visit.language] if isinstance(detail, Sign) else ""
        return Act(
            party=party,
            name=signer_name(self._scripts.of(visit), facts, party),
            identity=_identity(visit, party),
            evidence=await self._head(visit),
            sentence=hashlib.sha256(sentence.encode()).hexdigest(),
            agreed_at=self._counter.now(),
            language=visit.language,
        )

    async def _head(self, visit: Visit) -> str:
        """A head attested just now: it covers everything up to the signature."""
        await self._evidence.attest(visit.id)
        heads = await self._heads(recording_of(visit.id))
        return heads[-1].digest if heads else hashlib.sha256(b"").hexdigest()

    # ---- the bank's own seal

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        """A paper that everybody has signed is sealed; at the decision none is left."""
        moved = (e.StepEnded, e.StepStarted)
        due = any(isinstance(event, moved) for event in events) and bool(sealable(visit))
        if due and visit.state in SERVING and visit.id not in self._sealing:
            self._sealing.add(visit.id)
            self._crew.start(self._seal(visit.id), "signatures.seal")

    async def _seal(self, visit_id: str) -> None:
        """Until it is there or the call is over: nothing is decided on unsealed papers."""
        try:
            while True:
                visit = await self._visits.get(visit_id)
                if visit.state not in SERVING or not sealable(visit):
                    return
                await self._try_seal(visit)
        finally:
            self._sealing.discard(visit_id)

    async def _try_seal(self, visit: Visit) -> None:
        try:
            await self._make_seal(visit)
        except Exception:
            log.exception("papers_not_sealed", visit=visit.id)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _make_seal(self, visit: Visit) -> None:
        papers = {name: await self._unsigned(visit, name) for name in sealable(visit)}
        act = Act(
            party=BANK,
            name=self._names[visit.language],
            identity="",
            evidence=await self._head(visit),
            sentence="",
            agreed_at=self._counter.now(),
            language=visit.language,
        )
        made = await self._signing.seal(visit.id, act, papers)
        sealed = await self._attach(visit.id, made, "sealed")
        await self._counter.act(visit.id, c.SealPapers(sealed, made.certificate))


def _identity(visit: Visit, party: str) -> str:
    """The digest of what the signer's identity rests on: check, decision and document."""
    person = visit.person(party)
    plain = {
        "check": person.check.id if person.check else None,
        "outcome": person.check.outcome if person.check else None,
        "verdict": person.decision.verdict if person.decision else None,
        "document": person.document.photo if person.document else None,
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _place(numbers: tuple[float, ...]) -> Place:
    page, x0, y0, x1, y1 = numbers
    return int(page), x0, y0, x1, y1


def signer_name(script: ServiceScript, facts: VisitFacts, party: str) -> str:
    """Who signs, masked: the customer, or a further party as `guest_name` of their form says.

    The party's own word where no name was written down.
    """
    name = facts.name if party == CUSTOMER else ""
    for step in script.of_kind(StepKind.FORM):
        if party != CUSTOMER and step.party == party:
            name = name or facts.forms.get(step.id, {}).get(GUEST_NAME, "")
    return masked_name(name) if name.strip() else party


def _given(script: ServiceScript, facts: VisitFacts, party: str) -> str:
    """The first telephone number that was written down in a form of this party."""
    for step in script.steps:
        if isinstance(step.detail, Form):
            for field in step.detail.fields:
                theirs = step.party == party or field.name == f"{party}_phone"
                number = facts.forms.get(step.id, {}).get(field.name, "")
                if field.type == "phone" and theirs and number:
                    return number
    return ""
