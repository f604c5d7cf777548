"""Every wall there is: the made-up pages of every row of the tables, failures of the line, and damaged content."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from crawler import walls as classifier
from crawler.page import Fetch, Page
from demo.county import load_county
from demo.pages.sites import answer
from demo.server import Override

TABLE = Path(__file__).resolve().parent.parent / "crawler" / "walls.toml"
HOSTS = {
    "weibo": ("m.weibo.cn", "weibo.com"),
    "wechat": ("mp.weixin.qq.com", "feed.yunling.example"),
    "toutiao": ("www.toutiao.com",),
}
ANTI_BOT = b"<!DOCTYPE html><html><head><title>x</title></head><body><script>verify()</script></body></html>"
_KEY = re.compile(rb'"([a-z_]{3,})"\s*:')
_ITEM = re.compile(rb"(</?)(?:item|entry)\b")
_MARK = re.compile(rb'(id|class)="[^"]*"')


@dataclass(frozen=True)
class Wall:
    """What stands in place of a platform's pages. ``reasons`` are what coverage may say of an account behind it."""

    name: str
    platform: str
    reasons: frozenset[str]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    damage: str = ""
    robots: bool = False

    def override(self, url: str) -> Override | None:
        """The mirror's answer; ``None`` for addresses that the wall does not stand before."""
        host, _, path = url.partition("://")[2].partition("/")
        if host not in HOSTS[self.platform] or (path == "robots.txt") != self.robots:
            return None
        content = "text/html; charset=utf-8" if self._body(url, None).lstrip()[:1] == b"<" else "application/json"
        return self.status, {"Content-Type": content, **self.headers}, self._body(url, None)

    def page(self, fetch: Fetch, now: datetime) -> Page | None:
        """What a crawl gets for a fetch; ``None`` where it gets no answer."""
        if "X-Mirror-Error" in self.headers or self.robots:
            return None
        return Page(
            url=fetch.url,
            final_url=self.headers.get("Location", ""),
            status=self.status,
            body=self._body(fetch.url, now),
            fetched_at=now,
            kind=fetch.kind,
        )

    def _body(self, url: str, now: datetime | None) -> bytes:
        if self.body is not None:
            return self.body
        county = load_county()
        return DAMAGES[self.damage](answer(county, url, now or county.nights[-1]).body)


def _cut(body: bytes) -> bytes:
    return body[: len(body) * 2 // 3]


def _wrapped(body: bytes) -> bytes:
    return b"<html><body><h1>" + body.replace(b'"', b"&quot;") + b"</h1></body></html>"


def _changed_layout(body: bytes) -> bytes:
    """The same content under other names: what a new release of the platform looks like."""
    renamed = _MARK.sub(rb'\1="new"', _KEY.sub(rb'"new_\1":', body))
    return _ITEM.sub(rb"\1new", renamed)


DAMAGES = {"cut": _cut, "wrapped": _wrapped, "changed layout": _changed_layout}
_LINE = ("dns", "refused", "reset", "timeout", "tls")
_REASONS = {
    "gone": {"gone", "unparsed"},  # believed only when said twice, on two kinds of page
    "empty": {"empty", "truncated"},
    "blocked": {"blocked"},
    "login": {"login"},
    "unparsed": {"unparsed"},
}


@cache
def walls() -> tuple[Wall, ...]:
    """All of them in a fixed order."""
    return (*_told_by_tables(), *(wall for platform in HOSTS for wall in _of_every_platform(platform)))


def _told_by_tables() -> list[Wall]:
    found = []
    for row in tomllib.loads(TABLE.read_text(encoding="utf-8"))["page"]:
        platform, _, place = row["row"].partition(" ")
        status = classifier.signals()[platform]["signal"][int(place) - 1]["status"]
        led = {"Location": row["final_url"]} if row.get("final_url") else {}
        found.append(
            Wall(
                name=f"{row['row']} {status}",
                platform=platform,
                # Under the address and kind of a list a row may not hold: then the page is simply not understood.
                reasons=frozenset(_REASONS[status] | {"unparsed"}),
                status=302 if led else row.get("status", 200),
                headers=led,
                body=row["body"].encode(),
            )
        )
    return found


def _of_every_platform(platform: str) -> list[Wall]:
    # The county has walls of its own behind the damage.
    unread = frozenset({"unparsed", "truncated", "empty", "error", "blocked", "login"})
    return [
        *(Wall(kind, platform, frozenset({"error"}), 502, {"X-Mirror-Error": kind}, b"") for kind in _LINE),
        *(Wall(str(code), platform, frozenset({"unparsed"}), code, {}, b"<html>x</html>") for code in (500, 503)),
        *(Wall(damage, platform, unread, damage=damage) for damage in DAMAGES),
        Wall("robots is a challenge", platform, frozenset({"robots"}), body=ANTI_BOT, robots=True),
    ]
