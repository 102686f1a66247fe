"""What the desk knows of a call in progress and no database needs: who is there, what is sealed.

Lost with the desk process on purpose: the legs are lost with it too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PeerState = Literal["absent", "up", "paused", "dead"]
RecordingState = Literal["off", "starting", "on", "failed"]


@dataclass
class Peer:
    """One party as the others see it."""

    state: PeerState = "absent"
    since: datetime | None = None
    leg: str | None = None
    audio: bool = True
    video: bool = True
    doubts: set[str] = field(default_factory=set)  # `kyc.continuity.Doubt` that hold now
    advice: str | None = None  # a flaw of `kyc.quality` seen now; empty: none; None: not looked at
    hints: set[str] = field(default_factory=set)  # `kyc.injection.Hint` seen in this call

    def turn(self, state: PeerState, now: datetime) -> None:
        if state != self.state:
            self.state, self.since = state, now


@dataclass
class Sealed:
    """How far one party's log is on disk; milliseconds of the recording's own clock."""

    to_ms: int = 0
    kinds: set[str] = field(default_factory=set)


@dataclass
class CallPicture:
    """One call: its peers and its recording.

    `seats` are all parties that may ever take part, in the order of the pages' pictures; `required`
    those without whom there is no service. `peers` and `sealed` grow when a guest comes.
    """

    visit: str
    recording: str
    directory: str
    epoch: float  # monotonic seconds at the recording's zero
    began: datetime
    peers: dict[str, Peer]
    sealed: dict[str, Sealed]
    required: tuple[str, ...]
    seats: tuple[str, ...]
    media_allowed: bool = False
    state: RecordingState = "starting"
    shown_at: float = 0.0  # monotonic; when the pages were last told how far it has come

    def elapsed_ms(self, monotonic: float) -> int:
        return max(0, round((monotonic - self.epoch) * 1000))

    def admit(self, party: str) -> None:
        """A further party comes to the call."""
        self.peers[party] = Peer()
        self.sealed[party] = Sealed()

    def dismiss(self, party: str) -> None:
        """A further party has left it."""
        self.peers.pop(party, None)
        self.sealed.pop(party, None)

    def begin_again(self) -> None:
        """Another worker records from here on; nothing of it is on disk yet."""
        self.state = "starting"
        for sealed in self.sealed.values():
            sealed.kinds.clear()

    def confirmed(self, party: str) -> bool:
        """First picture and first sound of this party are sealed on disk."""
        return self.sealed[party].kinds >= {"audio", "video"}

    @property
    def all_confirmed(self) -> bool:
        """Whether everybody is recorded without whom there is no service."""
        return all(map(self.confirmed, self.required))
