"""Addresses of posts and albums on mp.weixin.qq.com: one canonical form and one key each.

A post has a short permanent address (``/s/<22 characters>``) and a long one (``/s?__biz=&mid=&idx=&sn=``);
the long one is walled much harder since 2024. Temporary addresses from Sogou (``/s?src=11&signature=``)
expire and are nobody's address.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from crawler.spiders.wechat.literals import plain_address

HOST = "mp.weixin.qq.com"
_SHORT = re.compile(r"/s/([A-Za-z0-9_-]{22})/?")
_ALIASES = {"appmsgid": "mid", "itemidx": "idx", "sign": "sn"}
_DIGITS = re.compile(r"[1-9][0-9]*")
_MAX_PLACE = 99
_BARE = re.compile(r"(?i)mp\.weixin\.qq\.com/")
# Half of a surrogate pair, which JSON may hold and no address can, and what stands in for one that was replaced.
_HALVED = re.compile("[\ud800-\udfff\ufffd]")
_KNOWN_PORTS = (None, 80, 443)


def is_biz(text: str) -> bool:
    """Whether the text is an account key ``__biz``: base64 of a decimal number, padding included.

    Most begin ``Mz`` or ``Mj``, 52 of 9,835 listed accounts do not, so the beginning is no test.
    """
    try:
        return base64.b64decode(text, validate=True).isdigit()
    except (binascii.Error, ValueError):
        return False


def biz_of_number(number: str) -> str:
    """The account key of the plain number that bridges write as ``MP_WXS_<number>``."""
    return base64.b64encode(number.encode("ascii")).decode("ascii")


def short_id(url: str) -> str | None:
    """The 22 characters of a short address; ``None`` for any other address."""
    parts = _parts(url)
    found = _SHORT.fullmatch(parts[0]) if parts else None
    return found[1] if found else None


def long_key(url: str) -> str | None:
    """``biz:mid:idx`` of a long address; ``None`` for any other, and for temporary ones."""
    fields = _long_fields(url)
    return f"{fields['__biz']}:{fields['mid']}:{fields['idx']}" if fields else None


def serial(url: str) -> str | None:
    """The check word ``sn`` of a long address, without which it does not open; ``None`` where it has none."""
    return (_long_fields(url) or {}).get("sn") or None


def address_key(url: str) -> str | None:
    """The key under which a post's address is held: ``s/<short id>`` or ``biz:mid:idx``.

    ``None`` for temporary addresses of Sogou and for addresses that are no post's.
    """
    short = short_id(url)
    return f"s/{short}" if short else long_key(url)


def clean_address(url: str) -> str | None:
    """The post's address without escapes, tracking and tickets, over https; ``None`` where it is no post's."""
    short = short_id(url)
    if short:
        return short_url(short)
    fields = _long_fields(url)
    return long_url(fields["__biz"], fields["mid"], fields["idx"], fields.get("sn")) if fields else None


def short_url(short: str) -> str:
    """The short permanent address."""
    return f"https://{HOST}/s/{short}"


def long_url(biz: str, mid: str, idx: str, sn: str | None) -> str:
    """The long permanent address, without ``chksm`` and ``scene``."""
    return f"https://{HOST}/s?__biz={biz}&mid={mid}&idx={idx}" + (f"&sn={quote(sn)}" if sn else "")


def album_key(url: str) -> tuple[str, str] | None:
    """``(biz, album id)`` of an album's address; ``None`` for any other."""
    parts = _parts(url)
    if parts is None or parts[0] != "/mp/appmsgalbum":
        return None
    biz, album = _biz(parts[1].get("__biz", "")), parts[1].get("album_id", "")
    return (biz, album) if biz and _DIGITS.fullmatch(album) else None


def album_url(biz: str, album: str, after: tuple[str, str] | None = None) -> str:
    """The album's list as JSON, ten posts; ``after`` is the last post's ``(msgid, itemidx)`` of the page before."""
    url = f"https://{HOST}/mp/appmsgalbum?action=getalbum&__biz={biz}&album_id={album}&count=10&f=json"
    return f"{url}&begin_msgid={after[0]}&begin_itemidx={after[1]}" if after else url


# A post's address is asked several things one after another: its key, its form, its check word.
@lru_cache(maxsize=1024)
def _parts(url: str) -> tuple[str, Mapping[str, str]] | None:
    """Path and query of an address on the platform's own host."""
    text = plain_address(url)
    if _BARE.match(text):
        text = f"https://{text}"
    if _HALVED.search(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    ours = parts.hostname == HOST and parts.scheme in ("http", "https") and parts.username is None
    if not ours or port not in _KNOWN_PORTS:
        return None
    pairs = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    return parts.path, {_ALIASES.get(name, name): value for name, value in pairs}


def _long_fields(url: str) -> dict[str, str] | None:
    parts = _parts(url)
    if parts is None or parts[0].rstrip("/") not in ("/s", "/mp/appmsg/show"):
        return None
    fields = parts[1]
    biz, mid, idx = _biz(fields.get("__biz", "")), fields.get("mid", ""), fields.get("idx", "")
    if biz is None or not is_place(mid, idx):
        return None
    return {**fields, "__biz": biz}


def is_place(mid: str, idx: str) -> bool:
    """Whether the two are a push number and a place within the push."""
    return bool(_DIGITS.fullmatch(mid) and _DIGITS.fullmatch(idx)) and int(idx) <= _MAX_PLACE


def _biz(text: str) -> str | None:
    """The account key, still percent-encoded or without its padding allowed."""
    bare = unquote(text).rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    return padded if bare and is_biz(padded) else None
