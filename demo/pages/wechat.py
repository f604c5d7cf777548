"""mp.weixin.qq.com: posts in the layout of 2025, message pages, the verification wall, and albums as JSON."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.county import County, CountyAccount
from demo.pages.answer import Answer, data, failing, html
from demo.pages.templates import render
from demo.posts import CountyPost
from records import SHANGHAI

HOST = "https://mp.weixin.qq.com"
DELETED = "该内容已被发布者删除"
BAD_PARAMETERS = "参数错误"
_JS_ESCAPES = str.maketrans(
    {"\\": "\\x5c", "\r": "\\x0d", '"': "\\x22", "&": "\\x26", "'": "\\x27", "<": "\\x3c", ">": "\\x3e", "\n": "\\x0a"}
)
_SHOW_TYPES = {"picture": "8"}


def short_url(post: CountyPost) -> str:
    """The post's short permanent address."""
    return f"{HOST}/s/{post.native['short']}"


def long_url(account: CountyAccount, post: CountyPost) -> str:
    """The post's long permanent address, as it stands in albums and in links within posts."""
    native = post.native
    return f"{HOST}/s?__biz={account.uid}&mid={native['mid']}&idx={native['idx']}&sn={native['sn']}"


def album_url(account: CountyAccount) -> str:
    """The album's address as a unit would hand it in."""
    return f"{HOST}/mp/appmsgalbum?__biz={account.uid}&action=getalbum&album_id={account.data['album_id']}"


def answer(county: County, url: str, now: datetime) -> Answer:
    """What mp.weixin.qq.com answers to ``url`` at ``now``."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query.replace("+", "%2B")).items()}
    if parts.path == "/mp/appmsgalbum":
        return _album(county, query, now)
    found = _find(county, parts.path, query)
    if found is None:
        return html(render("wechat_message.html", words=BAD_PARAMETERS))
    account, post = found
    trouble = county.trouble(account, "article", now)
    if trouble == "captcha":
        return html(render("wechat_captcha.html"))
    if trouble is not None:
        return failing(trouble)
    if not post.public(now):
        return html(render("wechat_message.html", words=DELETED if post.at <= now else BAD_PARAMETERS))
    return html(_article(county, account, post, now))


def _find(county: County, path: str, query: dict[str, str]) -> tuple[CountyAccount, CountyPost] | None:
    short = path.removeprefix("/s/")
    key = f"{query.get('__biz')}:{query.get('mid')}:{query.get('idx')}"
    for account in county.accounts:
        if account.platform != "wechat":
            continue
        for post in account.posts:
            if post.native["short"] == short or (path == "/s" and post.post_id == key):
                return account, post
    return None


def _article(county: County, account: CountyAccount, post: CountyPost, now: datetime) -> str:
    words, name, author = post.words(now), account.name_at(now), _author(county, post)
    content = _content(post, words, author)
    picture = post.kind == "picture"
    return render(
        "wechat_article.html",
        biz=account.uid,
        sn=post.native["sn"],
        mid=post.native["mid"],
        idx=post.native["idx"],
        gh_id=account.data["gh_id"],
        wechat_id=account.data["wechat_id"],
        short_url=short_url(post),
        show_type=_SHOW_TYPES.get(post.kind, "0"),
        service_type="2" if account.data["account_type"] == "服务号" else "1",
        copyright_stat="1" if post.original else "0",
        ct=str(int(post.at.timestamp())),
        svr_time=str(int(now.timestamp())),
        create_time=post.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        title_html=escape(post.title),
        title_js=_js(post.title),
        name_html=escape(name),
        name_js=_js(name),
        author_html=escape(author),
        author_js=_js(author),
        desc_js=_js(words if picture else words[:60]),
        content_js=_js(words if picture else content),
        signature_js=_js(f"{account.unit.name}官方微信公众号"),
        body="" if picture else render("wechat_body.html", content=content),
        pictures=_pictures(post) if picture else "",
    )


def _author(county: County, post: CountyPost) -> str:
    editors = county.data["editors"]
    return str(editors[post.number % len(editors)])


def _content(post: CountyPost, words: str, author: str) -> str:
    image = f"https://mmbiz.qpic.cn/sz_mmbiz_jpg/{post.native['sn']}/640?wx_fmt=jpeg"
    paragraphs = "".join(f'<section><span leaf="">{escape(line)}</span></section>' for line in words.split("\n"))
    links = "".join(f'<p><a href="{escape(link)}" target="_blank">相关链接</a></p>' for link in post.links)
    return render("wechat_content.html", image=image, paragraphs=paragraphs, links=links, author=escape(author)).strip()


def _pictures(post: CountyPost) -> str:
    urls = [f"https://mmbiz.qpic.cn/sz_mmbiz_jpg/{post.native['sn']}{number}/0?wx_fmt=jpeg" for number in range(3)]
    return ",\n".join(f"{{ width: '1080' * 1, height: '1440' * 1, cdn_url: JsDecode('{url}') }}" for url in urls)


def _js(text: str) -> str:
    return text.translate(_JS_ESCAPES)


def _album(county: County, query: dict[str, str], now: datetime) -> Answer:
    account = county.open_account(f"wechat:{query.get('__biz')}", now)
    if account is None or account.data.get("album_id") != query.get("album_id"):
        return data({"base_resp": {"ret": 10002, "errmsg": "invalid album"}})
    posts = county.listed_posts(account, now)
    after = (query.get("begin_msgid"), query.get("begin_itemidx"))
    places = [(post.native["mid"], post.native["idx"]) for post in posts]
    start = places.index(after) + 1 if after in places else 0
    count = int(query.get("count", "10"))
    shown, rest = posts[start : start + count], posts[start + count :]
    items = [_album_item(account, post, number) for number, post in enumerate(shown, start + 1)]
    response: dict[str, Any] = {
        "article_list": items[0] if len(items) == 1 else items,
        "continue_flag": "1" if rest else "0",
        "reverse_continue_flag": "0",
    }
    if start == 0:
        response["base_info"] = _album_facts(account, len(posts), now)
    return data({"base_resp": {"ret": 0}, "getalbum_resp": response})


def _album_item(account: CountyAccount, post: CountyPost, number: int) -> dict[str, str]:
    return {
        "title": post.title,
        "url": long_url(account, post),
        "msgid": post.native["mid"],
        "itemidx": post.native["idx"],
        "create_time": str(int(post.at.timestamp()) - 31),
        "key": f"{post.native['mid']}_{post.native['idx']}",
        "item_show_type": _SHOW_TYPES.get(post.kind, "0"),
        "pos_num": str(number),
        "cover_img_1_1": f"https://mmbiz.qpic.cn/sz_mmbiz_jpg/{post.native['sn']}/300",
        "is_pay_subscribe": "0",
        "is_read": "0",
        "tts_is_ban": "0",
        "user_read_status": "0",
    }


def _album_facts(account: CountyAccount, total: int, now: datetime) -> dict[str, str]:
    return {
        "title": "工作动态",
        "nickname": account.name_at(now),
        "username": account.data["gh_id"],
        "article_count": str(total),
        "isupdating": "1",
        "is_reverse": "1",
        "is_numbered": "0",
        "type": "0",
    }
