"""Made-up Toutiao payloads of the made-up county 云岭县, in the shapes that notes and recordings give."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from crawler.page import Call, Page
from crawler.reading import Reading, read

TOKEN = "MS4wLjABAAAAyunling-xianzhengfu_0000000000000000000001"  # noqa: S105 the public name of a made-up account
OTHER_TOKEN = "MS4wLjABAAAAyunling-xianzhengfu_0000000000000000000002"  # noqa: S105
USER_ID = "1437700000000707"
FETCHED_AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOON = 1_795_000_000  # 2026-11-18 20:26:40 +08:00
PROFILE_URL = f"https://www.toutiao.com/c/user/token/{TOKEN}/"
AUTH = {"auth_type": "5", "auth_info": "云岭县人民政府官方账号"}
SHELL = (
    "<!DOCTYPE html><html><head><title>云岭发布的头条主页 - 今日头条(www.toutiao.com)</title></head><body>"
    '<div class="profile-info"><div class="detail"><span class="name">云岭发布</span></div></div>'
    '<div class="relation-stat"><button class="stat-item"><span>2.1万</span><span>获赞</span></button>'
    '<button class="stat-item"><span>1.2万</span><span>粉丝</span></button></div>{more}</body></html>'
)


def article(number: int, **changes: Any) -> dict[str, Any]:
    """One article item of a profile list; a smaller ``number`` is a newer post."""
    group_id = str(7_652_913_480_072_167_000 + 972 - number)
    return {
        "cell_type": 60,
        "group_id": group_id,
        "item_id": group_id,
        "id": group_id,
        "title": f"云岭县通知之{number}",
        "abstract": "通知摘要",
        "publish_time": NOON - 86_400 * number,
        "behot_time": NOON,
        "has_video": False,
        "source": "云岭发布",
        "user_info": {
            "user_id": TOKEN,
            "name": "云岭发布",
            "user_verified": True,
            "user_auth_info": json.dumps(AUTH, ensure_ascii=False),
        },
        "itemCell": {
            "userInfo": {"userID": USER_ID, "mediaID": USER_ID},
            "itemCounter": {"readCount": 0, "diggCount": 3, "commentCount": 1, "forwardCount": 2},
        },
        **changes,
    }


def micro_post(number: int, **changes: Any) -> dict[str, Any]:
    """One micro post item: no group id, no source, the author under ``user``."""
    return {
        "cell_type": 32,
        "group_source": 5,
        "id": str(1_847_651_525_382_154 - number),
        "thread_id_str": str(1_847_651_525_382_154 - number),
        "title": "今天云岭县",
        "content": "今天云岭县天气晴。\n请大家注意防火。",
        "publish_time": NOON - 86_400 * number,
        "user": {"id": TOKEN, "user_id": TOKEN, "name": "云岭发布", "user_auth_info": AUTH},
        **changes,
    }


def answer(items: list[dict[str, Any]] | None, more: object = False, cursor: int = 0, **changes: Any) -> bytes:
    """The bytes of a list answer."""
    body = {"message": "success", "data": items, "has_more": more, "next": {"max_behot_time": cursor}, **changes}
    return json.dumps(body, ensure_ascii=False).encode()


def call(body: bytes, cursor: int = 0, status: int = 200, token: str = TOKEN) -> Call:
    """A list call of the profile page."""
    query = f"category=profile_all&token={token}&max_behot_time={cursor}&aid=24&app_name=toutiao_web"
    return Call(f"https://www.toutiao.com/api/pc/list/user/feed?{query}", status, body)


def profile_page(*calls: Call, more: str = "", url: str = PROFILE_URL) -> Page:
    """A rendered profile with the list calls it made."""
    return Page(url=url, body=SHELL.replace("{more}", more).encode(), fetched_at=FETCHED_AT, calls=calls)


def reading_of(url: str, body: str | bytes, status: int = 200) -> Reading:
    """The reading of one page."""
    raw = body.encode() if isinstance(body, str) else body
    return read(Page(url=url, body=raw, fetched_at=FETCHED_AT, status=status))
