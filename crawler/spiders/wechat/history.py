"""The history page that Sogou once linked to (``/mp/profile?src=3``): the last ten pushes; obsolete since 2019.

Kept for saved copies: it is the one page of the platform that shows 帐号主体. Its posts have temporary
addresses in the recorded page of 2018, which name no post, so most copies give the profile alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from crawler.page import Page, Parsed, ParseError
from crawler.spiders.wechat.address import HOST, address_key, clean_address, is_biz
from crawler.spiders.wechat.body import secure
from crawler.spiders.wechat.facts import ArticlePage
from crawler.spiders.wechat.literals import NotLiteral, parse_value, plain
from crawler.spiders.wechat.tables import post_kind
from crawler.strict import Fields
from records import Post, Profile

_KIND = "history"
_WECHAT_ID = "微信号:"
_TYPE_POSTS = 49


def parse_history(page: Page) -> Iterator[Parsed]:
    """The account's profile, and those posts whose permanent address the list shows.

    Raises:
        ParseError: The account's key or name, or the list ``msgList``, is not there in a known form.
    """
    opened = ArticlePage(page)
    biz = opened.scripts.first("biz")
    if biz is None or not is_biz(biz):
        raise ParseError(_KIND, "biz", biz)
    yield _profile(page, opened, biz)
    for push in _pushes(opened):
        yield from _posts(push, biz)


def _profile(page: Page, opened: ArticlePage, biz: str) -> Profile:
    name = opened.words("strong.profile_nickname")
    if name is None:
        raise ParseError(_KIND, "profile_nickname")
    wechat_id = (opened.words(".profile_account") or "").replace("：", ":").removeprefix(_WECHAT_ID).strip()
    lines = {
        "".join(row.css("label::text").getall()).strip(): row.css(".profile_desc_value")
        for row in opened.selector.css(".profile_desc li")
    }
    described = {
        label: plain("".join(found.xpath("descendant::text()").getall())) or None for label, found in lines.items()
    }
    owner = next((label for label in ("帐号主体", "账号主体") if described.get(label)), None)
    avatar = opened.attribute('//*[contains(@class, "profile_avatar")]//img/@src')
    return Profile(
        platform="wechat",
        account=f"wechat:{biz}",
        uid=biz,
        name=name,
        observed_at=page.fetched_at,
        aliases={"biz": biz, **({"wechat_id": wechat_id} if wechat_id else {})},
        bio=described.get("功能介绍"),
        verified=True if owner and lines[owner].css("img.icon_verify.success") else None,
        verified_entity=described.get(owner) if owner else None,
        avatar_url=secure(avatar) if avatar else None,
    )


def _pushes(opened: ArticlePage) -> Iterator[Fields]:
    text = opened.scripts.text
    start = text.find("var msgList")
    try:
        value = parse_value(text, text.index("=", start) + 1)[0] if start >= 0 else None
    except (NotLiteral, ValueError) as error:
        raise ParseError(_KIND, "msgList", str(error)) from error
    if not isinstance(value, dict):
        raise ParseError(_KIND, "msgList", type(value).__name__)
    yield from Fields(_KIND, value).children("list")


def _posts(push: Fields, biz: str) -> Iterator[Post | ParseError]:
    try:
        said = push.child("comm_msg_info")
        if said.integer("type") != _TYPE_POSTS:
            return
        moment = datetime.fromtimestamp(said.integer("datetime"), UTC)
        first = push.child("app_msg_ext_info")
        rest = list(first.children("multi_app_msg_item_list")) if "multi_app_msg_item_list" in first else []
        for item in (first, *rest):
            yield from _post(item, biz, moment)
    except (ParseError, OverflowError, OSError) as error:
        yield error if isinstance(error, ParseError) else ParseError(_KIND, "datetime", str(error))


def _post(item: Fields, biz: str, moment: datetime) -> Iterator[Post]:
    link = item.text("content_url")
    whole = f"https://{HOST}{link}" if link.startswith("/") else link
    url, key = clean_address(whole), address_key(whole)
    if url is None or key is None:
        return
    title = item.words("title")
    yield Post(
        platform="wechat",
        account=f"wechat:{biz}",
        post_id=key,
        url=url,
        published_at=moment,
        title=plain(title) if title else None,
        text=None,
        text_complete=False,
        kind=post_kind(str(item.integer("item_show_type"))) or "other" if "item_show_type" in item else "article",
        addresses=(key,),
    )
