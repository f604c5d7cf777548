"""The text of an answer, in whatever charset it came and under whatever name."""

from __future__ import annotations

import pytest

from crawler.link_documents import Document
from crawler.link_states import standing_of_answer
from crawler.link_texts import decoded, is_text
from tests.crawler.link_answers import answer

NOTICE = "<title>提示</title><body>抱歉，您访问的页面不存在或已删除</body>"
META = '<meta charset="{}">'


@pytest.mark.parametrize(
    ("encoding", "header", "before"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=UTF-8", ""),
        ("utf-8", "text/html; charset=gb2312", ""),
        ("utf-8", "text/html; charset=iso-8859-1", META.format("utf-8")),
        ("utf-8", "text/html; charset=utf-16", ""),
        ("utf-8-sig", "text/html; charset=gbk", ""),
        ("gb18030", "text/html", ""),
        ("gb18030", "text/html; charset=GB2312", ""),
        ("gb18030", "text/html; charset=utf-8", ""),
        ("gb18030", "text/html; charset=utf-8", META.format("gb2312")),
        ("gb18030", "text/html; charset=iso-8859-1", META.format("gbk")),
        ("gb18030", "text/html; charset=nonsense", ""),
        ("gb18030", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        ("gb18030", "text/html", " " * 6000 + META.format("gb2312")),
        ("gb18030", "text/html", '<?xml version="1.0" encoding="gbk"?>'),
        ("utf-16", "text/html", ""),
        ("utf-16-le", "text/html; charset=utf-16le", ""),
    ],
)
def test_a_notice_is_read_in_its_charset(encoding: str, header: str, before: str) -> None:
    body = (before + NOTICE).encode(encoding)
    assert decoded(body, header, whole=True).endswith(NOTICE)
    assert standing_of_answer(answer(body, content_type=header)).reason == "soft_404"


def test_traditional_characters_are_read_as_big5() -> None:
    body = (META.format("big5") + "<body>雲嶺縣政府資訊網</body>").encode("big5")
    assert "雲嶺縣政府" in decoded(body, "text/html", whole=True)


def test_signs_that_gb2312_lacks_are_read_by_the_larger_set() -> None:
    assert "镕㐂" in decoded((META.format("gb2312") + "朱镕㐂").encode("gb18030"), "text/html", whole=True)


def test_a_script_that_names_a_charset_names_none_of_the_page() -> None:
    body = ('<script src="a.js" charset="big5"></script>' + NOTICE).encode("gb18030")
    assert decoded(body, "text/html", whole=True).endswith(NOTICE)


@pytest.mark.parametrize("n_missing", [1, 2])
def test_a_body_cut_within_a_character_is_still_utf_8(n_missing: int) -> None:
    body = ("政务公开" * 50).encode()[:-n_missing]
    assert decoded(body, "text/html", whole=False) == "政务公开" * 49 + "政务公"


def test_one_broken_byte_does_not_change_the_charset() -> None:
    body = NOTICE.encode() + b"\xff" + "云岭县".encode() * 40
    assert "页面不存在" in decoded(body, "text/html; charset=utf-8", whole=True)


@pytest.mark.parametrize("content_type", ["image/png", "application/pdf", "video/mp4", "application/zip"])
def test_what_is_no_text_is_not_read(content_type: str) -> None:
    assert not is_text(content_type)
    assert answer(NOTICE, content_type=content_type).text == ""


def test_only_what_a_reader_sees_is_visible() -> None:
    hidden = "<script>a</script><style>b</style><noscript>c</noscript><template><p>d</p></template><!-- e -->"
    document = Document(f"<title> 云岭\n县 </title><body>一{hidden}二<p>三&nbsp;四</p></body>")
    assert (document.title, document.visible) == ("云岭 县", "一 二 三 四")


def test_words_that_are_not_shown_are_among_the_words_and_not_the_visible() -> None:
    document = Document("<body>一<p hidden>二<b>三</b></p>四<select><option>五</select>六<script>七</script>")
    assert (document.words, document.visible) == ("一 二 三 四 五 六", "一 四 六")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<div id=app></div><script src=/a.js></script>", True),
        ("<div id=App> <p>请稍候…</p></div><script src=/a.js></script>", True),
        ("<div id=app><div id=root></div>云岭</div><script src=/a.js></script>", True),
        ("<p>{{title}}</p><script src=/a.js></script>", True),
        ("<template v-if=a></template><script src=/a.js></script>", True),
        ("<div id=app></div>", False),
        ("<template><div id=app></div></template><script src=/a.js></script>", False),
        ("<div id=app>云岭</div><script src=/a.js></script>", False),
        ("<div id=main></div><script src=/a.js></script>", False),
        ("<div data-v-7ba5bd90>云岭</div><script src=/a.js></script>", False),
        ("<script>var a = '{{b}}'</script>", False),
    ],
)
def test_a_page_is_made_by_a_script_where_its_place_is_empty(body: str, expected: bool) -> None:
    assert Document(f"<body>{body}</body>").is_made_by_script is expected


def test_words_parted_by_a_stray_tag_are_not_joined() -> None:
    document = Document("<title>页面\x01不存在</title><body>不</nosuch>存在 不\x01存在</body>")
    assert (document.title, document.visible) == ("页面 不存在", "不 存在 不 存在")


@pytest.mark.parametrize("text", ["", " ", "\0", "<", "<!--", "plain words", '{"code": 404}'])
def test_a_page_that_is_hardly_one_is_read(text: str) -> None:
    assert Document(text).title == ""
