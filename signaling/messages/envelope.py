"""The envelope: JSON text to a typed header and an unread body, and back."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from signaling.messages.base import Message

MAX_BYTES = 64 * 1024
VERSION = 1

M = TypeVar("M", bound=Message)


class BadMessage(Exception):
    """The text is not a message of this protocol.

    `code` is `bad_message`, `too_large` or `unsupported_version`; `field` names the first thing
    that is wrong; `id` is the message's own id where it could be read, else "".
    """

    def __init__(self, code: str, field: str = "", message_id: str = "") -> None:
        super().__init__(f"{code} {field}".strip())
        self.code = code
        self.field = field
        self.id = message_id


class Envelope(BaseModel):
    """One message in its wrapper; `body` is not yet read.

    `seq` numbers the sender's messages (0: not numbered), `ack` is the highest number that the
    sender has received from the other side.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    v: int
    type: str = Field(min_length=1, max_length=64)
    id: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")
    seq: int = Field(default=0, ge=0, le=2**53)
    ack: int = Field(default=0, ge=0, le=2**53)
    body: dict[str, Any] = Field(default_factory=dict)


def decode(text: str | bytes) -> Envelope:
    """One received frame as an envelope. Raises BadMessage and nothing else."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise BadMessage("too_large")
    try:
        # pydantic's own parser refuses deep nesting with an error; json.loads may exhaust the stack
        envelope = Envelope.model_validate_json(text)
    except (ValidationError, RecursionError, ValueError) as bad:
        raise BadMessage("bad_message", _first_field(bad)) from None
    if envelope.v != VERSION:
        raise BadMessage("unsupported_version", "v", envelope.id)
    return envelope


def read(envelope: Envelope, kind: type[M]) -> M:
    """The envelope's body as `kind`. Raises BadMessage naming the first wrong field."""
    try:
        return kind.from_body(envelope.body)
    except (ValidationError, RecursionError) as bad:
        raise BadMessage("bad_message", _first_field(bad), envelope.id) from None


def encode(message: Message, *, message_id: str = "", seq: int = 0, ack: int = 0) -> str:
    """A message as the text of one frame."""
    return wrap(message.type, message.body(), message_id=message_id, seq=seq, ack=ack)


def wrap(kind: str, body: str, *, message_id: str = "", seq: int = 0, ack: int = 0) -> str:
    """A body that is JSON already, put into its envelope."""
    name = json.dumps(message_id)
    return (
        f'{{"v":{VERSION},"type":{json.dumps(kind)},"id":{name},'
        f'"seq":{seq},"ack":{ack},"body":{body}}}'
    )


def _first_field(bad: Exception) -> str:
    if not isinstance(bad, ValidationError):
        return ""
    place = bad.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    # names that a stranger chose are not repeated back at length
    return ".".join(str(part)[:64] for part in place)[:200]
