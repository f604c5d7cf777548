"""Is this page content, or a wall, an end or a login (验证页、已删除、需登录)? Table-driven, asked before every parser.

The tables are ``crawler/signals/<platform>.toml``: ordered ``[[signal]]`` rows; the first row whose
conditions all hold decides. Conditions:

- ``kinds``: only for these page kinds; ``http_status``: one of these
- ``address``: a regular expression on the final address
- ``title``, ``contains``, ``lacks``: regular expressions on the title element, on the whole decoded
  body, on what the body must not hold
- ``css`` with optional ``css_text``: an element exists, and a regular expression on that element's text
- ``json``: top-level fields with these values; ``json_lacks``: top-level fields absent or null

``status`` is ``empty gone blocked login unparsed``; the reason is ``reason``, or with ``quote`` the
text of that selector, the page's own words.
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
        start = self.page.body.lstrip()[:1]
        if start != b"{":
            return {}
        try:
            data = json.loads(self.page.body)
        except (ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def words(self, css: str) -> str:
        """The text of the first element that matches, white space folded."""
        found = self.selector.css(css)
        return " ".join(" ".join(found[0].css("*::text").getall()).split()) if found else ""


def _holds(row: Mapping[str, Any], view: _View) -> bool:
    page = view.page
    if "kinds" in row and view.kind not in row["kinds"]:
        return False
    if "http_status" in row and page.status not in row["http_status"]:
        return False
    if "address" in row and not re.search(row["address"], page.address):
        return False
    if "json" in row and any(key not in view.fields or view.fields[key] != value for key, value in row["json"].items()):
        return False
    if "json_lacks" in row and (not view.fields or any(view.fields.get(key) is not None for key in row["json_lacks"])):
        return False
    if "contains" in row and not re.search(row["contains"], view.text):
        return False
    if "lacks" in row and re.search(row["lacks"], view.text):
        return False
    if "title" in row and not re.search(row["title"], view.title):
        return False
    if "css" in row:
        return bool(view.selector.css(row["css"])) and bool(re.search(row.get("css_text", ""), view.words(row["css"])))
    return True


@cache
def signals() -> dict[str, dict[str, Any]]:
    """The tables of signals by platform."""
    folder = resources.files("crawler") / "signals"
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8")) for entry in tables}


def platform_of(page: Page) -> str | None:
    """The platform whose hosts served the page, by its address; ``None`` where the address does not tell."""
    try:
        host = urlsplit(page.address).hostname or ""
    except ValueError:  # an address such as https://[ is nobody's
        return None
    for platform, table in signals().items():
        if any(host == name or host.endswith("." + name) for name in table["hosts"]):
            return platform
    return None


def classify(page: Page, platform: str | None, kind: str | None) -> Notice | None:
    """What the page is if it is not content; ``None`` if a parser should read it.

    Without a known platform every table is asked, so that a saved wall is told from an unknown page.
    """
    view = _View(page, kind)
    row = _deciding_row(view, platform)
    if row is None:
        return None
    words = view.words(row["quote"]) if "quote" in row else ""
    return Notice(row["status"], words or row["reason"])


def deciding_row(page: Page, platform: str | None, kind: str | None) -> Mapping[str, Any] | None:
    """The row of the tables that says what the page is, itself; ``None`` for content."""
    return _deciding_row(_View(page, kind), platform)


def _deciding_row(view: _View, platform: str | None) -> Mapping[str, Any] | None:
    known = platform or platform_of(view.page)
    tables = [table for name, table in signals().items() if known is None or name == known]
    return next((row for table in tables for row in table["signal"] if _holds(row, view)), None)
