"""What every message is: a frozen, bounded, closed body with a name, a sender and an audience."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

CUSTOMER = frozenset({"customer"})
TELLER = frozenset({"teller"})
BOTH = CUSTOMER | TELLER

# No control characters: nothing a page sends may forge a log line or a terminal sequence.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_MANY_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
Line = Annotated[str, StringConstraints(max_length=200, pattern=_ONE_LINE)]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=_MANY_LINES)]
Sdp = Annotated[str, StringConstraints(min_length=1, max_length=48 * 1024, pattern=_MANY_LINES)]
Token = Annotated[str, StringConstraints(min_length=16, max_length=128, pattern=r"^[\w-]+$")]


class Message(BaseModel):
    """One message body. Unknown fields are refused; values are not coerced.

    A *durable* message is kept until the far side has acknowledged it; the others are worth
    nothing once they are late. A *once* message is handled at most once per envelope id.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    type: ClassVar[str]
    sender: ClassVar[Literal["page", "server", "both"]]
    audience: ClassVar[frozenset[str]]
    durable: ClassVar[bool] = True
    once: ClassVar[bool] = True
    coalesce: ClassVar[bool] = False

    def body(self) -> str:
        """The body as compact JSON text."""
        return self.model_dump_json()

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read a body. Raises pydantic.ValidationError."""
        return cls.model_validate(dict(body))


class WholeState(Message):
    """A message whose body is one whole state, shaped by whoever sends it."""

    state: dict[str, Any]

    def body(self) -> str:
        return json.dumps(self.state, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        return cls(state=dict(body))


class Vocabulary:
    """Message classes by their type; two classes never share one."""

    def __init__(self, *messages: type[Message]) -> None:
        self._by_type: dict[str, type[Message]] = {}
        for message in messages:
            if message.type in self._by_type:
                raise ValueError(f"two messages are called {message.type}")
            self._by_type[message.type] = message

    def __iter__(self) -> Iterator[type[Message]]:
        return iter(self._by_type.values())

    def get(self, kind: str) -> type[Message] | None:
        return self._by_type.get(kind)

    def extended(self, messages: Iterable[type[Message]]) -> "Vocabulary":
        """This vocabulary and more words."""
        return Vocabulary(*self, *messages)

    def said_by_page(self, audience: str) -> list[type[Message]]:
        """What a page of this audience may say."""
        return [m for m in self if m.sender != "server" and audience in m.audience]
