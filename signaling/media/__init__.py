"""Media of a call: RTP-level passthrough between legs, each party's frames to its recorder.

The worker uses `CallMedia` and nothing below it.
"""

from signaling.media.agent import own_addresses
from signaling.media.call import CallMedia, LegAnswer
from signaling.media.events import (
    FirstPacket,
    LegDead,
    LegPaused,
    LegResumed,
    LegUp,
    MediaEvent,
    SinkFailed,
)
from signaling.media.policy import MediaPolicy
from signaling.media.sink import FrameSink, Tap

__all__ = [
    "CallMedia",
    "FirstPacket",
    "FrameSink",
    "LegAnswer",
    "LegDead",
    "LegPaused",
    "LegResumed",
    "LegUp",
    "MediaEvent",
    "MediaPolicy",
    "SinkFailed",
    "Tap",
    "own_addresses",
]
