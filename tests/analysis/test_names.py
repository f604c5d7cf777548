"""Likeness of account names: disguises are found, honest neighbours are not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.names import ALIKE, fold, similarity, sound_key
from analysis.places import division_names
from analysis.scoring import NEIGHBOUR
from analysis.segmenting import segment

OWN = frozenset({"澜州市云岭县"})
ROOT = Path(__file__).resolve().parents[2]
NAMES = st.text(
    alphabet=st.sampled_from("云岭泽洲州发佈布公安局县官方zezhou０Ol1 ·\u200b北京通"), min_size=1, max_size=10
).filter(fold)


@pytest.mark.parametrize(
    "shown",
    [
        "泽洲发布",
        "择州发布",
        "泽卅发布",
        "泽州發佈",
        "zezhou发布",
        "ＺＥＺＨＯＵ发布官方",
        "泽州发布官方",
        "择州发布官方",
        "泽 州 发 布",
        "泽\u200b州·发布✅",
        "泽州发布2",
        "山西泽州发布",
    ],
)
def test_a_disguised_name_is_put_before_a_person(shown: str) -> None:
    assert similarity("泽州发布", shown) >= ALIKE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        # 资源 is a county's short name, but no place in the middle of an office.
        ("抚州市人力资源和社会保障局", "抚州市入力资源和社会保障局"),
        ("连云区自然资源局", "连云区自然官方资源局"),
        # Of a disguised place what is left may be the name of another.
        ("科尔沁左翼中旗12320", "科尔沁左翼钟旗12320"),
        # Other order and a platform word more.
        ("海口生态环境", "海口环境生态公众号"),
        ("茅坪镇教育体育局", "茅坪镇教体局"),
    ],
)
def test_a_disguise_within_words_is_put_before_a_person(name: str, shown: str) -> None:
    assert similarity(name, shown) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("南京发布", "北京发布"),
        ("海南发布", "上海发布"),
        ("宜春发布", "伊春发布"),
        ("济州发布", "泽州发布"),
        ("北京发布", "北京通州发布"),
        ("江西东乡人民政府办公室", "甘肃东乡人民政府办公室"),
        ("泽州教育", "泽州体育"),
        ("湖北省人民政府网", "湖南省人民政府网"),
        ("泽州110", "泽州119"),
        ("泽州发布", "泽州政务"),
    ],
)
def test_honest_neighbours_are_left_alone(left: str, right: str) -> None:
    assert similarity(left, right) < ALIKE


@pytest.mark.parametrize(
    ("left", "right"), [("泽州美食", "上海交警"), ("海口福彩", "每日天气早知道"), ("健康北京", "首都影讯")]
)
def test_unrelated_names_are_far_apart(left: str, right: str) -> None:
    assert similarity(left, right) < 0.5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("深圳公安", "深圳公安发布"),
        ("文旅昆明", "昆明文旅"),
        ("安徽省教育招生考试院", "安徽省教育考试招生院"),
        ("人民日报", "人民曰报"),
        ("崇礼区人民政府", "崇礼区人民政负"),
        ("崇礼区妇联", "崇礼区妇联办事处"),
    ],
)
def test_added_reordered_and_look_alike_words_are_alike(left: str, right: str) -> None:
    assert similarity(left, right) >= ALIKE


def test_an_invented_county_is_a_place_once_it_is_named() -> None:
    assert similarity("云岭发布", "云龙发布", OWN) <= 0.7
    assert similarity("云岭县公安局", "青岭县公安局", OWN) < similarity("云岭县公安局", "青岭县公安局")
    assert similarity("云岭发布", "澜州云岭发布", OWN) >= ALIKE
    assert similarity("云岭县公安局", "云岭公安", OWN) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("兴文融媒", "宜宾腥文融媒"),
        ("安平公安", "衡水安坪公安"),
        ("铅山公安", "上饶公安铅山"),
        ("东宁交警", "正版交警东宁"),
        ("组工平川", "平川组工小助手"),
    ],
)
def test_a_name_disguised_twice_is_alike(left: str, right: str) -> None:
    assert similarity(left, right) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right"), [("兴文融媒", "宜宾融媒"), ("兴文融媒", "宜宾珙县融媒"), ("兴文融媒", "宜宾生活融媒")]
)
def test_a_city_before_another_place_is_no_disguise(left: str, right: str) -> None:
    assert similarity(left, right) < ALIKE


def test_another_town_of_the_county_is_a_neighbour() -> None:
    assert similarity("云岭县城关镇人民政府", "云岭县河口镇人民政府", OWN) < ALIKE


@pytest.mark.parametrize(
    "pattern",
    "云岭县第{}小学 云岭县第{}幼儿园 云岭第{}人民医院 云岭县城关第{}小学 云岭{}中 云岭县{}小 云岭{}完小".split(),
)
@given(st.lists(st.sampled_from("一二三四五六七八九十"), min_size=2, max_size=2, unique=True))
def test_two_numbered_siblings_are_neighbours(pattern: str, numerals: list[str]) -> None:
    one, other = (pattern.format(numeral) for numeral in numerals)
    assert similarity(one, other, OWN) <= NEIGHBOUR


@pytest.mark.parametrize("numeral", ["1", "l", "壹", "１", "①"])
def test_a_number_written_otherwise_is_a_disguise_of_it(numeral: str) -> None:
    assert similarity("云岭县第一小学", f"云岭县第{numeral}小学", OWN) >= ALIKE


def test_a_sign_that_looks_like_a_numeral_is_a_disguise_of_it() -> None:
    assert similarity("云岭县第三小学", "云岭县第彡小学", OWN) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("云岭县南村派出所", "云岭县北村派出所"),
        ("云岭县中村派出所", "云岭县南村派出所"),
        ("云岭县东街小学", "云岭县西街小学"),
        ("云岭县上村小学", "云岭县下村小学"),
        ("云岭县东关南街小学", "云岭县东关北街小学"),
    ],
)
def test_two_directions_at_one_place_are_two_offices(left: str, right: str) -> None:
    assert similarity(left, right, OWN) <= NEIGHBOUR


def test_a_direction_in_disguise_is_put_before_a_person() -> None:
    assert similarity("云岭县南村派出所", "云岭县男村派出所", OWN) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("云岭税务", "云岭税务师事务所"),
        ("平安云岭", "平安云岭人寿"),
        ("云岭法院", "云岭法院路小学"),
        ("云岭教育", "云岭教育书店"),
        ("云岭县第一中学", "云岭县第一中学分校"),
        ("云岭三小", "云岭三小东校区"),
        ("泽州气象", "泽州气象站"),
        ("泽州水务", "泽州水务集团"),
        ("泽州文旅", "泽州文旅酒店"),
        ("云岭县医院", "云岭县兽医院"),
        ("云岭先锋", "云岭先锋酒店"),
    ],
)
def test_a_firm_or_school_with_an_offices_words_is_another_body(left: str, right: str) -> None:
    assert similarity(left, right, OWN) <= NEIGHBOUR


@pytest.mark.parametrize(
    "added", "官方 服务号 发布 便民办事 小助手 咨询 预约代办 备案查询 代办 备案 培训 代理 业务 考试 年审".split()
)
def test_words_that_impostors_add_make_no_other_body(added: str) -> None:
    assert similarity("云岭公安", f"云岭公安{added}", OWN) >= ALIKE


@pytest.mark.parametrize("shown", ["泽州水雾集团", "泽州水务集囝", "泽州水务集团官方", "泽州水务集团有限公司"])
def test_a_registered_firm_is_like_its_own_disguises(shown: str) -> None:
    assert similarity("泽州水务集团", shown) >= ALIKE


def test_a_bare_place_is_not_every_account_of_the_place() -> None:
    assert similarity("云岭", "云岭发布", OWN) < ALIKE


@given(NAMES, NAMES)
def test_likeness_is_symmetric_and_between_nothing_and_one(left: str, right: str) -> None:
    score = similarity(left, right)
    assert score == similarity(right, left)
    assert 0.0 <= score <= 1.0
    assert (score == 1.0) == (fold(left) == fold(right))


@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(max_size=20))
def test_any_text_is_folded_and_cut_without_loss(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "".join(word.text for word in segment(text)) == text


def test_a_name_of_signs_only_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        similarity("泽州发布", " ·\u200b✅")


def test_sound_has_no_tones_and_no_script() -> None:
    assert sound_key("澤州發佈") == "ze zhou fa bu"
    assert sound_key("zezhou发布") == "zezhou fa bu"


def test_a_name_is_cut_into_place_office_and_platform() -> None:
    assert [(word.text, word.kind) for word in segment("云岭县公安局融媒体中心", OWN)] == [
        ("云岭县", "place"),
        ("公安局", "unit"),
        ("融媒体中心", "platform"),
    ]


def test_police_is_an_office_although_a_county_has_that_name() -> None:
    assert [word.kind for word in segment("公安县公安")] == ["place", "unit"]


def test_divisions_give_their_full_and_short_names() -> None:
    assert division_names(OWN) == {"澜州市", "澜州", "云岭县", "云岭"}


def test_short_names_leave_out_the_peoples() -> None:
    assert tables.full_places()["东乡族自治县"] == "东乡"
    assert tables.full_places()["积石山保安族东乡族撒拉族自治县"] == "积石山"
    assert "开发" not in tables.short_places()


def test_every_table_says_its_source_and_licence() -> None:
    for table in (ROOT / "analysis" / "tables").iterdir():
        head = "".join(line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
        assert "Source:" in head, table.name
        assert "icence" in head, table.name


def test_cutting_is_silent_and_touches_no_shared_cache(tmp_path: Path) -> None:
    code = "from analysis.segmenting import segment; segment('泽州发布')"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
    assert tempfile.gettempdir() != str(tmp_path)
