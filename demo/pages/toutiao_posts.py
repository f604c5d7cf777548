"""Toutiao's pages of single posts: articles and videos with RENDER_DATA, micro posts as rendered."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from demo.county import CountyAccount
from demo.pages.templates import render
from demo.posts import CountyPost
from records import SHANGHAI

PATHS = {"micro": "w", "video": "video", "article": "article"}


def auth(account: CountyAccount) -> str:
    """The platform's verification text (认证信息)."""
    return f"{account.unit.name}官方账号"


def bio(account: CountyAccount) -> str:
    """The account's own words of itself."""
    return f"{account.unit.name}官方账号，发布工作动态和便民信息。"


def seconds(post: CountyPost) -> int:
    """The publish time in epoch seconds."""
    return int(post.at.timestamp())


def cell(account: CountyAccount, post: CountyPost) -> dict[str, Any]:
    """The ``itemCell`` that list items and article pages share: the exact id, counters, and the numeric account ids."""
    return {
        "articleBase": {"gidStr": post.post_id, "itemStatus": 20},
        "itemCounter": {
            "commentCount": post.number % 5,
            "diggCount": post.number % 31,
            "readCount": 300 + post.number * 7,
            "shareCount": 1,
            "showCount": 5000,
            "repinCount": 0,
            "forwardCount": 0,
        },
        "userInfo": {"userID": account.data["user_id"], "mediaID": account.data["media_id"]},
    }


def page(account: CountyAccount, post: CountyPost, now: datetime) -> str:
    """The post's own page; every post that is no micro post or video is an article."""
    if post.kind == "micro":
        return _micro_post(account, post, now)
    return _video(account, post, now) if post.kind == "video" else _article(account, post, now)


def _address(post: CountyPost) -> str:
    return f"https://www.toutiao.com/{PATHS[post.kind]}/{post.post_id}/"


def _minute(post: CountyPost) -> str:
    return post.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _paragraphs(post: CountyPost, now: datetime) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in post.words(now).split("\n"))


def _article(account: CountyAccount, post: CountyPost, now: datetime) -> str:
    name, words, content = account.name_at(now), post.words(now), _paragraphs(post, now)
    facts = {
        "title": post.title,
        "abstract": words[:80],
        "articleType": "article",
        "itemId": post.post_id,
        "groupId": post.post_id,
        "groupSource": 2,
        "isOriginal": post.original,
        "publishTime": _minute(post),
        "source": name,
        "pathname": f"/article/{post.post_id}/",
        "likeData": {"userLikeStatus": 0, "count": post.number % 31},
        "content": content,
        "imageList": [],
        "mediaInfo": {
            "userId": account.uid,
            "unsafeUserId": account.data["user_id"],
            "name": name,
            "avatarUrl": "",
            "description": bio(account),
            "userVerified": 1,
        },
        "seoTDK": {
            "title": f"{post.title} - 今日头条",
            "publishTimestamp": str(seconds(post)),
            "modifiedTimestamp": str(seconds(post)),
        },
        "itemCell": cell(account, post),
    }
    return _with_data(account, post, now, facts, content)


def _video(account: CountyAccount, post: CountyPost, now: datetime) -> str:
    video = {
        "title": post.title,
        "publishTime": seconds(post),
        "playCount": 300 + post.number * 7,
        "commentCount": post.number % 5,
        "diggCount": post.number % 31,
        "repinCount": 0,
        "duration": 63,
        "coverUrl": f"https://p3-sign.toutiaoimg.com/tos-cn-p/{post.post_id}~noop.image?x-expires=1796000000&x-signature=demo",
        "userInfo": {"userId": account.uid, "name": account.name_at(now)},
    }
    return _with_data(account, post, now, {"initialVideo": video}, "")


def _with_data(account: CountyAccount, post: CountyPost, now: datetime, facts: dict[str, Any], content: str) -> str:
    json_ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": _address(post)},
        "headline": post.title,
    }
    return render(
        "toutiao_article.html",
        title_html=escape(post.title),
        url=_address(post),
        minute=_minute(post),
        token=account.uid,
        name_html=escape(account.name_at(now)),
        content=content,
        json_ld=json.dumps(json_ld, ensure_ascii=False).replace("</", "<\\/"),
        render_data=quote(json.dumps({"data": facts}, ensure_ascii=False)),
    )


def _micro_post(account: CountyAccount, post: CountyPost, now: datetime) -> str:
    words = escape(post.words(now))
    return render(
        "toutiao_micro_post.html",
        title=escape(post.words(now)[:30]),
        url=_address(post),
        token=account.uid,
        name=escape(account.name_at(now)),
        minute=_minute(post),
        words=words,
    )
