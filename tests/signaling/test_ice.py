"""The list of ICE servers and its credentials."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from signaling.ice import TurnServer, ice_servers, turn_credentials

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_credentials_expire_and_match_what_coturn_computes() -> None:
    user, password = turn_credentials(b"shared", "leg-7", NOW, timedelta(minutes=10))
    assert user == f"{int(NOW.timestamp()) + 600}:leg-7"
    expected = hmac.new(b"shared", user.encode(), hashlib.sha1).digest()
    assert base64.b64decode(password) == expected


def test_a_user_that_could_move_the_expiry_is_refused() -> None:
    with pytest.raises(ValueError, match="colon"):
        turn_credentials(b"shared", "9999999999:leg", NOW, timedelta(minutes=10))


def test_only_what_is_configured_is_listed() -> None:
    assert ice_servers((), None, "leg", NOW) == []
    turn = TurnServer(("turns:turn.bank.example:443?transport=tcp",), b"shared")
    stun, relay = ice_servers(("stun:stun.bank.example",), turn, "leg", NOW)
    assert stun == {"urls": ["stun:stun.bank.example"]}
    assert relay["urls"] == ["turns:turn.bank.example:443?transport=tcp"]
    assert set(relay) == {"urls", "username", "credential"}
