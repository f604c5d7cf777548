"""Weibo (微博): public pages of m.weibo.cn, weibo.com/ajax, weibo.cn and s.weibo.com.

One file a page family. The list of m.weibo.cn is what a night asks for; the other pages are read where the
list leads to them or where a person saved them. No page tells when an account was opened, and guests are not
shown every post.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.page import Fetch, Target
from crawler.spiders.weibo.address import (
    PLATFORM,
    bid_of,
    domain_url,
    mid_of,
    mobile_search_url,
    post_id_in,
    post_id_of,
    post_url,
    profile_url,
    status_url,
    timeline_url,
    uid_of,
    user_search_url,
)
from crawler.spiders.weibo.desktop import parse_ajax_long_text, parse_ajax_post, parse_ajax_timeline
from crawler.spiders.weibo.kinds import recognise
from crawler.spiders.weibo.old import parse_old_info, parse_old_pictures, parse_old_profile
from crawler.spiders.weibo.profile import parse_ajax_profile, parse_profile
from crawler.spiders.weibo.search import parse_mobile_search, parse_search_users, search_fetches
from crawler.spiders.weibo.timeline import parse_long_text, parse_status_page, parse_timeline

__all__ = [
    "LIST_KINDS",
    "PLATFORM",
    "bid_of",
    "first_fetches",
    "is_own",
    "mid_of",
    "mobile_search_url",
    "parse_ajax_long_text",
    "parse_ajax_post",
    "parse_ajax_profile",
    "parse_ajax_timeline",
    "parse_long_text",
    "parse_mobile_search",
    "parse_old_info",
    "parse_old_pictures",
    "parse_old_profile",
    "parse_profile",
    "parse_search_users",
    "parse_status_page",
    "parse_timeline",
    "post_id_of",
    "post_url",
    "profile_url",
    "recognise",
    "search_fetches",
    "second_look",
    "timeline_url",
    "uid_of",
    "user_search_url",
]

# The kinds of page that list an account's own posts and so can show that there were none.
LIST_KINDS = frozenset({"timeline", "ajax_timeline"})


def first_fetches(target: Target) -> Iterator[Fetch]:
    """What to ask for an account at the start of a night: its list, once, and the posts to prove or see again.

    An account whose uid is not known yet (the register gave its domain) is asked for by that domain, which
    answers with the profile and the uid; an account known by its name alone cannot be asked for.
    """
    account = target.account
    uid = next((key for key in (account.uid, account.aliases.get("uid", "")) if key.isdecimal()), None)
    uid = uid or (uid_of(account.url) if account.url else None)
    domain = account.aliases.get("domain")
    if uid is not None:
        yield Fetch(url=timeline_url(uid), kind="timeline")
    elif domain is not None:
        yield Fetch(url=domain_url(domain), kind="ajax_profile")
    for address in (*target.links, *target.recheck):
        mid = post_id_in(address) or post_id_of(address)
        if mid is not None:
            yield Fetch(url=status_url(mid), kind="status_page")


def is_own(target: Target, address: str) -> bool:
    """Whether an address is proved to be the account's: it carries its uid."""
    uid = uid_of(address)
    return uid is not None and uid in (target.account.uid, target.account.aliases.get("uid"))


def second_look(target: Target) -> Iterator[Fetch]:
    """The profile page, which states the number of posts: asked when the list says that it is empty."""
    uid = next((key for key in (target.account.uid, target.account.aliases.get("uid", "")) if key.isdecimal()), None)
    if uid is not None:
        yield Fetch(url=profile_url(uid), kind="profile")
