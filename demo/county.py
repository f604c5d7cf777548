"""云岭县: a made-up county whose accounts, posts, faults and walls are told in the data files beside this module.

``load_county()`` reads them once. The county knows what happened; ``demo.pages`` shows it the way the
platforms would at one moment, and ``demo.files`` writes what its offices would hand in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zlib import crc32

from demo.posts import CountyPost, local, make_posts
from records import CRAWLED_PLATFORMS, SHANGHAI

FEED_LAG = timedelta(minutes=20)
_FIRST_OPENING = date(2019, 7, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyUnit:
    """A made-up office: its full and its short name."""

    name: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyAccount:
    """A made-up account as it really is; ``data`` is its row of accounts.toml, ``story`` its part of stories.toml."""

    key: str
    platform: str
    uid: str
    name: str
    unit: CountyUnit
    data: Mapping[str, Any]
    story: Mapping[str, Any]
    posts: tuple[CountyPost, ...] = ()

    @property
    def ref(self) -> str:
        """``platform:uid``."""
        return f"{self.platform}:{self.uid}"

    @property
    def crawled(self) -> bool:
        """Whether the platform is one that is crawled at all."""
        return self.platform in CRAWLED_PLATFORMS

    @property
    def opened_on(self) -> date:
        """The day the account was opened; a Monday of summer 2019 where the data do not say."""
        weeks = crc32(self.uid.encode()) % 8
        opened: date = self.data.get("opened_on", _FIRST_OPENING + timedelta(weeks=weeks))
        return opened

    def name_at(self, now: datetime) -> str:
        """The name the platform shows at ``now``; a renamed account has its former one before."""
        changed: date | None = self.data.get("changed_on")
        before = changed is not None and now.astimezone(SHANGHAI).date() < changed
        return str(self.data["former_name"]) if before else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """The whole county; every method is a pure function of the data and the moment asked about."""

    data: Mapping[str, Any]
    texts: Mapping[str, Any]
    sites: Mapping[str, Any]
    candidates: Mapping[str, Any]
    truth: Mapping[str, Any]
    stories: Mapping[str, Any]
    units: tuple[CountyUnit, ...]
    accounts: tuple[CountyAccount, ...] = ()
    by_key: Mapping[str, CountyAccount] = field(default_factory=dict)

    @property
    def posts_from(self) -> date:
        """The first day of ordinary posts."""
        return self.data["posts_from"]  # type: ignore[no-any-return]

    @property
    def posts_until(self) -> date:
        """The last day of ordinary posts."""
        return self.data["posts_until"]  # type: ignore[no-any-return]

    @property
    def places(self) -> list[str]:
        """Townships that the posts speak of."""
        return self.data["places"]  # type: ignore[no-any-return]

    @property
    def nights(self) -> tuple[datetime, ...]:
        """The moments at which the county is crawled, aware, in order."""
        return tuple(local(night) for night in self.data["nights"])

    def account(self, ref: str) -> CountyAccount:
        """The account ``platform:uid``; any other key the platform knows (gh_id, user_id, wechat_id) will do."""
        return self.by_key[ref]

    def of_story(self, story: str) -> tuple[CountyAccount, ...]:
        """The accounts that live a story, in the register's order."""
        if story not in self.stories:
            raise KeyError(story)
        return tuple(account for account in self.accounts if account.key == story)

    def open_account(self, ref: str, now: datetime) -> CountyAccount | None:
        """The account if it exists on the platform at ``now``."""
        account = self.by_key.get(ref)
        if account is None or now.astimezone(SHANGHAI).date() < account.opened_on:
            return None
        return account

    def posts_at(self, account: CountyAccount, now: datetime) -> list[CountyPost]:
        """Posts anybody could open at ``now``, newest first, pinned ones in their place by time."""
        return [post for post in reversed(account.posts) if post.public(now)]

    def feed_clock(self, account: CountyAccount, now: datetime) -> datetime:
        """When the account's feed was last built, as it says itself."""
        built = now.astimezone(SHANGHAI) - FEED_LAG
        stands: datetime | None = account.story.get("feed_stands_at")
        return built if stands is None else min(built, local(stands))

    def trouble(self, account: CountyAccount, page: str, now: datetime) -> str | None:
        """What answers instead of the page (``list profile article feed``) in the night of ``now``, if any does."""
        night = now.astimezone(SHANGHAI).date()
        for fault in account.story.get("faults", ()):
            if fault["page"] in (page, "all") and night in fault.get("nights", [night]):
                return str(fault["answer"])
        return None

    def outage(self, host: str, now: datetime) -> str | None:
        """The failure of a whole host in the night of ``now`` (``dns refused reset timeout tls``), if any."""
        night = now.astimezone(SHANGHAI).date()
        rows = self.data["outage"]
        return next((row["error"] for row in rows if row["host"] == host and row["night"] == night), None)

    def listed_posts(self, account: CountyAccount, now: datetime) -> list[CountyPost]:
        """Posts that the account's list, feed or album shows at ``now``, newest first; none behind a wall."""
        page, host = _LISTS[account.platform]
        if account.platform == "wechat":
            page = "feed" if "feed" in account.data else "album"
            host = "feed.yunling.example" if "feed" in account.data else host
            if not {"feed", "album_id"} & account.data.keys():
                return []
        if self.open_account(account.ref, now) is None or self.outage(host, now) or self.trouble(account, page, now):
            return []
        shown = self.feed_clock(account, now) if page == "feed" else now
        return [post for post in self.posts_at(account, now) if post.at <= shown]

    def visible_posts(
        self, account: CountyAccount, nights: Iterable[datetime] | None = None, since: datetime | None = None
    ) -> frozenset[str]:
        """Ids of the posts that a crawl on these nights can have seen, each once.

        Args:
            account: One of ``accounts``.
            nights: Moments of crawling; all of the county's when not given.
            since: Leave out posts published before (a crawl need not page back to the beginning).

        Returns:
            Post ids as in the outside contract. A WeChat post counts once its own page could be opened.
        """
        if not account.crawled:
            return frozenset()
        seen: set[str] = set()
        for now in self.nights if nights is None else nights:
            if account.platform == "wechat" and self.trouble(account, "article", now):
                continue
            seen.update(p.post_id for p in self.listed_posts(account, now) if since is None or p.at >= since)
        return frozenset(seen)

    def honest_accounts(self) -> tuple[CountyAccount, ...]:
        """Accounts that must come out without any finding, their updates fully known."""
        return tuple(account for account in self.accounts if account.story.get("honest"))

    def reported_posts(self, account: CountyAccount) -> list[CountyPost]:
        """Posts of the inspected week that the unit itself reports, oldest first."""
        if not account.story.get("reported"):
            return []
        start = self.nights[-1].replace(hour=0, minute=0) - timedelta(days=7)
        return [post for post in account.posts if start <= post.at < start + timedelta(days=7)]


_LISTS = {
    "weibo": ("list", "m.weibo.cn"),
    "toutiao": ("list", "www.toutiao.com"),
    "wechat": ("album", "mp.weixin.qq.com"),
}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("demo") / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def load_county() -> County:
    """云岭县 from the data files beside this module.

    Raises:
        KeyError: An account names a unit or a story that does not exist.
    """
    data = _table("county")
    county = County(
        data={**data["county"], "outage": data["outage"]},
        texts=_table("texts"),
        sites=_table("sites"),
        candidates=_table("candidates"),
        truth=_table("truth"),
        stories=_table("stories"),
        units=tuple(CountyUnit(**row) for row in _table("units")["unit"]),
    )
    units = {unit.name: unit for unit in county.units}
    accounts = tuple(_account(county, units, row) for row in _table("accounts")["account"])
    keys = {f"{account.platform}:{key}": account for account in accounts for key in _keys(account)}
    return County(**{name: getattr(county, name) for name in _PARTS}, accounts=accounts, by_key=keys)


_PARTS = ("data", "texts", "sites", "candidates", "truth", "stories", "units")


def _account(county: County, units: Mapping[str, CountyUnit], row: Mapping[str, Any]) -> CountyAccount:
    unit, story, platform = units[row["unit"]], county.stories[row["story"]], row["platform"]
    posts = make_posts(platform, row["uid"], unit.short, story, county) if platform in CRAWLED_PLATFORMS else ()
    return CountyAccount(
        key=row["story"],
        platform=platform,
        uid=row["uid"],
        name=row["name"],
        unit=unit,
        data=row,
        story=story,
        posts=posts,
    )


def _keys(account: CountyAccount) -> list[str]:
    names = ("uid", "gh_id", "wechat_id", "user_id", "media_id")
    return [account.data[name] for name in names if name in account.data]
