"""The files that the county's offices hand in, read back the way the product reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from crawler.page import Page
from crawler.reading import Reading, read
from demo.county import County, load_county
from demo.files import (
    OBSERVATION_HEADINGS,
    fill_observations,
    screenshot,
    write_observations,
    write_register,
    write_reported_links,
    write_search_pages,
)
from records import Candidate
from registry.accounts import Register, load_register

REGULATIONS = ("zezhou-2022", "shandong-2021", "zhejiang-2020")


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


def registered(county: County, path: Path, at: datetime) -> Register:
    return load_register(write_register(county, path, at), known_regulations=REGULATIONS, today=at.date())


def test_the_register_is_read_without_a_problem(county: County, tmp_path: Path) -> None:
    register = registered(county, tmp_path / "名录.xlsx", county.nights[-1])
    assert register.problems == ()
    assert (len(register.units), len(register.accounts)) == (42, 60)


def test_accounts_not_yet_open_are_not_in_the_first_register(county: County, tmp_path: Path) -> None:
    names = {account.name for account in registered(county, tmp_path / "名录.xlsx", county.nights[0]).accounts}
    assert {"云岭火警", "云岭水利"} <= names
    assert not {"云岭消防", "云岭县人民政府网"} & {
        account.name
        for account in registered(county, tmp_path / "名录.xlsx", county.nights[0]).accounts
        if account.platform == "weibo"
    }


def test_feeds_and_albums_stand_in_the_register(county: County, tmp_path: Path) -> None:
    accounts = registered(county, tmp_path / "名录.xlsx", county.nights[-1]).accounts
    wechat = [account for account in accounts if account.platform == "wechat"]
    assert sum(account.feed_complete for account in wechat) == 25
    assert sum(account.feed_url is not None for account in wechat) == 26
    assert sum("appmsgalbum" in link for account in wechat for link in account.article_links) == 4


def test_a_toutiao_account_is_known_by_its_numeric_id_too(county: County, tmp_path: Path) -> None:
    accounts = registered(county, tmp_path / "名录.xlsx", county.nights[-1]).accounts
    keys = {value for account in accounts if account.platform == "toutiao" for value in account.aliases.values()}
    assert "2601000000000001" in keys


def test_the_reported_links_are_three_addresses_in_a_chat(county: County, tmp_path: Path) -> None:
    text = write_reported_links(county, tmp_path / "群聊.txt").read_text(encoding="utf-8")
    addresses = [line for line in text.splitlines() if line.startswith("https://mp.weixin.qq.com/s/")]
    assert len(addresses) == len(set(addresses)) == 3
    assert "罗一鸣" in text


def test_the_observation_sheet_has_its_picture_beside_it(county: County, tmp_path: Path) -> None:
    sheet = load_workbook(write_observations(county, tmp_path)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == OBSERVATION_HEADINGS
    assert (rows[1][0], rows[1][3], rows[1][5]) == ("云岭统计", "顾南舟", 0)
    assert (tmp_path / str(rows[1][6])).read_bytes().startswith(b"\x89PNG")


def test_a_given_observation_sheet_is_filled_in_place(county: County, tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["填写说明"])
    book.worksheets[0].append(list(OBSERVATION_HEADINGS))
    book.worksheets[0].append(["云岭林业"])
    book.worksheets[0].append(["云岭统计"])
    book.save(tmp_path / "表.xlsx")
    assert fill_observations(county, tmp_path / "表.xlsx") == ["云岭统计"]
    rows = list(load_workbook(tmp_path / "表.xlsx").worksheets[0].iter_rows(values_only=True))
    assert (rows[2][3], rows[3][3], rows[3][5]) == (None, "顾南舟", 0)


def test_a_sheet_without_the_observed_account_is_refused(county: County, tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(list(OBSERVATION_HEADINGS))
    book.save(tmp_path / "表.xlsx")
    with pytest.raises(ValueError, match="云岭统计"):
        fill_observations(county, tmp_path / "表.xlsx")


def test_a_screenshot_shows_more_for_more_posts() -> None:
    assert screenshot(1) != screenshot(5)


def searched(county: County, folder: Path, name: str) -> Reading:
    path = next(path for path in write_search_pages(county, folder) if path.name == name)
    return read(Page(url="", body=path.read_bytes(), fetched_at=datetime(2026, 11, 15, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("name", "page"),
    [("weibo_用户搜索.html", "weibo"), ("sogou_公众号搜索.html", "sogou"), ("toutiao_用户搜索.html", "toutiao")],
)
def test_saved_search_pages_give_their_candidates(county: County, tmp_path: Path, name: str, page: str) -> None:
    rows = [row for row in county.candidates["candidate"] if row["page"] == page]
    found = [record for record in searched(county, tmp_path, name).records if isinstance(record, Candidate)]
    assert [(candidate.uid, candidate.name) for candidate in found] == [(row["uid"], row["name"]) for row in rows]


def test_a_captcha_saved_instead_of_results_is_no_empty_search(county: County, tmp_path: Path) -> None:
    assert searched(county, tmp_path, "sogou_要求验证.html").status == "blocked"
