"""Where candidates are sorted, and why; what is thin or contradicts itself is never a suspicion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparing import resemblances
from analysis.registered import Filed, Register
from analysis.sightings import Seen, Sighting
from analysis.triage import LABELS, SUSPECTS, triage
from records import Account, Candidate, Profile, Unit
from records.evidence import Triage

NOW = datetime(2026, 11, 15, 2, tzinfo=UTC)
OFFICE = Unit(name="云岭县人民政府办公室", short_names=("县政府办",), division="澜州市云岭县")
HEALTH = Unit(name="云岭县医疗保障局", short_names=("县医保局",), division="澜州市云岭县")
TEXT = "云岭县2026年秋季学期义务教育阶段入学报名时间为八月十五日至二十日"
BIO = "云岭县人民政府办公室官方微博，发布全县权威信息"
PICTURE, RETOUCHED, OTHER = "ffff0000ffff0000", "ffff0000ffff0007", "00ff00ff00ff00ff"


def account(platform: str, uid: str, name: str, unit: Unit = OFFICE, **fields: object) -> Account:
    return Account(platform=platform, uid=uid, name=name, unit=unit.name, **fields)  # type: ignore[arg-type]


WEIBO = account("weibo", "1000000001", "云岭发布", former_names=("云岭微讯",))
CLOSED = account("weibo", "1000000002", "云岭政务服务", status="注销")
WECHAT = account("wechat", "MzkwMTAwMDAwMQ==", "云岭发布", aliases={"wechat_id": "ylfabu"})
PROFILE = Profile(platform="weibo", account=WEIBO.ref, uid=WEIBO.uid, name=WEIBO.name, observed_at=NOW, bio=BIO)
REGISTER = Register(
    (OFFICE, HEALTH),
    (Filed(account=WEIBO, profile=PROFILE, avatar=PICTURE), Filed(account=CLOSED), Filed(account=WECHAT)),
    {WEIBO.ref, CLOSED.ref, WECHAT.ref, "wechat:ylfabu"},
)


def sort(name: str, platform: str = "weibo", uid: str = "9000000001", **fields: object) -> Triage:
    """The triage of an account as a result page of the county shows it."""
    picture = fields.pop("avatar", None)
    one = Candidate(platform=platform, uid=uid, name=name, found_at=NOW, **fields)  # type: ignore[arg-type]
    seen = Seen(candidate=one, sightings=(Sighting(source="person", seen_at=NOW),), avatar=picture)  # type: ignore[arg-type]
    return triage(seen, REGISTER, resemblances([seen], REGISTER, [(WEIBO.ref, TEXT, NOW - timedelta(days=1))])[0])


@pytest.mark.parametrize(
    ("name", "entity", "kind"),
    [
        ("云岭医保", "云岭县医疗保障局官方微博", "unregistered"),
        ("云岭医保", "澜州市云岭县医疗保障局", "unregistered"),
        ("云岭政务", "云岭县政府办", "unregistered"),
        ("云岭林草", "云岭县林业和草原局", "unregistered"),
        ("云岭交警", "澜州市公安局云岭分局", "unregistered"),
        ("云岭发布", "云岭县人民政府办公室", "renamed"),
        ("云岭微讯", "云岭县人民政府办公室", "renamed"),
        ("云陵发布", "云陵县融媒体中心", "neighbour"),
        ("云陵发布", "澜州市云陵县人民政府", "neighbour"),
        ("澜州发布", "澜州市人民政府新闻办公室", "neighbour"),
        ("云岭发布", "云岭县融媒体中心", "other_institution"),
        ("云岭文旅", "云岭文化传媒有限公司", "other_institution"),
        ("云岭发布", "云岭文化传媒有限公司", "certified_other"),
        ("云岭发布", "云陵县融媒体中心", "certified_other"),
        ("云岭发布", "张三", "private_person"),
        ("爱吃火锅", "美食博主", "unrelated"),
    ],
)
def test_the_certified_entity_decides(name: str, entity: str, kind: str) -> None:
    assert sort(name, verified=True, verified_entity=entity).kind == kind


PUBLIC = (
    "国家税务总局云岭县税务局",
    "国家统计局云岭调查队",
    "云岭县公安局政治处",
    "云岭县气象台",
    "云岭县气象服务中心",
    "云岭县教师进修学校",
    "云岭师范学院",
    "云南省公安厅",
    "云南省教育厅",
    "澜州市公安局交警支队",
    "澜州市广播电视台",
    "云岭县山水小区业主委员会",
    "云岭县融创宣传",
)


@pytest.mark.parametrize("division", ["澜州市云岭县", "云岭县"])
@pytest.mark.parametrize("entity", PUBLIC)
def test_no_public_body_of_ours_or_above_is_a_suspect(entity: str, division: str) -> None:
    unit = replace(OFFICE, division=division)
    one = Candidate(platform="weibo", uid="9", name="云岭发布", found_at=NOW, verified=True, verified_entity=entity)
    found = triage(Seen(candidate=one), Register((unit,), (Filed(account=WEIBO),), {WEIBO.ref}))
    assert found.kind in ("unregistered", "unknown", "other_institution", "neighbour")


@pytest.mark.parametrize("entity", ["陕西省公安厅", "西安市教育局"])
def test_an_office_above_is_known_by_its_code_where_our_division_does_not_name_it(entity: str) -> None:
    unit = Unit(name="长安区人民政府办公室", division="长安区")
    filed = Filed(account=account("weibo", "1", "长安发布", unit))
    one = Candidate(platform="weibo", uid="9", name="长安发布", found_at=NOW, verified=True, verified_entity=entity)
    assert triage(Seen(candidate=one), Register((unit,), (filed,), {"weibo:1"})).kind not in SUSPECTS


def test_a_department_of_a_registered_unit_is_the_units() -> None:
    found = sort("云岭医保", verified=True, verified_entity="云岭县医疗保障局基金监管科")
    assert (found.kind, found.entity_unit) == ("unregistered", HEALTH.name)


@pytest.mark.parametrize("end", ["", "办公室"])
@pytest.mark.parametrize(
    "body",
    ["山水小区业主委员会", "望江村村民委员会", "城南社区居民委员会", "第一小学家长委员会", "商会", "医疗保障局协会"],
)
def test_what_governs_itself_is_never_an_unregistered_office(body: str, end: str) -> None:
    found = sort("云岭发布", verified=True, verified_entity=f"云岭县{body}{end}")
    assert found.kind == "unknown"


@pytest.mark.parametrize(
    ("name", "fields", "kind"),
    [
        ("云岺发布", {"verified": False}, "lookalike_uncertified"),
        ("云岭发怖", {}, "lookalike_uncertified"),
        ("云岭微讯", {"verified": False}, "former_name"),
        ("云岭政务服务", {"verified": False}, "former_name"),
        ("云岭发布", {"verified": False, "bio": "个人账号，非官方，分享家乡的事"}, "private_person"),
        ("云岭发布", {"verified": True}, "unknown"),
        ("云岭发布", {"verified": False, "verified_entity": "云岭县人民政府办公室"}, "unknown"),
        ("云岭发布", {"verified_entity": "云陵县融媒体中心"}, "unknown"),
        ("滇北山野户外", {"bio": "周末去爬山"}, "unrelated"),
        ("✅✅", {}, "unrelated"),
    ],
)
def test_without_a_certified_entity_the_name_and_the_rest_count(
    name: str, fields: dict[str, object], kind: str
) -> None:
    assert sort(name, **fields).kind == kind  # type: ignore[arg-type]


def test_a_registered_key_is_registered_and_under_another_name_renamed() -> None:
    assert sort("云岭发布", uid=WEIBO.uid).kind == "registered"
    assert sort("云岭发布", platform="wechat", uid="YLFABU").kind == "registered"
    renamed = sort("云岭融媒", uid=WEIBO.uid)
    assert (renamed.kind, renamed.account) == ("renamed", WEIBO.ref)


@pytest.mark.parametrize(
    ("platform", "uid", "name"),
    [
        ("weibo", "name:云岭发布", "云岭发布"),
        ("weibo", "ylfabu", "云岭发布"),
        ("weibo", "name:云岭微讯", "云岭微讯"),
        ("wechat", "sogou:oIWsFt5QBSP8mn4Jx2WSGw", "云岭发布"),
        ("wechat", "gh_0123456789ab", "云岭播报"),
        ("toutiao", "MS4wLjABAAAAother", "云岭发布"),
    ],
)
@pytest.mark.parametrize("entity", [None, "云岭文化传媒有限公司"])
def test_our_own_name_under_another_kind_of_key_is_perhaps_our_own_account(
    platform: str, uid: str, name: str, entity: str | None
) -> None:
    page = Profile(platform="wechat", account=WECHAT.ref, uid=WECHAT.uid, name="云岭播报", observed_at=NOW)
    toutiao = account("toutiao", "MS4wLjABAAAAours", "云岭发布")
    filed = (Filed(account=WEIBO), Filed(account=WECHAT, profile=page), Filed(account=toutiao))
    one = Candidate(
        platform=platform,
        uid=uid,
        name=name,
        found_at=NOW,
        verified=None if entity is None else True,
        verified_entity=entity,
    )
    found = triage(Seen(candidate=one), Register((OFFICE,), filed, {each.account.ref for each in filed}))
    assert (found.kind, found.doubt) == ("unknown", "same_name")


def test_our_own_name_under_another_key_of_the_same_kind_is_another_account() -> None:
    assert sort("云岭发布", uid="9000000009", verified=False).kind == "lookalike_uncertified"
    assert sort("云岭发布", platform="wechat", uid="ylfb2026").kind == "lookalike_uncertified"


def test_a_hidden_mark_is_told_as_not_shown() -> None:
    assert "页面未显示认证情况" in "".join(sort("云岺发布").reasons)
    assert "页面显示未认证" in "".join(sort("云岺发布", verified=False).reasons)


def test_every_reason_on_a_page_says_where_and_when_it_was_seen() -> None:
    assert sort("云岺发布", verified=False).reasons[0].startswith("微博人工保存的页面（2026年11月15日）：")


def test_picture_texts_and_bio_of_a_registered_account_are_reasons() -> None:
    found = sort("云岺发布", verified=False, avatar=RETOUCHED, texts=(TEXT + "。",), bio=BIO)
    told = "".join(found.reasons)
    assert "头像与名录里" in told and "推文几乎相同" in told and "简介与名录里" in told
    assert not any("头像" in reason for reason in sort("云岺发布", avatar=OTHER).reasons)


def test_a_stranger_with_an_offices_picture_is_no_suspect_but_to_be_looked_at() -> None:
    found = sort("今日爆料", verified=False, avatar=PICTURE)
    assert (found.kind, found.doubt, found.account, found.match) == ("unknown", "cannot_tell", WEIBO.ref, None)


def test_a_picture_of_many_units_is_nobodys() -> None:
    health = account("weibo", "1000000003", "云岭医保", HEALTH)
    both = (Filed(account=WEIBO, avatar=PICTURE), Filed(account=health, avatar=RETOUCHED))
    assert Register((OFFICE, HEALTH), both, ()).picture_of(PICTURE) is None


def test_a_bio_of_many_units_is_nobodys_and_one_of_two_accounts_of_a_unit_is_its_own() -> None:
    health = account("weibo", "1000000003", "云岭医保", HEALTH)
    shown = [
        Filed(account=one, profile=replace(PROFILE, account=one.ref, uid=one.uid)) for one in (WEIBO, WECHAT, health)
    ]
    assert Register((OFFICE, HEALTH), shown[:2], ()).bio_of(BIO) == WEIBO.ref
    for order in (shown, shown[::-1]):
        assert Register((OFFICE, HEALTH), order, ()).bio_of(BIO) is None


DONGXIANG = Unit(name="东乡族自治县人民政府办公室", division="甘肃省临夏回族自治州东乡族自治县")
OURS = account("weibo", "2000000001", "东乡发布", DONGXIANG)
AMBIGUOUS = Register((DONGXIANG,), (Filed(account=OURS, avatar=PICTURE),), {OURS.ref})


def sort_dongxiang(**fields: object) -> Triage:
    picture = fields.pop("avatar", None)
    one = Candidate(platform="weibo", uid="9", name="东乡发布", found_at=NOW, **fields)  # type: ignore[arg-type]
    return triage(Seen(candidate=one, avatar=picture), AMBIGUOUS)  # type: ignore[arg-type]


@pytest.mark.parametrize("entity", ["抚州市东乡区融媒体中心", "东乡区人民政府办公室", "江西省抚州市东乡区委宣传部"])
def test_the_other_dongxiang_is_an_honest_namesake_with_its_province_told(entity: str) -> None:
    found = sort_dongxiang(verified=True, verified_entity=entity)
    assert found.kind == "neighbour"


def test_dongxiang_alone_is_not_told_apart_by_its_name() -> None:
    found = sort_dongxiang(verified=False)
    assert (found.kind, found.rivals) == ("unknown", ("东乡区（江西省抚州市）",))
    assert sort_dongxiang(verified=True, verified_entity="东乡融媒体中心").kind == "unknown"


def test_dongxiang_is_told_apart_by_the_bio_and_suspected_by_the_picture() -> None:
    assert sort_dongxiang(verified=False, bio="江西抚州东乡本地资讯").kind == "neighbour"
    assert sort_dongxiang(verified=False, bio="甘肃临夏东乡本地资讯").kind == "lookalike_uncertified"
    assert sort_dongxiang(verified=False, avatar=PICTURE).kind == "lookalike_uncertified"


def test_a_reason_names_where_the_other_place_was_read() -> None:
    by_name = triage(
        Seen(candidate=Candidate(platform="weibo", uid="9", name="抚州东乡区发布", found_at=NOW, verified=False)),
        AMBIGUOUS,
    )
    assert (by_name.kind, "简介" in "".join(by_name.reasons)) == ("neighbour", False)
    assert "名称（抚州东乡区发布）写的是同名的另一个地方：东乡区（江西省抚州市）。" in by_name.reasons
    assert "简介（江西抚州东乡本地资讯）写的是" in "".join(
        sort_dongxiang(verified=False, bio="江西抚州东乡本地资讯").reasons
    )


WORDS = st.sampled_from(
    ["", "云岭", "云陵", "发布", "官方", "县", "政府", "融媒体中心", "公司", "张三", "镇", "东乡", "（依据："]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("".join)


@given(
    NAMES, st.sampled_from([True, False, None]), st.none() | NAMES, st.none() | NAMES, st.sampled_from([None, PICTURE])
)
def test_no_account_is_both_suspected_and_ours_and_every_class_has_reasons(
    name: str, verified: bool | None, entity: str | None, bio: str | None, picture: str | None
) -> None:
    found = sort(name, verified=verified, verified_entity=entity, bio=bio, avatar=picture)
    assert found.kind in LABELS and found.reasons and all(one.endswith("。") for one in found.reasons)
    assert (found.doubt is not None) == (found.kind == "unknown") or found.kind == "renamed"
    assert found.kind not in SUSPECTS or found.entity_unit is None
    assert found.unit in (OFFICE.name, HEALTH.name)


@given(NAMES, st.none() | NAMES, st.none() | NAMES)
def test_what_the_page_hides_never_makes_a_suspect_of_a_certified_account(
    name: str, entity: str | None, bio: str | None
) -> None:
    certified = sort(name, verified=True, verified_entity=entity, bio=bio)
    hidden = sort(name, verified=None, verified_entity=entity, bio=bio)
    assert entity is None or hidden.kind not in SUSPECTS or certified.kind in SUSPECTS or not entity.strip()


def test_followers_do_not_change_what_was_shown_but_a_name_does() -> None:
    first = sort("云岺发布", verified=False)
    assert sort("云岺发布", verified=False, followers=7).shown == first.shown
    assert replace(first, shown=sort("云岺发佈", verified=False).shown) != first
