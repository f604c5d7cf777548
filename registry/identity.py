"""Which account a row means: its keys of every kind from ids and addresses as offices paste them. Pure.

Ids and addresses are read by platform; what contradicts itself is refused, so that no office answers for another's
account. Nothing is resolved over the network: a short or scanned address says nothing here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from registry.cells import CellError, looks_like_address, parse_address, split_addresses

Keys = Iterator[tuple[str, str]]  # (kind of key, value)

# The best key first: the platform's stable one, then what stands for it until that is known.
_PRECEDENCE: Mapping[str, tuple[str, ...]] = {
    "weibo": ("uid", "domain"),
    "wechat": ("biz", "gh_id", "wechat_id", "article"),
    "toutiao": ("token", "user_id", "media_id"),
}
_WANTED = {
    "weibo": "请填数字 UID（主页地址 weibo.com/u/ 后面的数字）",
    "wechat": "请填 __biz、gh_ 开头的原始ID 或微信号，或在“访问链接”填一篇文章的网址",
    "toutiao": "请填主页地址 www.toutiao.com/c/user/token/ 后面的一段，或数字编号",
}
_WEIBO_HOSTS = frozenset({"weibo.com", "www.weibo.com", "m.weibo.cn", "weibo.cn", "m.weibo.com", "e.weibo.com"})
_WEIBO_PAGES = frozenset({"ajax", "status", "detail", "search", "login", "tv", "p", "home", "api", "k", "hot", "d"})
_SHORTENERS = frozenset({"t.cn", "url.cn", "dwz.cn", "suo.im", "mr.baidu.com", "v.douyin.com", "v.kuaishou.com"})
_WEIBO_UID = re.compile(r"[1-9][0-9]{4,11}")
_WEIBO_CONTAINER = re.compile(r"(?:1005|1006|1002|1076|2302)[0-9]{2}([1-9][0-9]{8,10})")
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,39}")
_GH_ID = re.compile(r"gh_[0-9a-z_-]{6,30}", re.I)
_WECHAT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{4,39}")
_BIZ = re.compile(r"[A-Za-z0-9+/]{8,40}={0,2}")
_TOKEN = re.compile(r"MS4wLjABAAAA[A-Za-z0-9_-]{20,120}")
_TOUTIAO_NUMBER = re.compile(r"[1-9][0-9]{4,19}")
_ARTICLE_CODE = re.compile(r"[A-Za-z0-9_-]{16,40}")


class IdentityError(CellError):
    """A row's ids and addresses do not name one account; ``field`` is the column at fault: ``id url article_links``."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Identity:
    """``uid`` as it stands in the account's reference, the keys by kind, the address, and WeChat article addresses."""

    uid: str
    aliases: Mapping[str, str]
    url: str | None
    article_links: tuple[str, ...] = ()


def parse_identity(platform: str, ids: Iterable[str], link: str, articles: Iterable[str] = ()) -> Identity:
    """The account that a row's ids and address name.

    Args:
        platform: The platform's slug.
        ids: What stands in the columns of ids; an address may stand there too.
        link: What stands in 访问链接, ``""`` if nothing.
        articles: WeChat article and album addresses of the row.

    Raises:
        IdentityError: Several accounts, none, or two that contradict each other.
    """
    texts = [re.sub(r"([:：])\s+", r"\1", text) for text in ids if text]
    with _blaming("id"):
        for text in texts:
            refuse_several(text)
    addresses = split_addresses(link)
    if len(addresses) > 1:
        raise IdentityError("url", "一格里有几个网址，请把每个账号各写一行；几篇文章的网址写在“文章链接”列")
    with _blaming("url"):
        address = parse_address(addresses[0]) if addresses else None
    if platform not in _PRECEDENCE:
        return _other(texts, address)
    keys: dict[str, str] = {}
    for kind, value in _keys(platform, texts, address, articles):
        known = keys.setdefault(kind, value)
        if known != value and kind != "article":
            reason = f"同一行里的编号和网址不是同一个账号（{known} 与 {value}），请核对"
            raise IdentityError("id" if texts else "url", reason)
    uid = next((keys[kind] for kind in _PRECEDENCE[platform] if kind in keys), None)
    if uid is None:
        raise IdentityError("id", _WANTED[platform])
    aliases = {kind: value for kind, value in keys.items() if kind != "article"}
    given = (address,) if address and platform == "wechat" and _is_article(urlsplit(address)) else ()
    return Identity(uid, aliases, address, tuple(dict.fromkeys((*given, *articles))))


@contextmanager
def _blaming(field: str) -> Iterator[None]:
    try:
        yield
    except IdentityError:
        raise
    except CellError as error:
        raise IdentityError(field, str(error)) from error


def refuse_several(text: str, marks: str = r"[\s、，,；;|｜]+") -> None:
    """Raises CellError when a cell of ids (or of names, by their ``marks``) holds several; says how to split it."""
    parts = split_addresses(text) if looks_like_address(text) else re.split(marks, text)
    if len([part for part in parts if part.strip()]) > 1:
        raise CellError("一格里写了几个账号，请每个账号各写一行：复制本行，每行只留一个账号的名称、编号和链接")


def parse_biz(text: str) -> str | None:
    """A WeChat ``__biz`` in its one spelling (base64 of a decimal number, padded), or ``None`` if it is none."""
    text = unquote(text.strip()).removeprefix("__biz=").partition("&")[0].partition("#")[0]
    if text.upper().startswith("MP_WXS_") and re.fullmatch(r"[0-9]{5,20}", text[7:]):
        return base64.b64encode(str(int(text[7:])).encode()).decode()
    if not _BIZ.fullmatch(text):
        return None
    bare = text.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    try:
        digits = base64.b64decode(padded, validate=True)
    except binascii.Error:
        return None
    return padded if re.fullmatch(rb"[0-9]{5,20}", digits) else None


def _other(texts: list[str], address: str | None) -> Identity:
    if not texts and address is None:
        raise IdentityError("id", "请填账号ID 或 访问链接")
    return Identity(texts[0] if texts else str(address), {}, address)


def _keys(platform: str, texts: list[str], address: str | None, articles: Iterable[str]) -> Keys:
    parse_id, parse_link = _READERS[platform]
    for text in texts:
        with _blaming("id"):
            found = parse_link(urlsplit(parse_address(text))) if looks_like_address(text) else (parse_id(text),)
            yield from tuple(found)
    if address is not None:
        with _blaming("url"):
            told = tuple(parse_link(urlsplit(address)))
        if not told and not texts:
            raise IdentityError("url", f"从这个网址看不出是哪个账号：{_WANTED[platform]}")
        yield from told
    for article in articles if platform == "wechat" else ():
        with _blaming("article_links"):
            yield from tuple(_wechat_link(urlsplit(article)))


def _weibo_id(text: str) -> tuple[str, str]:
    text = re.sub(r"(?i)^uid[:：=]?", "", text).strip()
    if _WEIBO_UID.fullmatch(text):
        return "uid", text
    if _DOMAIN.fullmatch(text):
        return "domain", text.lower()
    raise CellError(_WANTED["weibo"])


def _weibo_link(link: SplitResult) -> Keys:
    _on(link, _WEIBO_HOSTS, "微博")
    parts = [unquote(part) for part in link.path.split("/") if part]
    query = dict(parse_qsl(link.query))
    if not parts or parts[0] == "n":
        return
    if parts[0] in ("u", "profile") and len(parts) > 1 and _WEIBO_UID.fullmatch(parts[1]):
        yield "uid", parts[1]
    elif parts[0] == "p" and len(parts) > 1 and (found := _WEIBO_CONTAINER.match(parts[1])):
        yield "uid", found[1]
    elif parts[0] == "p" and (found := _WEIBO_CONTAINER.match(query.get("containerid", ""))):
        yield "uid", found[1]
    elif _WEIBO_UID.fullmatch(parts[0]):
        yield "uid", parts[0]
    elif parts[0] not in _WEIBO_PAGES and parts[0] not in ("u", "profile") and _DOMAIN.fullmatch(parts[0]):
        yield "domain", parts[0].lower()


def _wechat_id(text: str) -> tuple[str, str]:
    biz = parse_biz(text)
    if biz is not None:
        return "biz", biz
    text = re.sub(r"^(?:微信号|原始ID|原始id)[:：]?", "", text).strip()
    if _GH_ID.fullmatch(text):
        return "gh_id", text.lower()
    if _WECHAT_ID.fullmatch(text):
        return "wechat_id", text
    raise CellError(_WANTED["wechat"])


def _wechat_link(link: SplitResult) -> Keys:
    _on(link, frozenset({"mp.weixin.qq.com", "weixin.qq.com", "open.weixin.qq.com"}), "微信公众号")
    query = {key: value for key, value in parse_qsl(link.query.replace("+", "%2B"))}
    if "__biz" in query:
        biz = parse_biz(query["__biz"])
        if biz is None:
            raise CellError("网址里的 __biz 不完整，请从浏览器地址栏重新复制整个网址")
        yield "biz", biz
    elif (code := _article_code(link)) is not None:
        yield "article", f"s/{code}"


def _article_code(link: SplitResult) -> str | None:
    parts = [part for part in link.path.split("/") if part]
    short = link.hostname == "mp.weixin.qq.com" and len(parts) == 2 and parts[0] == "s"
    return parts[1] if short and _ARTICLE_CODE.fullmatch(parts[1]) else None


def _is_article(link: SplitResult) -> bool:
    long_form = link.path.rstrip("/") in ("/s", "/mp/appmsg/show", "/mp/appmsgalbum") and "__biz=" in link.query
    return link.hostname == "mp.weixin.qq.com" and (long_form or _article_code(link) is not None)


def _toutiao_id(text: str) -> tuple[str, str]:
    text = text.partition("?")[0].rstrip("/")
    if _TOKEN.fullmatch(text):
        return "token", text
    if _TOUTIAO_NUMBER.fullmatch(text):
        return "user_id", text
    raise CellError(_WANTED["toutiao"])


def _toutiao_link(link: SplitResult) -> Keys:
    hosts = {
        "www.toutiao.com",
        "toutiao.com",
        "m.toutiao.com",
        "profile.zjurl.cn",
        "profile.toutiao.com",
        "www.365yg.com",
    }
    _on(link, frozenset(hosts), "今日头条")
    query = dict(parse_qsl(link.query))
    for pattern, kind in (
        (r"/c/user/(?:token/)?(MS4wLjABAAAA[A-Za-z0-9_-]+)/?", "token"),
        (r"/c/user/([0-9]{5,20})/?", "user_id"),
        (r"/profile/([0-9]{5,20})/?", "user_id"),
        (r"/m([0-9]{5,20})/?", "media_id"),
    ):
        found = re.fullmatch(pattern, link.path)
        if found:
            yield kind, found[1]
            return
    if link.path.startswith("/rogue/ugc/profile") and re.fullmatch(r"[0-9]{5,20}", query.get("user_id", "")):
        yield "user_id", query["user_id"]


def _on(link: SplitResult, hosts: frozenset[str], label: str) -> None:
    if (link.hostname or "").lower() in _SHORTENERS:
        raise CellError("短链接看不出是哪个账号，请在浏览器里打开它，再复制地址栏里的完整网址")
    if (link.hostname or "").lower() not in hosts:
        raise CellError(f"这不是{label}的网址，请核对平台和链接")


_READERS: Mapping[str, tuple[Callable[[str], tuple[str, str]], Callable[[SplitResult], Keys]]] = {
    "weibo": (_weibo_id, _weibo_link),
    "wechat": (_wechat_id, _wechat_link),
    "toutiao": (_toutiao_id, _toutiao_link),
}
