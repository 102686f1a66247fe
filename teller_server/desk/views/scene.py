"""Everything a view is drawn from, gathered before drawing: values only, nothing to await."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teller_server.desk.facts import VisitFacts, shown_values
from teller_server.desk.guests import GuestLine
from teller_server.desk.picture import CallPicture
from teller_server.domain.estimate import WaitEstimate
from teller_server.domain.script import ServiceScript
from teller_server.domain.state import Visit
from teller_server.domain.texts import render


@dataclass(frozen=True)
class BranchFacts:
    """The branch as its pages show it."""

    name: str
    open: bool
    hours: str
    reopens: str | None


@dataclass(frozen=True)
class Person:
    """A customer as the teller may see one, opened from the sealed fields."""

    name_masked: str
    document_masked: str


@dataclass(frozen=True)
class Attested:
    """One attested head, as the customer keeps it."""

    n: int
    at: datetime
    digest: str

    def plain(self) -> dict[str, Any]:
        return {"n": self.n, "at": self.at.isoformat(), "digest": self.digest}


@dataclass(frozen=True)
class VisitScene:
    """One visit and what surrounds it."""

    visit: Visit
    script: ServiceScript
    now: datetime
    monotonic: float
    picture: CallPicture | None = None
    person: Person | None = None
    teller_name: str = ""
    teller_number: str = ""
    facts: VisitFacts | None = None
    guests: tuple[GuestLine, ...] = ()
    branch_name: str = ""
    signing: bool = False
    statement: str = ""  # what a signature made here is under the law
    heads: tuple[Attested, ...] = ()
    checking_document: bool = False
    comparing_document: bool = False
    ahead: int = 0
    wait: WaitEstimate | None = None
    ice_servers: tuple[Mapping[str, Any], ...] = ()
    relay_only: bool = False
    rejoin_deadline: datetime | None = None
    notice: str | None = None
    may_object: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)  # opened: what people wrote, by name
    _values: dict[str, dict[str, str]] = field(default_factory=dict, init=False, compare=False)

    def text(self, words: Mapping[str, str], language: str) -> str:
        """A script's text with this visit's values filled in."""
        template = words.get(language) or next(iter(words.values()), "")
        return render(template, self.values(language)) if template else ""

    def values(self, language: str) -> dict[str, str]:
        """What texts may show; see docs/scripts.md. Worked out once a scene: a view asks often."""
        if language not in self._values:
            self._values[language] = self._known(language)
        return self._values[language]

    def _known(self, language: str) -> dict[str, str]:
        known = {
            "teller.name": self.teller_name,
            "teller.number": self.teller_number,
            "branch.name": self.branch_name,
            "number": self.visit.ticket or self.visit.id,
            "today": self.now.date().isoformat(),
        }
        facts = shown_values(self.facts, self.script, language) if self.facts else {}
        return {name: value for name, value in (known | facts).items() if value}
