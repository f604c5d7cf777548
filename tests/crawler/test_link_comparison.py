"""What a host answers to an address that cannot exist, and when an answer is compared with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.link_addresses import Standing, missing_address
from crawler.link_comparison import is_same_as_missing, standing_compared, wants_comparison
from crawler.link_states import Answer
from tests.crawler.link_answers import ASKED, PAGES, answer, framed, page

ALIVE, DEAD, SAME = Standing("alive"), Standing("dead", "soft_404"), Standing("dead", "same_as_missing")
AT_WORK = Standing("failing", "maintenance")
Around = Callable[[str, str], str]
HOME = "http://www.yunling.example/"
MISSING = missing_address(ASKED, "81726354")
NOTICE = framed("云岭县人民政府", "您访问的页面不存在：{} 查询时间 {}")
SHELL = page("云岭通", "<div id=app></div><script src=/app.js></script>")


def missing(body: str = NOTICE.format("/81726354.html", "10:20:31"), **changed: object) -> Answer:
    return answer(body, **({"url": MISSING} | changed))


def compared(standing: Standing, asked: str, seen: Answer, said: Answer | None, sets_cookie: bool = False) -> Standing:
    return standing_compared(standing, asked, seen, said, sets_cookie)


def test_an_address_that_cannot_exist_is_at_the_same_host() -> None:
    assert MISSING == "http://www.yunling.example/81726354.html"


@pytest.mark.parametrize(("title", "body"), PAGES["compared_framed"])
def test_a_notice_in_the_sites_frame_is_dead_where_the_host_always_says_so(title: str, body: str) -> None:
    seen = answer(framed(title, body))
    assert wants_comparison(ASKED, seen, ASKED, sets_cookie=False)
    assert compared(ALIVE, ASKED, seen, missing(framed(title, body))) == DEAD
    assert compared(ALIVE, ASKED, seen, missing("<h1>404</h1>", status=404)) == ALIVE


def test_the_address_and_the_time_that_a_notice_repeats_do_not_matter() -> None:
    seen = answer(NOTICE.format("/art/2026/11/2/art_12_345.html", "10:20:29"))
    assert is_same_as_missing(seen, missing())
    assert compared(ALIVE, ASKED, seen, missing()) == DEAD


@pytest.mark.parametrize(
    "home", [HOME, "https://yunling.example/index.html", "http://www.yunling.example/Default.aspx"]
)
def test_a_deep_address_that_ends_where_the_missing_one_ends_is_dead(home: str) -> None:
    seen = answer(framed("云岭县人民政府", "政务公开"), url=home)
    assert wants_comparison(ASKED, seen, home, sets_cookie=False)
    assert compared(ALIVE, ASKED, seen, missing(framed("云岭县人民政府", "政务公开"), url=home)) == SAME


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("网站升级维护公告", "因机房搬迁，本网站自即日起暂停服务"),
        ("云岭县人民政府", "网站正在升级改造"),
        ("云岭县人民政府", "系统升级，请稍后再试"),
        ("Yunling", "We are temporarily unavailable, please come back later."),
    ],
)
@pytest.mark.parametrize("around", [page, framed])
def test_a_site_at_work_on_itself_makes_no_address_dead(around: Around, title: str, words: str) -> None:
    body = around(title, words)
    assert compared(ALIVE, ASKED, answer(body, url=HOME), missing(body, url=HOME)) == AT_WORK


def test_a_missing_address_asked_while_the_site_was_at_work_on_itself_tells_nothing() -> None:
    seen = answer(framed("云岭县人民政府", "政务公开"), url=HOME)
    assert compared(ALIVE, ASKED, seen, missing(framed("云岭县", "系统维护中"), url=HOME)) == AT_WORK


def test_a_notice_in_a_frame_says_nothing_while_the_site_is_at_work_on_itself() -> None:
    body = framed("云岭县人民政府", "您访问的页面不存在，系统升级中")
    assert compared(ALIVE, ASKED, answer(body), missing(body)) == AT_WORK


@pytest.mark.parametrize("words", ["网站维护：云岭县大数据中心", "各单位按职责维护本栏目", "维护社会稳定"])
def test_who_keeps_a_site_up_is_no_work_on_it(words: str) -> None:
    body = framed("云岭县人民政府", f"政务公开 {words}")
    assert compared(ALIVE, ASKED, answer(body, url=HOME), missing(body, url=HOME)) == SAME


@pytest.mark.parametrize("words", [body for _, body in (*PAGES["about_others"][2:4], *PAGES["led_on"][-2:])])
def test_words_that_do_not_decide_do_so_where_the_host_always_answers_so(words: str) -> None:
    body = page("提示", words)
    assert compared(ALIVE, ASKED, answer(body), missing(body)) == DEAD
    assert compared(ALIVE, ASKED, answer(body), missing("<h1>404</h1>", status=404)) == ALIVE


def test_a_home_page_that_says_so_itself_is_dead_by_its_words() -> None:
    seen = answer(NOTICE, url=HOME)
    assert compared(ALIVE, ASKED, seen, missing(NOTICE, url=HOME)) == DEAD


@pytest.mark.parametrize("body", [framed("云岭县人民政府", "政务公开"), NOTICE])
def test_a_deep_address_led_home_for_want_of_a_cookie_is_alive(body: str) -> None:
    seen = answer(body, url=HOME)
    assert not wants_comparison(ASKED, seen, HOME, sets_cookie=True)
    assert compared(ALIVE, ASKED, seen, missing(body, url=HOME), sets_cookie=True) == ALIVE


@pytest.mark.parametrize("body", [SHELL, framed("云岭通", "<div id=app></div><script src=/app.js></script>")])
def test_a_home_page_that_a_script_has_yet_to_make_shows_nothing(body: str) -> None:
    seen = answer(body, url=HOME)
    assert not wants_comparison(ASKED, seen, HOME, sets_cookie=False)
    assert compared(ALIVE, ASKED, seen, missing(body, url=HOME)) == ALIVE


def test_a_cookie_changes_nothing_where_the_page_itself_says_so() -> None:
    assert compared(ALIVE, ASKED, answer(NOTICE), missing(NOTICE), sets_cookie=True) == DEAD


@pytest.mark.parametrize(("title", "body"), PAGES["unseen"])
def test_words_that_no_reader_sees_are_not_compared(title: str, body: str) -> None:
    seen = answer(framed(title, body))
    assert not wants_comparison(ASKED, seen, ASKED, sets_cookie=False)
    assert compared(ALIVE, ASKED, seen, missing(framed(title, body))) == ALIVE


@pytest.mark.parametrize("words", ["系统繁忙，请稍后再试", "系统维护中", "网站地图"])
def test_an_error_page_that_names_no_missing_page_is_no_answer(words: str) -> None:
    seen = answer(framed("云岭县人民政府", words), url=HOME + "error.jsp")
    assert not wants_comparison(ASKED, seen, HOME + "error.jsp", sets_cookie=False)
    assert compared(ALIVE, ASKED, seen, missing(framed("云岭县", words), url=HOME + "error.jsp")) == ALIVE


@pytest.mark.parametrize("path", ["404.html", "error/404.htm", "notfound", "static/error.jsp?from=x", "404/"])
def test_an_end_at_an_error_page_is_compared(path: str) -> None:
    final = HOME + path
    seen = answer(NOTICE, url=final)
    assert wants_comparison(ASKED, seen, final, sets_cookie=False)
    assert compared(Standing("moved"), ASKED, seen, missing(url=final)) == DEAD


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        (HOME, HOME),
        (HOME, "http://www.yunling.example/index.html"),
        (HOME + "index.jsp", HOME),
        (ASKED, ASKED),
        (ASKED, "https://yunling.example/art/2026/11/2/art_12_345.html"),
        (ASKED, "http://www.yunling.example/col/col12/index.html"),
        (ASKED, "http://www.yunling.example/errors-in-forms/a.html"),
        (HOME + "404.html", HOME + "404.html"),
    ],
)
def test_a_page_with_its_own_words_is_not_compared(asked: str, final: str) -> None:
    seen = answer(framed("云岭县人民政府", "政务公开"), url=final)
    assert not wants_comparison(asked, seen, final, sets_cookie=False)
    assert compared(ALIVE, asked, seen, missing(seen.body.decode(), url=final)) == ALIVE


def test_a_shell_that_answers_everything_alike_is_alive() -> None:
    assert compared(ALIVE, ASKED, answer(SHELL), missing(SHELL)) == ALIVE


def test_a_home_page_that_the_missing_address_does_not_lead_to_is_alive() -> None:
    seen = answer(framed("云岭县人民政府", "政务公开"), url=HOME)
    assert compared(ALIVE, ASKED, seen, missing("<h1>404</h1>", status=404)) == ALIVE
    assert compared(ALIVE, ASKED, seen, missing()) == ALIVE


def test_an_article_about_missing_pages_is_not_what_a_missing_page_says() -> None:
    article = answer(framed("整改通报", "经查，您访问的页面不存在。" + "整改情况如下。" * 40))
    assert wants_comparison(ASKED, article, ASKED, sets_cookie=False)
    assert compared(ALIVE, ASKED, article, missing()) == ALIVE


def test_a_short_article_inside_a_large_frame_is_not_what_a_missing_page_says() -> None:
    large = "<p>云岭县政务公开目录 办事服务指南</p>" * 200
    article = answer(
        framed("云岭县人民政府", f"{large}本月整改：您访问的页面不存在。已恢复栏目十二个，责任单位为县大数据局")
    )
    said = missing(framed("云岭县人民政府", f"{large}您访问的页面不存在。"))
    assert wants_comparison(ASKED, article, ASKED, sets_cookie=False)
    assert compared(ALIVE, ASKED, article, said) == ALIVE


def test_a_text_that_is_not_shown_yet_makes_a_page_another_than_the_missing_one() -> None:
    article = answer(framed("云岭县", f"您访问的页面不存在。<textarea>{'云岭县办事指南。' * 20}</textarea>"))
    assert compared(ALIVE, ASKED, article, missing(framed("云岭县", "您访问的页面不存在。"))) == ALIVE


def test_numbers_that_differ_everywhere_do_not_matter() -> None:
    seen, said = ("您访问的页面不存在 " + " ".join(f"访问量{n * step}次" for n in range(90)) for step in (7, 13))
    assert is_same_as_missing(answer(framed("云岭县", seen)), missing(framed("云岭县", said)))


def test_without_the_hosts_answer_nothing_changes() -> None:
    assert compared(ALIVE, ASKED, answer(NOTICE), None) == ALIVE


@pytest.mark.parametrize("standing", [Standing("blocked", "verification"), Standing("failing", "http_500")])
def test_only_what_looks_alive_is_compared(standing: Standing) -> None:
    assert compared(standing, ASKED, answer(NOTICE), missing(NOTICE)) == standing


def test_two_pages_with_hardly_a_word_are_not_alike_for_that() -> None:
    assert not is_same_as_missing(answer(page("云岭", "一")), missing(page("云岭", "一")))


@pytest.mark.parametrize("words", ["您访问的页面不存在", "您访问的页面不存在或系统繁忙", "政务公开"])
def test_an_answer_whose_page_was_let_go_says_the_same(words: str) -> None:
    seen, kept = answer(framed("云岭县", words)), missing(framed("云岭县", words))
    said = compared(ALIVE, ASKED, seen, missing(framed("云岭县", words)))
    kept.settle()
    assert compared(ALIVE, ASKED, seen, kept) == said
