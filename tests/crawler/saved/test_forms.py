"""A saved page says the same in whatever form it was saved; what cannot be read is one sentence."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.saved.document import MAX_FILE_BYTES, MAX_PAGE_BYTES, MAX_PARTS, SavedError, shown_name
from crawler.saved.reading import ODD_TIME, UNRECOGNISED, SavedReading, read_saved
from demo.county import load_county
from demo.pages.searches import saved_pages
from tests.crawler.saved import containers
from tests.crawler.saved.containers import BOUNDARY, WEIBO, every_form, packed, part

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PAGES = saved_pages(load_county())
PAGE = PAGES["weibo_用户搜索.html"]
FORMS = every_form(PAGE)
LINKED = '<html><body><p><a href="https://weibo.com/u/7699000001">云岺发布</a></p></body></html>'


def one(body: bytes) -> SavedReading:
    """The only page of a file."""
    (found,) = read_saved(body, NOW)
    return found


def sentence(body: bytes) -> str:
    """Why a file cannot be read: one Chinese sentence that does not end yet."""
    try:
        (found,) = read_saved(body, NOW)
        words = found.reason or ""
        assert found.layout is None and not found.candidates
    except SavedError as error:
        words = str(error)
    assert re.search(r"[\u4e00-\u9fff]{4}", words) and "\n" not in words and not words.endswith("。")
    return words


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_page_gives_the_same_accounts(form: str) -> None:
    found = one(FORMS[form])
    assert [candidate.name for candidate in found.candidates] == ["云岭发布", "云岺发布", "云陵发布", "云岭医保"]
    assert {candidate.keyword for candidate in found.candidates} == {"云岭发布"}
    assert (found.status, found.platform, found.keyword, found.searched) == ("ok", "weibo", "云岭发布", True)
    assert found.address == WEIBO


def test_a_form_that_tells_the_time_is_seen_then_and_never_in_the_future() -> None:
    assert one(FORMS["mhtml"]).at == datetime(2026, 11, 15, 2, tzinfo=UTC)
    early = NOW - timedelta(days=30)
    assert [page.at for page in read_saved(FORMS["mhtml"], early)] == [early]


@pytest.mark.parametrize("form", ["mhtml", "warc", "har"])
@pytest.mark.parametrize("date", containers.ODD_DATES)
def test_a_date_at_which_nobody_can_have_seen_the_page_is_told_and_the_import_s_is_taken(form: str, date: str) -> None:
    found = one(containers.dated(FORMS[form], date))
    assert (found.at, len(found.candidates), found.searched) == (NOW, 4, True)
    assert found.reason == ODD_TIME


@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "har")
@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "warc")
@given(
    st.datetimes(timezones=st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=14)))),
    st.sampled_from(["warc", "har"]),
)
def test_whatever_date_a_file_tells_its_page_was_seen_in_the_platforms_time(date: datetime, form: str) -> None:
    found = one(containers.dated(FORMS[form], date.isoformat()))
    assert datetime(2009, 1, 1, tzinfo=UTC) <= found.at <= NOW
    assert found.at in (NOW, date)


def test_a_page_without_address_shows_accounts_and_is_no_search() -> None:
    found = one(PAGE.encode())
    assert (found.status, len(found.candidates)) == ("ok", 4)
    assert (found.address, found.keyword, found.searched) == (None, None, False)


def test_a_wall_saved_by_mistake_is_no_result_and_no_search() -> None:
    found = one(containers.html(PAGES["sogou_要求验证.html"], "https://weixin.sogou.com/weixin?type=1&query=%E4%BA%91"))
    assert (found.status, found.candidates, found.searched) == ("blocked", (), False)
    assert (found.reason or "").startswith("保存的是验证页，请在浏览器里完成验证后重新保存")


def test_a_changed_layout_under_a_search_address_is_read_by_its_links_and_is_no_search() -> None:
    found = one(containers.mhtml(LINKED))
    assert (found.status, found.layout, found.searched) == ("unparsed", UNRECOGNISED, False)
    assert [(c.ref, c.name, c.keyword) for c in found.candidates] == [("weibo:7699000001", "云岺发布", "云岭发布")]


def test_an_account_that_cannot_be_read_makes_the_search_incomplete() -> None:
    broken = PAGE.replace('uid="7699000001"', 'uid="?"').replace("//weibo.com/u/7699000001", "//weibo.com/")
    found = one(containers.html(broken))
    assert len(found.candidates) == 3
    assert not found.searched and "1 条读不出来" in (found.reason or "")


def test_a_frame_or_an_advertisement_of_an_archive_is_no_page_of_its_own() -> None:
    frame = containers.warc("<html><body>广告</body></html>", "https://ad.example/")
    assert [page.address for page in read_saved(containers.warc(PAGE) + frame, NOW)] == [WEIBO]


def test_a_name_with_a_replaced_character_is_not_taken() -> None:
    body = containers.html(PAGE).replace("云岺".encode(), b"\xe4\xba\x91\xff")
    assert "云岺发布" not in [candidate.name for candidate in one(body).candidates]
    assert not any("\ufffd" in candidate.name for candidate in one(body).candidates)


def test_a_script_in_a_name_stays_a_text() -> None:
    page = PAGE.replace("云岺", "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert one(containers.html(page)).candidates[1].name == "<script>alert(1)</script>发布"


@pytest.mark.parametrize("name", PAGES)
def test_a_control_character_in_an_attribute_s_name_hides_nothing(name: str) -> None:
    damaged = PAGES[name].replace("<a ", "<a \x01b=1 \ufffec=1 ").replace("<li ", "<li \x02=1 ")
    assert one(damaged.encode()).candidates == one(PAGES[name].encode()).candidates


@pytest.mark.parametrize("form", ["mhtml", "warc", "warc.gz", "har", "html.zip"])
def test_a_file_cut_short_is_told_so(form: str) -> None:
    body = FORMS[form]
    for share in (0.3, 0.6, 0.95):
        assert "重新保存" in sentence(body[: int(len(body) * share)])


def pictures(number: int) -> bytes:
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="{BOUNDARY}"\r\n\r\n'.encode()
    return head + part(b"x", "Content-Type: image/png") * number + f"--{BOUNDARY}--\r\n".encode()


def nested_parts() -> bytes:
    body = b"Content-Type: text/html\r\n\r\n<a>"
    for depth in range(40):
        head = f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"
        body = head.encode() + body + f"\r\n--b{depth}--\r\n".encode()
    return body


def zip_of(name: str, body: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, body)
    return file.getvalue()


def unflagged(name: str, coding: str) -> bytes:
    """A zip whose member's name is in this coding, as a program writes it that does not say so."""
    coded = name.encode(coding)
    return zip_of("n" * len(coded), FORMS["html"]).replace(b"n" * len(coded), coded)


@pytest.mark.parametrize("coding", ["utf-8", "gbk"])
@pytest.mark.parametrize("name", ["微博搜索：云岭发布.html", "联通.html", "a.html"])
def test_a_chinese_name_in_a_zip_is_read_whoever_packed_it(name: str, coding: str) -> None:
    assert one(unflagged(name, coding)).name == name


@given(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00), min_size=1, max_size=8))
def test_every_chinese_name_survives_info_zip_and_windows(name: str) -> None:
    assert one(unflagged(f"{name}.html", "utf-8")).name == f"{name}.html"
    assert one(unflagged(f"{name}.html", "gbk")).name == f"{name}.html"


def locked(body: bytes) -> bytes:
    """The archive with the mark of a password on its first member."""
    at = body.index(b"PK\x01\x02")
    return body[:6] + b"\x01" + body[7 : at + 8] + b"\x01" + body[at + 9 :]


HOSTILE = {
    "empty": (b"", "空的"),
    "blanks": (b" \r\n\t", "空的"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, ""),
    "a text": ("今天没有搜索".encode(), "认不出这是哪种文件"),
    "a page too large": (b"<html>" + b"x" * MAX_PAGE_BYTES, "8 MB"),
    "a gzip bomb": (containers.gzip.compress(b"\0" * (MAX_FILE_BYTES + 1)), "64 MB"),
    "a zip bomb": (zip_of("a.html", b"<" * (MAX_FILE_BYTES + 1)), "64 MB"),
    "a zip in a zip": (zip_of("a.zip", FORMS["html.zip"]), "压缩包里还有压缩包"),
    "a zip in a page's name": (zip_of("a.html", FORMS["html.zip"]), "压缩包里还有压缩包"),
    "a zip with a password": (locked(FORMS["html.zip"]), "加了密码"),
    "a zip of a table": (packed(**{"名单__csv": b"a"}), "表格"),
    "a zip without pages": (packed(a__png=b"x"), "没有保存的页面"),
    "a strange packing": (zip_of("a.html", b"<html>", zipfile.ZIP_LZMA), "少见的压缩方式"),
    "many members": (packed(**{f"{n}__html": b"<a>" for n in range(MAX_PARTS + 1)}), "2000 个"),
    "many parts": (pictures(10_000), "2000 个"),
    "nested parts": (nested_parts(), "层层"),
    "no page in parts": (pictures(3), "没有网页"),
    "a deep HAR": (b'{"log":{"entries":' + b"[" * 100_000, "重新保存"),
    "a large HAR": (b'{"log":{"entries":[' + b"1," * 5_000_001 + b"1]}}", "64 MB"),
    "a HAR without bodies": (b'{"log":{"entries":[]}}', "包含内容的 HAR"),
    "an absurd status": (containers.har(PAGE).replace(b'"status": 200', b'"status": 1e999'), "重新保存"),
    "no charset": (b"<html>" + bytes(range(128, 256)) * 100, "编码认不出"),
    "a bomb as charset": (b"<html><meta charset=zlib>" + b"\xff\xfe\xff\x80" * 400, "编码认不出"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_one_sentence(case: str) -> None:
    body, words = HOSTILE[case]
    assert words in sentence(body)


def test_each_part_of_an_archive_that_is_not_read_is_told_and_the_others_are_read() -> None:
    members = {
        "inner__zip": FORMS["html.zip"],
        "名单__xlsx": b"x",
        "说明__txt": b"x",
        "空__html": b"",
        "坏__warc": b"x",
    }
    large, page = b"<html>" + b"x" * MAX_PAGE_BYTES, containers.html(PAGE)
    found = read_saved(packed(**members, 大__html=large, 好__html=page, **{"好_files/x.html": b"<p>"}), NOW)
    assert [(one.name, len(one.candidates)) for one in found if one.layout is not None] == [("好.html", 4)]
    told = {one.name: (one.status, one.reason or "") for one in found if one.layout is None}
    assert {name: status for name, (status, _) in told.items()} == {
        "inner.zip": "unparsed",
        "名单.xlsx": "unparsed",
        "说明.txt": "left_out",
        "空.html": "unparsed",
        "坏.warc": "unparsed",
        "大.html": "unparsed",
    }
    assert "压缩包里还有压缩包" in told["inner.zip"][1] and "8 MB" in told["大.html"][1]
    assert all(re.search(r"[\u4e00-\u9fff]{4}", reason) for _, reason in told.values())


def test_a_member_with_wrong_bytes_is_told_and_the_next_is_read() -> None:
    body = bytearray(packed(坏__html=b"<html>", 好__html=containers.html(PAGE)))
    body[body.index(b".html") + len(".html") + 2] ^= 1
    assert [(one.name, one.layout is None) for one in read_saved(bytes(body), NOW)] == [
        ("好.html", False),
        ("坏.html", True),
    ]


def test_a_wrong_charset_does_not_hide_the_page() -> None:
    assert len(one(containers.mhtml(PAGE, charset="gbk").replace(b"charset=gbk", b"charset=rot13")).candidates) == 4


def test_a_packed_answer_of_an_archive_is_unpacked_within_bounds() -> None:
    packed_page = containers.gzip.compress(PAGE.encode())
    assert len(one(containers.record(WEIBO, "text/html", packed_page, "Content-Encoding: gzip")).candidates) == 4
    bomb = containers.gzip.compress(b"<" * (MAX_PAGE_BYTES * 4))
    assert "8 MB" in sentence(containers.record(WEIBO, "text/html", bomb, "Content-Encoding: gzip"))


@pytest.mark.parametrize("name", ["../../etc/passwd.html", "C:\\云\\..\\..\\a.html", "/a\u202e/b\x00\n.html", ".."])
def test_a_name_within_a_file_is_shown_without_its_path(name: str) -> None:
    shown = shown_name(name)
    assert not re.search(r"[/\\\x00\n\u202e]", shown) and shown


def test_a_name_that_leads_out_of_the_archive_leads_nowhere() -> None:
    assert one(zip_of("../../../tmp/a.html", containers.html(PAGE))).name == "a.html"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(FORMS)), st.randoms(use_true_random=False))
def test_a_damaged_file_is_pages_or_one_sentence(form: str, random: object) -> None:
    body = bytearray(FORMS[form])
    for _ in range(random.randint(1, 40)):  # type: ignore[attr-defined]
        at = random.randrange(len(body))  # type: ignore[attr-defined]
        body[at : at + random.choice((0, 1, 1, 9))] = random.randbytes(random.choice((0, 1, 4)))  # type: ignore[attr-defined]
    assert pages_or_sentence(bytes(body))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [b"", b"<html>", b"PK\x03\x04", b"WARC/1.1\r\n", b"\x1f\x8b\x08", b'{"log":', b"MIME-Version: 1\n\n"]
    ),
    st.binary(max_size=400),
)
def test_arbitrary_bytes_are_pages_or_one_sentence(start: bytes, rest: bytes) -> None:
    assert pages_or_sentence(start + rest)


def pages_or_sentence(body: bytes) -> bool:
    """Whether a file is read or refused in words; anything else that is raised fails the test."""
    try:
        return all(page.status and page.at <= NOW for page in read_saved(body, NOW))
    except SavedError as error:
        return bool(str(error))
