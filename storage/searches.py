"""Writes of keyword searches (关键词搜索): asked, answered, refused, made by a person; where candidates were seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, delete, func, select, tuple_, update

from records import SHANGHAI, Candidate
from storage.posts import insert
from storage.run_log import RunLog
from storage.schema import CandidateRow, SearchRow, SightingRow

PAGE, PERSON = "page", "person"
# An outcome after which the keyword counts as searched on that platform.
GOOD = ("searched", "empty")
# Why a search was cut short though all that can be seen was seen: then it counts too, as does one without a reason.
# With any other (a wall, an outage, a layout nobody knows) a later page was lost, and the keyword stays due.
STANDING = ("extent_unknown", "robots")
# What stands where a search was begun and its process then killed.
INTERRUPTED = "interrupted"
# For so long a period can be judged again with the refusals that it had.
_REFUSALS_KEPT = timedelta(days=400)
_PART = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """One keyword on one platform in one run: what a search's row is known by."""

    run_id: int
    platform: str
    keyword: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsSearch:
    """A search that a person made in an ordinary browser and whose result page was read (人工搜索)."""

    platform: str
    keyword: str
    kind: str
    outcome: str
    reason: str | None
    n_found: int
    searched_at: datetime
    searched_by: str | None
    total: int | None = None
    snapshot_id: int | None = None


class SearchOutcome(Protocol):
    """How a keyword search stands after a page of it, as the crawler tells it."""

    @property
    def keyword(self) -> str:
        """What was searched for."""

    @property
    def outcome(self) -> str:
        """``searched``, ``empty``, ``cut_short``, ``refused``, ``blocked``, ``unparsed`` or ``error``."""

    @property
    def reason(self) -> str | None:
        """Why it came to that, where there is anything to say."""

    @property
    def n_found(self) -> int:
        """How many accounts its pages show."""

    @property
    def total(self) -> int | None:
        """How many the platform states."""


def is_lost_page(outcome: str, reason: str | None) -> bool:
    """Whether a search was cut short by something that took a later page away: the keyword stays due."""
    return outcome == "cut_short" and reason is not None and reason not in STANDING


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many result pages of one platform may be asked since certain moments (搜索限额)."""

    since: datetime
    most: int


class SearchLog(RunLog):
    """The searches of one database."""

    def ask_search_page(self, search: Searching, at: datetime, allowances: Sequence[Allowance]) -> bool:
        """Whether one more result page may be asked; if so it counts from now on, answered or not.

        One transaction: processes that search at the same time share what is allowed.
        """
        with self.engine.begin() as connection:
            if any(pages_since(connection, search.platform, one.since) >= one.most for one in allowances):
                return False
            known = {**asdict(search), "outcome": "error", "reason": INTERRUPTED, "n_found": 0, "pages": 1}
            statement = insert(connection, SearchRow).values(**known, source=PAGE, searched_at=at)
            again = {"pages": SearchRow.pages + 1, "searched_at": at}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["run_id", "platform", "keyword"], set_=again)
            )
            return True

    def save_refusals(self, refused: Sequence[Searching], at: datetime) -> None:
        """Searches that the platform's robots.txt refuses; the newest of a keyword, week and month stays.

        What comes in a later period takes nothing from an earlier one, which may be judged only then.
        """
        since = _period_start(at)
        with self.engine.begin() as connection:
            is_refusal = SearchRow.outcome == "refused"
            connection.execute(delete(SearchRow).where(is_refusal, SearchRow.searched_at < at - _REFUSALS_KEPT))
            for start in range(0, len(refused), _PART):
                part = refused[start : start + _PART]
                keys = [(one.platform, one.keyword) for one in part]
                same = tuple_(SearchRow.platform, SearchRow.keyword).in_(keys)
                connection.execute(delete(SearchRow).where(same, is_refusal, SearchRow.searched_at >= since))
                values = {"outcome": "refused", "reason": "robots", "n_found": 0, "pages": 0, "source": PAGE}
                rows = [{**asdict(one), **values, "searched_at": at} for one in part]
                connection.execute(insert(connection, SearchRow).on_conflict_do_nothing(), rows)

    def count_unasked(self, run_id: int) -> None:
        """Give the unanswered pages of a run back to what may be asked: only where nothing left our own network."""
        mine = (SearchRow.run_id == run_id, SearchRow.outcome == "error")
        with self.engine.begin() as connection:
            connection.execute(update(SearchRow).where(*mine).values(pages=0))

    def save_persons_searches(self, searches: Iterable[PersonsSearch]) -> None:
        """Searches that persons made."""
        rows = [{**asdict(one), "pages": 1, "source": PERSON} for one in searches]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(insert(connection, SearchRow), rows)


def _period_start(at: datetime) -> datetime:
    """When the newest period began, of weeks and months, which quarters and years begin with."""
    day = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(day - timedelta(days=day.weekday()), day.replace(day=1))


def pages_since(connection: Connection, platform: str, since: datetime) -> int:
    """Result pages that this program asked of a platform after a moment."""
    ours = (SearchRow.platform == platform, SearchRow.source == PAGE, SearchRow.searched_at > since)
    return int(connection.execute(select(func.coalesce(func.sum(SearchRow.pages), 0)).where(*ours)).scalar_one())


def save_search(
    connection: Connection, run_id: int, platform: str, searched: SearchOutcome, snapshot_id: int | None
) -> None:
    """How a search that was asked stands after one of its pages."""
    values: dict[str, Any] = {
        "outcome": searched.outcome,
        "reason": searched.reason,
        "n_found": searched.n_found,
        "total": searched.total,
    }
    if searched.outcome == "refused":
        values["pages"] = 0  # robots.txt spoke before anything was asked
    if snapshot_id is not None:
        values["snapshot_id"] = snapshot_id
    mine = (SearchRow.run_id == run_id, SearchRow.platform == platform, SearchRow.keyword == searched.keyword)
    connection.execute(update(SearchRow).where(*mine).values(values))


def save_sightings(
    connection: Connection,
    candidates: Iterable[Candidate],
    source: str,
    snapshot_id: int | None,
    *,
    keyword: str | None = None,
    layout_known: bool = True,
) -> None:
    """Where candidates were seen; one that is not stored is left out. ``source`` is one of ``SightingRow``'s.

    Args:
        connection: The transaction in which the candidates were stored.
        candidates: Who was seen; ``found_at`` is when.
        source: Through what they were seen.
        snapshot_id: The page.
        keyword: What was searched for; without it, what each candidate says.
        layout_known: Whether a parser knows the page's layout (false: 版式未识别).
    """
    for one in candidates:
        known = select(CandidateRow.id).where(CandidateRow.platform == one.platform, CandidateRow.uid == one.uid)
        candidate_id = connection.execute(known).scalar_one_or_none()
        if candidate_id is None:
            continue
        row = {
            "candidate_id": candidate_id,
            "source": source,
            "keyword": keyword or one.keyword,
            "layout_known": layout_known,
            "snapshot_id": snapshot_id,
            "seen_at": one.found_at,
        }
        connection.execute(insert(connection, SightingRow), [row])
