"""The register read as a whole: what is understood, kept, dropped and refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import Filing
from registry.columns import ColumnReading
from registry.tables import RegisterError
from tests.registry.tables import HEADER, WEIBO, one_row, reasons, register, save_csv, save_xlsx


def test_a_row_becomes_an_account_with_everything_it_says(tmp_path: Path) -> None:
    found = one_row(
        tmp_path,
        账号类型="政务微博",
        内容形式="以视频为主",
        认证主体="云岭县人民政府办公室",
        曾用名="云岭微博、云岭县发布",
        运行状态="停更",
        适用规则="zezhou-2022、national",
        菜单链接="https://a.example.cn\nhttps://b.example.cn",
        订阅源="https://www.yunling.example.cn/rss",
        订阅源完整="是",
    )
    (account,) = found.accounts
    assert (account.ref, account.account_type, account.medium, account.status) == (
        "weibo:1000000001",
        "微博",
        "视频",
        "暂停",
    )
    assert account.former_names == ("云岭微博", "云岭县发布")
    assert account.regulations == ("zezhou-2022", "national")
    assert account.menu_links == ("https://a.example.cn", "https://b.example.cn")
    assert (account.feed_url, account.feed_complete) == ("https://www.yunling.example.cn/rss", True)
    assert account.verified_entity == "云岭县人民政府办公室"


def test_dates_become_filings(tmp_path: Path) -> None:
    found = one_row(
        tmp_path, 创建日期=datetime.fromisoformat("2020-02-29"), 备案日期="2020年3月2日", 注销日期="2025.12.31"
    )
    (account,) = found.accounts
    assert account.dates["opened_on"] == date(2020, 2, 29)
    assert found.filings[account.ref] == (
        Filing(event="开设", happened_on=date(2020, 2, 29), filed_on=date(2020, 3, 2)),
        Filing(event="关停", happened_on=date(2025, 12, 31), filed_on=None),
    )


def test_unknown_columns_and_the_rest_of_the_printed_form_are_kept(tmp_path: Path) -> None:
    (account,) = one_row(
        tmp_path, 更新频率="每周三条", 承办单位="云岭县融媒体中心", 网站地址="https://a.example.cn"
    ).accounts
    assert account.fields == {
        "更新频率": "每周三条",
        "承办单位": "云岭县融媒体中心",
        "网站地址": "https://a.example.cn",
    }


def test_personal_data_is_dropped_and_reported(tmp_path: Path) -> None:
    found = one_row(
        tmp_path,
        联系电话="0877-1234567",
        管理员姓名="某某",
        手机号码=13800000000,
        微信号="mou-mou",
        备注="找某某13800000000",
    )
    (account,) = found.accounts
    assert account.fields == {"备注": "找某某（号码不保存）"}
    assert "mou" not in repr(account) and "1234567" not in repr(account)
    dropped = [column.header for column in found.columns if column.how == "个人信息，不保存"]
    assert dropped == ["联系电话", "管理员姓名", "手机号码", "微信号"]
    assert [(note.row, note.column) for note in found.notes] == [(2, "备注")]


def test_personal_data_never_stands_in_a_problem(tmp_path: Path) -> None:
    found = one_row(tmp_path, 平台="", 联系电话="#REF!", 手机号码="1" * 9000)
    assert reasons(found) == [(2, "平台", "必须填写“平台”")]


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("新浪微博", "weibo"),
        ("微 博", "weibo"),
        ("抖音", "douyin"),
        ("移动客户端（ＡＰＰ）", "app"),
        ("某某社区", "某某社区"),
    ],
)
def test_platforms_are_folded_and_others_accepted(tmp_path: Path, written: str, ref: str) -> None:
    (account,) = one_row(tmp_path, 平台=written).accounts
    assert account.ref == f"{ref}:1000000001"


def test_a_platform_that_tells_the_type_fills_it(tmp_path: Path) -> None:
    (account,) = one_row(tmp_path, 平台="微信（服务号）", 账号ID="gh_0a1b2c3d4e5f").accounts
    assert (account.platform, account.account_type) == ("wechat", "服务号")


def test_several_accounts_in_a_cell_are_refused_with_the_way_to_split(tmp_path: Path) -> None:
    for cells in ({"账号ID": "1000000001\n1000000002"}, {"账号名称": "云岭发布、云岭教育"}, {"平台": "微博、抖音"}):
        ((row, column, reason),) = reasons(one_row(tmp_path, **cells))
        assert (row, column) == (2, next(iter(cells))) and "各写一行" in reason


def test_a_uid_that_excel_rounded_is_refused(tmp_path: Path) -> None:
    found = one_row(tmp_path, 平台="今日头条", 账号ID=7.1000000000000123e18)
    assert [(row, column) for row, column, _ in reasons(found)] == [(2, "账号ID")]
    assert "文本" in found.problems[0].reason


def test_a_uid_kept_as_a_number_is_text(tmp_path: Path) -> None:
    assert one_row(tmp_path, 账号ID=1000000001.0).accounts[0].uid == "1000000001"


def test_the_same_account_twice_names_the_other_row(tmp_path: Path) -> None:
    rows = [HEADER, WEIBO, ("新浪微博", "云岭", "", "https://m.weibo.cn/u/1000000001", "教育局")]
    ((row, column, reason),) = reasons(register(save_csv(tmp_path / "a.csv", rows)))
    assert (row, column) == (3, "账号ID") and "第 2 行（云岭发布）" in reason


def test_ids_that_differ_in_case_only_are_one_account(tmp_path: Path) -> None:
    rows = [HEADER, ("微信", "云岭发布", "YunLingFabu", "", "办公室"), ("微信", "云岭", "yunlingfabu", "", "办公室")]
    assert [(row, column) for row, column, _ in reasons(register(save_csv(tmp_path / "a.csv", rows)))] == [
        (3, "账号ID")
    ]


def test_one_problem_leaves_nothing_imported_and_all_problems_are_listed(tmp_path: Path) -> None:
    rows = [
        (*HEADER, "备案日期", "运行状态"),
        (*WEIBO, "2026-02-30", "僵尸"),
        ("微博", "云岭", "1000000002", "", "", "", ""),
        ("微博", "云岭教育", "1000000003", "", "教育局", "2026-11-20", "正常"),
    ]
    found = register(save_csv(tmp_path / "a.csv", rows))
    assert found.accounts == () and found.units == () and found.filings == {}
    assert [(row, column) for row, column, _ in reasons(found)] == [(2, "备案日期"), (2, "运行状态"), (3, "主办单位")]


def test_one_bad_date_in_many_rows_is_one_problem(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [(*HEADER, "备案日期")]
    rows += [("微博", f"云岭{n}", str(1_000_000_000 + n), "", "教育局", "2026-11-20") for n in range(3000)]
    rows[2000] = (*rows[2000][:5], "2026-11-31")
    assert [(row, column) for row, column, _ in reasons(register(save_csv(tmp_path / "a.csv", rows)))] == [
        (2001, "备案日期")
    ]


def test_a_date_after_today_is_refused(tmp_path: Path) -> None:
    ((_, column, reason),) = reasons(one_row(tmp_path, 关停公告日期="2026-11-21"))
    assert column == "关停公告日期" and "今天之后" in reason


def test_an_unknown_regulation_names_the_known_ones(tmp_path: Path) -> None:
    ((_, _, reason),) = reasons(one_row(tmp_path, 适用规则="zezhou-2021"))
    assert reason == "没有“zezhou-2021”这个规则，可用的有 national、zezhou-2022"


def test_units_spelt_alike_are_one_under_the_first_spelling(tmp_path: Path) -> None:
    rows = [
        (*HEADER, "主管单位", "单位简称"),
        ("微博", "云岭教育", "1000000001", "", "云岭县教育局（本级）", "", "县教育局"),
        ("抖音", "云岭教育", "yljy", "", "云岭县 教育局(本级)", "县政府办", "云岭教育局"),
        ("快手", "云岭教育", "yljy", "", "云岭县教育局〔本级〕", "县委宣传部", ""),
    ]
    found = register(save_csv(tmp_path / "a.csv", rows))
    (unit,) = found.units
    assert (unit.name, unit.short_names, unit.supervisor) == (
        "云岭县教育局（本级）",
        ("县教育局", "云岭教育局"),
        "县政府办",
    )
    assert {account.unit for account in found.accounts} == {unit.name}
    assert found.accounts[2].fields == {"主管单位": "县委宣传部"}
    assert [(note.row, note.column) for note in found.notes] == [(4, "主管单位")]


def test_a_mapping_wins_over_synonyms_and_can_drop_a_column(tmp_path: Path) -> None:
    rows = [
        ("发布渠道名", "新媒体叫法", "UID", "主办单位", "内部编码"),
        ("微博", "云岭发布", "1000000001", "办公室", "x"),
    ]
    path = save_csv(tmp_path / "a.csv", rows)
    found = register(path, {"发布渠道名": "平台", "新媒体叫法": "name", "内部编码": "忽略"})
    assert found.accounts[0].fields == {}
    assert found.columns[0] == ColumnReading(header="发布渠道名", field="平台", how="按 --map 的指定")
    with pytest.raises(RegisterError, match="最接近的是“账号名称”"):
        register(path, {"新媒体叫法": "账号名"})


def test_a_missing_required_column_says_how_to_map_it(tmp_path: Path) -> None:
    found = register(
        save_csv(tmp_path / "a.csv", [("账号名称", "UID", "主办单位"), ("云岭发布", "1000000001", "办公室")])
    )
    ((row, column, reason),) = reasons(found)
    assert (row, column) == (1, "平台") and "--map 列名=平台" in reason


def test_the_same_heading_twice_is_refused(tmp_path: Path) -> None:
    found = register(save_csv(tmp_path / "a.csv", [(*HEADER, "主办 单位"), (*WEIBO, "教育局")]))
    assert [(row, column) for row, column, _ in reasons(found)] == [(1, "主办 单位")]


def test_a_second_heading_for_the_same_thing_is_kept_beside(tmp_path: Path) -> None:
    found = one_row(tmp_path, 责任单位="云岭县政府")
    assert found.accounts[0].unit == "云岭县人民政府办公室"
    assert found.accounts[0].fields == {"责任单位": "云岭县政府"}


def test_headings_with_blanks_width_and_brackets_are_known(tmp_path: Path) -> None:
    header = ("发布平台 （系统）", "账号 名称*", "账号ＩＤ（必填）", "【主办单位】", "创建/注册日期：")
    found = register(save_csv(tmp_path / "a.csv", [header, ("微博", "云岭发布", "1000000001", "办公室", "2020-05-08")]))
    assert [column.field for column in found.columns] == ["平台", "账号名称", "账号ID", "主办单位", "创建日期"]


def test_the_printed_forms_one_cell_of_id_and_name_is_split(tmp_path: Path) -> None:
    header = ("发布平台", "账号ID及名称", "主办单位")
    path = save_csv(tmp_path / "a.csv", [header, ("微博", "ID：1000000001 名称：云岭发布", "办公室")])
    assert [(a.uid, a.name) for a in register(path).accounts] == [("1000000001", "云岭发布")]
    path = save_csv(tmp_path / "a.csv", [header, ("微博", "云岭发布", "办公室")])
    assert [(row, column) for row, column, _ in reasons(register(path))] == [(2, "账号ID及名称")]


def test_a_sheet_named_after_a_platform_needs_no_platform_column(tmp_path: Path) -> None:
    found = register(save_xlsx(tmp_path / "a.xlsx", {"微博": [HEADER[1:], WEIBO[1:]]}))
    assert found.accounts[0].platform == "weibo"


def test_columns_of_one_platforms_ids_fill_aliases(tmp_path: Path) -> None:
    found = one_row(tmp_path, 平台="微信公众号", 账号ID="", 原始ID="gh_0a1b2c3d4e5f", 公众号微信号="yunlingfabu")
    (account,) = found.accounts
    assert account.uid == "gh_0a1b2c3d4e5f"
    assert account.aliases == {"gh_id": "gh_0a1b2c3d4e5f", "wechat_id": "yunlingfabu"}


def test_article_links_of_another_site_are_refused(tmp_path: Path) -> None:
    found = one_row(tmp_path, 平台="微信", 账号ID="yunlingfabu", 文章链接="https://www.example.cn/a")
    assert [(row, column) for row, column, _ in reasons(found)] == [(2, "文章链接")]


def test_a_complete_feed_needs_its_address(tmp_path: Path) -> None:
    assert [(row, column) for row, column, _ in reasons(one_row(tmp_path, 订阅源完整="是"))] == [(2, "订阅源完整")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
        min_size=9,
        max_size=9,
    )
)
def test_hostile_cells_give_a_register_or_problems(tmp_path: Path, cells: list[str]) -> None:
    path = save_csv(tmp_path / "a.csv", [(*HEADER, "备案日期", "适用规则", "菜单链接", "其他列"), cells])
    found = register(path)
    assert bool(found.accounts) != bool(found.problems) or found.n_rows == 0
    for problem in found.problems:
        assert problem.row == 2 and problem.column and problem.reason and problem.value.isprintable()


def test_one_feed_for_two_accounts_is_a_problem_that_names_the_other_row(tmp_path: Path) -> None:
    head = ["平台", "账号名称", "主办单位", "账号ID", "订阅源"]
    feed = "https://feed.yunling.example.cn/a.xml"
    rows = [head, *(["微信公众号", f"云岭{n}", "云岭县水务局", f"gh_00000000000{n}", feed] for n in (1, 2))]
    read = register(save_xlsx(tmp_path / "名录.xlsx", {"名录": rows}))
    assert [(one.row, one.column) for one in read.problems] == [(3, "订阅源")]
    assert "第 2 行（云岭1）" in read.problems[0].reason
    assert read.accounts == ()
