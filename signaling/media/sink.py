"""The two places where encoded media leave the relay: a recorder and, now and then, a tap."""

from collections.abc import Callable
from typing import Protocol

Tap = Callable[[bytes, bool, float], None]
"""Takes one whole encoded VP8 frame: data, is it a key frame, arrival (monotonic seconds)."""


class FrameSink(Protocol):
    """One party's recorder. Called on the event loop: must neither block nor raise."""

    def frame(
        self,
        kind: str,
        codec: str,
        data: bytes,
        rtp_time: int,
        clock_rate: int,
        keyframe: bool,
        arrived: float,
        seq: int = -1,
        packets: int = 1,
    ) -> None:
        """One Opus packet or one whole VP8 frame, in order.

        `kind` is `audio` or `video`, `codec` is `opus` or `VP8`; `rtp_time` counts `clock_rate`
        per second, unwrapped to 64 bit within a leg; `arrived` is `time.monotonic()` of the
        packet that completed the frame; `seq` is that packet's sequence number, unwrapped within
        the leg, and `packets` how many consecutive ones the frame came in.
        """

    def sender_report(self, kind: str, ntp: int, rtp_time: int, arrived: float) -> None:
        """The peer's own clock (RFC 3550 §6.4.1): 64-bit NTP stamp for an unwrapped RTP time."""

    def lost(
        self,
        kind: str,
        rtp_from: int,
        rtp_to: int,
        cause: str,
        arrived: float,
        after: int = -1,
        before: int = -1,
        missing: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Nothing can be shown from `rtp_from` up to but not including `rtp_to`.

        `cause` is `packet_loss` (`missing` are the first and last sequence numbers of each run that
        never came), `no_keyframe` (all came, but nothing can be shown yet), `leg_paused` or
        `leg_down`. `after` and `before` are the numbers of the last packet shown and of the next
        (the highest heard, plus one, at the end). Told before the frame that ends the hole, or when
        the leg ends. A hole in the numbers alone has `rtp_from == rtp_to`.
        """

    def leg(
        self, leg: str, kinds: tuple[str, ...] = ("audio", "video"), at: float | None = None
    ) -> None:
        """A new leg begins at `at` (monotonic) and may send `kinds`: RTP time bases restart."""

    def leg_state(self, leg: str, state: str, at: float) -> None:
        """The leg is `paused`, `resumed`, or it `ended`."""
