"""A person's browser as a source (人工搜索): saved result pages and partners' tables, kept and remembered.

What cannot be read is one sentence for its file; the other files are imported all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from analysis.sightings import PARTNER, cited, is_only_named
from crawler.saved.document import MAX_FILE_BYTES, TOO_LARGE, SavedError, shown_name
from crawler.saved.reading import KNOWN, SavedReading
from records import Candidate, Snapshot
from scheduler.dismissing import forget_known
from scheduler.keeping import keep_body, name_of
from scheduler.saved_files import LeftOut, SavedPart, is_table, read_parts, saved_files
from scheduler.saved_rows import SavedPage, unread
from scheduler.saved_searches import note_searches
from scheduler.triaging import seen_candidates
from scheduler.workspace import Workspace
from storage.pages import save_candidates, save_snapshot
from storage.queries import accounts, snapshots
from storage.queries.candidates import candidate_record
from storage.queries.snapshots import StoredLook
from storage.searches import save_sightings

SAVED_PAGES = "evidence/saved"
NO_SEARCH = "合作单位的名单不是搜索"
ALL_REGISTERED = "表里的账号都已在名录里；如果这是名录，请用 accounts import 导入"


def import_saved(workspace: Workspace, paths: Sequence[Path], searched_by: str | None = None) -> list[SavedPage]:
    """Read what a person saved, keep it as evidence and remember the accounts it shows.

    Args:
        workspace: The home folder.
        paths: Files, and folders of files.
        searched_by: Who searched and saved; ``None`` where not told.

    Returns:
        A row for each page, and one for each file that is not read. Accounts that were judged unrelated before and
        show nothing new are removed again at once: ``candidates`` counts them, ``found`` is without them.
    """
    now = workspace.clock.now()
    pages = [page for entry in saved_files(paths) for page in _rows(workspace, entry, now)]
    return _without_dismissed(workspace, note_searches(workspace, pages, searched_by))


def _without_dismissed(workspace: Workspace, pages: Sequence[SavedPage]) -> list[SavedPage]:
    shown = {one.ref for page in pages for one in page.found}
    stored = [one for one in seen_candidates(workspace) if one.candidate.ref in shown]
    kept = {one.candidate.ref for one in forget_known(workspace, stored)}
    gone = {one.candidate.ref for one in stored} - kept
    return [replace(page, found=tuple(one for one in page.found if one.ref not in gone)) for page in pages]


def _rows(workspace: Workspace, entry: Path | LeftOut, now: datetime) -> list[SavedPage]:
    if isinstance(entry, LeftOut):
        return [unread(shown_name(entry.path.name), entry.reason, now, is_page=entry.is_page)]
    return _imported(workspace, entry, now)


def _imported(workspace: Workspace, file: Path, now: datetime) -> list[SavedPage]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SavedError(TOO_LARGE)
        parts, not_read = read_parts(file, partial(_first_seen, workspace, now))
    except (SavedError, OSError) as error:
        return [unread(shown_name(file.name), _why(error), now)]
    pages = [page for part in parts for page in _kept(workspace, file, part)]
    return [*pages, *(_page(file, one, None) for one in not_read)]


def _kept(workspace: Workspace, file: Path, part: SavedPart) -> list[SavedPage]:
    if not part.is_evidence:
        return [_page(file, one, None) for one in part.readings]
    snapshot = keep_body(workspace, part.body, part.name, SAVED_PAGES, part.at, suffix=part.suffix)
    pages = [_table_told(workspace, _page(file, one, snapshot)) for one in part.readings]
    _remember(workspace, pages, snapshot)
    return pages


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, SavedError) else "打不开这个文件，请检查它是否还在、是否允许读取"


def _first_seen(workspace: Workspace, now: datetime, body: bytes) -> datetime:
    """When these very bytes were first brought, in whatever file: read again, they are no new look."""
    place = f"{SAVED_PAGES}/{name_of(hashlib.sha256(body).hexdigest())}"
    known = snapshots.places_below(workspace.engine, place)
    return min((now, *(fetched_at for fetched_at, _ in known)))


def _table_told(workspace: Workspace, page: SavedPage) -> SavedPage:
    """The page; of a table whose accounts are all registered, that is said."""
    if not page.is_table or {one.ref.casefold() for one in page.found} - accounts.registered_keys(workspace.engine):
        return page
    return replace(page, reason=ALL_REGISTERED)


def _page(file: Path, one: SavedReading, snapshot: Snapshot | None) -> SavedPage:
    name, is_partners = shown_name(file.name), is_table(file.name)
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
        search_note=NO_SEARCH if is_partners else one.uncounted,
        total=one.total,
        more=one.more,
        seen_at=one.at,
        is_table=is_partners,
        snapshot=snapshot,
    )


def _remember(workspace: Workspace, pages: Sequence[SavedPage], snapshot: Snapshot) -> None:
    """Store the accounts of a file and, of one not kept before, where they were seen; one transaction."""
    with workspace.engine.begin() as connection:
        is_new = snapshots.stored_snapshot(connection, snapshot.ref) is None
        snapshot_id = save_snapshot(connection, snapshot)
        for page in pages:
            save_candidates(connection, [one for one in page.found if _tells_more(connection, page, one)], snapshot_id)
            if is_new:
                source = "partner" if page.is_table else "person"
                known = page.layout == KNOWN
                save_sightings(connection, page.found, source, snapshot_id, keyword=page.keyword, layout_known=known)


def _tells_more(connection: Connection, page: SavedPage, one: Candidate) -> bool:
    """Whether a page says more of an account than what is stored: a bare link and a partner's row do not.

    But of one that posts only named any page says more, even one saved before the post was read; and of one known
    from a bare link or a partner's row alone, a page of a known layout, whichever of the two was read in first.
    """
    row = snapshots.shown_candidate(connection, one.platform, one.uid)
    if row is None:
        return True
    if page.is_table:
        return False
    found_at, looks = candidate_record(row.shown).found_at, snapshots.sightings_of(connection, row.id)
    if is_only_named(found_at, looks):
        return True
    return page.layout == KNOWN and (_says_little(cited(found_at, looks)) or bool(row.last_seen_at <= one.found_at))


def _says_little(look: StoredLook | None) -> bool:
    return look is not None and (look.source == PARTNER or not look.layout_known)
