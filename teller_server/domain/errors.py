"""Errors of the branch, by who has to act. They carry plain values only."""

from __future__ import annotations

from typing import NamedTuple


class BranchError(Exception):
    """A stable snake_case `code`, and `plain` values that explain it (ids, states, numbers)."""

    def __init__(self, code: str, **plain: str | int | bool | None) -> None:
        super().__init__(code, plain)
        self.code = code
        self.plain = plain

    def __str__(self) -> str:
        return self.code if not self.plain else f"{self.code} {self.plain}"


class Refusal(BranchError):
    """A command that the bank's rules don't allow now; nothing was changed. A person has to act."""


class Outage(BranchError):
    """The branch itself is not in order (configuration, disk, database). An operator has to act."""


class Damage(BranchError):
    """What is stored does not agree with itself; it must not be used."""


class Problem(NamedTuple):
    """Something wrong in a file that people write, at the line where it stands (from 1)."""

    source: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.what}"


class ScriptInvalid(Outage):
    """A service script that can't be used; `problems` also name the parts that it includes."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("script_invalid", source=source)
        self.source = source
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
