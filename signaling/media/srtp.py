"""SRTP for the hot path: pylibsrtp's session without a fresh C integer and two checks per packet.

The same library, session and errors; `protect` and `unprotect` cost about half. A session belongs
to one thread, as libsrtp demands.
"""

from __future__ import annotations

import pylibsrtp
from pylibsrtp import Error
from pylibsrtp._binding import ffi, lib

_BUFFER = 1500
_LARGEST = _BUFFER - 144  # SRTP_MAX_TRAILER_LEN of libsrtp 2


class SrtpSession:
    """Protects or unprotects one direction. Raises `pylibsrtp.Error`, ValueError when too long."""

    def __init__(self, session: pylibsrtp.Session) -> None:
        self._session = session  # it frees the C session when it goes
        self._srtp = session._srtp[0]
        self._cdata, self._buffer = session._cdata, session._buffer
        self._length = ffi.new("int *")

    def protect(self, packet: bytes) -> bytes:
        """SRTP around an RTP packet (RFC 3711)."""
        length = self._length
        size = length[0] = len(packet)
        if size > _LARGEST:
            raise ValueError("packet is too long")
        self._buffer[0:size] = packet
        code = lib.srtp_protect(self._srtp, self._cdata, length)
        if code:
            raise Error(f"srtp error {code}")
        out: bytes = self._buffer[0 : length[0]]
        return out

    def unprotect(self, packet: bytes) -> bytes:
        """The RTP packet inside, authenticated."""
        length = self._length
        size = length[0] = len(packet)
        if size > _BUFFER:
            raise ValueError("packet is too long")
        self._buffer[0:size] = packet
        code = lib.srtp_unprotect(self._srtp, self._cdata, length)
        if code:
            raise Error(f"srtp error {code}")
        out: bytes = self._buffer[0 : length[0]]
        return out

    def protect_rtcp(self, packet: bytes) -> bytes:
        return self._session.protect_rtcp(packet)

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        return self._session.unprotect_rtcp(packet)
