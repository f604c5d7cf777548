"""How much may be searched (搜索限额): [sweep], what keywords take, and what an hour, a night and a month are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from pydantic import BaseModel, ConfigDict, Field

HOUR = timedelta(hours=1)
# A night's pages are those of so many hours: a sweep by hand next morning shares them, the next night does not.
NIGHT = timedelta(hours=20)
# Each keyword is due again after so long, so that a night that is missed does not make its month too long.
DUE_AFTER = timedelta(days=28)
MOST_AN_HOUR, MOST_A_NIGHT, MOST_MINUTES = 6, 40, 480


class Sweep(BaseModel):
    """[sweep]: result pages of one platform an hour and a night, and how long one sweep may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pages_an_hour: int = Field(default=MOST_AN_HOUR, ge=1, le=MOST_AN_HOUR)
    pages_a_night: int = Field(default=MOST_A_NIGHT, ge=1, le=MOST_A_NIGHT)
    pages_a_keyword: int = Field(default=3, ge=1, le=10)
    time_limit_minutes: int = Field(default=60, ge=1, le=MOST_MINUTES)

    def pages_of_a_sweep(self, *, mirror: bool) -> int:
        """How many pages one sweep comes to in its time; a mirror is no platform and has no hours."""
        return self.pages_a_night if mirror else min(self.pages_a_night, self._n_hours() * self.pages_an_hour)

    def minutes_for(self, n_pages: int) -> int | None:
        """The time limit with which so many pages are asked within a month; ``None`` if none that may be set is."""
        a_night = ceil(n_pages / DUE_AFTER.days)
        minutes = ceil(a_night / self.pages_an_hour) * 60
        return minutes if a_night <= self.pages_a_night and minutes <= MOST_MINUTES else None

    def _n_hours(self) -> int:
        return ceil(self.time_limit_minutes / 60)


@dataclass(frozen=True, slots=True)
class PagesTaken:
    """How many pages keywords take on one platform: those searched within the month, and of each other one at most.

    ``n_keywords`` took ``n_pages`` together; of a keyword nobody knows about, ``most`` are reckoned with.
    """

    n_keywords: int
    n_pages: int
    most: int

    def pages_for(self, n_keywords: int) -> int:
        """How many pages so many keywords are to be reckoned with."""
        if n_keywords > self.n_keywords:
            return self.n_pages + (n_keywords - self.n_keywords) * self.most
        return ceil(n_keywords * self.n_pages / self.n_keywords) if self.n_keywords else 0

    def keywords_in(self, n_pages: int) -> int:
        """For how many keywords so many pages are enough."""
        if n_pages >= self.n_pages:
            return self.n_keywords + (n_pages - self.n_pages) // self.most
        return n_pages * self.n_keywords // self.n_pages
