"""Made-up readings of lists and feeds, and the coverage that they lead to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from crawler.page import Extent, ParseError, Target
from crawler.progress import Progress
from crawler.reading import Reading
from records import Account, Coverage, Post, Profile

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
SINCE = NOW - timedelta(days=15)
WEIBO = Account(platform="weibo", uid="7601000001", name="云岭发布", unit="云岭县人民政府办公室")
BARE_WECHAT = Account(platform="wechat", uid="gh_00000000000a", name="云岭发布", unit=WEIBO.unit)
WECHAT = replace(BARE_WECHAT, feed_url="https://feed.yunling.example/a.xml", feed_complete=True)
HOURS = st.integers(0, 24 * 40).map(float)
UNREADABLE = ("blocked", "login", "gone", "unparsed")


def post(hours: float, *, pinned: bool = False, precision: str = "second") -> Post:
    """A post published so many hours before the crawl."""
    number = str(int(hours * 3600))
    url = f"https://m.weibo.cn/status/{number}"
    moment = NOW - timedelta(hours=hours)
    return Post(
        platform="weibo",
        account=WEIBO.ref,
        post_id=number,
        url=url,
        published_at=moment,
        pinned=pinned,
        time_precision=precision,
    )


def profile(total: int) -> Profile:
    """What the profile page said, stating so many posts in all."""
    return Profile(
        platform="weibo", account=WEIBO.ref, uid=WEIBO.uid, name=WEIBO.name, observed_at=NOW, posts_total=total
    )


def listed(*posts: Post, more: bool | None = True, status: str = "ok", errors: int = 0) -> Reading:
    """What one page of a platform's list gave."""
    faults = tuple(ParseError("timeline", "created_at") for _ in range(errors))
    return Reading(
        platform="weibo", kind="timeline", status=status, records=posts, extent=Extent(more=more), errors=faults
    )


def feed(*posts: Post, clock: datetime | None, status: str = "ok") -> Reading:
    """What a feed gave."""
    extent = Extent(source="feed", clock=clock)
    return Reading(platform="wechat", kind="feed", status=status, records=posts, extent=extent)


def progress_of(account: Account = WEIBO, feed_clock: datetime | None = None) -> Progress:
    """An account of which nothing was seen yet; its feed was last read at ``feed_clock``."""
    return Progress(Target(account=account, since=SINCE, feed_clock=feed_clock), NOW)


def seen(*pages: Reading, account: Account = WEIBO, feed_clock: datetime | None = None) -> Coverage:
    """The coverage after these list pages, each fetched a minute after the one before."""
    progress = progress_of(account, feed_clock)
    for number, page in enumerate(pages):
        progress.take(page, NOW + timedelta(minutes=number), is_list=True)
    return progress.coverage()


def verdict(coverage: Coverage) -> tuple[str, str | None]:
    """What a coverage says, and why not more."""
    return coverage.status, coverage.reason
