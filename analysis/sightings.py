"""What is known of a candidate (所见情况): where it was seen, what it showed there, and a digest of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from analysis.periods import day_of, day_words
from analysis.words import alike_words, platform_words, shown, sighting_words
from records import Account, Candidate, Counter


def why_words(why: tuple[str, ...]) -> str:
    """In what two names are alike: ``（读音相同、字形相近）``; nothing for the very same name."""
    return f"（{alike_words(why)}）" if why else ""


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
    """A candidate with its sightings, the newest last, and the hash of its picture where that was fetched."""

    candidate: Candidate
    sightings: tuple[Sighting, ...] = ()
    avatar: str | None = None

    @property
    def where(self) -> str:
        """Where and when it was seen last, and in whose post: ``微博搜索结果页（2026年11月15日）``."""
        if not self.sightings:
            return f"{platform_words(self.candidate.platform)}的页面（{day_words(day_of(self.candidate.found_at))}）"
        newest = self.sightings[-1]
        unknown = "，版式未识别" if not newest.layout_known else ""
        day = day_words(day_of(newest.seen_at))
        return f"{sighting_words(newest.source, self.candidate.platform, newest.poster)}（{day}{unknown}）"


def digest_of(seen: Seen) -> str:
    """Eight digits that change when the account shows another name, mark, entity or picture; followers do not count."""
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
        return f"页面显示的认证主体为“{shown(candidate.verified_entity)}”{lacking}"
    told = flag_words(candidate.verified)
    if told is None:
        return "页面未显示认证情况"
    return f"{told}，未显示认证主体" if candidate.verified else told


def facts_of(seen: Seen) -> Iterator[tuple[str, str]]:
    """Labels and values of what the page shows, for a table side by side; what it does not show is left out."""
    one = seen.candidate
    yield "账号名称", shown(one.name)
    yield "账号编号", shown(one.uid)
    yield "认证", mark_words(one)
    if one.bio is not None:
        yield "简介", shown(one.bio)
    if one.followers is not None:
        yield "粉丝", one.followers.text if isinstance(one.followers, Counter) else str(one.followers)
    if seen.avatar is not None:
        yield "头像特征", seen.avatar
    yield "见于", seen.where
