import pytest

from signaling.dispatch import Caller, Dispatch, Problem
from signaling.messages import BadMessage, Envelope, Welcome
from tests.signaling.words import VOCABULARY, Put, Rule

CALLER = Caller("customer", "visit-1")


async def nothing(_caller: Caller, _message: object) -> None:
    pass


@pytest.mark.parametrize("kind", [Rule, Welcome])
def test_a_handler_is_only_for_what_the_audience_says(kind: type) -> None:
    with pytest.raises(ValueError, match=r"is not said by a customer"):
        Dispatch("customer", VOCABULARY).on(kind, nothing)


def test_a_message_has_one_handler() -> None:
    dispatch = Dispatch("customer", VOCABULARY)
    dispatch.on(Put, nothing)
    with pytest.raises(ValueError, match="has a handler already"):
        dispatch.on(Put, nothing)


def test_what_nobody_handles_is_told_at_start() -> None:
    dispatch = Dispatch("teller", VOCABULARY)
    assert dispatch.missing() == [
        "call.candidate",
        "call.health",
        "call.offer",
        "media.state",
        "rule",
    ]
    dispatch.on(Rule, nothing)
    assert "rule" not in dispatch.missing()


@pytest.mark.parametrize(
    ("kind", "message_id", "code"),
    [
        ("nonsense", "m-1", "unknown_type"),
        ("rule", "m-1", "wrong_role"),
        ("welcome", "m-1", "wrong_role"),
        ("put", "", "bad_message"),
    ],
)
def test_the_wrong_message_is_refused_by_name(kind: str, message_id: str, code: str) -> None:
    envelope = Envelope(v=1, type=kind, id=message_id, body={"n": 1})
    with pytest.raises(BadMessage) as caught:
        Dispatch("customer", VOCABULARY).read(envelope)
    assert caught.value.code == code


async def test_failures_are_explained_in_one_place() -> None:
    def explain(failure: Exception) -> Problem:
        return Problem(f"a_{type(failure).__name__.lower()}", "n")

    async def fail(_caller: Caller, _message: Put) -> None:
        raise LookupError

    dispatch = Dispatch("customer", VOCABULARY, explain)
    dispatch.on(Put, fail)
    assert await dispatch.run(CALLER, Put(n=1)) == Problem("a_lookuperror", "n")


async def test_a_defect_is_logged_and_called_internal(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_caller: Caller, _message: Put) -> None:
        raise LookupError

    dispatch = Dispatch("customer", VOCABULARY)
    dispatch.on(Put, fail)
    assert await dispatch.run(CALLER, Put(n=1)) == Problem("internal")
    assert "handler of put failed" in caplog.text
