"""docs/protocol.md and the message classes say the same."""

import re
from pathlib import Path

import pytest

from signaling.connection import Close
from signaling.messages import Message
from teller_server.api.messages import VOCABULARY
from teller_server.api.words import WORDS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
ROW = re.compile(
    r"^\| `([a-z._]+)` \| ([↑↓↕]) \| (\w+) \| (\w*) ?\| (.*?) \| ?((?:`[a-z_]+`(?:, )?)*) ?\|$",
    re.M,
)
ROWS = {row[0]: row[1:] for row in ROW.findall(DOCUMENT)}
ARROW = {"page": "↑", "server": "↓", "both": "↕"}


def test_every_message_has_a_row_and_every_row_a_message() -> None:
    assert set(ROWS) == {message.type for message in VOCABULARY}


@pytest.mark.parametrize("message", list(VOCABULARY), ids=lambda m: m.type)
def test_the_row_says_what_the_class_says(message: type[Message]) -> None:
    direction, audience, kept, body, _ = ROWS[message.type]
    assert direction == ARROW[message.sender]
    assert audience == ("both" if len(message.audience) == 2 else next(iter(message.audience)))
    said = "durable" if message.sender == "server" else "once"
    fact = message.durable if message.sender == "server" else message.once
    assert kept == (said if fact else "")
    if message.type != "view":
        named = set(re.findall(r"`([a-z_]+): ", body))
        assert named == set(message.model_fields)


def test_every_error_has_words() -> None:
    codes = {code for row in ROWS.values() for code in re.findall(r"`([a-z_]+)`", row[4])}
    general = DOCUMENT.split("## Errors of any message")[1].split("##")[0]
    codes |= set(re.findall(r"^\| `([a-z_]+)`", general, re.M))
    assert codes - set(WORDS) == set()


def test_every_close_code_is_listed() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d{4}) \|", DOCUMENT, re.M)}
    assert {int(code) for code in Close} - listed == set()
