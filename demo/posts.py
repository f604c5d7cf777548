"""Makes the posts of a made-up account from its story: the same story gives the same posts every time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from records import SHANGHAI

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIBO_EPOCH_SECONDS = 515_483_463
_FIRST_PUSH = 2_247_400_000
_DEFAULT_KIND = {"wechat": "article", "weibo": "text", "toutiao": "article"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyPost:
    """One post as it happened in the county, whatever a page may show of it.

    ``post_id`` is the id of the outside contract; ``native`` holds the platform's other keys
    (``bid``; ``mid idx short sn``; none for Toutiao). ``kind`` is ``text``, ``article``,
    ``picture``, ``video`` or ``micro``.
    """

    account: str
    number: int
    post_id: str
    native: Mapping[str, str]
    at: datetime
    kind: str
    title: str
    text: str
    links: tuple[str, ...] = ()
    original: bool = False
    repost: bool = False
    pinned: bool = False
    long: bool = False
    likes: str | None = None
    reposts: str | None = None
    deleted_at: datetime | None = None
    edited_at: datetime | None = None

    def public(self, now: datetime) -> bool:
        """Whether anybody could open the post at ``now``."""
        return self.at <= now and (self.deleted_at is None or now < self.deleted_at)

    def words(self, now: datetime) -> str:
        """The text as it stood at ``now``; an edit adds a line."""
        edited = self.edited_at is not None and self.edited_at <= now
        return f"{self.text}\n更正：活动地点以现场通知为准。" if edited else self.text


def local(moment: datetime) -> datetime:
    """A time of the data files as an aware one; they are written in Beijing time."""
    return moment.replace(tzinfo=SHANGHAI)


def bid_of(mid: str) -> str:
    """Weibo's short id of a numeric mid."""
    groups = []
    while mid:
        mid, number = mid[:-7], int(mid[-7:])
        digits = ""
        while number:
            number, rest = divmod(number, 62)
            digits = _BASE62[rest] + digits
        groups.append(digits.rjust(4, "0") if mid else digits)
    return "".join(reversed(groups))


def make_posts(
    platform: str, uid: str, unit_short: str, story: Mapping[str, Any], county: Any
) -> tuple[CountyPost, ...]:
    """Every post of one account, oldest first; ``county`` gives the default dates, places and texts."""
    drafts = sorted(_drafts(uid, story, county), key=lambda draft: draft["at"])
    ids = _Ids(platform, uid)
    posts = []
    for number, draft in enumerate(drafts):
        title, text = _words(uid, unit_short, number, county)
        draft = {"original": (len(drafts) - 1 - number) % 2 == 0, **story.get("every_post", {}), **draft}
        posts.append(_post(platform, uid, number, draft, title, text, ids, county))
    return tuple(posts)


def _drafts(uid: str, story: Mapping[str, Any], county: Any) -> Iterator[dict[str, Any]]:
    jitter = timedelta(minutes=crc32(uid.encode()) % 25, seconds=crc32(uid.encode()) % 53)
    day: date = story.get("from", county.posts_from)
    until: date = story.get("until", county.posts_until)
    while day <= until:
        for slot in story.get("rhythm", ()):
            weekday, clock, *kind = slot.split()
            if WEEKDAYS[day.weekday()] == weekday:
                at = datetime.combine(day, time.fromisoformat(clock), SHANGHAI) + jitter
                yield {"at": at, **({"kind": kind[0]} if kind else {})}
        day += timedelta(days=1)
    for post in story.get("posts", ()):
        times = {name: local(value) for name, value in post.items() if isinstance(value, datetime)}
        yield {**post, **times}


def _words(uid: str, unit_short: str, number: int, county: Any) -> tuple[str, str]:
    topics, places = county.texts["topic"], county.places
    start = crc32(uid.encode()) // 64
    topic = topics[(start + number) % len(topics)]
    if unit_short in places:
        place, unit = unit_short, {"镇": "镇里", "乡": "乡里"}.get(unit_short[-1], "街道")
    else:
        place, unit = places[(start // 7 + number // len(topics)) % len(places)], unit_short
    fill = {"place": place, "unit": unit}
    text = topic["text"].format(**fill) + county.texts["closing"].format(**fill)
    return topic["title"].format(**fill), text


def _post(
    platform: str, uid: str, number: int, draft: dict[str, Any], title: str, text: str, ids: _Ids, county: Any
) -> CountyPost:
    if draft.get("long"):
        text = f"{text}\n" + county.texts["long_tail"] * 3
    if draft.get("repost"):
        text = f"{text}\n{county.texts['repost_source']}"
    kind = draft.get("kind", _DEFAULT_KIND[platform])
    post_id, native = ids.next(draft["at"], kind)
    return CountyPost(
        account=f"{platform}:{uid}",
        number=number,
        post_id=post_id,
        native=native,
        at=draft["at"],
        kind=kind,
        title=draft.get("title", title),
        text=draft.get("text", text),
        links=tuple(draft.get("links", ())),
        original=draft["original"] and not draft.get("repost", False),
        **{name: draft[name] for name in _OPTIONAL if name in draft},
    )


_OPTIONAL = ("repost", "pinned", "long", "likes", "reposts", "deleted_at", "edited_at")


class _Ids:
    """Gives ids in the platform's own form; posts of one WeChat push share their mid."""

    def __init__(self, platform: str, uid: str) -> None:
        self._platform, self._uid, self._crc = platform, uid, crc32(uid.encode())
        self._push, self._index = _FIRST_PUSH + self._crc % 90_000, 0
        self._pushed_at: datetime | None = None

    def next(self, at: datetime, kind: str) -> tuple[str, Mapping[str, str]]:
        unix = int(at.timestamp())
        if self._platform == "weibo":
            mid = str((unix - _WEIBO_EPOCH_SECONDS) << 22 | self._crc & 0x3FFFFF)
            return mid, {"bid": bid_of(mid)}
        if self._platform == "toutiao":
            micro = kind == "micro"
            return str(unix << 20 | self._crc & 0xFFFFF) if micro else str(unix << 32 | self._crc), {}
        same = self._pushed_at == at
        self._push, self._index, self._pushed_at = self._push + (not same), self._index + 1 if same else 1, at
        key = f"{self._uid}:{self._push}:{self._index}"
        digest = hashlib.sha256(key.encode())
        short = base64.urlsafe_b64encode(digest.digest()).decode()[:22]
        return key, {"mid": str(self._push), "idx": str(self._index), "short": short, "sn": digest.hexdigest()[:32]}
