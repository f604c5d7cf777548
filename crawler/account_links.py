"""Links to accounts (账号链接) on any page: which account of which platform, under which visible name. Pure.

For pages that no parser knows, saved by a person. What stands in such a link is often no name: a number of
followers, a button, a time. Those are told apart by ``account_links.toml``; a link without a name gives nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

from lxml import etree
from parsel import Selector

from crawler.page import Page
from crawler.spiders.toutiao.address import account_key, profile_url, unwrapped
from crawler.spiders.wechat.address import clean_address
from records import Candidate
from registry.identity import parse_biz

MAX_NAME = 60
_MAX_LINKS = 20_000
_MAX_NODES = 400  # of one link that are looked at for its name
_TITLE_SIGNS = re.compile(r"[，。！？；：、…“”《》|丨!?,;\s]")
_TITLE_LENGTH = 15  # a WeChat name has no more characters; longer texts are titles of posts
_TAG = re.compile(r"<[^<>]{0,300}>")
_BLOCKS = frozenset({"div", "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "td", "dd", "dt", "br", "ul"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_WEIBO_HOSTS = frozenset({"weibo.com", "www.weibo.com", "m.weibo.cn", "weibo.cn", "www.weibo.cn", "e.weibo.com"})
_WEIBO_UID = re.compile(r"/(?:u/|profile/)?([1-9][0-9]{4,11})(?:/(?:profile|info|home))?/?")
_WEIBO_CONTAINER = re.compile(r"/p/(?:1005|1006|1002|1076|2302)[0-9]{2}([1-9][0-9]{8,10})(?:/(?:home|info))?/?")
_WEIBO_NAME = re.compile(r"/n/([^/]{1,300})/?")
_WEIBO_DOMAIN = re.compile(r"/([A-Za-z][A-Za-z0-9_.-]{2,39})/?")
_WECHAT_HOST = re.compile(r"(?:[a-z]+\.)?weixin\.qq\.com")
_WECHAT_POSTS = re.compile(r"/(?:s|mp/appmsg/show|mp/appmsgalbum)/?")
_WECHAT_ID = re.compile(r"gh_[0-9A-Za-z_-]{6,30}|[A-Za-z][A-Za-z0-9_-]{4,39}")
_SOGOU_ID = re.compile(r"[A-Za-z0-9_-]{10,60}")
_TOUTIAO_MOBILE = re.compile(r"/profile/([1-9][0-9]{3,19})/?")

# How far a link's words can be trusted to be the name: its own text, a mention, a picture's words, a post's link.
_OWN, _MENTION, _PICTURE, _POST = range(4)


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Which account an address names, and its public address; ``is_post`` where the address is that of a post."""

    platform: str
    uid: str
    url: str | None
    is_post: bool = False
    name: str = ""


def account_links(page: Page) -> tuple[Candidate, ...]:
    """Every account that the page links to under a name, each once with its best name, in the page's order."""
    best: dict[tuple[str, str], tuple[int, str, str | None]] = {}
    for key, rank, name in _named(page):
        known = best.get((key.platform, key.uid))
        if known is None or rank < known[0]:
            best[key.platform, key.uid] = (rank, name, key.url)
    found = [
        Candidate(platform=platform, uid=uid, name=name, found_at=page.fetched_at, url=url)
        for (platform, uid), (_, name, url) in best.items()
    ]
    known_names = {(one.platform, one.name) for one in found if not one.uid.startswith("name:")}
    return tuple(one for one in found if not (one.uid.startswith("name:") and (one.platform, one.name) in known_names))


def _named(page: Page) -> Iterator[tuple[AccountKey, int, str]]:
    document = Selector(text=page.body.decode("utf-8", "replace") or "<html></html>", type="html")
    for anchor in islice(document.css("a[href], area[href]"), _MAX_LINKS):
        key = account_of(_joined(page.address, anchor.root.get("href")))
        if key is not None and (told := _name_of(anchor.root, key)) is not None:
            yield key, *told


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base if base.startswith("http") else "https:", href.strip())
    except ValueError:
        return ""


def account_of(url: str) -> AccountKey | None:
    """The account that an address names; ``None`` where it is no account's, or leads there only for a while."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host in _WEIBO_HOSTS:
        return _weibo(parts)
    if host == "weixin.sogou.com":
        return _sogou(parts)
    if _WECHAT_HOST.fullmatch(host):
        return _wechat(parts, url)
    return _toutiao(url, host, parts.path)


def _weibo(parts: SplitResult) -> AccountKey | None:
    if found := _WEIBO_UID.fullmatch(parts.path) or _WEIBO_CONTAINER.fullmatch(parts.path):
        return AccountKey("weibo", found[1], f"https://weibo.com/u/{found[1]}")
    if named := _WEIBO_NAME.fullmatch(parts.path):
        name = clean_name(unquote(named[1]))
        url = f"https://weibo.com/n/{quote(name, safe='')}"
        return AccountKey("weibo", f"name:{name}", url, name=name) if is_name(name) else None
    own = _WEIBO_DOMAIN.fullmatch(parts.path)
    if own is None or own[1].lower() in _tables()["weibo_pages"]:
        return None
    return AccountKey("weibo", own[1].lower(), f"https://weibo.com/{own[1].lower()}")


def _sogou(parts: SplitResult) -> AccountKey | None:
    own_id = dict(parse_qsl(parts.query)).get("openid", "")
    if parts.path != "/gzh" or not _SOGOU_ID.fullmatch(own_id):
        return None
    return AccountKey("wechat", f"sogou:{own_id}", None)


def _wechat(parts: SplitResult, url: str) -> AccountKey | None:
    query = dict(parse_qsl(parts.query.replace("+", "%2B")))
    biz = parse_biz(query["__biz"]) if "__biz" in query else None
    if biz is not None:
        is_post = bool(_WECHAT_POSTS.fullmatch(parts.path))
        own = f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={biz}"
        return AccountKey("wechat", biz, clean_address(url) if is_post else own, is_post)
    name = query.get("username", "")
    if not _WECHAT_ID.fullmatch(name):
        return None
    return AccountKey("wechat", name.lower() if name.lower().startswith("gh_") else name, None)


def _toutiao(url: str, host: str, path: str) -> AccountKey | None:
    if not (host == "toutiao.com" or host.endswith((".toutiao.com", ".zjurl.cn"))):
        return None
    uid = account_key(unwrapped(url) or url)
    mobile = _TOUTIAO_MOBILE.fullmatch(path) if host == "m.toutiao.com" else None
    uid = uid or (mobile[1] if mobile else None)
    return AccountKey("toutiao", uid, profile_url(uid)) if uid and profile_url(uid) else None


def _name_of(anchor: Any, key: AccountKey) -> tuple[int, str] | None:
    """``(how far it can be trusted, name)`` by a link's words; ``None`` where they are no name."""
    for line in _lines(anchor):
        name = clean_name(line)
        if is_name(name) and not (key.is_post and _is_title(name)):
            return (_POST if key.is_post else _MENTION if line.lstrip()[:1] in "@＠" else _OWN), name
    if key.is_post:
        return None
    pictured = [anchor.get("title"), *(image.get(name) for image in anchor.iter("img") for name in ("alt", "title"))]
    words = (clean_name(text) for text in pictured if text)
    name = next((text for text in words if is_name(text)), key.name)
    return (_PICTURE, name) if name else None


def _is_title(text: str) -> bool:
    return len(text) > _TITLE_LENGTH or bool(_TITLE_SIGNS.search(text))


def _lines(anchor: Any) -> Iterable[str]:
    """The visible text of a link, a line to a block, as a reader sees it; scripts and comments left out."""
    pieces: list[str] = []
    silent = 0
    for event, node in islice(etree.iterwalk(anchor, events=("start", "end", "comment", "pi")), _MAX_NODES):
        is_element = isinstance(node.tag, str)
        if is_element and event == "start":
            silent += node.tag in _SILENT
            pieces += ["\n" if node.tag in _BLOCKS else "", "" if silent else node.text or ""]
            continue
        if is_element:
            silent -= node.tag in _SILENT
            pieces.append("\n" if node.tag in _BLOCKS else "")
        if node is not anchor and not silent:
            pieces.append(node.tail or "")
    return "".join(pieces).split("\n")


def clean_name(text: str) -> str:
    """A name without mark of mention, markup and control characters; ``""`` if none.

    Signs that nobody sees stay: they are what a name may be disguised with.
    """
    plain = _TAG.sub("", text)
    kept = "".join(
        sign if unicodedata.category(sign) not in ("Cc", "Cs") else " " if sign.isspace() else "" for sign in plain
    )
    return " ".join(kept.split()).removeprefix("@").removeprefix("＠").strip()


def is_name(text: str) -> bool:
    """Whether a link's words can be an account's name: not too long, and no counter, button, time or address."""
    if not text or len(text) > MAX_NAME or "\ufffd" in text:
        return False
    if not any(unicodedata.category(sign)[0] == "L" for sign in text):
        return False
    if "".join(text.split()).lower() in _tables()["words"]:
        return False
    return not any(pattern.fullmatch(text) for pattern in _patterns())


@cache
def _tables() -> dict[str, frozenset[str]]:
    text = (resources.files("crawler") / "account_links.toml").read_text(encoding="utf-8")
    return {name: frozenset(rows) for name, rows in tomllib.loads(text).items()}


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in sorted(_tables()["patterns"]))
