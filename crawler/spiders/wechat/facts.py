"""What one post's page says, whatever its layout: the shape that classic.py and modern.py give to article.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lxml.html
from parsel import Selector

from crawler.page import Page, ParseError
from crawler.spiders.wechat.literals import NotLiteral, Scripts, plain
from records import Link, Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One post's page. Texts are plain; ``None`` or empty where the page does not show the field.

    ``biz``, ``mid``, ``idx`` and ``ct`` hold every value that the page gives, so that two that differ are seen.
    """

    biz: tuple[str, ...]
    mid: tuple[str, ...]
    idx: tuple[str, ...]
    ct: tuple[str, ...]
    sn: str | None
    show_type: str
    title: str | None
    text: str | None
    nickname: str | None
    gh_id: str | None
    wechat_id: str | None
    bio: str | None
    avatar: str | None
    verify_status: str | None
    service_type: str | None
    copyright_stat: str | None
    source_biz: str | None
    source_name: str | None
    shell_url: str | None
    read_more: str | None
    svr_time: str | None
    own_links: tuple[str, ...]
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    added: tuple[str, ...] = ()


class ArticlePage:
    """One post's page opened: its elements, its scripts outside the body, and the object ``cgiDataNew``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.selector = Selector(
            text=page.body.decode("utf-8", "replace").lstrip("\ufeff") or "<html></html>", type="html"
        )

    @cached_property
    def body(self) -> lxml.html.HtmlElement | None:
        """The body element ``#js_content``."""
        found = self.selector.xpath('//*[@id="js_content"]')
        return found[0].root if found else None

    @cached_property
    def scripts(self) -> Scripts:
        """Scripts of the page but for those within the body."""
        return Scripts(self.selector.xpath('//script[not(ancestor::*[@id="js_content"])]/text()').getall())

    @cached_property
    def body_scripts(self) -> Scripts:
        """Scripts within the body: share pages of 2018-2020 write their text by one."""
        return Scripts(self.selector.xpath('//*[@id="js_content"]//script/text()').getall())

    @cached_property
    def data(self) -> Mapping[str, Any] | None:
        """``window.cgiDataNew`` of pages since 2025; ``None`` on older ones; ParseError if it is no literal."""
        try:
            return self.scripts.object("cgiDataNew")
        except NotLiteral as error:
            raise ParseError("article", "cgiDataNew", str(error)) from error

    def words(self, css: str) -> str | None:
        """The text of the first element that matches; ``None`` if absent or blank."""
        found = self.selector.css(css)
        return plain(" ".join("".join(found[0].css("*::text").getall()).split())) or None if found else None

    def attribute(self, xpath: str) -> str | None:
        """The attribute that the expression names; ``None`` if absent or blank."""
        return (self.selector.xpath(xpath).get() or "").strip() or None

    def own_links(self) -> tuple[str, ...]:
        """Addresses that the page gives for itself (``msg_link``, ``og:url``)."""
        declared = self.attribute('//meta[@property="og:url"]/@content')
        return tuple(filter(None, (*self.scripts.values("msg_link"), declared)))
