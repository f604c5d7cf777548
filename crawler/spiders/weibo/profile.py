"""Account profiles: the card of m.weibo.cn and the user object of weibo.com/ajax.

Followers are exact numbers on weibo.com and in old answers, ``"145.5万"`` on m.weibo.cn since about 2022.
Neither page tells the date of registration. ``gender`` is meaningless for offices and not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.counters import parse_counter
from crawler.page import Drift, Notice, Page, Parsed
from crawler.spiders.weibo.address import PLATFORM
from crawler.spiders.weibo.answers import parse_answer, refusal
from crawler.spiders.weibo.tables import known_fields, verified_kinds
from crawler.spiders.weibo.text import tidy
from crawler.strict import Fields
from records import Counter, Profile


def parse_profile(page: Page) -> Iterator[Parsed]:
    """The profile of m.weibo.cn's ``getIndex?type=uid``.

    Raises:
        ParseError: The answer has no account card in a known form.
    """
    answer = parse_answer("profile", page.body)
    if notice := refusal(answer):
        yield notice
        return
    yield from _profile(answer.child("data").child("userInfo"), page)


def parse_ajax_profile(page: Page) -> Iterator[Parsed]:
    """The profile of weibo.com's ``ajax/profile/info``.

    Where the answer also carries a notice on the account (``blockText``), its words go with the profile as
    ``unparsed``: what they may say was never recorded.

    Raises:
        ParseError: The answer has no user object in a known form.
    """
    answer = parse_answer("ajax_profile", page.body)
    if notice := refusal(answer):
        yield notice
        return
    data = answer.child("data")
    yield from _profile(data.child("user"), page)
    if words := data.words("blockText"):
        yield Notice("unparsed", words)


def _profile(user: Fields, page: Page) -> Iterator[Parsed]:
    for field in sorted(set(user.data) - known_fields("user")):
        yield Drift(user.kind, f"user.{field}")
    uid = user.identifier("id")
    verified = verified_of(user)
    kind = verified_kinds().get(user.integer("verified_type")) if verified else None
    if verified and kind is None:
        yield Drift(user.kind, f"user.verified_type {user.integer('verified_type')}")
    yield Profile(
        platform=PLATFORM,
        account=f"{PLATFORM}:{uid}",
        uid=uid,
        name=name_of(user),
        observed_at=page.fetched_at,
        aliases={"uid": uid} | ({"domain": domain} if (domain := user.words("domain")) else {}),
        bio=tidy(user.words("description") or ""),
        verified=verified,
        verified_kind=kind,
        verified_entity=reason_of(user, verified),
        followers=_count(user, "followers_count"),
        posts_total=_count(user, "statuses_count"),
        avatar_url=user.words("avatar_hd"),
    )


def name_of(user: Fields) -> str:
    """The name shown; ParseError where there is none."""
    name = tidy(user.text("screen_name"))
    if name is None:
        raise user.error("screen_name")
    return name


def verified_of(user: Fields) -> bool:
    """Whether the account carries a verification (认证); the old 达人 badge (type 220) is none."""
    verified = user.flag("verified")
    if verified is None:
        raise user.error("verified")
    return verified


def reason_of(user: Fields, verified: bool) -> str | None:
    """The words of the verification as they stand (``verified_reason``), of verified accounts only.

    For offices mostly ``<单位>官方微博``, for companies the registered name, at times a whole sentence: it is
    handed on unchanged, and what entity it names is for the checks to judge.
    """
    return tidy(user.words("verified_reason") or "") if verified else None


def _count(user: Fields, key: str) -> int | Counter | None:
    value = user.data.get(key)
    if value is None:
        return None
    try:
        return parse_counter(value)
    except ValueError as error:
        raise user.error(key) from error
