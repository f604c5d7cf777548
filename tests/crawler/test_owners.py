"""Whose a page's records are: nobody's posts are kept for an account, and nobody else's tell how far it was seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler.owners import Owners, drops_posts
from crawler.page import Target
from records import Account, Candidate, Post, Profile
from tests.crawler.sightings import NOW, SINCE, WEIBO

BIZ, GH_ID = "MzkwMTAwMDAwMw==", "gh_00000000000a"
OFFICE = Account(platform="wechat", uid=GH_ID, name="平安云岭", unit=WEIBO.unit, aliases={"gh_id": GH_ID})
KNOWN = replace(OFFICE, uid=BIZ, aliases={"gh_id": GH_ID, "biz": BIZ})
ARTICLE = Profile(
    platform="wechat",
    account=f"wechat:{BIZ}",
    uid=BIZ,
    name=OFFICE.name,
    observed_at=NOW,
    aliases={"biz": BIZ, "gh_id": GH_ID},
)


def target(account: Account = OFFICE) -> Target:
    return Target(account=account, since=SINCE)


def owners(account: Account = OFFICE, **others: Any) -> Owners:
    keys = (account.uid, *account.aliases.values())
    return Owners({key.casefold(): account.ref for key in keys}, **others)


def post(account: str | None, *, proof: str = "page", addresses: tuple[str, ...] = ()) -> Post:
    return Post(
        platform="wechat",
        account=account,
        post_id=f"{account}:1",
        url="https://mp.weixin.qq.com/s/x",
        published_at=NOW,
        proof=proof,
        addresses=addresses,
    )


def test_posts_of_nobody_registered_are_not_kept() -> None:
    assert owners().kept(target(), (post("wechat:someone"), post(f"wechat:{GH_ID}"))) == (post(f"wechat:{GH_ID}"),)


def test_a_profile_teaches_the_stable_key_of_an_account_filed_by_another() -> None:
    known = owners()
    assert known.kept(target(), (post(f"wechat:{BIZ}"),)) == ()
    both = (ARTICLE, post(f"wechat:{BIZ}"))
    assert known.kept(target(), both) == both
    assert known.kept(target(), (post(f"wechat:{BIZ}"),)) == (post(f"wechat:{BIZ}"),)


def test_a_profile_of_somebody_else_teaches_nothing() -> None:
    stranger = replace(ARTICLE, aliases={"biz": BIZ, "gh_id": "gh_ffffffffffff"})
    assert owners().kept(target(), (stranger, post(f"wechat:{BIZ}"))) == ()


def test_an_account_filed_by_one_of_its_posts_is_known_by_that_posts_address() -> None:
    filed = Account(platform="wechat", uid="s/abcdefghijklmnopqrstuv", name="平安云岭", unit=WEIBO.unit)
    shown = post(f"wechat:{BIZ}", addresses=("s/abcdefghijklmnopqrstuv",))
    kept = owners(filed).kept(target(filed), (shown, ARTICLE))
    assert kept[0] == shown
    assert isinstance(kept[1], Profile) and kept[1].aliases["address"] == "s/abcdefghijklmnopqrstuv"


def test_a_feed_of_short_addresses_speaks_for_the_account_that_filed_it() -> None:
    (kept,) = owners().kept(target(), (post(None, proof="feed"),))
    assert isinstance(kept, Post) and kept.account == OFFICE.ref


def test_a_feed_that_names_another_key_than_the_known_one_is_anothers() -> None:
    found = (post("wechat:MzkwMTAwMDAwOQ==", proof="feed"),)
    assert owners(KNOWN).kept(target(KNOWN), found) == ()
    assert drops_posts(found, ())


def test_a_page_whose_posts_were_all_kept_dropped_none() -> None:
    both = (ARTICLE, post(f"wechat:{BIZ}"))
    assert not drops_posts(both, owners().kept(target(), both))


def test_posts_of_another_registered_account_are_kept_but_tell_nothing_of_this_one() -> None:
    known = Owners({GH_ID: OFFICE.ref, "gh_b": "wechat:gh_b"})
    kept = known.kept(target(), (post("wechat:gh_b"), post(OFFICE.ref)))
    assert len(kept) == 2
    assert known.of_account(target(), kept) == (post(OFFICE.ref),)


def test_candidates_are_kept_and_tell_nothing() -> None:
    found = Candidate(platform="wechat", uid="x", name="云岭发布", found_at=NOW)
    assert owners().kept(target(), (found,)) == (found,)
    assert owners().of_account(target(), (found,)) == ()


def test_an_account_looked_at_alone_shows_the_posts_of_others_too() -> None:
    alone = owners(keep_others=True)
    others = (post("wechat:someone"),)
    assert alone.kept(target(), others) == others
    assert alone.of_account(target(), others) == ()
