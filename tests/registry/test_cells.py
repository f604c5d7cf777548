"""Single cells: days, moments, numbers that Excel broke, addresses."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import SHANGHAI
from registry import cells
from registry.cells import CellError
from registry.tables import Cell

DAYS = st.dates(date(1991, 1, 1), date(2099, 12, 31))
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(), st.datetimes()
)
FORMS: tuple[str, ...] = (
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0:%Y.%m.%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}-{0.month}-{0.day}",
)
FORMS += ("{0:%Y%m%d}", "{0:%Y-%m-%d} 00:00:00", "{0:%Y}／{0:%m}／{0:%d}", " {0.year} 年 {0.month} 月 {0.day} 日 ")


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_reads_the_same_in_every_form(day: date, form: str) -> None:
    assert cells.parse_day(form.format(day)) == day


@given(DAYS)
def test_an_excel_date_and_its_serial_number_are_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert (
        cells.parse_day(serial)
        == cells.parse_day(serial + 0.4)
        == cells.parse_day(datetime.fromisoformat(day.isoformat()))
        == day
    )


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "2026年11月31日", "2100-02-29", "2026-00-10", "2026-06-31"]
)
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="没有这一天"):
        cells.parse_day(text)


@pytest.mark.parametrize(
    "text", ["2026", "2026-11", "十一月", "2026年11月", "11/20/2026", "2026-11-20起", "约2026-11-20"]
)
def test_half_a_day_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="2026-11-20 的样子"):
        cells.parse_day(text)


def test_29_february_and_31_december_are_days() -> None:
    assert cells.parse_day("2024年2月29日") == date(2024, 2, 29)
    assert cells.parse_day("2025/12/31", date(2025, 12, 31)) == date(2025, 12, 31)


def test_a_day_after_today_is_refused_and_today_is_not() -> None:
    assert cells.parse_day("2026-11-20", date(2026, 11, 20)) == date(2026, 11, 20)
    with pytest.raises(CellError, match="今天之后"):
        cells.parse_day("2026-11-21", date(2026, 11, 20))


@given(CELLS)
def test_no_cell_breaks_a_reader(cell: Cell) -> None:
    for parse in (cells.parse_text, cells.parse_identifier, cells.parse_day, cells.parse_moment, cells.parse_flag):
        try:
            parse(cell)
        except CellError as error:
            assert str(error) and "\n" not in str(error)


@given(st.text(max_size=150))
def test_clean_text_has_no_character_that_steers_a_screen(text: str) -> None:
    try:
        clean = cells.parse_text(text)
    except CellError:
        return
    assert not {unicodedata.category(c) for c in clean.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert cells.parse_text(clean) == clean


def test_hidden_and_direction_characters_go() -> None:
    assert cells.parse_text("云\u200b岭\u202e发\ufeff布\x1b[31m") == "云岭发布[31m"


@pytest.mark.parametrize(
    ("cell", "identifier"),
    [
        (1000000401, "1000000401"),
        (1000000401.0, "1000000401"),
        ("1000000401.0", "1000000401"),
        ('="1000000401"', "1000000401"),
        ("'1000000401\t", "1000000401"),
        ("7100000000000012345", "7100000000000012345"),
    ],
)
def test_an_identifier_is_exact_text(cell: Cell, identifier: str) -> None:
    assert cells.parse_identifier(cell) == identifier


@pytest.mark.parametrize(
    "cell",
    [
        1400000000000120,
        7.10000000000001e18,
        7100000000000010000,
        "7.10001E+18",
        "1.00001E+09",
        "7100000000000010000",
        1.5,
    ],
)
def test_an_identifier_that_lost_digits_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError, match="文本"):
        cells.parse_identifier(cell)


@given(st.datetimes(datetime.fromisoformat("1991-01-01T00:01"), datetime.fromisoformat("2099-12-31")))
def test_a_moment_reads_the_same_in_every_form(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    due = moment.replace(tzinfo=SHANGHAI)
    forms = (
        "{0:%Y-%m-%d %H:%M}",
        "{0:%Y/%m/%d %H:%M:00}",
        "{0:%Y年%m月%d日 %H时%M分}",
        "{0:%Y-%m-%d}T{0:%H:%M}:00+08:00",
    )
    assert {cells.parse_moment(form.format(due)) for form in forms[:3]} == {due}
    assert cells.parse_moment(forms[3].format(due)).replace(tzinfo=SHANGHAI) == due
    if moment.hour or moment.minute:
        assert cells.parse_moment(moment) == due


@pytest.mark.parametrize(
    "cell", ["2026-11-20", datetime.fromisoformat("2026-11-20"), "09:30", "2026-11-20 25:00", "2026-02-30 09:30", None]
)
def test_a_look_without_hour_and_minute_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError):
        cells.parse_moment(cell)


def test_a_serial_number_with_a_fraction_is_a_moment() -> None:
    assert cells.parse_moment(46346 + 9.5 / 24) == datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)


def test_an_address_is_kept_as_written_and_gets_its_scheme() -> None:
    long = "http://mp.weixin.qq.com/s?__biz=MzA3&amp;mid=1&copy=2#rd"
    assert cells.parse_address("weibo.com/u/1000000001") == "https://weibo.com/u/1000000001"
    assert cells.parse_address(long) == "http://mp.weixin.qq.com/s?__biz=MzA3&mid=1&copy=2#rd"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://weibo.com@evil.example/u/1",
        "https://[::1",
        "云岭",
        "https://weibo.com/u/1 onclick=x",
        "ftp://weibo.com/",
        "https://weibo.com/<script>",
        "http://a.cn:99999/",
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="网址"):
        cells.parse_address(text)


GOOD = [f"https://mp.weixin.qq.com/s/{number:022}" for number in range(8)]


@given(st.integers(0, 8), st.sampled_from(["小程序", "javascript:alert(1)", "https://a.cn/<b>"]))
def test_of_several_lines_the_wrong_one_is_quoted(place: int, wrong: str) -> None:
    lines = "\n".join([*GOOD[:place], wrong, *GOOD[place:]])
    with pytest.raises(CellError) as caught:
        cells.parse_addresses(lines)
    assert str(caught.value).startswith(f"其中“{wrong}”不是完整的网址")


def test_addresses_by_line_or_mark_are_read_each_once() -> None:
    assert cells.parse_addresses("；".join(GOOD) + "\r\n" + "\n".join(GOOD)) == tuple(GOOD)


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=300)))
def test_future_days_never_pass(ahead: timedelta) -> None:
    today = date(2026, 11, 20)
    later = today + max(ahead, timedelta(days=1))
    with pytest.raises(CellError):
        cells.parse_day(later, today)
