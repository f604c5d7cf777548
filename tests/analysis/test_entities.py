"""Certified entities taken apart: place, office, company."""

from __future__ import annotations

import pytest

from analysis.divisions import Divisions
from analysis.entities import entity_of, is_person, place_words
from analysis.folding import fold

OWN = Divisions(["澜州市云岭县"])


@pytest.mark.parametrize(
    ("shown", "places", "sort"),
    [
        ("云岭县医疗保障局官方微博", ("云岭县",), "office"),
        ("中共云岭县委宣传部", ("云岭县",), "office"),
        ("云岭县望江镇人民政府", ("云岭县",), "office"),
        ("澜州市云陵县公安局交警大队", ("澜州市", "云陵县"), "office"),
        ("北京市朝阳区人民检察院", ("北京市", "朝阳区"), "office"),
        ("江西省抚州市东乡区融媒体中心", ("江西省", "抚州市", "东乡区"), "media"),
        ("云岭县第一中学", ("云岭县",), "body"),
        ("云岭文化传媒有限公司", ("云岭",), "company"),
        ("社区卫生服务中心", (), "body"),
        ("公安局交警大队", (), "office"),
        ("国家税务总局云岭县税务局", ("云岭县",), "office"),
        ("国家税务总局", (), "office"),
        ("云岭县公安局政治处", ("云岭县",), "office"),
        ("云岭县气象台", ("云岭县",), "body"),
        ("云岭县教师进修学校", ("云岭县",), "body"),
        ("云岭县餐厅服务中心", ("云岭县",), "body"),
        ("望江村村民委员会办公室", ("望江",), "body"),
        ("山水小区业主委员会", (), "body"),
        ("李台", (), "unclear"),
        ("知名美食博主", (), "unclear"),
    ],
)
def test_an_entity_has_places_and_a_sort(shown: str, places: tuple[str, ...], sort: str) -> None:
    found = entity_of(shown, OWN.forms)
    assert (found.places, found.sort) == (places, sort)


@pytest.mark.parametrize(
    ("shown", "is_a_person"),
    [("张三", True), ("教育博主", True), ("云岭县融创宣传", False), ("公安宣传员", False), ("云岭县公安局", False)],
)
def test_a_person_has_neither_a_place_nor_a_units_word(shown: str, is_a_person: bool) -> None:
    assert is_person(entity_of(shown, OWN.forms)) is is_a_person


def test_places_and_rest_are_the_whole_entity() -> None:
    for shown in ("云岭县医疗保障局", "江西省抚州市东乡区融媒体中心", "張三"):
        found = entity_of(shown, OWN.forms)
        assert "".join(found.places) + found.rest == fold(shown)


def test_a_division_is_told_with_its_province_and_city() -> None:
    assert place_words("361003") == "东乡区（江西省抚州市）"


@pytest.mark.parametrize(
    ("division", "chain", "where"),
    [
        ("澜州市云岭县", ("云岭县",), "ours"),
        ("澜州市云岭县", ("浙州市", "云岭县"), "elsewhere"),
        ("澜州市云岭县", ("澜州市",), "above"),
        ("澜州市云岭县", ("云陵县",), "elsewhere"),
        ("澜州市云岭县", (), "unnamed"),
        ("东乡族自治县", ("东乡区",), "elsewhere"),
        ("东乡族自治县", ("东乡县",), "ambiguous"),
        ("东乡族自治县", ("甘肃省", "东乡"), "ours"),
        ("陕西省西安市长安区", ("长安区",), "ambiguous"),
        ("陕西省西安市长安区", ("石家庄市", "长安区"), "elsewhere"),
        ("陕西省西安市长安区", ("西安市", "长安区"), "ours"),
    ],
)
def test_a_place_is_ours_above_elsewhere_or_ambiguous(division: str, chain: tuple[str, ...], where: str) -> None:
    assert Divisions([division]).standing(chain).where == where


def test_a_townships_name_of_many_counties_is_ambiguous() -> None:
    assert Divisions(["陕西省西安市长安区"]).standing_of_town("城关镇").where == "ambiguous"
    assert OWN.standing_of_town("望江山镇").where == "ours"
