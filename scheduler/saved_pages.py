"""A person's browser as a source (人工搜索): saved result pages and partners' tables, kept and remembered.

What cannot be read is one sentence for its file; the other files are imported all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection

from analysis.keywords import GIVEN
from crawler.saved.document import MAX_FILE_BYTES, TOO_LARGE, SavedError, shown_name
from crawler.saved.reading import KNOWN, SavedReading
from crawler.searching import judged_extent
from records import Candidate, Snapshot, as_json
from scheduler.keeping import keep_file
from scheduler.saved_files import is_table, read_file, saved_files
from scheduler.search_keywords import register_keywords
from scheduler.workspace import Workspace
from storage.pages import save_candidates, save_snapshot
from storage.queries import snapshots
from storage.queries.searches import last_searches
from storage.searches import PersonsSearch, save_sightings

SAVED_PAGES = "evidence/saved"
_SHOWS = ("ok", "empty")
# The parameter that numbers a platform's result pages, and the number of its first.
_PLACES = {"weibo": ("page", 1), "wechat": ("page", 1), "toutiao": ("page_num", 0)}
_MAX_FIGURES = 6
_FIRST_IS_MISSING = "这一页不是搜索结果的第一页，单独一页不算查过；请把第一页也保存，和它一起读入"


@dataclass(frozen=True, kw_only=True)
class SavedPage:
    """What one page of a saved file gave, or one partner's table.

    ``platform`` and ``keyword`` name the account search that the page answers; ``searched`` says that it answered it
    (a wall and an unknown layout do not), at ``seen_at``. ``layout`` is ``known`` or ``unrecognised``, ``None`` for a
    file that could not be read at all. ``candidates`` counts ``found``; ``snapshot`` is the file as kept.
    """

    file: str
    address: str | None
    platform: str | None
    keyword: str | None
    layout: str | None
    status: str
    reason: str | None
    seen_at: datetime
    candidates: int = 0
    found: tuple[Candidate, ...] = ()
    searched: bool = False
    total: int | None = None
    more: bool | None = None
    is_table: bool = False
    snapshot: Snapshot | None = None

    @property
    def is_unreadable(self) -> bool:
        """Whether the file could not be read at all."""
        return self.layout is None


def import_saved(workspace: Workspace, paths: Sequence[Path]) -> list[SavedPage]:
    """Read what a person saved, keep it as evidence and remember the accounts it shows.

    Args:
        workspace: The home folder.
        paths: Files, and folders of files.

    Returns:
        A row for each page, and one for each file that cannot be read.
    """
    now = workspace.clock.now()
    pages = _of_begun_searches([page for file in saved_files(paths) for page in _imported(workspace, file, now)])
    _note_searches(workspace, pages)
    return pages


def _of_begun_searches(pages: Sequence[SavedPage]) -> list[SavedPage]:
    """The pages, those of a search whose first page is not among them marked as answering none."""
    begun = {(page.platform, page.keyword) for page in pages if page.searched and _place(page) == 1}
    return [
        replace(page, searched=False, reason=page.reason or _FIRST_IS_MISSING)
        if page.searched and (page.platform, page.keyword) not in begun
        else page
        for page in pages
    ]


def _place(page: SavedPage) -> int | None:
    """Which result page of its search a page is, from 1; ``None`` where its address does not tell in plain figures."""
    if page.platform is None or page.address is None:
        return None
    name, first = _PLACES[page.platform]
    query = parse_qs(urlsplit(page.address).query)
    if name not in query:
        return 1
    stated = query[name][0]
    if not (stated.isascii() and stated.isdecimal()) or len(stated) > _MAX_FIGURES:
        return None
    return max(1, int(stated) - first + 1)


def _imported(workspace: Workspace, file: Path, now: datetime) -> list[SavedPage]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SavedError(TOO_LARGE)
        first_seen_at = _first_seen(workspace, file)
        at = min(now, first_seen_at or now)
        readings = read_file(file, file.name, at)
    except (SavedError, OSError) as error:
        return [_unreadable(file, error, now)]
    if not any(one.status in _SHOWS or one.candidates for one in readings):
        return [_page(file, one, None) for one in readings]
    snapshot = keep_file(workspace, file, SAVED_PAGES, at)
    pages = [_page(file, one, snapshot) for one in readings]
    _remember(workspace, pages, snapshot, is_new=first_seen_at is None)
    return pages


def place_of(file: Path, folder: str) -> str:
    """Where ``keep_file`` puts a file below the home folder."""
    return f"{folder}/{hashlib.sha256(file.read_bytes()).hexdigest()[:24]}{file.suffix.lower()[:6]}"


def _first_seen(workspace: Workspace, file: Path) -> datetime | None:
    """When this very file was first brought: read again from the same folder, it is no new look."""
    with workspace.engine.connect() as connection:
        known = snapshots.stored_snapshot(connection, place_of(file, SAVED_PAGES))
    return None if known is None else known.snapshot.fetched_at


def _page(file: Path, one: SavedReading, snapshot: Snapshot | None) -> SavedPage:
    name = shown_name(file.name)
    return SavedPage(
        file=f"{name} 里的 {one.name}" if one.name else name,
        address=one.address,
        platform=one.platform,
        keyword=one.keyword,
        layout=one.layout,
        status=one.status,
        reason=one.reason,
        candidates=len(one.candidates),
        found=one.candidates,
        searched=one.searched,
        total=one.total,
        more=one.more,
        seen_at=one.at,
        is_table=is_table(file.name),
        snapshot=snapshot,
    )


def _unreadable(file: Path, error: Exception, now: datetime) -> SavedPage:
    words = str(error) if isinstance(error, SavedError) else "打不开这个文件，请检查它是否还在、是否允许读取"
    return SavedPage(
        file=shown_name(file.name),
        address=None,
        platform=None,
        keyword=None,
        layout=None,
        status="unparsed",
        reason=words,
        seen_at=now,
    )


def _remember(workspace: Workspace, pages: Sequence[SavedPage], snapshot: Snapshot, *, is_new: bool) -> None:
    """Store the accounts of a file and where they were seen; one transaction."""
    with workspace.engine.begin() as connection:
        snapshot_id = save_snapshot(connection, snapshot)
        for page in pages:
            save_candidates(connection, [one for one in page.found if _tells_more(connection, page, one)], snapshot_id)
            if is_new:
                source = "partner" if page.is_table else "person"
                known = page.layout == KNOWN
                save_sightings(connection, page.found, source, snapshot_id, keyword=page.keyword, layout_known=known)


def _tells_more(connection: Connection, page: SavedPage, one: Candidate) -> bool:
    """Whether a page says more of an account than what is stored: a bare link and a partner's row do not."""
    row = snapshots.shown_candidate(connection, one.platform, one.uid)
    if row is None:
        return True
    return page.layout == KNOWN and not page.is_table and bool(row.last_seen_at <= one.found_at)


def _note_searches(workspace: Workspace, pages: Sequence[SavedPage]) -> None:
    """Keep which searches a person made; one no newer than the last good one is known already."""
    by_search: dict[tuple[str, str], list[SavedPage]] = {}
    for page in pages:
        if page.searched and page.platform is not None and page.keyword is not None:
            by_search.setdefault((page.platform, page.keyword), []).append(page)
    if not by_search:
        return
    kinds = {keyword.text: keyword.kind for keyword in register_keywords(workspace)}
    good_at = {(one.platform, one.keyword): one.last_good_at for one in last_searches(workspace.engine)}
    made = [_search(key, found, kinds.get(key[1], GIVEN)) for key, found in by_search.items()]
    workspace.store.save_persons_searches(one for one in made if _is_newer(one, good_at))


def _is_newer(made: PersonsSearch, good_at: Mapping[tuple[str, str], datetime | None]) -> bool:
    last = good_at.get((made.platform, made.keyword))
    return last is None or made.searched_at > last


def _search(key: tuple[str, str], pages: Sequence[SavedPage], kind: str) -> PersonsSearch:
    n_found = len({one.ref for page in pages for one in page.found})
    total = max((page.total for page in pages if page.total is not None), default=None)
    outcome, reason = judged_extent(n_found, total, _goes_on(pages)) if n_found else ("empty", None)
    return PersonsSearch(
        platform=key[0],
        keyword=key[1],
        kind=kind,
        outcome=outcome,
        reason=reason,
        n_found=n_found,
        searched_at=max(page.seen_at for page in pages),
        searched_by=None,
        total=total,
    )


def _goes_on(pages: Iterable[SavedPage]) -> bool | None:
    """Whether more follows what a search's pages show: what the last one says, if none before it is missing."""
    by_place = {_place(page): page for page in pages}
    numbered = [place for place in by_place if place is not None]
    last = max(numbered)
    is_unbroken = len(numbered) == len(by_place) == last
    return by_place[last].more if is_unbroken else True


def as_shape(pages: Sequence[SavedPage]) -> dict[str, Any]:
    """The JSON of an import: its pages, and every account found with the layout of its page."""
    hidden = ("found", "snapshot", "total", "more", "is_table")
    rows = []
    for page in pages:
        shape = {name: value for name, value in as_json(replace(page, found=())).items() if name not in hidden}
        rows.append({**shape, "sha256": page.snapshot.sha256 if page.snapshot else None})
    found = {(one.ref, page.layout): one for page in pages for one in page.found}
    candidates = [{**as_json(one), "layout": layout} for (_, layout), one in found.items()]
    return {"pages": rows, "candidates": candidates}
