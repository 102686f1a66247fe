import json

import pytest

from signaling.messages import (
    BadMessage,
    CallCandidate,
    CallHealth,
    CallOffer,
    Envelope,
    Hello,
    Message,
    View,
    Vocabulary,
    decode,
    encode,
    read,
)
from signaling.messages.envelope import MAX_BYTES


def refused(text: str | bytes) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        decode(text)
    return caught.value


def test_what_is_encoded_can_be_read() -> None:
    offer = CallOffer(leg="leg-1", sdp="v=0\r\n")
    envelope = decode(encode(offer, message_id="m-1", seq=3, ack=2))
    assert (envelope.id, envelope.seq, envelope.ack) == ("m-1", 3, 2)
    assert read(envelope, CallOffer) == offer


def test_a_view_is_its_state() -> None:
    text = encode(View(state={"步骤": {"n": 1}}))
    assert json.loads(text)["body"] == {"步骤": {"n": 1}}
    assert read(decode(text), View).state == {"步骤": {"n": 1}}


def test_size_counts_bytes_not_characters() -> None:
    body = json.dumps({"v": 1, "type": "view", "body": {"a": "柜" * 22_000}}, ensure_ascii=False)
    assert len(body) < MAX_BYTES < len(body.encode())
    assert refused(body).code == "too_large"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"v":1}',
        b"\xff\xfe",
        '{"v":1,"type":"\ud800"}',
        '{"v":1,"type":"hello","body":[]}',
        '{"v":1,"type":"hello","body":{},"more":1}',
        '{"v":"1","type":"hello"}',
        '{"v":1,"type":"hello","id":"a b"}',
        '{"v":1,"type":"hello","seq":-1}',
        '{"v":1,"type":"hello","seq":1.5}',
        "[" * 60_000,
        '{"v":1,"type":"hello","body":' + '{"a":' * 9_000 + "1" + "}" * 9_000 + "}",
    ],
)
def test_what_is_not_an_envelope_is_named_so(text: str | bytes) -> None:
    assert refused(text).code == "bad_message"


def test_another_version_is_told_with_its_id() -> None:
    bad = refused('{"v":2,"type":"hello","id":"m-9"}')
    assert (bad.code, bad.id) == ("unsupported_version", "m-9")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (Hello, {"token": "short"}, "token"),
        (Hello, {"last": "3"}, "last"),
        (Hello, {"extra": 1}, "extra"),
        (CallOffer, {"leg": "a"}, "sdp"),
        (CallOffer, {"leg": "a", "sdp": "x" * 60_000}, "sdp"),
        (CallOffer, {"leg": "a\nb", "sdp": "v=0"}, "leg"),
        (CallOffer, {"leg": "a", "sdp": "v=0\x00"}, "sdp"),
        (CallCandidate, {"leg": "a", "candidate": "x" * 2_000}, "candidate"),
        (CallHealth, {"loss": 2}, "loss"),
        (CallHealth, {"fps": float("inf")}, "fps"),
        (CallHealth, {"rtt_ms": True}, "rtt_ms"),
    ],
)
def test_a_bad_body_names_its_first_wrong_field(
    kind: type[Message], body: dict[str, object], field: str
) -> None:
    with pytest.raises(BadMessage) as caught:
        read(Envelope(v=1, type=kind.type, id="m-1", body=body), kind)
    assert (caught.value.code, caught.value.field, caught.value.id) == ("bad_message", field, "m-1")


def test_messages_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Hello().last = 4  # type: ignore[misc]


def test_two_messages_never_share_a_name() -> None:
    with pytest.raises(ValueError, match="hello"):
        Vocabulary(Hello, Hello)
