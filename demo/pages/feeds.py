"""The feeds that the county's office runs for its WeChat accounts: RSS, Atom and JSON Feed."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape

from demo.county import County, CountyAccount
from demo.pages.answer import Answer, data, failing, html, plain
from demo.pages.conditions import with_etag
from demo.pages.wechat import short_url
from demo.posts import CountyPost

ITEMS = 60


def answer(county: County, url: str, now: datetime) -> Answer:
    """What feed.yunling.example answers to ``url`` at ``now``."""
    account = next((account for account in county.accounts if account.data.get("feed") == url), None)
    if account is None:
        return html("<title>404</title><h1>没有这个订阅源</h1>", 404)
    trouble = county.trouble(account, "feed", now)
    if trouble == "403":
        return html("<title>403 Forbidden</title><h1>403 Forbidden</h1>", 403)
    if trouble is not None:
        return failing(trouble)
    posts = county.listed_posts(account, now)[:ITEMS]
    return with_etag(_FORMATS[account.data["feed_format"]](account, posts, county.feed_clock(account, now)))


def _rss(account: CountyAccount, posts: list[CountyPost], clock: datetime) -> Answer:
    built = format_datetime(clock)
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{short_url(post)}</link><guid>{short_url(post)}</guid>"
        f"<description></description><content:encoded><![CDATA[{escape(post.text)}]]></content:encoded>"
        f"<pubDate>{format_datetime(post.at)}</pubDate></item>"
        for post in posts
    )
    return plain(
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{account.name}</title><link>{account.data['feed']}</link><description>{account.unit.name}</description>"
        f"<pubDate>{built}</pubDate><lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>",
        kind="application/rss+xml",
    )


def _atom(account: CountyAccount, posts: list[CountyPost], clock: datetime) -> Answer:
    entries = "".join(
        f'<entry><title>{escape(post.title)}</title><link href="{short_url(post)}"/><id>{short_url(post)}</id>'
        f"<published>{post.at.isoformat()}</published><updated>{post.at.isoformat()}</updated>"
        f"<content>{escape(post.text)}</content></entry>"
        for post in posts
    )
    return plain(
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{account.name}</title>'
        f'<id>{account.data["feed"]}</id><link rel="self" href="{account.data["feed"]}"/>'
        f"<updated>{clock.isoformat()}</updated>{entries}</feed>",
        kind="application/atom+xml",
    )


def _json(account: CountyAccount, posts: list[CountyPost], clock: datetime) -> Answer:
    items = [
        {
            "id": short_url(post),
            "url": short_url(post),
            "title": post.title,
            "content_text": post.text,
            "date_published": post.at.isoformat(),
            "date_modified": post.at.isoformat(),
        }
        for post in posts
    ]
    return data(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": account.name,
            "home_page_url": "https://mp.weixin.qq.com/",
            "feed_url": account.data["feed"],
            "date_modified": clock.isoformat(),
            "items": items,
        }
    )


_FORMATS = {"rss": _rss, "atom": _atom, "json": _json}
