"""Flattens the body of a post: plain text, links, pictures, videos and sounds, in the order of the page.

Only the body is read: header, dialogs and footers hold the platform's own anchors. Pictures stand in
``data-src``; the style ``visibility:hidden`` of the body is the page's way of loading and means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import lxml.html
from lxml import etree

from crawler.spiders.wechat.literals import plain_address
from records import Link, Media

_PAGE = "https://mp.weixin.qq.com/s"
_BLOCKS = frozenset(
    "address article blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ol p pre "
    "section table td th tr ul".split()
)
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe"))
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_VIDEO = re.compile(r"v\.qq\.com|mpvideo|video_player|channels\.weixin")
_VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid="
_OWN_PICTURES = re.compile(r"http://((?:[\w-]+\.)*(?:qpic|qlogo)\.cn/)")
_REDIRECT = re.compile(r"redirect", re.IGNORECASE)


def body_of(html: str) -> lxml.html.HtmlElement | None:
    """The piece of HTML as one element; ``None`` if it holds nothing."""
    try:
        return lxml.html.fromstring(f"<div>{html}</div>")
    except (etree.ParserError, ValueError):
        return None


def flatten(body: lxml.html.HtmlElement, *, keep_lines: bool = False) -> str:
    """The text as read on the page: one line a block, link texts and emoji names kept, invisible ends cut.

    Args:
        keep_lines: Line breaks of the source are line breaks of the text (text and picture posts).
    """
    pieces = "".join(_pieces(body, keep_lines))
    return tidy(pieces)


def tidy(text: str) -> str:
    """The text with runs of blanks folded, empty lines dropped, and invisible characters cut from every line's ends."""
    lines = text.split("\n")
    # Stripped line by line: a pattern for the blanks around a break takes minutes for a long run without one.
    lines[1:] = [line.lstrip() for line in lines[1:]]
    lines[:-1] = [line.rstrip() for line in lines[:-1]]
    folded = (_SPACES.sub(" ", line).strip(" " + _INVISIBLE) for line in lines)
    return "\n".join(line for line in folded if line)


def _pieces(body: lxml.html.HtmlElement, keep_lines: bool) -> Iterator[str]:
    """The body's words and line breaks; walked without recursion, as bodies may be nested at will."""
    walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    preformatted = 0
    for event, element in walker:
        if event == "start":
            preformatted += element.tag == "pre"
            if element.tag in _SILENT:
                walker.skip_subtree()
                continue
            yield from _opening(element, keep_lines or preformatted > 0)
            continue
        if event == "end":
            preformatted -= element.tag == "pre"
            yield "\n" if element.tag in _BLOCKS else ""
        if element is not body:
            yield _words(element.tail, keep_lines or preformatted > 0)


def _opening(element: lxml.html.HtmlElement, keep_lines: bool) -> Iterator[str]:
    if element.tag == "br" or element.tag in _BLOCKS:
        yield "\n"
    if element.tag == "img":
        yield _emoji_name(element)
    yield _words(element.text, keep_lines)


def _words(text: str | None, keep_lines: bool) -> str:
    return (text or "") if keep_lines else (text or "").replace("\n", " ")


def _emoji_name(image: lxml.html.HtmlElement) -> str:
    alt = image.get("alt", "")
    return alt if alt.startswith("[") and alt.endswith("]") else ""


def links_in(body: lxml.html.HtmlElement) -> tuple[Link, ...]:
    """Links of the body in order, each once; mini-programs as ``weapp:<appid>/<path>``.

    ``javascript:`` and other schemes are kept as written, jumps within the page are no links.
    """
    found = {}
    for element in body.iter():
        link = _link(element) if isinstance(element.tag, str) else None
        if link is not None:
            found[(link.url, link.text)] = link
    return tuple(found.values())


def _link(element: lxml.html.HtmlElement) -> Link | None:
    app = element.get("data-miniprogram-appid")
    if not app and element.tag != "a":
        return None
    words = tidy(element.text_content()).replace("\n", " ") or None
    if app:
        title = words or element.get("data-miniprogram-title") or element.get("data-miniprogram-nickname")
        return Link(f"weapp:{app}/{plain_address(element.get('data-miniprogram-path', ''))}", text=title or None)
    href = plain_address(element.get("href", ""))
    if not href or href.startswith("#"):
        return None
    return link_to(href, words)


def link_to(url: str, text: str | None) -> Link:
    """A link to an address as written; relative ones are made whole, a redirecting one tells its target."""
    whole = url if re.match(r"(?!https?:)[a-zA-Z][\w+.-]*:", url) else _joined(url)
    return Link(whole, target=_target(whole), text=text)


def _joined(url: str) -> str:
    try:
        return urljoin(_PAGE, url)
    except ValueError:
        return url


def _target(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        inner = parse_qs(parts.query).get("url", [""])[0] if _REDIRECT.search(parts.path) else ""
        ours = (parts.hostname or "").endswith(".weixin.qq.com")
    except ValueError:
        return None
    return inner if ours and inner.startswith(("http://", "https://")) else None


def secure(url: str) -> str:
    """The picture's address over https where the platform's own picture hosts serve it; other addresses as written."""
    address = plain_address(url)
    if address.startswith("//"):
        return f"https:{address}"
    return _OWN_PICTURES.sub(r"https://\1", address) if address.startswith("http://") else address


def media_in(body: lxml.html.HtmlElement) -> tuple[Media, ...]:
    """Pictures, videos and sounds of the body in order, each once."""
    found = (_media(element) for element in body.iter() if isinstance(element.tag, str))
    return tuple(dict.fromkeys(media for media in found if media is not None))


def _media(element: lxml.html.HtmlElement) -> Media | None:
    source = secure(element.get("data-src") or element.get("src") or "")
    if element.tag == "img" and not _emoji_name(element) and source.startswith(("http://", "https://")):
        return Media("picture", source)
    if element.tag in ("iframe", "video") and _VIDEO.search(source):
        return Media("video", source)
    voice = element.get("voice_encode_fileid")
    return Media("audio", f"{_VOICE}{voice}") if voice else None
