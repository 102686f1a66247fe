"""Whatever people and machines send, in whatever order: the promises of a visit hold."""

from __future__ import annotations

import inspect
import sys
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.errors import Refusal
from teller_server.domain.script import AFTER_CALL, CUSTOMER, ServiceScript
from teller_server.domain.state import (
    CALLING,
    COMPLETED,
    SERVING,
    Effect,
    Outcome,
    Visit,
    VisitPolicy,
    VisitState,
)
from teller_server.domain.state_place import NetworkPolicy, PlacePolicy
from tests.teller_server.domain import visit_commands as sent
from tests.teller_server.domain.counter_walk import with_everything
from tests.teller_server.domain.policy.walker import Walk
from tests.teller_server.material import NOON, REASON, STEPS, TELLER, opening


class Course(Walk):
    """What a visit that goes well would see next, wherever it stands."""

    def __init__(
        self, script: ServiceScript, visit: Visit, now: datetime, events: list[e.Event]
    ) -> None:
        self.script, self.visit, self.now, self.events = script, visit, now, events
        self.facts, self.told = {}, set()

    def moves(self) -> tuple[c.Command | timedelta, ...]:
        visit, owner = self.at, self.at.owner or TELLER
        if visit.offer is not None:
            return (c.Accept(visit.offer.pairing, visit.offer.teller, "r1"),)
        match visit.state:
            case VisitState.CONSENTED:
                return (c.TakeTicket("A001"),)
            case VisitState.WAITING:
                return (c.CustomerBack(), c.Offer("p1", TELLER, NOON + timedelta(hours=9)))
            case VisitState.CONNECTING:
                legs = ((c.LegUp(p, "a"), c.RecordingConfirmed(p)) for p in visit.parties)
                return tuple(command for pair in legs for command in pair)
            case VisitState.ON_HOLD:
                return (c.Hold(owner, on=False),)
            case VisitState.REVERIFY:
                return (*self._joined(visit), *self._recognised(visit, owner))
        move = self.next()
        return () if move is None else (move,)

    def _joined(self, visit: Visit) -> tuple[c.Command, ...]:
        back = (c.LegUp(p, f"{p}-{len(self.events)}") for p in (*visit.parties, visit.subject)
                if p not in visit.legs or not visit.legs[p].up)  # fmt: skip
        return (*back, c.RecordingConfirmed(visit.subject))

    def _recognised(self, visit: Visit, owner: str) -> tuple[c.Command, ...]:
        check = f"k{visit.checks + 1}"
        return (
            c.Reverified(owner, REASON),
            c.CheckIdentity(check, owner),
            c.IdentityChecked(check, "passed", 0.62, "agrees", ()),
            c.DecideIdentity(owner, "accept", check),
        )


def rich(*, face: bool) -> c.OpenVisit:
    """With a guarantor, papers, codes, signatures, questions and a second person."""
    consents = {"recording": True, "face": face, "face_storage": face}
    asked = NetworkPolicy(allow=("CN",)), PlacePolicy(max_age_seconds=60)
    policy, holds = VisitPolicy((), "resume", 15, (), *asked), {"big": False}
    return c.OpenVisit("v1", with_everything(), "zh-CN", "v1", False, consents, policy, holds)


class VisitMachine(RuleBasedStateMachine):
    """Sends anything to one visit, and now and then what would really come next."""

    @initialize(
        face=st.sampled_from([True, True, False]),
        review=st.sampled_from(["none", "checker", "rich", "rich", "rich", "rich"]),
        ahead=st.sampled_from([0, 20, 29, 30, 35, 40, 45, 50, 55, 62, 70]),
    )
    def open(self, face: bool, review: str, ahead: int) -> None:
        """Some visits are well under way when things begin to go wrong."""
        self.now = NOON
        self.events: list[e.Event] = []
        self.visit: Visit | None = None
        self.order = sent.RICH if review == "rich" else STEPS
        first = rich(face=face) if review == "rich" else opening(face=face, review=review)
        self.script = first.script
        self.send(first)
        for _ in range(ahead):
            for move in self.course():
                self.take(move)

    def send(self, command: c.Command) -> bool:
        """Whether the rules let it be."""
        self.now += timedelta(seconds=1)
        before = self.visit
        try:
            after, caused = rules.step_to(before, command, self.now)
        except Refusal:
            return False
        if before is not None:
            self.check_step(before, command, caused)
        self.visit = after
        self.events += caused
        return True

    def check_step(self, before: Visit, command: c.Command, caused: tuple[e.Event, ...]) -> None:
        kinds = {type(event) for event in caused}
        if before.state is VisitState.CLOSED:
            assert kinds <= {
                e.EffectSettled,
                e.EffectRetried,
                e.Objected,
                e.ObjectionAnswered,
                e.Repudiated,
                e.RepudiationSettled,
            }
            assert e.EffectSettled not in kinds or before.effect in (
                Effect.PENDING,
                Effect.DEAD_LETTERED,
            )
        if before.state is VisitState.REVERIFY or before.state is VisitState.ON_HOLD:
            assert not kinds & {e.StepStarted, e.StepAnswered, e.FormDrafted, e.PapersSigned}
            assert not any(isinstance(x, e.StepEnded) and x.result == "passed" for x in caused)
        for event in caused:
            self.check_event(before, command, event, kinds)

    def check_event(
        self, before: Visit, command: c.Command, event: e.Event, kinds: set[type[e.Event]]
    ) -> None:
        match event:
            case e.IdentityDecided(verdict="accept"):
                assert before.check is not None
                assert before.check.outcome in ("passed", "referred")
                assert before.check.outcome == "passed" or event.reason
            case e.EffectRequested():
                assert before.seal_verified or command == c.CallSealed("m", verified=True)
                assert before.outcome in COMPLETED or e.ReviewDecided in kinds
            case e.ReviewDecided():
                assert event.checker != before.teller
            case e.ObjectionAnswered():
                assert event.by not in (before.teller, before.decided_by)
            case e.PapersSigned():
                step = before.step(event.step)
                assert step is not None
                assert step.answer is None, "a no, said meanwhile, is not written over"
                assert all(before.papers[name].read for name in event.signed)
            case e.PapersSealed():
                assert before.current is None or not set(event.sealed) & set(
                    before.current.plan.papers
                )

    @rule(command=sent.QUEUE)
    def in_the_queue(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.CALL)
    def in_the_call(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.SCRIPT)
    def in_the_script(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.IDENTITY)
    def about_the_person(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.REGISTERS)
    def registers_are_asked(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.PLACES)
    def about_the_place(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.END)
    def about_the_end(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.PEOPLE)
    def about_the_guest(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.MOVEMENTS)
    def movements(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.PAPERS)
    def about_the_papers(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=sent.AFTER)
    def about_what_follows(self, command: c.Command) -> None:
        self.send(command)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(times=st.integers(1, 12), but=st.integers(0, 6))
    def goes_on(self, times: int, but: int) -> None:
        """The natural course, sometimes with something left out."""
        for _ in range(times):
            moves = self.course()
            for move in moves[: len(moves) if but else len(moves) - 1]:
                self.take(move)

    def course(self) -> tuple[c.Command | timedelta, ...]:
        assert self.visit is not None
        return Course(self.script, self.visit, self.now, self.events).moves()

    def take(self, move: c.Command | timedelta) -> bool:
        if isinstance(move, timedelta):
            self.now += move
            return True
        return self.send(move)

    @rule(party=sent.SIGNERS, leg=sent.LEGS)
    def one_rejoins(self, party: str, leg: str) -> None:
        self.somebody_rejoins(party, leg)

    def somebody_rejoins(self, party: str, leg: str) -> None:
        if self.visit is not None and party in self.visit.legs:
            known = self.visit.legs[party].leg
            self.send(c.LegDown(party, known, "silent"))
            self.send(c.LegUp(party, f"{leg}-{len(self.events)}"))

    @rule(how=st.sampled_from(["leaves", "dismissed", "replaced"]), doubted=st.booleans())
    def the_guest_goes(self, how: str, doubted: bool) -> None:
        """Out of the middle of the call, or just when somebody has to look at them again."""
        guest = self.visit.guests.get(sent.GUARANTOR) if self.visit else None
        if guest is None:
            return
        if doubted:
            self.somebody_rejoins(sent.GUARANTOR, "again")
        if how == "replaced" and sent.GUARANTOR in self.visit.legs:
            self.send(c.LegDown(sent.GUARANTOR, self.visit.legs[sent.GUARANTOR].leg, "silent"))
        command: c.Command = c.GuestLeaves(sent.GUARANTOR, guest.guest)
        if how == "dismissed":
            command = c.DismissGuest(sent.GUARANTOR, TELLER)
        if how == "replaced":
            command = c.InviteGuest(sent.GUARANTOR, f"g-{len(self.events)}", TELLER)
        self.send(command)

    @invariant()
    def nobody_waits_for_who_has_gone(self) -> None:
        """Who is in question is somebody who can be looked at, and doubt has a way out."""
        doubted = {party for party, person in self.visit.people.items() if person.doubt}
        asked = {self.visit.reverify_party} if self.visit.reverify else set()
        for party in doubted | asked if self.visit.state in SERVING else ():
            assert party == CUSTOMER or self.visit.guests[party].status == "consented"
        if self.visit.state in SERVING:
            assert bool(doubted) is bool(self.visit.reverify)
            assert (self.visit.state is VisitState.REVERIFY) <= bool(doubted)

    @invariant()
    def only_who_takes_part_is_recorded(self) -> None:
        for party in self.visit.recorded if self.visit.state in CALLING else ():
            known = party in self.visit.parties or party in self.visit.guests
            assert known, party
            if party in self.visit.guests:
                assert self.visit.guests[party].status == "consented"

    @invariant()
    def only_an_open_paper_is_read(self) -> None:
        step = self.visit.current
        for name, paper in self.visit.papers.items():
            if paper.page:
                assert self.visit.state in SERVING - {VisitState.ON_HOLD}
                assert step is not None
                assert name in step.plan.papers
                assert paper.since >= step.started_at, "what one step showed is over with it"

    @invariant()
    def a_paper_bears_the_signatures_of_its_signers(self) -> None:
        for paper in self.visit.papers.values():
            assert bool(paper.signed) is bool(paper.signers)
            assert len(set(paper.signers)) == len(paper.signers)
            assert paper.signed or not paper.sealed
            assert not (len(paper.signers) > 1 and paper.before is None)

    @invariant()
    def events_tell_the_whole_visit(self) -> None:
        assert rules.replay(self.events) == self.visit

    def teardown(self) -> None:
        events = getattr(self, "events", [])
        assert [e.decode(*e.encode(event)) for event in events] == events

    @invariant()
    def a_pairing_is_accepted_at_most_once(self) -> None:
        accepted = [x for x in self.events if isinstance(x, e.OfferAccepted)]
        assert len(accepted) <= 1
        assert len([x for x in self.events if isinstance(x, e.TicketTaken)]) <= 1

    @invariant()
    def never_in_service_unrecorded(self) -> None:
        if self.visit.state in CALLING - {VisitState.CONNECTING}:
            assert self.visit.fully_recorded
        if self.visit.state in CALLING:
            assert self.visit.owner is not None
            assert self.visit.recording is not None

    @invariant()
    def steps_end_in_the_order_of_the_script(self) -> None:
        words = [step.status for step in self.visit.steps if step.kind not in AFTER_CALL]
        done = words.index("todo") if "todo" in words else len(words)
        assert all(word in ("done", "skipped") for word in words[: max(0, done - 1)])
        assert set(words[done:]) <= {"todo"}
        ended = [x.step for x in self.events if isinstance(x, e.StepEnded)]
        passed_over = {x.step for x in self.events if isinstance(x, e.StepSkipped)}
        assert ended == [one for one in self.order if one not in passed_over][: len(ended)]

    @invariant()
    def done_means_that_every_step_was_passed(self) -> None:
        if self.visit.outcome in COMPLETED:
            in_call = [step for step in self.visit.steps if step.kind not in AFTER_CALL]
            assert all(step.status in ("done", "skipped") for step in in_call)
            assert not any(step.status == "skipped" and not step.plan.when for step in in_call)
        if self.visit.effect in (Effect.PENDING, Effect.COMMITTED, Effect.DEAD_LETTERED):
            assert self.visit.seal_verified
            assert self.visit.outcome in COMPLETED
            assert len([x for x in self.events if isinstance(x, e.EffectRequested)]) == 1
            checked = [x.checker for x in self.events if isinstance(x, e.ReviewDecided)]
            assert (self.visit.review == "checker") is (len(checked) == 1)

    @invariant()
    def a_closed_visit_holds_nobody(self) -> None:
        if self.visit.state is VisitState.CLOSED:
            assert self.visit.owner is None
            assert self.visit.offer is None
            assert isinstance(self.visit.outcome, Outcome)


VisitMachine.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestVisitMachine = VisitMachine.TestCase


def test_every_command_is_sent() -> None:
    """What the rules know and the machine never sends would be tried by nobody."""
    text = inspect.getsource(sys.modules[__name__]) + inspect.getsource(sent)
    kinds = {kind for kind in rules._RULES if f"c.{kind.__name__}" not in text}
    assert kinds == set()
