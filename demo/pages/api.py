"""api.weixin.qq.com, made up in its documented shape: tokens, and the posts of one day of an account that consents.

No live answer was seen; whatever the documentation leaves open is a guess here as well. ``appid_of`` and ``secret_of``
give each account of the county an application.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.county import County, CountyAccount
from demo.pages.answer import Answer, data, html
from demo.pages.wechat import long_url
from demo.posts import CountyPost
from records import SHANGHAI

HOST = "api.weixin.qq.com"
_VALID_SECONDS = 7200
_WHOLE_FROM_HOUR = 8


def appid_of(account: CountyAccount) -> str:
    """The AppID of the account's made-up application."""
    return "wx" + hashlib.sha256(f"appid {account.uid}".encode()).hexdigest()[:16]


def secret_of(account: CountyAccount) -> str:
    """The secret of the account's made-up application."""
    return hashlib.sha256(f"secret {account.uid}".encode()).hexdigest()[:32]


def answer(county: County, url: str, now: datetime, body: bytes) -> Answer | None:
    """What the API answers to a POST of ``body`` to ``url`` at ``now``; ``None`` for any other host."""
    parts = urlsplit(url)
    if parts.hostname != HOST:
        return None
    asked = _object(body)
    if parts.path == "/cgi-bin/stable_token":
        return _token(county, asked)
    if parts.path == "/datacube/getarticletotaldetail":
        token = parse_qs(parts.query).get("access_token", [""])[0]
        return _day(county, _holder(county, token), asked, now)
    return html("<title>404 Not Found</title>", 404)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _token(county: County, asked: Mapping[str, Any]) -> Answer:
    account = next((one for one in _consenting(county) if appid_of(one) == asked.get("appid")), None)
    if account is None:
        return _refused(40013, "invalid appid")
    if asked.get("secret") != secret_of(account) or asked.get("grant_type") != "client_credential":
        return _refused(40125, "invalid appsecret")
    return data({"access_token": _token_of(account), "expires_in": _VALID_SECONDS})


def _day(county: County, account: CountyAccount | None, asked: Mapping[str, Any], now: datetime) -> Answer:
    if account is None:
        return _refused(40001, "invalid credential, access_token is invalid or not latest")
    begin, end = str(asked.get("begin_date")), str(asked.get("end_date"))
    here = now.astimezone(SHANGHAI)
    if begin != end or begin >= here.date().isoformat():
        return _refused(61501, "date range error")
    day = date.fromisoformat(begin)
    items = [_item(account, post, day) for post in account.posts if post.at.astimezone(SHANGHAI).date() == day]
    late = day == here.date() - timedelta(days=1) and here.hour < _WHOLE_FROM_HOUR
    return data({"list": items, "is_delay": late})


def _item(account: CountyAccount, post: CountyPost, day: date) -> dict[str, Any]:
    n_readers = 100 + post.number
    return {
        "ref_date": day.isoformat(),
        "msgid": f"{post.native['mid']}_{post.native['idx']}",
        "publish_type": 0,
        "title": post.title,
        "content_url": long_url(account, post).replace("https://", "http://") + "#rd",
        "detail_list": [
            {
                "stat_date": day.isoformat(),
                "read_user": n_readers,
                "read_user_source": [{"user_count": n_readers, "scene_desc": "全部"}],
                "share_user": 3,
                "zaikan_user": 1,
                "like_user": 2,
                "comment_count": 0,
                "collection_user": 0,
            }
        ],
    }


def _refused(number: int, words: str) -> Answer:
    return data({"errcode": number, "errmsg": f"{words} rid: 0-0-0"})


def _consenting(county: County) -> list[CountyAccount]:
    return [account for account in county.accounts if account.platform == "wechat"]


def _holder(county: County, token: str) -> CountyAccount | None:
    return next((account for account in _consenting(county) if _token_of(account) == token), None)


def _token_of(account: CountyAccount) -> str:
    return "county_" + hashlib.sha256(f"token {account.uid}".encode()).hexdigest()
