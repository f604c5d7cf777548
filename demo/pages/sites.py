"""Every other host of the county: the government site, the login page, short links, and everybody's robots.txt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from demo.county import County
from demo.pages import avatars, feeds, searches, toutiao, wechat, weibo
from demo.pages.answer import Answer, failing, html, moved, plain
from demo.pages.templates import render
from records import SHANGHAI

PLATFORMS: dict[str, Callable[[County, str, datetime], Answer]] = {
    "m.weibo.cn": weibo.answer,
    "mp.weixin.qq.com": wechat.answer,
    "weixin.sogou.com": searches.answer,
    "www.toutiao.com": toutiao.answer,
    "tvax1.sinaimg.cn": avatars.answer,
    "p3-sign.toutiaoimg.com": avatars.answer,
    "feed.yunling.example": feeds.answer,
}
SOFT_404 = "抱歉，您访问的页面不存在或已被删除"


def answer(county: County, url: str, now: datetime) -> Answer:
    """What the original host answers to ``url`` at ``now``; an unknown host is a name that does not exist."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    robots = county.sites["robots"]
    if host not in robots:
        return failing("dns")
    outage = county.outage(host, now)
    if outage is not None:
        return failing(outage)
    if parts.path == "/robots.txt":
        return plain(robots[host]) if robots[host] else html("<title>404 Not Found</title>", 404)
    if host in PLATFORMS:
        return PLATFORMS[host](county, url, now)
    return _page(county, url, now)


def _page(county: County, url: str, now: datetime) -> Answer:
    page = next((page for page in county.sites["page"] if page["url"] == url), None)
    if page is None and urlsplit(url).hostname == "f.video.weibocdn.com":
        return html("<title>403 Forbidden</title>", 403)
    if page is None:
        return html("<title>404 Not Found</title><h1>404</h1>", 404)
    state = page.get("state", "alive")
    if state == "once":
        failed = now.astimezone(SHANGHAI).date() in page["nights"]
        return html("<title>500 Internal Server Error</title>", 500) if failed else _alive(county, page["title"])
    if state in ("moved", "login"):
        return moved(page["location"], 301 if state == "moved" else 302)
    if state == "forbidden":
        return html("<title>403 Forbidden</title>", 403)
    if state == "missing":
        return html("<title>404 Not Found</title><h1>404</h1>", 404)
    if state == "soft":
        return html(render("site_page.html", title="页面不存在", words=SOFT_404))
    return _alive(county, page["title"])


def _alive(county: County, title: str) -> Answer:
    words = f"主办：{county.data['office']}。本栏目由各单位按职责维护，内容随时更新。"
    return html(render("site_page.html", title=title, words=words))
