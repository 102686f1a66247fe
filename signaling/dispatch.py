"""Which handler a message goes to, for one audience; and what a failure is called on the wire."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from signaling.messages import BadMessage, Envelope, Message, Vocabulary, read

_log = logging.getLogger(__name__)

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is speaking.

    `subject` is what messages are pushed to (a visit's id, a teller's account id), `session` the
    wire session, `message` the id of the message being handled.
    """

    audience: str
    subject: str
    language: str = "zh-CN"
    session: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message had no effect: a stable code, and the field that is wrong, if one is."""

    code: str
    field: str | None = None


Handler = Callable[[Caller, M], Awaitable[None]]
Explain = Callable[[Exception], Problem]


def unexplained(_failure: Exception) -> Problem:
    """The explanation of last resort."""
    return Problem("internal")


class Dispatch:
    """The table type → class → handler of one audience.

    `explain` is the one place that turns a raised exception into a wire code.
    """

    def __init__(
        self, audience: str, vocabulary: Vocabulary, explain: Explain = unexplained
    ) -> None:
        self.audience = audience
        self._vocabulary = vocabulary
        self.explain = explain
        self._handlers: dict[type[Message], Handler[Any]] = {}

    def on(self, kind: type[M], handler: Handler[M]) -> None:
        """Let `handler` take every `kind`; once per kind."""
        if self._vocabulary.get(kind.type) is not kind:
            raise ValueError(f"{kind.type} is not in the vocabulary")
        if kind.sender == "server" or self.audience not in kind.audience:
            raise ValueError(f"{kind.type} is not said by a {self.audience}")
        if kind in self._handlers:
            raise ValueError(f"{kind.type} has a handler already")
        self._handlers[kind] = handler

    def missing(self) -> list[str]:
        """Types that this audience may say and nobody handles; `hello` and `ack` are ours."""
        said = self._vocabulary.said_by_page(self.audience)
        own = {"hello", "ack"}
        return sorted(m.type for m in said if m not in self._handlers and m.type not in own)

    def read(self, envelope: Envelope) -> Message:
        """The message inside. Raises BadMessage: unknown_type, wrong_role or bad_message."""
        kind = self._vocabulary.get(envelope.type)
        if kind is None:
            raise BadMessage("unknown_type", "type", envelope.id)
        if kind.sender == "server" or self.audience not in kind.audience:
            raise BadMessage("wrong_role", "type", envelope.id)
        if kind.once and not envelope.id:
            raise BadMessage("bad_message", "id")
        return read(envelope, kind)

    async def run(self, caller: Caller, message: Message) -> Problem | None:
        """Hand the message to its handler; a failure comes back as a Problem."""
        handler = self._handlers.get(type(message))
        if handler is None:
            return Problem("unknown_type", "type")
        try:
            await handler(caller, message)
        except Exception as failure:
            problem = self.explain(failure)
            if problem.code == "internal":
                _log.exception("handler of %s failed", message.type)
            return problem
        return None
