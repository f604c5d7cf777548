"""What is known of a candidate (所见情况): where it was seen, what it showed there, and a digest of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from analysis.periods import day_of, day_words
from analysis.unseen import written_out
from analysis.words import alike_words, platform_words, shown, sighting_words
from records import Account, Candidate, Counter

PARTNER = "partner"
# What names an account there are the words of whoever wrote the post, not its own.
_WRITTEN = {"mention": "推文里写作", "feed": "订阅源里写作"}
_ELSEWHERE = frozenset({*_WRITTEN, "repost", PARTNER})
_MOST_TOLD = 5


def why_words(why: tuple[str, ...]) -> str:
    """In what two names are alike: ``（读音相同、字形相近）``; nothing for the very same name."""
    return f"（{alike_words(why)}）" if why else ""


class Looked(Protocol):
    """A sighting as far as it tells on what page the account's data were."""

    @property
    def source(self) -> str:
        """As of ``Sighting``."""

    @property
    def seen_at(self) -> datetime:
        """When the page was fetched."""

    @property
    def layout_known(self) -> bool:
        """Whether a parser knows the page's layout."""


Look = TypeVar("Look", bound=Looked)


def cited(found_at: datetime, sightings: Sequence[Look]) -> Look | None:
    """The sighting on the page that a candidate's data are of, and its evidence; ``None`` where none tells of it.

    Args:
        found_at: When that page was fetched, as the candidate says. A page that only names it again moves nothing.
        sightings: All of the candidate's.
    """
    same = [one for one in sightings if one.seen_at == found_at]
    return max(same, key=lambda one: (one.source not in _ELSEWHERE, one.layout_known), default=None)


def is_only_named(found_at: datetime, sightings: Sequence[Looked]) -> bool:
    """Whether nobody has seen the account itself: all that is known of it is how a post or a feed calls it."""
    page = cited(found_at, sightings)
    return page is not None and page.source in _WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place where a candidate was seen; ``source`` is ``search person mention repost feed`` or ``partner``.

    ``poster`` is the registered account whose post named it, where it was seen in one and that is known.
    """

    source: str
    seen_at: datetime
    keyword: str | None = None
    layout_known: bool = True
    poster: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A candidate with its sightings, the newest last, and the hash of its picture where that was fetched.

    ``texts_since``: when each of its texts was first seen, of those that more than one page showed.
    """

    candidate: Candidate
    sightings: tuple[Sighting, ...] = ()
    avatar: str | None = None
    texts_since: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def dated_texts(self) -> tuple[tuple[str, datetime], ...]:
        """Each text that the account shows, with the time when it was first seen to."""
        return tuple((text, self.texts_since.get(text, self.candidate.found_at)) for text in self.candidate.texts)

    @property
    def cited(self) -> Sighting | None:
        """The sighting on the page that its data are of; ``None`` for a page from before sightings were kept."""
        return cited(self.candidate.found_at, self.sightings)

    @property
    def is_only_named(self) -> bool:
        """Whether nobody has seen the account itself, and its name is a post's or a feed's word for it."""
        return is_only_named(self.candidate.found_at, self.sightings)

    @property
    def is_only_listed(self) -> bool:
        """Whether all that is known of it is a partner's row."""
        return self.cited is not None and self.cited.source == PARTNER

    @property
    def where(self) -> str:
        """On what page and when it showed all this, or in whose post: ``微博搜索结果页（2026年11月15日）``."""
        if self.cited is None:
            return f"{platform_words(self.candidate.platform)}的页面（{day_words(day_of(self.candidate.found_at))}）"
        return self._words_of(self.cited)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Where others name it besides what ``where`` says, the newest first, in the same words once."""
        named = (one for one in reversed(self.sightings) if one.source in _ELSEWHERE and one is not self.cited)
        return tuple(words for words in dict.fromkeys(map(self._words_of, named)) if words != self.where)

    @property
    def name_label(self) -> str:
        """What its name is: ``账号名称`` where a page showed it, else whose words it is."""
        if self.is_only_listed:
            return "名单写的名称"
        return _WRITTEN[self.cited.source] if self.cited is not None and self.is_only_named else "账号名称"

    @property
    def mark(self) -> str:
        """What is known of its certification, and from whom."""
        one, listed = self.candidate, any(each.source == PARTNER for each in self.sightings)
        if self.is_only_named:
            return f"{self.name_label}“{written_out(one.name)}”，账号本身没有看过"
        if self.is_only_listed:
            if one.verified_entity is None:
                return "名单没有写认证情况"
            return f"名单写的认证主体为“{written_out(one.verified_entity)}”，账号本身没有看过"
        if listed and one.verified is None and one.verified_entity is not None:
            return f"页面或他人提供的名单写的认证主体为“{written_out(one.verified_entity)}”，没有看到认证标志"
        return mark_words(one)

    def _words_of(self, one: Sighting) -> str:
        unknown = "，版式未识别" if not one.layout_known else ""
        words = sighting_words(one.source, self.candidate.platform, one.poster)
        return f"{words}（{day_words(day_of(one.seen_at))}{unknown}）"


def digest_of(seen: Seen) -> str:
    """Eight digits that change when the account shows another name, mark, entity or picture; followers do not count.

    A sign that nobody sees makes another name, too.
    """
    one = seen.candidate
    parts = (one.name, repr(one.verified), one.verified_entity or "", seen.avatar or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def flag_words(verified: bool | None) -> str | None:
    """Whether the page shows a certification; ``None`` where it does not tell."""
    return {None: None, True: "页面显示已认证", False: "页面显示未认证"}[verified]


def mark_words(candidate: Candidate) -> str:
    """What the page shows of the account's certification; that it shows nothing is not that there is none."""
    if candidate.verified_entity is not None:
        lacking = {None: "，但没有显示认证标志", False: "，但又显示未认证", True: ""}[candidate.verified]
        return f"页面显示的认证主体为“{written_out(candidate.verified_entity)}”{lacking}"
    told = flag_words(candidate.verified)
    if told is None:
        return "页面未显示认证情况"
    return f"{told}，未显示认证主体" if candidate.verified else told


def facts_of(seen: Seen) -> Iterator[tuple[str, str]]:
    """Labels and values of what the page shows, for a table side by side; what it does not show is left out."""
    one = seen.candidate
    yield seen.name_label, written_out(one.name)
    yield "账号编号", shown(one.uid)
    yield "认证", "账号本身没有看过" if seen.is_only_named else seen.mark
    if one.bio is not None:
        yield "简介", shown(one.bio)
    if one.followers is not None:
        yield "粉丝", one.followers.text if isinstance(one.followers, Counter) else str(one.followers)
    if seen.avatar is not None:
        yield "头像特征", seen.avatar
    yield "见于", seen.where
    if seen.elsewhere:
        more = f"等 {len(seen.elsewhere)} 处" if len(seen.elsewhere) > _MOST_TOLD else ""
        yield "另见于", "；".join(seen.elsewhere[:_MOST_TOLD]) + more
