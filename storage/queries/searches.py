"""Reads of keyword searches: when each keyword was last searched on each platform, by whom, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, and_, case, func, or_, select

from records import Candidate
from storage.queries.candidates import candidate_record
from storage.schema import CandidateRow, SearchRow, SightingRow, SnapshotRow
from storage.searches import GOOD, PAGE, STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """One keyword on one platform (搜索情况): its newest search, and the last one that was good, and whole.

    ``source`` is ``page`` or ``person``, ``searched_by`` that person's name where known; ``last_good_source`` and
    ``last_good_by`` say so of the last good one. ``tried_at`` is when this program asked last, whatever came of it;
    what never left our own network was not asked.
    """

    platform: str
    keyword: str
    kind: str
    outcome: str
    reason: str | None
    n_found: int
    total: int | None
    searched_at: datetime
    source: str
    searched_by: str | None
    last_good_at: datetime | None
    last_good_source: str | None
    last_good_by: str | None
    last_whole_at: datetime | None
    tried_at: datetime | None


def last_searches(engine: Engine, until: datetime | None = None) -> list[SearchState]:
    """The state of every keyword and platform that was ever searched, by platform and keyword.

    With ``until`` the state at that moment: what was searched later is left out.
    """
    each: dict[str, Any] = {"partition_by": (SearchRow.platform, SearchRow.keyword)}
    good_at = func.max(SearchRow.searched_at).filter(_is_good()).over(**each)
    whole_at = func.max(SearchRow.searched_at).filter(SearchRow.outcome.in_(GOOD)).over(**each)
    # Neither robots.txt nor a network that is out lets anything be asked.
    tried_at = func.max(SearchRow.searched_at).filter(SearchRow.source == PAGE, SearchRow.pages > 0).over(**each)
    good_first = (case((_is_good(), 0), else_=1), SearchRow.searched_at.desc(), SearchRow.id.desc())
    newest = func.row_number().over(**each, order_by=(SearchRow.searched_at.desc(), SearchRow.id.desc()))
    every = select(
        *SearchRow.__table__.columns,
        good_at.label("good_at"),
        whole_at.label("whole_at"),
        tried_at.label("tried_at"),
        newest.label("place"),
        func.first_value(SearchRow.source).over(**each, order_by=good_first).label("good_source"),
        func.first_value(SearchRow.searched_by).over(**each, order_by=good_first).label("good_by"),
    )
    if until is not None:
        every = every.where(SearchRow.searched_at <= until)
    ranked = every.subquery()
    query = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.platform, ranked.c.keyword)
    with engine.connect() as connection:
        return [_state(row) for row in connection.execute(query)]


def _is_good() -> ColumnElement[bool]:
    seen = or_(SearchRow.reason.is_(None), SearchRow.reason.in_(STANDING))
    return or_(SearchRow.outcome.in_(GOOD), and_(SearchRow.outcome == "cut_short", seen))


def _state(row: Row[*tuple[Any, ...]]) -> SearchState:
    return SearchState(
        platform=row.platform,
        keyword=row.keyword,
        kind=row.kind,
        outcome=row.outcome,
        reason=row.reason,
        n_found=row.n_found,
        total=row.total,
        searched_at=row.searched_at,
        source=row.source,
        searched_by=row.searched_by,
        last_good_at=row.good_at,
        last_good_source=None if row.good_at is None else row.good_source,
        last_good_by=None if row.good_at is None else row.good_by,
        last_whole_at=row.whole_at,
        tried_at=row.tried_at,
    )


def searches_of_run(engine: Engine, run_id: int) -> list[Row[*tuple[Any, ...]]]:
    """The rows of one run, in the order in which they were begun."""
    query = select(*SearchRow.__table__.columns).where(SearchRow.run_id == run_id).order_by(SearchRow.id)
    with engine.connect() as connection:
        return list(connection.execute(query).all())


def page_times(engine: Engine, platform: str, since: datetime) -> list[datetime]:
    """When result pages of a platform were asked after a moment, oldest first; pages of one search as its last."""
    query = select(SearchRow.searched_at, SearchRow.pages).where(
        SearchRow.platform == platform, SearchRow.source == PAGE, SearchRow.searched_at > since
    )
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(SearchRow.searched_at)).all()
    return [row.searched_at for row in rows for _ in range(row.pages)]


def pages_taken(engine: Engine, since: datetime) -> dict[str, list[int]]:
    """How many result pages each answered keyword took since a moment, by platform; of its last good search here."""
    each: dict[str, Any] = {"partition_by": (SearchRow.platform, SearchRow.keyword)}
    newest = func.row_number().over(**each, order_by=(SearchRow.searched_at.desc(), SearchRow.id.desc()))
    answered = (SearchRow.source == PAGE, SearchRow.pages > 0, SearchRow.searched_at > since, _is_good())
    ranked = select(SearchRow.platform, SearchRow.pages, newest.label("place")).where(*answered).subquery()
    taken: dict[str, list[int]] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(ranked).where(ranked.c.place == 1)):
            taken.setdefault(row.platform, []).append(row.pages)
    return taken


def n_blocked(engine: Engine, platform: str, since: datetime) -> int:
    """How many searches of a platform met a wall after a moment, on their first page or a later one."""
    on_later_page = and_(SearchRow.outcome == "cut_short", SearchRow.reason == "blocked")
    is_walled = or_(SearchRow.outcome == "blocked", on_later_page)
    met = (SearchRow.platform == platform, is_walled, SearchRow.searched_at > since)
    with engine.connect() as connection:
        ours = select(func.count()).where(*met, SearchRow.source == PAGE)
        return int(connection.execute(ours).scalar_one())


def candidates_of_run(engine: Engine, run_id: int, registered: frozenset[str]) -> list[Candidate]:
    """Accounts that the result pages of one run show and that are not in the register, in the order of sight.

    ``keyword`` is the first that found the account in this run.
    """
    first = (
        select(SightingRow.candidate_id, func.min(SightingRow.id).label("first"))
        .join(SnapshotRow, SnapshotRow.id == SightingRow.snapshot_id)
        .where(SnapshotRow.run_id == run_id)
        .group_by(SightingRow.candidate_id)
        .subquery()
    )
    query = (
        select(CandidateRow.shown, SightingRow.keyword)
        .join(first, first.c.candidate_id == CandidateRow.id)
        .join(SightingRow, SightingRow.id == first.c.first)
        .order_by(first.c.first)
    )
    with engine.connect() as connection:
        found = [candidate_record({**row.shown, "keyword": row.keyword}) for row in connection.execute(query)]
    return [one for one in found if one.ref.casefold() not in registered]
