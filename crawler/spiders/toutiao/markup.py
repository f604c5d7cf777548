"""Plain text, links and pictures of a piece of a Toutiao page's HTML."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from crawler.spiders.toutiao.address import SITE, unwrapped
from records import Link, Media

_BLOCKS = frozenset(
    "address article blockquote dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section tr ul".split()
)
_SILENT = frozenset(("script", "style", "noscript", "template", "svg"))
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_EMPTY_PICTURE = "data:"


@dataclass(frozen=True, slots=True)
class Flat:
    """What a reader sees of a piece of HTML: its text with line breaks, its links and pictures in order."""

    text: str
    links: tuple[Link, ...]
    pictures: tuple[Media, ...]


def flat(markup: str) -> Flat:
    """The text, links and pictures of a piece of HTML or a whole document; empty for no markup at all.

    Blocks and ``<br>`` end a line, empty lines and trailing zero-width characters go. A picture is
    its lazily loaded address where there is one, never a ``data:`` placeholder.
    """
    try:
        root = html.fromstring(f"<div>{markup}</div>") if markup.strip() else None
    except (ParserError, ValueError):
        root = None
    return Flat("", (), ()) if root is None else flat_element(root)


def flat_element(root: HtmlElement) -> Flat:
    """As ``flat``, of an element of a parsed page."""
    return Flat(tidy("".join(_words(root))), tuple(_links(root)), tuple(_pictures(root)))


def tidy(text: str) -> str:
    """The text with white space folded within lines, empty lines and trailing zero-width characters removed."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip(_INVISIBLE)).strip(_INVISIBLE + " \n")


def _words(element: HtmlElement) -> list[str]:
    pieces: list[str] = []
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append((node.tail or "") if node is not element else "")
            continue
        if tag in _SILENT or not tag:
            pieces.append(node.tail or "")
            continue
        pieces.append("\n" if tag in _BLOCKS or tag == "br" else "")
        pieces.append(_emoji(node) if tag == "img" else node.text or "")
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    return pieces


def _emoji(node: HtmlElement) -> str:
    return (node.get("alt") or "") if "emoji" in (node.get("class") or "") else ""


def _links(root: HtmlElement) -> list[Link]:
    found = []
    for anchor in root.iter("a"):
        href = (anchor.get("href") or "").strip()
        if href and not href.startswith("#"):
            found.append(link(href, tidy("".join(_words(anchor)))))
    return found


def link(href: str, text: str | None = None) -> Link:
    """A link with its absolute address, the address behind a jump page, and its text if there is any."""
    try:
        url = urljoin(SITE + "/", href)
    except ValueError:
        url = href
    return Link(url, unwrapped(url), text or None)


def _pictures(root: HtmlElement) -> list[Media]:
    found = []
    for image in root.iter("img"):
        url = (image.get("data-src") or image.get("src") or "").strip()
        if url and not url.startswith(_EMPTY_PICTURE) and "emoji" not in (image.get("class") or ""):
            found.append(Media("picture", urljoin(SITE + "/", url)))
    return found
