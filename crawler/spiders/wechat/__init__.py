"""WeChat official accounts (微信公众号): posts, albums, feeds of the office's own bridge, Sogou's search, the API.

There is no public list of an account's posts. What was published is told by the unit, by its feed and by
its albums; each post is then fetched and proves itself: account, time, state, links, source. So these
pages never show that an account was silent; the platform's API does, for a unit that consents.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.page import Fetch, Target
from crawler.spiders.wechat.address import address_key, album_key, album_url, clean_address, is_biz
from crawler.spiders.wechat.album import parse_album
from crawler.spiders.wechat.api import api_fetches, parse_api_articles, told_key
from crawler.spiders.wechat.article import PLATFORM, parse_article
from crawler.spiders.wechat.feed import parse_feed
from crawler.spiders.wechat.history import parse_history
from crawler.spiders.wechat.recognise import recognise
from crawler.spiders.wechat.search import parse_sogou_accounts, parse_sogou_articles, search_fetches, search_url

__all__ = [
    "LIST_KINDS",
    "PLATFORM",
    "address_key",
    "album_key",
    "album_url",
    "clean_address",
    "first_fetches",
    "is_biz",
    "is_own",
    "parse_album",
    "parse_api_articles",
    "parse_article",
    "parse_feed",
    "parse_history",
    "parse_sogou_accounts",
    "parse_sogou_articles",
    "recognise",
    "search_fetches",
    "search_url",
    "second_look",
    "told_key",
]

# The kinds of page that list an account's own posts and so can show that there were none.
LIST_KINDS = frozenset({"feed", "api_articles"})


def first_fetches(target: Target) -> Iterator[Fetch]:
    """What to ask for an account tonight: the API if it consents, its feed, its albums, posts to prove, one to recheck.

    Posts already held are not asked for, but for ``recheck``; temporary addresses are nobody's and never asked.
    An account without consent, feed, album or link gives nothing: the platform has no list to ask for.
    """
    account = target.account
    yield from api_fetches(target)
    if account.feed_url:
        yield Fetch(url=account.feed_url, kind="feed")
    albums = dict.fromkeys(album for url in account.article_links if (album := album_key(url)))
    yield from (Fetch(url=album_url(*album), kind="album") for album in albums)
    rechecks = _addresses(target.recheck)
    yield from (Fetch(url=url, kind="article") for url in rechecks.values())
    for key, url in _addresses((*target.links, *account.article_links)).items():
        if key not in target.held and key not in rechecks:
            yield Fetch(url=url, kind="article", about=key)


def _addresses(urls: tuple[str, ...]) -> dict[str, str]:
    """Key and clean address of every post's address, each post once."""
    pairs = ((address_key(url), clean_address(url)) for url in urls)
    return {key: url for key, url in pairs if key and url}


def is_own(target: Target, address: str) -> bool:
    """Whether an address is proved to be the account's: it carries its ``__biz``, or a post of it was seen there.

    A short address names nobody: it counts where the post behind it was read before and was the account's.
    """
    account, key, album = target.account, address_key(address), album_key(address)
    biz = album[0] if album else key.partition(":")[0] if key and ":" in key else None
    if biz is not None:
        return biz in (account.aliases.get("biz"), account.uid)
    return key is not None and (key in target.held or any(address_key(url) == key for url in target.recheck))


def second_look(target: Target) -> Iterator[Fetch]:
    """Nothing: this platform has no second public page that states how many posts an account has."""
    yield from ()
