"""What pages say of an account's own end (账号终止): believed only when said twice, hours apart. Pure.

A page that a platform shows in place of an account may be shown by mistake, for an hour, or to guests alone. So
"gone" needs the platform's own words on two looks at least 6 hours apart, and from two kinds of page where
the platform offers two. Until then the account was neither seen nor seen to be gone. Whose end a page tells,
crawler/settling.py asks before.

Source: contract "What a finding may rest on".
"""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler import walls
from crawler.page import Target
from crawler.reading import Reading
from records import Post, Profile

APART = timedelta(hours=6)


class Endings:
    """The words about one account's end, of this run and of those before."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._said: dict[str, str] = {}
        self._said_at: datetime | None = None
        self.shows_content = False
        self._shows_first = False

    def take(self, reading: Reading, fetched_at: datetime) -> None:
        """Add what one page said; a platform's page that shows the account outweighs every page that says "gone"."""
        self._shows_first = not self.shows_content and any(_is_shown(record) for record in reading.records)
        self.shows_content = self.shows_content or self._shows_first
        if reading.status == "gone" and reading.subject == "account" and reading.kind is not None:
            self._said.pop(reading.kind, None)
            self._said[reading.kind] = reading.reason or ""
            self._said_at = max(fetched_at, self._said_at or fetched_at)

    @property
    def said(self) -> tuple[str, str] | None:
        """``(page kind, words)`` of this run's last page that said it; ``None`` if none did or another disagrees."""
        if not self._said or self.shows_content:
            return None
        kind = next(reversed(self._said))
        return kind, self._said[kind]

    @property
    def is_refuted(self) -> bool:
        """Whether what is stored of the account's end is to be forgotten, as a page of this run shows the account.

        The run may have stored an end itself before it was cut off and begun anew: the target does not hold it, so
        the first page that shows the account always says so; later ones only where an end is known to be stored.
        """
        return self.shows_content and (self._shows_first or bool(self._said or self._target.endings))

    def reason(self, *, has_list: bool) -> str | None:
        """``gone`` once confirmed; ``unparsed`` until then; ``None`` if this run's pages do not say it.

        An account without a list (``has_list``) keeps its standing reason until then: nothing was lost tonight.
        """
        if self.said is None:
            return None
        if self._is_confirmed():
            return "gone"
        return "unparsed" if has_list else None

    def _is_confirmed(self) -> bool:
        earlier = self._target.endings
        if self._said_at is None or not any(one.first_seen_at <= self._said_at - APART for one in earlier):
            return False
        kinds = {*self._said, *(one.page_kind for one in earlier)}
        return len(kinds) >= walls.endings_needed(self._target.account.platform)


def _is_shown(record: object) -> bool:
    """Whether a record shows that the account is there: a feed or a unit's list goes on after its account has ended."""
    return isinstance(record, Profile) or (isinstance(record, Post) and record.proof not in ("feed", "unit"))
