"""The data that Toutiao's pages carry inside: RENDER_DATA, JSON-LD, and which post a saved page is."""

from __future__ import annotations

import re
from urllib.parse import unquote

from parsel import Selector

from crawler.page import Page, ParseError
from crawler.spiders.toutiao.address import post_of
from crawler.strict import Fields, load_json, parse_json

# Short, as no longer ones are known; the end is looked for once, or a page of beginnings would take hours.
_RENDER_DATA = re.compile(rb"""<script[^<>]{0,200}?\bid=["']RENDER_DATA["'][^<>]{0,200}>""")


def render_data_text(body: bytes) -> str | None:
    """The page's RENDER_DATA as JSON text; ``None`` where the page has none."""
    found = _RENDER_DATA.search(body)
    if found is None:
        return None
    end = body.find(b"</script>", found.end())
    if end < 0:
        return None
    text = body[found.end() : end].decode("utf-8", "replace").strip()
    return text if text.startswith("{") else unquote(text)


def parse_render_data(kind: str, page: Page) -> Fields | None:
    """The ``data`` object of the page's RENDER_DATA; ``None`` where the page has no such block."""
    text = render_data_text(page.body)
    return None if text is None else parse_json(kind, text).child("data")


def parse_json_ld(kind: str, document: Selector) -> Fields | None:
    """The page's NewsArticle statement (JSON-LD); ``None`` where it makes none."""
    for text in document.css('script[type="application/ld+json"]::text').getall():
        try:
            data = load_json(text)
        except (ValueError, RecursionError) as error:
            raise ParseError(kind, "ld+json", str(error)) from error
        if isinstance(data, dict) and data.get("@type") == "NewsArticle":
            return Fields(kind, data, "ld+json.")
    return None


def document_of(page: Page) -> Selector:
    """The page as a document to select from."""
    return Selector(text=page.body.decode("utf-8", "replace") or "<html></html>", type="html")


def stated_addresses(page: Page, document: Selector) -> list[str]:
    """The addresses of the page: where it came from, then what it says of itself."""
    stated = document.css('link[rel="canonical"]::attr(href), meta[property="og:url"]::attr(content)').getall()
    return [url for url in (page.address, *stated) if url]


def post_id_of(kind: str, page: Page, document: Selector) -> str:
    """The id of the post that the page's own addresses name; ParseError where they name none."""
    for url in stated_addresses(page, document):
        if found := post_of(url):
            return found[1]
    raise ParseError(kind, "address", page.address)
