"""Toutiao (今日头条): profiles opened in a browser, articles, micro posts, videos, the home feed, saved searches.

The site answers a plain client with a script challenge, so profiles and posts are opened in an ordinary
browser; the list is what the page itself received. Nothing is signed, forged or logged in. Keyword search
is closed to robots: saved result pages are read instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.page import Fetch, Target
from crawler.spiders.toutiao.address import PLATFORM, account_key, is_token, list_call, post_of, post_url, profile_url
from crawler.spiders.toutiao.article import parse_article
from crawler.spiders.toutiao.home import parse_home
from crawler.spiders.toutiao.info import parse_info
from crawler.spiders.toutiao.legacy import parse_legacy
from crawler.spiders.toutiao.micro_post import parse_micro_post
from crawler.spiders.toutiao.profile import parse_feed_json, parse_profile
from crawler.spiders.toutiao.recognition import recognise
from crawler.spiders.toutiao.search import parse_search_users, search_fetches, user_search_url
from crawler.spiders.toutiao.video import parse_video

__all__ = [
    "LIST_KINDS",
    "PLATFORM",
    "account_key",
    "first_fetches",
    "is_own",
    "is_token",
    "list_call",
    "parse_article",
    "parse_feed_json",
    "parse_home",
    "parse_info",
    "parse_legacy",
    "parse_micro_post",
    "parse_profile",
    "parse_search_users",
    "parse_video",
    "post_url",
    "profile_url",
    "recognise",
    "search_fetches",
    "second_look",
    "user_search_url",
]

# The kinds of page that list an account's own posts and so can show that there were none.
LIST_KINDS = frozenset({"profile", "feed_json"})


def first_fetches(target: Target) -> Iterator[Fetch]:
    """What to ask for an account at the start of a night: its profile once, then single posts asked for.

    The profile is asked for by token where one is known, else by numeric user id, and unrolled back to
    ``target.since``. Nothing is yielded for an account whose register entry has neither.
    """
    account = target.account
    filed = (account.aliases.get("token"), account.uid, account_key(account.url or ""), account.aliases.get("user_id"))
    keys = [key for key in filed if key]
    address = next((url for key in sorted(keys, key=is_token, reverse=True) if (url := profile_url(key))), None)
    if address is not None:
        yield Fetch(url=address, kind="profile", render=True, until=target.since)
    for url in target.links:
        if found := post_url(url):
            yield Fetch(url=found[1], kind=found[0], about=_key(url), render=True)
    for url in target.recheck:
        if found := post_url(url):
            yield Fetch(url=found[1], kind=found[0], about=f"recheck:{_key(url)}", render=True)


def _key(url: str) -> str:
    found = post_of(url)
    return found[1] if found else url


def is_own(target: Target, address: str) -> bool:
    """Whether an address is proved to be the account's: it carries its token or user id."""
    call, account = list_call(address), target.account
    key = call.token if call is not None else account_key(address)
    return key is not None and key in (account.uid, account.aliases.get("token"), account.aliases.get("user_id"))


def second_look(target: Target) -> Iterator[Fetch]:
    """Nothing: this platform has no second public page that states how many posts an account has."""
    yield from ()
