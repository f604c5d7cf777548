"""A partner's table gives candidates, all of its rows or none, and says which row is at fault."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from crawler.saved.document import SavedError
from crawler.saved.partners import load_partners
from registry.tables import MAX_ROWS
from registry.template import save_template

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEADS = "平台,账号名称,账号ID,访问链接,主办单位,认证主体\n"


def written(folder: Path, text: str) -> Path:
    """A .csv file."""
    path = folder / "名单.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Why a table is refused."""
    with pytest.raises(SavedError) as caught:
        load_partners(path, NOW)
    return str(caught.value)


def test_a_row_is_an_account_by_its_id_or_by_its_address(tmp_path: Path) -> None:
    rows = "新浪微博,云岺发布,,https://weibo.com/u/7699000001,,\n微信,雲嶺发布,ylfb2026,,某公司,云岭某某有限公司\n"
    weibo, wechat = load_partners(written(tmp_path, HEADS + rows), NOW)
    assert (weibo.ref, weibo.name, weibo.found_at) == ("weibo:7699000001", "云岺发布", NOW)
    assert (wechat.ref, wechat.verified, wechat.verified_entity) == ("wechat:ylfb2026", None, "云岭某某有限公司")


def test_the_register_itself_is_no_partners_list(tmp_path: Path) -> None:
    save_template(tmp_path / "名录.xlsx")
    assert "不是合作单位的名单" in refusal(tmp_path / "名录.xlsx")
    row = "微博,云岭发布,7699000001,云岭县公安局,2026-01-05\n"
    assert "accounts import" in refusal(written(tmp_path, "平台,账号名称,账号ID,主办单位,备案日期\n" + row))


def test_an_account_named_twice_is_taken_once(tmp_path: Path) -> None:
    row = "微博,云岺发布,7699000001,,,\n"
    assert len(load_partners(written(tmp_path, HEADS + row * 3), NOW)) == 1


def test_the_unit_need_not_be_known(tmp_path: Path) -> None:
    assert load_partners(written(tmp_path, "平台,账号名称,账号ID\n微博,云岺发布,7699000001\n"), NOW)


def test_a_row_without_identity_refuses_the_whole_table(tmp_path: Path) -> None:
    words = refusal(written(tmp_path, HEADS + "微博,云岭发布,7699000001,,,\n微博,云岺发布,,,,\n微博,,7699000002,,,\n"))
    assert words.startswith("第 3 行：") and "共 2 处" in words


def test_a_formula_in_a_text_table_is_a_text(tmp_path: Path) -> None:
    row = '微博,"=HYPERLINK(""http://x.example"",""云岺发布"")",7699000001,,,\n'
    assert load_partners(written(tmp_path, HEADS + row), NOW)[0].name.startswith("=HYPERLINK")


def test_a_formula_that_nobody_calculated_is_a_problem_of_its_row(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["平台", "账号名称", "账号ID"], ["微博", '=CONCATENATE("云","岺")', "7699000001"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "名单.xlsx")
    assert "公式还没有算出结果" in refusal(tmp_path / "名单.xlsx")


def test_a_table_of_a_million_rows_names_the_limit(tmp_path: Path) -> None:
    assert f"{MAX_ROWS} 行" in refusal(written(tmp_path, HEADS + "微博,云岺发布,7699000001,,,\n" * (MAX_ROWS + 1)))


@pytest.mark.parametrize("text", ["", "云岭\n发布\n", HEADS, "<html><table></table>", "平台,账号名称\n微博,云岺发布\n"])
def test_what_is_no_list_of_accounts_is_one_sentence(text: str, tmp_path: Path) -> None:
    words = refusal(written(tmp_path, text))
    assert words and not words.endswith("。") and "\n" not in words
