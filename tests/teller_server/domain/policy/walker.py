"""Plays a compiled service through the rules of a visit: what people would do next, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.document_pages import asked, kind_of, missing_side, pools
from teller_server.domain.documents import FRONT, document_type
from teller_server.domain.fields import Fact
from teller_server.domain.ids import SealedText
from teller_server.domain.policy import CompiledService
from teller_server.domain.script import CUSTOMER, StepKind
from teller_server.domain.signing import unsealed
from teller_server.domain.state import Outcome, StepState, Visit, VisitState

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELLER, CHECKER = "t-wang", "t-chen"
SAID = SealedText("sealed:said")
LONG = timedelta(seconds=120)
ASKING = (StepKind.QUESTION, StepKind.LIVENESS, StepKind.IDENTITY_DOCUMENT)
TAPPED = (StepKind.NOTICE, StepKind.CONSENT, StepKind.DISCLOSURE, StepKind.HAND_OVER)


class Walk:
    """One visit and its clock.

    `holds`: the script's conditions, all known from the beginning. Or `facts`, by dotted name:
    those of intake and customer known from the beginning, the others when said or written.
    """

    def __init__(
        self,
        compiled: CompiledService,
        holds: Mapping[str, bool] | None = None,
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        self.script = script = compiled.script
        self.facts = dict(facts or {})
        self.told = {name for name in self.facts if name.startswith(("intake.", "customer."))}
        self.now = NOON
        self.events: list[e.Event] = []
        self.visit: Visit | None = None
        consents = {consent.id: True for consent in script.consents}
        conditions = self._holding()
        if holds is not None:
            conditions = {name: holds.get(name, False) for name in script.conditions}
        self.do(
            c.OpenVisit("v1", script, "zh-CN", "c", False, consents, compiled.policy, conditions)
        )
        if compiled.policy.network is not None:
            self.do(c.SeeNetwork("".join((compiled.policy.network.allow or ())[:1])))
        self.do(c.TakeTicket("A001"))
        self.do(c.Offer("p1", TELLER, self.now + timedelta(minutes=1)))
        self.do(c.Accept("p1", TELLER, "r1"))
        self.joins("customer")
        self.joins("teller")

    @property
    def at(self) -> Visit:
        assert self.visit is not None
        return self.visit

    def _holding(self, *more: str) -> dict[str, bool]:
        """The conditions that are decided once `more` is told, too."""
        self.told |= {name for name in self.facts if name in more}
        known = {name: self.facts[name] for name in self.told}
        judged = {name: one.holds(known) for name, one in self.script.conditions.items()}
        return {name: holds for name, holds in judged.items() if holds is not None}

    def do(self, command: c.Command) -> None:
        if isinstance(command, c.StartStep | c.CompleteStep) and self.at.policy.place is not None:
            self._is_here()
        self.now += timedelta(seconds=1)
        self.visit, caused = rules.step_to(self.visit, command, self.now)
        self.events += caused

    def _is_here(self) -> None:
        """The device says anew where it is, as the page does by itself."""
        told = self.at.place
        if told is None or self.now > told.at + timedelta(seconds=10):
            self.do(c.TellPlace(SAID, 35.0))

    def joins(self, party: str) -> None:
        self.do(c.LegUp(party, f"{party}-1"))
        self.do(c.RecordingConfirmed(party))

    def passed(self) -> list[str]:
        """The steps that were ended as passed, in the order in which they were."""
        ends = [event for event in self.events if isinstance(event, e.StepEnded)]
        return [event.step for event in ends if event.result == "passed"]

    # ---- what happens next when all goes well

    def next(self) -> c.Command | timedelta | None:
        """A command, a time to wait, or None when the visit is over."""
        visit = self.at
        if visit.state is VisitState.IN_SERVICE:
            return self._in_service(visit)
        if visit.state is VisitState.WRAP_UP:
            return c.CallSealed("m", True) if not visit.sealed else c.WrapUp(TELLER, "ok")
        if visit.state is VisitState.IN_REVIEW:
            return c.Review(CHECKER, "approve", SAID)
        return None

    def to_the_end(self) -> Walk:
        """Everything that is left, the usual way."""
        for _ in range(600):
            move = self.next()
            if move is None:
                return self
            self.take(move)
        raise AssertionError(f"the visit doesn't end: {self.at.current}")

    def until(self, step: str) -> Walk:
        """Up to the moment at which a step has begun."""
        for _ in range(600):
            if self.at.current is not None and self.at.current.id == step:
                return self
            move = self.next()
            assert move is not None, f"{step} never began"
            self.take(move)
        raise AssertionError(f"{step} never began")

    def take(self, move: c.Command | timedelta) -> None:
        if isinstance(move, timedelta):
            self.now += move
        else:
            self.do(move)

    def _in_service(self, visit: Visit) -> c.Command | timedelta:
        for party in visit.parties:
            if not visit.legs[party].up:
                return c.LegUp(party, f"{party}-{len(self.events)}")
        step = visit.current
        if step is None:
            ahead = visit.upcoming
            if ahead is None:
                return c.EndService(TELLER, Outcome.DONE)
            return self._invited(visit, ahead.party) or c.StartStep(ahead.id, TELLER, _drawn(ahead))
        return next(self._within(visit, step), None) or c.CompleteStep(
            step.id, TELLER, "passed", SAID
        )

    def _invited(self, visit: Visit, party: str) -> c.Command | None:
        if party == CUSTOMER or visit.here(party):
            return None
        guest = visit.guests.get(party)
        if guest is None:
            return c.InviteGuest(party, "g1", TELLER)
        if guest.status == "invited":
            return c.GuestConsents(party, guest.guest, {"recording": True, "face": True})
        if guest.status == "gone":
            return c.InviteGuest(party, "g2", TELLER)
        here = party in visit.legs and visit.legs[party].up
        return c.RecordingConfirmed(party) if here else c.LegUp(party, f"g-{len(self.events)}")

    def _within(self, visit: Visit, step: StepState) -> Iterator[c.Command | timedelta]:
        """What is still missing in the step that is open, first things first."""
        if step.started_at and self.now < step.started_at + timedelta(seconds=step.plan.seconds):
            yield timedelta(seconds=step.plan.seconds)
        if step.kind in TAPPED and step.answer is None:
            yield c.AnswerStep(step.id, step.plan.asks[0], step.party)
        yield from self._document(step)
        if step.plan.challenged:
            yield from self._challenge(step)
        if step.kind in ASKING:
            judged = {one.id for one in step.plan.questions if one.action}
            for question in asked(step) if step.pages else step.drawn:
                if question not in judged and question not in step.answers:
                    holds = self._holding(f"{step.id}.{question}")
                    yield c.RecordAnswer(step.id, TELLER, question, SAID, "expected", holds)
        yield from self._person(visit, step)
        yield from self._papers(visit, step)

    def _document(self, step: StepState) -> Iterator[c.Command]:
        side = missing_side(step) if step.kind is StepKind.IDENTITY_DOCUMENT else None
        if side is not None:
            portrait = "p" if side == FRONT and document_type(kind_of(step)).portrait else None
            yield c.DocumentReceived(f"d-{side}", portrait, step.party, side)

    def _challenge(self, step: StepState) -> Iterator[c.Command]:
        """Every movement passes."""
        challenge = step.challenge
        if challenge is None:
            moves = tuple(one.id for one in step.plan.questions if one.action)[: step.plan.draw]
            yield c.DrawChallenge(step.id, TELLER, "n", moves, "7" * step.plan.digits, 6.0)
        elif challenge.outcome is None and challenge.shown == challenge.judged:
            yield c.ShowAction("n", challenge.shown, "ab" * 32)
        elif challenge.outcome is None:
            yield c.JudgeAction("n", challenge.judged, "passed", 17.0, 1.0)

    def _person(self, visit: Visit, step: StepState) -> Iterator[c.Command]:
        person = visit.person(step.party)
        for check, register in step.registers.items():
            if register.status == "running":
                yield c.AnswerRegistry(step.id, check, register.attempt, "match")
        if step.kind is StepKind.FACE_MATCH and person.decision is None:
            check = person.check
            if check is None:
                yield c.CheckIdentity("k" + step.party, TELLER)
            elif check.status == "running":
                yield c.IdentityChecked(check.id, "passed", 0.7, "agrees", ())
            else:
                yield c.DecideIdentity(TELLER, "accept", check.id)
        if step.kind is StepKind.FORM:
            if step.id not in visit.drafts:
                fields = self.script.step(step.id).fields
                holds = self._holding(*(f"{step.id}.{one.name}" for one in fields))
                yield c.DraftForm(step.id, TELLER, SAID, "d", holds)
            if step.answer is None:
                yield c.AnswerStep(step.id, "seen", step.party)

    def _papers(self, visit: Visit, step: StepState) -> Iterator[c.Command | timedelta]:
        if step.kind is StepKind.DOCUMENT:
            (name,) = step.plan.papers
            paper = visit.papers.get(name)
            if paper is None:
                yield c.ShowPaper(step.id, name, f"pdf-{name}", 1)
            elif step.answer is None:
                if paper.page == 0:
                    yield c.TurnPage(name, 1, step.party)
                if self.now < (paper.since or self.now) + LONG:
                    yield LONG
                yield c.AnswerStep(step.id, step.plan.asks[0], step.party)
        if step.kind in (StepKind.SIGN, StepKind.ONE_TIME_CODE) and step.answer is None:
            yield from self._signature(visit, step)
        if step.kind is StepKind.TELLER_DECISION and unsealed(visit):
            yield c.SealPapers({name: f"sealed-{name}" for name in unsealed(visit)}, "bank")

    def _signature(self, visit: Visit, step: StepState) -> Iterator[c.Command]:
        code = visit.code if visit.code and visit.code.step == step.id else None
        if code is None:
            until = self.now + timedelta(minutes=3)
            yield c.SendCode(step.id, step.party, "1**", "digest", until)
        elif not code.correct:
            yield c.EnterCode(step.id, step.party, True)
        elif step.kind is StepKind.SIGN:
            signed = {name: f"signed-{name}" for name in step.plan.papers}
            yield c.SignPapers(step.id, step.party, signed, "cert")


def _drawn(step: StepState) -> tuple[str, ...]:
    if step.kind is StepKind.IDENTITY_DOCUMENT:
        return tuple(name for names, count in pools(step.plan) for name in names[:count])
    if step.plan.challenged:
        return ()
    known = tuple(question.id for question in step.plan.questions)
    return known[: step.plan.draw or len(known)]
