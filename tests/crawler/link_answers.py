"""Answers for the tests of what an answer says."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.link_states import Answer

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
ASKED = "http://www.yunling.example/art/2026/11/2/art_12_345.html"
PAGES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "link_pages.toml").read_text(encoding="utf-8"))
_HEAD = "<div>云岭县人民政府 首页 走进云岭 政务公开 办事服务 互动交流 数据开放</div>"
_FOOT = "<p>主办：云岭县人民政府办公室 承办：云岭县大数据中心 网站标识码 网站地图 联系我们</p>" * 12


def page(title: str, body: str) -> str:
    """A page that is nothing but these words."""
    return f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"


def framed(title: str, body: str) -> str:
    """A page with a site's head and foot around the words."""
    return page(title, f"{_HEAD}<main>{body}</main>{_FOOT}")


def answer(body: str | bytes, **changed: Any) -> Answer:
    """An answer of 200 with this body."""
    fields: dict[str, Any] = {
        "url": ASKED,
        "status": 200,
        "location": None,
        "content_type": "text/html; charset=utf-8",
        "body": body.encode() if isinstance(body, str) else body,
        "whole": True,
        "fetched_at": AT,
    }
    return Answer(**(fields | changed))


def ungated(given: Answer) -> Answer:
    """The same answer, read whatever its raw bytes hold."""
    read = answer(given.body, url=given.url, status=given.status, content_type=given.content_type, whole=given.whole)
    read.__dict__["may_say"] = read.__dict__["may_qualify"] = bool(read.text)
    return read
