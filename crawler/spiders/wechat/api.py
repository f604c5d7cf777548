"""The platform's own API of a consenting unit (官方接口): what an account published on one day, all of it.

``POST /datacube/getarticletotaldetail`` names every item published on the days asked for, pushed or not, so a day
without items is a day without posts. Documented (developers.weixin.qq.com, pages 获取发表内容发表详细数据 and its
sisters, read 2026-11): the body ``begin_date``, ``end_date`` (yesterday at most), one day a call, data since
2025-11-01, ``list`` of ``ref_date``, ``msgid``, ``publish_type``, ``detail_list``, and ``is_delay``; a day's data are
to be asked for after 8 o'clock of the next. ``title`` and ``content_url`` stand in the sample answer only (added
2026-03-03), so they may be missing. Guessed: that ``content_url`` is the long or the short permanent address. No live
answer was seen yet. The read figures count persons a day, which no page shows; they stay in the archived answer.

The day, the account and the application asked for stand behind ``#`` in the address: they are never sent, and
without them an archived answer with an empty list would not tell what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.page import Drift, Extent, Fetch, Notice, Page, Parsed, ParseError, Target
from crawler.spiders.wechat.address import address_key, clean_address, is_biz, is_place, long_url, serial, short_id
from crawler.spiders.wechat.literals import plain
from crawler.strict import Fields, parse_json
from records import SHANGHAI, Post

API_HOST = "api.weixin.qq.com"
LIST_URL = f"https://{API_HOST}/datacube/getarticletotaldetail"
TOKEN_URL = f"https://{API_HOST}/cgi-bin/stable_token"
KIND = "api_articles"
# Earlier days have no data: an empty answer for one of them says nothing.
DATA_FROM = date(2025, 11, 1)
# A day's data are whole from this hour of the next day.
WHOLE_AT = time(8)
# ``since`` lies up to so much before the moment to which the account is known.
_OVERLAP = timedelta(hours=1)
_PUSHED = (0, 1)
_YEARS = range(2012, 2200)
_KNOWN = frozenset({"ref_date", "msgid", "publish_type", "title", "content_url", "detail_list"})
_NOT_READY = 61503
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call asked for: an account by its key in the register, its application, and a day."""

    account: str
    appid: str
    day: date


def list_fetch(asked: Asked) -> Fetch:
    """The call that lists what the account published on the day."""
    day = asked.day.isoformat()
    about = urlencode({"account": asked.account, "appid": asked.appid, "day": day})
    payload = json.dumps({"begin_date": day, "end_date": day}).encode()
    return Fetch(url=f"{LIST_URL}#{about}", kind=KIND, payload=payload, credential=asked.appid)


def api_fetches(target: Target) -> Iterator[Fetch]:
    """The first day's call of a consenting account; each answer asks for the day after it, until yesterday.

    The first day is the one before the day to which the account is known, so that it is over for certain.
    """
    if target.api_id is None:
        return
    known_until = (target.since + _OVERLAP).astimezone(SHANGHAI).date()
    account = target.account.aliases.get("biz") or target.account.uid
    yield list_fetch(Asked(account, target.api_id, max(known_until - timedelta(days=1), DATA_FROM)))


def asked_of(url: str) -> Asked | None:
    """What the call of this address asked for; ``None`` where the address does not tell."""
    try:
        parts = parse_qs(urlsplit(url).fragment, strict_parsing=True)
        asked = Asked(parts["account"][0], parts["appid"][0], date.fromisoformat(parts["day"][0]))
    except (ValueError, KeyError):
        return None
    return asked if asked.day.year in _YEARS else None


def token_payload(appid: str, secret: str) -> bytes:
    """The body that asks for the application's token; one still valid is given again, so no other user loses theirs."""
    return json.dumps({"grant_type": "client_credential", "appid": appid, "secret": secret}).encode()


def parse_token(body: bytes) -> tuple[str, int]:
    """``(token, seconds it is valid)`` of the platform's answer.

    Raises:
        ParseError: The answer holds no token; what it holds instead is not repeated.
    """
    try:
        data = parse_json("token", body)
        return data.identifier("access_token"), data.integer("expires_in")
    except ParseError:
        raise ParseError("token", "access_token") from None


def refuses_token(body: bytes) -> bool:
    """Whether the answer says that the token with which it was asked for is not valid any more."""
    try:
        return parse_json(KIND, body).data.get("errcode") in _TOKEN_REFUSED
    except (ParseError, TypeError):
        return False


def parse_api_articles(page: Page) -> Iterator[Parsed]:
    """The posts of one day, each with its article fetch, what the answer covers, and the next day's call.

    A post proves no more than that the platform lists it: ``proof`` is ``api``, its time the day, its text ``None``.
    The day is covered unless its data are late or not due yet, or an item could not be read.

    Raises:
        ParseError: No answer of the known form.
    """
    asked = asked_of(page.url)
    data = parse_json(KIND, page.body)
    code = data.count("errcode")
    if code and code != _NOT_READY:
        yield Notice("unparsed", f"公众平台接口没有给出内容（errcode {code}），请把这个号码告诉接口的管理员")
        return
    late = code == _NOT_READY or data.flag("is_delay")
    parsed = [] if code == _NOT_READY else [found for item in data.children("list") for found in _caught(item, asked)]
    if late is None:
        parsed.append(data.error("is_delay"))
    yield from parsed
    covers = None if late else _covers(asked, page.fetched_at)
    if not parsed:
        yield _nothing(asked, whole=covers is not None)
    failed = any(isinstance(found, ParseError) for found in parsed)
    yield Extent(source="api", covers=None if failed else covers)
    yield from _next_day(asked, page.fetched_at)


def _nothing(asked: Asked | None, *, whole: bool) -> Notice:
    day = asked.day.isoformat() if asked else "所问的日期"
    if whole:
        return Notice("empty", f"公众平台接口写明 {day} 没有发表内容")
    return Notice("unparsed", f"{day} 的数据公众平台还没有出齐（次日 8 点后才齐），这一天暂不判断，下次采集会再问")


def _covers(asked: Asked | None, now: datetime) -> tuple[datetime, datetime] | None:
    """The whole day asked for; ``None`` where it is not known, has no data, or its data are not due yet."""
    if asked is None or asked.day < DATA_FROM:
        return None
    start, end = (datetime.combine(asked.day + timedelta(days=n), time(), SHANGHAI) for n in (0, 1))
    due = datetime.combine(end.date(), WHOLE_AT, SHANGHAI)
    return (start.astimezone(UTC), end.astimezone(UTC)) if now >= due else None


def _next_day(asked: Asked | None, now: datetime) -> Iterator[Fetch]:
    if asked is not None and asked.day + timedelta(days=1) < now.astimezone(SHANGHAI).date():
        yield list_fetch(Asked(asked.account, asked.appid, asked.day + timedelta(days=1)))


def _caught(item: Fields, asked: Asked | None) -> Iterator[Parsed]:
    try:
        yield from list(_item(item, asked))
    except ParseError as error:
        yield error


def _item(item: Fields, asked: Asked | None) -> Iterator[Parsed]:
    published_on = _day(item)
    if asked is not None and published_on != asked.day:
        raise item.error("ref_date")
    place = _place(item)
    link = item.words("content_url")
    key = _key(item, link, place, asked)
    address = clean_address(link) if link else _bare_address(key)
    if address is None:
        raise item.error("content_url")
    yield _post(item, key, address, published_on, asked)
    if link:
        yield Fetch(url=address, kind="article", about=key)
    pushed = item.data.get("publish_type")
    if pushed not in _PUSHED:
        yield Drift("publish_type", str(pushed)[:40])
    yield from (Drift("api_article", name.rsplit(".", 1)[-1]) for name in item.unknown(_KNOWN))


def _bare_address(key: str) -> str:
    """The long address without its check word ``sn``: it names the post, and does not open."""
    biz, mid, idx = key.split(":")
    return long_url(biz, mid, idx, None)


def _post(item: Fields, key: str, address: str, published_on: date, asked: Asked | None) -> Post:
    owner = asked.account if asked else key.split(":")[0] if ":" in key else None
    title = item.words("title")
    return Post(
        platform="wechat",
        account=f"wechat:{owner}" if owner else None,
        post_id=key,
        url=address,
        published_at=datetime.combine(published_on, time(), SHANGHAI).astimezone(UTC),
        time_precision="day",
        title=plain(title) if title else None,
        text=None,
        text_complete=False,
        kind="article",
        addresses=tuple(dict.fromkeys(filter(None, (key, address_key(address))))),
        proof="api",
    )


def told_key(post: Post) -> str | None:
    """The key of the address that the API itself gave for a post; ``None`` where it gave none.

    Without one the key is put together from the register's ``__biz`` and the ``msgid``, and so tells nothing of
    whose application answered: accounts number their pushes alike.
    """
    told = short_id(post.url) is not None or serial(post.url) is not None
    return address_key(post.url) if told else None


def _day(item: Fields) -> date:
    try:
        day = date.fromisoformat(item.text("ref_date"))
    except ValueError as error:
        raise item.error("ref_date") from error
    if day.year not in _YEARS:
        raise item.error("ref_date")
    return day


def _place(item: Fields) -> str:
    """``mid:idx``, from the ``<mid>_<idx>`` of the answer."""
    mid, _, idx = item.text("msgid").partition("_")
    if not is_place(mid, idx):
        raise item.error("msgid")
    return f"{mid}:{idx}"


def _key(item: Fields, link: str | None, place: str, asked: Asked | None) -> str:
    """The post's key; its short address where neither the register nor the answer tells the account's ``__biz``.

    An address of another account means that the application is another account's: nothing of it is ours.
    """
    biz = asked.account if asked and is_biz(asked.account) else None
    shown = address_key(link) if link else None
    if shown is not None and ":" in shown:
        if shown.partition(":")[2] != place or biz not in (None, shown.partition(":")[0]):
            raise item.error("content_url")
        return shown
    key = f"{biz}:{place}" if biz else shown
    if key is None:
        raise item.error("content_url")
    return key
