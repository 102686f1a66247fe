"""Two messages of a test's own branch: say a number, hear it again."""

from typing import ClassVar, Literal

from signaling.messages import GENERIC, Message, Vocabulary
from signaling.messages.base import BOTH, CUSTOMER, TELLER


class Put(Message):
    type: ClassVar[str] = "put"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = CUSTOMER

    n: int


class Got(Message):
    type: ClassVar[str] = "got"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH

    n: int


class Rule(Message):
    type: ClassVar[str] = "rule"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = TELLER


VOCABULARY = Vocabulary(*GENERIC, Put, Got, Rule)
