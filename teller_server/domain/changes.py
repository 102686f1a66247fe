"""A table of how events change a visit, filled by a decorator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from .events import Event
from .state import PersonState, StepState, Visit

E = TypeVar("E", bound=Event)
Change = Callable[[Visit, Any], Visit]


class Changes(dict[type[Event], Change]):
    """Event type → what it makes of a visit."""

    def on(
        self, kind: type[E]
    ) -> Callable[[Callable[[Visit, E], Visit]], Callable[[Visit, E], Visit]]:
        """Register the function below for `kind`."""

        def register(change: Callable[[Visit, E], Visit]) -> Callable[[Visit, E], Visit]:
            self[kind] = change
            return change

        return register


def with_step(visit: Visit, step: str, **changes: Any) -> Visit:
    """The visit with one step changed."""
    steps: tuple[StepState, ...] = tuple(
        replace(s, **changes) if s.id == step else s for s in visit.steps
    )
    return replace(visit, steps=steps)


def with_person(visit: Visit, party: str, **changes: Any) -> Visit:
    """The visit with what is known of one party changed."""
    person: PersonState = replace(visit.person(party), **changes)
    return replace(visit, people={**visit.people, party: person})
