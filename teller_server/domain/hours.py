"""When the branch is open, in its own time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[time, time]

_LOOK_AHEAD_DAYS = 370


@dataclass(frozen=True)
class OpeningHours:
    """Local opening spans by weekday (Monday is 0) and by particular dates, which win.

    A span ends before midnight; a branch open around the clock has `(00:00, 23:59:59.999999)`.
    """

    zone: str
    week: Mapping[int, tuple[Span, ...]]
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of one local date, in order."""
        return tuple(sorted(self.dates.get(day, self.week.get(day.weekday(), ()))))

    def is_open(self, now: datetime) -> bool:
        """Whether a ticket may be taken at this instant (aware)."""
        local = now.astimezone(ZoneInfo(self.zone))
        clock = local.timetz().replace(tzinfo=None)
        return any(start <= clock < end for start, end in self.spans(local.date()))

    def reopens(self, now: datetime) -> datetime | None:
        """The next instant at which a closed branch opens, or None (open now, or never again)."""
        if self.is_open(now):
            return None
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        for offset in range(_LOOK_AHEAD_DAYS):
            day = today + timedelta(days=offset)
            for start, _ in self.spans(day):
                opening = datetime.combine(day, start, tzinfo=zone)
                if opening > now:
                    return opening
        return None

    def today(self, now: datetime) -> str:
        """`09:00–12:00, 13:00–17:00` for the local date of `now`; empty when closed all day."""
        day = now.astimezone(ZoneInfo(self.zone)).date()
        return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in self.spans(day))

    def local_day(self, now: datetime) -> date:
        """The branch's own date, by which ticket numbers start again."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, now: datetime) -> datetime:
        """When the branch's own day of `now` began."""
        return datetime.combine(self.local_day(now), time.min, tzinfo=ZoneInfo(self.zone))


def around_the_clock(zone: str) -> OpeningHours:
    """Open every day, all day."""
    return OpeningHours(zone, dict.fromkeys(range(7), ((time.min, time.max),)))
