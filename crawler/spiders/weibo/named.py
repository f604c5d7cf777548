"""Which accounts a page names together with their uid (页面写明编号的账号): authors of reposted posts, account links.

A mention (``<a href='/n/云岭发布'>@云岭发布</a>``, also on weibo.com and weibo.cn) is a name and no more: Weibo makes a
link of every @. The uid stands beside the name only in a user object (``user``, ``retweeted_status.user``), in a link
to the account (``/u/7600000000``), or in what ``url_struct`` says a short address leads to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from crawler.account_links import account_links, account_of, clean_name
from crawler.page import Page, ParseError
from crawler.spiders.weibo.address import PLATFORM
from crawler.spiders.weibo.answers import parse_answer
from crawler.spiders.weibo.kinds import recognise
from crawler.spiders.weibo.text import read_html
from crawler.spiders.weibo.timeline import status_data

_BASE = "https://m.weibo.cn/"
_MAX_VALUES = 200_000  # of one answer that are looked at


def named_accounts(page: Page) -> dict[str, str]:
    """The uid by name of every account that the page itself says both of; a name with two uids is left out.

    A page that no parser knows tells nothing.
    """
    found: dict[str, set[str]] = defaultdict(set)
    try:
        for name, uid in _told(page):
            found[name].add(uid)
    except ParseError:
        return {}
    return {name: next(iter(uids)) for name, uids in found.items() if name and len(uids) == 1}


def _told(page: Page) -> Iterator[tuple[str, str]]:
    kind = page.kind or recognise(page) or ""
    if kind.startswith(("old_", "search_")):
        yield from ((one.name, one.uid) for one in account_links(page) if _is_uid(one.platform, one.uid))
    elif kind:
        data = status_data(page) if kind == "status_page" else parse_answer(kind, page.body)
        for value in islice(_values(data.data), _MAX_VALUES):
            yield from _of_text(value) if isinstance(value, str) else _of_object(value)


def _values(data: dict[str, Any]) -> Iterator[dict[str, Any] | str]:
    """Every object and text within an answer, however deep."""
    left: list[Any] = [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value.values())
            yield value
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, str) and "<a" in value:
            yield value


def _of_object(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name, uid = value.get("screen_name"), value.get("id")
    if isinstance(name, str) and isinstance(uid, int | str) and not isinstance(uid, bool) and str(uid).isdecimal():
        yield clean_name(name), str(uid)
    title, target = value.get("url_title"), value.get("long_url")
    if isinstance(title, str) and isinstance(target, str):
        yield from _of_link(target, title)


def _of_text(html: str) -> Iterator[tuple[str, str]]:
    for anchor in read_html(html).anchors:
        yield from _of_link(anchor.href, anchor.text)


def _of_link(address: str, words: str) -> Iterator[tuple[str, str]]:
    try:
        key = account_of(urljoin(_BASE, address.strip()))
    except ValueError:
        return
    if key is not None and _is_uid(key.platform, key.uid):
        yield clean_name(words), key.uid


def _is_uid(platform: str, uid: str) -> bool:
    return platform == PLATFORM and uid.isdecimal()
