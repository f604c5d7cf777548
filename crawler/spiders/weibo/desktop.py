"""weibo.com/ajax: an account's list of posts, one post, and the whole text of a cut post.

Recorded 2022-2023. Ids are numbers here and texts on m.weibo.cn. ``url_struct`` tells what t.cn addresses
lead to, but in a repost it is the original's. Without a visitor's cookie all of these answer with a redirect
to passport.weibo.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from crawler.page import Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.weibo.address import PLATFORM, mymblog_url, post_id_of, profile_url, uid_of
from crawler.spiders.weibo.answers import parse_answer, refusal
from crawler.spiders.weibo.posts import parse_post
from crawler.spiders.weibo.text import Anchor, Words, tidy
from crawler.spiders.weibo.timeline import completion
from crawler.strict import Fields
from records import Post

_SHORT = re.compile(r"https?://t\.cn/[0-9A-Za-z]+")


def parse_ajax_timeline(page: Page) -> Iterator[Parsed]:
    """The posts of one page of ``ajax/statuses/mymblog``, what the list says of itself, and the next fetches.

    Where the account shows only its last months (``bottom_tips_visible``) more exists than can be fetched:
    the extent says so and no further page is asked.

    Raises:
        ParseError: The list is in an unknown form, or shows no post without saying that there is none.
    """
    answer = parse_answer("ajax_timeline", page.body)
    if notice := refusal(answer):
        yield notice
        return
    data = answer.child("data")
    items = list(data.children("list"))
    parsed = [one for item in items for one in _item(item, page)]
    yield from parsed
    posts = [one for one in parsed if isinstance(one, Post)]
    total = data.count("total")
    hidden = bool(data.flag("bottom_tips_visible"))
    number = _page_number(page)
    cursor = data.words("since_id")
    yield Extent(total=total, more=_more(number, hidden, cursor, total, len(items)))
    uid = _uid(page, posts)
    if uid is not None:
        if items and not hidden and number is not None:
            yield Fetch(url=mymblog_url(uid, number + 1, cursor or ""), kind="ajax_timeline", paging=True)
        yield Fetch(url=profile_url(uid), kind="profile", about=f"profile:{_name(items, uid)}")
    if total == 0 and not items:
        yield Notice("empty", "列表写明共 0 条微博")
    elif not posts:
        raise ParseError("ajax_timeline", "data.list", "没有一条微博，也没有写明为空")


def _item(item: Fields, page: Page) -> Iterator[Parsed]:
    try:
        yield from parse_post(item, page.fetched_at)
    except ParseError as error:
        yield error


def _more(number: int | None, hidden: bool, cursor: str | None, total: int | None, n_items: int) -> bool | None:
    if hidden or cursor:
        return True
    if number != 1 or total is None:
        return None
    return total > n_items


def _page_number(page: Page) -> int | None:
    """The page asked for; ``None`` for a saved page without an address."""
    if not page.url:
        return None
    asked = parse_qs(urlsplit(page.url).query).get("page", ["1"])[0]
    return int(asked) if asked.isdecimal() and len(asked) < 6 else None


def _uid(page: Page, posts: list[Post]) -> str | None:
    """The account of the list: of the address, else the one author of all its posts."""
    asked = uid_of(page.url) if page.url else None
    authors = {post.account for post in posts}
    if asked is None and len(authors) == 1:
        return (authors.pop() or "").removeprefix(f"{PLATFORM}:") or None
    return asked


def _name(items: list[Fields], uid: str) -> str:
    for item in items:
        user = item.perhaps("user")
        if user is not None and str(user.data.get("id")) == uid:
            return user.words("screen_name") or ""
    return ""


def parse_ajax_post(page: Page) -> Iterator[Parsed]:
    """The post of ``ajax/statuses/show``, or one element copied out of a list.

    Raises:
        ParseError: No post in a known form.
    """
    answer = parse_answer("ajax_post", page.body)
    if "ok" in answer and (notice := refusal(answer)):
        yield notice
        return
    yield from parse_post(answer, page.fetched_at)


def parse_ajax_long_text(page: Page) -> Iterator[Parsed]:
    """The whole text of ``ajax/statuses/longtext``, plain with t.cn addresses: a Post without account and time.

    Raises:
        ParseError: No text, or no address that tells whose it is.
    """
    answer = parse_answer("ajax_long_text", page.body)
    if notice := refusal(answer):
        yield notice
        return
    data = answer.child("data")
    text = tidy(data.text("longTextContent"))
    mid = post_id_of(page.url) if page.url else None
    if mid is None:
        raise ParseError("ajax_long_text", "id", "页面和地址都没有写明是哪一条微博")
    anchors = tuple(Anchor(address, "", "") for address in _SHORT.findall(text or ""))
    yield completion(data, Words(text, anchors, False), mid)
