"""Lists of made-up accounts in the shape of m.weibo.cn, as a mirror in a process of its own.

``python -m bench.chain_server PAGES`` prints its address and serves until its input closes. One page an
account, told apart by ``value=<uid>``; every page is gzip, as the platform sends it, and made before the
first request, so that serving costs next to nothing. Every other address is answered 404, robots.txt too.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.spiders.weibo import bid_of, timeline_url
from records import SHANGHAI

# When the pages are seen; the clock of the measured crawl starts here.
MOMENT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
POSTS_A_PAGE = 15
# Fifteen posts so far apart reach back beyond a first look, so that one page covers an account's window.
APART = timedelta(hours=36)
_FIRST_UID, _FIRST_MID = 2_000_000_000, 4_900_000_000_000_000
# The commonest block of characters: drawn by chance, they are packed about as far as real sentences.
_CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
_TOPIC = (
    '<a  href="https://m.weibo.cn/search?containerid=231522type%3D1%26t%3D10%26q%3D%23yunling%23&isnewpage=1"'
    ' data-hide=""><span class="surl-text">#云岭#</span></a> '
)
_ASKED = re.compile(rb"GET \S*/https/m\.weibo\.cn/api/container/getIndex\?\S*value=([0-9]+)\S* ")
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"


def uid_of(number: int) -> str:
    """The uid of account ``number``."""
    return str(_FIRST_UID + number)


def name_of(number: int) -> str:
    """The name that account ``number`` shows."""
    return f"云岭发布{number}"


def address_of(mirror: str, number: int) -> str:
    """Where the mirror serves the list that a crawl asks for account ``number``."""
    return f"{mirror}/{timeline_url(uid_of(number)).replace('://', '/')}"


def list_page(number: int) -> bytes:
    """The list of account ``number``: about 55 KB of JSON, other words and addresses on every page."""
    chance = random.Random(number)  # noqa: S311
    cards = [_card(chance, number, place) for place in range(POSTS_A_PAGE)]
    info = {"containerid": f"107603{uid_of(number)}", "v_p": 42, "show_style": 1, "total": 1221}
    info["since_id"] = int(cards[-1]["mblog"]["mid"])
    # Escaped to ASCII, as the platform sends it.
    return json.dumps({"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "showAppTips": 0}}).encode()


def _card(chance: random.Random, number: int, place: int) -> dict[str, Any]:
    mid = str(_FIRST_MID + number * POSTS_A_PAGE + POSTS_A_PAGE - place)
    scheme = f"https://m.weibo.cn/status/{bid_of(mid)}?mblogid={bid_of(mid)}&luicode=10000011"
    item = f"107603{uid_of(number)}_-_{mid}"
    return {"card_type": 9, "itemid": item, "scheme": scheme, "mblog": _post(chance, number, place, mid)}


def _post(chance: random.Random, number: int, place: int, mid: str) -> dict[str, Any]:
    at = (MOMENT - APART * (place + 0.5)).astimezone(SHANGHAI)
    pictures = [_picture(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
    return {
        "visible": {"type": 0, "list_id": 0},
        "created_at": at.strftime("%a %b %d %H:%M:%S +0800 %Y"),
        "id": mid,
        "mid": mid,
        "can_edit": False,
        "version": 1,
        "show_additional_indication": 0,
        "text": _text(chance, place),
        "textLength": 240,
        "source": "微博网页版",
        "favorited": False,
        "pic_ids": [picture["pid"] for picture in pictures],
        "pic_types": "",
        "thumbnail_pic": pictures[0]["url"],
        "bmiddle_pic": pictures[0]["url"],
        "original_pic": pictures[0]["large"]["url"],
        "is_paid": False,
        "mblog_vip_type": 0,
        "user": _user(number),
        "picStatus": ":".join("0" for _ in pictures),
        "reposts_count": chance.randrange(40),
        "comments_count": chance.randrange(20),
        "attitudes_count": chance.randrange(300),
        "pending_approval_count": 0,
        "isLongText": False,
        "hide_flag": 0,
        "mlevel": 0,
        "darwin_tags": [],
        "mblogtype": 0,
        "more_info_type": 0,
        "number_display_strategy": {"apply_scenario_flag": 3, "display_text_min_number": 1000000},
        "enable_comment_guide": True,
        "content_auth": 0,
        "pic_num": len(pictures),
        "alchemy_params": {"ug_red_envelope": False},
        "edit_config": {"edited": False},
        "pics": pictures,
        "bid": bid_of(mid),
        "region_name": "发布于 浙江",
    }


def _text(chance: random.Random, place: int) -> str:
    words = "".join(chance.choices(_CHARACTERS, k=100))
    link = f"http://t.cn/A6{chance.getrandbits(30):06x}"
    href = f'<a  href="{link}" data-hide="" data-url="{link}"><span class="surl-text">网页链接</span></a>'
    return f"{_TOPIC}{words[:70]}<br />{words[70:]}{href if place % 3 == 0 else ''}"


def _user(number: int) -> dict[str, Any]:
    uid, picture = uid_of(number), f"https://tvax1.sinaimg.cn/crop.0.0.512.512.180/{number:020x}.jpg?KID=imgbed,tva"
    return {
        "id": int(uid),
        "screen_name": name_of(number),
        "profile_image_url": picture,
        "profile_url": f"https://m.weibo.cn/u/{uid}?uid={uid}&luicode=10000011",
        "statuses_count": 1221,
        "verified": True,
        "verified_type": 1,
        "verified_reason": "云岭县人民政府办公室官方微博",
        "description": "云岭县人民政府办公室官方微博，权威发布，互动与办事。",
        "gender": "m",
        "mbtype": 0,
        "urank": 9,
        "mbrank": 6,
        "follow_count": 36,
        "followers_count": "3.1万",
        "cover_image_phone": "https://wx1.sinaimg.cn/crop.0.0.640.640.640/549d0121tw1egm1kjly3jj20hs0hsq4f.jpg",
        "avatar_hd": picture,
        "badge": {"user_name_certificate": 1},
    }


def _picture(chance: random.Random) -> dict[str, Any]:
    pid = f"{chance.getrandbits(128):032x}"
    size = {"width": 360, "height": 480, "croped": False}
    large = {"size": "large", "url": f"https://wx1.sinaimg.cn/large/{pid}.jpg", "geo": size}
    return {
        "pid": pid,
        "url": f"https://wx1.sinaimg.cn/orj360/{pid}.jpg",
        "size": "orj360",
        "geo": size,
        "large": large,
    }


class Mirror(asyncio.Protocol):
    """One connection: an answer for every request, in order, kept open."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._unread = b""

    def connection_made(self, transport: Any) -> None:
        """Called by asyncio."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        *requests, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for request in requests:
            asked = _ASKED.match(request)
            self._transport.write(self._answers.get(asked[1], _NOT_FOUND) if asked else _NOT_FOUND)


def answers(n_pages: int) -> dict[bytes, bytes]:
    """Every page as it goes over the wire, by uid."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    found = {}
    for number in range(n_pages):
        body = gzip.compress(list_page(number), 6, mtime=0)
        found[uid_of(number).encode()] = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    return found


async def serve(n_pages: int) -> None:
    """Serve until standard input closes, so that no server outlives the one who started it."""
    made = answers(n_pages)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Mirror(made), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
