"""Made-up answers of a platform, as the crawl hands them to the archive."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.checker import Checker

from crawler.page import Exchange, Page

FETCHED_AT = datetime(2026, 11, 15, 17, 30, 5, tzinfo=UTC)
LIST = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1"
ORDINARY = "2026-11-16-ordinary.warc.gz"
AGENT = "xuncha/0.1 (+https://office.example; 云岭)".encode().decode("latin-1")


def page(body: bytes = "云岭".encode(), **changes: Any) -> Page:
    """A page of which only the decoded body is known."""
    fields = {"url": LIST, "body": body, "fetched_at": FETCHED_AT, "content_type": "application/json", "kind": "list"}
    return Page(**{**fields, **changes})


def exchange(body: bytes, *headers: tuple[str, str], **changes: Any) -> Exchange:
    """A request with our name and its answer with these headers, the body as it came."""
    asked = (("Host", "m.weibo.cn"), ("User-Agent", AGENT), ("Accept-Encoding", "gzip"))
    fields = {"method": "GET", "request_headers": asked, "status": 200, "headers": headers, "body": body}
    return Exchange(**{**fields, **changes})


def received(body: bytes = "云岭".encode(), *headers: tuple[str, str], **changes: Any) -> Page:
    """A page that came packed with gzip, with what was received."""
    packed = gzip.compress(body, mtime=0)
    kept = exchange(packed, ("Content-Type", "application/json"), ("Content-Encoding", "gzip"), *headers)
    return page(body, exchange=kept, final_url=changes.get("url", LIST), **changes)


class _Command:
    """What ``warcio check`` is asked on the command line."""

    verbose = False

    def __init__(self, paths: list[Path]) -> None:
        self.inputs = [str(path) for path in paths]


def passes_check(home: Path) -> bool:
    """Whether ``warcio check`` finds nothing wrong with any WARC file of the office."""
    paths = sorted((home / "evidence").glob("*.warc.gz"))
    return bool(paths) and Checker(_Command(paths)).process_all() == 0
