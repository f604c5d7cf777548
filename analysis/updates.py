"""What counts as an update (更新), and from when to when an account is under judgement. Pure.

Every count leans to the account: an update that may lie in the window counts, so that a count too low is never
the work of a rounded time. Source: contract "What a finding may rest on".
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from analysis.periods import day_of, days_between, midnight
from records import CRAWLED_PLATFORMS, Account, AccountEvidence, Observation, Period, Post

POST, PUSH = "post", "push"
_APP = "app"

_STATUS_REASONS = {"暂停": "suspended", "注销": "closed", "关停": "closed"}
_CLOSING_DATES = ("closing_notice_on", "deregistered_on", "closing_filed_on")
_FEED_SLACK = timedelta(hours=12)
_PRECISION = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1)}


def is_crawled(account: Account) -> bool:
    """Whether this software observes the account's platform at all."""
    return account.platform in CRAWLED_PLATFORMS


def account_type(account: Account) -> str:
    """``weibo``, ``wechat_subscription``, ``wechat_service``, ``toutiao``, ``app``, or another platform's name.

    A WeChat account whose 账号类型 is not filed is held to be a 订阅号, as most are.
    """
    if account.platform != "wechat":
        return _APP if account.platform == "移动客户端" else account.platform
    return "wechat_service" if account.account_type == "服务号" else "wechat_subscription"


def main_medium(account: Account) -> str:
    """``video`` or ``text_picture``, the main medium of Zhejiang's article 14; not filed means ``text_picture``."""
    return "video" if account.medium == "视频" else "text_picture"


def published_in(post: Post, window: Period) -> bool:
    """Whether the post may have been published in the window, as exactly as its page tells."""
    if post.published_at is None:
        return False
    if post.proof == "feed":
        # A bridge tells when the draft reached it: a post set for the morning may look hours older than it is.
        return window.start - _FEED_SLACK < post.published_at < window.end
    if post.time_precision == "day":
        day = day_of(post.published_at)
        stretch = days_between(day, day)
        return stretch.start < window.end and stretch.end > window.start
    return post.published_at < window.end and post.published_at + _PRECISION[post.time_precision] > window.start


def n_updates(evidence: AccountEvidence, window: Period, unit: str = POST) -> int:
    """How many updates are known in the window.

    Args:
        evidence: The account; a post counts however it was seen, pinned or not, deleted since or not.
        window: The stretch to count in.
        unit: ``post`` counts every post; ``push`` counts WeChat posts of one push (群发) once.

    Returns:
        At least this many; a person's own count stands in for the posts of the period it names.
    """
    posts = [post for post in evidence.posts if published_in(post, window)]
    counts = [_distinct(posts, unit)]
    for look in evidence.observations:
        if look.newest_on is not None and _day_touches(look.newest_on, window):
            counts.append(1)
        if look.n_updates is not None and look.period is not None and _within(look.period, window):
            counts.append(_with_persons_count(look, look.period, posts, unit))
    return max(counts)


def _with_persons_count(look: Observation, period: Period, posts: list[Post], unit: str) -> int:
    inside = [post for post in posts if published_in(post, period)]
    outside = [post for post in posts if not published_in(post, period)]
    return max(look.n_updates or 0, _distinct(inside, unit)) + _distinct(outside, unit)


def _distinct(posts: list[Post], unit: str) -> int:
    return len({_push_of(post) if unit == PUSH else post.post_id for post in posts})


def _push_of(post: Post) -> str:
    keys = (post.post_id, *post.addresses) if post.platform == "wechat" else ()
    return next((key.rpartition(":")[0] for key in keys if key.count(":") == 2), post.post_id)


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _day_touches(day: date, window: Period) -> bool:
    stretch = days_between(day, day)
    return stretch.start < window.end and stretch.end > window.start


def newest_update(evidence: AccountEvidence, before: datetime) -> date | None:
    """The Shanghai date of the newest update known before a moment; ``None`` if none is known."""
    posted = (post.published_at for post in evidence.posts)
    days = [day_of(moment) for moment in posted if moment is not None and moment < before]
    days += [look.newest_on for look in evidence.observations if look.newest_on and midnight(look.newest_on) < before]
    return max(days, default=None)


def opened_at(evidence: AccountEvidence) -> datetime | None:
    """When the account was open at the latest: the register's 创建日期, else the first post seen, else the filing.

    A day counts from its end. ``None`` where nothing tells.
    """
    dates = evidence.account.dates
    if "opened_on" in dates:
        return _end_of(dates["opened_on"])
    first = [post.published_at for post in evidence.posts if post.published_at is not None]
    first += [_end_of(look.newest_on) for look in evidence.observations if look.newest_on is not None]
    if evidence.first_post_at is not None:
        first.append(evidence.first_post_at)
    filed = [_end_of(dates["filed_on"])] if "filed_on" in dates else []
    return min(first or filed, default=None)


def _end_of(day: date) -> datetime:
    return midnight(day + timedelta(days=1))


def why_not_judged(evidence: AccountEvidence, window: Period) -> str | None:
    """The reason code why the account does not answer for the whole window; ``None`` if it does or nothing tells.

    Codes: ``not_crawled_platform suspended closed closing opened_mid_period``.
    """
    account = evidence.account
    if not is_crawled(account):
        return "not_crawled_platform"
    if account.status in _STATUS_REASONS:
        return _STATUS_REASONS[account.status]
    if any(midnight(account.dates[name]) < window.end for name in _CLOSING_DATES if name in account.dates):
        return "closing"
    opened = opened_at(evidence)
    return "opened_mid_period" if opened is not None and opened > window.start else None


def was_open(evidence: AccountEvidence, window: Period) -> bool:
    """Whether it is established that the account was open from the window's start.

    An account that nothing dates counts as open from our own first look at it, not before.
    """
    looks = [row.checked_at for row in evidence.coverage if row.status != "none"]
    opened = opened_at(evidence) or min(looks, default=None)
    return opened is not None and opened <= window.start
