"""Who hears whom. Pure: no clock, no socket, no loop.

A room holds any number of parties (customer, teller, interpreter, …). Each listener has seats, one
per pair of audio and video lines its page offered, and each seat carries one other party. A seat
keeps its occupant as long as it can, so that a page can rely on "the second picture is the
interpreter": an occupant who loses the line keeps the seat for the rejoin, and loses it only to
somebody present who has none.

Parties that are expected when the room opens have their seats from the start, in the order in
which they are named: a guest who comes later needs no new offer from anybody. A page that offered
fewer lines than that is served as far as they go.
"""

from collections.abc import Iterable


class Room:
    def __init__(self, expected: Iterable[str] = ()) -> None:
        self._expected = tuple(expected)
        self._order: list[str] = []
        self._present: set[str] = set()
        self._seats: dict[str, list[str | None]] = {}
        self._held = False

    @property
    def parties(self) -> tuple[str, ...]:
        """Those present, in the order in which they first came."""
        return tuple(party for party in self._order if party in self._present)

    @property
    def held(self) -> bool:
        """On hold nobody is heard; who sits where stays as it is."""
        return self._held

    def hold(self, on: bool) -> None:
        self._held = on

    def enter(self, party: str, seats: int) -> None:
        """A party's line is up, with room to hear `seats` others. Entering again replaces it."""
        if party not in self._order:
            self._order.append(party)
        self._present.add(party)
        before = self._seats.get(party, self._reserved(party, seats))[:seats]
        self._seats[party] = before + [None] * (seats - len(before))
        self._seat_all()

    def leave(self, party: str) -> None:
        """A party's line is gone. Leaving twice, or without having come, changes nothing."""
        self._present.discard(party)

    def seats(self, listener: str) -> tuple[str | None, ...]:
        """Who is heard on each seat of a listener: a present party, or None for silence."""
        if self._held or listener not in self._present:
            return (None,) * len(self._seats.get(listener, ()))
        return tuple(party if party in self._present else None for party in self._seats[listener])

    def unheard(self, listener: str) -> tuple[str, ...]:
        """Parties present for whom this listener's page offered no line."""
        if listener not in self._present:
            return ()
        seated = self._seats[listener]
        return tuple(p for p in self.parties if p != listener and p not in seated)

    def _reserved(self, listener: str, seats: int) -> list[str | None]:
        """One seat for each expected party, where there are enough."""
        others: list[str | None] = [party for party in self._expected if party != listener]
        return others if len(others) <= seats else []

    def _seat_all(self) -> None:
        for listener in self.parties:
            seats = self._seats[listener]
            for party in self.unheard(listener):
                free = next((i for i, held in enumerate(seats) if held is None), None)
                if free is None:
                    free = next((i for i, p in enumerate(seats) if p not in self._present), None)
                if free is not None:
                    seats[free] = party
