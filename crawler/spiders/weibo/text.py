"""The HTML of a post's text: its words with line breaks and emoji, its outward links, and whether it is cut.

Weibo writes ``<br />``, emoji as ``<img alt=[作揖]>`` (quotes missing), topics and mentions as links
into the platform, and outward links three ways: ``data-url`` with a t.cn address, ``sinaurl?u=`` with the
real one, or (weibo.com) the real address itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from records import Link

# What parsel's Selector parses with; a list has fifteen texts, and a Selector for each costs as much as reading it.
_PARSER = etree.HTMLParser(recover=True, encoding="utf8", huge_tree=True)
_DOTS = "..."
_NO_WIDTH = "\u200b\u2060\ufeff"
# Stripped as characters: a pattern that looks for the end from every blank takes a minute for a long run of them.
_BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + _NO_WIDTH + "\u200c"
_CUT_HREF = re.compile(r"^/status/|^https?://m\.weibo\.cn/status/|ckAll=1")
_PLATFORM_HOSTS = ("weibo.com", "weibo.cn", "sinaimg.cn", "weibocdn.com")
_ARTICLE = re.compile(r"https?://(?:www\.)?weibo\.com/ttarticle/|https?://card\.weibo\.com/article/")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link element of a text: where it points, the address it was written with, its words."""

    href: str
    data_url: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text read from HTML; ``cut`` if it ends in 全文 or 展开."""

    text: str | None
    anchors: tuple[Anchor, ...]
    cut: bool


def read_html(html: str) -> Words:
    """The words of a piece of HTML."""
    if "<" not in html and "&" not in html:
        return Words(tidy(html), (), False)
    root = etree.fromstring(f"<div>{_encodable(html)}</div>".replace("\x00", "").encode(), _PARSER)
    return read_element(next(root.iter("body")))


def read_element(root: etree._Element, stop: str = "") -> Words:
    """The words within an element, up to the first element inside it that the XPath test ``stop`` holds for."""
    pieces: list[str] = []
    anchors: list[Anchor] = []
    cut = False
    walk = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, element in walk:
        if event == "start" and element is not root and stop and element.xpath(stop):
            break
        if event == "start" and _is_cut_mark(element):
            cut = True
            walk.skip_subtree()
        elif event == "start":
            pieces.append(_opening(element))
            if element.tag == "a" and element.get("href"):
                anchors.append(Anchor(element.get("href"), element.get("data-url") or "", _inner(element)))
        elif element is not root:
            pieces.append(element.tail or "")
    return Words(tidy("".join(pieces)), tuple(anchors), cut)


def tidy(text: str) -> str | None:
    """The text without blank and zero-width characters at its ends; ``None`` if nothing is left."""
    text = _encodable(text).replace("\r\n", "\n").replace("\xa0", " ")
    text = text.rstrip(_BLANK).lstrip()
    if text.endswith(_DOTS):
        words = text[: -len(_DOTS)]
        shown = words.rstrip()
        text = shown.rstrip(_NO_WIDTH) + words[len(shown) :] + _DOTS
    return text or None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_cut_mark(element: etree._Element) -> bool:
    if element.tag == "a":
        return _inner(element) == "全文" and bool(_CUT_HREF.search(element.get("href") or ""))
    return element.tag == "span" and "expand" in (element.get("class") or "").split()


def _opening(element: etree._Element) -> str:
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return element.get("alt") or ""
    if element.tag in ("script", "style"):
        return ""
    return element.text or ""


def _inner(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext()).strip()


def outward_links(anchors: Iterable[Anchor], known: Mapping[str, str]) -> tuple[Link, ...]:
    """The links that lead out of the platform, and its long articles (ttarticle), each address once.

    Args:
        anchors: In the order of the text.
        known: Short address to the address behind it, where the page tells elsewhere.
    """
    links: dict[str, Link] = {}
    for anchor in anchors:
        link = _link(anchor, known)
        if link is not None and link.url not in links:
            links[link.url] = link
    return tuple(links.values())


def _link(anchor: Anchor, known: Mapping[str, str]) -> Link | None:
    href = "https:" + anchor.href if anchor.href.startswith("//") else anchor.href.strip()
    url, target = anchor.data_url.strip() or href, None
    inside = unwrapped(href)
    if inside is not None and is_short(inside):
        url = inside
    elif inside is not None:
        target = inside
    elif url != href:
        target = href
    target = target or known.get(url)
    return Link(url, target, anchor.text or None) if is_outward(target or url) else None


def unwrapped(url: str) -> str | None:
    """The address that a ``sinaurl`` link wraps (``u=`` or ``toasturl=``); ``None`` if it is no such link."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.path.rstrip("/") != "/sinaurl" or not _within(host, ("weibo.cn", "weibo.com")):
        return None
    asked = parse_qs(parts.query)
    found = asked.get("u") or asked.get("toasturl")
    return found[0].strip() if found else None


def is_short(url: str) -> bool:
    """Whether it is a t.cn address, which tells nothing of where it leads."""
    return bool(re.match(r"https?://t\.cn/", url))


def is_outward(url: str) -> bool:
    """Whether an address leads out of Weibo, or to one of its long articles (头条文章)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return not _within(host, _PLATFORM_HOSTS) or bool(_ARTICLE.match(url))


def _within(host: str, hosts: Iterable[str]) -> bool:
    return any(host == name or host.endswith("." + name) for name in hosts)
