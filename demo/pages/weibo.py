"""Weibo's guest pages: m.weibo.cn profile card, timeline and long text, in the shape of 2021-2022 answers."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from demo.county import County, CountyAccount
from demo.pages.answer import Answer, data, failing, html
from demo.pages.templates import render
from demo.posts import CountyPost
from records import SHANGHAI

PER_PAGE = 10
CUT_AT = 140
VISITOR_URL = "https://passport.weibo.com/sso/signin?entry=wapsso&source=wapsso&url=https%3A%2F%2Fm.weibo.cn%2F"
ICON = "<span class='url-icon'><img style='width: 1rem;height: 1rem' src='https://h5.sinaimg.cn/upload/2015/09/25/3/timeline_card_small_web_default.png'></span>"
REPOSTED = (
    "转发微博<span class='url-icon'><img alt=[赞] src='https://h5.sinaimg.cn/m/emoticon/icon/d_zan.png' /></span>"
)
_MENTION = re.compile(r"@([\w-]{2,30})")
ERROR_PAGE = "<title>微博</title><div class='h5-4box'>出错了，未知错误</div>"
NOTHING_HERE = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


def answer(county: County, url: str, now: datetime) -> Answer:
    """What m.weibo.cn answers to ``url`` at ``now``."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if parts.path == "/statuses/extend":
        return _extend(county, query.get("id", ""), now)
    if parts.path.startswith(("/status/", "/detail/")):
        return _status_page(county, parts.path.split("/")[2], now)
    if parts.path != "/api/container/getIndex":
        return html(ERROR_PAGE)
    container = query.get("containerid", "")
    uid = query.get("value") or container[6:]
    account = county.open_account(f"weibo:{uid}", now)
    if account is None:
        return data(NOTHING_HERE)
    page = "list" if container.startswith(("107603", "230413")) else "profile"
    wall = _wall(county.trouble(account, page, now))
    if wall is not None:
        return wall
    if page == "profile":
        return data({"ok": 1, "data": _profile(county, account, now)})
    return _timeline(county, account, query.get("since_id"), now)


def _wall(trouble: str | None) -> Answer | None:
    if trouble is None:
        return None
    if trouble == "login":
        return data({"ok": -100, "errno": "100005", "msg": "", "url": VISITOR_URL})
    if trouble == "432":
        return Answer(432, b"", {"Content-Type": "text/html"})
    if trouble == "empty":
        return data(NOTHING_HERE)
    if trouble == "changed":
        return data({"ok": 1, "data": {"layout": "v9", "feed": {"sections": [{"kind": "stream", "ref": "s1"}]}}})
    return failing(trouble)


def _user(county: County, account: CountyAccount, now: datetime) -> dict[str, Any]:
    followers = account.data.get("followers", str(2000 + int(account.uid) % 997 * 7))
    avatar = (
        f"https://tvax1.sinaimg.cn/crop.0.0.512.512.180/yl{account.uid}.jpg?KID=imgbed,tva&Expires=1794800000&ssig=demo"
    )
    return {
        "id": int(account.uid),
        "screen_name": account.name_at(now),
        "profile_image_url": avatar,
        "profile_url": f"https://m.weibo.cn/u/{account.uid}?uid={account.uid}",
        "statuses_count": len(county.posts_at(account, now)),
        "verified": True,
        "verified_type": 1,
        "verified_type_ext": 0,
        "verified_reason": f"{account.unit.name}官方微博",
        "close_blue_v": False,
        "description": f"{account.unit.name}官方微博。互动与办事：https://www.yunling.example/hudong/",
        "gender": "m",
        "mbtype": 0,
        "urank": 9,
        "mbrank": 0,
        "follow_me": False,
        "following": False,
        "follow_count": 36,
        "followers_count": followers,
        "followers_count_str": followers,
        "cover_image_phone": "https://wx1.sinaimg.cn/crop.0.0.640.640.640/549d0121tw1egm1kjly3jj20hs0hsq4f.jpg",
        "avatar_hd": avatar.replace("180", "1024"),
        "like": False,
        "like_me": False,
    }


def _profile(county: County, account: CountyAccount, now: datetime) -> dict[str, Any]:
    tabs = [("profile", "精选", "230283"), ("weibo", "微博", "107603"), ("album", "相册", "107803")]
    return {
        "isVideoCoverStyle": 1,
        "isStarStyle": 0,
        "userInfo": {**_user(county, account, now), "toolbar_menus": []},
        "fans_scheme": "https://m.weibo.cn/c/attention/visit?showtype=fans",
        "follow_scheme": "https://m.weibo.cn/c/attention/visit?showtype=follow",
        "tabsInfo": {
            "selectedTab": 1,
            "tabs": [
                {
                    "id": number,
                    "tabKey": key,
                    "must_show": 1,
                    "hidden": 0,
                    "title": title,
                    "tab_type": key,
                    "containerid": f"{prefix}{account.uid}",
                }
                for number, (key, title, prefix) in enumerate(tabs, 1)
            ],
        },
        "scheme": f"sinaweibo://userinfo?uid={account.uid}",
        "showAppTips": 0,
    }


def _timeline(county: County, account: CountyAccount, since_id: str | None, now: datetime) -> Answer:
    posts = county.posts_at(account, now)
    flowing = [post for post in posts if since_id is None or int(post.post_id) < int(since_id)]
    flowing = [post for post in flowing if not post.pinned]
    shown, rest = flowing[:PER_PAGE], flowing[PER_PAGE:]
    if since_id is None:
        shown = [post for post in posts if post.pinned] + shown
    if not shown:
        return data(NOTHING_HERE)
    info: dict[str, Any] = {"containerid": f"107603{account.uid}", "v_p": 42, "show_style": 1, "total": len(posts)}
    if rest:
        info["since_id"] = int(shown[-1].post_id)
    cards = [_card(county, account, post, now) for post in shown]
    scheme = f"sinaweibo://cardlist?containerid=107603{account.uid}"
    return data({"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "scheme": scheme, "showAppTips": 0}})


def _card(county: County, account: CountyAccount, post: CountyPost, now: datetime) -> dict[str, Any]:
    bid = post.native["bid"]
    return {
        "card_type": 9,
        "itemid": f"107603{account.uid}_-_{post.post_id}",
        "scheme": f"https://m.weibo.cn/status/{bid}?mblogid={bid}&luicode=10000011&lfid=107603{account.uid}",
        "mblog": _mblog(county, account, post, now),
    }


def _mblog(county: County, account: CountyAccount, post: CountyPost, now: datetime) -> dict[str, Any]:
    words = post.words(now)
    cut = post.long and len(words) > CUT_AT
    mblog: dict[str, Any] = {
        "visible": {"type": 0, "list_id": 0},
        "created_at": _created(post.at),
        "id": post.post_id,
        "mid": post.post_id,
        "can_edit": False,
        "version": 1,
        "show_additional_indication": 0,
        "text": _text_html(post, words[:CUT_AT] if cut else words, whole=not cut),
        "textLength": len(words) * 2,
        "source": "微博网页版",
        "favorited": False,
        "pic_ids": [],
        "is_paid": False,
        "mblog_vip_type": 0,
        "user": _user(county, account, now),
        "reposts_count": post.reposts or post.number % 9,
        "comments_count": post.number % 5,
        "attitudes_count": post.likes or post.number % 31,
        "pending_approval_count": 0,
        "isLongText": cut,
        "mlevel": 0,
        "mblogtype": 2 if post.pinned else 0,
        "more_info_type": 0,
        "pic_num": 0,
        "region_name": "发布于 云岭",
        "bid": post.native["bid"],
    }
    if post.pinned:
        mblog |= {"isTop": 1, "title": {"text": "置顶", "base_color": 1}}
    if post.edited_at is not None and post.edited_at <= now:
        mblog |= {"edit_count": 1, "edit_at": _created(post.edited_at)}
    if post.kind == "video":
        mblog["page_info"] = _video(post)
    if post.repost:
        mblog["retweeted_status"] = _reposted(county, post)
        mblog["text"] = REPOSTED
    return mblog


def _video(post: CountyPost) -> dict[str, Any]:
    stream = (
        f"https://f.video.weibocdn.com/yl{post.number}.mp4?label=mp4_ld&Expires=1794800000&ssig=demo&KID=unistore,video"
    )
    return {
        "type": "video",
        "object_type": 11,
        "url_ori": "http://t.cn/A6yunvid",
        "page_pic": {"url": "https://wx4.sinaimg.cn/orj480/ylvideo.jpg"},
        "page_url": f"https://video.weibo.com/show?fid=1034:{post.post_id}",
        "object_id": f"1034:{post.post_id}",
        "page_title": "微博视频",
        "title": post.title,
        "content1": "微博视频",
        "content2": post.title,
        "play_count": "1208次播放",
        "media_info": {"stream_url": stream, "stream_url_hd": stream, "duration": 63.2},
        "urls": {"mp4_ld_mp4": stream},
    }


def _reposted(county: County, post: CountyPost) -> dict[str, Any]:
    texts = county.texts
    user = {
        "id": int(texts["repost_uid"]),
        "screen_name": texts["repost_name"],
        "verified": True,
        "verified_type": 1,
        "verified_reason": "澜州市人民政府新闻办公室官方微博",
    }
    mid = str(int(post.post_id) - (7200 << 22))
    return {
        "visible": {"type": 0, "list_id": 0},
        "created_at": _created(datetime.fromtimestamp(post.at.timestamp() - 7200, SHANGHAI)),
        "id": mid,
        "mid": mid,
        "text": escape(post.text).replace("\n", "<br />"),
        "textLength": len(post.text) * 2,
        "source": "微博网页版",
        "pic_ids": [],
        "user": user,
        "reposts_count": 5,
        "comments_count": 1,
        "attitudes_count": 8,
        "isLongText": False,
        "mblogtype": 0,
        "pic_num": 0,
        "bid": "",
    }


def _extend(county: County, mid: str, now: datetime) -> Answer:
    found = _find(county, mid, now)
    if found is None:
        return data({"ok": 0, "msg": "微博不存在或已被删除"})
    account, post = found
    trouble = county.trouble(account, "article", now)
    text = _text_html(post, post.words(now), whole=True, expanded=True)
    counts = {"reposts_count": post.number % 9, "comments_count": post.number % 5, "attitudes_count": post.number % 31}
    return _wall(trouble) or data({"ok": 1, "data": {"ok": 1, "longTextContent": text, **counts}})


def _status_page(county: County, key: str, now: datetime) -> Answer:
    found = _find(county, key, now)
    if found is None:
        return html(ERROR_PAGE)
    account, post = found
    status = {**_mblog(county, account, post, now), "isLongText": post.long}
    if not post.repost:
        status["text"] = _text_html(post, post.words(now), whole=True)
    text = json.dumps(status, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return _wall(county.trouble(account, "article", now)) or html(render("weibo_status.html", status=text))


def _find(county: County, key: str, now: datetime) -> tuple[CountyAccount, CountyPost] | None:
    for account in county.accounts:
        for post in account.posts if account.platform == "weibo" else ():
            if key in (post.post_id, post.native["bid"]) and post.public(now):
                return account, post
    return None


def _text_html(post: CountyPost, words: str, *, whole: bool, expanded: bool = False) -> str:
    search = f"https://m.weibo.cn/search?containerid=231522type%3D1%26t%3D10%26q%3D{quote('#云岭#')}"
    text = f'<a  href="{search}" data-hide=""><span class="surl-text">#云岭#</span></a> '
    text += _MENTION.sub(r"<a href='/n/\1'>@\1</a>", escape(words)).replace("\n", "<br />")
    if not whole:
        return f'{text}...<a href="/status/{post.post_id}">全文</a>'
    return text + "".join(_link_html(link, expanded) for link in post.links)


def _link_html(link: str, expanded: bool) -> str:
    href = f"https://weibo.cn/sinaurl?u={quote(link, safe='')}" if expanded or "//t.cn/" not in link else link
    return (
        f' <a  href="{href}" data-hide="" data-url="{escape(link)}">{ICON}<span class="surl-text">网页链接</span></a>'
    )


def _created(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S +0800 %Y")
