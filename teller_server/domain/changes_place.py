"""What is known of a customer's place changes of a visit."""

from __future__ import annotations

from dataclasses import replace

from . import events as e
from .changes import Changes
from .state import Visit
from .state_place import NetworkState, PlaceState

PLACE = Changes()


@PLACE.on(e.NetworkSeen)
def _network_seen(visit: Visit, event: e.NetworkSeen) -> Visit:
    seen = NetworkState(event.at, event.country, event.kinds, event.admitted, event.source)
    return replace(visit, network=seen)


@PLACE.on(e.PlaceTold)
def _place_told(visit: Visit, event: e.PlaceTold) -> Visit:
    return replace(visit, place=PlaceState(event.at, event.position, event.accuracy_m))


@PLACE.on(e.PlaceDeclined)
def _place_declined(visit: Visit, event: e.PlaceDeclined) -> Visit:
    return replace(visit, place=PlaceState(event.at, why=event.why))
