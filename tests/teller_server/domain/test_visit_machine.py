"""Whatever people and machines send, in whatever order: the promises of a visit hold."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.errors import Refusal
from teller_server.domain.script import AFTER_CALL
from teller_server.domain.state import CALLING, COMPLETED, Effect, Outcome, Visit, VisitState
from tests.teller_server.material import NOON, OFFER, REASON, STEPS, TELLER, UNSAID, opening, usual

TELLERS = st.sampled_from([TELLER, TELLER, TELLER, "t-zhao"])
PAIRINGS = st.sampled_from(["p1", "p2", "p3"])
PARTIES = st.sampled_from(["customer", "teller"])
LEGS = st.sampled_from(["a", "b", "c"])
CHECKS = st.sampled_from(["k1", "k2", "k3"])
REASONS = st.sampled_from([UNSAID, REASON])
STEP = st.sampled_from([*STEPS, "coffee"])
ANSWERS = st.sampled_from(["agreed", "agreed", "refused", "seen"])
MARKS = st.sampled_from(["passed", "passed", "referred", "failed"])
VERDICTS = st.sampled_from(["accept", "repeat", "refuse", "alternative"])
ABORTS = st.sampled_from([Outcome.ABORTED_TECHNICAL, Outcome.REFUSED_CUSTOMER, Outcome.DONE])

QUEUE = st.one_of(
    st.just(c.CustomerAway()),
    st.just(c.CustomerBack()),
    st.builds(c.Offer, PAIRINGS, TELLERS, st.just(NOON + 3 * OFFER)),
    st.builds(c.Accept, PAIRINGS, TELLERS, st.just("r1")),
    st.builds(c.Decline, PAIRINGS, TELLERS, REASONS),
    st.builds(c.ExpireOffer, PAIRINGS, st.sampled_from(["expired", "teller_gone"])),
)
CALL = st.one_of(
    st.builds(c.LegUp, PARTIES, LEGS),
    st.builds(c.LegDown, PARTIES, LEGS, st.just("silent")),
    st.builds(c.RecordingConfirmed, PARTIES),
    st.builds(c.Hold, TELLERS, st.booleans()),
    st.builds(c.Reverified, TELLERS, REASONS),
)
SCRIPT = st.one_of(
    st.builds(c.StartStep, STEP, TELLERS),
    st.builds(c.AnswerStep, STEP, ANSWERS),
    st.builds(c.CompleteStep, STEP, TELLERS, st.sampled_from(["passed", "refused"]), REASONS),
    st.builds(c.DraftForm, STEP, TELLERS, st.just(REASON), st.just("f")),
)
IDENTITY = st.one_of(
    st.builds(c.DocumentReceived, st.just("d"), st.sampled_from(["p", None])),
    st.builds(c.DocumentRejected, st.just("blurred")),
    st.builds(c.CheckIdentity, CHECKS, TELLERS),
    st.builds(c.IdentityChecked, CHECKS, MARKS, st.just(0.4), st.just("none"), st.just(())),
    st.builds(c.IdentityCheckFailed, CHECKS, st.just("no_face")),
    st.builds(c.DecideIdentity, TELLERS, VERDICTS, st.none() | CHECKS, REASONS),
)
END = st.one_of(
    st.builds(c.TakeTicket, st.just("A002"), st.integers(-1, 9)),
    st.just(c.LeaveQueue()),
    st.builds(c.RecordingFailed, PARTIES, st.just("disk_full")),
    st.builds(c.EndService, TELLERS, st.sampled_from(list(Outcome)), REASONS),
    st.builds(c.Abort, ABORTS, st.just("left")),
    st.builds(c.WrapUp, TELLERS, st.just("ok")),
    st.builds(c.CallSealed, st.just("m"), st.booleans()),
    st.builds(c.Review, st.sampled_from([TELLER, "c-1"]), st.booleans(), REASONS),
    st.builds(c.EffectCommitted, st.just("R")),
    st.builds(c.EffectFailed, st.just("down"), st.booleans()),
)


def natural(visit: Visit) -> tuple[c.Command, ...]:
    """What a visit that goes well would see next."""
    owner = visit.owner or TELLER
    if visit.offer is not None:
        return (c.Accept(visit.offer.pairing, visit.offer.teller, "r1"),)
    if visit.state is VisitState.IN_SERVICE:
        step = visit.current or visit.upcoming
        if step is None:
            return (c.EndService(owner, Outcome.DONE),)
        begun = (c.StartStep(step.id, owner), *usual(step.id, f"k{visit.checks + 1}"))
        return (*begun, c.CompleteStep(step.id, owner, "passed"))
    parties = ("customer", "teller")
    legs = tuple(x for p in parties for x in (c.LegUp(p, "a"), c.RecordingConfirmed(p)))
    by_state: dict[VisitState, tuple[c.Command, ...]] = {
        VisitState.CONSENTED: (c.TakeTicket("A001"),),
        VisitState.WAITING: (c.CustomerBack(), c.Offer("p1", TELLER, NOON + timedelta(hours=9))),
        VisitState.CONNECTING: legs,
        VisitState.REVERIFY: (
            c.Reverified(owner, REASON),
            *usual("face", f"k{visit.checks + 1}"),
        ),
        VisitState.ON_HOLD: (c.Hold(owner, on=False),),
        VisitState.WRAP_UP: (c.CallSealed("m", verified=True), c.WrapUp(owner, "ok")),
        VisitState.IN_REVIEW: (c.Review("c-1", "approve", UNSAID),),
    }
    return by_state.get(visit.state, ())


class VisitMachine(RuleBasedStateMachine):
    """Sends anything to one visit, and now and then what would really come next."""

    @initialize(face=st.booleans(), review=st.sampled_from(["none", "none", "checker"]))
    def open(self, face: bool, review: str) -> None:
        self.now = NOON
        self.events: list[e.Event] = []
        self.visit: Visit | None = None
        self.send(opening(face=face, review=review))

    def send(self, command: c.Command) -> None:
        self.now += timedelta(seconds=1)
        before = self.visit
        try:
            after, caused = rules.step_to(before, command, self.now)
        except Refusal:
            return
        if before is not None:
            self.check_step(before, command, caused)
        self.visit = after
        self.events += caused

    def check_step(self, before: Visit, command: c.Command, caused: tuple[e.Event, ...]) -> None:
        kinds = {type(event) for event in caused}
        if before.state is VisitState.CLOSED:
            assert kinds <= {e.EffectSettled}
            assert before.effect is Effect.PENDING
        if before.state is VisitState.REVERIFY or before.state is VisitState.ON_HOLD:
            assert not kinds & {e.StepStarted, e.StepAnswered, e.FormDrafted}
            assert not any(isinstance(x, e.StepEnded) and x.result == "passed" for x in caused)
        for event in caused:
            if isinstance(event, e.IdentityDecided) and event.verdict == "accept":
                assert before.check is not None
                assert before.check.outcome in ("passed", "referred")
                assert before.check.outcome == "passed" or event.reason
            if isinstance(event, e.EffectRequested):
                assert before.seal_verified or command == c.CallSealed("m", verified=True)
                assert before.outcome in COMPLETED or e.ReviewDecided in kinds

    @rule(command=QUEUE)
    def in_the_queue(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=CALL)
    def in_the_call(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=SCRIPT)
    def in_the_script(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=IDENTITY)
    def about_the_person(self, command: c.Command) -> None:
        self.send(command)

    @rule(command=END)
    def about_the_end(self, command: c.Command) -> None:
        self.send(command)

    @rule(times=st.integers(1, 3), but=st.integers(0, 6))
    def goes_on(self, times: int, but: int) -> None:
        """The natural course, sometimes with something left out."""
        for _ in range(times):
            commands = natural(self.visit)
            for command in commands[: len(commands) if but else len(commands) - 1]:
                self.send(command)

    @rule(leg=LEGS)
    def customer_rejoins(self, leg: str) -> None:
        self.send(c.LegUp("customer", leg))

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
        assert all(word == "done" for word in words[: max(0, done - 1)])
        assert set(words[done:]) <= {"todo"}
        ended = [x.step for x in self.events if isinstance(x, e.StepEnded)]
        assert ended == list(STEPS[: len(ended)])

    @invariant()
    def done_means_that_every_step_was_passed(self) -> None:
        if self.visit.outcome in COMPLETED:
            in_call = [step for step in self.visit.steps if step.kind not in AFTER_CALL]
            assert all(step.status == "done" for step in in_call)
        if self.visit.effect in (Effect.PENDING, Effect.COMMITTED, Effect.DEAD_LETTERED):
            assert self.visit.seal_verified
            assert self.visit.outcome in COMPLETED
            assert len([x for x in self.events if isinstance(x, e.EffectRequested)]) == 1

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
