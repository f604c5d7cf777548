"""Looking over the raw bytes first changes no state, and no page makes the patterns slow."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.link_comparison import wants_comparison
from crawler.link_signals import pattern, signals
from crawler.link_states import BODY_BYTES, standing_of_answer
from tests.conftest import SHARED
from tests.crawler.link_answers import ASKED, PAGES, answer, framed, page, ungated
from tests.faults.speed import FILLINGS, LIMIT_SECONDS

NOTICES = "页面不存在|您访问的页面|不存在|已删除|404|1404|404页|错误|Not Found|NOT|found|the page does not exist".split(
    "|"
)
WALLS = (
    "请完成|验证|安全验证|just a moment...|captcha|请先登录|用户登录|请|__jsl_clearance|<input type=password>".split(
        "|"
    )
)
SCRIPTS = ["<input TYPE = 'Password'", "document.cookie='a'", ";location.reload()", "\u212a", "\u017f"]
SPACES = ["&nbsp;", "&#160;", "&#xa0;", "&#19981;", "&#x5b58;", "&amp;", "\u3000", "\n", " ", "\0", "\x01", "\ufeff"]
TAGS = "<b>|</b>|</x>|<!-- 页面不存在 -->|<!--|-->|<script>|</script>|<title>|</title>|<body>|<noscript>".split("|")
MARKS = ["</noscript>", "<style>", "</style>", "<svg><title>", "<![CDATA[", "]]>", "<", ">", "云岭县", "政务公开" * 40]
UNSHOWN = [
    "<p hidden>",
    "<p class=hide>",
    "<p v-if=a>",
    "</p>",
    "<div id=app>",
    "</div>",
    "{{",
    "<select>",
    "</select>",
]
WORDS = [*NOTICES, *WALLS, *SCRIPTS, *SPACES, *TAGS, *MARKS, *UNSHOWN]
PATTERNS = ("soft404_title", "soft404_message", "wall_title", "wall_message", "wall_script", "login_words")
CHARSETS = ("utf-8", "gb18030", "big5", "utf-16")


@st.composite
def raw_pages(draw: st.DrawFn) -> tuple[bytes, str]:
    """A page of pieces in any order, in one of the charsets, with or without its name."""
    text = "".join(draw(st.lists(st.sampled_from(WORDS), max_size=12)))
    if draw(st.booleans()):
        text = page(draw(st.sampled_from(WORDS)), text)
    charset = draw(st.sampled_from(CHARSETS))
    text = text.upper() if draw(st.booleans()) else text
    named = draw(st.sampled_from(("text/html", f"text/html; charset={charset}", "text/html; charset=iso-8859-1")))
    return text.encode(charset, "xmlcharrefreplace"), named


@settings(max_examples=400)
@given(raw_pages(), st.booleans())
def test_looking_first_changes_no_state(raw: tuple[bytes, str], whole: bool) -> None:
    body, content_type = raw
    seen = answer(body, content_type=content_type, whole=whole)
    read = ungated(seen)
    assert standing_of_answer(seen) == standing_of_answer(read)
    assert wants_comparison(ASKED, seen, ASKED, sets_cookie=False) == wants_comparison(
        ASKED, read, ASKED, sets_cookie=False
    )


@settings(max_examples=60)
@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@given(data=st.data())
def test_the_gate_opens_for_whatever_a_pattern_holds_of(name: str, charset: str, data: st.DataObject) -> None:
    words = data.draw(st.from_regex(pattern(name), fullmatch=True))
    for body in (page(words, ""), page("", words), page("", f"<input type=password>{words}")):
        seen = answer(body.encode(charset, "xmlcharrefreplace"), content_type="text/html")
        assert standing_of_answer(seen) == standing_of_answer(ungated(seen))


@pytest.mark.parametrize("kind", PAGES)
def test_pages_of_the_table_open_the_gate_where_they_must(kind: str) -> None:
    for title, body in PAGES[kind]:
        for text in (page(title, body), framed(title, body)):
            seen = answer(text)
            assert standing_of_answer(seen) == standing_of_answer(ungated(seen))


def test_a_sign_of_four_bytes_before_a_number_is_no_digit() -> None:
    seen = answer(page("©404错误", "").encode("gb18030"), content_type="text/html")
    assert standing_of_answer(seen).reason == "soft_404"


def test_an_ordinary_page_is_not_read() -> None:
    assert not answer(framed("云岭县人民政府", "<p>2024-04-04 办事指南 1404 号</p><input type=search>")).may_say


def test_every_message_has_a_spot_where_it_is_looked_for() -> None:
    for title, body in [*PAGES["dead_alone"], *PAGES["dead_framed"], *PAGES["compared_framed"]]:
        read = ungated(answer(page(title, body)))
        assert pattern("soft404_spot").search(f"{read.title} {read.visible}"), title


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings are not here")
def test_looking_first_changes_no_state_of_a_recorded_page() -> None:
    files = sorted((SHARED / "recordings").glob("*/*"))
    assert len(files) > 50
    for file in files:
        seen = answer(file.read_bytes()[:BODY_BYTES], content_type="text/html", whole=False)
        assert standing_of_answer(seen) == standing_of_answer(ungated(seen)), file.name


def hostile() -> Iterator[tuple[str, bytes]]:
    """64 KB of one thing, or of the pieces of every pattern in a row."""
    fillings = {**FILLINGS, **{word: word.encode() for word in WORDS}}
    pieces = [
        "document.cookie=",
        "<input type",
        "<meta charset=",
        "抱歉您访问的页面",
        "requested url a",
        "<b>x",
        "</x>404",
        "<div id=app>",
        "<style>.a{display:none}",
        "<p style='display   :'>",
        "<p v-if=a>{{",
        "<textarea>",
        "<select><option>",
        "display ",
        "加载中",
    ]
    fillings |= {piece: piece.encode() for piece in pieces}
    for name, filling in fillings.items():
        for ending in (b"", b"</title><body>" + "页面不存在".encode()):
            yield name, b"<title>" + filling * (BODY_BYTES // len(filling)) + ending
            yield name, b"<body>" + filling * (BODY_BYTES // len(filling)) + ending


def cpu_seconds(body: bytes) -> float:
    """What telling the state of an answer takes, read whatever it holds, and compared."""
    begun = time.process_time()
    read = ungated(answer(body, content_type="text/html"))
    standing_of_answer(read)
    wants_comparison(ASKED, read, ASKED, sets_cookie=False)
    return time.process_time() - begun


def test_no_page_makes_the_patterns_slow() -> None:
    slow = {name: seconds for name, body in hostile() if (seconds := cpu_seconds(body)) > LIMIT_SECONDS}
    assert slow == {}


HEADS = (
    "",
    "提示",
    "错误",
    "抱歉",
    "404",
    "404 -",
    "http",
    "error",
    "您访问的",
    "page ",
    "just a moment",
    "登录",
    "请先完成",
)
REPEATED = (
    *" \u3000\n云1*~-.,!！…_|",
    " - ",
    "~ ",
    "- ",
    "抱歉,",
    "404 ",
    "404-",
    "提示~",
    "error ",
    "page not ",
    "a ",
    "登录 ",
)
NAMES = [name for name, signal in signals().items() if isinstance(signal, str)]


def match_seconds(name: str, words: str) -> float:
    """What looking for a pattern takes, in words that are not cut as a page's are."""
    begun = time.process_time()
    pattern(name).search(words)
    return time.process_time() - begun


@pytest.mark.parametrize("name", NAMES)
def test_no_words_make_a_pattern_slow(name: str) -> None:
    for length, head, piece, tail in product((600, 4_000), HEADS, REPEATED, ("", "found", "页面不存在\n")):
        words = head + piece * (length // len(piece)) + tail
        assert match_seconds(name, words) < LIMIT_SECONDS, (length, head, piece, tail)


@pytest.mark.parametrize("n_signs", [190, 2_000, 60_000])
@pytest.mark.parametrize("sign", ["~", "-", ".", "~ ", ",", "抱歉,"])
def test_no_title_makes_a_page_slow(sign: str, n_signs: int) -> None:
    for head in HEADS:
        title = head + sign * (n_signs // len(sign))
        assert cpu_seconds(page(title, "政务公开 " * 100 + "found").encode()) < LIMIT_SECONDS, head


def test_no_address_makes_the_patterns_slow() -> None:
    ways = ["http://a.example/" + piece * 8000 for piece in ("login", "/", "error/", "404", "?", "sso.", "a/")]
    begun = time.process_time()
    for address in ways:
        pattern("login_address").search(address)
        pattern("error_address").search(address)
    assert time.process_time() - begun < LIMIT_SECONDS


def test_the_words_of_the_gate_lie_within_one_word() -> None:
    assert not [word for word in signals()["gate"] if re.search(r"\s", word)]
