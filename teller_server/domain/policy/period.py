"""Lengths of time as the law states them: `P10Y`, `P6M`, `P90D` (ISO 8601, whole parts)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import total_ordering

_FORM = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,5})D)?")
_DAYS_A_MONTH = 30.4375


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """Months and days; periods compare by their usual length, so that P12M equals P1Y."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period | None:
        """The period in `text`, or None when it is none."""
        found = _FORM.fullmatch(text)
        if found is None or not any(found.groups()):
            return None
        years, months, days = (int(part or 0) for part in found.groups())
        return cls(years * 12 + months, days)

    @property
    def usual_days(self) -> float:
        """Its length where every month is of the mean length."""
        return self.months * _DAYS_A_MONTH + self.days

    def after(self, moment: datetime) -> datetime:
        """`moment` moved on by the period, on the calendar."""
        count = moment.year * 12 + moment.month - 1 + self.months
        year, month = divmod(count, 12)
        day = min(moment.day, monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Period) and self.usual_days == other.usual_days

    def __lt__(self, other: Period) -> bool:
        return self.usual_days < other.usual_days

    def __hash__(self) -> int:
        return hash(self.usual_days)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0D")
