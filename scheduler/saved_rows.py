"""One row an imported page (读入的页面): what it gave, and what became of its search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crawler.saved.document import LEFT_OUT
from records import Candidate, Snapshot, as_json

_HIDDEN = ("found", "snapshot", "total", "more", "is_table")


@dataclass(frozen=True, kw_only=True)
class SavedPage:
    """What one page of a saved file gave, or one partner's table.

    ``platform`` and ``keyword`` name the account search that the page answers; ``searched`` says that it answered it
    (a wall and an unknown layout do not), at ``seen_at``. ``search_note`` says in words why it counts as no search,
    or why its search is known only in part or was not noted again; ``None`` where there is nothing to say.
    ``layout`` is ``known`` or ``unrecognised``, ``None`` for a file that was not read at all. ``candidates`` counts
    ``found``; ``snapshot`` is the file as kept.
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
    search_note: str | None = None
    total: int | None = None
    more: bool | None = None
    is_table: bool = False
    snapshot: Snapshot | None = None

    @property
    def is_unreadable(self) -> bool:
        """Whether the file was not read at all."""
        return self.layout is None


def unread(file: str, reason: str, now: datetime, *, is_page: bool = True) -> SavedPage:
    """The row of a file that is not read, with the reason; ``is_page`` where it should have been."""
    status = "unparsed" if is_page else LEFT_OUT
    return SavedPage(
        file=file, status=status, reason=reason, seen_at=now, address=None, platform=None, keyword=None, layout=None
    )


def as_shape(pages: Sequence[SavedPage], searched_by: str | None = None) -> dict[str, Any]:
    """The JSON of an import: who searched, its pages, and every account found with the layout of its page."""
    rows = []
    for page in pages:
        shape = {name: value for name, value in as_json(replace(page, found=())).items() if name not in _HIDDEN}
        rows.append({**shape, "sha256": page.snapshot.sha256 if page.snapshot else None})
    found = {(one.ref, page.layout): one for page in pages for one in page.found}
    candidates = [{**as_json(one), "layout": layout} for (_, layout), one in found.items()]
    return {"searched_by": searched_by, "pages": rows, "candidates": candidates}
