"""How much may be searched (搜索限额): the section [sweep], and what counts as an hour, a night and a month."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from pydantic import BaseModel, ConfigDict, Field

HOUR = timedelta(hours=1)
# A night's pages are those of so many hours: a sweep by hand next morning shares them, the next night does not.
NIGHT = timedelta(hours=20)
# Each keyword is due again after so long, so that a night that is missed does not make its month too long.
DUE_AFTER = timedelta(days=28)
MOST_AN_HOUR, MOST_A_NIGHT = 6, 40


class Sweep(BaseModel):
    """[sweep]: result pages of one platform an hour and a night, and how long one sweep may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pages_an_hour: int = Field(default=MOST_AN_HOUR, ge=1, le=MOST_AN_HOUR)
    pages_a_night: int = Field(default=MOST_A_NIGHT, ge=1, le=MOST_A_NIGHT)
    pages_a_keyword: int = Field(default=3, ge=1, le=10)
    time_limit_minutes: int = Field(default=60, ge=1, le=480)

    def pages_of_a_sweep(self, *, mirror: bool) -> int:
        """How many pages one sweep comes to in its time; a mirror is no platform and has no hours."""
        return self.pages_a_night if mirror else min(self.pages_a_night, self._n_hours() * self.pages_an_hour)

    def minutes_for(self, n_keywords: int) -> int | None:
        """The time limit with which so many keywords are each searched within a month; ``None`` if none is enough."""
        pages = ceil(n_keywords / DUE_AFTER.days)
        return None if pages > self.pages_a_night else ceil(pages / self.pages_an_hour) * 60

    def _n_hours(self) -> int:
        return ceil(self.time_limit_minutes / 60)
