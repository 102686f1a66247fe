"""The part of a view that both parties share: the call, its peers and its recording."""

from typing import Any

from teller_server.desk.picture import Peer
from teller_server.desk.views.scene import VisitScene
from teller_server.domain.connecting import TELLER
from teller_server.domain.state import CALLING, VisitState


def call_part(scene: VisitScene, me: str) -> dict[str, Any] | None:
    """The call as party `me` sees it; None while there is none, or none for them."""
    picture, guest = scene.picture, scene.visit.guests.get(me)
    if picture is None or scene.visit.state not in CALLING:
        return None
    if guest is not None and guest.status != "consented":
        return None
    return {
        "ice_servers": [dict(server) for server in scene.ice_servers],
        "relay_only": scene.relay_only,
        "media_allowed": picture.media_allowed,
        "recording": picture.state,
        "recording_since": picture.began.isoformat() if picture.state == "on" else None,
        "on_hold": scene.visit.state is VisitState.ON_HOLD,
        "peers": [
            {
                "party": party,
                "state": peer.state,
                "since": (peer.since or picture.began).isoformat(),
                "audio": peer.audio,
                "video": peer.video,
                **(_watched(peer) if me == TELLER else {}),
            }
            for party, peer in picture.peers.items()
            if party != me
        ],
        "seats": [party for party in picture.seats if party != me],
        "rejoin_deadline": scene.rejoin_deadline.isoformat() if scene.rejoin_deadline else None,
    }


def _watched(peer: Peer) -> dict[str, list[str]]:
    """What looks a second say of this face and this picture; for the teller alone."""
    return {"doubts": sorted(peer.doubts), "hints": sorted(peer.hints)}


def recording_part(scene: VisitScene) -> dict[str, Any]:
    """How far each party's log is on disk, and how far behind the clock."""
    picture = scene.picture
    if picture is None:
        return {"state": "off", "parties": {}}
    elapsed = picture.elapsed_ms(scene.monotonic)
    return {
        "state": picture.state,
        "parties": {
            party: {
                "seconds": round(sealed.to_ms / 1000, 1),
                "behind_s": round(max(0, elapsed - sealed.to_ms) / 1000, 1),
            }
            for party, sealed in picture.sealed.items()
        },
    }
