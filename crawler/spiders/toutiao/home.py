"""The home page's feed: posts of any author, among operation cards. Not a list of one account.

Source: recorded page of 2025-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.page import Page, Parsed, ParseError
from crawler.spiders.toutiao.embedded import parse_render_data
from crawler.spiders.toutiao.items import listed, parse_item

KIND = "home"


def parse_home(page: Page) -> Iterator[Parsed]:
    """The posts of the page's first feed; an item that cannot be read is yielded as ParseError."""
    data = parse_render_data(KIND, page)
    if data is None:
        raise ParseError(KIND, "RENDER_DATA")
    for item in listed(data, "initialFeedList"):
        if isinstance(item, ParseError):
            yield item
            continue
        try:
            yield from parse_item(item)
        except ParseError as error:
            yield error
