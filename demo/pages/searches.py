"""Search result pages as a person saves them: Weibo's user search, Sogou's account search, Toutiao's user search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from demo.county import County
from demo.pages.templates import render

Row = Mapping[str, Any]


def saved_pages(county: County) -> dict[str, str]:
    """File name to page: one result page a platform, and one of Sogou's captcha instead of results."""
    keyword, rows = county.candidates["pages"]["keyword"], county.candidates["candidate"]
    return {
        "weibo_用户搜索.html": weibo_page(keyword, [row for row in rows if row["page"] == "weibo"]),
        "sogou_公众号搜索.html": sogou_page(keyword, [row for row in rows if row["page"] == "sogou"]),
        "toutiao_用户搜索.html": toutiao_page(keyword, [row for row in rows if row["page"] == "toutiao"]),
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
