"""m.weibo.cn: an account's list of posts, the whole text of a cut post, and a post's own page.

Since 2021 ``created_at`` is ``Thu Jun 17 11:00:31 +0800 2021``; before, 刚刚 or 3分钟前. A list gives about ten
posts, pinned ones first, and names the next page by ``since_id`` or by ``page``. ``total`` counts posts that a
guest is not shown. Guests miss single posts, so a post not seen is not a post not published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from crawler.page import Drift, Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.weibo.address import (
    PLATFORM,
    post_id_of,
    profile_url,
    status_url,
    timeline_url,
    uid_in_container,
    uid_of,
)
from crawler.spiders.weibo.answers import parse_answer, refusal
from crawler.spiders.weibo.posts import counters, parse_post
from crawler.spiders.weibo.text import Words, outward_links, read_html
from crawler.strict import Fields
from records import Post

_POST_CARD, _GROUP_CARD = 9, 11
_LOTTERY = re.compile(r"https?://lottery\.media\.weibo\.com/\S{0,300}[?&]mid=([0-9]{10,19})(?![0-9])")
_RENDER_DATA = re.compile(r"\$render_data\s*=\s*\[")


def parse_timeline(page: Page) -> Iterator[Parsed]:
    """The posts of one list page, then what the list says of itself and the fetches that follow from it.

    A list that states a total of 0 and shows nothing is ``empty``. A bad post is yielded as a ParseError and
    loses no other.

    Raises:
        ParseError: The list is in an unknown form, or shows no post without saying that there is none.
    """
    answer = parse_answer("timeline", page.body)
    if notice := refusal(answer):
        yield notice
        return
    data = answer.child("data")
    info = data.child("cardlistInfo")
    parsed = [one for card in data.children("cards") for one in _card(card, page)]
    yield from parsed
    posts = [one for one in parsed if isinstance(one, Post)]
    cursor = _cursor(info)
    total = info.count("total")
    yield Extent(total=total, more=_more(page, cursor, total, _n_own(posts, info)))
    yield from _further(page, info, cursor, _name(data, posts))
    if total == 0 and not parsed:
        yield Notice("empty", "列表写明共 0 条微博")
    elif not posts and not cursor:
        raise ParseError("timeline", "data.cards", "没有一条微博，也没有写明为空")


def _card(card: Fields, page: Page) -> Iterator[Parsed]:
    try:
        kind = card.integer("card_type")
        if kind == _GROUP_CARD:
            for inner in card.children("card_group"):
                yield from _card(inner, page)
        elif kind == _POST_CARD:
            pinned = (card.words("profile_type_id") or "").startswith("proweibotop")
            yield from parse_post(card.child("mblog"), page.fetched_at, pinned=pinned)
        else:
            yield Drift("timeline", f"card_type {kind}")
    except ParseError as error:
        yield error


def _cursor(info: Fields) -> dict[str, str]:
    for key in ("since_id", "page"):
        if info.data.get(key):
            return {key: info.identifier(key)}
    return {}


def _n_own(posts: list[Post], info: Fields) -> int:
    """Distinct posts of the account itself: a list may also show what it liked, and a pinned post twice."""
    own = f"{PLATFORM}:{uid_in_container(info.identifier('containerid'))}"
    return len({post.post_id for post in posts if post.account == own})


def _more(page: Page, cursor: dict[str, str], total: int | None, n_posts: int) -> bool | None:
    """Guests may be cut off after any page, so only a list that shows as many posts as it states is at its end."""
    if cursor:
        return True
    is_first = "since_id=" not in page.url and "page=" not in page.url
    return False if is_first and total is not None and n_posts >= total else None


def _further(page: Page, info: Fields, cursor: dict[str, str], name: str) -> Iterator[Fetch]:
    container = info.identifier("containerid")
    uid = uid_in_container(container) or uid_of(page.url)
    if uid is None:
        raise info.error("containerid")
    if cursor:
        yield Fetch(url=timeline_url(uid, container, **cursor), kind="timeline", paging=True)
    yield Fetch(url=profile_url(uid), kind="profile", about=f"profile:{name}")


def _name(data: Fields, posts: list[Post]) -> str:
    """The name shown beside the account's own posts; a list may also show posts of others that it liked."""
    info = data.child("cardlistInfo")
    uid = uid_in_container(info.identifier("containerid"))
    if not any(post.account == f"{PLATFORM}:{uid}" for post in posts):
        return ""
    for card in data.children("cards"):
        for item in [card, *(card.children("card_group") if card.data.get("card_group") else ())]:
            user = item.child("mblog").perhaps("user") if item.perhaps("mblog") else None
            if user is not None and str(user.data.get("id")) == uid:
                return user.words("screen_name") or ""
    return ""


def parse_long_text(page: Page) -> Iterator[Parsed]:
    """The whole text of a post known from a list: a Post without account and time.

    The answer does not name its post. The id is that of the address asked; without an address, that of the
    platform's own lottery link in the text, which carries it; else the page cannot be placed.

    Raises:
        ParseError: No text, or no way to tell whose it is.
    """
    answer = parse_answer("long_text", page.body)
    if notice := refusal(answer):
        yield notice
        return
    data = answer.child("data")
    words = read_html(data.text("longTextContent"))
    yield completion(data, words, long_text_id(page, data.text("longTextContent")))


def completion(data: Fields, words: Words, mid: str) -> Post:
    """A Post that completes the text of one known from elsewhere."""
    if words.text is None:
        raise data.error("longTextContent")
    return Post(
        platform=PLATFORM,
        account=None,
        post_id=mid,
        url=status_url(mid),
        published_at=None,
        text=words.text,
        text_complete=not words.cut,
        links=outward_links(words.anchors, {}),
        counters=counters(data),
    )


def long_text_id(page: Page, text: str) -> str:
    """The mid of the post that a whole text belongs to."""
    mid = post_id_of(page.url) if page.url else None
    named = set() if page.url else set(_LOTTERY.findall(text))
    if mid is None and len(named) == 1:
        mid = named.pop()
    if mid is None:
        raise ParseError(page.kind or "long_text", "id", "页面和地址都没有写明是哪一条微博")
    return mid


def parse_status_page(page: Page) -> Iterator[Parsed]:
    """The post of a page m.weibo.cn/detail/<mid> or /status/<bid>, whose text is whole.

    Raises:
        ParseError: The page carries no ``$render_data``, or no post in it.
    """
    yield from parse_post(status_data(page).child("status"), page.fetched_at, whole=True)


def status_data(page: Page) -> Fields:
    """The data that a post's page carries in ``$render_data``.

    Raises:
        ParseError: It carries none.
    """
    text = page.body.decode("utf-8", "replace")
    found = _RENDER_DATA.search(text)
    if found is None:
        raise ParseError("status_page", "$render_data")
    try:
        data, _ = json.JSONDecoder().raw_decode(text, found.end())
    except (ValueError, RecursionError) as error:
        raise ParseError("status_page", "$render_data", str(error)) from error
    if not isinstance(data, dict):
        raise ParseError("status_page", "$render_data[0]", type(data).__name__)
    return Fields("status_page", data)
