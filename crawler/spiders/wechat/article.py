"""One post's page (推文) on mp.weixin.qq.com: public since the beginning, without login; layouts of 2017-2026.

It proves the post: account, time, text, links, source. It lacks the account's certified name (认证主体)
and any reading figures, and is the only public page of an account that answers at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from crawler.page import Drift, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.wechat import classic, modern
from crawler.spiders.wechat.address import (
    address_key,
    clean_address,
    is_biz,
    is_place,
    long_key,
    long_url,
    serial,
    short_id,
)
from crawler.spiders.wechat.address import short_url as short_address
from crawler.spiders.wechat.body import link_to
from crawler.spiders.wechat.facts import ArticlePage, Facts
from crawler.spiders.wechat.literals import plain_address
from crawler.spiders.wechat.tables import post_kind
from records import Link, Post, Profile

PLATFORM = "wechat"
READ_MORE = "阅读原文"
_KIND = "article"
_FIRST_POST = 1344614400  # 2012-08-11: the platform opened in August 2012
_LAST_POST = 4102444800  # 2100-01-01
_ORIGINAL, _AUTHORISED_REPOST = "1", "2"
_VERIFIED = {"2": True, "0": False}
_SERVICE = {"1": "订阅号", "2": "服务号"}


def parse_article(page: Page) -> Iterator[Parsed]:
    """The post, then its account's profile; for a page of a migrated account its words and the new address.

    Raises:
        ParseError: It is no page of a post, or the account or time is not there in a known form.

    Source: recorded pages of 2017-2025; ``service_type`` 2 and the migrated page are known by their words only.
    """
    opened = ArticlePage(page)
    if not opened.selector.xpath('//*[@id="js_article"]'):
        yield from _moved(opened)
        return
    facts = classic.read(opened) if opened.data is None else modern.read(opened, opened.data)
    biz = _agreed("biz", facts.biz)
    if biz is None or not is_biz(biz):
        raise ParseError(_KIND, "biz", facts.biz)
    yield from _post(page, facts, biz)
    yield _profile(page, facts, biz)
    yield from (Drift("cgiDataNew", name) for name in facts.added)


def _moved(opened: ArticlePage) -> Iterator[Parsed]:
    """A page of an account that moved (账号迁移): its words and where the post is now."""
    target = opened.scripts.first("transferTargetLink")
    words = opened.words(".weui-msg__text-area") or opened.words(".weui-msg__title")
    if target is None or words is None:
        raise ParseError(_KIND, "js_article")
    yield Notice("gone", words, "account")
    address = clean_address(target)
    if address is not None:
        yield Fetch(url=address, kind=_KIND, about=address_key(address) or "")


def _post(page: Page, facts: Facts, biz: str) -> Iterator[Parsed]:
    place, short = _place(page, facts, biz), _short(page, facts)
    if place is None and short is None:
        yield ParseError(_KIND, "mid", facts.mid)
        return
    kind = post_kind(facts.show_type)
    if kind is None:
        yield Drift("item_show_type", facts.show_type)
    key = f"{biz}:{place[0]}:{place[1]}" if place else None
    yield Post(
        platform=PLATFORM,
        account=f"{PLATFORM}:{biz}",
        post_id=key or f"s/{short}",
        url=_address(page, facts, short, key),
        published_at=_moment(facts),
        title=facts.title,
        text=facts.text,
        kind=kind or "other",
        is_repost=_is_repost(facts, biz),
        declared_original=None if facts.copyright_stat is None else facts.copyright_stat == _ORIGINAL,
        source_name=facts.source_name if _is_repost(facts, biz) else None,
        links=_links(facts),
        media=facts.media,
        addresses=tuple(name for name in (f"s/{short}" if short else None, key) if name),
    )


def _address(page: Page, facts: Facts, short: str | None, key: str | None) -> str:
    """The short address if known, else the long one, with ``sn`` from wherever the page tells it."""
    if short is not None:
        return short_address(short)
    told = (url for url in (*facts.own_links, page.final_url, page.url) if long_key(url) == key)
    biz, mid, idx = (key or "").split(":")
    return long_url(biz, mid, idx, facts.sn or next((sn for url in told if (sn := serial(url))), None))


def _agreed(field: str, values: tuple[str, ...]) -> str | None:
    """The one value that the page gives; two that differ are a layout not known."""
    if len(values) > 1:
        raise ParseError(_KIND, field, values)
    return values[0] if values else None


def _place(page: Page, facts: Facts, biz: str) -> tuple[str, str] | None:
    """Push and place; pages of 2018-19 leave them empty and tell them in their own address only."""
    mid, idx = _agreed("mid", facts.mid), _agreed("idx", facts.idx)
    if mid is not None and idx is not None:
        if not is_place(mid, idx):
            raise ParseError(_KIND, "mid", (mid, idx))
        return mid, idx
    for address in (*facts.own_links, page.final_url, page.url):
        key = (long_key(address) or "").split(":")
        if len(key) == 3 and key[0] == biz and key[1] == (mid or key[1]) and key[2] == (idx or key[2]):
            return key[1], key[2]
    return None


def _short(page: Page, facts: Facts) -> str | None:
    return next((found for url in (*facts.own_links, page.final_url, page.url) if (found := short_id(url))), None)


def _moment(facts: Facts) -> datetime:
    ct = _agreed("ct", facts.ct)
    if ct is None or not ct.isdecimal() or not _FIRST_POST <= int(ct) < _LAST_POST:
        raise ParseError(_KIND, "ct", facts.ct)
    return datetime.fromtimestamp(int(ct), UTC)


def _is_repost(facts: Facts, biz: str) -> bool:
    elsewhere = facts.source_biz is not None and facts.source_biz != biz
    return facts.copyright_stat == _AUTHORISED_REPOST or elsewhere or facts.shell_url is not None


def _links(facts: Facts) -> tuple[Link, ...]:
    shell = (link_to(plain_address(facts.shell_url), None),) if facts.shell_url else ()
    more = (link_to(plain_address(facts.read_more), READ_MORE),) if facts.read_more else ()
    return (*facts.links, *shell, *more)


def _profile(page: Page, facts: Facts, biz: str) -> Profile | ParseError:
    if facts.nickname is None:
        return ParseError(_KIND, "nickname")
    aliases = {"biz": biz, "gh_id": facts.gh_id, "wechat_id": facts.wechat_id}
    return Profile(
        platform=PLATFORM,
        account=f"{PLATFORM}:{biz}",
        uid=biz,
        name=facts.nickname,
        observed_at=_served_at(page, facts),
        aliases={name: value for name, value in aliases.items() if value},
        bio=facts.bio,
        verified=_VERIFIED.get(facts.verify_status or ""),
        verified_kind=_SERVICE.get(facts.service_type or ""),
        avatar_url=facts.avatar,
    )


def _served_at(page: Page, facts: Facts) -> datetime:
    """The server's own clock, so that an old copy from a cache is not taken for today's page."""
    if facts.svr_time is None or not facts.svr_time.isdecimal() or int(facts.svr_time) < _FIRST_POST:
        return page.fetched_at
    return min(page.fetched_at, datetime.fromtimestamp(min(int(facts.svr_time), _LAST_POST), UTC))
