"""What the media workers say of a call, and what follows: the picture, marks, commands."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.picture import CallPicture
from teller_server.domain import commands as c

log = structlog.get_logger(__name__)

SOUND_AND_PICTURE = {"audio", "video"}
SHOW_EVERY_SECONDS = 2.0  # how far the recording has come, for the console


class CallNews:
    """Keeps the pictures true; parties that have left the call are heard no more."""

    def __init__(
        self,
        pictures: Mapping[str, CallPicture],
        counter: Counter,
        evidence: EvidenceDesk,
        crew: Crew,
        ring: Callable[[str], None],
    ) -> None:
        self._pictures = pictures
        self._counter = counter
        self._evidence = evidence
        self._crew = crew
        self._ring = ring

    def hear(self, verb: str, body: dict[str, Any]) -> None:
        """One event of a worker; late news of a call that is over changes nothing."""
        picture = self._pictures.get(body["call"])
        if picture is None:
            return
        match verb:
            case "leg":
                self._leg_said(picture, body)
            case "sealed":
                self._sealed(picture, body)
            case "failed":
                picture.state = "failed"
                self._fail(picture.visit, body["party"], body["error"])

    def _leg_said(self, picture: CallPicture, body: dict[str, Any]) -> None:
        party, leg, now = body["party"], body["leg"], self._counter.now()
        if body["kind"] == "LegDead":  # counted apart from what the party's log says: a witness
            tally = {"party": party, "leg": leg, "streams": body["streams"]}
            self._evidence.mark(picture.visit, "media.tally", tally)
        peer = picture.peers.get(party)
        if peer is None or (peer.leg not in (None, leg) and body["kind"] != "LegUp"):
            return  # late news of a leg that was replaced
        match body["kind"]:
            case "LegUp":
                peer.leg = leg
                peer.turn("up", now)
                self._act(picture.visit, c.LegUp(party, leg))
            case "LegPaused":
                peer.turn("paused", now)
            case "LegResumed":
                peer.turn("up", now)
            case "LegDead":
                peer.turn("dead", now)
                self._act(picture.visit, c.LegDown(party, leg, body["cause"]))
            case "SinkFailed":
                picture.state = "failed"
                self._fail(picture.visit, party, "sink_failed")
        unsaid = ("call", "at", "kind", "streams")
        incident = {key: value for key, value in body.items() if key not in unsaid}
        self._evidence.mark(picture.visit, f"media.{body['kind']}", incident)
        self._ring(picture.visit)

    def _sealed(self, picture: CallPicture, body: dict[str, Any]) -> None:
        sealed = picture.sealed.get(body["party"])
        if sealed is None:
            return  # the last segment of somebody who was let go
        sealed.to_ms = max(sealed.to_ms, body["to_ms"])
        known = sealed.kinds >= SOUND_AND_PICTURE
        sealed.kinds |= set(body["kinds"])
        if not known and picture.confirmed(body["party"]):
            self._act(picture.visit, c.RecordingConfirmed(body["party"]))
        if picture.state == "starting" and picture.all_confirmed:
            picture.state = "on"
            self._ring(picture.visit)
        elif time.monotonic() - picture.shown_at > SHOW_EVERY_SECONDS:
            self._ring(picture.visit)
        else:
            return
        picture.shown_at = time.monotonic()

    def _fail(self, visit: str, party: str, cause: str) -> None:
        log.error("recorder_failed", visit=visit, party=party, cause=cause)
        self._act(visit, c.RecordingFailed(party, cause))
        self._ring(visit)

    def _act(self, visit: str, command: c.Command) -> None:
        async def act() -> None:
            await self._counter.try_act(visit, command)

        self._crew.start(act(), f"call.{type(command).__name__}")
