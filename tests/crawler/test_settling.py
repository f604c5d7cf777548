"""Whose end a page tells: one behind an address that was never proved to be the account's says nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.owners import Owners
from crawler.page import Ending, Page, Target
from crawler.progress import Progress
from crawler.reading import Reading, platform_modules, read
from crawler.settling import Settled, settle
from records import Account, Post
from tests.crawler.sightings import BARE_WECHAT, NOW, SINCE, WEIBO, profile, verdict

BIZ, OTHER_BIZ = "MzkwMDAwMDAwMQ==", "MzkwMDAwMDAwMg=="
OFFICE = replace(BARE_WECHAT, aliases={"biz": BIZ})
SHORT = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01"
KEY = "s/AAAAAAAAAAAAAAAAAAAA01"
LONG = "https://mp.weixin.qq.com/s?__biz={}&mid=2247480001&idx=1&sn={}"
SEC_UID = "MS4wLjABAAAAcounty0000000000000000000000000001"
TOUTIAO = Account(platform="toutiao", uid=SEC_UID, name="云岭发布", unit=WEIBO.unit, aliases={"user_id": "7601000001"})
EARLIER = (Ending("article", NOW - timedelta(days=1)),)
BLOCKED = '<html><h2 class="weui-msg__title">此帐号已被屏蔽, 内容无法查看</h2></html>'.encode()


def settled(target: Target, address: str, progress: Progress | None = None) -> tuple[Settled, Progress]:
    """A page, asked for at this address, that says that its account is blocked."""
    seen = progress or Progress(target, NOW)
    reading = read(Page(url=address, body=BLOCKED, fetched_at=NOW, kind="article"), "wechat")
    return settle(target, seen, Owners({}), reading, NOW, "article", address), seen


@pytest.mark.parametrize("address", [SHORT, LONG.format(OTHER_BIZ, "a"), LONG.format(OTHER_BIZ, BIZ), ""])
def test_an_end_behind_an_unproved_address_is_nobodys(address: str) -> None:
    target = Target(account=OFFICE, since=SINCE, links=(SHORT,), endings=EARLIER)
    _, progress = settled(target, address)
    assert (verdict(progress.coverage()), progress.ending) == (("none", "no_public_list"), None)


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (Target(account=OFFICE, since=SINCE), LONG.format(BIZ, "a")),
        (Target(account=replace(OFFICE, uid=BIZ, aliases={}), since=SINCE), LONG.format(BIZ.rstrip("="), "a")),
        (Target(account=OFFICE, since=SINCE, held=frozenset({KEY})), SHORT),
        (Target(account=OFFICE, since=SINCE, recheck=(SHORT + "#rd",)), SHORT),
    ],
    ids=["its key", "its key without padding", "a post that was proved", "the post to see again"],
)
def test_an_end_behind_an_address_of_the_accounts_own_is_its_end(target: Target, address: str) -> None:
    _, progress = settled(replace(target, endings=EARLIER), address)
    assert verdict(progress.coverage()) == ("none", "gone")


def test_a_post_held_by_its_long_address_does_not_prove_a_short_one() -> None:
    target = Target(account=OFFICE, since=SINCE, held=frozenset({f"{BIZ}:2247480001:1", f"text:{KEY}"}))
    assert settled(target, SHORT)[1].ending is None


@pytest.mark.parametrize(
    ("account", "address", "is_own"),
    [
        (WEIBO, f"https://m.weibo.cn/api/container/getIndex?type=uid&value={WEIBO.uid}", True),
        (WEIBO, "https://m.weibo.cn/api/container/getIndex?type=uid&value=7601000002", False),
        (WEIBO, "https://m.weibo.cn/detail/4914676545359937", False),
        (TOUTIAO, f"https://www.toutiao.com/c/user/token/{SEC_UID}/", True),
        (TOUTIAO, "https://www.toutiao.com/c/user/7601000001/", True),
        (TOUTIAO, "https://www.toutiao.com/c/user/7601000002/", False),
        (TOUTIAO, "https://www.toutiao.com/article/7601000001/", False),
        (TOUTIAO, "", False),
    ],
)
def test_the_other_platforms_addresses_carry_the_accounts_key(account: Account, address: str, is_own: bool) -> None:
    target = Target(account=account, since=SINCE)
    assert platform_modules()[account.platform].is_own(target, address) is is_own


def test_the_first_page_that_shows_the_account_refutes_what_a_run_stored_before_it_was_cut_off() -> None:
    target = Target(account=OFFICE, since=SINCE)
    shown = replace(profile(3), platform="wechat", account=OFFICE.ref, uid=OFFICE.uid)
    page = Reading(platform="wechat", kind="article", status="ok", records=(shown,))
    progress, owners = Progress(target, NOW), Owners({OFFICE.uid: OFFICE.ref})
    refuted = [settle(target, progress, owners, page, NOW, "article", SHORT).refuted for _ in range(3)]
    assert refuted == [True, False, False]


def test_a_post_of_another_account_refutes_nothing() -> None:
    target = Target(account=OFFICE, since=SINCE, endings=EARLIER)
    other = Post(platform="wechat", account=f"wechat:{OTHER_BIZ}", post_id="x", url=SHORT, published_at=NOW)
    page = Reading(platform="wechat", kind="article", status="ok", records=(other,))
    assert not settle(target, Progress(target, NOW), Owners({}), page, NOW, "article", SHORT).refuted
