"""Search result pages as a person saves them: Weibo's user search, Sogou's account search, Toutiao's user search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from demo.county import County
from demo.pages.answer import Answer, html
from demo.pages.templates import render

Row = Mapping[str, Any]
# A search shows accounts whose names have so much of the keyword.
_ALIKE = 0.5


def answer(county: County, url: str, _now: datetime) -> Answer:
    """What weixin.sogou.com answers to a search of accounts: its wall to one keyword, and no result to most."""
    asked = parse_qs(urlsplit(url).query)
    if urlsplit(url).path != "/weixin" or asked.get("type") != ["1"]:
        return html("<title>404 Not Found</title><h1>404</h1>", 404)
    keyword = asked["query"][0]
    if keyword == county.candidates["pages"]["walled_keyword"]:
        return html(render("sogou_antispider.html"))
    saved = [row for row in county.candidates["candidate"] if row["page"] == "sogou"]
    rows = [row for row in (*saved, *county.candidates["search_only"]) if _is_found(keyword, row["name"])]
    return html(sogou_page(keyword, rows) if rows else render("sogou_nothing.html", keyword=escape(keyword)))


def _is_found(keyword: str, name: str) -> bool:
    return (Counter(keyword) & Counter(name)).total() >= _ALIKE * len(keyword)


def saved_pages(county: County) -> dict[str, str]:
    """File name to page: result pages of the platforms, and one of Sogou's captcha instead of results."""
    keyword, rows = county.candidates["pages"]["keyword"], county.candidates["candidate"]
    more = county.candidates["pages"]["more_keyword"]
    return {
        "weibo_用户搜索.html": weibo_page(keyword, [row for row in rows if row["page"] == "weibo"]),
        "sogou_公众号搜索.html": sogou_page(keyword, [row for row in rows if row["page"] == "sogou"]),
        "toutiao_用户搜索.html": toutiao_page(keyword, [row for row in rows if row["page"] == "toutiao"]),
        "weibo_用户搜索_云岭.html": weibo_page(more, [row for row in rows if row["page"] == "weibo_more"]),
        "sogou_公众号搜索_云岭.html": sogou_page(more, [row for row in rows if row["page"] == "sogou_more"]),
        "sogou_要求验证.html": render("sogou_antispider.html"),
    }


def weibo_page(keyword: str, rows: Iterable[Row]) -> str:
    """s.weibo.com/user with one card an account, in the layout since 2018."""
    cards = "".join(_weibo_card(row) for row in rows)
    return render("weibo_search.html", keyword=escape(keyword), cards=cards)


def _weibo_card(row: Row) -> str:
    verified = "verified" in row
    return render(
        "weibo_search_card.html",
        uid=row["uid"],
        name=escape(row["name"]).replace("发布", '<em class="s-color-red">发布</em>'),
        badge='<i class="icon-vip icon-vip-b"></i>' if verified else "",
        verified=f"<p>认证信息：{escape(row['verified'])}</p>" if verified else "",
        followers=row["followers"],
        avatar=f'<img src="{escape(row["avatar"])}">' if "avatar" in row else "",
        bio=escape(row["bio"]),
    )


def sogou_page(keyword: str, rows: Iterable[Row]) -> str:
    """weixin.sogou.com type=1, in the recorded layout of 2017."""
    cards = [_sogou_card(number, row) for number, row in enumerate(rows)]
    return render("sogou_search.html", keyword=escape(keyword), cards="".join(cards), total=str(len(cards)))


def _sogou_card(number: int, row: Row) -> str:
    label = "<script>document.write(authname('2'))</script>认证："
    verified = "verified" in row
    return render(
        "sogou_search_card.html",
        number=str(number),
        uid=row["uid"],
        link=escape(f"/link?url=demo{number}&type=1&query={quote(row['name'])}"),
        name=escape(row["name"]).replace("发布", "<em><!--red_beg-->发布<!--red_end--></em>"),
        badge="<i></i>" if verified else "",
        verified=f"<dl><dt>{label}</dt><dd>{escape(row['verified'])}</dd></dl>" if verified else "",
        bio=escape(row["bio"]),
        article=escape(row.get("article", "近日工作动态")),
    )


def toutiao_page(keyword: str, rows: Iterable[Row]) -> str:
    """so.toutiao.com: each account behind the site's jump link, with its name and words of its own."""
    cards = "".join(_toutiao_card(row) for row in rows)
    return render("toutiao_search.html", keyword=escape(keyword), cards=cards)


def _toutiao_card(row: Row) -> str:
    profile = f"https://profile.zjurl.cn/rogue/ugc/profile/?user_id={row['uid']}&request_source=1&active_tab=dongtai"
    jump = f"/search/jump?aid=1455&jtoken=demo&url={quote(profile, safe='')}"
    name, bio = escape(row["name"]), escape(row["bio"])
    return render("toutiao_search_card.html", link=escape(jump), name=name, bio=bio)
