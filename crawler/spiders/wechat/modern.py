"""Post pages since 2025: identity in ``window.cgiDataNew``; picture and text posts have no body element of their own.

The visible header is no source: its class names vanished in mid-2026 while the variables stayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawler.page import ParseError
from crawler.spiders.wechat.body import body_of, flatten, links_in, media_in, secure, tidy
from crawler.spiders.wechat.classic import body_of_page, body_text, picture, shell_url
from crawler.spiders.wechat.facts import ArticlePage, Facts
from crawler.spiders.wechat.literals import plain, plain_address
from crawler.spiders.wechat.tables import known_fields
from records import Link, Media

ARTICLE = "0"
_MARKUP = re.compile(r"<(?:a|br|p|div|span|img|section|strong|em|mp-[a-z-]+)[\s/>]", re.IGNORECASE)
_PLAYER = "https://mp.weixin.qq.com/mp/readtemplate?t=pages/video_player_tmpl&action=mpvideo&auto=0&vid="


def read(opened: ArticlePage, data: Mapping[str, Any]) -> Facts:
    """The facts of a page with ``cgiDataNew``; only what must be there for the type is asked of it."""
    scripts = opened.scripts
    show_type = _word(data, "item_show_type") or scripts.first("item_show_type") or ARTICLE
    text, links, media = _article(opened) if show_type == ARTICLE else _share(data)
    copyright_info = _part(data, "copyright_info")
    return Facts(
        biz=_both(data, "bizuin", scripts.values("biz")),
        mid=_both(data, "mid", scripts.values("mid")),
        idx=_both(data, "idx", scripts.values("idx")),
        ct=_both(data, "ori_create_time", scripts.values("ct")),
        sn=_word(data, "sn") or scripts.first("sn"),
        show_type=show_type,
        title=_title(data, text),
        text=text,
        nickname=_text(data, "nick_name") or scripts.first("nickname"),
        gh_id=_word(data, "user_name") or scripts.first("user_name"),
        wechat_id=_word(data, "alias") or scripts.first("alias"),
        bio=_text(data, "signature"),
        avatar=picture(_word(data, "ori_head_img_url") or _word(data, "hd_head_img") or _word(data, "round_head_img")),
        verify_status=_word(data, "verify_status") or scripts.first("verify_status"),
        service_type=_word(data, "new_service_type"),
        copyright_stat=_word(copyright_info, "copyright_stat") or scripts.first("copyright_stat"),
        source_biz=_word(copyright_info, "source_encode_biz") or scripts.first("source_encode_biz"),
        source_name=opened.words(".original_primary_nickname") or _text(copyright_info, "platform"),
        shell_url=shell_url(opened),
        read_more=_word(data, "source_url") or scripts.first("msg_source_url"),
        svr_time=_word(data, "svr_time") or scripts.first("svr_time"),
        own_links=(*filter(None, (_word(data, "link"),)), *opened.own_links()),
        links=links,
        media=media,
        added=tuple(sorted(set(data) - known_fields("cgiDataNew"))),
    )


def _article(opened: ArticlePage) -> tuple[str | None, tuple[Link, ...], tuple[Media, ...]]:
    body = body_of_page(opened)
    return body_text(opened, body), links_in(body), media_in(body)


def _share(data: Mapping[str, Any]) -> tuple[str | None, tuple[Link, ...], tuple[Media, ...]]:
    """Text, links and media of a picture, text, video or sound post: all in the object."""
    own = _word(_part(data, "text_page_info"), "content_noencode")
    words = (own or _word(data, "content_noencode") or plain(_word(data, "desc") or "")).replace("\r", "")
    media = tuple(dict.fromkeys((*_pictures(data), *_videos(data))))
    body = body_of(words) if _MARKUP.search(words) else None
    if body is None:
        return tidy(words) or None, (), media
    return flatten(body, keep_lines=True) or None, links_in(body), media


def _pictures(data: Mapping[str, Any]) -> Iterator[Media]:
    for item in _items(data, "picture_page_info_list"):
        url = _word(item, "cdn_url")
        if url is None:
            raise ParseError("article", "picture_page_info_list.cdn_url", item)
        yield Media("picture", secure(url))


def _videos(data: Mapping[str, Any]) -> Iterator[Media]:
    for item in (*_items(data, "video_page_infos"), _part(data, "video_page_info")):
        trans = next(_items(item, "mp_video_trans_info"), None)
        if trans is not None and _word(trans, "url"):
            yield Media("video", plain_address(str(trans["url"])))
        elif _word(item, "video_id"):
            yield Media("video", f"{_PLAYER}{item['video_id']}")


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object at ``key``; an empty one where the type of post has none."""
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _items(data: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = data.get(key)
    if isinstance(found, list):
        yield from (item for item in found if isinstance(item, dict))


def _title(data: Mapping[str, Any], text: str | None) -> str | None:
    """The title; ``None`` on an untitled text post, whose title field repeats the whole text."""
    title = _text(data, "title")
    return None if title is not None and "".join(title.split()) == "".join((text or "").split()) else title


def _both(data: Mapping[str, Any], key: str, shown: list[str]) -> tuple[str, ...]:
    own = _word(data, key)
    return tuple(dict.fromkeys((*((own,) if own else ()), *shown)))


def _word(data: Mapping[str, Any], key: str) -> str | None:
    """The field as text; ``None`` if absent, empty, or of another form."""
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = _word(data, key)
    return plain(value) or None if value else None
