"""What is told of a candidate is told of the page that showed it; others' words for it are told as theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting, digest_of, facts_of
from analysis.triage import triage
from records import Account, Candidate, Unit
from records.evidence import Triage

PAGE_AT = datetime(2026, 11, 15, 2, tzinfo=UTC)
LATER = PAGE_AT + timedelta(days=3)
UNIT = Unit(name="云岭县人民政府办公室", division="澜州市云岭县")
OWN = Account(platform="weibo", uid="1", name="云岭发布", unit=UNIT.name, aliases={"uid": "1"})
REGISTER = Register((UNIT,), (Filed(account=OWN),), {OWN.ref})
ONE = Candidate(platform="weibo", uid="9", name="云岺发布", found_at=PAGE_AT)


def looked(source: str, at: datetime = PAGE_AT, **fields: object) -> Sighting:
    return Sighting(source=source, seen_at=at, poster=OWN, **fields)  # type: ignore[arg-type]


def seen(*sightings: Sighting, **fields: object) -> Seen:
    one = Candidate(platform="weibo", **{"uid": "9", "name": "云岺发布", "found_at": PAGE_AT, **fields})  # type: ignore[arg-type]
    return Seen(candidate=one, sightings=sightings)


def sort(*sightings: Sighting, **fields: object) -> Triage:
    return triage(seen(*sightings, **fields), REGISTER)


def test_the_mark_is_told_of_the_page_that_showed_it_and_not_of_a_later_mention() -> None:
    found = sort(looked("search"), looked("mention", LATER), verified=False)
    assert found.reasons[0] == "微博搜索结果页（2026年11月15日）：页面显示未认证。"
    facts = dict(found.facts)
    assert facts["见于"] == "微博搜索结果页（2026年11月15日）" and "提及（2026年11月18日）" in facts["另见于"]


def test_a_page_from_before_sightings_were_kept_is_told_by_its_own_day() -> None:
    assert seen(looked("mention", LATER)).where == "微博的页面（2026年11月15日）"


def test_of_one_files_pages_that_of_a_known_layout_is_told() -> None:
    both = seen(looked("person", layout_known=True), looked("person", layout_known=False))
    assert both.where == "微博人工保存的页面（2026年11月15日）"


def test_many_mentions_are_told_once_each_and_counted() -> None:
    mentions = [looked("mention", LATER + timedelta(days=day // 2)) for day in range(20)]
    told = dict(facts_of(seen(looked("search"), *mentions)))["另见于"]
    assert told.count("提及") == 5 and told.endswith("等 10 处")


@pytest.mark.parametrize(("source", "label"), [("mention", "推文里写作"), ("feed", "订阅源里写作")])
def test_what_only_a_post_names_is_not_known_and_no_name_of_an_account(source: str, label: str) -> None:
    found = sort(looked(source), looked(source, LATER))
    assert (found.kind, found.doubt) == ("unknown", "cannot_tell")
    assert f"{label}“云岺发布”，账号本身没有看过" in found.reasons[0]
    facts = dict(found.facts)
    assert facts[label] == "云岺发布" and "账号名称" not in facts and facts["认证"] == "账号本身没有看过"


@pytest.mark.parametrize("name", ["云岭发布官方微博", "云岭政务"])
def test_a_links_words_rename_no_registered_account(name: str) -> None:
    assert sort(looked("mention"), uid=OWN.uid, name=name).kind == "registered"


def test_once_a_page_shows_the_account_it_is_sorted_by_that() -> None:
    found = sort(looked("mention"), looked("search", LATER), found_at=LATER, verified=False)
    assert found.kind == "lookalike_uncertified" and dict(found.facts)["账号名称"] == "云岺发布"


def test_the_account_that_a_post_reposts_was_seen_on_its_page() -> None:
    assert sort(looked("repost")).kind == "lookalike_uncertified"


def test_a_partners_row_is_told_as_the_lists() -> None:
    found = sort(looked("partner"), verified_entity="云岭文化传媒有限公司")
    assert found.reasons[0].startswith("他人提供的名单（2026年11月15日）：名单写的认证主体为“云岭文化传媒有限公司”")
    facts = dict(found.facts)
    assert facts["名单写的名称"] == "云岺发布" and "页面显示" not in "".join(map(str, found.facts + found.reasons))
    assert "名单没有写认证情况" in sort(looked("partner")).reasons[0]


def test_an_entity_that_may_be_the_lists_is_not_put_on_the_page() -> None:
    found = sort(looked("partner"), looked("search", LATER), found_at=LATER, verified_entity="云岭文化传媒有限公司")
    assert "页面或他人提供的名单写的认证主体" in found.reasons[0]


@pytest.mark.parametrize("source", ["partner", "search"])
@pytest.mark.parametrize("entity", ["云岭县林业和草原局", "云岭县人民政府办公室", "澜州市公安局云岭分局"])
def test_an_office_of_ours_without_a_mark_is_asked_about_and_never_a_stranger(source: str, entity: str) -> None:
    found = sort(looked(source), name="绿水青山在身边", verified_entity=entity)
    assert (found.kind, found.entity_unit, found.unit) == ("unknown", entity, UNIT.name)


def test_an_office_of_elsewhere_without_a_mark_is_a_stranger_still() -> None:
    assert sort(looked("partner"), name="绿水青山在身边", verified_entity="云陵县林业和草原局").kind == "unrelated"


@pytest.mark.parametrize("name", ["云岺发布", "云岭发布", "云岭县人民政府办公室"])
@pytest.mark.parametrize("verified", [None, False])
def test_of_whom_only_a_list_tells_nothing_can_be_told_and_what_to_do_is_said(name: str, verified: bool | None) -> None:
    found = sort(looked("partner"), name=name, verified=verified)
    assert (found.kind, found.doubt) == ("unknown", "cannot_tell")
    assert "打开账号页，把网页保存下来读入" in found.reasons[-1]


@pytest.mark.parametrize("entity", ["云岭县人民政府办公室", "云岭文化传媒有限公司", "张三"])
def test_even_a_mark_that_a_list_wrote_accuses_nobody(entity: str) -> None:
    found = sort(looked("partner"), verified=True, verified_entity=entity)
    assert (found.kind, found.doubt) == ("unknown", "cannot_tell")


def test_once_its_page_was_seen_a_listed_account_is_sorted_by_that() -> None:
    found = sort(looked("partner"), looked("search", LATER), found_at=LATER, verified=False)
    assert found.kind == "lookalike_uncertified"


def test_where_it_was_seen_is_not_said_twice_in_the_same_words() -> None:
    twice = seen(looked("partner"), looked("partner", PAGE_AT + timedelta(minutes=1)))
    assert twice.where == "他人提供的名单（2026年11月15日）" and "另见于" not in dict(facts_of(twice))
    assert seen(looked("partner"), looked("partner", LATER)).elsewhere == ("他人提供的名单（2026年11月18日）",)


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2060", "\ufeff", "\ufe0f"])
def test_a_sign_that_nobody_sees_changes_the_digest_and_not_the_likeness(sign: str) -> None:
    bare, hidden = seen(name="云岭发布官方"), seen(name=f"云岭{sign}发布官方")
    assert digest_of(bare) != digest_of(hidden)
    entities = [seen(verified=True, verified_entity=f"云岭{one}县林业局") for one in ("", sign)]
    assert len(set(map(digest_of, entities))) == 2
    first, second = (triage(one, REGISTER).match for one in (bare, hidden))
    assert first is not None and second is not None and first.score == second.score


def test_an_entity_of_which_nothing_is_seen_makes_no_person_of_an_account() -> None:
    assert sort(looked("search"), verified=True, verified_entity="\u200b").kind == "unknown"
