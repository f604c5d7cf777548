"""Is this page content, or a wall, an end or a login (验证页、已删除、需登录)? Table-driven, asked before every parser.

The tables are ``crawler/signals/<platform>.toml``: ordered ``[[signal]]`` rows; the first row whose
conditions all hold decides. Conditions:

- ``kinds``: only for these page kinds; ``http_status``: one of these
- ``address``: a regular expression on the final address
- ``title``, ``contains``, ``lacks``: regular expressions on the title element, on the whole decoded
  body, on what the body must not hold
- ``css`` with optional ``css_text``: an element exists, and a regular expression on that element's text
- ``json``: top-level fields with these values; ``json_has``: one of these top-level fields is there;
  ``json_lacks``: top-level fields absent or null. A JSON answer that a browser wrapped in HTML counts as well.

``status`` is ``empty gone blocked login unparsed``; the reason is ``reason``, or with ``quote`` the
text of that selector, the page's own words. ``subject = "account"`` marks words about the whole account.
A table's ``endings`` is how many kinds of page must say that an account is at its end before it is believed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from crawler.page import Notice, Page

FINAL = ("empty", "gone")
CUT_SHORT = "页面没有传完整，不能凭这一页说没有内容或已不存在"
# Where a document is closed; comments of the server may stand after it.
_CLOSED = re.compile(rb"</(?:html|rss|feed)\s*>", re.IGNORECASE)
_TAIL_BYTES = 512
# A browser shows a JSON answer as the only element of a document of its own.
_WRAPPED_BYTES = 1000


_NAME = re.compile(r"(?<=[.#])[\w-]+|(?<=\*=\")[^\"]+")


@dataclass(frozen=True)
class _View:
    """A page seen the ways the conditions ask for, each worked out once."""

    page: Page
    kind: str | None

    @cached_property
    def text(self) -> str:
        return self.page.body.decode("utf-8", "replace")

    @cached_property
    def selector(self) -> Selector:
        # Named, as parsel would take a JSON body for JSON and refuse every CSS question.
        return Selector(text=self.text or "<html></html>", type="html")

    @cached_property
    def title(self) -> str:
        return (self.selector.css("title::text").get() or "").strip()

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        data = _json_of(self._answer())
        return data if isinstance(data, dict) else {}

    def _answer(self) -> str:
        text = self.text.lstrip("\ufeff \t\r\n")
        if not text.startswith("<") or b"<pre" not in self.page.body[:_WRAPPED_BYTES]:
            return text
        return "".join(self.selector.xpath("(//pre)[1]//text()").getall())

    def words(self, css: str) -> str:
        """The text of the first element that matches, white space folded."""
        found = self.selector.css(css)
        return " ".join(" ".join(found[0].css("*::text").getall()).split()) if found else ""


def _json_of(text: str | bytes) -> Any:
    """The JSON value; ``None`` where it is none, or cut short."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _holds(row: Mapping[str, Any], view: _View) -> bool:
    # What costs least comes first: an answer is decoded only where its text already looks like the row's.
    return _asked_for(row, view) and _reads(row, view) and _answers(row, view) and _shows(row, view)


def _asked_for(row: Mapping[str, Any], view: _View) -> bool:
    page = view.page
    if "kinds" in row and view.kind not in row["kinds"]:
        return False
    if "http_status" in row and page.status not in row["http_status"]:
        return False
    return "address" not in row or bool(re.search(row["address"], page.address))


def _reads(row: Mapping[str, Any], view: _View) -> bool:
    if "contains" in row and not re.search(row["contains"], view.text):
        return False
    return "lacks" not in row or not re.search(row["lacks"], view.text)


def _answers(row: Mapping[str, Any], view: _View) -> bool:
    if "json" in row and any(key not in view.fields or view.fields[key] != value for key, value in row["json"].items()):
        return False
    if "json_has" in row and all(view.fields.get(key) is None for key in row["json_has"]):
        return False
    if "json_lacks" not in row:
        return True
    return bool(view.fields) and all(view.fields.get(key) is None for key in row["json_lacks"])


def _shows(row: Mapping[str, Any], view: _View) -> bool:
    if "title" in row and not re.search(row["title"], view.title):
        return False
    if "css" not in row:
        return True
    if not any(all(name in view.text for name in names) for names in _names(row["css"])):
        return False
    return bool(view.selector.css(row["css"])) and bool(re.search(row.get("css_text", ""), view.words(row["css"])))


@cache
def _names(css: str) -> tuple[tuple[str, ...], ...]:
    """The class names, ids and parts of attributes that each alternative of a selector asks for.

    A page that has none of them in its text has no such element, and need not be parsed to know it.
    """
    return tuple(tuple(_NAME.findall(alternative)) for alternative in css.split(","))


@cache
def signals() -> dict[str, dict[str, Any]]:
    """The tables of signals by platform."""
    folder = resources.files("crawler") / "signals"
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8")) for entry in tables}


def platform_of_host(host: str) -> str | None:
    """The platform that a host belongs to, also by a name below one of its own (``www.weibo.com``)."""
    name = f".{host.removesuffix('.')}"
    for platform, table in signals().items():
        if any(name.endswith(f".{own}") for own in table["hosts"]):
            return platform
    return None


def platform_of(page: Page) -> str | None:
    """The platform whose hosts served the page, by its address; ``None`` where the address does not tell."""
    try:
        return platform_of_host(urlsplit(page.address).hostname or "")
    except ValueError:  # an address such as https://[ is nobody's
        return None


def classify(page: Page, platform: str | None, kind: str | None) -> Notice | None:
    """What the page is if it is not content; ``None`` if a parser should read it.

    Without a known platform every table is asked, so that a saved wall is told from an unknown page.
    """
    view = _View(page, kind)
    row = _deciding_row(view, platform)
    if row is None:
        return None
    if row["status"] in FINAL and not is_whole(page):
        return Notice("unparsed", CUT_SHORT)
    words = view.words(row["quote"]) if "quote" in row else ""
    return Notice(row["status"], words or row["reason"], row.get("subject", "page"))


def is_whole(page: Page) -> bool:
    """Whether the body came to its end, as far as it tells: JSON that parses, or a document that is closed.

    What a page cut short says of an account or a post is not known: the rest may say otherwise.
    """
    body = page.body.strip()
    if body.startswith(b"<"):
        return bool(_CLOSED.search(body[-_TAIL_BYTES:]))
    return _json_of(body.removeprefix(b"\xef\xbb\xbf").removesuffix(b",")) is not None


def endings_needed(platform: str) -> int:
    """How many kinds of the platform's pages must say that an account is at its end."""
    needed: int = signals()[platform]["endings"]
    return needed


def deciding_row(page: Page, platform: str | None, kind: str | None) -> Mapping[str, Any] | None:
    """The row of the tables that says what the page is, itself; ``None`` for content."""
    return _deciding_row(_View(page, kind), platform)


def _deciding_row(view: _View, platform: str | None) -> Mapping[str, Any] | None:
    known = platform or platform_of(view.page)
    tables = [table for name, table in signals().items() if known is None or name == known]
    return next((row for table in tables for row in table["signal"] if _holds(row, view)), None)
