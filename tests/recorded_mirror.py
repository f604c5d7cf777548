"""The recorded pages laid out by their addresses: a mirror on this machine that serves them byte for byte.

What was recorded is served at its address (contract §6), with the content type of its form; robots.txt of the
platforms' hosts is a 404, so are their pages that were not recorded; every other host does not exist.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from demo.county import load_county
from demo.server import CountyServer
from tests.conftest import SHARED

RECORDINGS = SHARED / "recordings"
EXPECTED = Path(__file__).parent / "expected"
FEEDS = "feeds.recorded.example"
TIMELINE = "https://m.weibo.cn/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}"
POLL = "mweibo_getindex_timeline_uid6279793937_2021-06-17_{poll}.json"
PLATFORM_HOSTS = frozenset(
    "m.weibo.cn weibo.com weibo.cn s.weibo.com mp.weixin.qq.com weixin.sogou.com www.toutiao.com m.toutiao.com".split()
) | {FEEDS}
# Nothing was recorded of searching: their rules are not known, so they forbid.
SEARCH_HOSTS = frozenset({"s.weibo.com", "weixin.sogou.com", "so.toutiao.com"})
_FORBIDDEN = b"User-agent: *\nDisallow: /\n"
_TYPES = {".html": "text/html", ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain"}
_TABLES = ("dump", "feed_table", "accounts_list")

Answer = tuple[int, Mapping[str, str], bytes]


def recordings() -> list[tuple[Path, str]]:
    """``(file, address)`` of every raw page of the three manifests; ``""`` where the address is not known."""
    found = []
    for manifest in sorted(RECORDINGS.glob("*/MANIFEST.json")):
        listed = json.loads(manifest.read_text(encoding="utf-8"))
        for row in listed if isinstance(listed, list) else listed["files"]:
            if not row["file"].startswith(_TABLES):
                address = row.get("url") or row.get("original_url") or ""
                found.append((manifest.parent / row["file"], address if _is_address(address) else ""))
    return found


def _is_address(text: str) -> bool:
    """Whether a manifest's entry is an address and not a description of one (``…/user/<query>``)."""
    return not any(mark in text for mark in " <…")


def captured_at() -> dict[str, str]:
    """When each page was captured, by file name, as tests/expected says."""
    tables = (tomllib.loads(table.read_text(encoding="utf-8")) for table in EXPECTED.glob("*/pages.toml"))
    return {row["file"]: row["fetched_at"] for table in tables for row in table["page"]}


def feed_url(account: str) -> str:
    """The made-up address of a recorded feed, whose own one is not known."""
    return f"https://{FEEDS}/{quote(account)}.xml"


def feed_accounts() -> dict[str, Path]:
    """The recorded feeds by the name of their account."""
    files = sorted((RECORDINGS / "wechat").glob("feed_*.xml"))
    return {path.stem.removeprefix("feed_").partition("_")[0]: path for path in files}


def address_form(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """An address as host, path and its query in any order: two that ask for the same are alike."""
    parts = urlsplit(url)
    return parts.netloc, parts.path or "/", tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))


@dataclass
class RecordedMirror:
    """What the mirror serves; ``poll`` is the recorded look at the timeline, ``changed`` bodies put in by a test."""

    poll: str = "poll1"
    changed: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        pages = [(path, address) for path, address in recordings() if address]
        pages += [(path, feed_url(account)) for account, path in feed_accounts().items()]
        # One address was recorded twice, as sent and as a browser wraps it: it is served as sent.
        self._pages = {address_form(address): path for path, address in reversed(pages)}

    def answer(self, url: str) -> Answer:
        """What the original address answers."""
        self.asked.append(url)
        if url in self.changed:
            return 200, {"Content-Type": "application/xml; charset=utf-8"}, self.changed[url]
        if urlsplit(url).hostname in SEARCH_HOSTS and urlsplit(url).path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, _FORBIDDEN
        path = self._page(url)
        if path is not None:
            return 200, {"Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8"}, path.read_bytes()
        known = urlsplit(url).hostname in PLATFORM_HOSTS
        return (404, {"Content-Type": "text/plain"}, b"") if known else (502, {"X-Mirror-Error": "dns"}, b"")

    def _page(self, url: str) -> Path | None:
        if address_form(url) in map(address_form, (TIMELINE.format(uid="6279793937"), _short_timeline())):
            return RECORDINGS / "weibo" / POLL.format(poll=self.poll)
        return self._pages.get(address_form(url))

    def serving(self) -> CountyServer:
        """A server of these pages on a free local port, to be entered."""
        server = CountyServer(load_county())
        server.overrides = self.answer
        return server


def _short_timeline() -> str:
    return "https://m.weibo.cn/api/container/getIndex?containerid=1076036279793937"
