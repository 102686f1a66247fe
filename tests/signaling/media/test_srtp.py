"""Our quicker path through libsrtp says what pylibsrtp's own says."""

import os
import struct

import pytest
from pylibsrtp import Error, Policy, Session

from signaling.media.srtp import SrtpSession

PROFILES = {Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44, Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30}


def packet(seq: int, payload: bytes) -> bytes:
    return struct.pack("!BBHII", 0x80, 96, seq, seq * 3000, 1) + payload


@pytest.fixture(params=PROFILES)
def sessions(request: pytest.FixtureRequest) -> tuple[Session, Session, Session, Session]:
    """Two senders and two receivers of one key."""
    profile, key = request.param, os.urandom(PROFILES[request.param])
    kinds = (Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND)
    tx, other_tx, rx, other_rx = [
        Session(Policy(key=key, ssrc_type=kind, srtp_profile=profile))
        for kind in (kinds[0], kinds[0], kinds[1], kinds[1])
    ]
    return tx, other_tx, rx, other_rx


def test_both_paths_make_and_read_the_same_bytes(
    sessions: tuple[Session, Session, Session, Session],
) -> None:
    stock_tx, our_tx, stock_rx, our_rx = sessions
    ours, read = SrtpSession(our_tx), SrtpSession(our_rx)
    for seq in range(200):
        plain = packet(seq, bytes([seq]) * (seq * 6))
        sealed = stock_tx.protect(plain)
        assert ours.protect(plain) == sealed
        assert read.unprotect(sealed) == stock_rx.unprotect(sealed) == plain


def test_a_forged_repeated_or_endless_packet_is_refused(
    sessions: tuple[Session, Session, Session, Session],
) -> None:
    _stock_tx, our_tx, _stock_rx, our_rx = sessions
    ours, read = SrtpSession(our_tx), SrtpSession(our_rx)
    sealed = ours.protect(packet(1, b"hello"))
    forged = bytes([*sealed[:-1], sealed[-1] ^ 1])
    with pytest.raises(Error):
        read.unprotect(forged)
    assert read.unprotect(sealed) == packet(1, b"hello")
    with pytest.raises(Error):
        read.unprotect(sealed)
    with pytest.raises(ValueError):
        ours.protect(packet(2, bytes(1500)))
    with pytest.raises(ValueError):
        read.unprotect(bytes(1501))
