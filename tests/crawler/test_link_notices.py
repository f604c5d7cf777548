"""Words that take back a notice or a status of 404: an overload, a permission or another place accuses no page."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.link_addresses import Standing
from crawler.link_comparison import standing_compared, wants_comparison
from crawler.link_signals import pattern
from crawler.link_states import BODY_BYTES, standing_of_answer
from tests.crawler.link_answers import ASKED, answer, framed, page, ungated
from tests.faults.speed import LIMIT_SECONDS

ALIVE, SOFT_404, HARD_404 = Standing("alive"), Standing("dead", "soft_404"), Standing("dead", "http_404")
AT_WORK, UNTOLD = Standing("failing", "maintenance"), Standing("uncheckable", "unparsed")
HOME, ERROR = "http://www.yunling.example/", "http://www.yunling.example/error.html"
Around = Callable[[str, str], str]

OVERLOADED = [
    "页面不存在或系统繁忙，请刷新重试",
    "您访问的页面不存在或服务器繁忙",
    "您访问的页面不存在或网络繁忙，请刷新",
    "系统繁忙或页面不存在",
    "当前访问人数过多，或者页面不存在",
    "服务器过载，或页面不存在",
    "页面不存在，请重试",
    "页面不存在或请求超时",
    "您访问的页面不存在，或服务器忙，请稍后",
    "页面不存在或网络异常",
    "页面不存在或者服务器内部错误",
    "Page not found, or the server is too busy.",
    "The page you requested was not found. Please try again.",
]
FOR_OTHERS = [
    "您访问的页面不存在或者没有访问权限",
    "您访问的页面不存在或无权查看",
    "您访问的页面不存在或仅限微信内访问",
    "该信息不存在或正在审核中",
    "该信息不存在或未发布",
    "该栏目不存在或正在建设中",
    "页面不存在或访问受限",
    "页面不存在，请在政务内网访问",
    "页面不存在，请启用 Cookie 后访问",
    "页面不存在，请登录后查看",
    "页面不存在，请登录",
    "<p>页面不存在</p><p>请登录</p>",
    "您尚未登录或页面不存在",
    "页面不存在，请在微信客户端打开链接",
    "该内容不存在，请使用云岭通客户端查看",
    "The page was not found or you do not have permission.",
    "Page not found. Log in to view it.",
    "Page not found, you must be logged in.",
]
# A site's frame, and what an honest notice offers.
MISSING = [
    "<div>您好，请登录 | 注册</div><form>搜索 <input></form><h1>页面不存在</h1>",
    "<a>请登录</a> <a>免费注册</a> <h1>您访问的页面不存在</h1>",
    "<h1>您访问的页面不存在</h1><p><a>登录</a> <a>注册</a></p>",
    "<h1>您访问的页面不存在</h1><p>稍后将自动返回首页</p>",
    "<h1>您访问的页面不存在</h1><p>返回上一页 刷新 返回首页</p>",
    "<h1>您访问的页面不存在</h1><p>审核：李四</p>",
    "<h1>您访问的页面不存在</h1><p>云岭县网络维护中心</p>",
]


def told(body: str, **changed: object) -> Standing:
    return standing_of_answer(answer(body, **changed), ASKED)


def compared(body: str, **changed: object) -> Standing:
    """The standing where the host answers everything so."""
    seen = answer(body, **changed)
    missing = answer(body, url=f"{HOME}81726354.html") if "url" not in changed else seen
    return standing_compared(ALIVE, ASKED, seen, missing, sets_cookie=False)


@pytest.mark.parametrize(("words", "expected"), [(w, AT_WORK) for w in OVERLOADED] + [(w, UNTOLD) for w in FOR_OTHERS])
def test_a_notice_that_gives_another_reason_as_well_accuses_no_page(words: str, expected: Standing) -> None:
    assert told(page("提示", words)) == expected
    assert told(page("页面不存在", words)) == expected
    assert compared(framed("云岭县人民政府", words)) == expected
    assert compared(framed("云岭县人民政府", words), url=ERROR) == expected


@pytest.mark.parametrize("words", MISSING)
def test_words_of_the_sites_frame_let_a_notice_stand(words: str) -> None:
    assert told(page("提示", words)) == SOFT_404
    assert told(framed("页面不存在", words)) == SOFT_404
    assert compared(framed("云岭县人民政府", words)) == SOFT_404
    assert compared(framed("云岭县人民政府", words), url=ERROR) == SOFT_404


def test_a_login_in_a_head_beside_the_notice_lets_it_stand() -> None:
    body = framed("云岭县人民政府", "<p>您好，请登录</p><h1>您访问的页面不存在</h1>")
    assert compared(body) == SOFT_404


def test_words_far_from_a_notice_do_not_belong_to_it() -> None:
    far = f"<p>您好，请登录</p><p>没有权限请联系管理员，高峰时系统繁忙</p>{'<p>云岭县政务公开目录</p>' * 10}"
    assert told(framed("页面不存在", f"{far}<h1>页面不存在</h1>")) == SOFT_404


@pytest.mark.parametrize(
    "words", ["<p>请在微信客户端打开链接</p><p>页面不存在</p>", "<p>您尚未登录</p><p>该信息不存在</p>"]
)
def test_all_words_of_a_page_that_is_nothing_else_belong_to_its_notice(words: str) -> None:
    assert told(page("提示", words)) == UNTOLD


@pytest.mark.parametrize(("words", "expected"), [("系统繁忙，请刷新", AT_WORK), ("您没有权限查看", UNTOLD)])
def test_a_title_alone_does_not_stand_against_what_the_page_says(words: str, expected: Standing) -> None:
    assert told(framed("页面不存在", words)) == expected
    assert told(framed("404", words), status=404) == expected


@pytest.mark.parametrize("foot", ["扫一扫关注我们", "建议使用 IE9 以上浏览器访问本站", "您好，请登录"])
def test_a_foot_or_a_head_does_not_stand_against_a_title(foot: str) -> None:
    assert told(framed("页面不存在", f"<img src=404.png><p>{foot}</p>")) == SOFT_404
    assert told(framed("404", f"<img src=404.png><p>{foot}</p>"), status=404) == HARD_404


@pytest.mark.parametrize("done", ["查找", "要查找", "要寻找", "要搜索", "搜索", "要查询", "查询"])
@pytest.mark.parametrize("what", ["内容", "信息"])
def test_a_search_that_found_nothing_is_no_missing_page(done: str, what: str) -> None:
    for words in (f"没有找到您{done}的{what}", f"抱歉，您{done}的{what}不存在", f"您{done}的{what}未找到"):
        assert told(page("站内搜索", words)) == ALIVE
        assert compared(framed("站内搜索", words)) == ALIVE


@pytest.mark.parametrize(
    "words", ["没有找到您要查找的页面", "没有找到您要访问的内容", "您查找的内容已被删除", "您要查找的资源不存在"]
)
def test_a_page_that_was_not_found_is_no_search(words: str) -> None:
    assert told(page("提示", words)) == SOFT_404


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *((words, AT_WORK) for words in OVERLOADED),
        *((words, UNTOLD) for words in FOR_OTHERS),
        ("网站正在升级维护，请稍后访问", AT_WORK),
        ("系统繁忙", AT_WORK),
        ("<meta http-equiv=Refresh content='0;url=/new.html'>", UNTOLD),
        ("<h1>404</h1><script>location.href='/art/2.html'</script>", UNTOLD),
        ("<h1>404</h1><script>location.href=target</script>", UNTOLD),
        ("该网站已迁至新地址", UNTOLD),
    ],
)
def test_a_status_of_404_says_nothing_where_its_page_gives_another_reason(
    status: int, words: str, expected: Standing
) -> None:
    assert told(page("提示", words), status=status) == expected
    assert standing_of_answer(answer(page("提示", words), status=status)) == expected


@pytest.mark.parametrize("around", [page, framed])
@pytest.mark.parametrize(
    "words",
    [
        *MISSING,
        "",
        "<h1>404 Not Found</h1><hr>nginx",
        "<meta http-equiv=refresh content='3;url=/'><h1>404</h1>5 秒后自动跳转",
        "<h1>404</h1><script>setTimeout(\"location.href='/index.html'\", 3000)</script>",
        "<h1>404</h1><script src=/count.js></script><script>var at = document.location.protocol</script>",
        "您要查找的资源可能已被删除，已更改名称或者暂时不可用。",
    ],
)
def test_an_ordinary_page_of_404_is_dead(around: Around, words: str) -> None:
    assert told(around("404", words), status=404) == HARD_404


def test_a_framed_404_that_says_why_or_leads_on_is_not_dead() -> None:
    assert told(framed("404", "网站正在升级维护，请稍后访问"), status=404) == AT_WORK
    assert told(framed("404", "<script>location.href='/new.html'</script>"), status=404) == UNTOLD


def test_the_search_box_of_a_framed_404_leads_nobody_on() -> None:
    search = "<script>function search() { location.href = '/search?q=' + word }</script><h1>页面不存在</h1>"
    assert told(framed("404", search), status=404) == HARD_404


@pytest.mark.parametrize("status", [404, 410])
def test_a_404_behind_a_cookie_that_was_not_sent_is_not_told(status: int) -> None:
    seen = answer("<h1>404</h1>", status=status, url=ERROR)
    assert standing_of_answer(seen, ASKED, had_cookie=True) == UNTOLD
    assert standing_of_answer(seen, ASKED) == Standing("dead", f"http_{status}")
    assert standing_of_answer(answer(framed("云岭县", "政务公开"), url=ERROR), ASKED, had_cookie=True) == ALIVE


@pytest.mark.parametrize("body", ["<h1>404 Not Found</h1><hr>nginx/1.20.1", "", "您访问的页面不存在"])
def test_a_plain_404_is_not_read_for_other_reasons(body: str) -> None:
    assert not answer(body, status=404).may_qualify


@settings(max_examples=60)
@pytest.mark.parametrize(
    "name",
    [
        "maintenance_words",
        "maintenance_word",
        "overload_words",
        "permission_words",
        "client_words",
        "login_asked",
        "leads_on",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@given(data=st.data())
def test_looking_first_changes_no_404(name: str, charset: str, data: st.DataObject) -> None:
    words = data.draw(st.from_regex(pattern(name)))
    for body in (page(words, ""), page("", f"页面不存在{words}"), page("", words)):
        seen = answer(body.encode(charset, "xmlcharrefreplace"), content_type="text/html", status=404)
        assert standing_of_answer(seen) == standing_of_answer(ungated(seen))


@pytest.mark.parametrize(
    "piece",
    ["页面不存在", "页面不存在 ", "请使用", "在微信", "网络", "登录", "<b>稍后</b>", "location=", "请启用", "open a"],
)
def test_no_page_of_404_takes_long(piece: str) -> None:
    words = piece * (BODY_BYTES // len(piece.encode()))
    for body in (page("", words), page("页面不存在", f"页面不存在{words}"), page("", f"<script>{words}</script>")):
        begun = time.process_time()
        standing_of_answer(ungated(answer(body, status=404)))
        assert time.process_time() - begun < LIMIT_SECONDS


@pytest.mark.parametrize(
    "asked", ["http://m.yunling.example/art/1.html", "https://wap.yunling.example:8080/art/1.html"]
)
def test_a_home_page_of_another_host_that_we_are_led_to_accuses_no_page(asked: str) -> None:
    home = answer(framed("云岭县人民政府", "政务公开"), url=HOME)
    assert wants_comparison(asked, home, HOME, sets_cookie=False)
    assert standing_compared(ALIVE, asked, home, home, sets_cookie=False) == UNTOLD


@pytest.mark.parametrize("asked", ["https://yunling.example/art/1.html", "http://www.yunling.example/art/1.html"])
def test_a_home_page_of_the_same_host_does(asked: str) -> None:
    home = answer(framed("云岭县人民政府", "政务公开"), url=HOME)
    assert standing_compared(ALIVE, asked, home, home, sets_cookie=False) == Standing("dead", "same_as_missing")
