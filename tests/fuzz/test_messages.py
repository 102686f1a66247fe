"""Whatever a page sends, it is accepted or refused by a documented code; nothing else happens."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.dispatch import Dispatch
from signaling.messages import BadMessage, Message, decode, encode, read
from teller_server.api.messages import VOCABULARY
from teller_server.api.words import WORDS
from tests.scale import at_scale

DOCUMENTED = {"bad_message", "too_large", "unsupported_version", "unknown_type", "wrong_role"}
TYPES = [message.type for message in VOCABULARY]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["agreed", "ready", "passed", "accept", "a" * 64, "\u0000", "\u202e"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def fields(kind: type[Message]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies that have the right names and anything for values."""
    names = list(kind.model_fields)
    right = st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))
    return right | st.dictionaries(st.sampled_from([*names, "extra"]), values, max_size=5)


envelopes = st.sampled_from(list(VOCABULARY)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"v": st.just(1) | values, "type": st.just(kind.type), "body": fields(kind)},
        optional={"id": st.just("m-1") | values, "seq": values, "ack": values, "x": values},
    )
)


def hear(text: str | bytes) -> None:
    """As a socket does, for both audiences."""
    for audience in ("customer", "teller"):
        heard = heard_by(audience, text)
        if isinstance(heard, BadMessage):
            assert heard.code in DOCUMENTED
            assert heard.code in WORDS
            assert len(heard.field) <= 200
        else:
            assert heard.sender != "server"
            assert audience in heard.audience
            again = read(decode(encode(heard, message_id="m-1")), type(heard))
            assert again == heard, "what was accepted can be said again"


def heard_by(audience: str, text: str | bytes) -> Message | BadMessage:
    try:
        return Dispatch(audience, VOCABULARY).read(decode(text))
    except BadMessage as bad:
        return bad


@settings(max_examples=at_scale(100, 5000, 5000), deadline=None)
@given(envelopes)
def test_envelopes_of_any_shape(envelope: dict[str, Any]) -> None:
    hear(json.dumps(envelope))


@settings(max_examples=at_scale(100, 5000, 5000), deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_and_any_bytes(text: str | bytes) -> None:
    hear(text)


@settings(max_examples=at_scale(50, 5000, 5000), deadline=None)
@given(envelopes, st.data())
def test_torn_and_altered_frames(envelope: dict[str, Any], data: st.DataObject) -> None:
    raw = bytearray(json.dumps(envelope).encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw = raw[:at]
    else:
        raw[at] = data.draw(st.integers(0, 255))
    hear(bytes(raw))


@settings(max_examples=at_scale(30, 300, 300), deadline=None)
@given(st.sampled_from(["[", '{"a":', '[{"a":']), st.integers(1, 30_000), st.sampled_from(TYPES))
def test_any_depth(opening: str, depth: int, kind: str) -> None:
    closing = "".join("]" if c == "[" else "}" for c in reversed(opening) if c in "[{")
    nested = opening * depth + "1" + closing * depth
    hear(nested)
    hear(f'{{"v":1,"type":"{kind}","id":"m-1","body":{{"value":{nested}}}}}')
