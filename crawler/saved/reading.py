"""What a saved file shows (保存的页面): each page through the crawl's own parsers, else by its links. Pure.

Known layouts are read strictly. From any other page every link to an account with its visible name is taken, and
marked 版式未识别: the page shows that account, and says nothing of those it does not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crawler import walls
from crawler.account_links import account_links, clean_name
from crawler.page import Page
from crawler.reading import Reading, read
from crawler.saved.container import parts
from crawler.saved.document import LEFT_OUT, NotRead, SavedDocument
from crawler.saved.searches import is_search_host, search_asked
from records import Candidate, Profile

KNOWN, UNRECOGNISED = "known", "unrecognised"
WALL = "保存的是验证页，请在浏览器里完成验证后重新保存"
LOGIN = "保存的是登录页，里面没有搜索结果，请在浏览器里看到结果后重新保存"
BY_LINKS = "版式未识别，只取了页面里指向账号的链接，请人工核对"
NO_LINKS = "版式未识别，也没有指向账号的链接，请保存搜索结果页后再读入"
NO_RESULTS = "这不是搜索结果页，里面没有列出账号"
ODD_TIME = "文件里写的保存时间在 2009 年以前或晚于现在，按读入的时间记"
# Why a page counts as no search.
NO_ADDRESS = "文件里没有记下网址，看不出搜的是哪个词，请另存为“网页，单个文件”（.mhtml）后再读入"
NOT_A_SEARCH = "网址不是账号搜索的结果页，请从搜索单上的链接打开再保存"
BEHIND_WALL = "没有看到搜索结果"
UNKNOWN_LAYOUT = "版式未识别，看不出列全了没有，可能是平台改版，请转告维护人员"
UNREAD = "结果没有全部读出来"
_WALLS = ("blocked", "login")
# Weibo, the first of the platforms, opened in 2009: nothing of them was seen before.
_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)
_MAX_UID = 200
_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReading:
    """What one saved page gave.

    ``platform`` and ``keyword`` name the account search that its address is; without one the page shows accounts
    and is no search. ``searched``: that search was answered in full, as far as one page goes. ``total`` and
    ``more`` are what the page says of further results, ``None`` where it does not say. ``at`` is when it was seen.
    ``layout`` is ``None`` for a part of the file that was not read; ``status`` then is ``unparsed``, or ``left_out``
    for one that is no page.
    """

    name: str
    address: str | None
    platform: str | None
    keyword: str | None
    status: str
    reason: str | None
    layout: str | None
    at: datetime
    candidates: tuple[Candidate, ...] = ()
    searched: bool = False
    total: int | None = None
    more: bool | None = None

    @property
    def uncounted(self) -> str | None:
        """Why the page counts as no search, in words that say what to do; ``None`` where it is one, or was not read."""
        if self.searched or self.layout is None:
            return None
        if self.status in _WALLS:
            return BEHIND_WALL
        if self.keyword is None:
            return NO_ADDRESS if self.address is None else NOT_A_SEARCH
        return UNKNOWN_LAYOUT if self.layout == UNRECOGNISED else UNREAD


def read_saved(body: bytes, now: datetime) -> tuple[SavedReading, ...]:
    """What each page of a saved file shows, in its order, then what of it is not read; at least one.

    Args:
        body: The file.
        now: When it was brought: the time of pages whose file tells none, or none at which they can have been seen.

    Raises:
        SavedError: The file cannot be read; the message says what to do.
    """
    held = parts(body)
    found = [_read(one, now) for one in held if isinstance(one, SavedDocument)]
    unread = [not_read(one, now) for one in held if isinstance(one, NotRead)]
    return (*(_telling(found) if len(found) > 1 else found), *unread)


def not_read(one: NotRead, now: datetime) -> SavedReading:
    """The reading of a part of a file that is not read, with its reason."""
    return SavedReading(
        name=one.name,
        address=None,
        platform=None,
        keyword=None,
        status="unparsed" if one.is_page else LEFT_OUT,
        reason=one.reason,
        layout=None,
        at=now,
    )


def _telling(found: Sequence[SavedReading]) -> Iterator[SavedReading]:
    """The pages that show something: an archive also holds frames, advertisements and data of no use."""
    kept = [one for one in found if one.status in ("ok", "empty") or one.candidates or _is_walled_search(one)]
    walls = [one for one in found if one.status in _WALLS]
    yield from kept or walls[:1] or found[:1]


def _is_walled_search(one: SavedReading) -> bool:
    return one.status in _WALLS and one.address is not None and is_search_host(one.address)


def _can_be_seen_at(saved_at: datetime, now: datetime) -> bool:
    """Whether the time that a file tells is one at which the page can have been seen."""
    try:
        return _EARLIEST <= saved_at.astimezone(UTC) <= now
    except OverflowError:  # 0001-01-01T00:00:00+14:00 is no moment in UTC
        return False


def _read(document: SavedDocument, now: datetime) -> SavedReading:
    if document.saved_at is None:
        return _read_at(document, now)
    if _can_be_seen_at(document.saved_at, now):
        return _read_at(document, document.saved_at.astimezone(UTC))
    found = _read_at(document, now)
    return replace(found, reason="；".join(filter(None, (found.reason, ODD_TIME))))


def _read_at(document: SavedDocument, at: datetime) -> SavedReading:
    page = Page(
        url=document.address,
        body=document.body,
        fetched_at=at,
        status=document.status,
        content_type=document.content_type,
    )
    reading = _parsed(page)
    asked = search_asked(document.address)
    begun = SavedReading(
        name=document.name,
        address=document.address or None,
        platform=asked[0] if asked else reading.platform,
        keyword=asked[1] if asked else None,
        status=reading.status,
        reason=reading.reason,
        layout=KNOWN,
        at=at,
    )
    if reading.status in _WALLS:
        words = WALL if reading.status == "blocked" else LOGIN
        return replace(begun, reason=f"{words}（{reading.reason}）")
    return _with_accounts(begun, page, reading, asked is not None)


def _parsed(page: Page) -> Reading:
    """The parsers' reading; a page whose address tells no parser anything may still tell by itself what it is."""
    reading = read(page)
    if page.url and reading.kind is None and reading.status == "unparsed":
        by_content = read(replace(page, url=""))
        return by_content if by_content.kind is not None else reading
    return reading


def _with_accounts(begun: SavedReading, page: Page, reading: Reading, is_search: bool) -> SavedReading:
    shown = tuple(_accounts_of(reading))
    sound = {one.ref: one for one in reversed(shown) if _is_sound(one)}
    if reading.status == "ok" and sound:
        n_unread = len(reading.errors) + len([one for one in shown if not _is_sound(one)])
        return _known(begun, reading, tuple(reversed(sound.values())), n_unread, is_search)
    if reading.status in ("empty", "gone"):
        return replace(begun, searched=is_search and reading.status == "empty")
    linked = account_links(page)
    if not linked:
        return _without_accounts(begun, page, reading)
    return replace(
        begun,
        status="unparsed",
        layout=UNRECOGNISED,
        reason=BY_LINKS,
        candidates=tuple(replace(one, keyword=begun.keyword) for one in linked),
    )


def _without_accounts(begun: SavedReading, page: Page, reading: Reading) -> SavedReading:
    """A page that shows no account and does not say that there is none: in its own words where it has some."""
    if reading.status == "ok":
        return replace(begun, status="unparsed", reason=NO_RESULTS)
    notice = walls.classify(page, reading.platform, reading.kind)
    if notice is not None or (reading.kind is not None and not reading.errors):
        return begun
    return replace(begun, layout=UNRECOGNISED, reason=NO_LINKS)


def _known(
    begun: SavedReading, reading: Reading, candidates: tuple[Candidate, ...], n_unread: int, is_search: bool
) -> SavedReading:
    extent = reading.extent
    return replace(
        begun,
        candidates=candidates,
        reason=f"另有 {n_unread} 条读不出来，请人工查看这个页面" if n_unread else None,
        searched=is_search and not n_unread,
        total=extent.total if extent else None,
        more=extent.more if extent else None,
    )


def _accounts_of(reading: Reading) -> Iterator[Candidate]:
    """The accounts on a page: those it lists, and the one whose own page or post it is."""
    for record in reading.records:
        if isinstance(record, Candidate):
            yield record
        elif isinstance(record, Profile):
            yield Candidate(
                platform=record.platform,
                uid=record.uid,
                name=record.name,
                found_at=record.observed_at,
                verified=record.verified,
                verified_entity=record.verified_entity,
                bio=record.bio,
            )


def _is_sound(one: Candidate) -> bool:
    """Whether an account's name and key are text as the page shows it: a replaced character makes another name."""
    words = (one.name, one.uid, one.bio or "", one.verified_entity or "", one.keyword or "")
    if "\ufffd" in one.name + one.uid or any(_is_halved(text) for text in words):
        return False
    return bool(clean_name(one.name)) and len(one.uid) <= _MAX_UID and all(len(text) <= _MAX_TEXT for text in words)


def _is_halved(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)
