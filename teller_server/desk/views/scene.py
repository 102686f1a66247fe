"""Everything a view is drawn from, gathered before drawing: values only, nothing to await."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teller_server.desk.picture import CallPicture
from teller_server.domain.estimate import WaitEstimate
from teller_server.domain.script import ServiceScript
from teller_server.domain.state import Visit


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
class FormValues:
    """A form's plain values: what the bank's core holds and what it shall hold."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


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
    form: FormValues | None = None
    heads: tuple[Attested, ...] = ()
    checking_document: bool = False
    ahead: int = 0
    wait: WaitEstimate | None = None
    ice_servers: tuple[Mapping[str, Any], ...] = ()
    relay_only: bool = False
    rejoin_deadline: datetime | None = None
    notice: str | None = None
