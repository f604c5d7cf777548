"""www.toutiao.com: a profile shell whose script loads its list, the list's JSON, and the challenge page."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.county import County, CountyAccount
from demo.pages import toutiao_posts
from demo.pages.answer import Answer, data, failing, html
from demo.pages.templates import render
from demo.pages.toutiao_posts import auth, bio, cell, seconds
from demo.posts import CountyPost

SITE = "https://www.toutiao.com"
PER_PAGE = 10


def profile_url(account: CountyAccount) -> str:
    """The account's public address."""
    return f"{SITE}/c/user/token/{account.uid}/"


def answer(county: County, url: str, now: datetime) -> Answer:
    """What www.toutiao.com answers to ``url`` at ``now``."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    steps = [step for step in parts.path.split("/") if step]
    if steps[:3] == ["c", "user", "token"] and len(steps) == 4:
        return _profile(county, steps[3], now)
    if steps[:2] == ["c", "user"] and len(steps) == 3:
        return _profile(county, steps[2], now)
    if steps == ["api", "pc", "list", "user", "feed"]:
        return _feed(county, query, now)
    if len(steps) == 2 and steps[0] in toutiao_posts.PATHS.values():
        return _post_page(county, steps[1], now)
    return html(render("toutiao_gone.html"), 404)


def _wall(county: County, account: CountyAccount, now: datetime) -> Answer | None:
    trouble = county.trouble(account, "list", now)
    if trouble == "challenge":
        return html(render("toutiao_challenge.html"))
    return None if trouble is None else failing(trouble)


def _profile(county: County, key: str, now: datetime) -> Answer:
    account = county.open_account(f"toutiao:{key}", now)
    if account is None:
        return html(render("toutiao_gone.html"), 404)
    shell = render(
        "toutiao_profile.html",
        token=account.uid,
        name_html=escape(account.name_at(now)),
        auth_html=escape(auth(account)),
        bio_html=escape(bio(account)),
        followers=str(account.data.get("followers", "1.8万")),
    )
    return _wall(county, account, now) or html(shell)


def _feed(county: County, query: dict[str, str], now: datetime) -> Answer:
    account = county.open_account(f"toutiao:{query.get('token')}", now)
    if account is None or query.get("category") != "profile_all":
        return data({"message": "error", "data": None})
    wall = _wall(county, account, now)
    if wall is not None:
        return wall
    before = int(query.get("max_behot_time", "0"))
    posts = county.posts_at(account, now)
    flowing = [post for post in posts if not post.pinned and (not before or seconds(post) < before)]
    shown, rest = flowing[:PER_PAGE], flowing[PER_PAGE:]
    stuck = [post for post in posts if post.pinned] if not before else []
    last = seconds(shown[-1]) if shown else 0
    items = [_item(county, account, post, now) for post in (*stuck, *shown)]
    return data({"message": "success", "data": items, "has_more": bool(rest), "next": {"max_behot_time": last}})


def _item(county: County, account: CountyAccount, post: CountyPost, now: datetime) -> dict[str, Any]:
    item = _micro(account, post, now) if post.kind == "micro" else _article_item(account, post, now)
    if post.pinned:
        item |= {"is_stick": True, "stick_style": 1, "label": "置顶"}
    return item


def _article_item(account: CountyAccount, post: CountyPost, now: datetime) -> dict[str, Any]:
    video = post.kind == "video"
    item: dict[str, Any] = {
        "cell_type": 49 if video else 60,
        "title": post.title,
        "abstract": post.words(now)[:80],
        "article_type": 0,
        "article_url": f"{SITE}/group/{post.post_id}/",
        "group_id": post.post_id,
        "item_id": post.post_id,
        "id": post.post_id,
        "group_source": 2,
        "has_video": video,
        "publish_time": seconds(post),
        "behot_time": seconds(post),
        "source": account.name_at(now),
        "comment_count": post.number % 5,
        "digg_count": post.number % 31,
        "read_count": 300 + post.number * 7,
        "user_info": _user(account, now),
        "media_info": {
            "avatar_url": f"https://p3-sign.toutiaoimg.com/user-avatar/{account.data['user_id']}~300x300.image",
            "media_id": int(account.data["media_id"]),
            "name": account.name_at(now),
            "user_id": account.uid,
            "user_verified": True,
        },
        "itemCell": cell(account, post),
    }
    if post.original:
        item["is_original"] = True
    return item | ({"video_duration": 63} if video else {})


def _micro(account: CountyAccount, post: CountyPost, now: datetime) -> dict[str, Any]:
    words = post.words(now)
    return {
        "cell_type": 32,
        "content": words,
        "rich_content": escape(words),
        "title": words[:40],
        "id": post.post_id,
        "thread_id_str": post.post_id,
        "group_source": 5,
        "publish_time": seconds(post),
        "behot_time": seconds(post),
        "comment_count": post.number % 5,
        "digg_count": post.number % 31,
        "user": {
            **_user(account, now),
            "id": account.uid,
            "screen_name": account.name_at(now),
            "schema": f"sslocal://profile?uid={account.data['user_id']}&refer=dongtai",
        },
    }


def _user(account: CountyAccount, now: datetime) -> dict[str, Any]:
    return {
        "avatar_url": f"https://p3-sign.toutiaoimg.com/user-avatar/{account.data['user_id']}~300x300.image",
        "description": bio(account),
        "name": account.name_at(now),
        "user_auth_info": json.dumps({"auth_type": "5", "auth_info": auth(account)}, ensure_ascii=False),
        "user_id": account.uid,
        "user_verified": True,
        "verified_content": auth(account),
    }


def _post_page(county: County, post_id: str, now: datetime) -> Answer:
    for account in county.accounts:
        for post in account.posts:
            if account.platform == "toutiao" and post.post_id == post_id and post.public(now):
                return _wall(county, account, now) or html(toutiao_posts.page(account, post, now))
    return html(render("toutiao_gone.html"), 404)
