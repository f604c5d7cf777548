"""Post pages of 2017-2022: identity in ``var`` or ``d.`` assignments, the body in ``#js_content``.

Video and picture pages of 2018-2020 have no ``msg_title``; they write their text by a script in the body.
"""

from __future__ import annotations

import lxml.html

from crawler.page import ParseError
from crawler.spiders.wechat.body import flatten, links_in, media_in, secure, tidy
from crawler.spiders.wechat.facts import ArticlePage, Facts
from crawler.spiders.wechat.literals import plain
from records import Media

_VIDEO_PAGE = "https://v.qq.com/iframe/preview.html?vid="
_PROFILE_LINES = "#js_profile_qrcode .profile_meta_value"


def read(opened: ArticlePage) -> Facts:
    """The facts of a page without ``cgiDataNew``."""
    scripts, body = opened.scripts, body_of_page(opened)
    lines = [plain(" ".join(line.css("*::text").getall())) for line in opened.selector.css(_PROFILE_LINES)]
    return Facts(
        biz=tuple(scripts.values("biz")),
        mid=tuple(scripts.values("mid")),
        idx=tuple(scripts.values("idx")),
        ct=tuple(scripts.values("ct")),
        sn=scripts.first("sn"),
        show_type=scripts.first("item_show_type") or "0",
        title=_optional(scripts.first("msg_title", "title")),
        text=body_text(opened, body),
        nickname=_optional(scripts.first("nickname", "nick_name")) or opened.words("#js_name"),
        gh_id=scripts.first("user_name"),
        wechat_id=(lines[0] or None) if lines else None,
        bio=(lines[1] or None) if len(lines) > 1 else None,
        avatar=picture(scripts.first("ori_head_img_url", "hd_head_img", "round_head_img")),
        verify_status=scripts.first("verify_status"),
        service_type=None,
        copyright_stat=scripts.first("copyright_stat", "_copyright_stat"),
        source_biz=scripts.first("source_encode_biz"),
        source_name=opened.words(".original_primary_nickname") or opened.words("#js_share_author"),
        shell_url=shell_url(opened),
        read_more=scripts.first("msg_source_url"),
        svr_time=scripts.first("svr_time"),
        own_links=opened.own_links(),
        links=links_in(body),
        media=_media(opened, body),
    )


def body_of_page(opened: ArticlePage) -> lxml.html.HtmlElement:
    """The body element; ParseError where the page has none."""
    if opened.body is None:
        raise ParseError("article", "js_content")
    return opened.body


def body_text(opened: ArticlePage, body: lxml.html.HtmlElement) -> str | None:
    """The text of the body, or what a script writes there on share pages; ``None`` where it holds no words."""
    written = opened.body_scripts.written()
    return (tidy(plain(written)) if written else flatten(body)) or None


def picture(url: str | None) -> str | None:
    """A picture's address over https; ``None`` for none."""
    return secure(url) if url else None


def shell_url(opened: ArticlePage) -> str | None:
    """The address of the post that a share page (阅读全文) points to; ``None`` on other pages."""
    return opened.attribute('//*[@id="js_share_source"]/@data-url') or opened.attribute(
        '//*[@id="js_share_source"][starts-with(@href, "http")]/@href'
    )


def _optional(text: str | None) -> str | None:
    return plain(text) or None if text else None


def _media(opened: ArticlePage, body: lxml.html.HtmlElement) -> tuple[Media, ...]:
    video = opened.scripts.property("vid") if opened.scripts.first("item_show_type") == "5" else None
    return (*media_in(body), Media("video", f"{_VIDEO_PAGE}{video}")) if video else media_in(body)
