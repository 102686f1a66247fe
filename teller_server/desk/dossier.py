"""The open evidence of one visit: its package, its events log, and how far its end has come."""

import asyncio
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from recording.events import EventLog
from recording.evidence import Evidence
from recording.parts import SealedSegment
from teller_server.domain.events import Event


@dataclass
class Dossier:
    """The open evidence of one visit."""

    visit: str
    evidence: Evidence
    events: EventLog
    epoch: float
    began: datetime
    media_ended: bool = False
    wrapped_up: bool = False
    sealing: bool = False
    lost_mark: bool = False
    newest: Future[SealedSegment] | None = None  # of the last mark; those before it are older
    early: list[Event] | None = None  # heard while the past is being marked
    stamped_at: datetime | None = None
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)  # heads and seals take turns

    def at_ms(self) -> int:
        return max(0, round((time.monotonic() - self.epoch) * 1000))

    @property
    def ready_to_seal(self) -> bool:
        """The recorders have ended and the teller is done; nobody has begun to seal."""
        return self.media_ended and self.wrapped_up and not self.sealing
