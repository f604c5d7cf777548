"""The shipped tables: well formed, sorted, with their sources, and right about what an office would ask them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.lexicon import N_BODIES
from analysis.shapes import lookalikes_of

FOLDER = Path(__file__).resolve().parents[2] / "analysis" / "tables"
SAME_OFFICE = (
    "网信办 网信;行政审批局 审批局;交警支队 交警;团县委 共青团;中级人民法院 法院;科学技术协会 科协;人民武装部 人武部;"
    "供电公司 供电;医疗集团 医院;纪检监察 纪委;畅通 交通局;水清 水利局"
)
REASONS = {"glyph", "contains", "parts", "half", "hand"}


def rows(name: str) -> list[list[str]]:
    """The lines of a table below its head, cut at tabs."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def head(name: str) -> str:
    """The lines of a table that say where it comes from."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("#"))


def shape(left: str, right: str) -> float:
    """How alike two characters look; 0.0 where the table does not have the pair."""
    return dict(lookalikes_of(left)).get(right, 0.0)


@pytest.mark.parametrize("pair", "己已 未末 土士 人入 日曰 王玉 天夭 干千 戌戍 拆折 徒徙 捡检".split())
def test_characters_that_nobody_tells_apart_are_near_one(pair: str) -> None:
    assert shape(pair[0], pair[1]) >= 0.9


@pytest.mark.parametrize("pair", "州洲 泽择 府俯 安按 健建 税锐 保堡 法珐 住往 官管 水永 消捎".split())
def test_a_part_added_or_changed_is_seen_only_at_a_second_glance(pair: str) -> None:
    assert 0.7 <= shape(pair[0], pair[1]) < 0.95


@pytest.mark.parametrize("pair", "州卅 政攻 发友 市布 公么 县悬 务雾 安桉 泽铎 民氏 电由 口ロ 力カ".split())
def test_weaker_look_alikes_are_there_too(pair: str) -> None:
    assert shape(pair[0], pair[1]) >= 0.6


@pytest.mark.parametrize("pair", "泽马 安公 政府 州市 发布 人民 北南 湖南 云南 国家 教体 公安 税务 医保".split())
def test_characters_that_are_only_neighbours_in_names_are_no_look_alikes(pair: str) -> None:
    assert shape(pair[0], pair[1]) == 0.0


def test_the_eye_takes_a_stroke_for_less_than_a_part_and_a_part_for_less_than_half() -> None:
    assert shape("己", "已") > shape("州", "洲") > shape("泽", "释") > shape("政", "攻")


@given(st.sampled_from(rows("similar.tsv")))
def test_likeness_of_characters_does_not_depend_on_their_order(row: list[str]) -> None:
    left, right, _, _ = row
    assert left != right
    assert shape(left, right) == shape(right, left)
    assert 0.0 < shape(left, right) <= 1.0


def test_every_line_of_the_look_alikes_is_well_formed_and_in_order() -> None:
    lines = rows("similar.tsv")
    assert lines == sorted(lines)
    for left, right, score, reason in lines:
        assert left < right
        assert (len(left), len(right), reason in REASONS) == (1, 1, True)
        assert re.fullmatch(r"[01]\.\d\d", score)
    assert len({(left, right) for left, right, _, _ in lines}) == len(lines)


def test_the_look_alikes_stay_small_enough_to_be_read_at_every_start() -> None:
    assert len(rows("similar.tsv")) <= 100_000
    assert (FOLDER / "similar.tsv").stat().st_size <= 1_500_000


@pytest.mark.parametrize("word", ["Noto Sans CJK", "Open Font License", "漢語拆字字典", "CC BY 3.0", "scripts/build"])
def test_the_look_alikes_name_what_they_were_drawn_from(word: str) -> None:
    assert word in head("similar.tsv")


@pytest.mark.parametrize("table", sorted(path.name for path in FOLDER.iterdir()))
def test_no_table_has_an_empty_line_or_ends_without_one(table: str) -> None:
    text = (FOLDER / table).read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "\n\n" not in text
    assert "Source:" in head(table)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("泽州", "140525"),
        ("泽州县", "140525"),
        ("晋城", "1405"),
        ("山西省", "14"),
        ("山西", "14"),
        ("石家庄市", "1301"),
    ],
)
def test_a_place_is_known_by_its_full_and_short_name(name: str, code: str) -> None:
    assert tables.place_codes()[name] == {code}


def test_the_same_name_in_two_provinces_is_two_places() -> None:
    assert tables.place_codes()["长安区"] == {"130102", "610116"}
    assert {"361003", "622926"} <= tables.place_codes()["东乡"]


def test_the_parents_of_a_place_are_places_themselves() -> None:
    codes = {code for codes in tables.place_codes().values() for code in codes}
    assert {len(code) for code in codes} == {2, 4, 6}
    assert {code[:2] for code in codes} <= codes


def test_every_place_that_has_a_name_has_a_code() -> None:
    assert set(tables.place_codes()) == set(tables.full_places()) | set(tables.short_places())


def test_a_township_is_known_by_its_counties() -> None:
    assert tables.towns()["路居镇"] == {"530403"}
    assert len(tables.towns()["城关镇"]) > 50


def test_every_township_lies_in_a_county_of_a_known_province() -> None:
    known = {code for codes in tables.place_codes().values() for code in codes}
    counties = {code for codes in tables.towns().values() for code in codes}
    assert {len(code) for code in counties} == {6}
    assert {code[:2] for code in counties} <= known


def test_the_townships_are_sorted_and_their_short_names_begin_them() -> None:
    lines = rows("towns.tsv")
    assert [line[0] for line in lines] == sorted({line[0] for line in lines})
    assert all(name.startswith(short) and len(short) != 1 for name, short, _ in lines)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("三道沟满族乡", "三道沟"),
        ("西长安街街道", "西长安街"),
        ("王府街道办事处", "王府"),
        ("红旗农场", ""),
        ("新镇", ""),
    ],
)
def test_the_short_name_of_a_township_is_what_people_say(name: str, short: str) -> None:
    assert {row[0]: row[1] for row in rows("towns.tsv")}[name] == short


@pytest.mark.parametrize(("sign", "character"), [("⺠", "民"), ("⻔", "门"), ("⻋", "车"), ("⻓", "长"), ("㇐", "一")])
def test_a_radical_passes_for_its_character(sign: str, character: str) -> None:
    assert tables.radicals()[sign] == character


def test_every_radical_that_width_folding_leaves_alone_has_its_character() -> None:
    block = [chr(code) for code in range(0x2E80, 0x2FE0) if unicodedata.name(chr(code), "")]
    left_alone = {sign for sign in block if unicodedata.normalize("NFKC", sign) == sign}
    assert left_alone - set(tables.radicals()) == {"\u2e80"}  # Unicode gives this one no character
    assert all(unicodedata.normalize("NFKC", sign) == sign for sign in tables.radicals())


@pytest.mark.parametrize(("sign", "letter"), list(zip("аοⲟꓳᴢᏟǀ∨〇○❶🅰", "aooozclv001a", strict=True)))
def test_a_foreign_sign_passes_for_a_letter_or_digit(sign: str, letter: str) -> None:
    assert tables.letters()[sign.casefold()] == letter


@given(st.sampled_from(sorted(tables.letters())))
def test_letters_stand_in_the_table_as_they_come_out_of_folding(sign: str) -> None:
    assert unicodedata.normalize("NFKC", sign).casefold() == sign
    assert re.fullmatch("[a-z0-9]", tables.letters()[sign])


def test_signs_that_part_names_are_no_letters() -> None:
    assert not {"|", "×", "·", "-"} & set(tables.letters())


def test_a_kind_of_office_stands_in_one_place_and_no_word_twice() -> None:
    words = [word for word, _ in rows("units.tsv")]
    kinds = [kind for _, kind in rows("units.tsv")]
    runs = [kind for number, kind in enumerate(kinds) if number == 0 or kinds[number - 1] != kind]
    assert len(words) == len(set(words))
    assert len(runs) == len(set(runs))


@pytest.mark.parametrize("words", SAME_OFFICE.split(";"))
def test_the_words_of_one_kind_of_office_are_one_kind(words: str) -> None:
    one, other = words.split()
    assert tables.units()[one] == tables.units()[other]


def test_a_kind_of_other_body_is_no_office_and_has_a_number_below_those_of_offices() -> None:
    assert not set(tables.bodies()) & (set(tables.units()) | tables.platform_words())
    assert not set(tables.bodies().values()) & set(tables.units().values())
    assert len(set(tables.bodies().values())) <= N_BODIES
    assert len(rows("bodies.tsv")) == len(tables.bodies())


def test_a_platform_word_is_no_office() -> None:
    assert {"官方", "发布", "公众号", "头条号", "视频号", "掌上", "智慧", "推荐官"} <= tables.platform_words()
    assert not tables.platform_words() & set(tables.units())
