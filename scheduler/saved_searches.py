"""Which searches a person made (人工搜索), as the result pages that were saved tell: begun, whole or in part, new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from analysis.keywords import GIVEN
from crawler.searching import EXTENT_UNKNOWN, judged_extent
from scheduler.mentioned import keywords_to_search
from scheduler.saved_rows import SavedPage
from scheduler.workspace import Workspace
from storage.queries.searches import last_searches
from storage.searches import PersonsSearch

# The parameter that numbers a platform's result pages, and the number of its first.
_PLACES = {"weibo": ("page", 1), "wechat": ("page", 1), "toutiao": ("page_num", 0)}
_MAX_FIGURES = 6
FIRST_IS_MISSING = "这一页不是搜索结果的第一页，单独一页不算查过；请把第一页也保存，和它一起读入"
KNOWN_ALREADY = "这次搜索以前已经记下，没有重复记"
OTHERS_ARE_OLDER = (
    "这一页是新的，同一次搜索里有的页还是以前保存的，所以按最早的一页记日期；"
    "请把每一页都重新保存，已经没有的页从文件夹里删掉，再一起读入"
)
_IN_PART = {
    None: "只看到一部分，后面还有结果；请往后翻，把每一页都保存后一起读入",
    EXTENT_UNKNOWN: "页面没有写明是不是全部结果，没看到的账号不等于没有；请往后翻，把每一页都保存后一起读入",
}
# Nobody turns the pages of one search for longer.
_ONE_LOOK = timedelta(days=1)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Made:
    """A search that the pages answer, and whether it is newer than the last good one of its keyword."""

    search: PersonsSearch
    is_new: bool


def note_searches(workspace: Workspace, pages: Sequence[SavedPage], searched_by: str | None) -> list[SavedPage]:
    """Keep which searches a person made; returns the pages with what there is to say of their searches.

    A page of a search whose first page is not among them answers none. A search that is no newer than the last good
    one of its keyword is known already.
    """
    pages = _of_begun_searches(pages)
    made = dict(_made(workspace, pages, searched_by))
    workspace.store.save_persons_searches(one.search for one in made.values() if one.is_new)
    return [replace(page, search_note=_note(page, made)) for page in pages]


def _note(page: SavedPage, made: Mapping[_Key, _Made]) -> str | None:
    if not page.searched or page.platform is None or page.keyword is None:
        return page.search_note
    one = made[page.platform, page.keyword]
    if page.seen_at - one.search.searched_at > _ONE_LOOK:
        return OTHERS_ARE_OLDER
    if not one.is_new:
        return KNOWN_ALREADY
    return _IN_PART[one.search.reason] if one.search.outcome == "cut_short" else None


def _of_begun_searches(pages: Sequence[SavedPage]) -> list[SavedPage]:
    """The pages, those of a search whose first page is not among them marked as answering none."""
    begun = {(page.platform, page.keyword) for page in pages if page.searched and _place(page) == 1}
    return [
        replace(page, searched=False, search_note=FIRST_IS_MISSING)
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


def _made(workspace: Workspace, pages: Sequence[SavedPage], searched_by: str | None) -> Iterator[tuple[_Key, _Made]]:
    by_search: dict[_Key, list[SavedPage]] = {}
    for page in pages:
        if page.searched and page.platform is not None and page.keyword is not None:
            by_search.setdefault((page.platform, page.keyword), []).append(page)
    if not by_search:
        return
    kinds = {keyword.text: keyword.kind for keyword in keywords_to_search(workspace)}
    good_at = {(one.platform, one.keyword): one.last_good_at for one in last_searches(workspace.engine)}
    for key, found in by_search.items():
        search = _search(key, found, kinds.get(key[1], GIVEN), searched_by)
        yield key, _Made(search, _is_newer(search, good_at))


def _is_newer(made: PersonsSearch, good_at: Mapping[_Key, datetime | None]) -> bool:
    last = good_at.get((made.platform, made.keyword))
    return last is None or made.searched_at > last


def _search(key: _Key, pages: Sequence[SavedPage], kind: str, searched_by: str | None) -> PersonsSearch:
    """The search that pages answer: what its newest pages show together, as of the oldest of them.

    Pages of different looks are no whole list: between them accounts move from one page to another. Nor is one that
    has a page of an unknown place, which may be as old as any.
    """
    kept = _newest_by_place(pages)
    times = [page.seen_at for page in kept.values()]
    is_one_list = max(times) - min(times) <= _ONE_LOOK and all(_place(page) is not None for page in pages)
    n_found = len({one.ref for page in kept.values() for one in page.found})
    total = max((page.total for page in kept.values() if page.total is not None), default=None)
    extent = (total, _goes_on(kept)) if is_one_list else (None, True)
    outcome, reason = ("empty", None) if is_one_list and not n_found else judged_extent(n_found, *extent)
    return PersonsSearch(
        platform=key[0],
        keyword=key[1],
        kind=kind,
        outcome=outcome,
        reason=reason,
        n_found=n_found,
        searched_at=min(times),
        searched_by=searched_by,
        total=total,
    )


def _newest_by_place(pages: Iterable[SavedPage]) -> dict[int, SavedPage]:
    """The newest page of each place, without those of an unknown place."""
    placed = ((_place(page), page) for page in sorted(pages, key=lambda one: one.seen_at))
    return {place: page for place, page in placed if place is not None}


def _goes_on(kept: Mapping[int, SavedPage]) -> bool | None:
    """Whether more follows what a search's pages show: what the last one says, if none before it is missing."""
    last = max(kept)
    return kept[last].more if len(kept) == last else True
